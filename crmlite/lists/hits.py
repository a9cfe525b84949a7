"""What the search shows of a record: its kind, a second line, and the parts that were found."""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from crmlite.lists.kinds import CALLED, SECTIONS, names
from crmlite.lists.reader import Reader, day, money, when
from crmlite.models.events import EVENT_KINDS
from crmlite.models.leads import STATUSES
from crmlite.models.people import digits
from crmlite.models.quotes import STATUSES as QUOTE_STATUSES
from crmlite.rules import terms
from crmlite.rules.search import CLOSED, Answer, Hit

ICONS = {
    "lead": "sprout",
    "partner": "building-2",
    "contact": "contact",
    "opportunity": "square-kanban",
    "event": "calendar-days",
    "product": "tag",
    "quote": "file-text",
}
WORD = re.compile(r"[^\W_]+")


class Line(NamedTuple):
    """`label` is the name with its found parts marked."""

    url: str
    icon: str
    name: str
    label: str
    second: str
    word: str


class Group(NamedTuple):
    """`more` leads to the list with everything that was found; empty when all of it is here."""

    title: str
    lines: list[Line]
    more: str = ""


def groups(answer: Answer, each: int, asked: str, to: Reader) -> list[Group]:
    """The hits by concept, the concept of the best hit first."""
    by_concept: dict[str, list[Hit]] = {}
    for hit in answer.hits:
        by_concept.setdefault(hit.concept, []).append(hit)
    shown = {concept: hits[:each] for concept, hits in by_concept.items()}
    known = _companies([hit for hits in shown.values() for hit in hits], to)
    wanted = [word for term in answer.terms for way in term.ways for word in way] + list(answer.meant.values())
    return [
        Group(
            title(concept),
            [_line(hit, wanted, known, to) for hit in hits],
            # A list finds no typos, so it is offered for what was typed only.
            "" if len(by_concept[concept]) <= each or hits[0].typo else f"/{SECTIONS[concept]}",
        )
        for concept, hits in shown.items()
    ]


def lines(hits: list[Hit], to: Reader) -> list[Line]:
    known = _companies(hits, to)
    return [_line(hit, [], known, to) for hit in hits]


def title(concept: str) -> str:
    called = CALLED[concept]
    return f"{called[:-1]}ies".capitalize() if called.endswith("y") else f"{called}s".capitalize()


def marked(text: str, wanted: Iterable[str]) -> Markup:
    """The text with the beginnings of words, and the numbers, that were looked for."""
    wanted = [one for one in wanted if not one.startswith((terms.BEGINS, terms.ENDS))]
    numbers = [one for one in wanted if one.isdecimal() and len(one) >= terms.FEWEST_DIGITS]
    found: list[tuple[int, int]] = []
    for run in terms.NUMBER.finditer(text):
        if any(one in digits(run[0]) for one in numbers):
            found.append(run.span())
    for word in WORD.finditer(text):
        spelled = [words[0] for words in terms.spellings(word[0]) if words]
        begun = max((len(one) for one in wanted if any(full.startswith(one) for full in spelled)), default=0)
        if begun:
            found.append((word.start(), word.start() + (begun if len(spelled[0]) == len(word[0]) else len(word[0]))))
    return _mark(text, sorted(found))


def _mark(text: str, spans: list[tuple[int, int]]) -> Markup:
    parts, at = [], 0
    for start, end in spans:
        if start >= at:
            parts += [escape(text[at:start]), Markup("<mark>%s</mark>") % text[start:end]]
            at = end
    return Markup("").join([*parts, escape(text[at:])])


def _line(hit: Hit, wanted: list[str], companies: dict[int, str], to: Reader) -> Line:
    second = " · ".join(part for part in _parts(hit, wanted, companies, to) if part)
    url = f"/{SECTIONS[hit.concept]}/{hit.id}"
    label, word = marked(hit.label, wanted), CALLED[hit.concept]
    return Line(url, ICONS.get(hit.concept, "file-text"), hit.label, label, marked(second, wanted), word)


def _parts(hit: Hit, wanted: list[str], companies: dict[int, str], to: Reader) -> list[str]:
    facts = hit.facts
    gone = "Archived" if facts["archived"] else ""
    if hit.concept == "lead":
        return [facts["company"], _reach(facts, wanted), STATUSES.get(facts["status"], ""), gone]
    if hit.concept == "partner":
        return [facts["city"], _reach(facts, wanted), facts["reference"], gone]
    if hit.concept == "contact":
        return [companies.get(facts["partner"], ""), _reach(facts, wanted), gone]
    if hit.concept == "opportunity":
        stage = to.directory.stages.get(facts["stage"])
        return [companies.get(facts["partner"], ""), facts["reference"], stage.name if stage else "", gone]
    if hit.concept == "event":
        return [EVENT_KINDS.get(facts["kind"], ""), _moment(facts, to), _ended(facts)]
    if hit.concept == "quote":
        worth = money(facts["total"], facts["currency"], to)
        return [companies.get(facts["partner"], ""), QUOTE_STATUSES.get(facts["status"], ""), worth, gone]
    if hit.concept == "product":
        return [facts["reference"], money(facts["price"], facts["currency"], to), gone]
    return [gone]


def _reach(facts: dict[str, Any], wanted: list[str]) -> str:
    """The e-mail address, or the phone number that was looked for."""
    for number in (facts["phone"], facts["mobile_phone"]):
        plain = digits(number)
        if any(len(one) >= terms.FEWEST_DIGITS and one in plain for one in wanted if one.isdecimal()):
            return str(number)
        if any(one.startswith(terms.ENDS) and plain.endswith(one[: len(terms.ENDS) - 1 : -1]) for one in wanted):
            return str(number)
    return str(facts["email"] or facts["phone"])


def _moment(facts: dict[str, Any], to: Reader) -> str:
    if facts["all_day"]:
        return day(facts["start_date"], to)
    return when(facts["starts_at"], to) if facts["starts_at"] else ""


def _ended(facts: dict[str, Any]) -> str:
    return str(facts["status"]).capitalize() if facts["status"] in CLOSED else ""


def _companies(hits: list[Hit], to: Reader) -> dict[int, str]:
    ids = {hit.facts["partner"] for hit in hits if hit.concept != "lead" and hit.facts.get("partner")}
    return names("partner", ids, to)
