"""What keeps phones in step: the sequence of a calendar, its tombstones, and the index over calendar
texts."""

import hashlib
import uuid
from collections.abc import Iterable
from datetime import timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from peewee import Expression, ModelSelect, fn

from crmlite import clock
from crmlite.errors import Conflict
from crmlite.ics.occurrences import Occurrence as Turn
from crmlite.ics.occurrences import occurrences
from crmlite.ics.read import Attendee as Guest
from crmlite.ics.read import read
from crmlite.models import statements
from crmlite.models.base import database, is_sqlite
from crmlite.models.calendars import Calendar, Tombstone
from crmlite.models.contacts import Contact
from crmlite.models.events import Attendee, Event, Occurrence
from crmlite.models.statements import statement
from crmlite.models.users import User
from crmlite.rules import directory, reach

ON_THE_WIRE = ("ics", "href", "calendar", "deleted_at")
KEPT = timedelta(days=400)


class Derived(NamedTuple):
    """What a text says, as columns of an event, its turns when it recurs, and who is invited."""

    columns: dict[str, Any]
    turns: tuple[Turn, ...]
    organizer: Guest | None
    guests: tuple[Guest, ...]


def stamp(event: Event, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Raise the sequence of the calendars a change is seen in and leave a tombstone where the event left.
    The UPDATE holds the calendar's row, so on PostgreSQL no reader sees 8 before 7. Called by the gate,
    before the row is written."""
    if not any(before.get(name) != after.get(name) for name in ON_THE_WIRE):
        return
    if before and before["deleted_at"] is None and _place(before) != _place(after):
        _bury(before["calendar"], before["href"], raise_sequence(before["calendar"]))
    if event.deleted_at is None:
        _refuse_twins(event)
        event.seq = raise_sequence(event.calendar_id)
        statements.delete(Tombstone, calendar=event.calendar_id, href=event.href)


def twin(calendar_id: int, uid: str) -> Event | None:
    """The event of this UID that the calendar holds."""
    return next(iter(_twins(calendar=calendar_id, uid=uid)), None)


def at(calendar_id: int, href: str, uid: str) -> Event | None:
    """The event of this name or of this UID, the latter first; only id, name and UID are read."""
    found = _at(calendar=calendar_id, href=href, uid=uid)
    return next((event for event in found if event.uid == uid), found[0] if found else None)


@statement
def _twins(calendar: Any, uid: Any) -> ModelSelect:
    same = (Event.calendar == calendar) & (Event.uid == uid) & Event.deleted_at.is_null()
    return Event.select(Event.id, Event.href).where(same)


@statement
def _at(calendar: Any, href: Any, uid: Any) -> ModelSelect:
    alike = (Event.href == href) | (Event.uid == uid)
    wanted = (Event.calendar == calendar) & Event.deleted_at.is_null() & alike
    return Event.select(Event.id, Event.href, Event.uid).where(wanted)


def hold(calendar_ids: Iterable[int]) -> None:
    """Let nobody else write to these calendars until the transaction ends (on SQLite nobody can anyway)."""
    if not is_sqlite():
        wanted = Calendar.id.in_(sorted(set(calendar_ids)) or [0])
        list(Calendar.select(Calendar.id).where(wanted).order_by(Calendar.id).for_update().tuples())


def raise_sequence(calendar_id: int) -> int:
    """The next sequence number of the calendar, its row held until the transaction ends."""
    mark = "?" if is_sqlite() else "%s"
    sql = f"UPDATE calendars SET seq = seq + 1 WHERE id = {mark} RETURNING seq"
    return int(database.execute_sql(sql, (calendar_id,)).fetchone()[0])


@lru_cache(maxsize=64)
def derive(text: str, zone: str) -> Derived:
    """Read a calendar text; `zone` is the owner's, for floating times and dates. Raises ics.read.Refusal."""
    fields = read(text, zone)
    turns = tuple(occurrences(text, zone)) if fields.recurring else ()
    columns = {
        "uid": fields.uid,
        "component": fields.component,
        "subject": fields.summary[:500],
        "location": fields.location[:500],
        "description": fields.description[:50_000],
        "starts_at": fields.starts_at,
        "ends_at": fields.ends_at,
        "all_day": fields.all_day,
        "start_date": fields.due_date or fields.start_date,
        "end_date": fields.end_date,
        "tzid": fields.tzid[:60],
        "due_at": fields.due_at,
        "completed_at": fields.completed_at,
        "percent": fields.percent,
        "private": fields.private,
        "free": fields.free,
        "recurring": fields.recurring,
        "rrule": fields.rrule[:2000],
        "alarm_minutes": _first_alarm(fields.alarms),
        "range_start": min((turn.starts_at for turn in turns), default=fields.starts_at or fields.due_at),
        "range_end": max((turn.ends_at for turn in turns), default=fields.ends_at or fields.due_at or fields.starts_at),
        "etag": hashlib.sha256(text.encode()).hexdigest(),
    }
    return Derived(columns, turns, fields.organizer, fields.attendees)


def zone_of(calendar: Calendar) -> str:
    """Whose clock floating times and dates in this calendar follow."""
    now = directory.current()
    person = now.people.get(calendar.owner_id or 0)
    return person.zone if person else str(now.settings["zone"])


def index(event: Event) -> None:
    """Write the turns and the guests of an event anew from its text. Called by the gate, after the row is
    written."""
    derived = derive(event.ics, zone_of(event.calendar))
    statements.delete(Occurrence, event=event.id)
    for start in range(0, len(derived.turns), 500):
        some = derived.turns[start : start + 500]
        written = [(event.id, turn.starts_at, turn.ends_at, turn.recurrence_id) for turn in some]
        statements.insert_many(Occurrence, ("event", "starts_at", "ends_at", "recurrence_id"), written)
    statements.delete(Attendee, event=event.id)
    guests = [(guest, False) for guest in derived.guests]
    if derived.organizer:
        guests.insert(0, (derived.organizer, True))
    for start in range(0, len(guests), 200):
        _invite(event, guests[start : start + 200])


def index_days(theirs: Expression) -> None:
    """Read whole days and floating times anew in the calendars of a person, or of the teams, whose clock has moved to
    another zone. Nothing that clients hold changes."""
    mine = Calendar.select(Calendar.id).where(theirs & Calendar.deleted_at.is_null())
    following = (Event.all_day == True) | (Event.tzid == "")  # noqa: E712 - an SQL expression
    for event in Event.select().where(Event.calendar.in_(mine) & Event.deleted_at.is_null() & following):
        columns = derive(event.ics, zone_of(event.calendar)).columns
        Event.update(**columns).where(Event.id == event.id).execute()
        index(event)


def make_room(event: Event) -> None:
    """Before an event comes back from the bin: another may have taken its name meanwhile. Raises Conflict when its
    calendar is gone."""
    if event.calendar.deleted_at is not None:
        raise Conflict(f"The calendar “{event.calendar.name}” lies in the bin too: please restore it first.")
    taken = (Event.calendar == event.calendar_id) & (Event.href == event.href) & (Event.id != event.id)
    if Event.select().where(taken & Event.deleted_at.is_null()).exists():
        event.href = f"{uuid.uuid4()}.ics"


def purge() -> int:
    """Drop the names that left long ago; who asks with a token from before then is told to start anew. Returns how
    many."""
    old = Tombstone.buried_at < clock.now() - KEPT
    newest = Tombstone.select(Tombstone.calendar, fn.MAX(Tombstone.seq)).where(old).group_by(Tombstone.calendar)
    dropped = 0
    for calendar_id, seq in list(newest.tuples()):
        with database.atomic():
            hold([calendar_id])
            floor = (Calendar.id == calendar_id) & (Calendar.floor_seq < seq)
            Calendar.update(floor_seq=seq).where(floor).execute()
            dropped += Tombstone.delete().where(old & (Tombstone.calendar == calendar_id)).execute()
    return dropped


def _invite(event: Event, guests: list[tuple[Guest, bool]]) -> None:
    emails = sorted({guest.email[:200].lower() for guest, _ in guests} - {""})
    users = dict(User.select(User.email, User.id).where(User.email.in_(emails)).tuples()) if emails else {}
    contacts = reach.by_email(Contact, emails) if emails else {}
    rows = [
        {
            "event": event.id,
            "email": (email := guest.email[:200].lower()),
            "name": guest.name[:200],
            "answer": guest.answer,
            "organizer": organizer,
            "user": users.get(email),
            "contact": contacts.get(email),
        }
        for guest, organizer in guests
    ]
    if rows:
        Attendee.insert_many(rows).execute()


def _first_alarm(alarms: tuple[Any, ...]) -> int | None:
    leads = [alarm.before for alarm in alarms if alarm.before is not None and alarm.before >= timedelta(0)]
    return int(max(leads).total_seconds() // 60) if leads else None


def _place(values: dict[str, Any]) -> tuple[Any, ...]:
    return values["calendar"], values["href"], values["deleted_at"] is None


def _bury(calendar_id: int, href: str, seq: int) -> None:
    statements.delete(Tombstone, calendar=calendar_id, href=href)
    statements.insert(Tombstone, calendar=calendar_id, href=href, seq=seq, buried_at=clock.now())


def _refuse_twins(event: Event) -> None:
    present = twin(event.calendar_id, event.uid)
    if present and present.id != event.id:
        raise Conflict("This event is already in the calendar.")
