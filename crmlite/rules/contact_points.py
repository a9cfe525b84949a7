"""Further ways to reach somebody: whoever may change the record may change them."""

from typing import Any

from peewee import ModelSelect

from crmlite.models.base import Record
from crmlite.models.contact_points import MAIN_COLUMNS, ContactPoint
from crmlite.models.leads import Lead
from crmlite.rules import access, gate, hanging, leads
from crmlite.rules.access import Actor, visible


def of(record: Record, by: Actor) -> ModelSelect:
    """Those of a record that the actor sees, in their order."""
    about = (ContactPoint.about == record.concept) & (ContactPoint.about_id == record.id)
    return visible(ContactPoint, by).where(about).order_by(ContactPoint.position, ContactPoint.id)


def owner(point: Any, by: Actor) -> Any:
    """The record that a contact point or an address hangs on. Raises Missing; Invalid where it can only be read."""
    return changeable(access.find(hanging.REACHED[point.about], point.about_id, by))


def changeable(record: Any) -> Any:
    if isinstance(record, Lead):
        leads.refuse_closed(record)
    return record


def add(record: Any, values: dict[str, Any], by: Actor) -> ContactPoint:
    changeable(record)
    return gate.create(ContactPoint, {**values, "about": record.concept, "about_id": record.id}, by)


def edit(point: ContactPoint, values: dict[str, Any], by: Actor, seen: int | None = None) -> ContactPoint:
    owner(point, by)
    return gate.change(point, values, by, seen)


def remove(point: ContactPoint, by: Actor) -> ContactPoint:
    owner(point, by)
    return gate.remove(point, by)


def make_main(point: ContactPoint, by: Actor) -> Any:
    """Swap with the main one of its kind, which loses nothing; returns the record."""
    with gate.together():
        record = owner(point, by)
        column = MAIN_COLUMNS[point.kind]
        before = getattr(record, column)
        gate.change(record, {column: point.value}, by)
        if before:
            gate.change(point, {"value": before, "use": ""}, by)
        else:
            gate.remove(point, by)
    return record


def carry(source: Record, target: Record, by: Actor) -> None:
    """Give the target the same further ways to be reached."""
    for point in of(source, by):
        add(target, {name: getattr(point, name) for name in ("kind", "use", "value", "position")}, by)
