"""A month as a calendar draws it: weeks of seven days, each item a bar in one of a few rows, the rest counted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from crmlite.lists.planner import DAY, Bar, Item, bars

ROWS = 4


@dataclass(frozen=True)
class MonthDay:
    """`hidden` is how many items the rows have no room for; `items` are all of the day."""

    date: date
    hidden: int
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Placed:
    bar: Bar
    row: int


@dataclass(frozen=True)
class Week:
    days: tuple[MonthDay, ...]
    bars: tuple[Placed, ...]


def weeks(items: Iterable[Item], rows: list[list[date]]) -> list[Week]:
    """Lay the items out over weeks of seven days each; what lasts for days stands above what has an hour."""
    ordered = sorted(items, key=lambda item: (not item.is_bar, item.first, item.first - item.last, item.start, item.id))
    return [_week(ordered, days) for days in rows]


def _week(items: list[Item], days: list[date]) -> Week:
    taken: list[set[int]] = []  # row -> columns that are no longer free
    placed: list[Placed] = []
    for bar in bars(items, days[0], days[-1], everything=True):
        columns = set(range(bar.column, bar.column + bar.span))
        row = next((number for number, busy in enumerate(taken) if not busy & columns), len(taken))
        taken[row : row + 1] = [(taken[row] if row < len(taken) else set()) | columns]
        placed.append(Placed(bar, row))
    crowded = {column for place in placed if place.row >= ROWS for column in _columns(place)}
    shown = [one for one in placed if one.row < ROWS - 1 or (one.row == ROWS - 1 and not crowded & set(_columns(one)))]
    return Week(tuple(_day(items, shown, day, number) for number, day in enumerate(days, 1)), tuple(shown))


def _day(items: list[Item], shown: list[Placed], day: date, column: int) -> MonthDay:
    there = tuple(sorted((i for i in items if i.first <= day <= i.last), key=lambda i: (i.start, i.id)))
    return MonthDay(day, len(there) - sum(column in _columns(one) for one in shown), there)


def _columns(place: Placed) -> range:
    return range(place.bar.column, place.bar.column + place.bar.span)


def days_of(rows: list[list[date]]) -> int:
    """How many days the weeks hold."""
    return (rows[-1][-1] - rows[0][0]) // DAY + 1
