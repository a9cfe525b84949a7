"""Quotes and orders as rows."""

from typing import Any

from markupsafe import Markup, escape

from crmlite.lists import marks, people
from crmlite.lists.kinds import DATE, LONG_TEXT, MOMENT, MONEY, TEXT, choice, record, selection
from crmlite.lists.reader import Reader
from crmlite.lists.spec import Column, ListSpec, View
from crmlite.models.currencies import CURRENCIES
from crmlite.models.quotes import OPEN_STATUSES, ORDER_STATUSES, STATUSES, Quote, frozen
from crmlite.rules import quotes

TONES = {
    "draft": "grey", "finalized": "blue", "sent": "accent", "confirmed": "green", "completed": "green",
    "cancelled": "red", "superseded": "grey",
}  # fmt: skip
NUMBERED = "The number is given when the quote is finalized."
BY_VERB = "A status is reached by its button: finalize, sent, confirm, complete, cancel."
SUMMED = "The totals are the sum of the lines."
REASON = "A reason is asked for when a quote is cancelled."
NO_DAY = "'9999-12-31'"

IS_OPEN = Quote.status.in_(OPEN_STATUSES)


def name(row: Any) -> str:
    return marks.name_link("quotes", row.id, row.name)


def ink(row: Any, to: Reader) -> str:
    return quotes.ink(row, to.today)


def row_marks(row: Any, to: Reader) -> str:
    return validity(row, to)


def validity(quote: Any, to: Reader) -> Markup:
    """What the colour says, in words: how long it is still valid, or since when no more."""
    colour = ink(quote, to)
    if colour not in ("red", "orange"):
        return Markup()
    left = (quote.valid_until - to.today).days
    word = f"expired {-left} d ago" if left < 0 else f"valid {left} d more" if left else "valid today"
    return marks.badge(word, colour, "clock")


def acts(row: Any, to: Reader) -> str:
    if not to.by.writes:
        return marks.MORE
    paper = Markup()
    if row.status in ("finalized", "sent"):
        paper = marks.does("confirmation", "Confirm the order", "circle-check")
    plan = marks.opens("/events/form?quote=", "Plan an event", "calendar-plus")
    return paper + plan + marks.MORE


def reason_cell(row: Any, to: Reader) -> str:
    return escape(to.directory.choice_name(row.cancel_reason_id))


def locked(quote: Any, column: str) -> str:
    return frozen(quote, frozenset({column}))


SPEC = ListSpec(
    concept="quote",
    section="quotes",
    title="Quotes",
    one="quote",
    model=Quote,
    order="-quote_date",
    columns=(
        Column("reference", "Number", TEXT, sort="reference", fixed=NUMBERED, shown=True),
        Column("name", "Title", TEXT, sort="sort_name"),
        Column("partner", "Customer", record("partner"), shown=True),
        Column("contact", "Contact", record("contact")),
        Column("opportunity", "Opportunity", record("opportunity")),
        Column("status", "Status", selection("status", STATUSES, TONES), sort="@", fixed=BY_VERB, shown=True),
        Column("untaxed", "Without tax", MONEY, sort="untaxed", total=True, fixed=SUMMED),
        Column("tax", "Tax", MONEY, fixed=SUMMED),
        Column("total", "Total", MONEY, sort="total", total=True, fixed=SUMMED, shown=True),
        Column("currency", "Currency", selection("currency", {one: one for one in CURRENCIES})),
        Column(
            "quote_date", "Date", DATE, sort=f"coalesce(quote_date, {NO_DAY})", shown=True,
            hint="Left empty: the day on which it is finalized.",
        ),
        Column("valid_until", "Valid until", DATE, sort=f"coalesce(valid_until, {NO_DAY})", shown=True),
        Column("sent_at", "Sent", MOMENT, fixed=BY_VERB),
        Column("confirmed_at", "Confirmed", MOMENT, fixed=BY_VERB),
        Column("completed_at", "Completed", MOMENT, fixed=BY_VERB),
        Column("cancel_reason", "Cancel reason", choice("cancel_reason"), fixed=REASON),
        Column("cancel_text", "Why it was cancelled", TEXT, fixed=REASON),
        *people.FOLLOW_UP,
        people.LANGUAGE,
        Column("address", "Address", LONG_TEXT, hint="As it stands on the quote."),
        Column("introduction", "Introduction", LONG_TEXT, hint="Stands above the lines."),
        Column("closing", "Closing", LONG_TEXT, hint="Stands below the totals."),
        Column("note", "Internal note", LONG_TEXT, hint="Never printed."),
        *people.STAMPS,
    ),
    views=(
        View("open", "Open", lambda by, to: IS_OPEN),
        View("mine", "Mine", lambda by, to: IS_OPEN & (Quote.owner == by.id)),
        View("orders", "Orders", lambda by, to: Quote.status.in_(ORDER_STATUSES)),
        View("expired", "Expired", lambda by, to: IS_OPEN & (Quote.valid_until < to.today)),
        View("cancelled", "Cancelled", lambda by, to: Quote.status == "cancelled"),
        View("all", "All", lambda by, to: None),
        View("archived", "Archived", lambda by, to: None),
    ),
    name=name,
    needs=("name", "status", "currency", "valid_until", "owner", "cancel_reason"),
    edit=quotes.edit,
    create=quotes.create,
    ink=ink,
    marks=row_marks,
    acts=acts,
    cells={"cancel_reason": reason_cell},
    locked=locked,
    groups=(
        ("Quote", ("name", "partner", "contact", "opportunity", "address")),
        ("Terms", ("quote_date", "valid_until", "currency", "language")),
        ("Follow-up", ("owner", "team")),
        ("Texts", ("introduction", "closing", "note")),
    ),
    empty="No quotes here yet. A quote says what you offer, at which price and until when.",
)  # fmt: skip
