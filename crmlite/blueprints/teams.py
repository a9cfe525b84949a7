"""The door to the teams. For owners."""

from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond, settings
from crmlite.blueprints.choices import told
from crmlite.blueprints.guard import me
from crmlite.errors import Conflict, Invalid, Refused
from crmlite.models.teams import Team
from crmlite.rules import access, directory, gate, teams

bp = Blueprint("teams", __name__)
HERE = "/teams"


@bp.get("/teams")
def index() -> Response:
    access.require(me(), "change", Team())
    now = directory.current()
    return settings.show(
        "teams/index.html",
        HERE,
        title="Teams",
        teams=sorted(now.teams.values(), key=lambda team: team.retired),
        members={
            team_id: [person for person in now.people.values() if person.id in now.members.get(team_id, ())]
            for team_id in now.teams
        },
    )


@bp.get("/teams/form")
def new() -> Response:
    access.require(me(), "create", Team())
    return _form(None, {"name": ""}, set())


@bp.post("/teams")
def create() -> AnyResponse:
    access.require(me(), "create", Team())
    try:
        team = teams.add(request.form.get("name", ""), settings.ids("members"), me())
    except (Invalid, Conflict) as error:
        return _form(None, request.form, settings.ids("members"), error)
    respond.say(f"“{team.name}” added, with a calendar of its own.")
    return respond.done(HERE)


@bp.get("/teams/<int:team_id>/form")
def edit(team_id: int) -> Response:
    team = _find(team_id)
    return _form(team, team.as_values(), set(directory.current().members.get(team_id, ())))


@bp.post("/teams/<int:team_id>")
def save(team_id: int) -> AnyResponse:
    team = _find(team_id)
    try:
        with gate.together() as gesture:
            teams.edit(team, request.form.get("name", ""), settings.ids("members"), me(), settings.seen())
    except (Invalid, Conflict) as error:
        return _form(_find(team_id), request.form, settings.ids("members"), error)
    respond.say(f"“{team.name}” saved.", gesture)
    return respond.done(HERE)


@bp.post("/teams/<int:team_id>/retirement")
def retirement(team_id: int) -> AnyResponse:
    team = _find(team_id)
    with gate.together() as gesture:
        if request.form.get("retired") == "0":
            teams.bring_back(team, me())
        else:
            teams.retire(team, me())
    respond.say(f"“{team.name}” is {'retired' if team.retired else 'a team again'}.", gesture)
    return respond.done(HERE)


def _find(team_id: int) -> Team:
    access.require(me(), "change", Team())
    return access.find(Team, team_id, me())


def _form(team: Team | None, values: Any, member_ids: set[int], error: Refused | None = None) -> Response:
    errors = told(error) if error else {}
    people = directory.current().people.values()
    return settings.form(
        "teams/fields.html",
        f"Change “{team.name}”" if team else "New team",
        HERE,
        error.status if error else 200,
        team=team,
        values=values,
        errors=errors,
        refusal=error.message if error and not errors else "",
        people=[person for person in people if person.active or person.id in member_ids],
        member_ids=member_ids,
    )
