"""The door to the taxes."""

from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond, settings
from crmlite.blueprints.choices import order_wanted, told
from crmlite.blueprints.guard import me
from crmlite.errors import Conflict, Invalid, Refused
from crmlite.lists.reader import plain_rate, read_rate
from crmlite.models.products import Tax
from crmlite.rules import access, choices, gate, products

bp = Blueprint("taxes", __name__)
HERE = "/taxes"


@bp.get("/taxes")
def index() -> Response:
    access.require(me(), "change", Tax())
    return _list()


@bp.get("/taxes/form")
def new() -> Response:
    access.require(me(), "create", Tax())
    return _form(None, {"name": "", "rate": "", "usual": not products.taxes()})


@bp.post("/taxes")
def create() -> AnyResponse:
    access.require(me(), "create", Tax())
    try:
        with gate.together() as gesture:
            tax = products.add_tax(_values(), me())
    except (Invalid, Conflict) as error:
        return _form(None, request.form, error)
    respond.say(f"“{tax.name}” added.", gesture)
    return respond.done(HERE)


@bp.get("/taxes/<int:tax_id>/form")
def edit(tax_id: int) -> Response:
    tax = _find(tax_id)
    return _form(tax, {"name": tax.name, "rate": plain_rate(tax.rate), "usual": tax.usual})


@bp.post("/taxes/<int:tax_id>")
def save(tax_id: int) -> AnyResponse:
    tax = _find(tax_id)
    try:
        with gate.together() as gesture:
            products.edit_tax(tax, _values(), me(), settings.seen())
    except (Invalid, Conflict) as error:
        return _form(_find(tax_id), request.form, error)
    respond.say(f"“{tax.name}” saved.", gesture)
    return respond.done(HERE)


@bp.post("/taxes/<int:tax_id>/position")
def position(tax_id: int) -> AnyResponse:
    among = [one for one in products.taxes() if not one.retired]
    tax = _find(tax_id)
    if not tax.retired:
        choices.shift(tax, -1 if request.form.get("step") == "up" else 1, among, me())
    return _changed()


@bp.post("/taxes/order")
def order() -> AnyResponse:
    access.require(me(), "change", Tax())
    choices.arrange(order_wanted(), products.taxes(), me())
    return _changed()


@bp.post("/taxes/<int:tax_id>/retirement")
def retirement(tax_id: int) -> AnyResponse:
    tax = _find(tax_id)
    with gate.together() as gesture:
        if request.form.get("retired") == "0":
            products.bring_back_tax(tax, me())
        else:
            products.retire_tax(tax, me())
    respond.say(f"“{tax.name}” is {'retired' if tax.retired else 'on offer again'}.", gesture)
    return _changed()


@bp.post("/taxes/<int:tax_id>/removal")
def removal(tax_id: int) -> AnyResponse:
    tax = _find(tax_id)
    with gate.together() as gesture:
        products.drop_tax(tax, me())
    respond.say(f"“{tax.name}” deleted.", gesture)
    return _changed()


def _find(tax_id: int) -> Tax:
    access.require(me(), "change", Tax())
    found: Tax = access.find(Tax, tax_id, me())
    return found


def _values() -> dict[str, Any]:
    form = request.form
    try:
        rate = read_rate(form.get("rate", ""))
    except Invalid as error:
        raise Invalid(fields={"rate": error.message}) from error
    return {"name": form.get("name", ""), "rate": rate, "usual": "usual" in form}


def _changed() -> AnyResponse:
    return _list() if request.htmx else respond.done(HERE)


def _list() -> Response:
    everything = products.taxes()
    context = {
        "title": "Taxes",
        "on_offer": [tax for tax in everything if not tax.retired],
        "retired": [tax for tax in everything if tax.retired],
        "usage": products.tax_usage(),
    }
    if request.htmx and request.method == "POST":
        return respond.part("taxes/list.html", **context)
    return settings.show("taxes/index.html", HERE, **context)


def _form(tax: Tax | None, values: Any, error: Refused | None = None) -> Response:
    errors = told(error) if error else {}
    return settings.form(
        "taxes/fields.html",
        f"Change “{tax.name}”" if tax else "New tax",
        HERE,
        error.status if error else 200,
        tax=tax,
        values=values,
        errors=errors,
        refusal=error.message if error and not errors else "",
    )
