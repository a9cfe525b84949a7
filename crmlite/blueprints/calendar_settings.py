"""Calendars and task lists: made, named, coloured, ordered, shared and deleted. Phones hear of all of it."""

import secrets
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond, settings
from crmlite.blueprints.choices import order_wanted, told
from crmlite.blueprints.guard import lists, me
from crmlite.errors import Conflict, Invalid, Refused
from crmlite.models.calendars import RIGHTS, Calendar, Share
from crmlite.rules import access, calendars, gate, shares

bp = Blueprint("calendar_settings", __name__)
HERE = "/calendars"
KINDS = (("events", "Events"), ("tasks", "Tasks"))


@bp.get("/calendars")
def index() -> Response:
    return _list()


@bp.get("/calendars/form")
def new() -> Response:
    return _form(None, {"name": "", "kind": "events", "colour": calendars.COLOURS[0], "description": ""})


@bp.post("/calendars")
def create() -> AnyResponse:
    kind = request.form.get("kind", "")
    try:
        if kind not in dict(KINDS):
            raise Invalid(fields={"kind": "Please choose events or tasks."})
        values = _values()
        name = values.pop("name")
        if not name:
            raise Invalid(fields={"name": "Please enter a name."})
        with gate.together() as gesture:
            made = calendars.add(secrets.token_hex(8), kind, name, me(), position=len(_own()), **values)
    except (Invalid, Conflict) as error:
        return _form(None, request.form, error)
    respond.say(f"“{made.name}” added. Your devices show it at their next sync.", gesture)
    return respond.done(HERE)


@bp.get("/calendars/<int:calendar_id>/form")
def edit(calendar_id: int) -> Response:
    calendar = _mine(calendar_id)
    return _form(calendar, calendar)


@bp.post("/calendars/<int:calendar_id>")
def save(calendar_id: int) -> AnyResponse:
    calendar = _mine(calendar_id)
    try:
        with gate.together() as gesture:
            calendars.change(calendar, _values(), me(), settings.seen())
    except (Invalid, Conflict) as error:
        return _form(_mine(calendar_id), request.form, error)
    respond.say(f"“{calendar.name}” saved.", gesture)
    return respond.done(HERE)


@bp.post("/calendars/order")
def order() -> AnyResponse:
    calendars.arrange(order_wanted(), _own(), me())
    return _changed()


@bp.post("/calendars/<int:calendar_id>/position")
def position(calendar_id: int) -> AnyResponse:
    ids = [one.id for one in _own()]
    if calendar_id in ids:
        place = ids.index(calendar_id)
        other = place + (-1 if request.form.get("step") == "up" else 1)
        if 0 <= other < len(ids):
            ids[place], ids[other] = ids[other], ids[place]
            calendars.arrange(ids, _own(), me())
    return _changed()


@bp.get("/calendars/<int:calendar_id>/deletion")
def deletion(calendar_id: int) -> Response:
    calendar = _mine(calendar_id)
    count = calendars.number_in(calendar)
    title = f"Delete “{calendar.name}”?"
    return settings.form("calendars/deletion.html", title, HERE, calendar=calendar, count=count)


@bp.post("/calendars/<int:calendar_id>/deletion")
def delete(calendar_id: int) -> AnyResponse:
    calendar = _mine(calendar_id)
    with gate.together() as gesture:
        calendars.delete(calendar, me())
    respond.say(f"“{calendar.name}” deleted with everything in it.", gesture)
    return respond.done(HERE)


@bp.get("/calendars/<int:calendar_id>/shares")
def sharing(calendar_id: int) -> Response:
    return _sharing(_mine(calendar_id))


@bp.post("/calendars/<int:calendar_id>/shares")
def share(calendar_id: int) -> AnyResponse:
    calendar = _mine(calendar_id)
    text = request.form.get("person", "")
    try:
        person = int(text) if text.isdecimal() and len(text) < 10 else 0
        shares.share(calendar, person, request.form.get("right", ""), me())
    except (Invalid, Conflict) as error:
        return _sharing(calendar, error)
    return _shared(calendar)


@bp.post("/shares/<int:share_id>")
def change_share(share_id: int) -> AnyResponse:
    found = access.find(Share, share_id, me())
    try:
        shares.change(found, request.form.get("right", ""), me())
    except Invalid as error:
        return _sharing(found.calendar, error)
    return _shared(found.calendar)


@bp.post("/shares/<int:share_id>/deletion")
def stop_sharing(share_id: int) -> AnyResponse:
    found = access.find(Share, share_id, me())
    shares.stop(found, me())
    return _shared(found.calendar)


def _mine(calendar_id: int) -> Calendar:
    """One that this person may name and share. Raises Missing, Forbidden."""
    calendar: Calendar = access.find(Calendar, calendar_id, me())
    access.require(me(), "change", calendar)
    return calendar


def _own() -> list[Calendar]:
    return [one for one in calendars.seen_by(me()) if one.owner_id == me().id]


def _values() -> dict[str, Any]:
    return {name: request.form.get(name, "").strip() for name in ("name", "colour", "description")}


def _changed() -> AnyResponse:
    return _list() if request.htmx else respond.done(HERE)


def _shared(calendar: Calendar) -> AnyResponse:
    if not request.htmx:
        return respond.done(f"/calendars/{calendar.id}/shares")
    response = _sharing(calendar)
    respond.add_triggers(response, {"changed": True})
    return response


def _list() -> Response:
    seen = calendars.seen_by(me())
    context = {
        "title": "Calendars",
        "own": [one for one in seen if one.owner_id == me().id],
        "of_teams": [one for one in seen if one.team_id],
        "of_others": [one for one in seen if not one.team_id and one.owner_id != me().id],
        "shared": calendars.shared_with(seen),
        "people": lists().people,
        "changeable": {one.id for one in seen if access.may(me(), "change", one)},
    }
    if request.htmx and request.method == "POST":
        return respond.part("calendars/list.html", **context)
    return settings.show("calendars/index.html", HERE, **context)


def _form(calendar: Calendar | None, values: Any, error: Refused | None = None) -> Response:
    errors = told(error) if error else {}
    return settings.form(
        "calendars/fields.html",
        f"Change “{calendar.name}”" if calendar else "New calendar",
        HERE,
        error.status if error else 200,
        calendar=calendar,
        values=values,
        kinds=KINDS,
        colours=list(dict.fromkeys([*calendars.COLOURS, *([calendar.colour] if calendar else [])])),
        errors=errors,
        refusal=error.message if error and not errors else "",
    )


def _sharing(calendar: Calendar, error: Refused | None = None) -> Response:
    found = shares.of(calendar)
    inside = {one.user_id for one in found} | {calendar.owner_id}
    return settings.form(
        "calendars/sharing.html",
        f"Share “{calendar.name}”",
        HERE,
        error.status if error else 200,
        calendar=calendar,
        shares=found,
        people=lists().people,
        rights=list(RIGHTS.items()),
        others=[(one.id, one.name) for one in lists().people.values() if one.active and one.id not in inside],
        problem=error.message if error else "",
    )
