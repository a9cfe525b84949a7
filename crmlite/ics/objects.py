"""One calendar object: its master, its exceptions, and when they stand."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from functools import cached_property

from crmlite.ics import lines, spelling, values
from crmlite.ics.lines import Component, Line
from crmlite.ics.refusal import Refusal
from crmlite.ics.values import Length, Moment
from crmlite.ics.zones import Zones

KINDS = ("VEVENT", "VTODO")
REPEATS = ("RRULE", "RDATE", "EXRULE", "EXDATE")


@dataclass(frozen=True)
class Span:
    """When a component stands. `anchor` is DTSTART, or DUE of a task without start."""

    anchor: Moment
    length: Length


class Object:
    """A text taken apart; raises Refusal when it is not one sound event or task."""

    def __init__(self, text: str, zone: str) -> None:
        self.eol = spelling.line_end(text)
        self.calendar = lines.parse(text)
        _check_calendar(self.calendar)
        self.zones = Zones(self.calendar, zone)
        self.new_zones: set[str] = set()
        parts = [child for child in self.calendar.children if child.name in KINDS]
        _check_parts(parts)
        self.kind = parts[0].name
        self.overrides = [part for part in parts if part.first("RECURRENCE-ID")]
        masters = [part for part in parts if not part.first("RECURRENCE-ID")]
        if len(masters) > 1:
            raise Refusal(
                "The text holds the same event twice without saying which occurrence is meant.",
                "valid-calendar-object-resource",
            )
        self.master = masters[0] if masters else None

    @property
    def head(self) -> Component:
        """The master, or the earliest exception of an object without one."""
        return self.master or min(self.overrides, key=lambda part: self.key(part).instant)

    @property
    def recurring(self) -> bool:
        return bool(self.overrides) or any(self.head.first(name) for name in ("RRULE", "RDATE"))

    @cached_property
    def anchor(self) -> Moment | None:
        span = self.span(self.master) if self.master else None
        return span.anchor if span else None

    def moment(self, component: Component, name: str) -> Moment | None:
        line = component.first(name)
        return self.moment_of(line, line.value) if line else None

    def moment_of(self, line: Line, value: str) -> Moment:
        tzid = line.param("TZID")
        return values.moment(value, self._zone(tzid), tzid, line.param("VALUE"))

    def moment_of_period(self, line: Line, value: str) -> Moment:
        tzid = line.param("TZID")
        return values.moment(value, self._zone(tzid), tzid, "DATE-TIME")

    def moments(self, component: Component, name: str) -> Iterator[tuple[Moment, Length | None]]:
        """The values of EXDATE or RDATE; a period brings its own length."""
        for line in component.all(name):
            period = line.param("VALUE").upper() == "PERIOD"
            for value in spelling.split_values(line.value):
                yield self._period(line, value) if period else (self.moment_of(line, value), None)

    def key(self, override: Component) -> Moment:
        """Which turn an exception replaces, written as the master writes its start."""
        line = override.first("RECURRENCE-ID")
        if line is None:
            raise Refusal(
                "This exception does not say which occurrence it replaces.", "valid-calendar-object-resource"
            )
        return self.as_master(self.moment_of(line, line.value))

    def as_master(self, moment: Moment) -> Moment:
        """The moment written as the master's start was when the text was read."""
        anchor = self.anchor
        if anchor is None or (moment.is_date and anchor.is_date):
            return moment
        if moment.is_date:
            return anchor.at(datetime.combine(moment.day, anchor.wall.time()))
        if anchor.is_date:
            return anchor.at(moment.wall)
        return anchor.at_instant(moment.instant)

    def turn(self, recurrence_id: str) -> Moment:
        """The value of a RECURRENCE-ID, as `Occurrence.recurrence_id` gives it, as a moment."""
        span = self.span(self.head)
        if span is None:
            raise Refusal("A task without dates has no turns.")
        return self.as_master(values.moment(recurrence_id, span.anchor.zone, span.anchor.tzid))

    def override_of(self, turn: Moment) -> Component | None:
        return next((part for part in self.overrides if self.key(part).wall == turn.wall), None)

    def span(self, component: Component) -> Span | None:
        start, end, duration = self.moment(component, "DTSTART"), None, component.value("DURATION")
        if component.name == "VTODO":
            return _task_span(start, self.moment(component, "DUE"), duration)
        if start is None:
            raise Refusal("The event has no start.", "valid-calendar-data")
        end = self.moment(component, "DTEND")
        if end:
            return Span(start, _between(start, end))
        if duration:
            return Span(start, _forward(values.length(duration)))
        return Span(start, Length(days=1 if start.is_date else 0))

    def excluded(self) -> tuple[set[datetime], set[date]]:
        """Wall starts and whole days that EXDATE takes out."""
        walls: set[datetime] = set()
        days: set[date] = set()
        if self.master is None:
            return walls, days
        for moment, _ in self.moments(self.master, "EXDATE"):
            if moment.is_date:
                days.add(moment.day)
            else:
                walls.add(self.as_master(moment).wall)
        return walls, days

    def _zone(self, tzid: str) -> tzinfo:
        return self.zones.find(tzid) if tzid else self.zones.owner

    def _period(self, line: Line, value: str) -> tuple[Moment, Length]:
        first, _, second = value.partition("/")
        start = self.moment_of_period(line, first)
        if second.strip().upper().startswith(("P", "+P", "-P")):
            return start, _forward(values.length(second))
        return start, _between(start, self.moment_of_period(line, second))


