"""What may happen to a quote; rules/quote_steps.py holds its statuses, rules/quote_lines.py its lines."""

from datetime import date, timedelta
from typing import Any

from peewee import ModelSelect, fn

from crmlite import clock
from crmlite.errors import Invalid
from crmlite.models.base import fold
from crmlite.models.choices import Stage
from crmlite.models.contacts import Contact
from crmlite.models.leads import Lead
from crmlite.models.opportunities import Opportunity
from crmlite.models.partners import Partner
from crmlite.models.quotes import OPEN_STATUSES, Quote, frozen
from crmlite.rules import conversions, directory, gate, opportunities, organisation, partners, quote_lines
from crmlite.rules.access import Actor, look, visible
from crmlite.rules.directory import Directory
from crmlite.rules.following import followed_by, handed_to, with_currency
from crmlite.rules.quote_addresses import address_of
from crmlite.rules.quote_steps import cancelling, orders_of, step

SOON = timedelta(days=7)
PROPOSITION = "proposition"
NO_CUSTOMER = "Please choose a customer: the opportunity has neither a customer nor a lead to make one from."
STEPS = frozenset({
    "status", "reference", "revision", "supersedes", "made_customer", "untaxed", "tax", "total", "finalized_at",
    "sent_at", "confirmed_at", "confirmed_by", "completed_at", "cancelled_at", "cancel_reason", "cancel_text",
})  # fmt: skip
# What a further version and a copy take over.
CARRIED = (
    "name", "partner", "contact", "opportunity", "address", "currency", "language", "introduction", "closing", "note",
    "owner", "team",
)  # fmt: skip


def create(values: dict[str, Any], by: Actor) -> Quote:
    """A draft. Of an opportunity without a customer its lead's is taken, or made from the lead; and an opportunity
    that stands before the stage Proposition moves there (crm-reference 2.6)."""
    given = {name: value for name, value in values.items() if name not in STEPS}
    given = {name: value for name, value in given.items() if value not in (None, "") or name in ("owner", "team")}
    with gate.together():
        sale = look(Opportunity, given.get("opportunity") or 0, by)
        if sale is not None:
            given = {**_of_opportunity(sale), **given}
            given["partner"] = given.get("partner") or _customer_of(sale, by)
        customer, contact = look(Partner, given.get("partner") or 0, by), look(Contact, given.get("contact") or 0, by)
        if customer is None and contact is not None and contact.partner_id:
            customer = look(Partner, contact.partner_id, by)
            given["partner"] = customer.id if customer else None
        begun = {**_of_customer(customer, contact, by), "valid_until": valid_until(by)}
        begun |= _texts(given.get("language") or begun.get("language", ""))
        quote = gate.create(Quote, {**with_currency(followed_by(by, {**begun, **given})), "status": "draft"}, by)
        if sale is not None:
            _propose(sale, quote, by)
    return quote


def proposed(origin: Opportunity | Partner | Contact | None) -> dict[str, Any]:
    """What the form of a new quote shows already, taken from the record it is begun from."""
    if isinstance(origin, Opportunity):
        return {"opportunity": origin.id, **_of_opportunity(origin)}
    if isinstance(origin, Contact):
        return {"contact": origin.id, "partner": origin.partner_id}
    return {"partner": origin.id, "currency": origin.currency} if origin else {}


def edit(quote: Quote, values: dict[str, Any], by: Actor, seen: int | None = None) -> Quote:
    """Change fields of a draft, and of a later one those that are not part of the document. Statuses are reached
    through their verbs only. The address follows the customer unless somebody wrote another."""
    values = {name: value for name, value in values.items() if name not in STEPS}
    if sentence := frozen(quote, frozenset(values)):
        raise Invalid(sentence)
    if "owner" in values and values["owner"] != quote.owner_id:
        values = {**handed_to(quote, values["owner"]), **values}
    with gate.together():
        if values.get("currency", quote.currency) != quote.currency:
            quote_lines.refuse_other_digits(quote, values["currency"])
        return gate.change(quote, {**_following_address(quote, values, by), **values}, by, seen)


def take(quote: Quote, by: Actor, seen: int | None = None) -> Quote:
    return gate.change(quote, handed_to(quote, by.id), by, seen, verb="assigned")


