"""The door to the people who sign in. For owners."""

from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond, settings
from crmlite.blueprints.choices import told
from crmlite.blueprints.guard import me
from crmlite.errors import Conflict, Forbidden, Invalid, Refused
from crmlite.models.users import ROLES, User
from crmlite.rules import access, directory, gate, teams, users

bp = Blueprint("users", __name__)
HERE = "/users"
ROLE_TONES = {"owner": "accent", "manager": "blue", "rep": "grey", "reader": "grey"}
ROLE_WORDS = {
    "owner": "Owner: everything, settings included",
    "manager": "Manager: all records, deletes, sets up the sales lists",
    "rep": "Rep: records of the team, no deleting",
    "reader": "Reader: looks, changes nothing",
}


@bp.get("/users")
def index() -> Response:
    access.require(me(), "change", User())
    return settings.show(
        "users/index.html",
        HERE,
        title="People",
        people=sorted(
            directory.current().people.values(), key=lambda person: (not person.active, person.name)
        ),
        roles=ROLES,
        tones=ROLE_TONES,
    )


@bp.get("/users/form")
def new() -> Response:
    access.require(me(), "create", User())
    return _form(None, {"name": "", "email": "", "role": "rep"}, set(), None)


@bp.post("/users")
def create() -> AnyResponse:
    access.require(me(), "create", User())
    form = request.form
    password = form.get("password", "") or users.make_password()
    zone = str(directory.current().settings["zone"])
    try:
        with gate.together():
            user = users.add_user(
                form.get("name", ""), form.get("email", ""), form.get("role", ""), password, me(), zone=zone
            )
            teams.set_teams(user, settings.ids("teams"), _active_team(), me())
    except (Invalid, Conflict) as error:
        return _form(None, form, settings.ids("teams"), _active_team(), error)
    if form.get("password"):
        respond.say(f"{user.name} can sign in now.")
        return respond.done(HERE)
    return _password(user, password, f"{user.name} can sign in now")


@bp.get("/users/<int:user_id>/form")
def edit(user_id: int) -> Response:
    user = _find(user_id)
    person = directory.current().people[user_id]
    return _form(user, user.as_values(), set(person.team_ids), person.active_team_id)


@bp.post("/users/<int:user_id>")
def save(user_id: int) -> AnyResponse:
    user = _find(user_id)
    values = {name: request.form.get(name, "") for name in ("name", "email", "role")}
    try:
        with gate.together():
            users.edit_user(user, values, me(), settings.seen())
            teams.set_teams(user, settings.ids("teams"), _active_team(), me())
    except (Invalid, Conflict, Forbidden) as error:
        return _form(_find(user_id), request.form, settings.ids("teams"), _active_team(), error)
    respond.say(f"{user.name} saved.")
    return respond.done(HERE)


@bp.get("/users/<int:user_id>/password")
def resetting(user_id: int) -> Response:
    user = _find(user_id)
    return settings.form("users/resetting.html", f"New password for {user.name}", HERE, user=user)


@bp.post("/users/<int:user_id>/password")
def reset(user_id: int) -> AnyResponse:
    user = _find(user_id)
    return _password(user, users.reset_password(user, me()), f"New password of {user.name}")


@bp.post("/users/<int:user_id>/presence")
def presence(user_id: int) -> AnyResponse:
    """Whether the account is in use: `active` 1 or 0."""
    user = _find(user_id)
    if request.form.get("active") == "1":
        users.activate(user, me())
        respond.say(f"{user.name} can sign in again.")
    else:
        users.deactivate(user, me())
        respond.say(f"{user.name} can no longer sign in; every device of theirs is out too.")
    return respond.done(HERE)


def _find(user_id: int) -> User:
    access.require(me(), "create", User())
    return access.find(User, user_id, me())


def _active_team() -> int | None:
    text = request.form.get("active_team", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _password(user: User, password: str, title: str) -> Response:
    """Shown this once: only its hash is kept."""
    return settings.form("users/password.html", title, HERE, user=user, password=password)


def _form(
    user: User | None, values: Any, team_ids: set[int], active_team: int | None, error: Refused | None = None
) -> Response:
    errors = told(error) if error else {}
    now = directory.current()
    return settings.form(
        "users/fields.html",
        f"Change {user.name}" if user else "New person",
        HERE,
        error.status if error else 200,
        user=user,
        values=values,
        errors=errors,
        refusal=error.message if error and not errors else "",
        roles=ROLE_WORDS,
        teams=[team for team in now.teams.values() if not team.retired or team.id in team_ids],
        team_ids=team_ids,
        active_team=active_team,
    )
