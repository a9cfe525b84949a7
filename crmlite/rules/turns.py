"""What stands when: events and the turns of those that repeat, in a window of time."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from peewee import Expression, ModelSelect

from crmlite import clock
from crmlite.models.calendars import Calendar
from crmlite.models.events import Attendee, Event, Occurrence
from crmlite.rules import directory
from crmlite.rules.access import Actor, scope_where, visible, visible_where

BUSY = "Busy"
FREE = "Available"
DAY_SLACK = timedelta(hours=27)  # a whole day of another zone begins and ends up to so much apart from ours

COLUMNS = (
    "id", "version", "kind", "status", "subject", "location", "starts_at", "ends_at", "all_day", "start_date",
    "end_date", "due_at", "priority", "private", "free", "recurring", "alarm_minutes", "calendar", "owner",
    "team", "category", "lead", "partner", "contact", "opportunity",
)  # fmt: skip


class Turn(NamedTuple):
    """One event, or one turn of a repeating one, as the window shows it. Moments are aware UTC, ends
    exclusive; of all-day ones the dates count. A task without start has `starts_at` None and `due_at`.
    `hidden`: private and another's, so that only when it stands is told. Links are ids."""

    id: int
    version: int
    kind: str
    status: str
    subject: str
    location: str
    starts_at: datetime | None
    ends_at: datetime | None
    all_day: bool
    start_date: date | None
    end_date: date | None
    due_at: datetime | None
    priority: int
    private: bool
    free: bool
    recurring: bool
    alarm_minutes: int | None
    calendar_id: int
    owner_id: int | None
    team_id: int | None
    category_id: int | None
    lead_id: int | None
    partner_id: int | None
    contact_id: int | None
    opportunity_id: int | None
    recurrence_id: str = ""
    hidden: bool = False

    @property
    def moment(self) -> datetime | None:
        """Where it stands in a list by time: its start, else when it is due."""
        return self.starts_at or self.due_at


class Span(NamedTuple):
    owner_id: int | None
    starts_at: datetime
    ends_at: datetime


def between(
    start: datetime,
    end: datetime,
    by: Actor,
    calendars: Collection[int] | None = None,
    owners: Collection[int] | None = None,
) -> list[Turn]:
    """What this actor may see of the time from `start` until before `end`, in order of time. With
    `calendars` or `owners` (ids): only what stands in one of them or is assigned to one of them. Private
    events of others show as Busy or Available."""
    wanted = _wanted(by, calendars, owners)
    rows = [Turn(*row) for row in _single(start, end).where(wanted).tuples()]
    rows += [_turn(row) for row in _repeating(start, end).where(wanted).tuples()]
    rows = _on_their_days(rows, start, end, by.zone)
    return sorted(_masked(rows, by), key=lambda row: (row.moment or end, row.id))


def busy_between(people: Collection[int], start: datetime, end: datetime, by: Actor) -> list[Span]:
    """When these people (ids) are taken, without telling by what: for finding a time that suits all.
    Cancelled and free ones do not count; tasks take no time."""
    taken = (
        (Event.owner.in_(sorted(people) or [0]))
        & (Event.component == "VEVENT")
        & (Event.status != "cancelled")
    )
    taken &= Event.deleted_at.is_null() & (Event.free == False)  # noqa: E712 - an SQL expression
    if by.id is not None and by.scope("event") != "all":
        taken &= scope_where(Event, by) | Event.id.in_(visible(Event, by).select(Event.id))
    rows = [Turn(*row) for row in _single(start, end).where(taken).tuples()]
    rows += [_turn(row) for row in _repeating(start, end).where(taken).tuples()]
    spans = [Span(r.owner_id, r.starts_at, r.ends_at) for r in rows if r.starts_at and r.ends_at]
    return sorted(
        (s for s in spans if s.starts_at < end and s.ends_at > start),
        key=lambda s: (s.starts_at, s.owner_id or 0),
    )


def _wanted(by: Actor, calendars: Collection[int] | None, owners: Collection[int] | None) -> Expression:
    seen = visible_where(Event, by) | (_private_in_scope(by) & Event.deleted_at.is_null())
    chosen = None
    if calendars is not None:
        chosen = Event.calendar.in_(sorted(calendars) or [0])
    if owners is not None:
        owned = Event.owner.in_(sorted(owners) or [0])
        chosen = owned if chosen is None else chosen | owned
    if chosen is not None and _is_about(by, calendars, owners):
        chosen |= Event.id.in_(_accepted(by))
    return seen if chosen is None else seen & chosen


def _is_about(by: Actor, calendars: Collection[int] | None, owners: Collection[int] | None) -> bool:
    """Whether the actor's own time is asked for: then what they are invited to belongs to it."""
    if by.id in (owners or ()):
        return True
    mine = (Calendar.owner == by.id) & (Calendar.kind == "events") & Calendar.id.in_(sorted(calendars or ()) or [0])
    return Calendar.select(Calendar.id).where(mine).exists()


def _accepted(by: Actor) -> ModelSelect:
    """Where the actor is a guest and has not declined."""
    invited = (Attendee.user == by.id) & (Attendee.organizer == False) & (Attendee.answer != "no")  # noqa: E712 - SQL
    return Attendee.select(Attendee.event).where(invited)


