"""Filters in the address: `status=not:lost`, `contact_date=last:90`, `company=has:gmbh`, `budget=1000..5000`."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from peewee import Expression, ForeignKeyField, fn

from crmlite.errors import Invalid
from crmlite.lists.kinds import Kind
from crmlite.lists.reader import Reader, money, plain_day, read_money
from crmlite.lists.spec import Column, ListSpec

RESERVED = ("view", "sort", "columns", "after", "q", "rows")
TEXTS = ("text", "long_text", "email", "phone", "site")
OPERATORS: dict[str, dict[str, str]] = {
    "text": {"has": "contains", "lacks": "does not contain", "is": "is", "empty": "is empty", "filled": "is filled"},
    "pick": {"in": "is", "not": "is not", "empty": "is empty", "filled": "is filled"},
    "date": {"last": "in the last … days", "next": "in the next … days", "on": "between", "empty": "is empty"},
    "number": {"between": "between", "empty": "is empty", "filled": "is filled"},
    "flag": {"yes": "is ticked", "no": "is not ticked"},
}
WITHOUT_VALUE = ("empty", "filled", "yes", "no")


class Filter(NamedTuple):
    column: str
    operator: str
    value: str


def family(kind: Kind) -> str:
    if kind.name in TEXTS or kind.concept:
        return "text" if not kind.concept else "pick"
    if kind.name == "date":
        return "date"
    if kind.number:
        return "number"
    return "flag" if kind.name == "flag" else "pick"


def parse(spec: ListSpec, args: Mapping[str, str]) -> tuple[Filter, ...]:
    found = []
    for name, text in args.items():
        column = spec.column(name)
        if column is None or name in RESERVED or not text:
            continue
        operator, _, value = text.partition(":")
        if operator not in OPERATORS[family(column.kind)]:
            raise Invalid(f"The filter on {column.label} cannot be read: please remove it and set it again.")
        if not value and operator not in WITHOUT_VALUE:
            continue
        found.append(Filter(name, operator, value))
    return tuple(found)


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
        blank = field.is_null() if reference else field == ""
        return blank if one.operator == "empty" else ~blank
    values = [column.kind.read(text, to, "") if not column.kind.concept else _id(text) for text in _list(one.value)]
    inside = field.in_([value for value in values if value is not None])
    if None in values:
        inside |= field.is_null()
    if one.operator == "in":
        return inside
    return ~inside | field.is_null() if reference and None not in values else ~inside


def _date(field: Any, column: Column, one: Filter, to: Reader) -> Expression:
    if one.operator == "empty":
        return field.is_null()
    if one.operator == "on":
        first, last = _range(one.value, lambda text: column.kind.read(text, to, ""))
        return _within(field, first, last)
    days = _days(one.value)
    if one.operator == "last":
        return field.between(to.today - timedelta(days=days), to.today)
    return field.between(to.today, to.today + timedelta(days=days))


def _number(field: Any, column: Column, one: Filter, to: Reader) -> Expression:
    if one.operator in ("empty", "filled"):
        return field.is_null(one.operator == "empty")
    low, high = _range(one.value, lambda text: _amount(text, column, to))
    return _within(field, low, high)


def _flag(field: Any, column: Column, one: Filter, to: Reader) -> Expression:
    return field == (one.operator == "yes")


CONDITIONS = {"text": _text, "pick": _pick, "date": _date, "number": _number, "flag": _flag}


def _pick_words(column: Column, one: Filter, words: str, to: Reader) -> str:
    options = {str(value): word for value, word in column.kind.options(to, None)} if column.kind.options else {}
    options[""] = "nobody" if column.kind.name == "person" else "nothing"
    return f"{words} {' or '.join(options.get(text, text) for text in _list(one.value))}"


def _date_words(column: Column, one: Filter, words: str, to: Reader) -> str:
    if one.operator != "on":
        return words.replace("…", one.value).removeprefix("in the ")
    first, last = _range(one.value, lambda text: column.kind.read(text, to, ""))
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
