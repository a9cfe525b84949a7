"""Records side by side, as the page of a merge shows them."""

from collections.abc import Callable
from typing import Any, NamedTuple

from markupsafe import Markup

from crmlite.lists.reader import Reader
from crmlite.lists.rows import writer
from crmlite.lists.spec import Column, ListSpec
from crmlite.rules import links
from crmlite.rules.merge_plan import Plan

WORDS = {
    "partners": "customers", "contact_points": "further phones or e-mails", "changes": "changes",
}  # fmt: skip


class Cell(NamedTuple):
    id: int
    shown: str
    taken: bool


class Row(NamedTuple):
    """One field: what each record says, and what the kept one will say. `asked`: the records differ."""

    name: str
    label: str
    cells: list[Cell]
    result: str
    asked: bool


def rows(spec: ListSpec, records: list[Any], plan: Plan, to: Reader) -> list[Row]:
    """The fields that somebody filled, those to choose first."""
    names = [name for _, group in spec.groups for name in group]
    kept = spec.model(**plan.kept.__data__)
    for name, value in plan.values.items():
        setattr(kept, name, value)
    kept.prepare()
    found = []
    for column in spec.offered:
        if column.name not in names or column.name not in plan.values:
            continue
        show = _writer(spec, column, [*records, kept], to)
        source = plan.sources.get(column.name)
        cells = [Cell(one.id, show(one), source == one.id) for one in records]
        if not any(cell.shown for cell in cells):
            continue
        values = {str(one.__data__[column.name] or "") for one in records}
        asked = column.name in plan.sources and len(values) > 1
        found.append(Row(column.name, column.label, cells, show(kept), asked))
    return sorted(found, key=lambda row: not row.asked)


def moving(records: list[Any], to: Reader) -> dict[int, list[str]]:
    """What hangs on each record, counted: “3 events”."""
    return {record_id: told(counts) for record_id, counts in links.attached(records, to.by).items()}


def told(counts: dict[str, int]) -> list[str]:
    """Table name -> count, in words: “3 events”."""
    return [_counted(WORDS.get(name, name.replace("_", " ")), count) for name, count in sorted(counts.items())]


def _counted(words: str, count: int) -> str:
    singular = {
        "opportunities": "opportunity", "addresses": "address", "further phones or e-mails": "further phone or e-mail",
    }.get(words, words.removesuffix("s"))  # fmt: skip
    return f"{count:,} {words if count != 1 else singular}"


def _writer(spec: ListSpec, column: Column, records: list[Any], to: Reader) -> Callable[[Any], str]:
    """The value as plain words: a click on it chooses it, so links and buttons have no place here."""
    if column.kind.name == "person":
        return lambda record: to.directory.person_name(record.__data__[column.name]) or ""
    if column.kind.name in ("text", "long_text"):
        return lambda record: record.__data__[column.name] or ""
    show = writer(spec, column, records, to)
    return lambda record: Markup(show(record)).striptags()
