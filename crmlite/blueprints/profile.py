"""Everybody's own account: name, zone, language, look, password."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, request, session
from flask_login import login_user
from werkzeug.wrappers import Response as AnyResponse

from crmlite import clock
from crmlite.blueprints import respond, settings
from crmlite.blueprints.choices import told
from crmlite.blueprints.frame import reader
from crmlite.blueprints.guard import me
from crmlite.errors import Conflict, Invalid, Refused
from crmlite.lists.reader import weekday
from crmlite.models.users import LOCALES, THEMES, User
from crmlite.rules import access, directory, gate, users

bp = Blueprint("profile", __name__)
HERE = "/profile"
HOURS = ("work_from", "work_until", "second_zone")
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


@bp.post("/profile/calendar")
def calendar() -> AnyResponse:
    """Working hours and the second zone."""
    user, form = _mine(), request.form
    days = "".join(sorted(set(form.getlist("work_days"))))
    typed = {"work_days": days, **{name: form.get(name, "") for name in HOURS}}
    try:
        gate.change(user, typed, me(), settings.seen())
    except (Invalid, Conflict) as error:
        return _page({**user.as_values(), **typed}, calendar_error=error)
    respond.say("Saved: your calendar shows these hours.")
    return respond.done(f"{HERE}#calendar")


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


def _page(
    values: Any,
    error: Refused | None = None,
    password_error: Refused | None = None,
    calendar_error: Refused | None = None,
) -> Response:
    either = error or password_error or calendar_error
    user = _mine()
    return settings.show(
        "profile/show.html",
        HERE,
        either.status if either else 200,
        title="Profile",
        user=user,
        values=values,
        errors=told(error) if error else {},
        calendar_errors=told(calendar_error) if calendar_error else {},
        password_errors=password_error.fields if password_error else {},
        refusal=password_error.message if password_error and not password_error.fields else "",
        zones=settings.pairs(clock.zone_names()),
        days=[(str(number), weekday(date(2026, 6, number), reader())) for number in range(1, 8)],
        locales=LOCALES.items(),
        themes=THEMES,
        colours=range(COLOUR_COUNT),
    )
