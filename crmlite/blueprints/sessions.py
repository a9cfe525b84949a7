"""Signing in and out, and the first visit that makes the owner's account."""

from typing import Any

from flask import Blueprint, Response, request, session
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response as AnyResponse

from crmlite import clock
from crmlite.blueprints.guard import public
from crmlite.blueprints.respond import done, standalone
from crmlite.blueprints.settings import pairs
from crmlite.errors import Refused
from crmlite.models.currencies import CURRENCIES
from crmlite.models.users import LOCALES
from crmlite.rules import access, demo, directory, gate, users
from crmlite.rules.demo import SignIn

bp = Blueprint("sessions", __name__)


@bp.get("/sign-in")
@public
def new() -> AnyResponse:
    if not users.exists_any():
        return done("/welcome")
    if current_user.is_authenticated:
        return done(_safe_next())
    return _form()


@bp.post("/sign-in")
@public
def create() -> AnyResponse:
    try:
        user = users.sign_in(request.form.get("email", ""), request.form.get("password", ""), _address())
    except Refused as error:
        return _form(error)
    _begin(user.id, remember="remember" in request.form)
    return done(_safe_next())


@bp.post("/sign-out")
def end() -> AnyResponse:
    logout_user()
    session.clear()
    return done("/sign-in")


@bp.get("/welcome")
@public
def welcome() -> AnyResponse:
    if users.exists_any():
        return done("/sign-in")
    return _welcome()


@bp.post("/welcome")
@public
def begin() -> AnyResponse:
    form = request.form
    typed = [form.get(name, "") for name in ("name", "email", "password", "zone", "locale", "currency")]
    sign_ins: list[SignIn] = []
    try:
        with gate.together():
            owner = users.found(*typed, access.system("web"))
            if "demo" in form:
                sign_ins = demo.load(access.actor(owner.id, "web"))
    except Refused as error:
        return _welcome(error)
    _begin(owner.id, remember=True)
    if sign_ins:
        return standalone("sessions/demo.html", title="Your demo data is in", sign_ins=sign_ins)
    return done("/")


def _begin(user_id: int, remember: bool) -> None:
    session.clear()
    session.permanent = remember
    login_user(directory.current().people[user_id])


def _address() -> str:
    return request.remote_addr or ""


def _form(error: Refused | None = None) -> Response:
    status = error.status if error else 200
    context: dict[str, Any] = {"error": error, "typed": request.form, "next": _safe_next()}
    return standalone("sessions/sign_in.html", status, title="Sign in", **context)


def _welcome(error: Refused | None = None) -> Response:
    context = {
        "error": error,
        "typed": request.form,
        "zones": pairs(clock.zone_names()),
        "locales": LOCALES.items(),
        "currencies": pairs(CURRENCIES),
        "locale": request.accept_languages.best_match(list(LOCALES), "en"),
    }
    return standalone("sessions/welcome.html", error.status if error else 200, title="Welcome", **context)


def _safe_next() -> str:
    """Only a path of ours: a link in a mail must not lead a person who signs in to another site. Browsers
    drop control characters and read a backslash as a slash."""
    wanted = request.values.get("next", "")
    plain = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted
    return wanted if plain and all(character > " " for character in wanted) else "/"
