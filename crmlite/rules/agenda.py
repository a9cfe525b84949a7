"""What waits for a person: today's turns, what is overdue, tasks without a day, leads and opportunities to
tend."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from peewee import Case, Expression, ModelSelect, fn

from crmlite import clock
from crmlite.models.calendars import Calendar
from crmlite.models.events import OPEN_STATUSES, Event, Occurrence
from crmlite.models.leads import Lead
from crmlite.models.opportunities import Opportunity
from crmlite.models.users import Device
from crmlite.rules import calendars, directory, turns
from crmlite.rules.access import Actor, visible, visible_where
from crmlite.rules.calendar_rights import may_write_calendar
from crmlite.rules.directory import Person
from crmlite.rules.turns import Turn

AHEAD = timedelta(days=3)
CLOSING = timedelta(days=14)
FRESH = timedelta(days=14)
LINES = 8
UNDATED = 50


class Layers(NamedTuple):
    """What a calendar may show: own calendars and task lists, those of teams or shared, and colleagues."""

    mine: list[Calendar]
    shared: list[Calendar]
    colleagues: list[Person]


class Day(NamedTuple):
    """A person's day: turns of today, of the days ahead, and what should be over but is still open."""

    overdue: list[Turn]
    more_overdue: bool
    today: list[Turn]
    ahead: list[Turn]


def layers(by: Actor) -> Layers:
    seen = calendars.seen_by(by)
    everybody = by.scope("event") == "all"
    people = [
        person
        for person in directory.current().people.values()
        if person.active and person.id != by.id and (everybody or person.id in by.mates)
    ]
    own = by.scope("event") == "own"
    return Layers(
        [one for one in seen if one.owner_id == by.id],
        [one for one in seen if one.owner_id != by.id],
        [] if own else people,
    )


def writable(by: Actor, seen: Iterable[Calendar]) -> list[Calendar]:
    """Those of the calendars that the actor may plan into."""
    return [one for one in seen if may_write_calendar(by, one)]


def undated_tasks(by: Actor) -> list[Event]:
    """Open tasks of mine that have no day, oldest first."""
    query = _mine_open(by).where((Event.kind == "task") & Event.starts_at.is_null() & Event.due_at.is_null())
    return list(query.order_by(Event.id).limit(UNDATED))


def day(by: Actor, now: datetime, today: date) -> Day:
    start, end = clock.day_bounds(today, by.zone)
    late = list(_mine_open(by).where(_over(start, now)).order_by(Event.range_end.desc()).limit(LINES + 1))
    rows = [turn for turn in turns.between(start, end + AHEAD, by, owners=[by.id or 0]) if turn.status != "cancelled"]
    late_ids = {event.id for event in late}
    todays = [turn for turn in rows if _is_of(turn, start, end, today) and turn.id not in late_ids]
    shown = {(turn.id, turn.recurrence_id) for turn in todays}
    ahead = [
        turn
        for turn in rows
        if (turn.id, turn.recurrence_id) not in shown and turn.id not in late_ids and turn.status in OPEN_STATUSES
    ]
    return Day([_as_turn(event) for event in late[:LINES]], len(late) > LINES, todays, ahead)


def new_leads(by: Actor) -> list[Lead]:
    """Leads of mine that nobody has begun to work on."""
    query = visible(Lead, by).where((Lead.owner == by.id) & Lead.status.in_(("new", "assigned")))
    query = query.where((Lead.created_at > clock.now() - FRESH) & (Lead.archived == False))  # noqa: E712 - SQL
    return list(query.order_by(Lead.id.desc()).limit(LINES))


def closing_soon(by: Actor, today: date) -> list[Opportunity]:
    """Open opportunities of mine whose close date is near or past."""
    query = _my_opportunities(by).where(Opportunity.expected_close_date <= today + CLOSING)
    return list(query.order_by(Opportunity.expected_close_date, Opportunity.id).limit(LINES))


def without_next_step(by: Actor, today: date) -> list[Opportunity]:
    """Open opportunities of mine that have none, untouched for longest first."""
    query = _my_opportunities(by).where(has_no_next_step(by, today))
    return list(query.order_by(Opportunity.updated_at).limit(LINES))


def has_no_next_step(by: Actor, today: date) -> Expression:
    """No next step in words and no event ahead: the one meaning on Today, on the board and in lists."""
    planned = Event.select(Event.id).where((Event.opportunity == Opportunity.id) & ahead(by, today))
    return (Opportunity.next_step == "") & ~fn.EXISTS(planned)


