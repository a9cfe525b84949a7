"""Finding records by what people remember of them. The gate feeds the index; people see only what is theirs."""

import re
from typing import NamedTuple

from crmlite.models.base import Record, database, fold, is_sqlite
from crmlite.rules import hanging
from crmlite.rules.access import OWNED, Actor, visible

NUMBERS = {"lead": 1, "partner": 2, "contact": 3, "opportunity": 4, "event": 5}
CONCEPTS = {number: concept for concept, number in NUMBERS.items()}
CANDIDATES = 200


class Hit(NamedTuple):
    concept: str
    id: int
    label: str


def words(text: str) -> str:
    return " ".join(re.findall(r"\w+", fold(text)))


def row_id(record: Record) -> int:
    return record.id * 16 + NUMBERS[record.concept]


def stamp(record: Record) -> None:
    """Bring the index in line with the record; called by the gate inside its transaction."""
    if record.concept not in NUMBERS:
        return
    mark = "?" if is_sqlite() else "%s"
    database.execute_sql(f"DELETE FROM search WHERE rowid = {mark}", (row_id(record),))
    if record.deleted_at is None:
        vector = mark if is_sqlite() else f"to_tsvector('simple', {mark})"
        database.execute_sql(
            f"INSERT INTO search (rowid, label, words) VALUES ({mark}, {mark}, {vector})",
            (row_id(record), record.label, words(f"{record.search_text()} {hanging.search_text(record)}")),
        )


def find(text: str, by: Actor, limit: int = 20) -> list[Hit]:
    """Hits in which every word of `text` begins a word of the record, labels that begin with it first."""
    tokens = words(text).split()[:8]
    if not tokens:
        return []
    hits = [Hit(CONCEPTS[row % 16], row // 16, label) for row, label in _candidates(tokens)]
    allowed = {
        (concept, row[0])
        for concept, model in OWNED.items()
        if (ids := [hit.id for hit in hits if hit.concept == concept])
        for row in visible(model, by).where(model.id.in_(ids)).select(model.id).tuples()
    }
    wanted = " ".join(tokens)
    seen = [hit for hit in hits if (hit.concept, hit.id) in allowed]
    seen.sort(key=lambda hit: (not words(hit.label).startswith(wanted), NUMBERS[hit.concept], -hit.id))
    return seen[:limit]


def rebuild() -> int:
    """Write the whole index again from the records; returns how many rows it has."""
    count = 0
    with database.atomic():
        database.execute_sql("DELETE FROM search")
        for model in OWNED.values():
            for record in model.select().where(model.deleted_at.is_null()).iterator():
                stamp(record)
                count += 1
    return count


def matching_ids(concept: str, text: str, limit: int = 2000) -> list[int]:
    """Ids of the records of one concept that hold every word; what the actor may see is for the caller to say."""
    tokens = words(text).split()[:8]
    if not tokens:
        return []
    number = NUMBERS[concept]
    condition, match = _match(tokens)
    modulo = "rowid % 16" if is_sqlite() else "rowid %% 16"
    sql = f"SELECT rowid FROM search WHERE {condition} AND {modulo} = {number} LIMIT {limit}"
    return [row[0] // 16 for row in database.execute_sql(sql, (match,)).fetchall()]


def _match(tokens: list[str]) -> tuple[str, str]:
    if is_sqlite():
        return "search MATCH ?", " ".join(f'"{token}"*' for token in tokens)
    return "words @@ to_tsquery('simple', %s)", " & ".join(f"{token}:*" for token in tokens)


def _candidates(tokens: list[str]) -> list[tuple[int, str]]:
    condition, match = _match(tokens)
    sql = f"SELECT rowid, label FROM search WHERE {condition} ORDER BY rowid DESC LIMIT {CANDIDATES}"
    return list(database.execute_sql(sql, (match,)).fetchall())
