"""Filters in words, for chips and for the head of what is printed."""

from datetime import date
from typing import Any

from crmlite.lists.filter_values import amount, day, ends, record_id, texts
from crmlite.lists.filters import OPERATORS, WITHOUT_VALUE, Filter, family
from crmlite.lists.kinds import names
from crmlite.lists.reader import Reader, money, plain_day
from crmlite.lists.spec import Column, ListSpec


def label(spec: ListSpec, one: Filter, to: Reader) -> tuple[str, str]:
    """A chip: the name and what is asked of it, in words."""
    column = spec.column(one.column)
    if column is None:
        return one.column, one.value
    words = OPERATORS[family(column.kind)][one.operator]
    if one.operator in WITHOUT_VALUE:
        return column.label, words
    return column.label, VALUES[family(column.kind)](column, one, words, to)


def _pick_words(column: Column, one: Filter, words: str, to: Reader) -> str:
    if column.kind.concept:
        found = names(column.kind.concept, [int(text) for text in texts(one.value) if record_id(text)], to)
        options = {text: found.get(int(text), "something you cannot see") for text in texts(one.value) if text}
    else:
        options = {str(value): word for value, word in column.kind.options(to, None)} if column.kind.options else {}
    options[""] = "nobody" if column.kind.name == "person" else "nothing"
    return f"{words} {' or '.join(options.get(text, text) for text in texts(one.value))}"


def _date_words(column: Column, one: Filter, words: str, to: Reader) -> str:
    if one.operator in ("before", "after"):
        found = day(one.value)
        return f"{words} {plain_day(found, to)}" if found else words
    if one.operator != "on":
        return words.replace("…", one.value).removeprefix("in the ")
    first, last = ends(one.value, day)
    return _range_words(first, last, lambda value: plain_day(value, to))


def _number_words(column: Column, one: Filter, words: str, to: Reader) -> str:
    low, high = ends(one.value, lambda text: amount(text, column, to))
    if column.kind.name == "money":
        return _range_words(low, high, lambda value: money(value, to.directory.currency, to))
    return _range_words(low, high, str)


VALUES: dict[str, Any] = {
    "text": lambda column, one, words, to: f"{words} “{one.value}”",
    "pick": _pick_words,
    "date": _date_words,
    "number": _number_words,
}


def _range_words(low: date | int | None, high: date | int | None, write: Any) -> str:
    if low == high:
        return f"is {write(low)}"
    if high is None:
        return f"from {write(low)}"
    return f"up to {write(high)}" if low is None else f"{write(low)} to {write(high)}"
