"""From which status a quote goes where, and what a step brings with it. Nothing here but the steps, so that losing an
opportunity can cancel its quotes."""

from typing import Any

from crmlite import clock
from crmlite.errors import Invalid
from crmlite.models.opportunities import Opportunity
from crmlite.models.quotes import OPEN_STATUSES, ORDER_STATUSES, STATUSES, Quote
from crmlite.rules import directory, gate
from crmlite.rules.access import Actor, may, visible

# From each status, the verbs that are open and where they lead.
TRANSITIONS: dict[str, dict[str, str]] = {
    "draft": {"finalize": "finalized", "cancel": "cancelled"},
    "finalized": {"send": "sent", "confirm": "confirmed", "revise": "superseded", "cancel": "cancelled"},
    "sent": {"confirm": "confirmed", "revise": "superseded", "cancel": "cancelled"},
    "confirmed": {"complete": "completed", "cancel": "cancelled"},
    "completed": {"confirm": "confirmed"},
    "cancelled": {},
    "superseded": {},
}
PARTICIPLES = {
    "finalize": "finalized",
    "send": "marked as sent",
    "confirm": "confirmed",
    "complete": "completed",
    "revise": "revised",
    "cancel": "cancelled",
}
# What to do instead, from the status in which a verb is refused.
WAYS_ON = {
    "draft": "Please finalize it first.",
    "finalized": "Please revise it to change it.",
    "sent": "Please revise it to change it.",
    "confirmed": "It is an order already: complete or cancel it.",
    "completed": "Please take it back to confirmed first.",
    "cancelled": "Please copy it to begin anew.",
    "superseded": "Please use the version that replaced it.",
}


def step(quote: Quote, verb: str) -> str:
    """The status that `verb` leads to. Raises Invalid with a sentence where it does not fit."""
    target = TRANSITIONS[quote.status].get(verb)
    if target is None:
        status = STATUSES[quote.status].lower()
        raise Invalid(f"A quote that is {status} cannot be {PARTICIPLES[verb]}. {WAYS_ON[quote.status]}")
    return target


def verbs(quote: Quote) -> list[str]:
    return list(TRANSITIONS[quote.status])


def cancelling(quote: Quote, reason_id: int | None, text: str) -> dict[str, Any]:
    """The columns of a cancelled quote. Raises Invalid with the field that is missing."""
    text = text.strip()
    reason = directory.current().choices.get(reason_id or 0)
    if reason is not None and reason.kind != "cancel_reason":
        raise Invalid(fields={"cancel_reason": "Please choose a reason from the list."})
    if reason is None and not text:
        raise Invalid(fields={"cancel_reason": "Please choose why it is cancelled, or say it in your words."})
    if reason is not None and reason.asks_text and not text:
        raise Invalid(fields={"cancel_text": f"“{reason.name}” asks for a few words of explanation."})
    return {
        "status": step(quote, "cancel"),
        "cancelled_at": clock.now(),
        "cancel_reason": reason.id if reason else None,
        "cancel_text": text,
    }


def withdraw(opportunity: Opportunity, by: Actor) -> int:
    """Cancel the open quotes of an opportunity that is lost, as part of that gesture; how many. Quotes that the actor
    may not change stay."""
    reason = directory.current().choice_name(opportunity.lost_reason_id)
    words = f"The opportunity was lost{f': {reason}' if reason else ''}."
    cancelled = 0
    with gate.together():
        for quote in open_of(opportunity, by):
            values = cancelling(quote, None, words)
            if may(by, "change", quote, values):
                gate.change(quote, values, by, verb="cancelled")
                cancelled += 1
    return cancelled


def open_of(opportunity: Opportunity, by: Actor) -> list[Quote]:
    mine = (Quote.opportunity == opportunity.id) & Quote.status.in_(OPEN_STATUSES)
    return list(visible(Quote, by).where(mine).order_by(Quote.id))


def orders_of(partner_id: int, but: int) -> bool:
    """Whether another order of this customer stands, whoever may see it."""
    standing = (Quote.partner == partner_id) & Quote.status.in_(ORDER_STATUSES) & Quote.deleted_at.is_null()
    return bool(Quote.select(Quote.id).where(standing & (Quote.id != but)).exists())