def finalize(quote: Quote, by: Actor, seen: int | None = None) -> Quote:
    """Number and freeze it. Raises Invalid where it has no line yet, or its validity has passed."""
    with gate.together():
        fresh = gate.locked(quote)
        today = clock.today(by.zone)
        values: dict[str, Any] = {"status": step(fresh, "finalize"), "finalized_at": clock.now()}
        if not quote_lines.any_of(fresh):
            raise Invalid("Please add at least one line before you finalize it.")
        if fresh.valid_until and fresh.valid_until < today:
            raise Invalid(fields={"valid_until": "Its validity has passed: please choose a later day first."})
        values["quote_date"] = fresh.quote_date or today
        if not fresh.reference:
            year = values["quote_date"].year
            values["reference"] = f"Q-{year}-{gate.number(f'quote-{year}'):04d}"
        return gate.change(quote, values, by, seen, verb="finalized")


def send(quote: Quote, by: Actor, seen: int | None = None) -> Quote:
    """It has gone out, by whatever way."""
    with gate.together():
        values = {"status": step(gate.locked(quote), "send"), "sent_at": clock.now()}
        return gate.change(quote, values, by, seen, verb="sent")


def confirm(quote: Quote, by: Actor, seen: int | None = None) -> Quote:
    """The customer ordered: a prospect becomes a customer (SEED-49) and, where the house says so, the opportunity is
    won whatever its stage. A completed order comes back to confirmed."""
    with gate.together():
        fresh = gate.locked(quote)
        values: dict[str, Any] = {"status": step(fresh, "confirm"), "completed_at": None}
        if not fresh.is_order:
            customer = Partner.get_or_none(Partner.id == fresh.partner_id)
            if customer is not None and not customer.is_customer:
                partners.edit(customer, {"is_customer": True}, by)
                values["made_customer"] = True
            values |= {"confirmed_at": clock.now(), "confirmed_by": by.id}
            _close(fresh, by)
        return gate.change(quote, values, by, seen, verb="confirmed")


def complete(quote: Quote, by: Actor, seen: int | None = None) -> Quote:
    with gate.together():
        values = {"status": step(gate.locked(quote), "complete"), "completed_at": clock.now()}
        return gate.change(quote, values, by, seen, verb="completed")


def cancel(quote: Quote, reason_id: int | None, text: str, by: Actor, seen: int | None = None) -> Quote:
    """Whom an order made a customer is a prospect again where no other order stands."""
    with gate.together():
        fresh = gate.locked(quote)
        values = cancelling(fresh, reason_id, text)
        gate.change(quote, values, by, seen, verb="cancelled")
        if fresh.is_order and not orders_of(fresh.partner_id, fresh.id):
            customer = Partner.get_or_none((Partner.id == fresh.partner_id) & Partner.deleted_at.is_null())
            mark = (Quote.partner == fresh.partner_id) & (Quote.made_customer == True)  # noqa: E712 - an SQL expression
            if customer is not None and customer.is_customer and Quote.select(Quote.id).where(mark).exists():
                partners.edit(customer, {"is_prospect": True}, by)
    return quote


def revise(quote: Quote, by: Actor, seen: int | None = None) -> Quote:
    """A further version as a draft, with the same lines; the one before is kept as superseded. Returns the new one."""
    with gate.together():
        fresh = gate.locked(quote)
        gate.change(quote, {"status": step(fresh, "revise")}, by, seen, verb="superseded")
        base = fresh.base
        family = (Quote.reference == base) | Quote.reference.startswith(f"{base}-")
        revision = Quote.select(fn.MAX(Quote.revision)).where(family).scalar() + 1
        mark = {"reference": f"{base}-{revision}", "revision": revision, "supersedes": fresh.id}
        return _again(fresh, {**mark, "valid_until": _still(fresh.valid_until, by)}, by)


def copy(quote: Quote, by: Actor) -> Quote:
    """A draft of its own with the same lines, valid from today. It stays with the opportunity while that is open."""
    with gate.together():
        fresh = gate.locked(quote)
        sale = look(Opportunity, fresh.opportunity_id or 0, by)
        closed = {} if sale and sale.outcome == "open" else {"opportunity": None}
        return _again(fresh, {**closed, "valid_until": valid_until(by)}, by)


def of(record: Any, by: Actor, most: int = 20) -> ModelSelect:
    """The newest quotes of a customer, contact or opportunity, and of a lead those of its opportunities, that the
    actor may see."""
    if isinstance(record, Lead):
        sales = visible(Opportunity, by).where(Opportunity.lead == record.id).select(Opportunity.id)
        belongs = Quote.opportunity.in_(sales)
    else:
        belongs = Quote._meta.fields[record.concept] == record.id
    return visible(Quote, by).where(belongs).order_by(Quote.id.desc()).limit(most)


def versions(quote: Quote, by: Actor) -> list[Quote]:
    """The other versions of a quote that has several, the newest first."""
    if not quote.reference:
        return []
    family = (Quote.reference == quote.base) | Quote.reference.startswith(f"{quote.base}-")
    family &= Quote.id != quote.id
    return list(visible(Quote, by).where(family).order_by(Quote.revision.desc()))


