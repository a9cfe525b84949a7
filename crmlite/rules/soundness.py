"""What keeps a record from being written as it is: problems of its own, links that lead nowhere, and what somebody else
wrote meanwhile. The gate asks here."""

from collections.abc import Iterable, Iterator
from typing import Any

from peewee import ForeignKeyField, ModelSelect

from crmlite.errors import Invalid, Stale, Theirs
from crmlite.models.base import Record, revive
from crmlite.models.calendars import Calendar
from crmlite.models.choices import Choice, Stage
from crmlite.models.journal import Entry
from crmlite.models.products import Tax
from crmlite.models.teams import Team
from crmlite.models.users import User
from crmlite.rules import assigning, directory
from crmlite.rules.access import ADMINISTRATION, Actor, visible

# The field of a record -> the list of choices that it takes from.
CHOICE_KINDS = {
    "source": "source",
    "lost_reason": "lost_reason",
    "type": "opportunity_type",
    "job_title": "job_title",
    "sector": "sector",
    "cancel_reason": "cancel_reason",
}
# What is configured: where the directory keeps it, and how a refusal calls it.
OFFERED = {
    Choice: ("choices", "This value is no longer on offer: please choose another from the list."),
    Stage: ("stages", "This stage is no longer on offer: please choose another."),
    Tax: ("taxes", "This tax is no longer on offer: please choose another."),
    Team: ("teams", "This team is no longer on offer: please choose another."),
}


def judge(record: Record, names: Iterable[str], by: Actor) -> None:
    """Raises Invalid for a record that has problems, or where one of the fields in `names` links to what is not there,
    is retired, or out of the actor's sight."""
    found = record.problems()
    for field in _links(record, names):
        target = record.__data__[field.name]
        if sentence := _objection(record, field, target, by):
            found[field.name] = sentence
    if found:
        raise Invalid(fields=found)


def refuse_stale(fresh: Record, values: dict[str, Any], seen: int) -> None:
    """Raises Stale when a field of `values` was changed to something else after version `seen`."""
    since = (
        Entry.select(Entry.at, Entry.after, User.name)
        .left_outer_join(User)
        .where((Entry.concept == fresh.concept) & (Entry.record_id == fresh.id) & (Entry.version > seen))
        .order_by(Entry.id)
        .tuples()
    )
    theirs = {
        name: Theirs(revive(type(fresh), name, after[name]), who or "crmlite", at)
        for at, after, who in since
        for name in values
        if name in after and getattr(fresh, _column(fresh, name)) != _plain_id(values[name])
    }
    if theirs:
        raise Stale("Somebody changed this at the same time.", fresh, theirs)


def _links(record: Record, names: Iterable[str]) -> Iterator[ForeignKeyField]:
    """The fields in `names` that link to something."""
    for name in names:
        field = record._meta.fields.get(name) or record._meta.columns.get(name)
        if isinstance(field, ForeignKeyField) and record.__data__.get(field.name) is not None:
            yield field


def _objection(record: Record, field: ForeignKeyField, target: int, by: Actor) -> str:
    model = field.rel_model
    if model in OFFERED:
        kept, sentence = OFFERED[model]
        return "" if _on_offer(getattr(directory.current(), kept).get(target), field) else sentence
    if model is User:
        return _objection_to_person(record, field, target)
    if _within_reach(model, by).where(model.id == target).exists():
        return ""
    return f"This {model.concept} does not exist: please choose another."


def _on_offer(value: Any, field: ForeignKeyField) -> bool:
    if value is None or value.retired:
        return False
    return field.rel_model is not Choice or CHOICE_KINDS.get(field.name) in (None, value.kind)


def _objection_to_person(record: Record, field: ForeignKeyField, target: int) -> str:
    person = directory.current().people.get(target)
    if not isinstance(record, ADMINISTRATION) and (person is None or not person.active):
        return "This person is no longer active: please choose another."
    return assigning.refusal(record.concept, target) if field.name == "owner" else ""


def _within_reach(model: type[Record], by: Actor) -> ModelSelect:
    """What may be pointed at. Managers plan for others: `require` decides for whom."""
    if model is Calendar and by.leads_people:
        return Calendar.select().where(Calendar.deleted_at.is_null())
    return visible(model, by)


def _column(record: Record, name: str) -> str:
    field = record._meta.fields.get(name)
    return field.object_id_name if isinstance(field, ForeignKeyField) else name


def _plain_id(value: Any) -> Any:
    return value.id if isinstance(value, Record) else value
