"""Before any view: a database connection, the same origin, a signed-in person. After it: security headers."""

import time
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Request, Response, current_app, g, redirect, request, session, url_for
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_login import LoginManager, current_user
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response as AnyResponse

from crmlite import clock
from crmlite.errors import Forbidden, Invalid, Missing
from crmlite.logs import USER
from crmlite.models.base import database
from crmlite.rules import access, directory
from crmlite.rules.access import Actor
from crmlite.rules.directory import Directory, Person

F = TypeVar("F", bound=Callable)
SAFE = ("GET", "HEAD", "OPTIONS")
# Short, since they travel with every page: what is not named falls back to default-src 'none'.
HEADERS = (
    (
        "Content-Security-Policy",
        "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data: blob:;font-src 'self';"
        "connect-src 'self';form-action 'self';base-uri 'none';frame-ancestors 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(),microphone=(),geolocation=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cache-Control", "private, no-cache"),
)
_public: set[str] = set()
_actors: dict[tuple[int, int], Actor] = {}
MOST_ACTORS, MOST_COOKIES = 500, 500


def public(view: F) -> F:
    """Marks a view that strangers may see; every other one asks to sign in."""
    _public.add(f"{view.__module__}.{view.__name__}")
    return view


def me() -> Actor:
    """The signed-in person as an actor. Only doors know it; below them the actor is an argument."""
    if "actor" not in g:
        key = (current_user.id, lists().epoch)
        if key not in _actors:
            if len(_actors) >= MOST_ACTORS:
                _actors.clear()
            _actors[key] = access.actor(current_user.id, "web", lists())
        g.actor = _actors[key]
    return g.actor


def lists() -> Directory:
    """People, choices and settings as they were when this request began."""
    if "directory" not in g:
        g.directory, g.journal_mark = directory.current_with_mark()
    return g.directory


def journal_mark() -> int:
    """The newest entry of the journal when this request began: what is shown is at least as new."""
    lists()
    return g.journal_mark


class Sessions(SecureCookieSessionInterface):
    """Flask's own, with one signer for all requests instead of one for each. A cookie that was found genuine need not
    be computed again; its age is looked at each time, and what it says of a person is judged by `_load`."""

    def __init__(self) -> None:
        self.signers: dict[object, URLSafeTimedSerializer | None] = {}
        self.genuine: dict[tuple[object, str], tuple[dict[str, Any], float]] = {}

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        signer, cookie = self.get_signing_serializer(app), request.cookies.get(self.get_cookie_name(app))
        if signer is None or not cookie:
            return super().open_session(app, request)
        key = (app.secret_key, cookie)
        if key not in self.genuine:
            try:
                said, signed = signer.loads(cookie, return_timestamp=True)
            except BadSignature:
                return self.session_class()
            if not all(isinstance(value, str | bool) for value in said.values()):
                return super().open_session(app, request)  # a list could be changed by who reads it
            if len(self.genuine) >= MOST_COOKIES:
                self.genuine.clear()
            self.genuine[key] = said, signed.timestamp()
        said, signed_at = self.genuine[key]
        young = 0 <= int(time.time()) - signed_at <= app.permanent_session_lifetime.total_seconds()
        return self.session_class(said if young else None)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        if app.secret_key not in self.signers:
            self.signers[app.secret_key] = super().get_signing_serializer(app)
        return self.signers[app.secret_key]


def install(app: Flask) -> None:
    app.session_interface = Sessions()
    manager = LoginManager(app)
    manager.session_protection = None
    manager.user_loader(_load)
    app.before_request(_readable)
    app.before_request(_connect)
    app.before_request(_same_origin)
    app.before_request(_signed_in)
    app.after_request(_secure)
    app.teardown_request(_tidy)


def _load(session_id: str) -> Person | None:
    user_id, _, key = session_id.partition(":")
    person = lists().people.get(int(user_id)) if user_id.isdigit() else None
    return person if person and person.active and person.session_key == key else None


def _readable() -> None:
    """No address of ours holds the null character or a number beyond 63 bits; PostgreSQL refuses both even in a
    search."""
    if b"%00" in request.query_string or "\x00" in request.path:
        raise Invalid("This address holds a character that cannot be searched for.")
    if any(isinstance(value, int) and value >= 2**63 for value in (request.view_args or {}).values()):
        raise Missing("There is nothing under this number.")


def _connect() -> None:
    """Connections stay open, one a thread: opening one for each request costs more than most queries."""
    if request.endpoint not in ("assets.file", "health.show"):  # one needs none, the other says when there is none
        database.connect(reuse_if_open=True)


def _tidy(error: BaseException | None) -> None:
    """A connection that broke is not used again."""
    if error is not None and not database.is_closed() and not database.in_transaction():
        database.close()


def _same_origin() -> None:
    """Sec-Fetch-Site where the browser sends it (trustworthy origins only), else Origin; a request with neither
    comes from no browser and then carries no session."""
    if request.method in SAFE:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        allowed = site in ("same-origin", "none")
    elif origin := request.headers.get("Origin"):
        allowed = urlsplit(origin).netloc in (request.host, urlsplit(current_app.config["CRMLITE"].public_url).netloc)
    else:
        allowed = "_user_id" not in session
    if not allowed:
        raise Forbidden("This request came from another site and was not carried out.")


def _signed_in() -> AnyResponse | tuple[str, int] | None:
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or f"{view.__module__}.{view.__name__}" in _public:
        return None
    if current_user.is_authenticated:
        request.environ[USER] = current_user.id
        _keep_session()
        return None
    if request.headers.get("HX-Request"):
        return "Please sign in again.", 401
    wanted = request.full_path.rstrip("?") if request.method == "GET" and request.path != "/" else None
    return redirect(url_for("sessions.new", next=wanted))


def _keep_session() -> None:
    """A remembered session lasts from the last day it was used; the cookie is renewed once a day only."""
    today = clock.now().date().isoformat()
    if session.permanent and session.get("day") != today:
        session["day"] = today


def _secure(response: Response) -> Response:
    if request.endpoint == "assets.file":
        # The policy of a page is that of its document; on every file it would weigh as much as a small icon.
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        return response
    present = {name.lower() for name, _ in response.headers}
    response.headers.extend([one for one in HEADERS if one[0].lower() not in present])
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
