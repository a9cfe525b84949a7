"""Work that goes on in the background as its person sees it: changes of many rows, undos of many, imports."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from crmlite.lists import bulk
from crmlite.lists.kinds import SECTIONS
from crmlite.models.imports import Import
from crmlite.models.jobs import Job
from crmlite.rules import calendar_files, erasing, imports, jobs, journal, undoing
from crmlite.rules.access import LARGEST_ID, Actor

KINDS = (bulk.KIND, undoing.KIND, calendar_files.KIND, erasing.KIND)
MOST = 50
TITLES = {**SECTIONS, "partner": "customers"}


class Work(NamedTuple):
    """`gone` of `total` `units` are gone through. `state` is running, interrupted, done, stopped or undone; `remarks`
    say what was refused or left, and how often; `gesture` is what Undo takes back, where it can."""

    url: str
    title: str
    units: str
    at: datetime
    gone: int
    total: int
    state: str
    result: str
    remarks: list[tuple[str, int]]
    gesture: int | None
    back: str
    is_undo: bool = False

    @property
    def moving(self) -> bool:
        return self.state in ("running", "interrupted")


def one(job_id: int, by: Actor) -> Work | None:
    """A job of this person; None where there is none of theirs."""
    job = jobs.look(job_id, KINDS) if 0 < job_id <= LARGEST_ID else None
    return _told(job) if job and job.person_id == by.id else None


def lately(by: Actor) -> list[Work]:
    """What of theirs goes on or has ended in the last two weeks, the newest first."""
    found = [_told(job) for job in jobs.of_person(by.id, KINDS, MOST)]
    brought = [batch for batch in imports.latest(by, MOST) if batch.owner_id == by.id and batch.state != "mapping"]
    found += [_import(batch) for batch in brought]
    found.sort(key=lambda work: work.at, reverse=True)
    return _without_undone(found[:MOST])


def _without_undone(found: Iterable[Work]) -> list[Work]:
    """Nobody is offered to undo what was undone."""
    gone = journal.undone([work.gesture for work in found if work.gesture])
    return [
        work._replace(gesture=None, state="undone" if work.state == "done" else work.state)
        if work.gesture in gone
        else work
        for work in found
    ]


def _told(job: Job) -> Work:
    come = jobs.payload(job)
    return _without_undone([TELLERS[job.kind](job, come)])[0]


def _change(job: Job, come: dict[str, Any]) -> Work:
    spec, did = bulk.SPECS[come["section"]], bulk.Wanted(*come["wanted"]).did
    units = spec.title.lower()
    refused = Counter(come["refused"])
    state = _state(job, not come["ids"])
    return Work(
        f"/bulk/{job.id}",
        f"Change of {come['total']:,} {units}",
        units,
        datetime.fromisoformat(come["began"]),
        come["done"] + refused.total(),
        come["total"],
        state,
        f"{come['done']:,} {units} {did}.",
        refused.most_common(),
        come["gesture"] if come["done"] and state in ("done", "stopped") else None,
        come["back"],
    )


def _undo(job: Job, come: dict[str, Any]) -> Work:
    back = come["gone"] - come["stayed"]
    units = TITLES.get(come["concept"], "")
    state = "stopped" if come["problem"] else _state(job, come["ended"])
    stays = f" {come['stayed']:,} could not be." if come["stayed"] else ""
    return Work(
        f"/bulk/{job.id}",
        come["about"] or f"Undo of {come['total']:,} changes{f' to {units}' if units else ''}",
        "changes",
        datetime.fromisoformat(come["began"]),
        come["gone"],
        come["total"],
        state,
        come["problem"] or f"{back:,} changes taken back.{stays}",
        [(sentence, 1) for sentence in come["left"]],
        come["undone"] if back and state in ("done", "stopped") else None,
        come["back"],
        True,
    )


def _calendar_file(job: Job, come: dict[str, Any]) -> Work:
    refused = Counter(come["refused"])
    state = _state(job, not come["left"])
    return Work(
        f"/bulk/{job.id}",
        f"Calendar file {come['name']}",
        "events",
        datetime.fromisoformat(come["began"]),
        come["done"] + refused.total(),
        come["total"],
        state,
        f"{come['done']:,} events added.",
        refused.most_common(),
        come["gesture"] if come["done"] and state in ("done", "stopped") else None,
        come["back"],
    )


def _erasure(job: Job, come: dict[str, Any]) -> Work:
    refused = Counter(come["refused"])
    return Work(
        f"/bulk/{job.id}",
        f"{come['total']:,} records out of the bin for good",
        "records",
        datetime.fromisoformat(come["began"]),
        come["done"] + refused.total(),
        come["total"],
        _state(job, not come["ids"]),
        f"{come['done']:,} records deleted for good.",
        refused.most_common(),
        None,
        come["back"],
    )


def _import(batch: Import) -> Work:
    counts = imports.counts(batch)
    total, moving = sum(counts.values()), batch.state in ("running", "undoing")
    new, updated = counts.get("created", 0), counts.get("updated", 0)
    return Work(
        f"/imports/{batch.id}",
        f"{'Undo of the import' if batch.state == 'undoing' else 'Import'} of {batch.file_name}",
        "rows",
        batch.created_at,
        total - counts.get("", 0) if batch.state != "undoing" else 0,
        total,
        "running" if moving else batch.state,
        batch.problem or f"{new:,} new, {updated:,} updated.",
        [],
        None,
        f"/imports/{batch.id}",
    )


def _state(job: Job, ended: bool) -> str:
    if ended:
        return "done"
    if job.done_at:
        return "stopped"
    return "interrupted" if job.error else "running"


TELLERS: dict[str, Callable[[Job, dict[str, Any]], Work]] = {
    bulk.KIND: _change,
    undoing.KIND: _undo,
    calendar_files.KIND: _calendar_file,
    erasing.KIND: _erasure,
}
