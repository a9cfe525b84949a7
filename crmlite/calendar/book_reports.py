"""REPORT on the address book: queries, multigets and syncs (RFC 6352 section 8, RFC 6578)."""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from http import client
from typing import NamedTuple
from urllib.parse import quote

from radicale.types import WSGIResponse

from crmlite.calendar import book_filters, xml
from crmlite.calendar.book import Book, StoredCard
from crmlite.calendar.book_answers import Answers, ask_of
from crmlite.calendar.filters import BadFilter
from crmlite.calendar.responses import gone, named
from crmlite.rules import cards
from crmlite.rules.cards import Row


class Asked(NamedTuple):
    """Where a report was asked; `only` when at a card."""

    prefix: str
    book: Book
    only: Row | None


def answer(prefix: str, thing: Book | StoredCard, root: ET.Element) -> WSGIResponse:
    report = REPORTS.get(root.tag)
    if report is None:
        return xml.error(client.FORBIDDEN, "D:supported-report", "This report is not known here.")
    book = thing if isinstance(thing, Book) else thing.book
    try:
        return report(Asked(prefix, book, thing.row if isinstance(thing, StoredCard) else None), root)
    except BadFilter as problem:
        return xml.error(client.FORBIDDEN, f"CR:{problem.condition}", problem.message)


def _query(to: Asked, root: ET.Element) -> WSGIResponse:
    ask, wanted = ask_of(root), book_filters.read(root)
    rows = [to.only] if to.only else to.book.every()
    if wanted is not None:
        to.book.read(rows)
        rows = [row for row in rows if book_filters.matches(to.book.text_of(row), wanted)]
    most, cut = _limit(root), ""
    if most is not None and len(rows) > most:
        rows = rows[:most]
        why = "<D:error><D:number-of-matches-within-limits/></D:error>"
        status = "<D:status>HTTP/1.1 507 Insufficient Storage</D:status>"
        cut = f"<D:response><D:href>{quote(f'{to.prefix}/{to.book.path}/')}</D:href>{status}{why}</D:response>"
    return xml.multistatus([*Answers(to.prefix, to.book, ask).of(rows), cut])


def _multiget(to: Asked, root: ET.Element) -> WSGIResponse:
    ask = ask_of(root)
    asked = named(root, f"{to.prefix}/{to.book.path}")
    rows = {row.href: row for row in to.book.named(asked.names)}
    answers = Answers(to.prefix, to.book, ask)
    told = dict(zip(rows, answers.of(list(rows.values())), strict=True))
    parts = [told.get(name) or answers.gone(name) for name in asked.names]
    return xml.multistatus([*parts, *(gone(quote(said)) for said in asked.strange)])


def _sync(to: Asked, root: ET.Element) -> WSGIResponse:
    ask = ask_of(root)
    token = (root.findtext(xml.name("D:sync-token")) or "").strip()
    try:
        found = to.book.changes(token)
    except cards.InvalidToken:
        return xml.error(client.FORBIDDEN, "D:valid-sync-token", "This sync token is no longer known: start anew.")
    answers, present = Answers(to.prefix, to.book, ask), {row.href for row in found.written}
    parts = [*answers.of(found.written), *(answers.gone(href) for href in found.left if href not in present)]
    return xml.multistatus([*parts, f"<D:sync-token>{found.token}</D:sync-token>"])


def _limit(root: ET.Element) -> int | None:
    said = (root.findtext(f"{xml.name('CR:limit')}/{xml.name('CR:nresults')}") or "").strip()
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else None


REPORTS: dict[str, Callable[[Asked, ET.Element], WSGIResponse]] = {
    xml.name("CR:addressbook-query"): _query,
    xml.name("CR:addressbook-multiget"): _multiget,
    xml.name("D:sync-collection"): _sync,
}
