"""Deleting for good what lies in the bin: what would go with a record, some at once, and the whole bin emptied."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from crmlite import clock
from crmlite.errors import Conflict, Forbidden, Missing, Refused
from crmlite.models.base import Record
from crmlite.models.documents import Document
from crmlite.models.merges import Merge
from crmlite.rules import access, gate, jobs, links
from crmlite.rules import bin as binned
from crmlite.rules.access import LISTED, Actor
from crmlite.rules.merges import UNDONE_WITHIN

KIND = "erase"
AT_ONCE = 50  # more would let the person wait
IN_ONE_GO = 20  # records of a job in one transaction: others write in between
MOST = 50_000
KEPT = timedelta(days=30)  # files that were taken off their record


class Foretold(NamedTuple):
    """What deleting a record for good would do: `goes` with it and `stays` without it, counted by table name; `refusal`
    says why it cannot be."""

    id: int
    label: str
    goes: dict[str, int]
    stays: dict[str, int]
    refusal: str


def may(by: Actor) -> bool:
    return by.leads_people


def foretell(concept: str, ids: Iterable[int], by: Actor) -> list[Foretold]:
    """For those of these that lie in the bin and the actor sees there. Raises Forbidden."""
    if not may(by):
        raise Forbidden("Only owners and managers may delete for good.")
    found = binned.records(concept, ids, by)
    return [
        Foretold(
            one.id,
            one.label or f"{concept.capitalize()} without a name",
            links.count_hanging(one),
            links.count_pointing(one, by),
            _needed(one),
        )
        for one in found
    ]


def erase(concept: str, ids: Iterable[int], by: Actor) -> tuple[int, list[str]]:
    """Delete these for good; how many went, and why others did not. Raises Missing where none is there."""
    found = binned.records(concept, ids, by)
    if not found:
        raise Missing("This is no longer in the bin.")
    refused = []
    with gate.together():
        for record in found:
            try:
                _erase(record, by)
            except Refused as error:
                refused.append(error.message)
    return len(found) - len(refused), refused


def erase_all(going: Iterable[tuple[str, int]], by: Actor) -> tuple[int, list[str]]:
    """Concept and id of each; how many went, and why others did not. Raises Forbidden."""
    if not may(by):
        raise Forbidden("Only owners and managers may delete for good.")
    done, refused = 0, []
    with gate.together():
        for concept, record_id in going:
            try:
                went, why = erase(concept, [record_id], by)
            except Missing:
                went, why = 0, ["This was restored meanwhile."]
            done += went
            refused += why
    return done, refused


def older(days: int, by: Actor) -> list[tuple[str, int]]:
    """Concept and id of everything in the bin for longer than so many days, as far as the actor sees it."""
    before = clock.now() - timedelta(days=days)
    return [(concept, record_id) for concept in LISTED for record_id in binned.ids_before(concept, before, by)][:MOST]


def begin(going: list[tuple[str, int]], by: Actor) -> int:
    """Leave it to the worker; returns the id of the job. Raises Forbidden."""
    if not may(by):
        raise Forbidden("Only owners and managers may delete for good.")
    come = {
        "by": by.id, "ids": going, "total": len(going), "done": 0, "refused": {}, "gesture": gate.new_gesture(),
        "back": "/bin", "began": clock.now().isoformat(),
    }  # fmt: skip
    return jobs.add(KIND, come, person=by.id)


def work(payload: dict[str, Any]) -> datetime | None:
    """The job."""
    return jobs.in_parts(payload["job"], _part)


def _part(come: dict[str, Any]) -> bool:
    by = access.actor(come["by"], "web")
    some, come["ids"] = come["ids"][:IN_ONE_GO], come["ids"][IN_ONE_GO:]
    with gate.together(gesture=come["gesture"]):
        done, refused = erase_all([(concept, record_id) for concept, record_id in some], by)
    come["done"] += done
    come["refused"] = dict(Counter(come["refused"]) + Counter(refused))
    return bool(come["ids"])


def purge_documents(by: Actor) -> int:
    """Files and pictures that somebody took off their record more than thirty days ago go for good; how many."""
    old = list(Document.select().where(Document.deleted_at < clock.now() - KEPT))
    for document in old:
        gate.erase(document, by)
    return len(old)


def _erase(record: Record, by: Actor) -> None:
    """With the records that were merged into it long ago."""
    if sentence := _needed(record):
        raise Conflict(sentence)
    with gate.together():
        for mark in _marks(record):
            lost = type(record).get_or_none(type(record).id == mark.loser)
            if lost is not None and lost.deleted_at is not None:
                _erase(lost, by)
        gate.erase(record, by)


def _needed(record: Record) -> str:
    """Why a merge into the record still needs it; empty when none does."""
    newest = max((mark.created_at for mark in _marks(record)), default=None)
    left = newest + UNDONE_WITHIN - clock.now() if newest else timedelta(0)
    if left <= timedelta(0):
        return ""
    days = f"{left.days + 1} days" if left.days else "one day"
    merge = f"Another record was merged into “{record.label}”, which can be undone for {days} more"
    return f"{merge}: please wait until then."


def _marks(record: Record) -> list[Merge]:
    standing = (Merge.about == record.concept) & (Merge.kept == record.id) & Merge.deleted_at.is_null()
    return list(Merge.select().where(standing))
