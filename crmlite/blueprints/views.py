"""The door to saved views of lists."""

from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond
from crmlite.blueprints.asked import SPECS, seen
from crmlite.blueprints.choices import told
from crmlite.blueprints.frame import reader
from crmlite.blueprints.guard import me
from crmlite.errors import Conflict, Invalid, Missing, Refused
from crmlite.lists import views
from crmlite.lists.spec import ListSpec
from crmlite.models.views import SavedView
from crmlite.rules import access, gate
from crmlite.rules import views as rules

bp = Blueprint("views", __name__)
NEW: dict[str, Any] = {"name": "", "audience": "private", "pinned": True}


@bp.get("/views/form")
def new() -> Response:
    spec = _spec(request.args.get("section", ""))
    return _form(None, NEW, [("section", spec.section), ("query", request.args.get("query", ""))])


@bp.post("/views")
def create() -> AnyResponse:
    spec = _spec(request.form.get("section", ""))
    asked = request.form.get("query", "")
    try:
        kept = views.canonical(spec, views.split(asked), reader())
        with gate.together() as gesture:
            view = rules.keep(spec.section, _values(), kept, me())
    except (Invalid, Conflict) as error:
        return _form(None, _typed(), [("section", spec.section), ("query", asked)], error)
    respond.say(f"View “{view.name}” saved", gesture)
    return respond.done(_address(view))


@bp.get("/views/<int:view_id>/form")
def edit(view_id: int) -> Response:
    view = _find(view_id)
    audience = f"team-{view.team_id}" if view.audience == "team" else view.audience
    typed = {"name": view.name, "audience": audience, "pinned": view.pinned}
    return _form(view, typed, [("seen", str(view.version))])


@bp.post("/views/<int:view_id>")
def save(view_id: int) -> AnyResponse:
    view = _find(view_id)
    try:
        with gate.together() as gesture:
            rules.edit(view, _values(), me(), seen())
    except (Invalid, Conflict) as error:
        return _form(view, _typed(), [("seen", str(_find(view_id).version))], error)
    respond.say(f"View “{view.name}” saved", gesture)
    return respond.done(_address(view))


@bp.post("/views/<int:view_id>/query")
def query(view_id: int) -> AnyResponse:
    """Keep what the address asks for now."""
    view = _find(view_id)
    kept = views.canonical(_spec(view.section), views.split(request.form.get("query", "")), reader())
    with gate.together() as gesture:
        gate.change(view, {"query": kept}, me())
    respond.say(f"View “{view.name}” saved as it stands now", gesture)
    return respond.done(_address(view))


@bp.post("/views/<int:view_id>/position")
def position(view_id: int) -> AnyResponse:
    view = _find(view_id)
    rules.shift(view, -1 if request.form.get("step") == "-1" else 1, me())
    return respond.done(_address(view))


@bp.post("/views/<int:view_id>/removal")
def removal(view_id: int) -> AnyResponse:
    view = _find(view_id)
    with gate.together() as gesture:
        gate.remove(view, me())
    respond.say(f"View “{view.name}” deleted", gesture)
    return respond.done(f"/{view.section}")


def _find(view_id: int) -> SavedView:
    view = access.find(SavedView, view_id, me())
    access.require(me(), "change", view)
    return view


def _spec(section: str) -> ListSpec:
    if section not in SPECS:
        raise Missing("This list does not exist.")
    return SPECS[section]


def _address(view: SavedView) -> str:
    """Where it was saved: on the board or in the list."""
    place = "/board" if views.split(view.query).get("show") == "board" else ""
    return f"/{view.section}{place}?view={views.PREFIX}{view.id}"


def _typed() -> dict[str, Any]:
    return {
        "name": request.form.get("name", ""),
        "audience": request.form.get("audience", "private"),
        "pinned": "pinned" in request.form,
    }


def _values() -> dict[str, Any]:
    typed = _typed()
    audience, _, team = typed["audience"].partition("-")
    return {**typed, "audience": audience, "team": int(team) if team.isdigit() and len(team) < 10 else None}


def _form(
    view: SavedView | None, typed: dict[str, Any], carried: list[tuple[str, str]], error: Refused | None = None
) -> Response:
    to = reader()
    audiences = views.may_share_with(me(), to)
    if typed["audience"] not in dict(audiences) and view is not None and view.audience == "team":
        audiences.insert(1, (f"team-{view.team_id}", f"Team {to.directory.teams[view.team_id].name}"))
    return respond.dialog(
        "views/form.html",
        error.status if error else 200,
        title="This view" if view else "Save view",
        action=f"/views/{view.id}" if view else "/views",
        typed=typed,
        carried=carried,
        audiences=audiences,
        errors=told(error) if error else {},
        refusal=error.message if error and not told(error) else "",
    )
