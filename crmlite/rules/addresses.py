"""Further addresses: whoever may change the record may change them."""

from typing import Any

from peewee import ModelSelect

from crmlite.models.addresses import PARTS, Address
from crmlite.models.base import Record
from crmlite.rules import gate
from crmlite.rules.access import Actor, visible
from crmlite.rules.contact_points import changeable, owner


def of(record: Record, by: Actor) -> ModelSelect:
    """Those of a record that the actor sees, in the order in which they were written."""
    about = (Address.about == record.concept) & (Address.about_id == record.id)
    return visible(Address, by).where(about).order_by(Address.id)


def add(record: Any, values: dict[str, Any], by: Actor) -> Address:
    changeable(record)
    return gate.create(Address, {**values, "about": record.concept, "about_id": record.id}, by)


def edit(address: Address, values: dict[str, Any], by: Actor, seen: int | None = None) -> Address:
    owner(address, by)
    return gate.change(address, values, by, seen)


def remove(address: Address, by: Actor) -> Address:
    owner(address, by)
    return gate.remove(address, by)


def make_main(address: Address, by: Actor) -> Any:
    """Swap with the address that the record holds itself; returns the record."""
    with gate.together():
        record = owner(address, by)
        before = {name: getattr(record, name) for name in PARTS}
        gate.change(record, {name: getattr(address, name) for name in PARTS}, by)
        if before["street"] or before["city"]:
            gate.change(address, {**before, "use": ""}, by)
        else:
            gate.remove(address, by)
    return record


def carry(source: Record, target: Record, by: Actor) -> None:
    """Give the target the same further addresses."""
    for address in of(source, by):
        add(target, {name: getattr(address, name) for name in ("use", *PARTS, "is_invoicing", "is_delivery")}, by)
