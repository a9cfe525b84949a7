"""Records that stand there twice become one: values are chosen, links follow, and it can be taken back."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from peewee import ModelSelect

from crmlite import clock
from crmlite.errors import Conflict, Invalid, Missing
from crmlite.models.base import Record, database, stored_time
from crmlite.models.contact_points import ContactPoint
from crmlite.models.merges import Merge
from crmlite.models.statements import statement
from crmlite.rules import gate, journal, links, merge_plan, merge_points, undoing
from crmlite.rules.access import Actor, look, require

MERGED = ("lead", "partner", "contact")
MOST_AT_ONCE = 10
UNDONE_WITHIN = timedelta(days=30)


def chosen(model: type[Record], ids: Iterable[int], by: Actor) -> list[Any]:
    """The records to merge, by id. Raises Missing for one that the actor may not see, Forbidden for one that they
    may not change: a merge changes them all."""
    wanted = sorted(set(ids))
    if len(wanted) < 2:
        raise Invalid("Please tick at least two records that are the same.")
    if len(wanted) > MOST_AT_ONCE:
        raise Invalid(f"Please merge at most {MOST_AT_ONCE} records at once.")
    records = [look(model, record_id, by) for record_id in wanted]
    if None in records:
        raise Missing(f"One of these {model.concept}s does not exist, or it has been deleted.")
    for record in records:
        require(by, "change", record)
    return records


def merge(
    records: list[Any],
    kept_id: int,
    by: Actor,
    sources: dict[str, int] | None = None,
    both: Iterable[str] = merge_plan.BOTH,
) -> tuple[Any, int]:
    """One gesture: the kept record takes the values, everything that points at the others follows, and those go
    into the bin with a mark where they went. Returns the kept record and the gesture."""
    with gate.together() as gesture:
        held = [gate.locked(record) for record in sorted(records, key=lambda record: record.id)]
        made = merge_plan.plan(chosen(type(held[0]), [record.id for record in held], by), kept_id, by, sources, both)
        gate.change(made.kept, made.values, by, verb="merged")
        merged = {record.id for record in records}
        for kind, value in made.further:
            gate.create(
                ContactPoint, {"about": made.kept.concept, "about_id": kept_id, "kind": kind, "value": value}, by
            )
        merge_points.drop_repeats(made.kept, made.losers, by)
        for loser in made.losers:
            carried = _move(loser, made.kept, merged, by)
            gate.discard(loser, by)
            mark = {"about": loser.concept, "kept": kept_id, "loser": loser.id, "name": loser.label[:400]}
            gate.create(Merge, {**mark, "gesture": gesture, "carried": carried}, by, verb="merged")
    return made.kept, gesture


def undo(model: type[Record], merge_id: int, by: Actor) -> tuple[Any, int, list[str]]:
    """Take a merge back for 30 days: the kept record, the gesture that did it, and sentences about what stays because
    somebody changed it since. Raises Missing, Conflict, Forbidden."""
    found, kept = _undoable(model, merge_id, by)
    left: list[str] = []
    _, undone = journal.undo(found.gesture, by, left)
    return model.get_by_id(kept.id), undone, left


def undo_later(model: type[Record], merge_id: int, by: Actor, back: str) -> int | None:
    """Leave it to the worker where thousands of links come back; the id of the job, None for a small one."""
    found, kept = _undoable(model, merge_id, by)
    if not undoing.is_large(found.gesture):
        return None
    return undoing.begin(found.gesture, by, back, f"Undo of the merge into “{kept.label}”")


def _undoable(model: type[Record], merge_id: int, by: Actor) -> tuple[Merge, Any]:
    found = look(Merge, merge_id, by)
    kept = look(model, found.kept, by) if found and found.about == model.concept else None
    if kept is None:
        raise Missing("This merge does not exist, or it has been undone.")
    require(by, "change", kept)
    if found.created_at < clock.now() - UNDONE_WITHIN:
        raise Conflict("A merge can be undone for 30 days; this one is older.")
    return found, kept


def into(record: Record) -> list[Merge]:
    """The merges that went into a record and can still be undone, the newest first."""
    if record.concept not in MERGED:
        return []
    return _into(record.concept, id=record.id, since=stored_time(clock.now() - UNDONE_WITHIN))


@statement
def _into(concept: str, id: Any, since: Any) -> ModelSelect:
    lately = (Merge.kept == id) & (Merge.created_at > since)
    standing = (Merge.about == concept) & Merge.deleted_at.is_null()
    return Merge.select().where(standing & lately).order_by(Merge.id.desc()).limit(50)


def successor(model: type[Record], record_id: int, by: Actor) -> int | None:
    """Where a record that is gone went, if the actor may see that one."""
    seen: set[int] = set()
    at: int | None = record_id
    while at is not None and at not in seen and model.concept in MERGED:
        seen.add(at)
        if at != record_id and look(model, at, by):
            return at
        mark = (Merge.about == model.concept) & (Merge.loser == at) & Merge.deleted_at.is_null()
        at = Merge.select(Merge.kept).where(mark).order_by(Merge.id.desc()).scalar()
    return None


def _move(loser: Any, kept: Any, merged: set[int], by: Actor) -> dict[str, list[int]]:
    """Let everything that points at the loser follow, also what is in the bin; answers the rows that have no history
    of their own, which the gate carries with the mark."""
    carried = {}
    for place in links.places(type(loser)):
        rows = place.table.select().where(place.at(loser.id))
        if not issubclass(place.table, Record):
            if ids := [row.id for row in rows.select(place.table.id)]:
                carried[f"{place.table._meta.table_name}.{place.field.name}"] = ids
            continue
        for row in list(rows.order_by(place.table.id)):
            if type(row) is type(loser) and row.id in merged:
                continue
            try:
                with database.atomic():
                    gate.follow(row, {place.field.name: kept.id}, by)
            except Conflict:
                continue  # the kept record has the same already (a follower, a mark): one is enough
    return carried