def ahead(by: Actor, today: date) -> Expression:
    """Open events that this person may see, the overdue too; of repeating ones those that go on."""
    start, _ = clock.day_bounds(today, by.zone)
    goes_on = (Event.recurring == False) | Event.range_end.is_null() | (Event.range_end >= start)  # noqa: E712 - SQL
    return visible_where(Event, by) & Event.status.in_(OPEN_STATUSES) & goes_on


def next_moment(now: Any) -> Expression:
    """When it takes place next: of a task when it is due, of repeating events their next turn."""
    turn = Occurrence.select(fn.MIN(Occurrence.starts_at)).where(
        (Occurrence.event == Event.id) & (Occurrence.ends_at >= now)
    )
    return Case(None, ((Event.recurring == True, turn),), fn.COALESCE(Event.due_at, Event.starts_at))  # noqa: E712


def over(start: datetime, now: Any) -> Expression:
    """Events that are over at the moment `now`, while today begins at `start`; of repeating ones the last turn."""
    repeated = (Event.recurring == True) & (Event.range_end < now)  # noqa: E712 - an SQL expression
    return _over(start, now) | repeated


def takes_place(start: datetime, end: datetime) -> Expression:
    """Events with a turn between the two moments."""
    once = (Event.range_start < end) & ((Event.range_end > start) | (Event.range_start >= start))
    turn = (Occurrence.event == Event.id) & (Occurrence.starts_at < end) & (Occurrence.ends_at > start)
    repeated = Event.recurring == True  # noqa: E712 - an SQL expression
    return once & (~repeated | fn.EXISTS(Occurrence.select(Occurrence.id).where(turn)))


def ink(event: Any, now: datetime) -> str:
    """Colour of the row (crm-reference 3.5): open and begun blue, open and ahead orange, done green,
    cancelled red. A repeating event is ahead until its last turn is over."""
    if event.status in ("realized", "finished", "cancelled"):
        return "red" if event.status == "cancelled" else "green"
    if event.status not in OPEN_STATUSES:
        return "plain"
    if event.status == "ongoing":
        return "blue"
    begins = event.range_end if event.recurring else event.starts_at or event.due_at
    return "blue" if begins is not None and begins <= now else "orange"


def is_past(event: Any, now: datetime) -> bool:
    """Whether it should be over. Whole days are when the next has begun; of repeating events the last turn."""
    if event.range_end is None:
        return False
    return event.range_end <= now - (timedelta(days=1) if event.all_day and event.kind == "task" else timedelta(0))


def last_sync(by: Actor) -> datetime | None:
    """When a phone or desktop of this person was last here."""
    return Device.select(fn.MAX(Device.last_used_at)).where(
        (Device.user == by.id) & Device.deleted_at.is_null()
    ).scalar()  # fmt: skip


def _as_turn(event: Event) -> Turn:
    return Turn(*(getattr(event, name) for name in Turn._fields if name not in ("recurrence_id", "hidden")))


def _mine_open(by: Actor) -> ModelSelect:
    return visible(Event, by).where((Event.owner == by.id) & Event.status.in_(OPEN_STATUSES))


def _over(start: datetime, now: datetime) -> Expression:
    """Whole days are over when the next has begun, moments when they have passed. Repeating ones never
    wait."""
    past = (Event.all_day == False) & (Event.range_end < now)  # noqa: E712 - an SQL expression
    dated = (Event.all_day == True) & (Event.range_end <= start)  # noqa: E712 - an SQL expression
    task_day = (Event.kind == "task") & (Event.all_day == True) & (Event.range_end < start)  # noqa: E712 - SQL
    event_day = (Event.kind != "task") & dated
    return (past | task_day | event_day) & (Event.recurring == False)  # noqa: E712 - an SQL expression


def _my_opportunities(by: Actor) -> ModelSelect:
    return visible(Opportunity, by).where(
        (Opportunity.owner == by.id) & (Opportunity.outcome == "open") & (Opportunity.archived == False)  # noqa: E712
    )


def _is_of(turn: Turn, start: datetime, end: datetime, today: date) -> bool:
    if turn.start_date:
        return turn.start_date <= today and (turn.end_date is None or turn.end_date > today)
    return bool(turn.moment and turn.moment < end)
