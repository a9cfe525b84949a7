"""Filters as SQL."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from peewee import Expression, ForeignKeyField, fn

from crmlite import clock
from crmlite.errors import Invalid
from crmlite.lists.filter_values import amount, ends, record_id, span, texts
from crmlite.lists.filters import Filter, family, gathered
from crmlite.lists.reader import Reader
from crmlite.lists.spec import Column, ListSpec


def conditions(spec: ListSpec, asked: Iterable[Filter], to: Reader) -> list[Expression]:
    """What must all hold, as SQL. Raises Invalid with a sentence for a value that cannot be read."""
    return [reduce(or_, (condition(spec, one, to) for one in group)) for group in gathered(asked)]


def condition(spec: ListSpec, one: Filter, to: Reader) -> Expression:
    """The filter as SQL. Raises Invalid with a sentence for a value that cannot be read."""
    column = spec.column(one.column)
    if column is None:
        raise Invalid("This filter does not exist.")
    field = getattr(spec.model, one.column)
    return CONDITIONS[family(column.kind)](field, column, one, to)


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
    read = record_id if column.kind.concept else lambda text: column.kind.read(text, to, "")
    values = [read(text) for text in texts(one.value)]
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


def _number(field: Any, column: Column, one: Filter, to: Reader) -> Expression:
    if one.operator in ("empty", "filled"):
        return field.is_null(one.operator == "empty")
    low, high = ends(one.value, lambda text: amount(text, column, to))
    return _within(field, low, high)


def _flag(field: Any, column: Column, one: Filter, to: Reader) -> Expression:
    return field == (one.operator == "yes")


def _within(field: Any, low: Any, high: Any) -> Expression:
    if low is not None and high is not None:
        return field.between(low, high)
    if low is None and high is None:
        raise Invalid("Please enter at least one end of the range.")
    return field >= low if low is not None else field <= high


CONDITIONS = {"text": _text, "pick": _pick, "date": _date, "number": _number, "flag": _flag}
