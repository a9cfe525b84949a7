"""Records that stand there twice become one: values are chosen, links follow, and it can be taken back."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, NamedTuple

from peewee import ForeignKeyField, ModelSelect, fn

from crmlite import clock
from crmlite.errors import Conflict, Invalid, Missing
from crmlite.models.base import STAMPS, Record, Table, database, stored_time
from crmlite.models.choices import Choice
from crmlite.models.contact_points import ContactPoint
from crmlite.models.journal import Entry
from crmlite.models.merges import Merge
from crmlite.models.statements import statement
from crmlite.models.tables import TABLES
from crmlite.models.teams import Team
from crmlite.models.users import User
from crmlite.rules import above, directory, gate, journal, merge_points, undoing
from crmlite.rules.access import OWNED, Actor, look, require, visible

MERGED = ("lead", "partner", "contact")
MOST_AT_ONCE = 10
UNDONE_WITHIN = timedelta(days=30)
FLAGS = ("do_not_call", "do_not_email", "is_supplier", "is_customer", "is_prospect", "is_employee")
# What a merge does not choose: derived, numbered, reached through verbs, or combined by itself.
NOT_CHOSEN = STAMPS | {
    "archived", "deleted_at", "full_name", "sort_name", "reference", "currency", "status", "recycled", "lost_reason",
    "lost_text", *FLAGS,
}  # fmt: skip
CONVERTED = ("partner", "contact")  # of a lead: what conversion made of it
BOTH = ("phones", "emails", "description")


class Place(NamedTuple):
    """A column that points at records of a concept; with `about` it holds ids of several concepts."""

    table: type[Table]
    field: Any
    about: str

    def at(self, record_id: int) -> Any:
        pointing = self.field == record_id
        return pointing & (self.table.about == self.about) if self.about else pointing


class Plan(NamedTuple):
    """`sources` says for each field whose value is taken; `values` what the kept record becomes,
    `further` the phones and e-mails it gets beside its own: kind and value."""

    kept: Any
    losers: list[Any]
    sources: dict[str, int]
    values: dict[str, Any]
    further: list[tuple[str, str]]


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


def likeliest(records: list[Any], by: Actor) -> int:
    """Whom to keep where nobody said so: a converted lead, else the one with most to it, else the oldest."""
    counts = attached(records, by)

    def weight(record: Any) -> tuple[bool, int, int]:
        filled = sum(1 for name in fields(type(record)) if record.__data__.get(name))
        return getattr(record, "status", "") == "converted", sum(counts[record.id].values()) + filled, -record.id

    return max(records, key=weight).id


def plan(
    records: list[Any], kept_id: int, by: Actor, sources: dict[str, int] | None = None, both: Iterable[str] = BOTH
) -> Plan:
    """What merging would make of the kept record. `sources` names the record whose value is taken, field by field;
    for the others it is the kept one's, else the first that has any. Raises Invalid."""
    kept = next((record for record in records if record.id == kept_id), None)
    if kept is None:
        raise Invalid("Please choose which of the records is kept.")
    losers = [record for record in records if record.id != kept_id]
    _refuse_two_conversions(kept, losers)
    by_id = {record.id: record for record in records}
    taken, values = {}, {}
    for name in fields(type(kept)):
        wanted = (sources or {}).get(name)
        source = by_id[wanted] if wanted in by_id else _first(kept, losers, name, by)
        taken[name] = source.id
        values[name] = source.__data__[name]
    values |= _links_upward(kept, losers, values)
    values |= _flags(records) | _currency(kept, by_id, taken)
    if getattr(kept, "status", "") in ("new", "assigned"):
        values["status"] = "assigned" if values["owner"] else "new"
        if values["owner"] == kept.owner_id:
            values["status"] = kept.status
    values |= _joined(kept, losers, values, tuple(both))
    return Plan(kept, losers, taken, values, merge_points.to_keep(kept, losers, values, tuple(both)))


def merge(
    records: list[Any], kept_id: int, by: Actor, sources: dict[str, int] | None = None, both: Iterable[str] = BOTH
) -> tuple[Any, int]:
    """One gesture: the kept record takes the values, everything that points at the others follows, and those go
    into the bin with a mark where they went. Returns the kept record and the gesture."""
    with gate.together() as gesture:
        held = [gate.locked(record) for record in sorted(records, key=lambda record: record.id)]
        made = plan(chosen(type(held[0]), [record.id for record in held], by), kept_id, by, sources, both)
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


def fields(model: type[Record]) -> list[str]:
    """The fields whose value a person chooses."""
    never = {*NOT_CHOSEN, *CONVERTED} if model.concept == "lead" else NOT_CHOSEN
    return [name for name in model._meta.sorted_field_names if name not in never]


