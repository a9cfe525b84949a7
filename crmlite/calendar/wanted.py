"""What a client wants of the text of each event: the calendar-data of a request (RFC 4791 section 9.6)."""

import xml.etree.ElementTree as ET
from typing import NamedTuple

from crmlite.calendar import filters, xml
from crmlite.calendar.filters import BadFilter, Range
from crmlite.ics import parts, shown
from crmlite.ics.parts import Part


class Data(NamedTuple):
    """`expand`: turns written out; `limit`: exceptions of that time only; `part`: these properties only."""

    expand: Range | None = None
    limit: Range | None = None
    part: Part | None = None

    def of(self, text: str, zone: str) -> str:
        """Raises Refusal when there are too many turns."""
        if self.expand and self.expand.start and self.expand.end:
            text = shown.expanded(text, zone, self.expand.start, self.expand.end)
        if self.limit and self.limit.start and self.limit.end:
            text = parts.limited(text, zone, self.limit.start, self.limit.end)
        return parts.only(text, self.part) if self.part else text


def read(element: ET.Element | None) -> Data:
    """Raises BadFilter."""
    if element is None:
        return Data()
    kind, version = element.get("content-type", "text/calendar"), element.get("version", "2.0")
    if kind.strip().lower() != "text/calendar" or version.strip() != "2.0":
        raise BadFilter("Events are told as text/calendar 2.0 only.", "supported-calendar-data")
    whole = element.find(xml.name("C:comp"))
    part = _part(whole) if whole is not None and whole.get("name", "").upper() == "VCALENDAR" else None
    return Data(_span(element, "C:expand"), _span(element, "C:limit-recurrence-set"), part)


def _span(element: ET.Element, name: str) -> Range | None:
    found = element.find(xml.name(name))
    if found is None:
        return None
    span = filters.span_of(found)
    if span.start is None or span.end is None:
        raise BadFilter(f"{name.removeprefix('C:')} needs a start and an end.", "valid-filter")
    return span


def _part(element: ET.Element) -> Part:
    """An element without children asks for the whole component, as in the example of RFC 4791 section 7.8.1."""
    if len(element) == 0:
        return Part()
    lines = {
        prop.get("name", "").upper(): prop.get("novalue", "no") != "yes" for prop in element.findall(xml.name("C:prop"))
    }
    inner = {comp.get("name", "").upper(): _part(comp) for comp in element.findall(xml.name("C:comp"))}
    return Part(
        None if element.find(xml.name("C:allprop")) is not None else lines,
        None if element.find(xml.name("C:allcomp")) is not None else inner,
    )
