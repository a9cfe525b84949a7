"""Pairing: a device asks for a password of its own, its person says yes in the browser, the device fetches it once
(the login flow that DAVx⁵ and others know from Nextcloud, version 2)."""

import hashlib
import secrets
from datetime import timedelta
from typing import NamedTuple

from crmlite import clock
from crmlite.errors import Missing
from crmlite.models.pairings import Pairing
from crmlite.models.users import User
from crmlite.rules import access, devices, gate, throttle
from crmlite.rules.access import Actor

LASTS = timedelta(minutes=20)
SECRET_BYTES = 32
GONE = "This request has run out or was answered already: please begin again on the device."


class Begun(NamedTuple):
    """The secrets of a pairing: told to the device this once."""

    poll: str
    page: str


class Fetched(NamedTuple):
    login: str
    password: str


def begin(agent: str, address: str) -> Begun:
    """A device asks. Raises throttle.TooManyTries for an address that asks again and again."""
    keys = [throttle.key("pairing address", address)]
    throttle.refuse(keys)
    throttle.count_failure(keys)
    begun = Begun(secrets.token_urlsafe(SECRET_BYTES), secrets.token_urlsafe(SECRET_BYTES))
    digests = {"poll_digest": _digest(begun.poll), "page_digest": _digest(begun.page)}
    Pairing.insert(agent=_named(agent), began_at=clock.now(), **digests).execute()
    return begun


def asked(page: str) -> Pairing:
    """The request that a person is looking at. Raises Missing."""
    found = Pairing.get_or_none((Pairing.page_digest == _digest(page)) & Pairing.granted_at.is_null())
    if found is None or found.began_at < clock.now() - LASTS:
        raise Missing(GONE)
    return found


def grant(page: str, by: Actor) -> Pairing:
    """The person says yes. Raises Missing."""
    with gate.together():
        found = asked(page)
        Pairing.update(user=by.id, granted_at=clock.now()).where(Pairing.id == found.id).execute()
    return found


def refuse(page: str) -> None:
    """The person says no. Raises Missing."""
    found = asked(page)
    Pairing.delete().where(Pairing.id == found.id).execute()


def fetch(poll: str, address: str) -> Fetched | None:
    """The password for the device that polls, made now and told once; None as long as nobody has said yes."""
    with gate.together():
        found = Pairing.get_or_none((Pairing.poll_digest == _digest(poll)) & Pairing.granted_at.is_null(False))
        if found is None or found.granted_at < clock.now() - LASTS:
            return None
        if not Pairing.delete().where(Pairing.id == found.id).execute():
            return None
        by = access.actor(found.user_id, "web")
        user = User.get_by_id(found.user_id)
        _, password = devices.add_device(user, found.agent, by)
        throttle.forgive(throttle.key("pairing address", address))
        return Fetched(user.email, password)


def purge() -> None:
    """Drop what was never answered."""
    Pairing.delete().where(Pairing.began_at < clock.now() - LASTS).execute()


def _named(agent: str) -> str:
    """What the device calls itself, as far as its list has room for it."""
    plain = "".join(sign for sign in agent if sign.isprintable())
    return " ".join(plain.split())[:80] or "A device"


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
