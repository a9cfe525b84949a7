"""Finding records by what people remember of them. The gate feeds the index; people see only what is theirs."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from peewee import SQL, ModelSelect

from crmlite.models.base import database, is_sqlite
from crmlite.models.journal import Entry
from crmlite.models.statements import statement
from crmlite.rules import terms, typos
from crmlite.rules.access import LISTED, Actor, visible
from crmlite.rules.terms import Term

NUMBERS = {"lead": 1, "partner": 2, "contact": 3, "opportunity": 4, "event": 5, "quote": 7, "product": 6}
CONCEPTS = {number: concept for concept, number in NUMBERS.items()}
SPAN = 2**40  # the ids of one concept are one range of rows
TOP = (max(NUMBERS.values()) + 1) * SPAN
AT_ONCE = 100
# How far we look in one concept for what this person may see, newest first: twice what is shown, at most 30, then more.
PORTION, PORTIONS = 30, (100, 400, 1600, 6400)
TOO_FEW = 3
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
    if len(hits) < TOO_FEW and (alike := typos.alike(asked)):
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
    rows: list[tuple[int, str]] = []
    portion = min(2 * limit, PORTION)
    if not concept:
        rows = _rows(asked, 0, TOP, portion)
        if len(rows) < portion:  # a rare word: all that have it are here
            return _visible(rows, by)
    found: dict[str, dict[int, Hit]] = {one: {} for one in ([concept] if concept else NUMBERS)}
    # First the labels that begin with what was typed, then the newest.
    begins = [Term("", tuple((terms.BEGINS + way[0], *way[1:]) for way in asked[0].ways)), *asked[1:]]
    for wanted in (begins, asked):
        short = [one for one in found if len(found[one]) < limit]
        first = _newest(wanted, short, rows if wanted is asked else [], portion) if short else {}
        seen = _visible([row for some in first.values() for row in some], by)
        for one, some in first.items():
            found[one] |= {hit.id: hit for hit in seen if hit.concept == one}
            _look_further(found[one], wanted, one, some, portion, by, limit)
    return [hit for hits in found.values() for hit in hits.values()]


def _newest(
    asked: list[Term], concepts: list[str], rows: list[tuple[int, str]], portion: int
) -> dict[str, list[tuple[int, str]]]:
    """The first portion of each concept. A question costs the same for one concept as for all, so each goes on where
    the one before had enough, beginning behind the `rows` that are known already."""
    newest: dict[str, list[tuple[int, str]]] = {one: [] for one in concepts}
    low = min(NUMBERS[one] for one in concepts) * SPAN
    high = (max(NUMBERS[one] for one in concepts) + 1) * SPAN
    rows = rows or _rows(asked, low, high, portion)
    while rows:
        for row in rows:
            newest.setdefault(CONCEPTS[row[0] // SPAN], []).append(row)
        high = rows[-1][0]
        if len(newest[CONCEPTS[high // SPAN]]) >= portion:
            high -= high % SPAN
        rows = _rows(asked, low, high, portion) if len(rows) >= portion and high > low else []
    return {one: newest[one][:portion] for one in concepts}


def _look_further(
    found: dict[int, Hit],
    asked: list[Term],
    concept: str,
    rows: list[tuple[int, str]],
    most: int,
    by: Actor,
    limit: int,
) -> None:
    """Where this person sees too little among the rows, add what they see in ever larger portions behind them; `most`
    is how many the rows could have been."""
    for size in PORTIONS:
        if len(found) >= limit or len(rows) < most:
            return
        rows, most = _rows(asked, NUMBERS[concept] * SPAN, rows[-1][0], size), size
        found |= {hit.id: hit for hit in _visible(rows, by)}


def _visible(rows: Iterable[tuple[int, str]], by: Actor) -> list[Hit]:
    labels: dict[str, dict[int, str]] = {}
    for row, label in rows:
        labels.setdefault(CONCEPTS[row // SPAN], {})[row % SPAN] = label
    found = []
    for concept, known in labels.items():
        for facts in _facts(concept, by, ids=list(known)):
            found.append(Hit(concept, facts["id"], known[facts["id"]], facts))
    return found


@statement
def _facts(concept: str, by: Actor, ids: Any) -> ModelSelect:
    model = LISTED[concept]
    fields = [model._meta.fields[name] for name in FACTS if name in model._meta.fields]
    return visible(model, by).where(model.id.in_(ids)).select(*fields).dicts()


def _ranked(hits: list[Hit], asked: list[Term]) -> list[Hit]:
    wanted = [term.typed for term in asked]
    newest = sorted(hits, key=lambda hit: hit.facts["updated_at"], reverse=True)
    return sorted(newest, key=lambda hit: (_place(hit, wanted), _closed(hit.facts)))


def _place(hit: Hit, wanted: list[str]) -> int:
    if hit.typo:
        return 4
    words = terms.split(hit.label)
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
