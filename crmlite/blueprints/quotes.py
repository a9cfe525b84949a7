"""The door of quotes and orders."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import quote_form, quote_lines, respond
from crmlite.blueprints.asked import seen
from crmlite.blueprints.frame import reader
from crmlite.blueprints.guard import me
from crmlite.blueprints.lists import add_list
from crmlite.blueprints.records import add_records, after_verb
from crmlite.errors import Refused
from crmlite.lists import papers, quote_papers
from crmlite.lists.quotes import SPEC, validity
from crmlite.lists.reader import Reader
from crmlite.lists.relations import related
from crmlite.models.opportunities import Opportunity
from crmlite.models.partners import Partner
from crmlite.models.quotes import STATUSES, Quote
from crmlite.rules import access, directory, gate, quote_steps, quotes

bp = Blueprint("quotes", __name__)
# The way of a quote; the others are shown where one stands in them.
PATH = ("draft", "finalized", "sent", "confirmed", "completed")


def _context(quote: Quote, to: Reader) -> dict[str, Any]:
    customer = access.look(Partner, quote.partner_id or 0, to.by)
    return {
        "path": [status for status in PATH if quote.status in PATH] or [quote.status],
        "statuses": STATUSES,
        "verbs": quote_steps.verbs(quote) if to.by.writes else [],
        "validity": validity(quote, to),
        "related": related(quote, ("partner", "contact", "opportunity"), to),
        "versions": quotes.versions(quote, to.by),
        "customer": customer,
        **quote_lines.context(quote),
    }


bp.add_url_rule("/quotes/form", "begin", quote_form.begin, methods=("GET",))
bp.add_url_rule("/quotes", "begun", quote_form.create, methods=("POST",))
add_list(bp, SPEC)
add_records(bp, SPEC, _context)


@bp.post("/quotes/<int:quote_id>/assignment")
def assignment(quote_id: int) -> AnyResponse:
    return _step(quote_id, quotes.take, lambda quote: f"“{quote.label}” is assigned to you")


@bp.post("/quotes/<int:quote_id>/finalization")
def finalization(quote_id: int) -> AnyResponse:
    return _step(quote_id, quotes.finalize, lambda quote: f"{quote.reference} is finalized")


@bp.get("/quotes/<int:quote_id>.pdf")
def document(quote_id: int) -> Response:
    quote = access.find(Quote, quote_id, me())
    name = f"{quote.reference or f'draft-{quote.id}'}.pdf"
    headers = {"Content-Disposition": f"inline; filename={name}"}
    return Response(papers.pdf(quote_papers.paper(quote, reader())), mimetype="application/pdf", headers=headers)


@bp.get("/quotes/<int:quote_id>/paper")
def printed(quote_id: int) -> Response:
    """The same for the printer of the browser."""
    quote = access.find(Quote, quote_id, me())
    return respond.part("quotes/paper.html", record=quote, paper=quote_papers.paper(quote, reader()))


@bp.get("/quotes/<int:quote_id>.csv")
def lines_csv(quote_id: int) -> Response:
    """Its lines for other programs."""
    quote = access.find(Quote, quote_id, me())
    headers = {"Content-Disposition": f"attachment; filename={quote.reference or f'draft-{quote.id}'}.csv"}
    return Response(quote_papers.csv(quote, reader()), mimetype="text/csv", headers=headers)


@bp.get("/quotes/<int:quote_id>/dispatch")
def dispatch_form(quote_id: int) -> Response:
    """What is to do until it is on its way; with a word where somebody wants no e-mails."""
    quote = access.find(Quote, quote_id, me())
    quote_steps.step(quote, "send")
    address, link, refuses = quote_papers.mail(quote, reader())
    return respond.dialog(
        "quotes/dispatch.html",
        title=f"Send {quote.reference}",
        record=quote,
        address=address,
        link=link,
        refuses=refuses,
    )


@bp.post("/quotes/<int:quote_id>/dispatch")
def dispatch(quote_id: int) -> AnyResponse:
    return _step(quote_id, quotes.send, lambda quote: f"{quote.reference} is marked as sent")


@bp.post("/quotes/<int:quote_id>/confirmation")
def confirmation(quote_id: int) -> AnyResponse:
    return _step(quote_id, quotes.confirm, _told_of_order)


@bp.post("/quotes/<int:quote_id>/completion")
def completion(quote_id: int) -> AnyResponse:
    return _step(quote_id, quotes.complete, lambda quote: f"{quote.reference} is completed")


@bp.post("/quotes/<int:quote_id>/revision")
def revision(quote_id: int) -> AnyResponse:
    quote = access.find(Quote, quote_id, me())
    with gate.together() as gesture:
        fresh = quotes.revise(quote, me(), seen())
    return after_verb(SPEC, fresh, f"{fresh.reference} replaces {quote.reference}", gesture)


@bp.post("/quotes/<int:quote_id>/copies")
def copies(quote_id: int) -> AnyResponse:
    quote = access.find(Quote, quote_id, me())
    with gate.together() as gesture:
        fresh = quotes.copy(quote, me())
    respond.say(f"This is a copy of “{quote.label}”", gesture)
    return respond.done(f"/quotes/{fresh.id}")


@bp.get("/quotes/<int:quote_id>/cancellation")
def cancellation_form(quote_id: int) -> Response:
    quote = access.find(Quote, quote_id, me())
    quote_steps.step(quote, "cancel")
    return _cancellation(quote)


@bp.post("/quotes/<int:quote_id>/cancellation")
def cancellation(quote_id: int) -> AnyResponse:
    quote = access.find(Quote, quote_id, me())
    reason = request.form.get("cancel_reason", "")
    try:
        with gate.together() as gesture:
            reason_id = int(reason) if reason.isdigit() and len(reason) < 10 else None
            quotes.cancel(quote, reason_id, request.form.get("cancel_text", ""), me(), seen())
    except Refused as error:
        return _cancellation(quote, error)
    return after_verb(SPEC, quote, f"“{quote.label}” is cancelled", gesture)


def _step(quote_id: int, verb: Callable[..., Quote], told: Callable[[Quote], str]) -> AnyResponse:
    quote = access.find(Quote, quote_id, me())
    with gate.together() as gesture:
        verb(quote, me(), seen())
    return after_verb(SPEC, quote, told(quote), gesture)


def _told_of_order(quote: Quote) -> str:
    """What confirming brought with it, as far as it is this person's to know."""
    parts = [f"{quote.reference} is an order"]
    customer = access.look(Partner, quote.partner_id or 0, me())
    if quote.made_customer and customer:
        parts.append(f"{customer.label} is a customer now")
    sale = access.look(Opportunity, quote.opportunity_id or 0, me())
    if sale and sale.outcome == "won" and directory.current().settings["order_closes_opportunity"]:
        parts.append(f"“{sale.label}” is won")
    return ", ".join(parts)


def _cancellation(quote: Quote, error: Refused | None = None) -> Response:
    reasons = [("", "Please choose"), *((c.id, c.name) for c in reader().directory.choices_of("cancel_reason"))]
    return respond.dialog(
        "quotes/cancellation.html",
        error.status if error else 200,
        title=f"Cancel {quote.label}",
        record=quote,
        reasons=reasons,
        error=error,
        form=request.form,
    )
