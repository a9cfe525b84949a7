"""In front of Radicale: who asks, from where, with how much; each line is here because something broke
without it (caldav.md section 2)."""

import io
from collections.abc import Callable, Iterable
from http import client
from typing import Any

from crmlite.calendar import login, visit
from crmlite.calendar.server import DAV, METHODS, build
from crmlite.errors import Missing, Refused
from crmlite.logs import USER
from crmlite.models.base import database
from crmlite.rules.throttle import TooManyTries
from crmlite.settings import Settings

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

PREFIX = "/dav"
# The last is where clients that paired by Nextcloud's login flow look (rules/pairings.py).
WELL_KNOWN = ("/.well-known/caldav", "/.well-known/carddav", "/remote.php/dav")
AT_ROOT = ("PROPFIND", "REPORT", "OPTIONS")
MOST_BYTES = 2 * 1024 * 1024
FORGEABLE = ("HTTP_X_SCRIPT_NAME", "HTTP_X_REMOTE_USER", "HTTP_X_REMOTE_ADDR", "REMOTE_USER", "REMOTE_HOST")
ASK = ("WWW-Authenticate", 'Basic realm="crmlite", charset="UTF-8"')
RETRY_AFTER = 900


def mount(wsgi: Wsgi, settings: Settings) -> Wsgi:
    """The calendars at /dav/, found from the bare host too; everything else goes to `wsgi`."""
    gate = Gate()

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path, method = environ.get("PATH_INFO", ""), environ["REQUEST_METHOD"]
        if path.rstrip("/") in WELL_KNOWN:
            return _plain(start_response, client.MOVED_PERMANENTLY, "", ("Location", f"{PREFIX}/"))
        if path == PREFIX or path.startswith(f"{PREFIX}/"):
            return gate(environ, start_response, path[len(PREFIX) :] or "/", False)
        if path in ("", "/") and method in AT_ROOT:
            return gate(environ, start_response, "/", True)
        return wsgi(environ, start_response)

    return application


class Gate:
    def __init__(self) -> None:
        self._server = build()

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any], path: str, at_root: bool
    ) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "OPTIONS":
            return _plain(start_response, client.OK, "", ("DAV", DAV), ("Allow", METHODS))
        try:
            path, body = path.encode("latin-1").decode(), _body(environ)
        except UnicodeDecodeError:
            return _plain(start_response, client.BAD_REQUEST, "This address is not written in UTF-8.")
        except _TooLarge:
            return _plain(start_response, client.REQUEST_ENTITY_TOO_LARGE, "This is more than 2 MB.")
        database.connect(reuse_if_open=True)
        try:
            return self._let_in(environ, start_response, path, body, at_root)
        except TooManyTries as refused:
            retry = ("Retry-After", str(RETRY_AFTER))
            return _plain(start_response, client.TOO_MANY_REQUESTS, refused.message, retry)
        except Refused as refused:
            return _plain(start_response, refused.status, refused.message)
        finally:
            if database.in_transaction():
                database.close()

    def _let_in(
        self,
        environ: dict[str, Any],
        start_response: Callable[..., Any],
        path: str,
        body: bytes,
        at_root: bool,
    ) -> Iterable[bytes]:
        entry = login.entry(environ)
        if entry is None:
            return _plain(start_response, client.UNAUTHORIZED, "Please sign in with the password of a device.", ASK)
        person = entry.person
        try:
            here = visit.of(person.id, person.slug, body, at_root, entry.scope, environ.get("HTTP_USER_AGENT", ""))
        except Missing:
            return _plain(start_response, client.UNAUTHORIZED, "This account is no longer active.", ASK)
        environ[USER] = person.id
        inner = {name: value for name, value in environ.items() if not _forgeable(name)}
        inner |= {
            "SCRIPT_NAME": environ.get("SCRIPT_NAME", "") + PREFIX,
            "PATH_INFO": _by_slug(path, person.email, person.slug),
            "wsgi.input": io.BytesIO(body),
            "CONTENT_LENGTH": str(len(body)),
        }
        token = visit.current.set(here)
        try:
            return _unless_known(self._server, inner, start_response)
        finally:
            visit.current.reset(token)


class _TooLarge(ValueError):
    pass


def _body(environ: dict[str, Any]) -> bytes:
    """Raises _TooLarge. Servers give chunked bodies a length before they come here."""
    said = environ.get("CONTENT_LENGTH") or "0"
    length = int(said) if said.isdecimal() else 0
    if length > MOST_BYTES:
        raise _TooLarge
    return environ["wsgi.input"].read(length) if length else b""


def _forgeable(name: str) -> bool:
    return name in FORGEABLE or name.startswith("HTTP_X_FORWARDED") or name == "HTTP_AUTHORIZATION"


def _by_slug(path: str, email: str, slug: str) -> str:
    """Some clients guess the home from the name they sign in with (caldav.md section 9, 4)."""
    first, slash, rest = path.lstrip("/").partition("/")
    return f"/{slug}{slash}{rest}" if first.lower() == email.lower() else path


def _unless_known(server: Wsgi, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """A GET of what the client holds already is answered with 304."""
    said: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]], *problem: Any) -> None:
        said[:] = [status, headers]

    answer = server(environ, start)
    status, headers = said
    headers = [(name, DAV if name == "DAV" else value) for name, value in headers]
    etag = next((value for name, value in headers if name == "ETag"), "")
    if environ["REQUEST_METHOD"] in ("GET", "HEAD") and status.startswith("200") and _knows(environ, etag):
        start_response("304 Not Modified", [("ETag", etag)])
        return []
    headers += [("Cache-Control", "private, no-cache"), ("X-Content-Type-Options", "nosniff")]
    start_response(status, headers)
    return answer


def _knows(environ: dict[str, Any], etag: str) -> bool:
    known = [one.strip().removeprefix("W/") for one in environ.get("HTTP_IF_NONE_MATCH", "").split(",")]
    return bool(etag) and (etag in known or "*" in known)


def _plain(
    start_response: Callable[..., Any], status: int, sentence: str, *headers: tuple[str, str]
) -> Iterable[bytes]:
    body = sentence.encode()
    known = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
    start_response(f"{int(status)} {client.responses[int(status)]}", [*known, *headers])
    return [body]
