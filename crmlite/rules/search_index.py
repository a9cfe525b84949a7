"""What the search knows of records: fed by the gate with each change, and written anew by command."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from crmlite.models.base import Record, database, is_sqlite
from crmlite.models.inspection import Finding
from crmlite.rules import jobs, reach, terms, typos
from crmlite.rules.access import LISTED
from crmlite.rules.search import NUMBERS, SPAN

BATCH = 500
LINKED = tuple(LISTED.values())  # by whose names others are found


def row_id(record: Record) -> int:
    return NUMBERS[record.concept] * SPAN + record.id


def stamp(record: Record) -> None:
    """Bring the index in line with the record; called by the gate inside its transaction."""
    if record.concept not in NUMBERS:
        return
    mark = "?" if is_sqlite() else "%s"
    database.execute_sql(f"DELETE FROM search WHERE rowid = {mark}", (row_id(record),))
    if record.deleted_at is None:
        write([record])


def stays(record: Record, before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether a change leaves what the record is found by as it was: most changes do."""
    if not before or record.concept not in NUMBERS:
        return bool(before)
    changed = {name: before[name] for name in after if before[name] != after[name]}
    fields = record._meta.fields
    if "deleted_at" in changed or any(getattr(fields[name], "rel_model", None) in LINKED for name in changed):
        return False
    old = type(record)(**{**record.__data__, **changed})
    return (old.label, old.search_text()) == (record.label, record.search_text())


def write(records: list[Record]) -> None:
    """The rows of records of one concept that have none."""
    further = reach.search_texts(records)
    rows = [(row_id(one), one.label, _words(one, further)) for one in records]
    if is_sqlite():
        _many("INSERT INTO search (rowid, label, words) VALUES (?, ?, ?)", rows)
    else:
        vector = "array_to_tsvector(string_to_array(%s, ' '))"
        _many(f"INSERT INTO search (rowid, label, words) VALUES (%s, %s, {vector})", rows)
    _learn({word for _, _, text in rows for word in text.split() if typos.is_comparable(word)})


def forget(concept: str, ids: list[int]) -> None:
    marks = ", ".join("?" if is_sqlite() else "%s" for _ in ids)
    rows = tuple(NUMBERS[concept] * SPAN + record_id for record_id in ids)
    database.execute_sql(f"DELETE FROM search WHERE rowid IN ({marks})", rows)


def unlearn(record: Record) -> None:
    """Forget the words that only this record held, which has no row any more: it is to be gone for good."""
    if record.concept not in NUMBERS:
        return
    mark = "?" if is_sqlite() else "%s"
    match, word_of = ("search MATCH ?", '"{}"') if is_sqlite() else ("words @@ %s::tsquery", "'{}'")
    for word in filter(typos.is_comparable, _words(record, reach.search_texts([record])).split()):
        held = database.execute_sql(f"SELECT 1 FROM search WHERE {match} LIMIT 1", (word_of.format(word),)).fetchone()
        if held is None:
            database.execute_sql(f"DELETE FROM search_vocabulary WHERE word = {mark}", (word,))


def rebuild() -> Iterator[int]:
    """Write the whole index again from the records, a portion each time the iterator is asked, so that others can
    write in between; yields how many rows there are so far."""
    database.execute_sql("DELETE FROM search_vocabulary")
    count = 0
    for concept in NUMBERS:
        last = 0
        while last < SPAN - 1:
            last, some = _rewrite(concept, last)
            count += some
            yield count


def rebuild_job(payload: dict[str, Any]) -> datetime | None:
    """What the clock does after an upgrade that changed the index."""
    for _ in rebuild():
        pass
    return None


def finding() -> Finding:
    """Whether the index has a row for each record and no other, for the operator."""
    if jobs.open_with(("search-rebuild",)):
        return Finding(
            True, "The search index is being written: not everything is found until that is done."
        )
    missing, surplus, records = 0, 0, 0
    for concept, number in NUMBERS.items():
        table, base = LISTED[concept]._meta.table_name, number * SPAN
        alive = f"SELECT id + {base} FROM {table} WHERE deleted_at IS NULL"
        rows = f"SELECT rowid FROM search WHERE rowid > {base} AND rowid < {base + SPAN}"
        records += _count(alive)
        missing += _count(f"{alive} EXCEPT {rows}")
        surplus += _count(f"{rows} EXCEPT {alive}")
    if missing or surplus:
        wrong = f"{missing:,} of {records:,} records are missing in it and {surplus:,} rows lead nowhere"
        return Finding(False, f"The search index is out of step: {wrong}. Run crmlite search rebuild.")
    return Finding(True, f"The search index holds all {records:,} records.")


def _count(rows: str) -> int:
    return database.execute_sql(f"SELECT COUNT(*) FROM ({rows}) AS counted").fetchone()[0]


def _rewrite(concept: str, after: int) -> tuple[int, int]:
    """The rows of the next records of a concept; where to go on and how many there are."""
    model, base = LISTED[concept], NUMBERS[concept] * SPAN
    mark = "?" if is_sqlite() else "%s"
    with database.atomic():
        query = model.select().where(model.id > after).order_by(model.id).limit(BATCH)
        records = list(query if is_sqlite() else query.for_update())
        last = records[-1].id if len(records) == BATCH else SPAN - 1
        database.execute_sql(
            f"DELETE FROM search WHERE rowid > {mark} AND rowid <= {mark}", (base + after, base + last)
        )
        alive = [record for record in records if record.deleted_at is None]
        write(alive)
    return last, len(alive)


def _words(record: Record, further: dict[int, str]) -> str:
    return terms.of_record(record.label, f"{record.search_text()} {further.get(record.id, '')}")


def _learn(words: set[str]) -> None:
    """Nobody waits for another who brings the same word: that may leave a word twice, which does no harm. Words that no
    record holds any more stay until the index is rebuilt."""
    if not words:
        return
    mark = "?" if is_sqlite() else "%s"
    ordered = sorted(words)
    known: set[str] = set()
    for start in range(0, len(ordered), BATCH):
        some = ordered[start : start + BATCH]
        sql = f"SELECT word FROM search_vocabulary WHERE word IN ({', '.join(mark for _ in some)})"
        known |= {word for (word,) in database.execute_sql(sql, tuple(some)).fetchall()}
    _many(
        f"INSERT INTO search_vocabulary (word, backward) VALUES ({mark}, {mark})",
        [(word, word[::-1]) for word in ordered if word not in known],
    )


def _many(sql: str, rows: list[tuple[Any, ...]]) -> None:
    cursor = database.connection().cursor()
    cursor.executemany(sql, rows)
    cursor.close()