def has_master(text: str, zone: str) -> bool:
    """Whether the text holds more than single turns of a repeating event."""
    return Object(text, zone).master is not None


def _task_span(start: Moment | None, due: Moment | None, duration: str) -> Span | None:
    anchor = start or due
    if anchor is None:
        return None
    if start and due:
        if start.is_date or due.is_date:
            early = due.day < start.day
        else:
            early = due.instant < start.instant
        if early:
            raise Refusal("The task is due before it starts. Choose a later due date.")
        if start.is_date and due.is_date:
            return Span(start, Length(days=(due.day - start.day).days + 1))
        return Span(start, Length(exact=max(timedelta(), _end_of(due) - start.instant)))
    if start and duration:
        return Span(start, _forward(values.length(duration)))
    return Span(anchor, Length(days=1 if anchor.is_date else 0))


def _end_of(due: Moment) -> datetime:
    return due.at(due.wall + timedelta(days=1)).instant if due.is_date else due.instant


def _between(start: Moment, end: Moment) -> Length:
    if start.is_date != end.is_date:
        raise Refusal("The event starts on a day and ends at a time: both must be days or both times.")
    if start.is_date:
        days = (end.day - start.day).days
        if days < 0:
            raise Refusal("The event ends before it starts. Choose a later end.")
        return Length(days=max(days, 1))
    return _forward(Length(exact=end.instant - start.instant))


def _forward(length: Length) -> Length:
    if length.total < timedelta():
        raise Refusal("The event ends before it starts. Choose a later end.")
    return length


def _check_calendar(calendar: Component) -> None:
    if calendar.first("METHOD"):
        raise Refusal(
            "A calendar does not take invitations as they travel (METHOD); store the event alone.",
            "valid-calendar-object-resource",
        )
    version, scale = calendar.value("VERSION").strip(), calendar.value("CALSCALE").strip().upper()
    if version not in ("", "2.0") or scale not in ("", "GREGORIAN"):
        raise Refusal("Only iCalendar 2.0 in the Gregorian calendar is taken.", "supported-calendar-data")
    others = {child.name for child in calendar.children} - {*KINDS, "VTIMEZONE"}
    if others:
        raise Refusal(
            f"Only events and tasks are taken, not {min(others)[:40]}.", "supported-calendar-component"
        )


def _check_parts(parts: list[Component]) -> None:
    if not parts:
        raise Refusal("The text holds neither an event nor a task.", "valid-calendar-object-resource")
    if len({part.name for part in parts}) > 1:
        raise Refusal("One text holds either an event or a task, not both.", "valid-calendar-object-resource")
    uids = {part.value("UID") for part in parts}
    if len(uids) > 1 or not next(iter(uids)).strip():
        raise Refusal(
            "All parts of an event must carry one and the same UID.", "valid-calendar-object-resource"
        )
