"""Readers of the journal: what happened to a record, what happened lately, and taking a gesture back."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, NamedTuple

from peewee import ModelSelect, fn

from crmlite import clock
from crmlite.errors import Conflict, Forbidden, Missing
from crmlite.models.base import Record, database, revive
from crmlite.models.journal import Entry
from crmlite.models.tables import RECORDS
from crmlite.rules import gate
from crmlite.rules.access import ABOUT, LISTED, Actor, look, visible
from crmlite.rules.directory import current

OVERLAP = timedelta(seconds=10)
MOST_AT_ONCE = 200
DERIVED = ("full_name", "sort_name")


class Change(NamedTuple):
    concept: str
    id: int


def of_record(record: Record) -> ModelSelect:
    """Entries about one record, newest first."""
    return (
        Entry.select()
        .where((Entry.concept == record.concept) & (Entry.record_id == record.id))
        .order_by(Entry.id.desc())
    )


def last_id() -> int:
    return database.execute_sql("SELECT MAX(id) FROM entries").fetchone()[0] or 0


def since(entry_id: int, by: Actor) -> tuple[int, list[Change]]:
    """The newest entry id and the visible records changed after `entry_id`. On PostgreSQL a lower id may become
    visible after a higher one, so entries of the last seconds are told again."""
    newest = last_id()
    recent = Entry.select(fn.MIN(Entry.id)).where((Entry.id > entry_id - 500) & (Entry.at > clock.now() - OVERLAP))
    start = entry_id if newest == entry_id else min(entry_id, (recent.scalar() or newest) - 1)
    if newest <= start:
        return newest, []
    by_concept: dict[str, set[int]] = {}
    for concept, record_id in [*_changed(start), *(one for hanging in ABOUT for one in _hung(hanging, start))]:
        by_concept.setdefault(concept, set()).add(record_id)
    seen = [
        Change(concept, row[0])
        for concept, ids in by_concept.items()
        for row in visible(LISTED[concept], by).where(LISTED[concept].id.in_(ids)).select(LISTED[concept].id).tuples()
    ]
    return newest, seen


def _changed(start: int) -> Iterable[tuple[str, int]]:
    query = Entry.select(Entry.concept, Entry.record_id).where((Entry.id > start) & Entry.concept.in_(list(LISTED)))
    return query.distinct().order_by(Entry.record_id).limit(MOST_AT_ONCE).tuples()


def _hung(hanging: Any, start: int) -> Iterable[tuple[str, int]]:
    """The records on which something hangs that was written: a note, a further address."""
    written = Entry.select(Entry.record_id).where((Entry.id > start) & (Entry.concept == hanging.concept))
    return hanging.select(hanging.about, hanging.about_id).where(hanging.id.in_(written)).limit(MOST_AT_ONCE).tuples()


def undo(gesture: int, by: Actor, leaving: list[str] | None = None) -> tuple[list[Entry], int]:
    """Take a gesture back, newest change first, all or nothing; returns what was taken back and the gesture that
    did it. Raises Missing when
    there is no such gesture of theirs, Conflict when somebody has changed the same fields since or it was undone.
    With a list `leaving`, what was changed since stays instead, and the list is told what that is."""
    entries = list(Entry.select().where(Entry.gesture == gesture).order_by(Entry.id.desc()))
    if not entries:
        raise Missing("There is nothing to undo here.")
    if any(entry.actor_id != by.id for entry in entries) and not by.leads_people:
        raise Forbidden("Only the person who did this, an owner or a manager can undo it.")
    with gate.together(reverses=gesture) as undone:
        if Entry.select().where(Entry.reverses == gesture).exists() and not _redone(gesture):
            raise Conflict("This has been undone already.")
        for entry in entries:
            _take_back(entry, by, leaving)
    return entries, undone


def _redone(gesture: int) -> bool:
    """Whether the undo of this gesture was itself undone last."""
    latest = Entry.select().where(Entry.reverses == gesture).order_by(Entry.id.desc()).first()
    return Entry.select().where(Entry.reverses == latest.gesture).exists()


def _take_back(entry: Entry, by: Actor, leaving: list[str] | None) -> None:
    model = RECORDS[entry.concept]
    record = model.get_or_none(model.id == entry.record_id)
    if record is None:
        raise Missing(f"“{entry.label}” is no longer there.")
    if entry.verb == "deleted":
        if leaving is None or record.deleted_at is not None:
            gate.restore(record, by)
        return
    overtaken = _overtaken(entry, record)
    if overtaken and leaving is None:
        _refuse_overtaken(entry, record, overtaken, by)
    if entry.version == 1 or entry.verb == "restored":
        gate.discard(record, by)
        return
    if overtaken and leaving is not None:
        leaving.append(f"{_called(record, by)} ({_words(overtaken)})")
    values = {name: revive(model, name, value) for name, value in entry.before.items() if name not in overtaken}
    if entry.verb == "followed":
        gate.follow(record, values, by)
    else:
        gate.change(record, values, by, verb="undid")


def _overtaken(entry: Entry, record: Record) -> list[str]:
    now = record.as_values()
    return [name for name, value in entry.after.items() if now.get(name) != value]


def _called(record: Record, by: Actor) -> str:
    """Links of what the actor may not see followed too; its name is not told."""
    return f"“{record.label}”" if look(type(record), record.id, by) else "something linked here"


def _words(names: list[str]) -> str:
    told = [name for name in names if name not in DERIVED] or names
    return ", ".join(name.replace("_", " ") for name in told[:3])


def _refuse_overtaken(entry: Entry, record: Record, overtaken: list[str], by: Actor) -> None:
    later = Entry.select().where(
        (Entry.concept == entry.concept) & (Entry.record_id == entry.record_id) & (Entry.id > entry.id)
    )
    last = later.order_by(Entry.id.desc()).first()
    who = current().person_name(last.actor_id) if last and last.actor_id else "Somebody"
    what = f"{_called(record, by)} since ({_words(overtaken)})"
    raise Conflict(f"{who} has changed {what}, so this can no longer be undone.")
