"""The door to the configured lists."""

from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond, settings
from crmlite.blueprints.guard import me
from crmlite.errors import Conflict, Invalid, Missing, Refused, Stale
from crmlite.models.choices import KINDS, Choice
from crmlite.models.events import EVENT_KINDS
from crmlite.rules import access, choices, gate

bp = Blueprint("choices", __name__)
ASKING = {"lost_reason"}  # lists whose values may ask for an explanation


@bp.get("/choices/<kind>")
def index(kind: str) -> Response:
    return _list(_kind(kind))


@bp.post("/choices/<kind>")
def create(kind: str) -> AnyResponse:
    try:
        with gate.together() as gesture:
            choice = choices.add(_kind(kind), _values(kind), me())
    except (Invalid, Conflict) as error:
        return _list(kind, error)
    respond.say(f"“{choice.name}” added.", gesture)
    return _changed(kind)


@bp.post("/choices/<int:choice_id>")
def save(choice_id: int) -> AnyResponse:
    choice = _find(choice_id)
    try:
        with gate.together() as gesture:
            choices.edit(choice, _values(choice.kind), me(), settings.seen())
    except (Invalid, Conflict) as error:
        return _list(choice.kind, error, choice_id)
    respond.say(f"“{choice.name}” saved.", gesture)
    return _changed(choice.kind)


@bp.post("/choices/<int:choice_id>/position")
def position(choice_id: int) -> AnyResponse:
    choice = _find(choice_id)
    choices.shift(choice, -1 if request.form.get("step") == "up" else 1, choices.of_kind(choice.kind), me())
    return _changed(choice.kind)


@bp.post("/choices/<kind>/order")
def order(kind: str) -> AnyResponse:
    choices.arrange(order_wanted(), choices.of_kind(_kind(kind)), me())
    return _changed(kind)


@bp.post("/choices/<int:choice_id>/retirement")
def retirement(choice_id: int) -> AnyResponse:
    choice = _find(choice_id)
    with gate.together() as gesture:
        if request.form.get("retired") == "0":
            choices.bring_back(choice, me())
        else:
            choices.retire(choice, me())
    respond.say(f"“{choice.name}” is {'retired' if choice.retired else 'on offer again'}.", gesture)
    return _changed(choice.kind)


@bp.post("/choices/<int:choice_id>/removal")
def removal(choice_id: int) -> AnyResponse:
    choice = _find(choice_id)
    with gate.together() as gesture:
        choices.drop(choice, me())
    respond.say(f"“{choice.name}” deleted.", gesture)
    return _changed(choice.kind)


def order_wanted() -> list[int]:
    """The ids that a drag sends, separated by commas. Raises Invalid."""
    parts = request.form.get("ids", "").split(",")
    if not all(part.isdecimal() and len(part) < 10 for part in parts):
        raise Invalid("This order could not be read: please reload the page and try again.")
    return [int(part) for part in parts]


def told(error: Refused) -> dict[str, str]:
    """The sentences of a refusal by field; what another changed meanwhile is told where it happened."""
    if isinstance(error, Stale):
        return {
            name: f"{theirs.by} changed this to “{theirs.value}” in the meantime. Save again to keep yours."
            for name, theirs in error.theirs.items()
        }
    return error.fields


def _kind(kind: str) -> str:
    access.require(me(), "create", Choice())
    if kind not in KINDS:
        raise Missing("This list does not exist.")
    return kind


def _find(choice_id: int) -> Choice:
    access.require(me(), "change", Choice())
    return access.find(Choice, choice_id, me())


def _values(kind: str) -> dict[str, Any]:
    values: dict[str, Any] = {"name": request.form.get("name", "")}
    if kind in ASKING:
        values["asks_text"] = "asks_text" in request.form
    if kind == "event_category":
        values["event_kind"] = _event_kind()
    return values


def _event_kind() -> str:
    chosen = request.form.get("event_kind", "")
    if chosen and chosen not in EVENT_KINDS:
        raise Invalid(fields={"event_kind": "Please choose a kind of event from the list."})
    return chosen


def _changed(kind: str) -> AnyResponse:
    return _list(kind) if request.htmx else respond.done(f"/choices/{kind}")


def _list(kind: str, error: Refused | None = None, choice_id: int | None = None) -> Response:
    """The list; with a refusal the typed text stays in its row, or in the one for a new value."""
    values = choices.of_kind(kind)
    one, many = KINDS[kind]
    context = {
        "kind": kind,
        "one": one,
        "title": many,
        "on_offer": [value for value in values if not value.retired],
        "retired": [value for value in values if value.retired],
        "usage": choices.usage(value.id for value in values),
        "asking": kind in ASKING,
        "event_kinds": (("", "Any kind"), *EVENT_KINDS.items()) if kind == "event_category" else (),
        "refused_id": choice_id,
        "errors": told(error) if error else {},
        "refusal": error.message if error and not told(error) else "",
        "typed": request.form if error else {},
    }
    status = error.status if error else 200
    if request.htmx and request.method == "POST":
        return respond.part("choices/list.html", status, **context)
    return settings.show("choices/index.html", f"/choices/{kind}", status, **context)
