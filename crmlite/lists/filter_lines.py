"""Filters as the lines of a form: one condition each, joined to the line above by “and” or “or”."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from crmlite import clock
from crmlite.errors import Invalid
from crmlite.lists import filter_conditions, filters
from crmlite.lists.export import decimal
from crmlite.lists.filters import IN_DAYS, WITHOUT_VALUE, Filter
from crmlite.lists.kinds import typed
from crmlite.lists.reader import Reader
from crmlite.lists.spec import Column, ListSpec

NAME = re.compile(r"line-(\d{1,3})-(joiner|column|operator|value)")
LONGEST = 80  # of a note, to find it by its beginning
JOINERS = (("and", "and"), ("or", "or"))


class Line(NamedTuple):
    """`values` are texts as the controls hold them; `control` says which controls these are: none, text, record,
    picks, day, days, range, dates."""

    number: int
    joiner: str
    column: str
    operator: str
    values: tuple[str, ...]
    control: str
    operators: tuple[tuple[str, str], ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    concept: str = ""
    error: str = ""


def is_line(name: str) -> bool:
    return NAME.fullmatch(name) is not None


def of(spec: ListSpec, asked: Iterable[Filter], to: Reader) -> list[Line]:
    """The filters of a list as lines."""
    found = []
    for group in filters.gathered(asked):
        for place, one in enumerate(group):
            column = spec.column(one.column)
            values = _values(one, column, to) if column else ()
            found.append(line(spec, len(found), "or" if place else "and", one.column, one.operator, values, to))
    return found


def read(spec: ListSpec, sent: Mapping[str, list[str]], to: Reader) -> list[Line]:
    """The lines of a sent form, as typed."""
    parts: dict[int, dict[str, list[str]]] = {}
    for name, values in sent.items():
        if match := NAME.fullmatch(name):
            parts.setdefault(int(match[1]), {})[match[2]] = values
    lines = []
    for part in (parts[number] for number in sorted(parts)):
        joiner, column, operator = (part.get(name, [""])[0] for name in ("joiner", "column", "operator"))
        lines.append(line(spec, len(lines), joiner, column, operator, tuple(part.get("value", ())), to))
    return lines[: filters.MOST]


def line(
    spec: ListSpec, number: int, joiner: str, name: str, operator: str, values: tuple[str, ...], to: Reader
) -> Line:
    """A line with the controls that fit its column and operator."""
    joiner = "or" if joiner == "or" and number else "and"
    column = spec.column(name)
    if column is None:
        return Line(number, joiner, "", "", (), "none")
    known = filters.OPERATORS[filters.family(column.kind)]
    operator = operator if operator in known else next(iter(known))
    return Line(
        number, joiner, name, operator, values, _control(column, operator), tuple(known.items()),
        _options(column, to), column.kind.concept,
    )  # fmt: skip


def renumbered(spec: ListSpec, lines: Iterable[Line], to: Reader) -> list[Line]:
    return [
        line(spec, number, one.joiner, one.column, one.operator, one.values, to) for number, one in enumerate(lines)
    ]


def understood(spec: ListSpec, lines: Iterable[Line], to: Reader) -> tuple[list[Filter], list[Line]]:
    """The filters that the lines ask for, and the lines with a sentence where one cannot be read. Lines without a
    column or a value ask for nothing."""
    found: list[Filter] = []
    told = []
    group = 0
    for one in lines:
        column = spec.column(one.column)
        error = ""
        if column is not None:
            try:
                value = _value(one, column, to)
                if value or one.operator in WITHOUT_VALUE:
                    group = group if one.joiner == "or" and found else group + 1
                    asked = Filter(one.column, one.operator, value, group)
                    filter_conditions.condition(spec, asked, to)
                    found.append(asked)
            except Invalid as refused:
                error = refused.message
        told.append(one._replace(error=error))
    sizes = [one.group for one in found]
    return [one if sizes.count(one.group) > 1 else one._replace(group=0) for one in found], told


def alike(column: Column, record: Any, to: Reader) -> Filter:
    """The filter that asks for the value which this record has."""
    value = record.__data__[column.name]
    family = filters.family(column.kind)
    if family == "flag":
        return Filter(column.name, "yes" if value else "no", "")
    if value is None or value == "":
        return Filter(column.name, "empty", "")
    if family == "date":
        day = clock.to_wall(value, to.by.zone).date() if hasattr(value, "hour") else value
        return Filter(column.name, "on", str(day))
    if family == "number":
        # Amounts are asked for in the currency of the house, whatever that of the record.
        text = decimal(value, to.directory.currency) if column.kind.name == "money" else str(value)
        return Filter(column.name, "between", text)
    if column.kind.name == "long_text":
        return Filter(column.name, "has", value.splitlines()[0][:LONGEST])
    return Filter(column.name, "is" if family == "text" else "in", str(value))


def _control(column: Column, operator: str) -> str:
    if operator in WITHOUT_VALUE:
        return "none"
    family = filters.family(column.kind)
    if family == "pick":
        return "record" if column.kind.concept else "picks"
    if family == "date":
        return "days" if operator in IN_DAYS else "dates" if operator == "on" else "day"
    return "range" if family == "number" else "text"


def _options(column: Column, to: Reader) -> tuple[tuple[str, str], ...]:
    if filters.family(column.kind) != "pick" or not column.kind.options:
        return ()
    found = [(str(value), word) for value, word in column.kind.options(to, None) if value != ""]
    return (*found, ("-", "None")) if column.kind.name in ("choice", "person", "team") else tuple(found)


def _values(one: Filter, column: Column, to: Reader) -> tuple[str, ...]:
    control = _control(column, one.operator)
    if control in ("range", "dates"):
        first, dots, last = one.value.partition("..")
        return first, (last if dots else first)
    if control == "record":
        ids = [int(text) for text in one.value.split(",") if text.isdigit() and len(text) < 10]
        return tuple(typed(column.kind, number, "", to) for number in ids)
    return tuple(one.value.split(",")) if control == "picks" else (one.value,)


def _value(one: Line, column: Column, to: Reader) -> str:
    values = [value.strip() for value in one.values]
    if one.control == "none":
        return ""
    if one.control in ("range", "dates"):
        first, last = (*values, "", "")[:2]
        return f"{first}..{last}" if first or last else ""
    if one.control == "record":
        ids = [column.kind.read(value, to, "") for value in values if value]
        return ",".join(str(number) for number in ids if number)
    return ",".join(filter(None, values)) if one.control == "picks" else next(iter(values), "")
