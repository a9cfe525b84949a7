"""What the search shows of a record: its kind, a second line, and the parts that were found."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from crmlite.lists.kinds import CALLED, SECTIONS, names
from crmlite.lists.marks import icon
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


class Wanted(NamedTuple):
    """What was looked for: beginnings of words, which `plain` finds in a text without accents, and digits of
    numbers."""

    words: tuple[str, ...]
    plain: re.Pattern[str]
    numbers: tuple[str, ...]
    endings: tuple[str, ...]


class Group(NamedTuple):
    """`lines` are links as safe HTML. `more` leads to the list with everything that was found; empty when all of it is
    here."""

    title: str
    lines: list[Markup]
    more: str = ""


NOTHING = Wanted((), re.compile("$."), (), ())


def groups(answer: Answer, each: int, to: Reader) -> list[Group]:
    """The hits by concept, the concept of the best hit first."""
    by_concept: dict[str, list[Hit]] = {}
    for hit in answer.hits:
        by_concept.setdefault(hit.concept, []).append(hit)
    shown = {concept: hits[:each] for concept, hits in by_concept.items()}
    known = _companies([hit for hits in shown.values() for hit in hits], to)
    wanted = _wanted(answer)
    return [
        Group(
            title(concept),
            [_line(hit, wanted, known, to) for hit in hits],
            # A list finds no typos, so it is offered for what was typed only.
            "" if len(by_concept[concept]) <= each or hits[0].typo else f"/{SECTIONS[concept]}",
        )
        for concept, hits in shown.items()
    ]


def lines(hits: list[Hit], to: Reader) -> list[Markup]:
    known = _companies(hits, to)
    return [_line(hit, NOTHING, known, to) for hit in hits]


def title(concept: str) -> str:
    called = CALLED[concept]
    return f"{called[:-1]}ies".capitalize() if called.endswith("y") else f"{called}s".capitalize()


def marked(text: str, wanted: Wanted) -> Markup:
    """The text with the beginnings of words, and the numbers, that were looked for."""
    plainly = escape(text)
    if not wanted.numbers and text.isascii() and text == plainly:
        return Markup(wanted.plain.sub(r"<mark>\g<0></mark>", text))
    found: list[tuple[int, int]] = []
    for run in terms.NUMBER.finditer(text) if wanted.numbers else ():
        plain = digits(run[0])
        if any(one in plain for one in wanted.numbers):
            found.append(run.span())
    if text.isascii():
        found += [begun.span() for begun in wanted.plain.finditer(text)]
    else:
        found += _spelled(text, wanted)
    return _mark(text, sorted(found)) if found else plainly


def _spelled(text: str, wanted: Wanted) -> Iterator[tuple[int, int]]:
    """Where words begin as they may be written too: Müller where “mueller” was typed."""
    for word in terms.WORD.finditer(text):
        spelled = [words[0] for words in terms.spellings(word[0]) if words]
        begun = max((len(one) for one in wanted.words if any(full.startswith(one) for full in spelled)), default=0)
        if begun:
            yield word.start(), word.start() + (begun if len(spelled[0]) == len(word[0]) else len(word[0]))


def _mark(text: str, spans: list[tuple[int, int]]) -> Markup:
    parts, at = "", 0
    for start, end in spans:
        if start >= at:
            parts += f"{escape(text[at:start])}<mark>{escape(text[start:end])}</mark>"
            at = end
    return Markup(f"{parts}{escape(text[at:])}")


def _wanted(answer: Answer) -> Wanted:
    typed = [word for term in answer.terms for way in term.ways for word in way] + list(answer.meant.values())
    words = tuple(one for one in dict.fromkeys(typed) if not one.startswith((terms.BEGINS, terms.ENDS)))
    numbers = tuple(one for one in words if one.isdecimal() and len(one) >= terms.FEWEST_DIGITS)
    longest = "|".join(sorted((re.escape(one) for one in words), key=len, reverse=True))
    plain = re.compile(rf"(?<![^\W_])(?:{longest})", re.IGNORECASE) if words else NOTHING.plain
    endings = tuple(one.removeprefix(terms.ENDS)[::-1] for one in typed if one.startswith(terms.ENDS))
    return Wanted(words, plain, numbers, endings)


def _line(hit: Hit, wanted: Wanted, companies: dict[int, str], to: Reader) -> Markup:
    """By function, since a page may have a hundred of them."""
    second = " · ".join(marked(part, wanted) for part in _parts(hit, wanted, companies, to) if part)
    return Markup(
        f'<a class="hit" href="/{SECTIONS[hit.concept]}/{hit.id}">{icon(ICONS.get(hit.concept, "file-text"))}'
        f'<span class="cut" title="{escape(hit.label)}">{marked(hit.label, wanted)}</span> '
        f'<small class="cut">{second}<span class="sr"> {CALLED[hit.concept]}</span></small></a>\n'
    )


def _parts(hit: Hit, wanted: Wanted, companies: dict[int, str], to: Reader) -> list[str]:
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


def _reach(facts: dict[str, Any], wanted: Wanted) -> str:
    """The e-mail address, or the phone number that was looked for."""
    for number in (facts["phone"], facts["mobile_phone"]) if wanted.numbers or wanted.endings else ():
        plain = digits(number)
        if any(one in plain for one in wanted.numbers) or any(plain.endswith(one) for one in wanted.endings):
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
