"""Words like those that were typed, among all that the index has ever learned."""

from crmlite.later import osa
from crmlite.models.base import database, is_sqlite
from crmlite.rules import terms
from crmlite.rules.terms import Term

SHORTEST, LONGEST = 4, 30  # the words that typos are looked for in
MOST_ALIKE, MOST_COMPARED = 6, 20_000


def alike(asked: list[Term]) -> dict[str, list[str]]:
    """Typed word -> known words with one or two letters wrong, the likeliest first."""
    found = {}
    apart = osa.distance
    for typed in {term.typed for term in asked if is_comparable(term.typed)}:
        most = 1 if len(typed) < 7 else 2
        near = []
        for word in _neighbours(typed):
            # While somebody types, the word is not complete: its beginning is compared too.
            distance = min(apart(typed, word, score_cutoff=most), apart(typed, word[: len(typed)], score_cutoff=most))
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


def is_comparable(word: str) -> bool:
    return SHORTEST <= len(word) <= LONGEST and word.isalpha() and not word.startswith((terms.BEGINS, terms.ENDS))
