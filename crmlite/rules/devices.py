"""Devices: a password of its own for each phone or program that syncs, shown once, revoked one by one."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any, NamedTuple

from peewee import ModelSelect

from crmlite import clock
from crmlite.errors import Invalid
from crmlite.models.statements import statement
from crmlite.models.users import Device, User
from crmlite.rules import directory, gate, throttle
from crmlite.rules.access import Actor, visible
from crmlite.rules.directory import Person

ALPHABET = "abcdefghjkmnpqrstuvwxyz023456789"  # 32 signs that are not taken for one another; 5 bits each
GROUPS, GROUP = 8, 4  # 160 bits
SEEN_EVERY = timedelta(minutes=1)
SCOPES = {"all": "Calendars and contacts", "calendar": "Calendars only", "contacts": "Contacts only"}


class Entry(NamedTuple):
    """Who is let in with a device's password, and what the device may see: one of SCOPES."""

    person: Person
    scope: str


def add_device(user: User, label: str, by: Actor, scope: str = "all") -> tuple[Device, str]:
    """The device and its password, which is told this once. Raises Invalid, Forbidden."""
    if scope not in SCOPES:
        raise Invalid("Please choose what the device may see.")
    signs = "".join(secrets.choice(ALPHABET) for _ in range(GROUPS * GROUP))
    password = "-".join(signs[at : at + GROUP] for at in range(0, len(signs), GROUP))
    values = {"user": user.id, "name": " ".join(label.split()), "digest": _digest(password), "scope": scope}
    return gate.create(Device, values, by), password


def revoke(device: Device, by: Actor) -> Device:
    """Lets the device in no more, from now on."""
    return gate.remove(device, by)


def of(by: Actor) -> list[Device]:
    """The person's devices, the last used first."""
    rows = list(visible(Device, by))
    return sorted(
        rows, key=lambda device: (device.last_used_at or device.created_at, device.id), reverse=True
    )


def let_in(login: str, password: str, address: str, agent: str) -> Entry | None:
    """Whom `login` (e-mail address or the name in calendar addresses) and the password of one of their
    devices belong to. A right password always counts: it cannot be guessed, so failures of others lock
    nobody out. Raises throttle.TooManyTries after five failures from the address within a quarter of an
    hour."""
    device = next(iter(_of_password(digest=_digest(password))), None)
    person = directory.current().people.get(device.user_id) if device else None
    name = login.strip().lower()
    if (
        device is None
        or person is None
        or not person.active
        or name not in (person.email.lower(), person.slug)
    ):
        keys = [throttle.key("device address", address)]
        throttle.refuse(keys)
        throttle.count_failure(keys)
        return None
    _note_use(device, address, agent)
    return Entry(person, device.scope if device.scope in SCOPES else "calendar")


@statement
def _of_password(digest: Any) -> ModelSelect:
    known = (Device.digest == digest) & Device.deleted_at.is_null()
    return Device.select(Device.id, Device.user, Device.last_used_at, Device.scope).where(known)


def _digest(password: str) -> str:
    """Blind to case, blanks and hyphens, which keyboards of phones add."""
    plain = "".join(password.split()).replace("-", "").lower()
    return hashlib.sha256(plain.encode()).hexdigest()


def _note_use(device: Device, address: str, agent: str) -> None:
    """Not a change of the record: no version, no history, once a minute at most."""
    now = clock.now()
    if device.last_used_at and now - device.last_used_at < SEEN_EVERY:
        return
    values = {"last_used_at": now, "last_address": address[:60], "last_agent": agent[:200]}
    Device.update(**values).where(Device.id == device.id).execute()
