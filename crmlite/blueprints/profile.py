"""Everybody's own account: name, zone, language, look, password."""

from typing import Any

from flask import Blueprint, Response, request, session
from flask_login import login_user
from werkzeug.wrappers import Response as AnyResponse

from crmlite import clock
from crmlite.blueprints import respond, settings
from crmlite.blueprints.choices import told
from crmlite.blueprints.guard import me
from crmlite.errors import Conflict, Invalid, Refused
from crmlite.models.users import LOCALES, THEMES, User
from crmlite.rules import access, directory, gate, users

bp = Blueprint("profile", __name__)
HERE = "/profile"
COLOUR_COUNT = 8  # the shades of an avatar


@bp.get("/profile")
def show() -> Response:
    return _page(_mine().as_values())


@bp.post("/profile")
def save() -> AnyResponse:
    user = _mine()
    try:
        gate.change(user, _values(), me(), settings.seen())
    except (Invalid, Conflict) as error:
        return _page(request.form, error)
    respond.say("Saved.")
    return respond.done(HERE)


@bp.post("/profile/password")
def password() -> AnyResponse:
    """Ends every other session; this one goes on under the new key."""
    form = request.form
    try:
        if form.get("password", "") != form.get("again", ""):
            raise Invalid(fields={"again": "The two new passwords differ: please type the same one twice."})
        user = users.change_password(_mine(), form.get("old", ""), form.get("password", ""), me())
    except Refused as error:
        return _page(_mine().as_values(), password_error=error)
    kept = session.permanent
    session.clear()
    session.permanent = kept
    login_user(directory.current().people[user.id])
    respond.say("Your password is changed. Everywhere else you are signed out.")
    return respond.done(HERE)


@bp.post("/profile/theme")
def theme() -> AnyResponse:
    gate.change(_mine(), {"theme": request.form.get("theme", "")}, me())
    return respond.nothing() if request.htmx else respond.done(HERE)


def _mine() -> User:
    return access.find(User, me().id, me())


def _values() -> dict[str, Any]:
    form = request.form
    colour = form.get("colour", "")
    if not colour.isdecimal() or len(colour) > 2 or int(colour) >= COLOUR_COUNT:
        raise Invalid(fields={"colour": "Please choose one of the colours."})
    return {
        **{name: form.get(name, "") for name in ("name", "zone", "locale", "theme")},
        "colour": int(colour),
    }


def _page(values: Any, error: Refused | None = None, password_error: Refused | None = None) -> Response:
    either = error or password_error
    user = _mine()
    return settings.show(
        "profile/show.html",
        HERE,
        either.status if either else 200,
        title="Profile",
        user=user,
        values=values,
        errors=told(error) if error else {},
        password_errors=password_error.fields if password_error else {},
        refusal=password_error.message if password_error and not password_error.fields else "",
        zones=settings.pairs(clock.zone_names()),
        locales=LOCALES.items(),
        themes=THEMES,
        colours=range(COLOUR_COUNT),
    )