def places(model: type[Record]) -> list[Place]:
    """Every column of every table that may hold ids of this concept."""
    found = []
    for table in TABLES:
        names = table._meta.fields
        found += [Place(table, field, "") for field in table._meta.refs if field.rel_model is model]
        if "about" in names and "about_id" in names:
            found.append(Place(table, names["about_id"], model.concept))
    return found


def attached(records: list[Any], by: Actor) -> dict[int, dict[str, int]]:
    """What stands behind each record and the actor may see, by table name; its changes stay in its history."""
    model = type(records[0])
    counts: dict[int, dict[str, int]] = {record.id: {} for record in records}
    for place in places(model):
        if not issubclass(place.table, Record):
            continue
        rows = visible(place.table, by).where(place.field.in_(list(counts)))
        if place.about:
            rows = rows.where(place.table.about == place.about)
        for record_id, count in rows.select(place.field, fn.COUNT(place.table.id)).group_by(place.field).tuples():
            name = place.table._meta.table_name
            counts[record_id][name] = counts[record_id].get(name, 0) + count
    changes = Entry.select(Entry.record_id, fn.COUNT(Entry.id)).where(Entry.concept == model.concept)
    for record_id, count in changes.where(Entry.record_id.in_(list(counts))).group_by(Entry.record_id).tuples():
        counts[record_id]["changes"] = count
    return counts


def _move(loser: Any, kept: Any, merged: set[int], by: Actor) -> dict[str, list[int]]:
    """Let everything that points at the loser follow, also what is in the bin; answers the rows that have no history
    of their own, which the gate carries with the mark."""
    carried = {}
    for place in places(type(loser)):
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


def _refuse_two_conversions(kept: Any, losers: list[Any]) -> None:
    if getattr(kept, "concept", "") != "lead":
        return
    done = [record for record in losers if record.status == "converted"]
    if done and kept.status == "converted":
        raise Invalid("Two of these leads are converted: please merge the customers they became instead.")
    if done:
        raise Invalid(f"{done[0].label} is converted already: please keep that lead, its customer hangs on it.")


def _first(kept: Any, losers: list[Any], name: str, by: Actor) -> Any:
    if kept.__data__[name] not in (None, ""):
        return kept
    field = type(kept)._meta.fields[name]
    fit = (one for one in losers if one.__data__[name] not in (None, "") and _usable(field, one.__data__[name], by))
    return next(fit, kept)


def _usable(field: Any, value: Any, by: Actor) -> bool:
    """Whether the gate would take this reference now: a retired value is nobody's default."""
    if not isinstance(field, ForeignKeyField):
        return True
    now = directory.current()
    if field.rel_model is Choice:
        return value in now.choices and not now.choices[value].retired
    if field.rel_model is User:
        return value in now.people and now.people[value].active
    if field.rel_model is Team:
        return value in now.teams and not now.teams[value].retired
    return field.rel_model not in OWNED.values() or look(field.rel_model, value, by) is not None


def _links_upward(kept: Any, losers: list[Any], values: dict[str, Any]) -> dict[str, Any]:
    """A parent that would be the record itself, or stand below it once all are one, is let go."""
    model, gone = type(kept), {loser.id for loser in losers}
    own = [field.name for field in model._meta.refs if field.rel_model is model and field.name in values]
    return {name: None for name in own if values[name] and above.returns(model, name, values[name], {kept.id, *gone})}


def _flags(records: list[Any]) -> dict[str, Any]:
    """Who asked not to be called is not called; a customer is no prospect (crm-reference 1.2)."""
    known = type(records[0])._meta.fields
    found = {name: any(getattr(record, name) for record in records) for name in FLAGS if name in known}
    if found.get("is_customer"):
        found["is_prospect"] = False
    if any(found.get(name) for name in ("is_customer", "is_prospect", "is_supplier")):
        found["is_employee"] = False
    return found


def _currency(kept: Any, by_id: dict[int, Any], sources: dict[str, int]) -> dict[str, Any]:
    """The currency belongs to the amount."""
    amount = next((name for name in ("budget", "turnover") if name in sources), None)
    return {"currency": by_id[sources[amount]].currency} if amount else {}


def _joined(kept: Any, losers: list[Any], values: dict[str, Any], both: tuple[str, ...]) -> dict[str, str]:
    if "description" not in both:
        return {}
    parts = [record.description.strip() for record in (kept, *losers)]
    return {"description": "\n\n".join(dict.fromkeys(part for part in parts if part))}
