"""Records of a list as its rows: what each column says, and the whole as safe HTML."""

from collections.abc import Callable
from typing import Any

from markupsafe import escape
from peewee import ForeignKeyField

from crmlite.lists.kinds import names, safe
from crmlite.lists.marks import row_html
from crmlite.lists.reader import Reader, money
from crmlite.lists.spec import Column, ListSpec

# Who asked not to be called or mailed is shown without a link that a click would follow.
UNASKED = {"phone": "do_not_call", "email": "do_not_email"}


def drawn(spec: ListSpec, columns: list[Column], found: list[Any], to: Reader) -> list[str]:
    writers = [writer(spec, column, found, to) for column in columns]
    return [
        row_html(
            spec.concept,
            record,
            spec.ink(record, to),
            spec.name(record) + marks if (marks := spec.marks(record, to)) else spec.name(record),
            [write(record) for write in writers],
            spec.acts(record, to),
        )
        for record in found
    ]


def writer(spec: ListSpec, column: Column, records: list[Any], to: Reader) -> Callable[[Any], str]:
    """What turns a record into the text of one column."""
    if own := spec.cells.get(column.name):
        return lambda record: own(record, to)
    field = spec.model._meta.fields[column.name]
    attribute = field.object_id_name if isinstance(field, ForeignKeyField) else column.name
    if column.kind.name == "money":
        return lambda record: escape(money(getattr(record, attribute), record.currency, to))
    if column.kind.concept:
        known = names(column.kind.concept, (getattr(r, attribute) for r in records if getattr(r, attribute)), to)
        return lambda record: escape(known.get(getattr(record, attribute), ""))
    show = column.kind.show
    unasked = UNASKED.get(column.kind.name, "")
    if unasked in spec.model._meta.fields:
        return lambda record: (
            safe(getattr(record, attribute)) if getattr(record, unasked) else show(getattr(record, attribute), to)
        )
    shown: dict[Any, str] = {}  # rows of a page often say the same

    def write(record: Any) -> str:
        value = getattr(record, attribute)
        if value not in shown:
            shown[value] = show(value, to)
        return shown[value]

    return write
