"""What is told of each event in a multistatus: built as text, since thousands are asked for at once."""

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable
from typing import NamedTuple
from urllib.parse import quote

from crmlite.calendar import wanted, xml
from crmlite.calendar.collection import Collection, stamp
from crmlite.calendar.wanted import Data
from crmlite.rules.objects import Object

WITH_TEXT = {xml.name("C:calendar-data"), xml.name("D:getcontentlength")}


class Ask(NamedTuple):
    """Full names of the properties a client wants of each event, and what of its text."""

    properties: tuple[str, ...]
    data: Data = Data()

    @property
    def texts(self) -> bool:
        """Whether the texts of the events are needed."""
        return not WITH_TEXT.isdisjoint(self.properties)


def ask_of(root: ET.Element) -> Ask:
    """Raises BadFilter."""
    asked = root.find(xml.name("D:prop"))
    if asked is None:
        return EVERYTHING
    return Ask(tuple(element.tag for element in asked), wanted.read(asked.find(xml.name("C:calendar-data"))))


class Answers:
    """The responses for events of one collection."""

    def __init__(self, prefix: str, collection: Collection, ask: Ask) -> None:
        self.prefix = prefix
        self.collection = collection
        self.ask = ask
        self._base = quote(f"{prefix}/{collection.path}/")
        self._known = [(*xml.opened(name), PROPERTIES[name]) for name in ask.properties if name in PROPERTIES]
        missing = [xml.empty(name) for name in ask.properties if name not in PROPERTIES]
        self._missing = xml.propstat("404 Not Found", missing) if missing else ""

    def of(self, rows: Iterable[Object]) -> Iterable[str]:
        return map(self.one, rows)

    def one(self, row: Object) -> str:
        parts = []
        for opening, closing, read in self._known:
            value = read(self, row)
            parts.append(f"{opening}>{value}{closing}" if value else f"{opening}/>")
        found = xml.propstat("200 OK", parts) if parts else ""
        if not found and not self._missing:
            found = "<D:status>HTTP/1.1 200 OK</D:status>"
        return f"<D:response><D:href>{self.href(row.href)}</D:href>{found}{self._missing}</D:response>"

    def gone(self, name: str) -> str:
        return gone(self.href(name))

    def href(self, name: str) -> str:
        return self._base + quote(name)


def gone(href: str) -> str:
    """`href` quoted."""
    status = "<D:status>HTTP/1.1 404 Not Found</D:status>"
    return f"<D:response><D:href>{xml.text(href)}</D:href>{status}</D:response>"


def _data(to: Answers, row: Object) -> str:
    text = to.collection.shown(row)
    return xml.text(to.ask.data.of(text, to.collection.zone) if any(to.ask.data) else text)


def _owner(to: Answers, row: Object) -> str:
    return f"<D:href>{quote(f'{to.prefix}/{to.collection.owner}/')}</D:href>"


def _principal(to: Answers, row: Object) -> str:
    return f"<D:href>{quote(f'{to.prefix}/{to.collection.here.slug}/')}</D:href>"


def _privileges(to: Answers, row: Object) -> str:
    write = ("D:write", "D:write-content", "D:write-properties") if to.collection.place.writable else ()
    return "".join(f"<D:privilege><{one}/></D:privilege>" for one in ("D:read", *write))


def _content_type(to: Answers, row: Object) -> str:
    return f"text/calendar;charset=utf-8;component={row.component.lower()}"


PROPERTIES: dict[str, Callable[[Answers, Object], str]] = {
    xml.name("D:getetag"): lambda to, row: to.collection.etag_of(row),
    xml.name("D:getcontenttype"): _content_type,
    xml.name("D:getlastmodified"): lambda to, row: stamp(row.updated),
    xml.name("D:getcontentlength"): lambda to, row: str(len(to.collection.shown(row).encode())),
    xml.name("D:resourcetype"): lambda to, row: "",
    xml.name("D:owner"): _owner,
    xml.name("D:current-user-principal"): _principal,
    xml.name("D:current-user-privilege-set"): _privileges,
    xml.name("C:calendar-data"): _data,
}
EVERYTHING = Ask(tuple(name for name in PROPERTIES if name not in WITH_TEXT))
