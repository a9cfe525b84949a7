"""Any list as CSV: exactly the rows and columns that the view shows."""

import csv as writer
import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from peewee import ForeignKeyField

from crmlite.lists import query
from crmlite.lists.kinds import names
from crmlite.lists.reader import Reader
from crmlite.lists.spec import ListSpec

AT_ONCE = 500
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def csv(spec: ListSpec, asked: query.Wish, to: Reader) -> Iterator[str]:
    """UTF-8 lines with a header. Values that a spreadsheet would run as a formula get an apostrophe in front."""
    columns = query.shown(spec, asked)
    own = [column for name in spec.name_fields if (column := spec.column(name))]
    columns = [*own, *(column for column in columns if column not in own)]
    yield "\ufeff" + _line([column.label for column in columns])
    asked = replace(asked, columns=tuple(column.name for column in columns))
    while True:
        found = query.records(spec, asked, to, AT_ONCE + 1)
        yield "".join(_lines(columns, found[:AT_ONCE], spec, to))
        if len(found) <= AT_ONCE:
            return
        asked = replace(asked, after=query.cursor(found[AT_ONCE - 1]))


def _lines(columns: list[Any], records: list[Any], spec: ListSpec, to: Reader) -> Iterator[str]:
    known = {
        c.name: names(c.kind.concept, {getattr(r, f"{c.name}_id") for r in records} - {None}, to)
        for c in columns
        if c.kind.concept
    }
    for record in records:
        yield _line([_plain(spec, column, record, known, to) for column in columns])


def _plain(spec: ListSpec, column: Any, record: Any, known: dict[str, dict[int, str]], to: Reader) -> str:
    field = spec.model._meta.fields[column.name]
    value = getattr(record, field.object_id_name if isinstance(field, ForeignKeyField) else column.name)
    if value is None:
        return ""
    if column.kind.concept:
        return known[column.name].get(value, "")
    if column.kind.name == "money":
        return query.decimal(value, record.currency)
    if column.kind.options:
        return next((word for key, word in column.kind.options(to, value) if key == value), "")
    return str(value)


def _line(values: list[str]) -> str:
    safe = [f"'{v}" if v.startswith(DANGEROUS) and not v.lstrip("+-").replace(" ", "").isdigit() else v for v in values]
    out = io.StringIO()
    writer.writer(out).writerow(safe)
    return out.getvalue()
