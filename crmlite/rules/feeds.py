"""Feeds: a secret, read-only address of a calendar for programs that cannot sign in; shown once, revoked one by
one."""

import hashlib
import secrets
from datetime import timedelta
from typing import NamedTuple

from crmlite import clock
from crmlite.ics import shown
from crmlite.models.calendars import Calendar
from crmlite.models.feeds import Feed
from crmlite.rules import access, directory, gate, objects, throttle
from crmlite.rules.access import Actor, visible
from crmlite.rules.turns import BUSY

SECRET_BYTES = 20
SEEN_EVERY = timedelta(minutes=1)
REFRESH = "PT30M"


class Opened(NamedTuple):
    """A feed that an address led to; `by` is the person in whose name it is read."""

    feed: Feed
    calendar: Calendar
    by: Actor

    @property
    def etag(self) -> str:
        """Changes whenever the calendar does."""
        return f"{self.feed.id}-{self.calendar.epoch}-{self.calendar.seq}-{int(self.feed.busy_only)}"


def add(calendar: Calendar, name: str, busy_only: bool, by: Actor) -> tuple[Feed, str]:
    """The feed and its secret, which is told this once. Raises Invalid, Forbidden."""
    secret = secrets.token_hex(SECRET_BYTES)
    values = {"user": by.id, "calendar": calendar.id, "name": name, "busy_only": busy_only}
    return gate.create(Feed, {**values, "digest": _digest(secret)}, by), secret


def revoke(feed: Feed, by: Actor) -> Feed:
    """The address answers no more, from now on."""
    return gate.remove(feed, by)


def of(by: Actor) -> list[Feed]:
    """The person's feeds, the newest first."""
    return list(visible(Feed, by).order_by(Feed.id.desc()))


def open_by(secret: str, address: str, agent: str) -> Opened | None:
    """What the secret leads to; None where that is nothing, is revoked, or is no longer the person's to see. A right
    secret always counts. Raises throttle.TooManyTries after five wrong ones from the address within a quarter of an
    hour."""
    feed = Feed.get_or_none((Feed.digest == _digest(secret)) & Feed.deleted_at.is_null())
    person = directory.current().people.get(feed.user_id) if feed else None
    if feed is None or person is None or not person.active:
        keys = [throttle.key("feed address", address)]
        throttle.refuse(keys)
        throttle.count_failure(keys)
        return None
    by = access.actor(person.id, "web")
    calendar = access.look(Calendar, feed.calendar_id, by)
    if calendar is None:
        return None
    _note_use(feed, agent)
    return Opened(feed, calendar, by)


def text(opened: Opened) -> str:
    """Without alarms: what can only be read could never dismiss them."""
    rows = objects.every(opened.calendar, opened.by, texts=True)
    when = opened.feed.busy_only
    texts = [
        shown.only_when(row.text, BUSY) if when or row.hidden else shown.without_alarms(row.text)
        for row in rows
        if row.component == "VEVENT" or not when
    ]
    return shown.joined(texts, opened.calendar.name, REFRESH)


def whole(calendar: Calendar, by: Actor) -> str:
    """Everything in a calendar as one text, as the actor may see it."""
    rows = objects.every(calendar, by, texts=True)
    return shown.joined([shown.only_when(row.text, BUSY) if row.hidden else row.text for row in rows], calendar.name)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _note_use(feed: Feed, agent: str) -> None:
    """Not a change of the record: no version, no history, once a minute at most."""
    now = clock.now()
    if feed.last_used_at is None or now - feed.last_used_at >= SEEN_EVERY:
        Feed.update(last_used_at=now, last_agent=agent[:200]).where(Feed.id == feed.id).execute()
