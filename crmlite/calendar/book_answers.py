"""What is told of each card in a multistatus."""

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable
from typing import NamedTuple
from urllib.parse import quote

from crmlite.calendar import xml
from crmlite.calendar.book import Book
from crmlite.calendar.collection import stamp
from crmlite.calendar.filters import BadFilter
from crmlite.calendar.responses import Responses
from crmlite.rules.cards import BOOK, Row
from crmlite.vcf.lines import VERSIONS, bare, parse

WITH_TEXT = {xml.name("CR:address-data"), xml.name("D:getcontentlength")}


class Ask(NamedTuple):
    """Full names of the properties a client wants of each card, and of its text (empty: all)."""

    properties: tuple[str, ...]
    parts: frozenset[str] = frozenset()

    @property
    def texts(self) -> bool:
        return not WITH_TEXT.isdisjoint(self.properties)


def ask_of(root: ET.Element | None) -> Ask:
    """Raises BadFilter for a format that is not spoken here."""
    asked = root.find(xml.name("D:prop")) if root is not None else None
    if asked is None:
        return EVERYTHING
    data = asked.find(xml.name("CR:address-data"))
    parts: frozenset[str] = frozenset()
    if data is not None:
        if data.get("content-type", "text/vcard") != "text/vcard" or data.get("version", VERSIONS[0]) not in VERSIONS:
            raise BadFilter("Cards are told as text/vcard of version 3.0.", "supported-address-data")
        parts = frozenset(one.get("name", "").upper() for one in data.findall(xml.name("CR:prop")))
    return Ask(tuple(element.tag for element in asked), parts)


class Answers(Responses):
    """The responses for cards of one book."""

    def __init__(self, prefix: str, book: Book, ask: Ask) -> None:
        super().__init__(f"{prefix}/{book.path}", ask.properties, PROPERTIES)
        self.prefix = prefix
        self.book = book
        self.ask = ask

    def of(self, rows: list[Row]) -> Iterable[str]:
        if self.ask.texts:
            self.book.read(rows)
        return map(self.one, rows)


def _data(to: Answers, row: Row) -> str:
    text = to.book.text_of(row)
    if to.ask.parts:
        card = parse(text)
        kept = [line for line in card.lines if bare(line) in to.ask.parts | {"BEGIN", "END", "VERSION"}]
        text = "".join(line.raw for line in kept)
    return xml.text(text)


def _principal(to: Answers, row: Row) -> str:
    return f"<D:href>{quote(f'{to.prefix}/{to.book.here.slug}/')}</D:href>"


def _privileges(to: Answers, row: Row) -> str:
    write = ("D:write", "D:write-content") if to.book.writable and row.concept in BOOK else ()
    return "".join(f"<D:privilege><{one}/></D:privilege>" for one in ("D:read", *write))


PROPERTIES: dict[str, Callable[[Answers, Row], str]] = {
    xml.name("D:getetag"): lambda to, row: f'"{row.etag}"',
    xml.name("D:getcontenttype"): lambda to, row: "text/vcard;charset=utf-8",
    xml.name("D:getlastmodified"): lambda to, row: stamp(row.updated),
    xml.name("D:getcontentlength"): lambda to, row: str(len(to.book.text_of(row).encode())),
    xml.name("D:resourcetype"): lambda to, row: "",
    xml.name("D:owner"): _principal,
    xml.name("D:current-user-principal"): _principal,
    xml.name("D:current-user-privilege-set"): _privileges,
    xml.name("CR:address-data"): _data,
}
EVERYTHING = Ask(tuple(name for name in PROPERTIES if name not in WITH_TEXT))
