"""What may happen to a contact."""

from typing import Any

from peewee import ModelSelect

from crmlite.errors import Invalid
from crmlite.models.contacts import Contact
from crmlite.models.partners import Partner
from crmlite.rules import above, gate, search
from crmlite.rules.access import Actor, visible
from crmlite.rules.following import followed_by, handed_to


def create(values: dict[str, Any], by: Actor) -> Contact:
    return gate.create(Contact, followed_by(by, values, "contact"), by)


def at(partner: Partner, by: Actor, most: int = 50) -> ModelSelect:
    """The people at a partner whom the actor may see, by name."""
    return visible(Contact, by).where(Contact.partner == partner.id).order_by(Contact.sort_name).limit(most)


def edit(contact: Contact, values: dict[str, Any], by: Actor, seen: int | None = None) -> Contact:
    above.refuse_circle(contact, "reports_to", values)
    if "owner" in values and values["owner"] != contact.owner_id:
        values = {**handed_to(contact, values["owner"]), **values}
    return gate.change(contact, values, by, seen)


def take(contact: Contact, by: Actor, seen: int | None = None) -> Contact:
    return gate.change(contact, handed_to(contact, by.id), by, seen, verb="assigned")


def reports(contact: Contact, by: Actor, most: int = 50) -> ModelSelect:
    """Those who report to this contact, as far as the actor sees them, by name."""
    return visible(Contact, by).where(Contact.reports_to == contact.id).order_by(Contact.sort_name).limit(most)


def join(contact: Contact, partner: Partner, by: Actor) -> Contact:
    """Make a contact who is nowhere yet one of this company. Raises Invalid for one who is at another."""
    if contact.partner_id not in (None, partner.id):
        raise Invalid(f"{contact.label} is at another company: please open the contact to change that.")
    return edit(contact, {"partner": partner.id}, by)


def named(text: str, by: Actor, alone: bool = False, most: int = 12) -> list[Contact]:
    """Contacts for suggestions, by what people remember of them; `alone`: only those without a company."""
    found = visible(Contact, by).where(Contact.id.in_(search.matching("contact", text) or [0]))
    if alone:
        found = found.where(Contact.partner.is_null())
    return list(found.order_by(Contact.sort_name, Contact.id).limit(most))
