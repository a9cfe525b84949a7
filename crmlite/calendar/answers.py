"""What is told of each event in a multistatus: built as text, since thousands are asked for at once."""

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable
from typing import NamedTuple
from urllib.parse import quote

from crmlite.calendar import wanted, xml
from crmlite.calendar.collection import Collection, stamp
from crmlite.calendar.responses import Responses
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


class Answers(Responses):
    """The responses for events of one collection."""

    def __init__(self, prefix: str, collection: Collection, ask: Ask) -> None:
        super().__init__(f"{prefix}/{collection.path}", ask.properties, PROPERTIES)
        self.prefix = prefix
        self.collection = collection
        self.ask = ask

    def of(self, rows: Iterable[Object]) -> Iterable[str]:
        return map(self.one, rows)


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
