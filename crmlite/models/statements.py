"""Queries whose text is made once. Making SQL from expressions costs ten times what running it does, so the text is
kept for everything that it hangs on, and only values are new each time."""

import json
from collections import OrderedDict, namedtuple
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any, NamedTuple

from peewee import ROW, SQL, Alias, Field, JSONField, Node, NodeList, SelectBase, Value, fn

from crmlite.models.base import Table, UtcDateTime, database, is_sqlite, read_time

KEPT = 1500
WHERE = "where "
Raw = list[tuple[Any, ...]]
Rows = list[Any]


class Slot(NamedTuple):
    """Where a value goes that is given with each question."""

    name: str
    many: str  # "" for one value, else what PostgreSQL calls a list of such


class Statement(NamedTuple):
    sql: str
    values: tuple[Any, ...]
    read: Callable[[Raw], Rows]


_kept: "OrderedDict[tuple[Any, ...], Statement]" = OrderedDict()


def statement(build: Callable[..., Any]) -> Callable[..., Rows]:
    """For a function that answers a query. What it takes by place is what the text hangs on, and is compared; what it
    takes by name are values, in whose stead it is given slots. Each call asks, and answers the rows: records, tuples,
    named tuples or dictionaries as the query says. A list is for `in_`; a moment is given as `stored_time` makes it."""

    @wraps(build)
    def ask(*hangs_on: Any, **values: Any) -> Rows:
        return rows((build, *hangs_on), lambda slots: build(*hangs_on, **slots), values)

    return ask


def rows(key: tuple[Any, ...], build: Callable[[dict[str, Any]], Any], values: dict[str, Any]) -> Rows:
    """What the query of this key finds; `build` makes it, from slots by name, where its text is not kept."""
    kept, cursor = _asked(key, build, values)
    return kept.read(cursor.fetchall())


def raw(key: tuple[Any, ...], build: Callable[[dict[str, Any]], Any], values: dict[str, Any]) -> Raw:
    """As `rows`, in tuples as the database hands them over: where thousands are read for a few that are looked at."""
    return _asked(key, build, values)[1].fetchall()


def converter(field: Any) -> Callable[[Any], Any] | None:
    """What reads a column as its database hands it over; None where it comes as it is meant."""
    if isinstance(field, UtcDateTime):
        return read_time
    if isinstance(field, JSONField):
        return field.python_value
    if isinstance(field, Field) and is_sqlite():
        return {"DATE": date.fromisoformat, "BOOL": bool}.get(field.field_type)
    return None


def insert(model: type[Table], **values: Any) -> None:
    _run(("insert", model), lambda slots: model.insert(_written(model, slots)), _stored(model, values))


def insert_many(model: type[Table], names: tuple[str, ...], given: list[tuple[Any, ...]]) -> None:
    """Write a row for each tuple of values of these fields; a few hundred at once."""
    fields = [model._meta.fields[name] for name in names]
    mark = "?" if is_sqlite() else "%s"
    row = f"({', '.join(mark for _ in fields)})"
    columns = ", ".join(f'"{field.column_name}"' for field in fields)
    sql = f'INSERT INTO "{model._meta.table_name}" ({columns}) VALUES {", ".join(row for _ in given)}'
    pairs = (pair for one in given for pair in zip(fields, one, strict=True))
    database.execute_sql(sql, [field.db_value(value) for field, value in pairs])


def update(model: type[Table], values: dict[str, Any], **where: Any) -> int:
    """Write `values` into the rows whose columns are as `where` says; how many there were."""

    def build(slots: dict[str, Any]) -> Any:
        conditions = [model._meta.fields[name] == slots[f"{WHERE}{name}"] for name in where]
        return model.update(_written(model, {name: slots[name] for name in values})).where(*conditions)

    return _run(("update", model), build, _stored(model, values) | {f"{WHERE}{name}": where[name] for name in where})


def delete(model: type[Table], **where: Any) -> int:
    """Drop the rows whose columns are as `where` says; how many there were."""

    def build(slots: dict[str, Any]) -> Any:
        return model.delete().where(*(model._meta.fields[name] == slots[name] for name in where))

    return _run(("delete", model), build, where)


