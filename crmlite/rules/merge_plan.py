"""What a merge would make of the kept record: whose value is taken, field by field."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from peewee import ForeignKeyField

from crmlite.errors import Invalid
from crmlite.models.base import STAMPS, Record
from crmlite.models.choices import Choice
from crmlite.models.teams import Team
from crmlite.models.users import User
from crmlite.rules import above, directory, links, merge_points
from crmlite.rules.access import OWNED, Actor, look

FLAGS = ("do_not_call", "do_not_email", "is_supplier", "is_customer", "is_prospect", "is_employee")
# What a merge does not choose: derived, numbered, reached through verbs, or combined by itself.
NOT_CHOSEN = STAMPS | {
    "archived", "deleted_at", "full_name", "sort_name", "reference", "currency", "status", "recycled", "lost_reason",
    "lost_text", *FLAGS,
}  # fmt: skip
CONVERTED = ("partner", "contact")  # of a lead: what conversion made of it
BOTH = ("phones", "emails", "description")


class Plan(NamedTuple):
    """`sources` says for each field whose value is taken; `values` what the kept record becomes,
    `further` the phones and e-mails it gets beside its own: kind and value."""

    kept: Any
    losers: list[Any]
    sources: dict[str, int]
    values: dict[str, Any]
    further: list[tuple[str, str]]


def likeliest(records: list[Any], by: Actor) -> int:
    """Whom to keep where nobody said so: a converted lead, else the one with most to it, else the oldest."""
    counts = links.attached(records, by)

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


def fields(model: type[Record]) -> list[str]:
    """The fields whose value a person chooses."""
    never = {*NOT_CHOSEN, *CONVERTED} if model.concept == "lead" else NOT_CHOSEN
    return [name for name in model._meta.sorted_field_names if name not in never]


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
