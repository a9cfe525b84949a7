"""The hours beside a calendar: the reader's, those of a second zone where they chose one, and when they work."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from crmlite import clock
from crmlite.lists.reader import Reader
from crmlite.models.users import User
from crmlite.rules.directory import Person

HOURS = range(24)
STEP = 5  # minutes: the grid of the style sheet


class Stretch(NamedTuple):
    """A part of a day: `at` (“09:15”) and `length` (“1:30”) are data of the style sheet."""

    at: str
    length: str
    words: str = ""


class Side(NamedTuple):
    """What stands in a day's column behind its events. `off`: outside working hours; `change`: where the clocks are
    changed; `others`: the second zone's hours where they are not those of the other days, and `names` what
    clocks are called there that have another name on the other days."""

    off: tuple[Stretch, ...]
    change: Stretch | None
    others: tuple[str, ...]
    names: str


class Hours(NamedTuple):
    """`rows` are pairs: the hour, and what the second zone has then. `start` is the row that working hours begin in."""

    rows: tuple[tuple[str, str], ...]
    name: str
    second: str
    second_place: str
    start: int
    sides: dict[date, Side]


def hours(days: list[date], to: Reader) -> Hours:
    """For the days that a calendar shows at once."""
    person = to.directory.people.get(to.by.id or 0)
    second = person.second_zone if person and person.second_zone != to.by.zone else ""
    scales = {day: _scale(day, to.by.zone, second) for day in days}
    usual = Counter(scales.values()).most_common(1)[0][0]
    names = {day: _names(day, to.by.zone, second) for day in days}
    named = names[next(day for day in days if scales[day] == usual)]
    return Hours(
        rows=tuple((f"{hour:02d}:00", usual[hour] if second else "") for hour in HOURS),
        name=named[0],
        second=named[1],
        second_place=second.rpartition("/")[2].replace("_", " "),
        start=int((person.work_from if person else User.work_from.default)[:2]),
        sides={
            day: Side(
                _off(day, person),
                _change(day, to.by.zone),
                scales[day] if scales[day] != usual else (),
                " ".join(name for name in names[day] if second and name not in named),
            )
            for day in days
        },
    )


def _scale(day: date, zone: str, second: str) -> tuple[str, ...]:
    if not second:
        return ()
    moments = (clock.to_utc(datetime.combine(day, time(hour)), zone) for hour in HOURS)
    return tuple(f"{clock.to_wall(moment, second):%H:%M}" for moment in moments)


def _names(day: date, zone: str, second: str) -> tuple[str, str]:
    """As the clocks are called at noon: after a change in the night, before one in the evening."""
    noon = clock.to_utc(datetime.combine(day, time(12)), zone)
    return clock.abbreviation(noon, zone), clock.abbreviation(noon, second) if second else ""


def _off(day: date, person: Person | None) -> tuple[Stretch, ...]:
    if person is None or not person.work_days:
        return ()
    if str(day.isoweekday()) not in person.work_days:
        return (_stretch(0, 24 * 60),)
    start, end = _minutes(person.work_from), _minutes(person.work_until) or 24 * 60
    return tuple(_stretch(*part) for part in ((0, start), (end, 24 * 60)) if part[0] < part[1])


def _change(day: date, zone: str) -> Stretch | None:
    found = clock.change_of(day, zone)
    if found is None:
        return None
    wall, on = found
    start = wall.hour * 60 + wall.minute
    end = min(start + int(abs(on) / timedelta(minutes=1)), 24 * 60)
    words = "Clocks go forward" if on > timedelta(0) else "Clocks go back"
    return _stretch(start, end, f"{words} {_length(abs(on))}")


def _stretch(start: int, end: int, words: str = "") -> Stretch:
    start, end = start // STEP * STEP, -(-end // STEP) * STEP
    return Stretch(f"{start // 60:02d}:{start % 60:02d}", f"{(end - start) // 60}:{(end - start) % 60:02d}", words)


def _minutes(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def _length(length: timedelta) -> str:
    return "1 hour" if length == timedelta(hours=1) else f"{int(length / timedelta(minutes=1))} minutes"
