"""Reminders that have gone off: the bell, snooze and dismiss known to every device, and the next turn after each."""

import logging
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from peewee import fn

from crmlite import clock, mail
from crmlite.errors import Invalid, Missing
from crmlite.ics.rings import heard
from crmlite.models.base import database
from crmlite.models.events import Event
from crmlite.models.reminders import Reminder
from crmlite.rules import access, drafts, gate, reminder_mail, ringing, sync
from crmlite.rules.access import Actor, visible_where

log = logging.getLogger("crmlite.reminders")
KIND = "reminders"
MOST = 20
EVERY = timedelta(seconds=30)
BATCH = 200
# What snoozing offers: word in the address -> how long; "tomorrow" is the morning.
SNOOZES = {"minutes": timedelta(minutes=5), "hour": timedelta(hours=1), "tomorrow": None}
MORNING = 9


class Due(NamedTuple):
    """What has gone off for one turn: the latest of its reminders."""

    id: int
    event: Event
    recurrence_id: str
    starts_at: datetime | None
    due_at: datetime


def due(by: Actor) -> list[Due]:
    """What this person has not heard yet, the latest first."""
    now = clock.now()
    mine = (Reminder.person == by.id) & (Reminder.due_at <= now) & (Reminder.due_at > now - ringing.SHOWN)
    query = Reminder.select(Reminder, Event).join(Event).where(mine & visible_where(Event, by))
    found: dict[tuple[int, str], Due] = {}
    for row in query.order_by(Reminder.due_at.desc(), Reminder.id.desc()).limit(5 * MOST):
        one = Due(row.id, row.event, row.recurrence_id, row.starts_at, row.due_at)
        found.setdefault((row.event_id, row.recurrence_id), one)
    return list(found.values())[:MOST]


def next_at(by: Actor) -> datetime | None:
    """When the next reminder of this person goes off."""
    later = (Reminder.person == by.id) & (Reminder.due_at > clock.now())
    at: datetime | None = Reminder.select(fn.MIN(Reminder.due_at).converter(Reminder.due_at.python_value)).where(
        later
    ).scalar()
    return at


def dismiss(reminder_id: int, by: Actor) -> Event:
    """Heard: no device tells it again. Raises Missing, Forbidden."""
    return _hear(reminder_id, by, None)


def snooze(reminder_id: int, word: str, by: Actor) -> tuple[Event, datetime]:
    """Put it off on every device; answers until when. Raises Missing, Forbidden, Invalid."""
    if word not in SNOOZES:
        raise Invalid("Please choose how long to snooze.")
    length, now = SNOOZES[word], clock.now().replace(microsecond=0)
    if length is None:
        morning = clock.to_wall(now, by.zone).replace(hour=MORNING, minute=0, second=0) + timedelta(days=1)
        until = clock.to_utc(morning, by.zone)
    else:
        until = now + length
    return _hear(reminder_id, by, until), until


def dismiss_all(by: Actor) -> list[Event]:
    """One for each event: hearing one turn is hearing those before it."""
    with gate.together():
        first = {one.event.id: one for one in reversed(due(by))}
        return [dismiss(one.id, by) for one in first.values()]


def deliver(payload: dict[str, Any]) -> datetime:
    """A job: mail what has gone off, and see that the turn after it is awaited; answers when to look again."""
    now = clock.now()
    for row in _waiting(now, tries=False):
        with database.atomic():
            ringing.index(row.event, catching_up=True)
            if not _mailed(row, now):
                ringing.settle(row, done=True)
    for row in _waiting(now, tries=True) if mail.configured() else ():
        try:
            mail.send(reminder_mail.compose(row, now))
        except mail.Unsent as problem:
            log.warning("Reminder %d was not mailed, try %d: %s", row.id, row.tries + 1, problem)
            ringing.settle(row, tries=row.tries + 1, retry_at=now + mail.wait(row.tries))
            if problem.at_all:
                break
        else:
            ringing.settle(row, done=True, mailed_at=clock.now())
    return now + EVERY


def _waiting(now: datetime, tries: bool) -> list[Reminder]:
    """What the worker has not seen to; with `tries` only what may be tried now."""
    which = (Reminder.done == False) & (Reminder.due_at <= now)  # noqa: E712 - an SQL expression
    if tries:
        which &= Reminder.retry_at.is_null() | (Reminder.retry_at <= now)
    return list(Reminder.select().where(which).order_by(Reminder.due_at, Reminder.id).limit(BATCH))


def _mailed(row: Reminder, now: datetime) -> bool:
    """Whether it is to be mailed: to somebody who is here and wants it, a day late at most."""
    wanted = row.person.is_active and row.person.reminder_mail
    return mail.configured() and wanted and row.due_at > now - ringing.LATE


def _hear(reminder_id: int, by: Actor, snooze_until: datetime | None) -> Event:
    row = Reminder.get_or_none((Reminder.id == reminder_id) & (Reminder.person == by.id))
    if row is None:
        raise Missing("This reminder is not there any more: it was dismissed, or its event has changed.")
    with gate.together():
        event = gate.locked(access.find(Event, row.event_id, by))
        zone = sync.zone_of(event.calendar)
        text = heard(event.ics, zone, row.recurrence_id, clock.now().replace(microsecond=0), snooze_until)
        verb = "snoozed" if snooze_until else "dismissed"
        return gate.change(event, drafts.columns(text, event.calendar), by, verb=verb)
