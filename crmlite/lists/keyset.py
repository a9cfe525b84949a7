"""The order of a list and the mark where its next page begins: strictly behind the last row, however far down."""

import base64
import json
from datetime import date, datetime
from typing import Any

from peewee import SQL, Expression, ModelSelect

from crmlite.errors import Invalid
from crmlite.lists.reader import Reader
from crmlite.lists.spec import Column, ListSpec


def order(spec: ListSpec, sort: str, to: Reader) -> tuple[Any, bool]:
    """The SQL expression of the order, and whether it descends. Raises Invalid."""
    name = sort or spec.order
    column = spec.column(name.lstrip("-"))
    if column is None or not column.sort:
        raise Invalid("This column cannot be sorted.")
    return (_ranked(spec, column, to) if column.sort == "@" else SQL(column.sort)), name.startswith("-")


def ordered(spec: ListSpec, sort: str, query: ModelSelect, to: Reader) -> ModelSelect:
    by, descending = order(spec, sort, to)
    if descending:
        return query.order_by(by.desc(), spec.model.id.desc())
    return query.order_by(by.asc(), spec.model.id.asc())


def turned(sort: str) -> str:
    return sort[1:] if sort.startswith("-") else f"-{sort}"


def behind(spec: ListSpec, sort: str, to: Reader, slots: dict[str, Any]) -> Expression:
    """Strictly behind the mark whose `value` and `id` are given, in a form that both databases walk along the index."""
    model, (by, descending) = spec.model, order(spec, sort, to)
    value, record_id = slots["value"], slots["id"]
    if descending:
        return (by <= value) & ((by < value) | (model.id < record_id))
    return (by >= value) & ((by > value) | (model.id > record_id))


def cursor(record: Any) -> str:
    value = record.order_value
    if isinstance(value, datetime | date):
        value = value.isoformat()
    return base64.urlsafe_b64encode(json.dumps([value, record.id]).encode()).decode().rstrip("=")


def read(text: str) -> tuple[Any, int]:
    """Value and id of a cursor. Raises Invalid."""
    try:
        value, record_id = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError as error:
        raise Invalid("This page of the list cannot be found again: please start from its beginning.") from error
    if not isinstance(value, str | int | float) or not isinstance(record_id, int):
        raise Invalid("This page of the list cannot be found again: please start from its beginning.")
    return value, record_id


def _ranked(spec: ListSpec, column: Column, to: Reader) -> Any:
    """Order of a choice, person or status: as its list orders the values."""
    options = column.kind.options(to, None) if column.kind.options else ()
    cases = " ".join(
        f"WHEN {value if isinstance(value, int) else repr(value)} THEN {place}"
        for place, (value, _) in enumerate(options)
        if value != ""
    )
    name = spec.model._meta.fields[column.name].column_name
    return SQL(f"CASE {name} {cases} ELSE 9999 END" if cases else "0")
