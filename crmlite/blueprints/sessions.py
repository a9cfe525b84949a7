"""Signing in and out, and the first visit that makes the owner's account."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, request, session
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response as AnyResponse

from crmlite import clock
from crmlite.blueprints.guard import public
from crmlite.blueprints.respond import done, standalone
from crmlite.errors import Refused
from crmlite.models.users import LOCALES
from crmlite.rules import directory, users
from crmlite.rules.access import system

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
        user = users.sign_in(request.form.get("email", ""), request.form.get("password", ""), request.remote_addr or "")
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
    by = system("web")
    try:
        owner = users.found(
            form.get("name", ""),
            form.get("email", ""),
            form.get("password", ""),
            form.get("zone", "UTC"),
            form.get("locale", "en"),
            form.get("currency", "EUR"),
            by,
        )
    except Refused as error:
        return _welcome(error)
    _begin(owner.id, remember=True)
    return done("/")


def _begin(user_id: int, remember: bool) -> None:
    session.clear()
    session.permanent = remember
    login_user(directory.current().people[user_id])


def _form(error: Refused | None = None) -> Response:
    status = error.status if error else 200
    return standalone("sessions/sign_in.html", status, error=error, form=request.form, next=_safe_next())


def _welcome(error: Refused | None = None) -> Response:
    status = error.status if error else 200
    context = {"error": error, "form": request.form, "zones": clock.zone_names(), "locales": LOCALES}
    return standalone("sessions/welcome.html", status, **context)


def _safe_next() -> str:
    """Only a path of ours: a link in a mail must not lead a person who signs in to another site."""
    wanted = request.values.get("next", "")
    parts = urlsplit(wanted)
    ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and not parts.netloc and "\\" not in wanted
    return wanted if ours else "/"
