"""Many rows at once, for the large demo: past the gate, which judges and writes one record at a time.

The one exception besides `removal`. It keeps what the gate promises: rows are prepared and judged by their
own models, found by search, and journalled as one creation each. Times are as the caller gives them.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from peewee import JSONField

from crmlite.errors import Invalid
from crmlite.models.base import Record, Table, database, is_sqlite, stored_time
from crmlite.models.journal import Entry
from crmlite.rules import search_index
from crmlite.rules.access import Actor

AT_ONCE = 5000


def insert(records: Iterable[Record], gesture: int, by: dict[int, Actor]) -> int:
    """Write new records of one concept with their search rows and journal entries; `by`: actors by the id in
    `created_by_id`. Returns how many. Raises Invalid for a record that is not sound."""
    count = 0
    for some in _portions(records):
        model = type(some[0])
        for record, record_id in zip(some, _new_ids(model, len(some)), strict=True):
            record.id = record_id
            record.prepare()
            if problems := record.problems():
                raise Invalid(f"{record.label}: {' '.join(problems.values())}")
        _write(model, [record.__data__ for record in some])
        search_index.write(some)
        _write(Entry, [_entry(record, gesture, by) for record in some])
        count += len(some)
    return count


def numbers(name: str, count: int) -> range:
    """The next `count` numbers of a running sequence."""
    mark = "?" if is_sqlite() else "%s"
    sql = f"UPDATE counters SET value = value + {mark} WHERE name = {mark} RETURNING value"
    last = int(database.execute_sql(sql, (count, name)).fetchone()[0])
    return range(last - count + 1, last + 1)


def _entry(record: Record, gesture: int, by: dict[int, Actor]) -> dict[str, Any]:
    return {
        "at": record.created_at,
        "actor": record.created_by_id,
        "door": by[record.created_by_id].door,
        "gesture": gesture,
        "concept": record.concept,
        "record_id": record.id,
        "version": 1,
        "verb": "created",
        "label": record.label[:500],
        "before": {},
        "after": {"owner": record.__data__.get("owner")},
    }


def _write(model: type[Table], rows: list[dict[str, Any]]) -> None:
    """Rows by field name; what a row leaves out gets the field's default."""
    fields = [field for name, field in model._meta.fields.items() if name != "id" or name in rows[0]]
    usual = {field.name: field.default() if callable(field.default) else field.default for field in fields}
    names = ", ".join(f'"{field.column_name}"' for field in fields)
    plain = _plain_for([isinstance(field, JSONField) for field in fields])
    values = (plain([row.get(field.name, usual[field.name]) for field in fields]) for row in rows)
    table = model._meta.table_name
    cursor = database.connection().cursor()
    if is_sqlite():
        marks = ", ".join("?" * len(fields))
        cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', values)
        return
    with cursor, cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
        for row in values:
            copy.write_row(row)


def _plain_for(json_columns: list[bool]) -> Any:
    """How one row's values go over to the driver of the bound database."""
    texts = is_sqlite()

    def plain(row: list[Any]) -> list[Any]:
        for place, value in enumerate(row):
            if isinstance(value, datetime):
                row[place] = stored_time(value)
            elif texts and isinstance(value, date):
                row[place] = value.isoformat()
            elif json_columns[place]:
                row[place] = json.dumps(value)
        return row

    return plain


def _new_ids(model: type[Table], count: int) -> list[int]:
    table = model._meta.table_name
    if is_sqlite():
        last = database.execute_sql(f'SELECT COALESCE(MAX(id), 0) FROM "{table}"').fetchone()[0]
        return list(range(last + 1, last + 1 + count))
    sql = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
    return [row[0] for row in database.execute_sql(sql, (table, count)).fetchall()]


def _portions(records: Iterable[Record]) -> Iterator[list[Record]]:
    some: list[Record] = []
    for record in records:
        some.append(record)
        if len(some) == AT_ONCE:
            yield some
            some = []
    if some:
        yield some
