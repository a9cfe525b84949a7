"""Imports from the upload to the undo: files that people bring, kept row by row until they are done."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from peewee import fn

from crmlite import clock
from crmlite.errors import Conflict, Forbidden, Invalid, Missing
from crmlite.models.base import database, is_sqlite
from crmlite.models.imports import Import, ImportRow
from crmlite.models.journal import Entry
from crmlite.rules import import_reading, jobs, undoing
from crmlite.rules.access import Actor, visible

TARGETS = ("lead", "partner", "contact")
KEPT = timedelta(days=30)
CHUNK = 200
UNDO = "import_undo"
WRITTEN = ("created", "updated")
REJECTED = ("duplicate", "refused")


def bring(content: bytes, file_name: str, target: str, by: Actor) -> Import:
    """Read the file and keep its rows. Raises Invalid, Forbidden."""
    if not by.writes:
        raise Forbidden("Your role can read but not import. Please ask an owner for the role rep.")
    if target not in TARGETS:
        raise Invalid("Please choose what to import: leads, customers or contacts.")
    sheet = import_reading.read(content)
    with database.atomic():
        batch = Import.create(
            owner=by.id, target=target, file_name=file_name[-300:] or "file", told=sheet.told, header=sheet.header,
            mapping={}, state="mapping", counts={"": len(sheet.rows)}, gesture=secrets.randbits(52),
            created_at=clock.now(), kept=[],
        )  # fmt: skip
        rows = [{"batch": batch.id, "number": number, "cells": cells} for number, cells in sheet.rows]
        for start in range(0, len(rows), 500):
            ImportRow.insert_many(rows[start : start + 500]).execute()
    return batch


def latest(by: Actor, most: int = 100) -> list[Import]:
    return list(visible(Import, by).order_by(Import.id.desc()).limit(most))


def rows_of(batch: Import, outcomes: Iterable[str] | None = None, most: int | None = None) -> list[ImportRow]:
    """The rows in the order of the file."""
    query = ImportRow.select().where(ImportRow.batch == batch.id)
    if outcomes is not None:
        query = query.where(ImportRow.outcome.in_(list(outcomes)))
    return list(query.order_by(ImportRow.number).limit(most))


def counts(batch: Import) -> dict[str, int]:
    """Outcome -> rows; the waiting ones under the empty word."""
    if batch.state != "running":
        return batch.counts
    query = ImportRow.select(ImportRow.outcome, fn.COUNT(ImportRow.id)).where(ImportRow.batch == batch.id)
    return dict(query.group_by(ImportRow.outcome).tuples())


def set_mapping(batch: Import, mapping: dict[str, Any], by: Actor) -> None:
    _mine(batch, by)
    if not Import.update(mapping=mapping).where(Import.id == batch.id, Import.state == "mapping").execute():
        raise Conflict("This import has begun already: its columns can no longer be changed.")
    batch.mapping = mapping


def begin(batch: Import, by: Actor) -> None:
    _mine(batch, by)
    with database.atomic():
        if not Import.update(state="running").where(Import.id == batch.id, Import.state == "mapping").execute():
            raise Conflict("This import has begun already.")
        jobs.add("import", {"import": batch.id})


def cancel(batch: Import, by: Actor) -> str:
    """Drop one that has not begun, stop one that runs; answers its new state."""
    with database.atomic():
        fresh = held(batch.id)
        if fresh.state == "mapping":
            Import.update(deleted_at=clock.now()).where(Import.id == batch.id).execute()
            ImportRow.delete().where(ImportRow.batch == batch.id).execute()
            return "dropped"
        if fresh.state != "running":
            raise Conflict("This import is no longer running.")
        finish(fresh, "stopped", f"Stopped by {by.name}. What was imported until then is there.")
    return "stopped"


def held(import_id: int) -> Import:
    """The import as it is now, held until the transaction ends."""
    query = Import.select().where(Import.id == import_id, Import.deleted_at.is_null())
    batch = (query if is_sqlite() else query.for_update()).first()
    if batch is None:
        raise Missing("This import does not exist, or it has been dropped.")
    return batch


def note_row(row: ImportRow, outcome: str, reason: str, record_id: int | None, above: str) -> None:
    values = {"outcome": outcome, "reason": reason[:2000], "record_id": record_id, "above": above[:500]}
    ImportRow.update(values).where(ImportRow.id == row.id).execute()


def rows_to_link(batch: Import, most: int) -> list[ImportRow]:
    """Rows that are in, but not yet linked with who stands above them."""
    waiting = (ImportRow.batch == batch.id) & (ImportRow.above != "")
    return list(ImportRow.select().where(waiting).order_by(ImportRow.number).limit(most))


def note_link(row: ImportRow, reason: str) -> None:
    ImportRow.update(above="", reason=reason[:2000]).where(ImportRow.id == row.id).execute()


def remarks(batch: Import, most: int) -> list[ImportRow]:
    """Rows that came in without something, and say why."""
    there = (ImportRow.batch == batch.id) & ImportRow.outcome.in_(WRITTEN) & (ImportRow.reason != "")
    return list(ImportRow.select().where(there).order_by(ImportRow.number).limit(most))


def finish(batch: Import, state: str = "done", problem: str = "") -> None:
    """Call it inside the transaction of the last rows."""
    Import.update(state=state, problem=problem[:2000], finished_at=clock.now(), counts=counts(batch)).where(
        Import.id == batch.id
    ).execute()


def can_undo(batch: Import, by: Actor) -> bool:
    fresh = batch.finished_at is not None and clock.now() - batch.finished_at < KEPT
    mine = by.writes and (batch.owner_id == by.id or by.leads_people)
    return batch.state in ("done", "stopped") and fresh and mine


def undo(batch: Import, by: Actor) -> None:
    """Begin to take everything back; the clock does it, newest first. Raises Conflict."""
    with database.atomic():
        fresh = held(batch.id)
        if not can_undo(fresh, by):
            raise Conflict("This import can no longer be undone: it has been already, or it is older than 30 days.")
        newest = Entry.select().where(Entry.gesture == fresh.gesture).order_by(Entry.id.desc()).first()
        Import.update(state="undoing", undone_by=by.id, kept=[]).where(Import.id == batch.id).execute()
        if newest is None:
            _settle_undo(batch.id, {"ended": True, "problem": "", "left": []})
        else:
            jobs.add(UNDO, {**undoing.wish(fresh.gesture, newest, by), "import": batch.id})


def take_back(payload: dict[str, Any]) -> datetime | None:
    """The job of that undo."""

    def part(come: dict[str, Any]) -> bool:
        more = undoing.part(come)
        _settle_undo(come["import"], come)
        return more

    return jobs.in_parts(payload["job"], part)


def _settle_undo(import_id: int, come: dict[str, Any]) -> None:
    """Tell the import how far its undo has come."""
    values: dict[str, Any] = {"kept": come["left"], "problem": ""}
    if come["problem"]:
        values |= {"state": "done", "problem": "Whoever undid this is no longer active: somebody else can go on."}
    elif come["ended"]:
        values |= {"state": "undone", "finished_at": clock.now()}
    Import.update(values).where(Import.id == import_id).execute()


def purge() -> int:
    """Drop the rows of files after thirty days, with what their undo left alone, and imports that never began."""
    old = clock.now() - KEPT
    stale = Import.select(Import.id).where(Import.created_at < old, Import.state.not_in(["running", "undoing"]))
    Import.update(deleted_at=clock.now()).where(
        Import.created_at < old, Import.state == "mapping", Import.deleted_at.is_null()
    ).execute()
    Import.update(kept=[]).where(Import.id.in_(stale)).execute()
    return ImportRow.delete().where(ImportRow.batch.in_(stale)).execute()


def _mine(batch: Import, by: Actor) -> None:
    """Managers look at the imports of others; only who brought a file lets it in, under their own name."""
    if batch.owner_id != by.id:
        raise Forbidden("Only the person who brought this file can import it.")
    if not by.writes:
        raise Forbidden("Your role can read but not import. Please ask an owner for the role rep.")
