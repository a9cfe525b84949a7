"""The door to calendar views: their list in the settings, and the way from the menu to the calendar."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond, settings
from crmlite.blueprints.choices import told
from crmlite.blueprints.guard import lists, me
from crmlite.errors import Conflict, Invalid, Missing, Refused
from crmlite.models.calendar_views import PARENTS, CalendarView
from crmlite.rules import access, calendar_views, gate

bp = Blueprint("calendar_views", __name__)
HERE = "/calendar-views"


@bp.get("/calendar-views")
def index() -> Response:
    access.require(me(), "change", CalendarView())
    found = list(lists().calendar_views.values())
    names = {one.id: one.label for one in calendar_views.offered(me())}
    return settings.show(
        "calendar_views/index.html", HERE, title="Calendar views", views=found, names=names, parents=PARENTS,
        people=lists().people, teams=lists().teams,
    )  # fmt: skip


@bp.get("/calendar-views/form")
def new() -> Response:
    access.require(me(), "create", CalendarView())
    return _form(None, {"name": "", "user": me().id, "team": None, "parent": "calendar", "in_menu": True}, [])


@bp.post("/calendar-views")
def create() -> AnyResponse:
    access.require(me(), "create", CalendarView())
    try:
        with gate.together() as gesture:
            view = calendar_views.add(_values(), _followed(), me())
    except (Invalid, Conflict) as error:
        return _form(None, request.form, _followed(), error)
    respond.say(f"“{view.name}” added.", gesture)
    return respond.done(HERE)


@bp.get("/calendar-views/<int:view_id>")
def show(view_id: int) -> AnyResponse:
    """Opens the calendar with what the view follows."""
    view = access.find(CalendarView, view_id, me())
    layers = calendar_views.layers(view, me())
    if not layers.calendars and not layers.people:
        raise Missing(f"“{view.name}” follows nothing that you may see: please ask whoever made it.")
    query = {"layers": 1, "calendar": layers.calendars, "person": layers.people}
    return respond.done(f"/calendars/week?{urlencode(query, doseq=True)}")


@bp.get("/calendar-views/<int:view_id>/form")
def edit(view_id: int) -> Response:
    view = _find(view_id)
    values = {name: getattr(view, name) for name in ("name", "parent", "in_menu")}
    return _form(view, {**values, "user": view.user_id, "team": view.team_id}, view.followed)


@bp.post("/calendar-views/<int:view_id>")
def save(view_id: int) -> AnyResponse:
    view = _find(view_id)
    try:
        with gate.together() as gesture:
            calendar_views.edit(view, _values(), _followed(), me(), settings.seen())
    except (Invalid, Conflict) as error:
        return _form(_find(view_id), request.form, _followed(), error)
    respond.say(f"“{view.name}” saved.", gesture)
    return respond.done(HERE)


@bp.post("/calendar-views/<int:view_id>/menu")
def menu(view_id: int) -> AnyResponse:
    """The button that makes the entry of the menu, or takes it away."""
    view, wished = _find(view_id), request.form.get("in_menu") == "1"
    with gate.together() as gesture:
        calendar_views.put_into_menu(view, wished, me())
    respond.say(f"“{view.name}” {'stands' if wished else 'no longer stands'} below {PARENTS[view.parent]}.", gesture)
    return respond.done(HERE)


@bp.post("/calendar-views/<int:view_id>/deletion")
def deletion(view_id: int) -> AnyResponse:
    view = _find(view_id)
    with gate.together() as gesture:
        calendar_views.delete(view, me())
    respond.say(f"“{view.name}” deleted.", gesture)
    return respond.done(HERE)


def _find(view_id: int) -> CalendarView:
    access.require(me(), "change", CalendarView())
    found: CalendarView = access.find(CalendarView, view_id, me())
    return found


def _values() -> dict[str, Any]:
    form = request.form
    links = {name: int(form[name]) if form.get(name, "").isdecimal() else None for name in ("user", "team")}
    return {"name": form.get("name", ""), "parent": form.get("parent", ""), "in_menu": "in_menu" in form, **links}


def _followed() -> list[int]:
    """The ticked ones among those on offer."""
    offered = {one.id for one in calendar_views.offered(me())}
    return sorted(settings.ids("calendars") & offered)


def _form(view: CalendarView | None, values: Any, followed: list[int], error: Refused | None = None) -> Response:
    errors = told(error) if error else {}
    people = [("", "Nobody alone"), *((one.id, one.name) for one in lists().people.values() if one.active)]
    teams = [("", "No team"), *((one.id, one.name) for one in lists().teams.values() if not one.retired)]
    return settings.form(
        "calendar_views/fields.html",
        f"Change “{view.name}”" if view else "New calendar view",
        HERE,
        error.status if error else 200,
        view=view,
        values=values,
        followed=followed,
        offered=calendar_views.offered(me()),
        people=people,
        teams=teams,
        parents=list(PARENTS.items()),
        errors=errors,
        refusal=error.message if error and not errors else "",
    )
