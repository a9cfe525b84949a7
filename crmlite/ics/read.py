"""Calendar text -> the fields a record shows, with a sentence for everything that is refused."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from crmlite.ics import rule, values
from crmlite.ics.alarms import Alarm, alarms_of
from crmlite.ics.exceptions import exception_for
from crmlite.ics.lines import Component, Line
from crmlite.ics.objects import Object, Span
from crmlite.ics.refusal import Refusal
from crmlite.ics.spelling import split_values, unescaped
from crmlite.ics.values import Moment

__all__ = ["Attendee", "Fields", "Refusal", "read"]

ANSWERS = {"ACCEPTED": "yes", "COMPLETED": "yes", "IN-PROCESS": "yes", "DECLINED": "no", "TENTATIVE": "maybe"}


@dataclass(frozen=True)
class Attendee:
    email: str
    name: str = ""
    answer: str = ""  # "yes", "no", "maybe", ""
    agent: str = ""  # SCHEDULE-AGENT in upper case (RFC 6638 section 7.1)


@dataclass(frozen=True)
class Fields:
    """Moments are aware UTC; a DATE stands for midnight in the owner's zone. A task has `due_at` and no
    `ends_at`. `start_date` and `end_date` (exclusive) are set for all-day events only, `due_date` for a task
    that is due some time that day."""

    component: str
    uid: str
    summary: str
    location: str
    description: str
    url: str
    starts_at: datetime | None
    ends_at: datetime | None
    start_date: date | None
    end_date: date | None
    all_day: bool
    tzid: str
    due_at: datetime | None
    due_date: date | None
    completed_at: datetime | None
    status: str
    percent: int | None
    priority: int | None
    private: bool
    free: bool
    categories: tuple[str, ...]
    organizer: Attendee | None
    attendees: tuple[Attendee, ...]
    recurring: bool
    rrule: str
    alarms: tuple[Alarm, ...]
    sequence: int


def read(text: str, zone: str, recurrence_id: str = "") -> Fields:
    """The master, or the earliest exception of an object without one; with `recurrence_id`, that turn of it.
    `zone` is the owner's, for floating times and dates. Raises Refusal and nothing else."""
    thing = Object(text, zone)
    _check_parts(thing)
    component = thing.head
    if recurrence_id:
        turn = thing.turn(recurrence_id)
        component = thing.override_of(turn) or exception_for(thing, turn)
    return _fields(thing, component)


def attendee(line: Line) -> Attendee:
    address = line.value.strip()
    email = address[7:] if address.lower().startswith("mailto:") else line.param("EMAIL")
    answer = ANSWERS.get(line.param("PARTSTAT").upper(), "")
    return Attendee(email, line.param("CN"), answer, line.param("SCHEDULE-AGENT").upper())


def categories(component: Component) -> tuple[str, ...]:
    lists = (split_values(line.value) for line in component.all("CATEGORIES"))
    return tuple(unescaped(value).strip() for values_ in lists for value in values_)


def _fields(thing: Object, component: Component) -> Fields:
    span = thing.span(component)
    start, due = thing.moment(component, "DTSTART"), _due(thing, component, span)
    anchor = start or due
    event = component.name == "VEVENT"
    ends_at = span.length.after(span.anchor) if event and span else None
    dated = bool(event and start and start.is_date)
    organizer = component.first("ORGANIZER")
    return Fields(
        component=component.name,
        uid=component.value("UID"),
        summary=unescaped(component.value("SUMMARY")),
        location=unescaped(component.value("LOCATION")),
        description=unescaped(component.value("DESCRIPTION")),
        url=component.value("URL"),
        starts_at=start.instant if start else None,
        ends_at=ends_at,
        start_date=start.day if start and start.is_date else None,
        end_date=_end_day(start, ends_at) if start and ends_at and dated else None,
        all_day=bool(anchor and anchor.is_date),
        tzid=thing.zones.name(anchor.tzid) if anchor and anchor.tzid else "",
        due_at=due.instant if due else None,
        due_date=due.day if due and due.is_date else None,
        completed_at=_completed(thing, component),
        status=component.value("STATUS").strip().upper(),
        percent=_integer(component, "PERCENT-COMPLETE", 0, 100),
        priority=_integer(component, "PRIORITY", 1, 9),
        private=component.value("CLASS").strip().upper() not in ("", "PUBLIC"),
        free=component.value("TRANSP").strip().upper() == "TRANSPARENT",
        categories=categories(component),
        organizer=attendee(organizer) if organizer else None,
        attendees=tuple(attendee(line) for line in component.all("ATTENDEE")),
        recurring=thing.recurring,
        rrule=component.value("RRULE").strip(),
        alarms=alarms_of(component),
        sequence=_integer(component, "SEQUENCE", 0, 2**31 - 1) or 0,
    )


def _end_day(start: Moment, ends_at: datetime) -> date:
    return max(ends_at.astimezone(start.zone).date(), start.day + timedelta(days=1))


def _due(thing: Object, component: Component, span: Span | None) -> Moment | None:
    if component.name != "VTODO":
        return None
    due = thing.moment(component, "DUE")
    if due or span is None or not component.first("DURATION"):
        return due
    return span.anchor.at_instant(span.length.after(span.anchor))


def _completed(thing: Object, component: Component) -> datetime | None:
    moment = thing.moment(component, "COMPLETED")
    return moment.instant.astimezone(UTC) if moment else None


def _integer(component: Component, name: str, low: int, high: int) -> int | None:
    text = component.value(name).strip()
    if not rule.INTEGER.match(text) or not low <= int(text) <= high:
        return None
    return int(text)


def _check_parts(thing: Object) -> None:
    """Everything the index will need later is read once, so that a bad part is refused when it is sent."""
    for component in filter(None, (thing.master, *thing.overrides)):
        span = thing.span(component)
        if span:
            span.length.after(span.anchor)
    for override in thing.overrides:
        thing.key(override)
    if thing.master:
        for line in thing.master.all("RRULE"):
            limit = rule.parse(line.value).until
            if limit:
                values.moment(limit, UTC)
        for name in ("RDATE", "EXDATE"):
            for _ in thing.moments(thing.master, name):
                pass
