"""Records side by side, as the page of a merge shows them."""

from typing import Any, NamedTuple

from markupsafe import Markup, escape

from crmlite.lists.query import writer
from crmlite.lists.reader import Reader
from crmlite.lists.spec import ListSpec
from crmlite.rules import merges

WORDS = {
    "partners": "customers", "contact_points": "further phones and e-mails", "changes": "changes (stay in its history)",
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


def rows(spec: ListSpec, records: list[Any], plan: merges.Plan, to: Reader) -> list[Row]:
    """The fields that somebody filled, those to choose first."""
    names = [name for _, group in spec.groups for name in group]
    kept = spec.model(**plan.kept.__data__)
    for name, value in plan.values.items():
        setattr(kept, name, value)
    kept.prepare()
    found = []
    for column in spec.columns:
        if column.name not in names or column.name not in plan.values:
            continue
        show = writer(spec, column, [*records, kept], to)
        source = plan.sources.get(column.name)
        cells = [Cell(one.id, _plain(show(one)), source == one.id) for one in records]
        if not any(cell.shown for cell in cells):
            continue
        values = {str(one.__data__[column.name] or "") for one in records}
        asked = column.name in plan.sources and len(values) > 1
        found.append(Row(column.name, column.label, cells, _plain(show(kept)), asked))
    return sorted(found, key=lambda row: not row.asked)


def moving(records: list[Any], to: Reader) -> dict[int, list[str]]:
    """What hangs on each record, counted: “3 events”."""
    return {
        record_id: [f"{count:,} {WORDS.get(name, name.replace('_', ' '))}" for name, count in sorted(counts.items())]
        for record_id, counts in merges.attached(records, to.by).items()
    }


def _plain(shown: str) -> str:
    """Without links: a click on a value chooses it."""
    return escape(Markup(shown).striptags()) if isinstance(shown, Markup) else escape(shown)
