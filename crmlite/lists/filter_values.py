"""What stands behind the operator of a filter: days, periods, amounts, ranges, several values. All raise Invalid with a
sentence for what cannot be read."""

from datetime import date, timedelta
from typing import Any

from crmlite import clock
from crmlite.errors import Invalid
from crmlite.lists.filters import DAYS, PERIODS, Filter
from crmlite.lists.kinds import DATE
from crmlite.lists.reader import Reader, read_money
from crmlite.lists.spec import Column


def span(one: Filter, to: Reader) -> tuple[date | None, date | None]:
    """First and last day that are meant; None where there is no end."""
    today, name = to.today, one.operator
    if name == "on":
        first, last = ends(one.value, day)
        if first is None and last is None:
            raise Invalid("Please enter at least one end of the range.")
        return first, last
    if name in ("before", "after"):
        found = day(one.value)
        if found is None:
            raise Invalid("Please enter a day as year-month-day, such as 2026-03-31.")
        return (None, found - timedelta(days=1)) if name == "before" else (found + timedelta(days=1), None)
    if name in DAYS:
        found = today + timedelta(days={"yesterday": -1, "today": 0, "tomorrow": 1}[name])
        return found, found
    if name in PERIODS:
        return _period(name, today)
    far = timedelta(days=days(one.value))
    if name == "ago":
        return None, today - far - timedelta(days=1)
    return (today - far, today) if name == "last" else (today, today + far)


def texts(value: str) -> list[str]:
    """Those of a list; a hyphen stands for none."""
    return ["" if text == "-" else text for text in value.split(",")][:50]


def record_id(text: str) -> int | None:
    if not text:
        return None
    if not text.isdigit() or len(text) > 9:
        raise Invalid("This filter names a record that does not exist: please remove it.")
    return int(text)


def days(text: str) -> int:
    if not text.isdigit() or not 0 < int(text[:6]) <= 36_500:
        raise Invalid("Please enter a number of days between 1 and 36500.")
    return int(text)


def amount(text: str, column: Column, to: Reader) -> int | None:
    if column.kind.name == "money":
        return read_money(text, to.directory.currency)
    found = column.kind.read(text, to, "")
    return None if found is None else int(found)


def ends(value: str, read: Any) -> tuple[Any, Any]:
    """Of a range such as 1000..5000; a single value is both."""
    first, dots, last = value.partition("..")
    low = read(first)
    return low, (read(last) if dots else low)


def day(text: str) -> date | None:
    return DATE.read(text, None, "")  # type: ignore[arg-type]


def _period(name: str, today: date) -> tuple[date, date]:
    turn, _, period = name.partition("-")
    step = {"last": -1, "this": 0, "next": 1}[turn]
    if period == "week":
        first = clock.monday(today) + timedelta(days=7 * step)
        return first, first + timedelta(days=6)
    months = {"month": 1, "quarter": 3, "year": 12}[period]
    number = (today.year * 12 + today.month - 1) // months + step
    return _first_of(number * months), _first_of((number + 1) * months) - timedelta(days=1)


def _first_of(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)
