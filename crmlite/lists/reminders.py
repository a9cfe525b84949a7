"""Reminders that have gone off, as the bell and their page show them."""

from datetime import datetime, timedelta
from typing import NamedTuple

from crmlite import clock
from crmlite.lists import almanac
from crmlite.lists.events import ICONS
from crmlite.lists.reader import Reader
from crmlite.rules import reminders
from crmlite.rules.reminders import Due

SNOOZES = (("minutes", "5 min"), ("hour", "1 hour"), ("tomorrow", "Tomorrow"))
SOONEST, LATEST = 1, 3600  # seconds


class Line(NamedTuple):
    id: int
    label: str
    icon: str
    url: str
    panel: str
    when: str
    ahead: str
    begun: bool


class Bell(NamedTuple):
    """`next_in`: seconds until the next one goes off, an hour at most."""

    lines: list[Line]
    next_in: int


def bell(to: Reader) -> Bell:
    at = reminders.next_at(to.by)
    seconds = int((at - to.now).total_seconds()) + 1 if at else LATEST
    return Bell([_line(one, to) for one in reminders.due(to.by)], min(max(seconds, SOONEST), LATEST))


def when(one: Due, to: Reader) -> str:
    """“Today 10:00”, “Tomorrow, all day”; the person reads their own days, so these are the owner's."""
    if one.starts_at is None:
        return "No date"
    wall = clock.to_wall(one.starts_at, to.by.zone)
    on = almanac.near(wall.date(), to) or almanac.long_day(wall.date(), to)
    if one.event.all_day:
        return f"Due {on.lower()}" if one.event.kind == "task" else f"{on}, all day"
    return f"{on} {wall:%H:%M}"


def until(moment: datetime, to: Reader) -> str:
    wall = clock.to_wall(moment, to.by.zone)
    return f"{wall:%H:%M}" if wall.date() == to.today else f"{almanac.near(wall.date(), to).lower()} {wall:%H:%M}"


def _line(one: Due, to: Reader) -> Line:
    query = f"?occurrence={one.recurrence_id}" if one.recurrence_id else ""
    begun = one.starts_at is not None and one.starts_at <= to.now
    return Line(
        one.id,
        one.event.label,
        ICONS.get(one.event.kind, "calendar"),
        f"/events/{one.event.id}{query}",
        f"/events/{one.event.id}/menu{query}",
        when(one, to),
        _ahead(one.starts_at - to.now) if one.starts_at and not begun and not one.event.all_day else "",
        begun and not one.event.all_day,
    )


def _ahead(left: timedelta) -> str:
    minutes = int(left.total_seconds() + 59) // 60
    if minutes < 60:
        return f"in {minutes} min"
    return f"in {minutes // 60} h" if minutes < 24 * 60 else ""