def ink(quote: Any, today: date) -> str:
    """Colour word of a row: red where an open quote is past its validity, orange in its last week; orders green."""
    if quote.status in OPEN_STATUSES and quote.valid_until:
        if quote.valid_until < today:
            return "red"
        return "orange" if quote.valid_until - today <= SOON else "plain"
    return "green" if quote.status in ("confirmed", "completed") else "plain"


def asks_for_customer(sale: Opportunity, by: Actor) -> Lead | None:
    """The lead that a customer would be made from; None where there is a customer, or no lead."""
    if sale.partner_id:
        return None
    lead = look(Lead, sale.lead_id or 0, by)
    return lead if lead and not look(Partner, lead.partner_id or 0, by) else None


def valid_until(by: Actor) -> date | None:
    """Until when a quote of today is valid; None where the house sets no limit."""
    days = organisation.quote_days()
    return clock.today(by.zone) + timedelta(days=days) if days else None


def _of_opportunity(sale: Opportunity) -> dict[str, Any]:
    names = ("name", "partner", "contact", "currency", "owner", "team")
    return {name: sale.__data__[name] for name in names if sale.__data__[name]}


def _of_customer(customer: Partner | None, contact: Contact | None, by: Actor) -> dict[str, Any]:
    if customer is None:
        return {}
    return {
        "name": f"Quote for {customer.label}"[:200],
        "currency": customer.currency or directory.current().currency,
        "language": customer.language or (contact.language if contact else ""),
        "address": address_of(customer, contact, by),
    }


def _customer_of(sale: Opportunity, by: Actor) -> int:
    """The customer of the lead, or a new prospect made from it, who is the opportunity's from now on. Raises Invalid
    with the field partner where there is neither."""
    lead = look(Lead, sale.lead_id or 0, by)
    if lead is None:
        raise Invalid(fields={"partner": NO_CUSTOMER})
    customer = look(Partner, lead.partner_id or 0, by) or conversions.prospect_from(lead, by)
    opportunities.edit(sale, {"partner": customer.id}, by)
    return int(customer.id)


def _propose(sale: Opportunity, quote: Quote, by: Actor) -> None:
    if sale.outcome == "lost":
        raise Invalid("This opportunity is lost: please reopen it before you quote.")
    stage = proposition(sale)
    if stage is not None:
        opportunities.move(sale, stage.id, by)


def proposition(sale: Opportunity, now: Directory | None = None) -> Stage | None:
    """The stage Proposition of the opportunity's pipeline, where it stands before that one."""
    now = now or directory.current()
    present = now.stages.get(sale.stage_id)
    if present is None or present.outcome != "open":
        return None
    beside = [one for one in now.stages_on_offer(present.id) if one.pipeline_id == present.pipeline_id]
    later = beside[beside.index(present) + 1 :]
    return next((one for one in later if one.outcome == "open" and fold(one.name) == PROPOSITION), None)


def _close(quote: Quote, by: Actor) -> None:
    sale = Opportunity.get_or_none(Opportunity.id == quote.opportunity_id)
    wanted = directory.current().settings["order_closes_opportunity"]
    if wanted and sale is not None and sale.deleted_at is None and sale.outcome != "won":
        opportunities.win(sale, by)


def _following_address(quote: Quote, values: dict[str, Any], by: Actor) -> dict[str, Any]:
    if "address" in values and values["address"] != quote.address:
        return {}
    before = quote.partner_id, quote.contact_id
    after = values.get("partner", quote.partner_id), values.get("contact", quote.contact_id)
    if before == after or (quote.address and quote.address != _address(*before, by)):
        return {}
    return {"address": _address(*after, by)}


def _address(partner_id: int | None, contact_id: int | None, by: Actor) -> str:
    customer = look(Partner, partner_id or 0, by)
    return address_of(customer, look(Contact, contact_id or 0, by), by) if customer else ""


def _again(quote: Quote, values: dict[str, Any], by: Actor) -> Quote:
    carried = {name: quote.__data__[name] for name in CARRIED}
    fresh = gate.create(Quote, {**carried, "status": "draft", **values}, by)
    quote_lines.carry(quote, fresh, by)
    return fresh


def _texts(language: str) -> dict[str, str]:
    """What the house begins a quote in this language with."""
    texts = organisation.texts(language)
    return {"introduction": texts.introduction, "closing": texts.closing}


def _still(before: date | None, by: Actor) -> date | None:
    """The validity it had, where that is not over."""
    return before if before and before >= clock.today(by.zone) else valid_until(by)
