"""A lead becomes a customer: partner, contact and opportunity in one gesture, and what belonged to the lead follows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from crmlite.errors import Invalid
from crmlite.models.addresses import Address
from crmlite.models.contact_points import ContactPoint
from crmlite.models.contacts import Contact
from crmlite.models.events import Event
from crmlite.models.leads import Lead
from crmlite.models.opportunities import Opportunity
from crmlite.models.partners import Partner
from crmlite.rules import (
    assigning,
    contacts,
    directory,
    gate,
    hanging,
    leads,
    opportunities,
    origins,
    partners,
)
from crmlite.rules.access import Actor, may, visible

# crm-reference 2.3: what the new records take over. Notes and description stay with the lead.
REACHED_AT = (
    "title", "department", "email", "phone", "mobile_phone", "fax", "street", "postcode", "city", "region", "country",
    "do_not_call", "do_not_email", "source", "owner", "team",
)  # fmt: skip
TO_PARTNER = (*REACHED_AT, "website", "sector")
TO_CONTACT = (*REACHED_AT, "name", "first_name", "job_title")
# The names that the program installs; where they were renamed, the type stays open.
FIRST_SALE, FURTHER_SALE = "New", "Existing"


class Conversion(NamedTuple):
    """`left` counts events and opportunities that the actor may not change; they stay with the lead alone."""

    partner: Partner
    contact: Contact | None
    opportunity: Opportunity | None
    left: int


def convert(
    lead: Lead,
    partner: Partner | dict[str, Any],
    contact: Contact | None,
    opportunity: dict[str, Any] | None,
    by: Actor,
    seen: int | None = None,
) -> Conversion:
    """`partner` is one that exists, or what a new one has beside the lead's details; without a `contact` a company
    gets a new one; `opportunity` holds the values of one to create. Raises Invalid, whose fields say which record
    they belong to: partner.name, contact.partner, opportunity.stage."""
    with gate.together():
        present = gate.locked(lead)
        status = leads.step(present, "convert")
        customer, sale_type = _partner(present, partner, by)
        person = _contact(present, contact, customer, isinstance(partner, dict), by)
        links = {"partner": customer.id, "contact": person.id if person else None}
        left = sum(not _follow(record, links, by) for record in _belonging(present, by))
        sale = _opportunity(present, opportunity, {**links, "type": sale_type}, by)
        gate.change(lead, {"status": status, **links}, by, seen, verb="converted")
    return Conversion(customer, person, sale, left)


def prospect_from(lead: Lead, by: Actor) -> Partner:
    """A prospect with the lead's details, and the lead knows it; its status stays (crm-reference 2.6)."""
    kind = "company" if lead.company else "individual"
    named = {"name": lead.company} if lead.company else {"name": lead.name, "first_name": lead.first_name}
    values = {**_taken_over(lead, TO_PARTNER, by), **named, "kind": kind, "is_prospect": True}
    with gate.together():
        customer = partners.create({**values, "currency": lead.currency}, by)
        hanging.carry(Address, lead, customer, by)
        hanging.carry(ContactPoint, lead, customer, by)
        gate.change(lead, {"partner": customer.id}, by)
    return customer


def _partner(lead: Lead, wanted: Partner | dict[str, Any], by: Actor) -> tuple[Partner, int | None]:
    """The customer, and the type of an opportunity with them."""
    if isinstance(wanted, Partner):
        sale_type = _type(FURTHER_SALE if wanted.is_customer else FIRST_SALE)
        if not wanted.is_customer and not wanted.is_prospect:
            partners.edit(wanted, {"is_prospect": True}, by)
        return wanted, sale_type
    values = {**_taken_over(lead, TO_PARTNER, by), "kind": "company", "name": lead.company, **wanted}
    values.setdefault("is_prospect", not values.get("is_customer"))
    if values["kind"] == "individual":
        values |= {"name": lead.name, "first_name": lead.first_name}
    if not any(values.get(flag) for flag in ("is_prospect", "is_customer", "is_supplier")):
        raise Invalid(fields={"partner.is_supplier": "Please choose prospect or customer, or tick supplier."})
    with _problems_of("partner"):
        customer = partners.create(values, by)
    hanging.carry(Address, lead, customer, by)
    if customer.kind == "individual":
        hanging.carry(ContactPoint, lead, customer, by)
    return customer, _type(FIRST_SALE)


def _contact(lead: Lead, wanted: Contact | None, customer: Partner, is_new: bool, by: Actor) -> Contact | None:
    if customer.kind == "individual":
        return None
    with _problems_of("contact"):
        if wanted is None:
            person = contacts.create({**_taken_over(lead, TO_CONTACT, by), "partner": customer.id}, by)
            hanging.carry(ContactPoint, lead, person, by)
            return person
        if is_new:
            raise Invalid(fields={"partner": "A new customer gets a new contact: please choose New contact."})
        if wanted.partner_id is None:
            return contacts.edit(wanted, {"partner": customer.id}, by)
        if wanted.partner_id != customer.id:
            sentence = f"{wanted.label} is not a contact of {customer.label}: please choose another or a new one."
            raise Invalid(fields={"partner": sentence})
    return wanted


def _opportunity(lead: Lead, values: dict[str, Any] | None, links: dict[str, Any], by: Actor) -> Opportunity | None:
    if values is None:
        return None
    given = {name: value for name, value in values.items() if name != "type" or value}
    begun = _on_offer(origins.proposed(lead, by), by)
    with _problems_of("opportunity"):
        return opportunities.create({**begun, **links, **given}, by, converting=True)


def _belonging(lead: Lead, by: Actor) -> list[Any]:
    return [record for model in (Event, Opportunity) for record in visible(model, by).where(model.lead == lead.id)]


def _follow(record: Any, links: dict[str, Any], by: Actor) -> bool:
    """Partner and contact where there is none yet: nobody's own choice is written over. These links are no part of
    the calendar text, so phones hear nothing of it."""
    if record.partner_id not in (None, links["partner"]):
        return True
    values = {name: value for name, value in links.items() if value and record.__data__[name] is None}
    if not may(by, "change", record, values):
        return not values
    gate.change(record, values, by)
    return True


def _taken_over(lead: Lead, names: tuple[str, ...], by: Actor) -> dict[str, Any]:
    """Nobody has a new customer whom customers may not be assigned to: then it goes to the actor, else to no one."""
    taken = _on_offer({name: lead.__data__[name] for name in names}, by)
    if taken["owner"] and not assigning.may_hold("partner", taken["owner"]):
        taken["owner"] = by.id if assigning.may_hold("partner", by.id) else None
    return taken


def _on_offer(values: dict[str, Any], by: Actor) -> dict[str, Any]:
    """A lead may carry a value or a person long retired, which no new record takes; they stay on the lead."""
    now, kept = directory.current(), dict(values)
    for name in ("source", "sector", "job_title"):
        choice = now.choices.get(values.get(name) or 0)
        if choice is None or choice.retired:
            kept.pop(name, None)
    owner, team = now.people.get(values["owner"] or 0), now.teams.get(values["team"] or 0)
    if owner is not None and not owner.active:
        kept["owner"] = by.id
    if team is not None and team.retired:
        kept["team"] = by.active_team_id
    return kept


def _type(name: str) -> int | None:
    return next((one.id for one in directory.current().choices_of("opportunity_type") if one.name == name), None)


@contextmanager
def _problems_of(concept: str) -> Iterator[None]:
    """Say which of the records a refused field belongs to."""
    try:
        yield
    except Invalid as error:
        fields = {f"{concept}.{name}": sentence for name, sentence in error.fields.items()}
        raise Invalid(error.message, fields) from error