def _run(key: tuple[Any, ...], build: Callable[[dict[str, Any]], Any], values: dict[str, Any]) -> int:
    return int(_asked(key, build, values)[1].rowcount)


def _stored(model: type[Table], values: dict[str, Any]) -> dict[str, Any]:
    """As the database stores them."""
    fields, found = model._meta.fields, {}
    for name, value in values.items():
        if isinstance(fields[name], JSONField):
            found[name] = None if value is None else json.dumps(value)
        else:
            found[name] = fields[name].db_value(value)
    return found


def _written(model: type[Table], slots: dict[str, Node]) -> dict[Field, Node]:
    fields = model._meta.fields
    return {
        fields[name]: fn.json(slot) if isinstance(fields[name], JSONField) and is_sqlite() else slot
        for name, slot in slots.items()
    }


def _asked(
    key: tuple[Any, ...], build: Callable[[dict[str, Any]], Any], values: dict[str, Any]
) -> tuple[Statement, Any]:
    key = (*key, *((name, _many(value)) for name, value in values.items()), is_sqlite())
    kept = _kept.get(key)
    if kept is None:
        kept = _kept[key] = _made(build({name: _slot(name, value) for name, value in values.items()}))
        if len(_kept) > KEPT:
            _kept.popitem(last=False)
    given = [_value(one, values) if type(one) is Slot else one for one in kept.values]
    return kept, database.execute_sql(kept.sql, given)


def _slot(name: str, value: Any) -> Node:
    many = _many(value)
    node = Value(Slot(name, many), converter=False, unpack=False)
    if not many:
        return node
    if is_sqlite():
        return NodeList((SQL("(SELECT value FROM json_each("), node, SQL("))")), glue="")
    return NodeList((SQL("(SELECT unnest("), node, SQL(f"::{many}))")), glue="")


def _many(value: Any) -> str:
    if not isinstance(value, list):
        return ""
    return "text[]" if value and isinstance(value[0], str) else "bigint[]"


def _value(slot: Slot, values: dict[str, Any]) -> Any:
    value = values[slot.name]
    return json.dumps(value) if slot.many and is_sqlite() else value


def _made(query: Any) -> Statement:
    sql, values = query.sql()
    return Statement(sql, tuple(values), _reader(query) if isinstance(query, SelectBase) else list)


def _reader(query: Any) -> Callable[[Raw], Rows]:
    columns = query.selected_columns
    converters = [(place, read) for place, one in enumerate(columns) if (read := converter(_unaliased(one)))]
    form = _form(query, columns)

    def read(raw: Raw) -> Rows:
        return [form(row) for row in (converted(raw, converters) if converters else raw)]

    return read


def converted(raw: Raw, converters: list[tuple[int, Callable[[Any], Any]]]) -> list[list[Any]]:
    found = []
    for values in raw:
        row = list(values)
        for place, read in converters:
            if row[place] is not None:
                row[place] = read(row[place])
        found.append(row)
    return found


def _form(query: Any, columns: list[Any]) -> Callable[[Any], Any]:
    """What makes a row of the sort that the query asks for."""
    if query._row_type == ROW.TUPLE:
        return tuple
    if query._row_type == ROW.NAMED_TUPLE:
        return namedtuple("Row", [getattr(one, "object_id_name", one.name) for one in columns])._make
    model, names = query.model, [one.name for one in columns]
    if query._row_type == ROW.DICT:
        return lambda row: dict(zip(names, row, strict=True))

    further = [name for name in names if name not in model._meta.fields]

    def record(row: Any) -> Any:
        """As the model makes one without defaults, in a third of the time."""
        found, data = model.__new__(model), dict(zip(names, row, strict=True))
        found.__dict__.update({name: data.pop(name) for name in further}, __data__=data, __rel__={}, _dirty=set())
        return found

    return record


def _unaliased(column: Any) -> Any:
    return column.node if isinstance(column, Alias) else column
