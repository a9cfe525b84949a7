"""Records that a record points at, as links."""

from typing import Any, NamedTuple

from crmlite.lists import kinds
from crmlite.lists.reader import Reader

WORDS = {
    "partner": ("Customer", "building-2"),
    "contact": ("Contact", "contact"),
    "lead": ("Lead", "sprout"),
    "opportunity": ("Opportunity", "square-kanban"),
    "quote": ("Quote", "file-text"),
}


class Relation(NamedTuple):
    word: str
    icon: str
    link: str


def related(record: Any, concepts: tuple[str, ...], to: Reader) -> list[Relation]:
    """Those of the concepts that the record names and this reader may see."""
    found = []
    for concept in concepts:
        record_id = record.__data__.get(concept)
        names = kinds.names(concept, [record_id] if record_id else [], to)
        if record_id in names:
            found.append(Relation(*WORDS[concept], kinds.record_link(concept, record_id, names[record_id])))
    return found
