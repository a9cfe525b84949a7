"""Filters in the address: `status=not:lost`, `contact_date=last:90`, `company=has:gmbh`, `budget=1000..5000`.
Several on one column, or alternatives, are lines: `f=city:has:Lyon~city:has:Paris&f=contact_date:this-week` asks for
one of the two cities and for this week. Inside a line % and ~ of a value are written %25 and %7E."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from peewee import Expression, ForeignKeyField, fn

from crmlite import clock
from crmlite.errors import Invalid
from crmlite.lists.kinds import DATE, Kind, names
from crmlite.lists.reader import Reader, money, plain_day, read_money
from crmlite.lists.spec import Column, ListSpec

LINES = "f"
NOTHING = "-"  # takes away the filters that a saved view brings
MOST = 40
BESIDE = ("by", "pipeline", "lost", "show")  # of a list that is also a board
RESERVED = ("view", "sort", "columns", "after", "q", "rows", LINES, *BESIDE)
TEXTS = ("text", "long_text", "email", "phone", "site")
DAYS = {"today": "is today", "yesterday": "is yesterday", "tomorrow": "is tomorrow"}
PERIODS = {
    f"{turn}-{period}": f"is in {turn if turn == 'this' else f'the {turn}'} {period}"
    for period in ("week", "month", "quarter", "year")
    for turn in ("this", "last", "next")
}
OPERATORS: dict[str, dict[str, str]] = {
    "text": {"has": "contains", "lacks": "does not contain", "is": "is", "empty": "is empty", "filled": "is filled"},
    "pick": {"in": "is", "not": "is not", "empty": "is empty", "filled": "is filled"},
    "date": {
        "on": "between",
        "before": "before",
        "after": "after",
        "last": "in the last … days",
        "next": "in the next … days",
        "ago": "more than … days ago",
        **DAYS,
        **PERIODS,
        "empty": "is empty",
        "filled": "is filled",
    },
    "number": {"between": "between", "empty": "is empty", "filled": "is filled"},
    "flag": {"yes": "is ticked", "no": "is not ticked"},
}
WITHOUT_VALUE = ("empty", "filled", "yes", "no", *DAYS, *PERIODS)
IN_DAYS = ("last", "next", "ago")


class Filter(NamedTuple):
    """Those of the same `group` are alternatives; those of group 0 stand alone."""

    column: str
    operator: str
    value: str
    group: int = 0


def family(kind: Kind) -> str:
    if kind.name in TEXTS or kind.concept:
        return "text" if not kind.concept else "pick"
    if kind.name in ("date", "moment"):
        return "date"
    if kind.number:
        return "number"
    return "flag" if kind.name == "flag" else "pick"


def parse(spec: ListSpec, args: Mapping[str, str]) -> tuple[Filter, ...]:
    found = []
    for name, text in args.items():
        if name not in RESERVED and text and spec.column(name) and (one := _read(spec, name, text)):
            found.append(one)
    for number, line in enumerate(args.get(LINES, "").splitlines(), 1):
        if line == NOTHING:
            continue
        parts = line.split("~")
        for part in parts:
            name, _, text = part.partition(":")
            if spec.column(name) is None:
                raise Invalid("A filter asks for a column that this list does not have: please remove it.")
            text = text.replace("%7E", "~").replace("%25", "%")
            if one := _read(spec, name, text):
                found.append(one._replace(group=number if len(parts) > 1 else 0))
    if len(found) > MOST:
        raise Invalid(f"Please use at most {MOST} conditions.")
    return tuple(found)


def _read(spec: ListSpec, name: str, text: str) -> Filter | None:
    column = spec.column(name)
    operator, _, value = text.partition(":")
    if column is None or operator not in OPERATORS[family(column.kind)]:
        label = column.label if column else name
        raise Invalid(f"The filter on {label} cannot be read: please remove it and set it again.")
    return Filter(name, operator, value) if value or operator in WITHOUT_VALUE else None


def written(asked: Iterable[Filter]) -> dict[str, str]:
    """As arguments of an address; `parse` reads them back. Lines stand below each other."""
    groups = gathered(asked)
    alone = [group[0].column for group in groups if len(group) == 1]
    found: dict[str, str] = {}
    lines = []
    for group in groups:
        one = group[0]
        if len(group) == 1 and alone.count(one.column) == 1:
            found[one.column] = _text_of(one)
        else:
            lines.append("~".join(f"{each.column}:{_escaped(_text_of(each))}" for each in group))
    return {**found, LINES: "\n".join(lines)} if lines else found


def gathered(asked: Iterable[Filter]) -> list[list[Filter]]:
    """All of these, each any of its own."""
    groups: list[list[Filter]] = []
    for one in asked:
        if one.group and groups and groups[-1][0].group == one.group:
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def conditions(spec: ListSpec, asked: Iterable[Filter], to: Reader) -> list[Expression]:
    """What must all hold, as SQL. Raises Invalid with a sentence for a value that cannot be read."""
    return [reduce(or_, (condition(spec, one, to) for one in group)) for group in gathered(asked)]


def _text_of(one: Filter) -> str:
    return f"{one.operator}:{one.value}" if one.value else one.operator


def _escaped(text: str) -> str:
    return " ".join(text.replace("%", "%25").replace("~", "%7E").splitlines())


def condition(spec: ListSpec, one: Filter, to: Reader) -> Expression:
    """The filter as SQL. Raises Invalid with a sentence for a value that cannot be read."""
    column = spec.column(one.column)
    if column is None:
        raise Invalid("This filter does not exist.")
    field = getattr(spec.model, one.column)
    return CONDITIONS[family(column.kind)](field, column, one, to)


def label(spec: ListSpec, one: Filter, to: Reader) -> tuple[str, str]:
    """A chip: the name and what is asked of it, in words."""
    column = spec.column(one.column)
    if column is None:
        return one.column, one.value
    words = OPERATORS[family(column.kind)][one.operator]
    if one.operator in WITHOUT_VALUE:
        return column.label, words
    return column.label, VALUES[family(column.kind)](column, one, words, to)


def _text(field: Any, column: Column, one: Filter, to: Reader) -> Expression:
    if one.operator == "empty":
        return field == ""
    if one.operator == "filled":
        return field != ""
    if one.operator == "is":
        return fn.LOWER(field) == one.value.lower()
    found = field.contains(one.value)
    return found if one.operator == "has" else ~found


def _pick(field: Any, column: Column, one: Filter, to: Reader) -> Expression:
    reference = isinstance(field, ForeignKeyField)
    if one.operator in ("empty", "filled"):
        blank = field == "" if field.field_type == "TEXT" else field.is_null()
        return blank if one.operator == "empty" else ~blank
    values = [column.kind.read(text, to, "") if not column.kind.concept else _id(text) for text in _list(one.value)]
    inside = field.in_([value for value in values if value is not None])
    if None in values:
        inside |= field.is_null()
    if one.operator == "in":
        return inside
    return ~inside | field.is_null() if reference and None not in values else ~inside


def _date(field: Any, column: Column, one: Filter, to: Reader) -> Expression:
    if one.operator in ("empty", "filled"):
        return field.is_null(one.operator == "empty")
    first, last = span(one, to)
    if column.kind.name != "moment":
        return _within(field, first, last)
    # A day is that of the reader's zone, up to the first moment of the next.
    since = field >= clock.day_bounds(first, to.by.zone)[0] if first else None
    until = field < clock.day_bounds(last, to.by.zone)[1] if last else None
    if since is not None and until is not None:
        return since & until
    return since if since is not None else until


def span(one: Filter, to: Reader) -> tuple[date | None, date | None]:
    """First and last day that are meant; None where there is no end."""
    today, name = to.today, one.operator
    if name == "on":
        first, last = _range(one.value, _day)
        if first is None and last is None:
            raise Invalid("Please enter at least one end of the range.")
        return first, last
    if name in ("before", "after"):
        day = _day(one.value)
        if day is None:
            raise Invalid("Please enter a day as year-month-day, such as 2026-03-31.")
        return (None, day - timedelta(days=1)) if name == "before" else (day + timedelta(days=1), None)
    if name in DAYS:
        day = today + timedelta(days={"yesterday": -1, "today": 0, "tomorrow": 1}[name])
        return day, day
    if name in PERIODS:
        return _period(name, today)
    days = timedelta(days=_days(one.value))
    if name == "ago":
        return None, today - days - timedelta(days=1)
    return (today - days, today) if name == "last" else (today, today + days)


def _day(text: str) -> date | None:
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


def _number(field: Any, column: Column, one: Filter, to: Reader) -> Expression:
    if one.operator in ("empty", "filled"):
        return field.is_null(one.operator == "empty")
    low, high = _range(one.value, lambda text: _amount(text, column, to))
    return _within(field, low, high)


def _flag(field: Any, column: Column, one: Filter, to: Reader) -> Expression:
    return field == (one.operator == "yes")


CONDITIONS = {"text": _text, "pick": _pick, "date": _date, "number": _number, "flag": _flag}


def _pick_words(column: Column, one: Filter, words: str, to: Reader) -> str:
    if column.kind.concept:
        found = names(column.kind.concept, [int(text) for text in _list(one.value) if _id(text)], to)
        options = {text: found.get(int(text), "something you cannot see") for text in _list(one.value) if text}
    else:
        options = {str(value): word for value, word in column.kind.options(to, None)} if column.kind.options else {}
    options[""] = "nobody" if column.kind.name == "person" else "nothing"
    return f"{words} {' or '.join(options.get(text, text) for text in _list(one.value))}"


def _date_words(column: Column, one: Filter, words: str, to: Reader) -> str:
    if one.operator in ("before", "after"):
        day = _day(one.value)
        return f"{words} {plain_day(day, to)}" if day else words
    if one.operator != "on":
        return words.replace("…", one.value).removeprefix("in the ")
    first, last = _range(one.value, _day)
    return _range_words(first, last, lambda value: plain_day(value, to))


def _number_words(column: Column, one: Filter, words: str, to: Reader) -> str:
    low, high = _range(one.value, lambda text: _amount(text, column, to))
    if column.kind.name == "money":
        return _range_words(low, high, lambda value: money(value, to.directory.currency, to))
    return _range_words(low, high, str)


VALUES: dict[str, Any] = {
    "text": lambda column, one, words, to: f"{words} “{one.value}”",
    "pick": _pick_words,
    "date": _date_words,
    "number": _number_words,
}


def _list(value: str) -> list[str]:
    return ["" if text == "-" else text for text in value.split(",")][:50]


def _id(text: str) -> int | None:
    if not text:
        return None
    if not text.isdigit() or len(text) > 9:
        raise Invalid("This filter names a record that does not exist: please remove it.")
    return int(text)


def _days(text: str) -> int:
    if not text.isdigit() or not 0 < int(text[:6]) <= 36_500:
        raise Invalid("Please enter a number of days between 1 and 36500.")
    return int(text)


def _amount(text: str, column: Column, to: Reader) -> int | None:
    if column.kind.name == "money":
        return read_money(text, to.directory.currency)
    found = column.kind.read(text, to, "")
    return None if found is None else int(found)


def _range(value: str, read: Any) -> tuple[Any, Any]:
    first, dots, last = value.partition("..")
    low = read(first)
    return low, (read(last) if dots else low)


def _within(field: Any, low: Any, high: Any) -> Expression:
    if low is not None and high is not None:
        return field.between(low, high)
    if low is None and high is None:
        raise Invalid("Please enter at least one end of the range.")
    return field >= low if low is not None else field <= high


def _range_words(low: date | int | None, high: date | int | None, write: Any) -> str:
    if low == high:
        return f"is {write(low)}"
    if high is None:
        return f"from {write(low)}"
    return f"up to {write(high)}" if low is None else f"{write(low)} to {write(high)}"
