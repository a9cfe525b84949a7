"""What may happen to a contact."""

from typing import Any

from peewee import ModelSelect

from crmlite.models.contacts import Contact
from crmlite.models.partners import Partner
from crmlite.rules import gate
from crmlite.rules.access import Actor, visible
from crmlite.rules.following import followed_by, handed_to


def create(values: dict[str, Any], by: Actor) -> Contact:
    return gate.create(Contact, followed_by(by, values), by)


def at(partner: Partner, by: Actor, most: int = 50) -> ModelSelect:
    """The people at a partner whom the actor may see, by name."""
    return visible(Contact, by).where(Contact.partner == partner.id).order_by(Contact.sort_name).limit(most)


def edit(contact: Contact, values: dict[str, Any], by: Actor, seen: int | None = None) -> Contact:
    if "owner" in values and values["owner"] != contact.owner_id:
        values = {**handed_to(contact, values["owner"]), **values}
    return gate.change(contact, values, by, seen)


def take(contact: Contact, by: Actor, seen: int | None = None) -> Contact:
    return gate.change(contact, handed_to(contact, by.id), by, seen, verb="assigned")
