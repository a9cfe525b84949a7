"""Guessing passwords made slow: failures counted per account and per address."""

import hashlib
from datetime import timedelta

from crmlite import clock
from crmlite.errors import Refused
from crmlite.models.base import database
from crmlite.models.users import Attempt

FREE_FAILURES = 5
WINDOW = timedelta(minutes=15)


class TooManyTries(Refused):
    status = 429


def key(kind: str, value: str) -> str:
    """What is counted, hashed: addresses and accounts are nobody's business in a table."""
    return hashlib.sha256(f"{kind}:{value}".encode()).hexdigest()


def refuse(keys: list[str]) -> None:
    """Raises TooManyTries after five failures of any of the keys within a quarter of an hour."""
    counted = Attempt.key.in_(keys) & (Attempt.failures >= FREE_FAILURES) & (Attempt.since > clock.now() - WINDOW)
    if Attempt.select().where(counted).exists():
        raise TooManyTries("Too many failed tries. Please wait a quarter of an hour and try again.")


def count_failure(keys: list[str]) -> None:
    now = clock.now()
    with database.atomic():
        Attempt.delete().where(Attempt.since < now - WINDOW).execute()
        for one in keys:
            Attempt.insert(key=one, failures=0, since=now).on_conflict_ignore().execute()
        Attempt.update(failures=Attempt.failures + 1).where(Attempt.key.in_(keys)).execute()


def forgive(one: str) -> None:
    Attempt.delete().where(Attempt.key == one).execute()
