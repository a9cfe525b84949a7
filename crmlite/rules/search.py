"""Finding records by what people remember of them. The gate feeds the index; people see only what is theirs."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from peewee import SQL
from rapidfuzz.distance import OSA

from crmlite.models.base import Record, database, is_sqlite
from crmlite.models.journal import Entry
from crmlite.rules import reach, terms
from crmlite.rules.access import LISTED, Actor, visible
from crmlite.rules.terms import Term

NUMBERS = {"lead": 1, "partner": 2, "contact": 3, "opportunity": 4, "event": 5, "quote": 7, "product": 6}
CONCEPTS = {number: concept for concept, number in NUMBERS.items()}
SPAN = 2**40  # the ids of one concept are one range of rows
AT_ONCE = 100
PORTIONS = (AT_ONCE, 400, 1600, 6400)  # how far we look for what this person may see, newest first
BATCH = 500
TOO_FEW = 3
SHORTEST, LONGEST = 4, 30  # the words that typos are looked for in
MOST_ALIKE, MOST_COMPARED = 6, 20_000
CLOSED = frozenset({"converted", "lost", "realized", "cancelled", "finished", "reported", "superseded"})
FACTS = (
    "id", "archived", "updated_at", "status", "outcome", "company", "email", "phone", "mobile_phone", "city",
    "reference", "stage", "partner", "kind", "starts_at", "all_day", "start_date", "price", "currency", "total", "unit",
)  # fmt: skip


class Hit(NamedTuple):
    """`facts` are columns of the record that its line shows; `typo`: found by a word like the one typed."""

    concept: str
    id: int
    label: str
    facts: dict[str, Any] = {}  # noqa: RUF012 - never changed
    typo: bool = False


class Answer(NamedTuple):
    """`meant`: typed word -> the word that was found instead."""

    hits: list[Hit]
    terms: list[Term]
    meant: dict[str, str]


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


def write(records: list[Record]) -> None:
    """The rows of records of one concept that have none."""
    further = reach.search_texts(records)
    rows = [
        (row_id(one), one.label, terms.of_record(one.label, f"{one.search_text()} {further.get(one.id, '')}"))
        for one in records
    ]
    if is_sqlite():
        _many("INSERT INTO search (rowid, label, words) VALUES (?, ?, ?)", rows)
    else:
        vector = "array_to_tsvector(string_to_array(%s, ' '))"
        _many(f"INSERT INTO search (rowid, label, words) VALUES (%s, %s, {vector})", rows)
    _learn({word for _, _, text in rows for word in text.split() if _comparable(word)})


def forget(concept: str, ids: list[int]) -> None:
    marks = ", ".join("?" if is_sqlite() else "%s" for _ in ids)
    rows = tuple(NUMBERS[concept] * SPAN + record_id for record_id in ids)
    database.execute_sql(f"DELETE FROM search WHERE rowid IN ({marks})", rows)


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


def find(text: str, by: Actor, limit: int = 20, concept: str = "") -> list[Hit]:
    """What this person may see and may have meant, best first."""
    return answer(text, by, limit, concept).hits[:limit]


def answer(text: str, by: Actor, limit: int = 20, concept: str = "") -> Answer:
    """At least the best `limit` hits of each concept: every word of `text` begins a word of the record or, where that
    finds too little, a word like it."""
    asked = terms.asked(text)
    if not asked:
        return Answer([], [], {})
    hits = _seen(asked, by, limit, concept)
    meant: dict[str, str] = {}
    if len(hits) < TOO_FEW and (alike := _alike(asked)):
        wider = [Term(term.typed, (*term.ways, *((word,) for word in alike.get(term.typed, ())))) for term in asked]
        known = {(hit.concept, hit.id) for hit in hits}
        more = [hit for hit in _seen(wider, by, limit, concept) if (hit.concept, hit.id) not in known]
        hits += [hit._replace(typo=True) for hit in more]
        meant = _meant(alike, more)
    return Answer(_ranked(hits, asked), asked, meant)


def recent(by: Actor, limit: int = 8) -> list[Hit]:
    """The records this person changed last."""
    entries = (
        Entry.select(Entry.concept, Entry.record_id, Entry.label)
        .where((Entry.actor == by.id) & Entry.concept.in_(list(NUMBERS)))
        .order_by(Entry.id.desc())
        .limit(AT_ONCE)
        .tuples()
    )
    labels: dict[tuple[str, int], str] = {}
    for concept, record_id, label in entries:
        labels.setdefault((concept, record_id), label)
    rows = [(NUMBERS[concept] * SPAN + record_id, label) for (concept, record_id), label in labels.items()]
    seen = {(hit.concept, hit.id): hit for hit in _visible(rows, by)}
    return [seen[key] for key in labels if key in seen][:limit]


def matching(concept: str, text: str) -> SQL | None:
    """Ids of the records of one concept that hold every word, as a subquery; what the actor may see is for the
    caller to say. None where there is nothing to look for."""
    asked = terms.asked(text)
    if not asked:
        return None
    low, high = NUMBERS[concept] * SPAN, (NUMBERS[concept] + 1) * SPAN - 1
    condition, match = _match(asked)
    mark = "?" if is_sqlite() else "%s"
    where = f"{condition} AND rowid BETWEEN {mark} AND {mark}"
    return SQL(f"(SELECT rowid - {mark} FROM search WHERE {where})", (low, match, low, high))


def matching_ids(concept: str, text: str, limit: int = 2000) -> list[int]:
    """As `matching`, but fetched: the newest `limit`."""
    asked = terms.asked(text)
    if not asked:
        return []
    base = NUMBERS[concept] * SPAN
    return [row - base for row, _ in _rows(asked, base, base + SPAN, limit)]


def numbered(concept: str, numbers: Iterable[str], limit: int = AT_ONCE) -> list[int]:
    """Ids of the newest records of one concept that have one of these phone numbers."""
    ways = dict.fromkeys(way for number in numbers for term in terms.asked(number) for way in term.ways)
    base = NUMBERS[concept] * SPAN
    return [row - base for row, _ in _rows([Term("", tuple(ways))], base, base + SPAN, limit)] if ways else []


def _seen(asked: list[Term], by: Actor, limit: int, concept: str) -> list[Hit]:
    if concept:
        return _wide(asked, by, limit, concept)
    rows = _rows(asked, 0, (max(NUMBERS.values()) + 1) * SPAN, AT_ONCE)
    if len(rows) < AT_ONCE:
        return _visible(rows, by)
    return [hit for one in NUMBERS for hit in _wide(asked, by, limit, one)]


def _wide(asked: list[Term], by: Actor, limit: int, concept: str) -> list[Hit]:
    """One concept, looked through until there are enough that this person may see: first the labels that begin with
    what was typed, then the newest."""
    found: dict[int, Hit] = {}
    low = NUMBERS[concept] * SPAN
    begins = [Term("", tuple((terms.BEGINS + way[0], *way) for way in asked[0].ways)), *asked[1:]]
    for wanted in (begins, asked):
        high = low + SPAN
        for size in PORTIONS:
            if len(found) >= limit:
                break
            rows = _rows(wanted, low, high, size)
            found |= {hit.id: hit for hit in _visible(rows, by)}
            if len(rows) < size:
                break
            high = rows[-1][0]
    return list(found.values())


def _visible(rows: Iterable[tuple[int, str]], by: Actor) -> list[Hit]:
    labels: dict[str, dict[int, str]] = {}
    for row, label in rows:
        labels.setdefault(CONCEPTS[row // SPAN], {})[row % SPAN] = label
    found = []
    for concept, known in labels.items():
        model = LISTED[concept]
        fields = [model._meta.fields[name] for name in FACTS if name in model._meta.fields]
        for facts in visible(model, by).where(model.id.in_(list(known))).select(*fields).dicts():
            found.append(Hit(concept, facts["id"], known[facts["id"]], facts))
    return found


def _ranked(hits: list[Hit], asked: list[Term]) -> list[Hit]:
    wanted = [term.typed for term in asked]
    return sorted(hits, key=lambda hit: (_place(hit, wanted), _closed(hit.facts), -hit.facts["updated_at"].timestamp()))


def _place(hit: Hit, wanted: list[str]) -> int:
    words = terms.split(hit.label)
    if hit.typo:
        return 4
    if " ".join(words).startswith(" ".join(wanted)):
        return 0
    if all(one in words for one in wanted):
        return 1
    return 2 if all(any(word.startswith(one) for word in words) for one in wanted) else 3


def _closed(facts: dict[str, Any]) -> bool:
    return bool(facts["archived"]) or facts.get("status") in CLOSED or facts.get("outcome") in ("won", "lost")


def _rows(asked: list[Term], low: int, high: int, limit: int) -> list[tuple[int, str]]:
    """The newest rows between two row ids, without those."""
    condition, match = _match(asked)
    mark = "?" if is_sqlite() else "%s"
    sql = (
        f"SELECT rowid, label FROM search WHERE {condition} AND rowid > {mark} AND rowid < {mark} "
        f"ORDER BY rowid DESC LIMIT {limit}"
    )
    return list(database.execute_sql(sql, (match, low, high)).fetchall())


def _match(asked: list[Term]) -> tuple[str, str]:
    """Words are letters and digits only, so none can be read as an operator."""
    if is_sqlite():
        return "search MATCH ?", _expression(asked, '"{}"*', " AND ", " OR ")
    return "words @@ %s::tsquery", _expression(asked, "'{}':*", " & ", " | ")


def _expression(asked: list[Term], word: str, both: str, either: str) -> str:
    def way(words: tuple[str, ...]) -> str:
        return f"({both.join(word.format(one) for one in words)})"

    return both.join(f"({either.join(way(words) for words in term.ways)})" for term in asked)


def _comparable(word: str) -> bool:
    return SHORTEST <= len(word) <= LONGEST and word.isalpha() and not word.startswith((terms.BEGINS, terms.ENDS))


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


def _alike(asked: list[Term]) -> dict[str, list[str]]:
    """Typed word -> known words with one or two letters wrong, the likeliest first."""
    found = {}
    for typed in {term.typed for term in asked if _comparable(term.typed)}:
        most = 1 if len(typed) < 7 else 2
        near = []
        for word in _neighbours(typed):
            # While somebody types, the word is not complete: its beginning is compared too.
            distance = min(
                OSA.distance(typed, word, score_cutoff=most), OSA.distance(typed, word[: len(typed)], score_cutoff=most)
            )
            if distance <= most and not word.startswith(typed):
                near.append((distance, abs(len(word) - len(typed)), word))
        if near:
            found[typed] = [word for _, _, word in sorted(near)[:MOST_ALIKE]]
    return found


def _neighbours(typed: str) -> set[str]:
    """Words that begin or end as this one does: a typo leaves one of the two whole."""
    letters = 2 if len(typed) < 6 else 3
    found: set[str] = set()
    for column, start in (("word", typed[:2]), ("backward", typed[: -letters - 1 : -1])):
        mark = "?" if is_sqlite() else "%s"
        sql = f"SELECT word FROM search_vocabulary WHERE {column} >= {mark} AND {column} < {mark} LIMIT {MOST_COMPARED}"
        found |= {word for (word,) in database.execute_sql(sql, (start, start + "\U0010ffff")).fetchall()}
    return found


def _meant(alike: dict[str, list[str]], hits: list[Hit]) -> dict[str, str]:
    """Only words of records that this person may see: a suggestion tells nothing about others."""
    if not hits:
        return {}
    mark = "?" if is_sqlite() else "%s"
    words = "words" if is_sqlite() else "array_to_string(tsvector_to_array(words), ' ')"
    rows = tuple(NUMBERS[hit.concept] * SPAN + hit.id for hit in hits[:AT_ONCE])
    sql = f"SELECT {words} FROM search WHERE rowid IN ({', '.join(mark for _ in rows)})"
    held = {word for (text,) in database.execute_sql(sql, rows).fetchall() for word in text.split()}
    found = {typed: next((word for word in words if word in held), "") for typed, words in alike.items()}
    return {typed: word for typed, word in found.items() if word}


def _many(sql: str, rows: list[tuple[Any, ...]]) -> None:
    cursor = database.connection().cursor()
    cursor.executemany(sql, rows)
    cursor.close()