def _private_in_scope(by: Actor) -> Expression:
    shared = visible(Calendar, by).select(Calendar.id)
    within = Event.calendar.in_(shared)
    if by.id is None or by.scope("event") == "all":
        return Event.private == True  # noqa: E712 - an SQL expression
    return (Event.private == True) & (within | scope_where(Event, by))  # noqa: E712 - an SQL expression


def _fields() -> list[Any]:
    return [getattr(Event, name) for name in COLUMNS]


def _single(start: datetime, end: datetime) -> ModelSelect:
    """Two walks of an index instead of one over everything before `end`: what begins inside, what reaches
    inside."""
    low, high = start - DAY_SLACK, end + DAY_SLACK
    begins = Event.select(Event.id).where((Event.range_start >= low) & (Event.range_start < high))
    reaches = Event.select(Event.id).where((Event.range_end > low) & (Event.range_start < low))
    ids = Event.id.in_(begins) | Event.id.in_(reaches)
    return Event.select(*_fields()).where(ids & (Event.recurring == False))  # noqa: E712 - an SQL expression


def _repeating(start: datetime, end: datetime) -> ModelSelect:
    low, high = start - DAY_SLACK, end + DAY_SLACK
    begins = Occurrence.select(Occurrence.id).where(
        (Occurrence.starts_at >= low) & (Occurrence.starts_at < high)
    )
    reaches = Occurrence.select(Occurrence.id).where(
        (Occurrence.ends_at > low) & (Occurrence.starts_at < low)
    )
    return (
        Event.select(*_fields(), Occurrence.recurrence_id, Occurrence.starts_at, Occurrence.ends_at)
        .join(Occurrence)
        .where(Occurrence.id.in_(begins) | Occurrence.id.in_(reaches))
    )


def _turn(row: tuple[Any, ...]) -> Turn:
    """The event with the times of one of its turns."""
    event, (recurrence_id, starts_at, ends_at) = Turn(*row[:-3]), row[-3:]
    task = event.kind == "task"
    due_only = task and event.starts_at is None
    return event._replace(
        recurrence_id=recurrence_id,
        starts_at=None if due_only else starts_at,
        ends_at=None if task else ends_at,
        due_at=(starts_at if due_only else ends_at) if event.due_at else None,
    )


def _on_their_days(rows: list[Turn], start: datetime, end: datetime, zone: str) -> list[Turn]:
    """Whole days belong to their dates, wherever the reader is; everything else to its moments."""
    first, last = (
        clock.to_wall(start, zone).date(),
        clock.to_wall(end - timedelta(microseconds=1), zone).date(),
    )
    zones = _zones({row.calendar_id for row in rows if row.all_day})
    kept = []
    for row in rows:
        if row.all_day:
            row = _with_dates(row, zones[row.calendar_id])
            begins = row.start_date or clock.to_wall(row.moment or start, zones[row.calendar_id]).date()
            if begins <= last and (row.end_date or begins + timedelta(days=1)) > first:
                kept.append(row)
        elif _overlaps(row, start, end):
            kept.append(row)
    return kept


def _overlaps(row: Turn, start: datetime, end: datetime) -> bool:
    begins, ends = row.starts_at or row.due_at, row.ends_at or row.due_at or row.starts_at
    if begins is None or ends is None:
        return False
    return start <= begins < end if begins >= ends else begins < end and ends > start


def _with_dates(row: Turn, zone: str) -> Turn:
    if not row.recurring or row.moment is None:
        return row
    begins = clock.to_wall(row.moment, zone).date()
    ends = clock.to_wall(row.ends_at, zone).date() if row.ends_at else None
    return row._replace(start_date=begins, end_date=ends)


def _zones(calendar_ids: Iterable[int]) -> dict[int, str]:
    """Whose clock the whole days of these calendars follow."""
    now = directory.current()
    owners = (
        Calendar.select(Calendar.id, Calendar.owner)
        .where(Calendar.id.in_(sorted(calendar_ids) or [0]))
        .tuples()
    )
    return {
        id: now.people[owner].zone if owner in now.people else str(now.settings["zone"])
        for id, owner in owners
    }


def _masked(rows: list[Turn], by: Actor) -> list[Turn]:
    hidden = _others_private([row for row in rows if row.private], by)
    return [_mask(row) if row.id in hidden else row for row in rows]


def _others_private(rows: list[Turn], by: Actor) -> set[int]:
    """Ids of those that are neither mine nor in my calendar nor for me."""
    rows = [row for row in rows if row.owner_id != by.id]
    if not rows or by.id is None:
        return set()
    calendars = {id for (id,) in Calendar.select(Calendar.id).where(Calendar.owner == by.id).tuples()}
    ids = {row.id for row in rows if row.calendar_id not in calendars}
    guest = Attendee.select(Attendee.event).where(
        (Attendee.user == by.id) & Attendee.event.in_(sorted(ids) or [0])
    )
    return ids - {id for (id,) in guest.tuples()}


def _mask(row: Turn) -> Turn:
    return row._replace(
        subject=FREE if row.free else BUSY, location="", kind="event", alarm_minutes=None, priority=2,
        hidden=True, category_id=None, lead_id=None, partner_id=None, contact_id=None, opportunity_id=None,
    )  # fmt: skip
