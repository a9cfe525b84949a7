"""Who is asking: Basic authentication with the password of a device."""

import base64
import binascii
from typing import Any, NamedTuple

from radicale.auth import AuthContext, BaseAuth

from crmlite.calendar import visit
from crmlite.rules import devices
from crmlite.rules.devices import Entry


class Credentials(NamedTuple):
    login: str
    password: str


def credentials(header: str) -> Credentials | None:
    """Out of an Authorization header; None for whatever is not Basic authentication."""
    scheme, _, coded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        plain = base64.b64decode(coded.strip(), validate=True)
    except (binascii.Error, ValueError):
        return None
    try:
        text = plain.decode()
    except UnicodeDecodeError:
        text = plain.decode("latin-1")
    login, colon, password = text.partition(":")
    return Credentials(login, password) if colon and login else None


def entry(environ: dict[str, Any]) -> Entry | None:
    """The account the request may act for, and what it may see. Raises throttle.TooManyTries."""
    given = credentials(environ.get("HTTP_AUTHORIZATION", ""))
    if given is None:
        return None
    address, agent = environ.get("REMOTE_ADDR", ""), environ.get("HTTP_USER_AGENT", "")
    return devices.let_in(given.login, given.password, address, agent)


class Auth(BaseAuth):
    """Radicale is told who has been let in; the gateway has looked at the password before."""

    def get_external_login(self, environ: dict[str, Any]) -> tuple[str, str]:
        return visit.current.get().slug, "seen"

    def login(self, login: str, password: str, context: AuthContext) -> tuple[str, str, set]:
        return login, "device", set()
