"""The real instances of an event or a task, hostile rules refused."""

from collections.abc import Iterator, Sized
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from crmlite.ics import recurrence, rule, values
from crmlite.ics.lines import Component
from crmlite.ics.objects import Object, Span
from crmlite.ics.refusal import Refusal
from crmlite.ics.rule import Rule
from crmlite.ics.values import Length, Moment

WINDOW = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC))
LIMIT = 20_000
MARGIN = timedelta(days=1)


@dataclass(frozen=True)
class Occurrence:
    """Aware UTC, the end exclusive. `recurrence_id` is the value a RECURRENCE-ID has for this turn, "" for
    an event that does not repeat."""

    starts_at: datetime
    ends_at: datetime
    recurrence_id: str


def occurrences(
    text: str, zone: str, start: datetime | None = None, end: datetime | None = None
) -> list[Occurrence]:
    """In order of their start. Without bounds: the turns of the rule within WINDOW, and every start that is
    written out wherever it lies. With bounds: what overlaps them. Raises Refusal."""
    thing = Object(text, zone)
    first, last = start or WINDOW[0], end or WINDOW[1]
    rows = _rows(thing, first, last)
    if start or end:
        rows = [row for row in rows if _overlaps(row, first, last)]
    return sorted(rows, key=lambda row: (row.starts_at, row.recurrence_id))


def turns(component: Component, span: Span, first: datetime, last: datetime) -> dict[datetime, Moment]:
    """The starts that DTSTART and the rules give, by wall time; nothing is taken out yet."""
    walls: dict[datetime, None] = {}  # counted before they are made into moments, which is dearer
    low, high = _wall(span.anchor, first - span.length.total - MARGIN), _wall(span.anchor, last)
    work = recurrence.Work(recurrence.MAX_WORK)
    for line in component.all("RRULE"):
        rule_ = rule.parse(line.value)
        for wall in recurrence.expand(rule_, span.anchor.wall, until(rule_, span.anchor), low, high, work):
            walls[wall] = None
            _check_number(walls)
    found = {wall: span.anchor.at(wall) for wall in walls}
    return {span.anchor.wall: span.anchor, **found}


def is_turn(thing: Object, turn: Moment) -> bool:
    """Does the event have this turn now?"""
    walls, days = thing.excluded()
    if turn.wall in walls or turn.day in days:
        return False
    span = thing.span(thing.master) if thing.master else None
    if thing.override_of(turn) or thing.master is None or span is None:
        return thing.override_of(turn) is not None
    if any(thing.as_master(moment).wall == turn.wall for moment, _ in thing.moments(thing.master, "RDATE")):
        return True
    return turn.wall in turns(thing.master, span, turn.instant - MARGIN, turn.instant + MARGIN)


def until(of: Rule, anchor: Moment) -> datetime | None:
    """The last wall time the rule may reach. A bare day includes the whole day."""
    if not of.until:
        return None
    bound = values.moment(of.until, anchor.zone)
    if anchor.is_date:
        return datetime.combine(bound.day, datetime.min.time())
    if bound.is_date:
        return bound.wall + timedelta(days=1, seconds=-1)
    return bound.instant.astimezone(anchor.zone).replace(tzinfo=None) if bound.utc else bound.wall


def _rows(thing: Object, first: datetime, last: datetime) -> list[Occurrence]:
    if not thing.recurring:
        span = thing.span(thing.head)
        return [_row(span.anchor, span.length, "")] if span else []
    walls, days = thing.excluded()
    every = _master_rows(thing, first, last)
    rows = {wall: row for wall, row in every if wall not in walls and wall.date() not in days}
    for override in thing.overrides:
        key, span = thing.key(override), thing.span(override)
        if span and key.wall not in walls and key.day not in days:
            rows[key.wall] = _row(span.anchor, span.length, key.text)
    _check_number(rows)
    return list(rows.values())


def _master_rows(thing: Object, first: datetime, last: datetime) -> Iterator[tuple[datetime, Occurrence]]:
    span = thing.span(thing.master) if thing.master else None
    if thing.master is None or span is None:
        return
    found: dict[datetime, tuple[Moment, Length]] = {
        wall: (moment, span.length) for wall, moment in turns(thing.master, span, first, last).items()
    }
    for moment, length in thing.moments(thing.master, "RDATE"):
        turn = thing.as_master(moment)
        found[turn.wall] = turn, length or span.length
        _check_number(found)
    for wall, (moment, length) in found.items():
        yield wall, _row(moment, length, moment.text)


def _row(start: Moment, length: Length, recurrence_id: str) -> Occurrence:
    return Occurrence(start.instant, length.after(start), recurrence_id)


def _wall(anchor: Moment, moment: datetime) -> datetime:
    floor = datetime(values.FIRST_YEAR, 1, 1, tzinfo=UTC)
    ceiling = datetime(values.LAST_YEAR, 1, 1, tzinfo=UTC)
    return min(max(moment, floor), ceiling).astimezone(anchor.zone).replace(tzinfo=None)


def _overlaps(row: Occurrence, first: datetime, last: datetime) -> bool:
    if row.starts_at == row.ends_at:
        return first <= row.starts_at < last
    return row.starts_at < last and row.ends_at > first


def _check_number(found: Sized) -> None:
    if len(found) > LIMIT:
        raise Refusal(f"This event repeats more than {LIMIT:,} times; end it earlier.", "max-instances")
