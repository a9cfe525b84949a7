"""The digest: one mail a day at the hour that its person picked, in their own zone."""

from datetime import date, datetime, time, timedelta
from typing import Any

from crmlite import clock
from crmlite.models.digests import Digest
from crmlite.models.users import User
from crmlite.rules import gate
from crmlite.rules.access import Actor

KEPT = timedelta(days=14)


def choose(person: User, values: dict[str, Any], by: Actor, seen: int | None = None) -> User:
    """Take what the person wants by mail. An hour that has passed today is meant from tomorrow on. Raises Invalid,
    Stale."""
    with gate.together():
        person = gate.change(person, values, by, seen)
        now = clock.now()
        day = clock.to_wall(now, person.zone).date()
        if wanted_on(person, day) and due_at(person, day) <= now:
            today = {"person": person.id, "day": day, "done": True}
            Digest.insert(**today).on_conflict_ignore().execute()
    return person


def due(now: datetime) -> list[Digest]:
    """What is to be sent now, the longest awaited first: for each person at most that of their own present day, which
    is brought late rather than never, but not when the day is over."""
    wished = User.select().where((User.digest_days != "") & (User.active == True) & User.deleted_at.is_null())  # noqa: E712
    recent = Digest.select().where(Digest.day > (now - timedelta(days=3)).date())
    standing = {(row.person_id, row.day): row for row in recent}
    found = []
    for person in wished.order_by(User.id):
        day = clock.to_wall(now, person.zone).date()
        if not wanted_on(person, day) or due_at(person, day) > now:
            continue
        row = standing.get((person.id, day)) or Digest(person=person, day=day)
        if not row.done and (row.retry_at is None or row.retry_at <= now):
            found.append((due_at(person, day), row))
    return [row for _, row in sorted(found, key=lambda one: (one[0], one[1].person_id))]


def wanted_on(person: User, day: date) -> bool:
    works = str(day.isoweekday()) in person.work_days
    return person.digest_days == "daily" or (person.digest_days == "working" and works)


def due_at(person: User, day: date) -> datetime:
    """An hour that the clock skips on this day is when it has gone on, one that comes twice is the first."""
    return clock.to_utc(datetime.combine(day, time(person.digest_hour)), person.zone)


def settle(row: Digest, **values: Any) -> None:
    """What the worker did about a digest."""
    written = {"person": row.person_id, "day": row.day, **values}
    Digest.insert(**written).on_conflict(conflict_target=[Digest.person, Digest.day], update=values).execute()


def purge() -> None:
    Digest.delete().where(Digest.day < (clock.now() - KEPT).date()).execute()
