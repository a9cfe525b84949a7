"""Radicale's application with our classes, without what would let one client hurt another."""

import posixpath
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from http import client
from typing import Any
from urllib.parse import unquote

from radicale import config, httputils
from radicale.app import Application
from radicale.types import WSGIResponse

from crmlite.calendar import book_answers, limits, visit, xml
from crmlite.calendar.answers import EVERYTHING, Answers, ask_of
from crmlite.calendar.book import Book
from crmlite.calendar.collection import Collection
from crmlite.calendar.properties import Properties
from crmlite.calendar.reports import Reports
from crmlite.calendar.storage import NotMade
from crmlite.calendar.writes import MOST_BYTES, Writes
from crmlite.errors import Conflict, Forbidden, Refused
from crmlite.rules import objects

DAV = "1, 3, extended-mkcol, calendar-access, addressbook"
METHODS = "OPTIONS, GET, HEAD, PUT, DELETE, MOVE, PROPFIND, PROPPATCH, REPORT, MKCALENDAR, MKCOL"
SETTINGS: dict[str, dict[str, Any]] = {
    "auth": {"type": "crmlite.calendar.login", "delay": 0, "realm": "crmlite"},
    "rights": {
        "type": "crmlite.calendar.rights",
        "permit_overwrite_collection": False,
        "permit_delete_collection": True,
    },
    "storage": {"type": "crmlite.calendar.storage"},
    "server": {"delay_on_error": 0, "max_content_length": 4 * MOST_BYTES, "max_resource_size": MOST_BYTES},
    "web": {"type": "none"},
    "hook": {"type": "none"},
    "logging": {"level": "warning", "mask_passwords": True},
}
FIRST_HREF = re.compile(rb"(<href>)[^<]*(</href>)")


class Server(Writes, Reports, Properties, Application):
    def __init__(self, configuration: config.Configuration) -> None:
        super().__init__(configuration)
        # Colons, quotes and commas in names hurt only the file systems that Radicale guards here.
        self._validate_path_value = "without control characters"

    def _read_xml_request_body(self, environ: dict[str, Any], request_info: dict) -> ET.Element | None:
        root = xml.read(visit.current.get().body)
        asking = root is None or (root.tag == xml.name("D:propfind") and len(root) > 0)
        if environ["REQUEST_METHOD"] == "PROPFIND" and not asking:
            raise xml.BadXml("A PROPFIND asks with a propfind that says for what.")
        return root

    def do_PROPFIND(  # noqa: N802 - Radicale's name
        self, environ: dict[str, Any], base_prefix: str, path: str, *args: Any
    ) -> WSGIResponse:
        """The answer for the bare host names the address that was asked for. Endless depth is refused. What a
        calendar holds is told as reports tell it, which is many times quicker than property by property."""
        if environ.get("HTTP_DEPTH", "0").strip().lower() not in ("0", "1"):
            return xml.error(client.FORBIDDEN, "D:propfind-finite-depth", "Please ask with depth 0 or 1.")
        here = visit.current.get()
        whole = environ.get("HTTP_DEPTH", "0").strip() == "1" and b"propname" not in here.body
        listed = here.calendar_at(path) if whole else None
        book = whole and here.in_book(path) and path.count("/") < 4 and not here.at_root
        if listed or book:
            environ = {**environ, "HTTP_DEPTH": "0"}
        status, headers, answer, said = super().do_PROPFIND(environ, base_prefix, path, *args)
        if isinstance(answer, bytes) and status == client.MULTI_STATUS:
            if here.at_root:
                answer = FIRST_HREF.sub(rb"\1/\2", answer, count=1)
            answer = limits.tell(answer, here.body, lambda href: _limits_at(href, base_prefix))
            if listed:
                answer = _with_events(answer, base_prefix, Collection(here, listed), here.body)
            if book:
                answer = _with_cards(answer, base_prefix, Book(here), here.body)
        return status, headers, answer, said

    def do_GET(self, environ: dict[str, Any], base_prefix: str, path: str, *args: Any) -> WSGIResponse:  # noqa: N802
        if path.startswith("/."):
            return httputils.NOT_FOUND
        if path == "/":
            return httputils.redirect("/")
        return super().do_GET(environ, base_prefix, path, *args)

    def do_MKCALENDAR(self, *args: Any) -> WSGIResponse:  # noqa: N802
        return _inside_calendar(args[2]) or _making(super().do_MKCALENDAR, *args)

    def do_MKCOL(self, *args: Any) -> WSGIResponse:  # noqa: N802
        return _inside_calendar(args[2]) or _making(super().do_MKCOL, *args)

    def do_POST(self, *args: Any) -> WSGIResponse:  # noqa: N802
        return httputils.METHOD_NOT_ALLOWED

    def do_OPTIONS(self, *args: Any) -> WSGIResponse:  # noqa: N802
        return client.OK, {"Allow": METHODS, "DAV": DAV}, None, None


def build() -> Server:
    configuration = config.load()
    configuration.update(SETTINGS, "crmlite", privileged=True)
    return Server(configuration)


def _with_events(answer: bytes, prefix: str, collection: Collection, body: bytes) -> bytes:
    """Radicale's answer about a calendar, with what the calendar holds behind."""
    root = xml.read(body)
    ask = ask_of(root) if root is not None else EVERYTHING
    own = b"".join(ET.tostring(response) for response in ET.fromstring(answer))
    rows = objects.every(collection.calendar, collection.here.actor, ask.texts)
    return xml.multistatus([own.decode(), *Answers(prefix, collection, ask).of(rows)])[2]


def _limits_at(href: str, prefix: str) -> Mapping[str, str]:
    here, path = visit.current.get(), unquote(href).removeprefix(prefix)
    if here.calendar_at(path) is not None:
        return limits.LIMITS
    return limits.OF_BOOKS if here.in_book(path) and len(path.strip("/").split("/")) == 2 else {}


def _inside_calendar(path: str) -> WSGIResponse | None:
    """RFC 4791 section 5.3.1.1: no calendar stands in another."""
    if visit.current.get().calendar_at(posixpath.dirname(path.rstrip("/"))) is None:
        return None
    sentence = "A calendar cannot stand in a calendar: please make it beside the others."
    return xml.error(client.FORBIDDEN, "C:calendar-collection-location-ok", sentence)


def _with_cards(answer: bytes, prefix: str, book: Book, body: bytes) -> bytes:
    own = b"".join(ET.tostring(response) for response in ET.fromstring(answer))
    answers = book_answers.Answers(prefix, book, book_answers.ask_of(xml.read(body)))
    return xml.multistatus([own.decode(), *answers.of(book.every())])[2]


def _making(make: Any, *args: Any) -> WSGIResponse:
    try:
        return make(*args)
    except NotMade as problem:
        return xml.error(*_reason(problem.refused), problem.refused.message)


def _reason(refused: Refused) -> tuple[int, str]:
    if isinstance(refused, Conflict):
        return client.CONFLICT, "D:resource-must-be-null"
    return client.FORBIDDEN, "D:need-privileges" if isinstance(refused, Forbidden) else "D:valid-resourcetype"
