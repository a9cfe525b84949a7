"""The fields of one record as a form shows them, and a sent form read back into values."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from crmlite.errors import Invalid, Stale
from crmlite.lists.kinds import record_link, typed
from crmlite.lists.reader import Reader
from crmlite.lists.rows import writer
from crmlite.lists.spec import Column, ListSpec


class Field(NamedTuple):
    """`text` is what the control holds: as stored, or as typed when it was refused; `leads` the address that answers
    which others follow from it."""

    name: str
    label: str
    widget: str
    text: str
    error: str
    hint: str
    options: tuple[tuple[Any, str], ...]
    required: bool
    concept: str
    number: bool
    suggests: str = ""
    leads: str = ""


class Fact(NamedTuple):
    name: str
    label: str
    html: str
    fixed: str


class Clash(NamedTuple):
    """What somebody else wrote into a field at the same time."""

    name: str
    by: str
    shown: str
    at: Any


def form(
    spec: ListSpec,
    names: Iterable[str],
    record: Any,
    to: Reader,
    sent: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> list[Field]:
    """The named columns as form controls. `record` may be new; `sent` is what was typed and refused."""
    errors = errors or {}
    found = []
    for column in _columns(spec, names):
        value = record.__data__.get(column.name) if record is not None else None
        text = typed(column.kind, value, currency_of(record, to), to)
        if sent is not None and (column.name in sent or column.kind.name == "flag"):
            text = sent.get(column.name, "")
        options = tuple(column.kind.options(to, value)) if column.kind.options else ()
        found.append(
            Field(
                column.name,
                column.label,
                column.kind.widget,
                text,
                errors.get(column.name, ""),
                column.hint,
                options,
                column.name == "name",
                column.kind.concept,
                column.kind.number,
                column.kind.suggests,
                f"/{spec.section}/form/followed" if column.leads else "",
            )
        )
    return found


def grouped(
    spec: ListSpec,
    record: Any,
    to: Reader,
    sent: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> list[tuple[str, list[Field]]]:
    """The whole form, group by group; groups whose columns are all switched off are left out, and so is what of this
    record cannot be changed now, unless that is all."""
    every = [(title, list(names)) for title, names in spec.groups]
    free = [
        (title, [name for name in names if not (record.id and spec.locked(record, name))]) for title, names in every
    ]
    groups = [(title, form(spec, names, record, to, sent, errors)) for title, names in (free if _any(free) else every)]
    return [(title, found) for title, found in groups if found]


def _any(groups: list[tuple[str, list[str]]]) -> bool:
    return any(names for _, names in groups)


def read(spec: ListSpec, names: Iterable[str], sent: Mapping[str, str], record: Any, to: Reader) -> dict[str, Any]:
    """The sent texts as values. Raises Invalid with the sentence of every field that cannot be read. A field that
    was not sent is left alone."""
    values, errors = {}, {}
    # Where the currency is chosen beside the amount, that one counts.
    currency = (sent.get("currency") if "currency" in names else "") or currency_of(record, to)
    for column in _columns(spec, names):
        if column.name not in sent:
            continue
        try:
            values[column.name] = column.kind.read(sent[column.name], to, currency)
        except Invalid as error:
            errors[column.name] = error.message
    if errors:
        raise Invalid(fields=errors)
    return values


def facts(spec: ListSpec, record: Any, to: Reader) -> list[tuple[str, list[Fact]]]:
    """The groups of a record page."""
    groups = []
    for title, names in spec.groups:
        found = []
        for column in _columns(spec, names):
            if not spec.applies(record, column.name):
                continue
            fixed = column.fixed or spec.locked(record, column.name)
            found.append(Fact(column.name, column.label, _fact(spec, column, record, to), fixed))
        if found:
            groups.append((title, found))
    return groups


def clashes(spec: ListSpec, error: Stale, to: Reader) -> list[Clash]:
    found = []
    for name, theirs in error.theirs.items():
        column = spec.column(name)
        if column:
            found.append(Clash(name, theirs.by, _fact(spec, column, error.record, to) or "nothing", theirs.at))
    return found


def currency_of(record: Any, to: Reader) -> str:
    return getattr(record, "currency", "") or to.directory.currency


def _fact(spec: ListSpec, column: Column, record: Any, to: Reader) -> str:
    shown = writer(spec, column, [record], to)(record)
    if column.kind.concept and shown:
        return record_link(column.kind.concept, record.__data__.get(column.name), shown)
    return shown


def _columns(spec: ListSpec, names: Iterable[str]) -> list[Column]:
    return [column for name in names if (column := spec.column(name))]
