"""The index of reminders over calendar texts: what goes off next, and what did and was not heard."""

from datetime import datetime, timedelta
from typing import Any

from peewee import ModelSelect

from crmlite import clock
from crmlite.ics.rings import rings
from crmlite.models.calendars import Calendar
from crmlite.models.events import OPEN_STATUSES, Event
from crmlite.models.reminders import Reminder
from crmlite.models.statements import statement
from crmlite.rules import jobs, sync

KIND = "reminders-index"
TOLD_IN = ("ics", "calendar", "status", "owner", "deleted_at")
LATE = timedelta(days=1)  # so long after its time a reminder is still brought
SHOWN = timedelta(days=7)  # so long the bell keeps what nobody heard
AT_ONCE = 200


def index(event: Event, catching_up: bool = False) -> None:
    """Bring the reminders of an event in line with its text. Called by the gate, after the row is written, and by the
    worker when one has gone off. An alarm whose time had passed when it was written is brought only where its event has
    not begun; `catching_up` says that it was awaited."""
    standing = {_key(row): row for row in _standing(event=event.id)}
    wanted = _wanted(event, standing.keys(), catching_up)
    gone = [row.id for key, row in standing.items() if key not in wanted]
    for start in range(0, len(gone), AT_ONCE):
        Reminder.delete().where(Reminder.id.in_(gone[start : start + AT_ONCE])).execute()
    for key, values in wanted.items():
        if key not in standing:
            Reminder.insert(**values).execute()


@statement
def _standing(event: Any) -> ModelSelect:
    return Reminder.select().where(Reminder.event == event)


def index_days(calendars: Any) -> None:
    """After whole days in these calendars (a condition) moved with the clock of another zone."""
    which = Calendar.select(Calendar.id).where(calendars & Calendar.deleted_at.is_null())
    for event in Event.select().where(Event.calendar.in_(which) & Event.ics.contains("BEGIN:VALARM")):
        index(event)


def index_all(payload: dict[str, Any]) -> datetime | None:
    """A job: read the alarms of every event."""

    def part(come: dict[str, Any]) -> bool:
        after = (Event.id > come.get("last", 0)) & Event.deleted_at.is_null() & Event.status.in_(OPEN_STATUSES)
        found = list(Event.select().where(after).order_by(Event.id).limit(AT_ONCE))
        for event in found:
            index(event)
        come["last"] = found[-1].id if found else 0
        return bool(found)

    return jobs.in_parts(payload["job"], part)


def settle(row: Reminder, **values: Any) -> None:
    """What the worker did about a reminder."""
    Reminder.update(**values).where(Reminder.id == row.id).execute()


def purge() -> None:
    """Drop what the bell shows no more."""
    Reminder.delete().where((Reminder.due_at < clock.now() - SHOWN) & (Reminder.done == True)).execute()  # noqa: E712


def reminded(event: Event) -> int | None:
    """Whom the alarms of an event are for: the person of its calendar; in a calendar of a team its owner. Who only
    shares a calendar gets none."""
    calendar = event.calendar
    if calendar.deleted_at is not None:
        return None
    return calendar.owner_id or event.owner_id


def _wanted(event: Event, standing: Any, catching_up: bool) -> dict[Any, dict[str, Any]]:
    if event.deleted_at is not None or event.status not in OPEN_STATUSES or "VALARM" not in event.ics.upper():
        return {}
    person = reminded(event)
    if person is None:
        return {}
    now, zone = clock.now(), sync.zone_of(event.calendar)
    found = {}
    for ring in rings(event.ics, zone, sync.derive(event.ics, zone).turns, now - SHOWN, now):
        key = (person, ring.recurrence_id, ring.due_at)
        ahead = ring.due_at > now or ring.starts_at is None or ring.starts_at > now
        if key in standing or ahead or (catching_up and ring.due_at > now - LATE):
            found[key] = {
                "event": event.id, "person": person, "recurrence_id": ring.recurrence_id,
                "starts_at": ring.starts_at, "due_at": ring.due_at,
            }  # fmt: skip
    return found


def _key(row: Reminder) -> tuple[int, str, datetime]:
    return row.person_id, row.recurrence_id, row.due_at
