"""The door to the lines of a quote: each answer is the line as it stands now, with the totals."""

from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond
from crmlite.blueprints.asked import seen
from crmlite.blueprints.frame import reader
from crmlite.blueprints.guard import me
from crmlite.errors import Missing, Refused, Stale
from crmlite.lists import quote_lines as shown
from crmlite.models.quotes import Quote, QuoteLine, frozen
from crmlite.rules import access, gate, quote_lines

bp = Blueprint("quote_lines", __name__)
MOVES = {"up": -1, "down": 1}


@bp.get("/quotes/<int:quote_id>/lines")
def index(quote_id: int) -> AnyResponse:
    quote = access.find(Quote, quote_id, me())
    if not request.htmx:
        return respond.done(f"/quotes/{quote.id}")
    return respond.part("quotes/lines.html", record=quote, **context(quote))


@bp.post("/quotes/<int:quote_id>/lines")
def create(quote_id: int) -> AnyResponse:
    quote = access.find(Quote, quote_id, me())
    try:
        with gate.together() as gesture:
            values = shown.read(request.form, None, quote, reader())
            line = quote_lines.add(quote, values, me(), after=_number("after"))
    except Refused as error:
        fresh = QuoteLine(kind=request.form.get("kind", "line"), quote=quote.id)
        return _refused(quote, fresh, error)
    return _line(quote, line, gesture)


@bp.get("/quotes/<int:quote_id>/lines/<int:line_id>")
def show(quote_id: int, line_id: int) -> AnyResponse:
    quote, line = _find(quote_id, line_id)
    return _line(quote, line)


@bp.post("/quotes/<int:quote_id>/lines/<int:line_id>")
def save(quote_id: int, line_id: int) -> AnyResponse:
    quote, line = _find(quote_id, line_id)
    try:
        with gate.together() as gesture:
            quote_lines.edit(line, shown.read(request.form, line, quote, reader()), me(), seen())
    except Stale as error:
        return _refused(quote, error.record, error, shown.clashes(error, quote, reader()))
    except Refused as error:
        return _refused(quote, line, error)
    return _line(quote, line, gesture)


@bp.post("/quotes/<int:quote_id>/lines/<int:line_id>/position")
def position(quote_id: int, line_id: int) -> AnyResponse:
    """One up or down, or below the line `after` (0: first)."""
    quote, line = _find(quote_id, line_id)
    step = MOVES.get(request.form.get("step", ""))
    with gate.together() as gesture:
        if step:
            quote_lines.shift(line, step, me())
        else:
            quote_lines.place(line, _number("after"), me())
    return _section(quote, gesture)


@bp.post("/quotes/<int:quote_id>/lines/<int:line_id>/removal")
def removal(quote_id: int, line_id: int) -> AnyResponse:
    quote, line = _find(quote_id, line_id)
    with gate.together() as gesture:
        quote_lines.remove(line, me())
    respond.say(f"“{line.name}” removed", gesture)
    return _section(quote, gesture)


@bp.get("/quotes/<int:quote_id>/products")
def products(quote_id: int) -> Response:
    """What can be sold and is called like what is typed."""
    quote = access.find(Quote, quote_id, me())
    offers = shown.offers(request.args.get("q", "")[:200], quote, reader())
    return respond.part("quotes/products.html", offers=offers)


def context(quote: Quote) -> dict[str, Any]:
    """What the section of lines shows."""
    to = reader()
    lines = quote_lines.of(quote, to.by)
    editable = not frozen(quote, frozenset({"lines"})) and access.may(to.by, "change", quote)
    return {
        "editable": editable,
        "rows": shown.rows(lines, quote, to),
        "sums": quote_lines.totals(lines),
        "blanks": [shown.blank(quote, to, kind) for kind in ("line", "heading")] if editable else [],
        "labels": shown.LABELS,
    }


def _find(quote_id: int, line_id: int) -> tuple[Quote, QuoteLine]:
    quote = access.find(Quote, quote_id, me())
    line = access.look(QuoteLine, line_id, me())
    if line is None or line.quote_id != quote.id:
        raise Missing("This line has been deleted meanwhile; what you typed is still here.")
    return quote, line


def _line(quote: Quote, line: QuoteLine, gesture: int | None = None) -> AnyResponse:
    if not request.htmx:
        return respond.done(f"/quotes/{quote.id}#line-{line.id}")
    fresh = access.find(Quote, quote.id, me())
    answer = respond.part(
        "quotes/line_answer.html",
        record=fresh,
        row=shown.row(line, fresh, reader()),
        sums=quote_lines.totals(quote_lines.of(fresh, me())),
        labels=shown.LABELS,
    )
    if gesture:
        respond.add_triggers(answer, {"saved": {"id": quote.id, "gesture": gesture}})
    return answer


def _refused(quote: Quote, line: QuoteLine, error: Refused, clashes: list[str] | None = None) -> AnyResponse:
    """The line with what was typed and the sentences; a refusal of the whole quote is a toast beside it."""
    if not error.fields and not clashes:
        raise error
    row = shown.row(line, quote, reader(), request.form, error.fields, clashes)
    if request.htmx:
        return respond.part("quotes/line.html", error.status, record=quote, row=row, labels=shown.LABELS)
    return respond.dialog(
        "quotes/line_alone.html", error.status, title=quote.label, record=quote, row=row, labels=shown.LABELS
    )


def _section(quote: Quote, gesture: int) -> AnyResponse:
    if not request.htmx:
        return respond.done(f"/quotes/{quote.id}")
    fresh = access.find(Quote, quote.id, me())
    answer = respond.part("quotes/lines.html", record=fresh, **context(fresh))
    respond.add_triggers(answer, {"saved": {"id": quote.id, "gesture": gesture}})
    return answer


def _number(name: str) -> int | None:
    text = request.form.get(name, "")
    return int(text) if text.isdigit() and len(text) < 10 else None
