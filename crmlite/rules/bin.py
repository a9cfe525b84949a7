"""What was deleted: who sees it, who did it and when, and the way back."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from peewee import Expression, fn

from crmlite.errors import Refused
from crmlite.models.base import Record
from crmlite.models.journal import Entry
from crmlite.models.merges import Merge
from crmlite.rules import access, directory, gate
from crmlite.rules.access import LARGEST_ID, LISTED, Actor, visible_where

PAGE = 50
MOST_AT_ONCE = 500


class Binned(NamedTuple):
    id: int
    label: str
    at: datetime
    by: str
    may_restore: bool


def counts(by: Actor) -> dict[str, int]:
    """Concept -> how many of its records in the bin the actor may see."""
    return {concept: model.select(model.id).where(_in_bin(model, by)).count() for concept, model in LISTED.items()}


def contents(concept: str, by: Actor, page: int = 1) -> list[Binned]:
    """The records of this concept in the bin, last deleted first."""
    model = LISTED[concept]
    query = model.select().where(_in_bin(model, by))
    found = list(query.order_by(model.deleted_at.desc(), model.id.desc()).paginate(page, PAGE))
    return _told(concept, found, by)


def look(model: type[Record], record_id: int, by: Actor) -> Binned | None:
    """The record, if it is in the bin and the actor could see it."""
    if not 0 < record_id <= LARGEST_ID:
        return None
    found = list(model.select().where(_in_bin(model, by) & (model.id == record_id)))
    return _told(model.concept, found, by)[0] if found else None


def records(concept: str, ids: Iterable[int], by: Actor) -> list[Any]:
    """Those of these that the actor sees in the bin."""
    model = LISTED[concept]
    wanted = sorted({one for one in ids if 0 < one <= LARGEST_ID})[:MOST_AT_ONCE]
    return list(model.select().where(_in_bin(model, by) & model.id.in_(wanted or [0])).order_by(model.id))


def ids_before(concept: str, moment: datetime, by: Actor) -> list[int]:
    """What was deleted before the moment and the actor sees in the bin."""
    model = LISTED[concept]
    query = model.select(model.id).where(_in_bin(model, by) & (model.deleted_at < moment))
    return [row[0] for row in query.order_by(model.id).tuples()]


def restore(concept: str, ids: Iterable[int], by: Actor) -> tuple[int, list[str]]:
    """Bring back those of these that the actor sees in the bin; how many came back, and why others did not."""
    found, refused = records(concept, ids, by), []
    with gate.together():
        for record in found:
            try:
                gate.restore(record, by)
            except Refused as error:
                refused.append(error.message)
    return len(found) - len(refused), refused


def _in_bin(model: type[Record], by: Actor) -> Expression:
    """Not what was merged into another: taking back the merge restores that."""
    merged = Merge.select(Merge.loser).where((Merge.about == model.concept) & Merge.deleted_at.is_null())
    return visible_where(model, by, binned=True) & model.id.not_in(merged)


def _told(concept: str, records: list[Any], by: Actor) -> list[Binned]:
    newest = (
        Entry.select(fn.MAX(Entry.id))
        .where(
            (Entry.concept == concept)
            & Entry.record_id.in_([one.id for one in records] or [0])
            & (Entry.verb == "deleted")
        )
        .group_by(Entry.record_id)
    )
    actors = dict(Entry.select(Entry.record_id, Entry.actor).where(Entry.id.in_(newest)).tuples())
    people = directory.current()
    return [
        Binned(
            one.id,
            one.label or f"{concept.capitalize()} without a name",
            one.deleted_at,
            people.person_name(actors.get(one.id)) or "crmlite",
            access.may(by, "restore", one),
        )
        for one in records
    ]
