"""What may happen to a quote; rules/quote_steps.py holds its statuses, rules/quote_lines.py its lines."""

from datetime import date, timedelta
from typing import Any

from peewee import ModelSelect, fn

from crmlite import clock
from crmlite.errors import Forbidden, Invalid
from crmlite.models.contacts import Contact
from crmlite.models.leads import Lead
from crmlite.models.opportunities import Opportunity
from crmlite.models.partners import Partner
from crmlite.models.quotes import OPEN_STATUSES, Quote, frozen
from crmlite.models.statements import statement
from crmlite.rules import directory, gate, opportunities, partners, quote_lines, quote_origins
from crmlite.rules.access import Actor, look, may, visible
from crmlite.rules.following import followed_by, handed_to, with_currency
from crmlite.rules.quote_steps import cancelling, orders_of, step

SOON = timedelta(days=7)
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
            given = {**quote_origins.on_offer(quote_origins.of_opportunity(sale), by), **given}
            given["partner"] = given.get("partner") or quote_origins.customer_of(sale, by)
        customer, contact = look(Partner, given.get("partner") or 0, by), look(Contact, given.get("contact") or 0, by)
        if customer is None and contact is not None and contact.partner_id:
            customer = look(Partner, contact.partner_id, by)
            given["partner"] = customer.id if customer else None
        begun = {**quote_origins.of_customer(customer, contact, by), "valid_until": quote_origins.valid_until(by)}
        begun |= quote_origins.texts(given.get("language") or begun.get("language", ""))
        quote = gate.create(Quote, {**with_currency(followed_by(by, {**begun, **given})), "status": "draft"}, by)
        if sale is not None:
            quote_origins.propose(sale, by)
    return quote


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
        return gate.change(quote, {**quote_origins.following_address(quote, values, by), **values}, by, seen)


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
                _require(customer, "Confirming makes its prospect a customer", by)
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
                _require(customer, "Cancelling makes its customer a prospect again", by)
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
        return _again(fresh, {**mark, "valid_until": quote_origins.still_valid(fresh.valid_until, by)}, by)


def copy(quote: Quote, by: Actor) -> Quote:
    """A draft of its own with the same lines, valid from today. It stays with the opportunity while that is open."""
    with gate.together():
        fresh = gate.locked(quote)
        sale = look(Opportunity, fresh.opportunity_id or 0, by)
        closed = {} if sale and sale.outcome == "open" else {"opportunity": None}
        return _again(fresh, {**closed, "valid_until": quote_origins.valid_until(by)}, by)


def of(record: Any, by: Actor, most: int = 20) -> list[Quote]:
    """The newest quotes of a customer, contact or opportunity, and of a lead those of its opportunities, that the
    actor may see."""
    return _of(record.concept, by, most, id=record.id)


@statement
def _of(concept: str, by: Actor, most: int, id: Any) -> ModelSelect:
    if concept == Lead.concept:
        sales = visible(Opportunity, by).where(Opportunity.lead == id).select(Opportunity.id)
        belongs = Quote.opportunity.in_(sales)
    else:
        belongs = Quote._meta.fields[concept] == id
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


def _close(quote: Quote, by: Actor) -> None:
    sale = Opportunity.get_or_none(Opportunity.id == quote.opportunity_id)
    wanted = directory.current().settings["order_closes_opportunity"]
    if wanted and sale is not None and sale.deleted_at is None and sale.outcome != "won":
        _require(sale, "Confirming wins its opportunity", by)
        opportunities.win(sale, by)


def _require(record: Partner | Opportunity, what: str, by: Actor) -> None:
    """Say which part of a step is not this person's to do. Raises Forbidden."""
    if not may(by, "change", record):
        raise Forbidden(f"{what}, which you may not change: please ask whom that is assigned to, or a manager.")


def _again(quote: Quote, values: dict[str, Any], by: Actor) -> Quote:
    carried = quote_origins.on_offer({name: quote.__data__[name] for name in CARRIED}, by)
    fresh = gate.create(Quote, {**carried, "status": "draft", **values}, by)
    quote_lines.carry(quote, fresh, by)
    return fresh
