"""What a quote begins with: from its opportunity, its customer and the texts of the house; and what that does to the
opportunity."""

from datetime import date, timedelta
from typing import Any

from crmlite import clock
from crmlite.errors import Invalid
from crmlite.models.base import fold
from crmlite.models.choices import Stage
from crmlite.models.contacts import Contact
from crmlite.models.leads import Lead
from crmlite.models.opportunities import Opportunity
from crmlite.models.partners import Partner
from crmlite.models.quotes import Quote
from crmlite.rules import conversions, directory, opportunities, organisation
from crmlite.rules.access import Actor, look
from crmlite.rules.quote_addresses import address_of

PROPOSITION = "proposition"
NO_CUSTOMER = "Please choose a customer: the opportunity has neither a customer nor a lead to make one from."


def proposed(origin: Opportunity | Partner | Contact | None) -> dict[str, Any]:
    """What the form of a new quote shows already, taken from the record it is begun from."""
    if isinstance(origin, Opportunity):
        return {"opportunity": origin.id, **of_opportunity(origin)}
    if isinstance(origin, Contact):
        return {"contact": origin.id, "partner": origin.partner_id}
    return {"partner": origin.id, "currency": origin.currency} if origin else {}


def of_opportunity(sale: Opportunity) -> dict[str, Any]:
    """What a quote takes over from its opportunity."""
    names = ("name", "partner", "contact", "currency", "owner", "team")
    return {name: sale.__data__[name] for name in names if sale.__data__[name]}


def of_customer(customer: Partner | None, contact: Contact | None, by: Actor) -> dict[str, Any]:
    """What it takes over from its customer; language also from the contact."""
    if customer is None:
        return {}
    return {
        "name": f"Quote for {customer.label}"[:200],
        "currency": customer.currency or directory.current().currency,
        "language": customer.language or (contact.language if contact else ""),
        "address": address_of(customer, contact, by),
    }


def customer_of(sale: Opportunity, by: Actor) -> int:
    """The customer of the lead, or a new prospect made from it, who is the opportunity's from now on. Raises Invalid
    with the field partner where there is neither."""
    lead = look(Lead, sale.lead_id or 0, by)
    if lead is None:
        raise Invalid(fields={"partner": NO_CUSTOMER})
    customer = look(Partner, lead.partner_id or 0, by) or conversions.prospect_from(lead, by)
    opportunities.edit(sale, {"partner": customer.id}, by)
    return int(customer.id)


def asks_for_customer(sale: Opportunity, by: Actor) -> Lead | None:
    """The lead that a customer would be made from; None where there is a customer, or no lead."""
    if sale.partner_id:
        return None
    lead = look(Lead, sale.lead_id or 0, by)
    return lead if lead and not look(Partner, lead.partner_id or 0, by) else None


def propose(sale: Opportunity, by: Actor) -> None:
    """It is quoted now: from before the stage Proposition it moves there. Raises Invalid for one that is lost."""
    if sale.outcome == "lost":
        raise Invalid("This opportunity is lost: please reopen it before you quote.")
    stage = _proposition(sale)
    if stage is not None:
        opportunities.move(sale, stage.id, by)


def following_address(quote: Quote, values: dict[str, Any], by: Actor) -> dict[str, Any]:
    """The address of another customer or contact, unless somebody wrote one."""
    if "address" in values and values["address"] != quote.address:
        return {}
    before = quote.partner_id, quote.contact_id
    after = values.get("partner", quote.partner_id), values.get("contact", quote.contact_id)
    if before == after or (quote.address and quote.address != _address(*before, by)):
        return {}
    return {"address": _address(*after, by)}


def texts(language: str) -> dict[str, str]:
    """What the house begins a quote in this language with."""
    texts = organisation.texts(language)
    return {"introduction": texts.introduction, "closing": texts.closing}


def valid_until(by: Actor) -> date | None:
    """Until when a quote of today is valid; None where the house sets no limit."""
    days = organisation.quote_days()
    return clock.today(by.zone) + timedelta(days=days) if days else None


def still_valid(before: date | None, by: Actor) -> date | None:
    """The validity it had, where that is not over."""
    return before if before and before >= clock.today(by.zone) else valid_until(by)


def on_offer(values: dict[str, Any], by: Actor) -> dict[str, Any]:
    """A person who has left or a team that is retired follows nothing new: it is the actor's then."""
    now, kept = directory.current(), dict(values)
    owner, team = now.people.get(values.get("owner") or 0), now.teams.get(values.get("team") or 0)
    if owner is not None and not owner.active:
        kept["owner"] = by.id
    if team is not None and team.retired:
        kept["team"] = by.active_team_id
    return kept


def _proposition(sale: Opportunity) -> Stage | None:
    """The stage Proposition of the opportunity's pipeline, where it stands before that one."""
    now = directory.current()
    present = now.stages.get(sale.stage_id)
    if present is None or present.outcome != "open":
        return None
    beside = [one for one in now.stages_on_offer(present.id) if one.pipeline_id == present.pipeline_id]
    later = beside[beside.index(present) + 1 :]
    return next((one for one in later if one.outcome == "open" and fold(one.name) == PROPOSITION), None)


def _address(partner_id: int | None, contact_id: int | None, by: Actor) -> str:
    customer = look(Partner, partner_id or 0, by)
    return address_of(customer, look(Contact, contact_id or 0, by), by) if customer else ""
