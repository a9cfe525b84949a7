"""The XML of the door: names, careful reading, answers, refusals with the condition that was broken."""

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from http import client
from xml.sax.saxutils import escape

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import XMLParser
from radicale.types import WSGIResponse

NAMESPACES = {
    "D": "DAV:",
    "C": "urn:ietf:params:xml:ns:caldav",
    "CR": "urn:ietf:params:xml:ns:carddav",
    "CS": "http://calendarserver.org/ns/",
    "ICAL": "http://apple.com/ns/ical/",
}
SPACES = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
PREFIXES = {uri: prefix for prefix, uri in NAMESPACES.items()}
HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
HEADERS = {"Content-Type": "text/xml; charset=utf-8"}
MOST_BYTES, MOST_ELEMENTS, MOST_DEPTH = 1024 * 1024, 50_000, 40


class BadXml(RuntimeError):
    """The body is not XML that we take; Radicale answers 400 to RuntimeErrors of this place."""


def name(short: str) -> str:
    """ "D:href" -> "{DAV:}href"."""
    prefix, _, local = short.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


def read(body: bytes) -> ET.Element | None:
    """The root element, None for an empty body. Raises BadXml for what is malformed, too large or too
    deep."""
    if not body:
        return None
    if len(body) > MOST_BYTES:
        raise BadXml("The XML is larger than 1 MB.")
    parser = XMLParser(target=_Builder(), forbid_dtd=True)
    try:
        parser.feed(body)
        return parser.close()
    except (ET.ParseError, DefusedXmlException, LookupError, ValueError) as error:
        raise BadXml(f"The XML cannot be read: {error}") from error


def text(value: str) -> str:
    """Escaped so that parsers give back exactly this; a bare carriage return would become a line feed."""
    return escape(value, {"\r": "&#13;"})


def opened(tag: str) -> tuple[str, str]:
    """An element by its full name as opening (without the closing bracket) and closing tag."""
    space, _, local = tag[1:].partition("}") if tag.startswith("{") else ("", "", tag)
    if space in PREFIXES:
        return f"<{PREFIXES[space]}:{local}", f"</{PREFIXES[space]}:{local}>"
    return f'<x:{local} xmlns:x="{escape(space, {chr(34): "&quot;"})}"', f"</x:{local}>"


def empty(tag: str) -> str:
    return f"{opened(tag)[0]}/>"


def multistatus(parts: Iterable[str]) -> WSGIResponse:
    answer = "".join([HEAD, f"<D:multistatus{SPACES}>", *parts, "</D:multistatus>"])
    return client.MULTI_STATUS, dict(HEADERS), answer.encode(), None


def propstat(status: str, props: Iterable[str], why: str = "") -> str:
    """`status` as "200 OK"."""
    inside = f"<D:prop>{''.join(props)}</D:prop><D:status>HTTP/1.1 {status}</D:status>{why}"
    return f"<D:propstat>{inside}</D:propstat>"


def error(status: int, condition: str, sentence: str = "", href: str = "") -> WSGIResponse:
    """`condition` as "C:valid-calendar-data". The sentence stands where other servers have theirs."""
    inside = f"<D:href>{text(href)}</D:href>" if href else ""
    said = f'<s:message xmlns:s="http://sabredav.org/ns">{text(sentence)}</s:message>' if sentence else ""
    body = f"{HEAD}<D:error{SPACES}><{condition}>{inside}</{condition}>{said}</D:error>"
    return status, dict(HEADERS), body.encode(), None


class _Builder(ET.TreeBuilder):
    """Counts, so that a small text cannot become a tree that exhausts the stack or the memory."""

    def __init__(self) -> None:
        super().__init__()
        self.elements = self.depth = 0

    def start(self, tag: str, attrs: dict[str, str]) -> ET.Element:
        self.elements += 1
        self.depth += 1
        if self.elements > MOST_ELEMENTS or self.depth > MOST_DEPTH:
            raise BadXml("The XML has too many elements, or they are nested too deeply.")
        return super().start(tag, attrs)

    def end(self, tag: str) -> ET.Element:
        self.depth -= 1
        return super().end(tag)
