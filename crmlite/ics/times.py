"""Changing when an event or a task stands: a zone stays the zone it was written in, a date stays a date."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from crmlite import clock
from crmlite.ics import lines, timezones
from crmlite.ics.exceptions import put_moment
from crmlite.ics.lines import Component, Line
from crmlite.ics.objects import Object, Span
from crmlite.ics.refusal import Refusal
from crmlite.ics.values import Length, Moment

TIMES = {"starts_at", "ends_at", "all_day", "start_date", "end_date", "tzid", "due_at", "due_date"}


def write_times(thing: Object, component: Component, changes: dict[str, Any]) -> None:
    if not TIMES & changes.keys():
        return
    if component.name == "VTODO":
        _task(thing, component, changes)
        return
    span = thing.span(component)
    if span is None:
        raise Refusal("The event has no start.", field="starts_at")
    if changes.get("all_day", span.anchor.is_date):
        _whole_days(thing, component, span, changes)
    else:
        _clock_times(thing, component, span, changes)


def _whole_days(thing: Object, component: Component, span: Span, changes: dict[str, Any]) -> None:
    present = span.anchor
    last = span.length.after(present)
    first = _local_day(thing, present)
    days = max(1, (_day_after(thing, last) - first).days)
    if wanted := changes.get("start_date") or _day_of(thing, changes.get("starts_at")):
        first = wanted
    if end := changes.get("end_date"):
        days = (end - first).days
    elif not changes.get("start_date") and changes.get("ends_at"):
        days = (_day_after(thing, changes["ends_at"]) - first).days
    if days < 1:
        raise Refusal("The event ends before it starts. Choose a later end.", field="end_date")
    put_moment(component, "DTSTART", day_moment(thing, first), thing.eol)
    if component.first("DURATION"):
        if span.length != Length(days=days):
            component.put(Line.made("DURATION", Length(days=days).text, eol=thing.eol))
    elif component.first("DTEND") or days != 1:
        put_moment(component, "DTEND", day_moment(thing, first + timedelta(days=days)), thing.eol)


def _clock_times(thing: Object, component: Component, span: Span, changes: dict[str, Any]) -> None:
    start = _placed(thing, span.anchor, changes.get("starts_at") or span.anchor.instant, None, changes)
    present = thing.moment(component, "DTEND")
    put_moment(component, "DTSTART", start, thing.eol)
    if "ends_at" in changes and changes["ends_at"] is None:
        component.drop("DTEND", "DURATION")
        return
    end = changes.get("ends_at") or span.length.after(start)
    if component.first("DURATION"):
        if span.length.after(start) != end:
            component.put(Line.made("DURATION", _length(end - start.instant), eol=thing.eol))
    elif present or end != start.instant:
        put_moment(component, "DTEND", _placed(thing, present, end, start, changes), thing.eol)


def _task(thing: Object, component: Component, changes: dict[str, Any]) -> None:
    if changes.get("ends_at") or changes.get("end_date"):
        raise Refusal("A task has no end. Give it a due date instead.", field="due_at")
    start, due = thing.moment(component, "DTSTART"), thing.moment(component, "DUE")
    named = changes.keys()
    if named & {"starts_at", "start_date"}:
        dated = changes.get("all_day", bool(start and start.is_date))
        day = changes.get("start_date") or (_day_of(thing, changes.get("starts_at")) if dated else None)
        _put_or_drop(thing, component, "DTSTART", start, day, changes.get("starts_at"), changes)
    elif "tzid" in named and start and not start.is_date:
        _put_or_drop(thing, component, "DTSTART", start, None, start.instant, changes)
    if named & {"due_at", "due_date"}:
        component.drop("DURATION")
        _put_or_drop(thing, component, "DUE", due, changes.get("due_date"), changes.get("due_at"), changes)
    elif "tzid" in named and due and not due.is_date:
        _put_or_drop(thing, component, "DUE", due, None, due.instant, changes)


def _put_or_drop(
    thing: Object, component: Component, name: str, present: Moment | None, day: date | None,
    instant: datetime | None, changes: dict[str, Any],
) -> None:  # fmt: skip
    if day:
        put_moment(component, name, day_moment(thing, day), thing.eol)
    elif instant is None:
        component.drop(name)
    elif present is None or not present.is_date or present.instant != instant:
        put_moment(component, name, _placed(thing, present, instant, None, changes), thing.eol)


def _placed(
    thing: Object, present: Moment | None, instant: datetime, like: Moment | None, changes: dict[str, Any]
) -> Moment:
    """The instant written like `present`, or like the start, or in the zone the change names."""
    wanted = changes.get("tzid")
    if present and not present.is_date:
        name = thing.zones.name(present.tzid) if present.tzid else ""
        if wanted in (None, name):
            if present.instant == instant:
                return present
            if not present.tzid or thing.zones.usable(present.tzid):
                return _faithful(thing, present, instant)
    if like:
        return _faithful(thing, like, instant)
    return _faithful(
        thing, _in_zone(thing, wanted if wanted is not None else thing.zones.owner_name, instant), instant
    )


def _in_zone(thing: Object, name: str, instant: datetime) -> Moment:
    if name in ("", "UTC"):
        return Moment(datetime.min, UTC, utc=True)
    try:
        zone = clock.find(name)
    except ValueError as error:
        raise Refusal(str(error), field="tzid") from error
    if not thing.zones.written(name) and name not in thing.new_zones:
        thing.new_zones.add(name)
        _describe(thing.calendar, name, instant.year, thing.eol)
    return Moment(datetime.min, zone, tzid=name)


def _faithful(thing: Object, form: Moment, instant: datetime) -> Moment:
    """The second of two equal wall times cannot be written with a zone; then UTC says it."""
    moment = form.at_instant(instant)
    if moment.instant == instant.replace(microsecond=0) or thing.recurring:
        return moment
    return Moment(instant.astimezone(UTC).replace(tzinfo=None, microsecond=0), UTC, utc=True)


def day_moment(thing: Object, day: date) -> Moment:
    return Moment(datetime.combine(day, time.min), thing.zones.owner, is_date=True)


def _describe(calendar: Component, tzid: str, year: int, eol: str) -> None:
    text = f"BEGIN:VCALENDAR{eol}{timezones.write(tzid, year, eol)}END:VCALENDAR{eol}"
    zone = next(lines.parse(text).children)
    places = [place for place, item in enumerate(calendar.items) if isinstance(item, Component)]
    calendar.items.insert(places[0] if places else len(calendar.items), zone)


def _local_day(thing: Object, moment: Moment) -> date:
    return moment.day if moment.is_date else moment.instant.astimezone(thing.zones.owner).date()


def _day_of(thing: Object, instant: datetime | None) -> date | None:
    return instant.astimezone(thing.zones.owner).date() if instant else None


def _day_after(thing: Object, instant: datetime) -> date:
    """The first day that an event ending at `instant` does not touch."""
    return (instant - timedelta(microseconds=1)).astimezone(thing.zones.owner).date() + timedelta(days=1)


def _length(delta: timedelta) -> str:
    if delta < timedelta():
        raise Refusal("The event ends before it starts. Choose a later end.", field="ends_at")
    return Length(exact=delta).text
