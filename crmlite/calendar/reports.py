"""REPORT: queries, multigets and syncs, answered from our index instead of by reading every event."""

import posixpath
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from http import client
from typing import Any, NamedTuple
from urllib.parse import quote, unquote, urlsplit

from radicale import httputils, pathutils
from radicale.app.base import Access, ApplicationBase
from radicale.types import WSGIResponse

from crmlite import clock
from crmlite.calendar import filters, visit, xml
from crmlite.calendar.collection import Collection, Stored, stamp
from crmlite.calendar.filters import BadFilter
from crmlite.ics import shown
from crmlite.ics.refusal import Refusal
from crmlite.rules import objects
from crmlite.rules.objects import Object

STAMP = "%Y%m%dT%H%M%SZ"
EMPTY_REPORTS = ("D:principal-search-property-set", "D:principal-property-search", "D:expand-property")
EVERYTHING = ("D:getetag", "D:getcontenttype", "D:getlastmodified", "D:resourcetype")


class Ask(NamedTuple):
    """What a report wants of each event: full names of properties, and the range to write turns out for."""

    properties: tuple[str, ...]
    texts: bool
    expand: filters.Range | None


class Reports(ApplicationBase):
    def do_REPORT(  # noqa: N802 - Radicale's name
        self, environ: dict[str, Any], base_prefix: str, path: str, user: str, user_groups: set, request_info: dict
    ) -> WSGIResponse:
        if not Access(self._rights, user, user_groups, path).check("r"):
            return httputils.NOT_ALLOWED
        try:
            root = xml.read(visit.current.get().body)
        except xml.BadXml as problem:
            return httputils.bad_request(str(problem))
        if root is None:
            return httputils.bad_request("A REPORT needs a body that says which.")
        with self._storage.acquire_lock("r", user):
            thing = next(iter(self._storage.discover(path)), None)
            if thing is None:
                return httputils.NOT_FOUND
            if root.tag in map(xml.name, EMPTY_REPORTS):
                return xml.multistatus(())
            report, collection = REPORTS.get(root.tag), thing
            if isinstance(thing, Stored) and root.tag != xml.name("C:free-busy-query"):
                collection = thing.collection
            if report is None or not isinstance(collection, Collection):
                return xml.error(client.FORBIDDEN, "D:supported-report", "This report is not known here.")
            try:
                return report(_Answering(base_prefix, collection, thing if isinstance(thing, Stored) else None), root)
            except BadFilter as problem:
                return xml.error(client.FORBIDDEN, f"C:{problem.condition}", problem.message)
            except Refusal as problem:
                return xml.error(client.FORBIDDEN, f"C:{problem.condition}", problem.message)


class _Answering(NamedTuple):
    prefix: str
    collection: Collection
    only: Stored | None

    def href(self, name: str) -> str:
        return quote(f"{self.prefix}/{self.collection.path}/{name}")


def _query(to: _Answering, root: ET.Element) -> WSGIResponse:
    ask, wanted = _ask(root), filters.read(root)
    if wanted.component == "-":
        return xml.multistatus(())
    collection, span = to.collection, wanted.within
    texts = ask.texts or wanted.rest is not None or wanted.component == "VTODO"
    rows: Iterable[Object] = objects.in_range(
        collection.calendar, wanted.component, span.start, span.end, collection.here.actor, texts
    )
    if to.only:
        rows = [row for row in rows if row.id == to.only.row.id]
    rows = (row for row in rows if _answers(row, wanted, collection))
    return xml.multistatus(_response(to, row, ask) for row in rows)


def _answers(row: Object, wanted: filters.Wanted, collection: Collection) -> bool:
    undated = row.component == "VTODO" and row.range_start is None
    if undated and wanted.within != filters.Range() and not filters.undated_task_stands(row.text, wanted.within):
        return False
    return wanted.rest is None or filters.matches(collection.shown(row), wanted.rest, collection.zone)


def _multiget(to: _Answering, root: ET.Element) -> WSGIResponse:
    ask = _ask(root)
    names: list[str] = []
    strange: list[str] = []
    for element in root.findall(xml.name("D:href")):
        said = unquote(urlsplit((element.text or "").strip()).path)
        folder, name = posixpath.split(pathutils.sanitize_path(said))
        if folder == f"{to.prefix}/{to.collection.path}" and name:
            names.append(name)
        else:
            strange.append(said)
    collection = to.collection
    rows = {row.href: row for row in objects.named(collection.calendar, names, collection.here.actor, ask.texts)}
    parts = [_response(to, rows[name], ask) if name in rows else _gone(to.href(name)) for name in dict.fromkeys(names)]
    return xml.multistatus([*parts, *(_gone(quote(said)) for said in dict.fromkeys(strange))])


def _sync(to: _Answering, root: ET.Element) -> WSGIResponse:
    ask = _ask(root)
    token = (root.findtext(xml.name("D:sync-token")) or "").strip()
    try:
        written, left = to.collection.changes(token, ask.texts)
    except objects.InvalidToken:
        return xml.error(client.FORBIDDEN, "D:valid-sync-token", "This sync token is no longer known: start anew.")
    present = {row.href for row in written}
    parts = [_response(to, row, ask) for row in written]
    parts += [_gone(to.href(href)) for href in left if href not in present]
    return xml.multistatus([*parts, f"<D:sync-token>{to.collection.token}</D:sync-token>"])


def _free_busy(to: _Answering, root: ET.Element) -> WSGIResponse:
    element = root.find(xml.name("C:time-range"))
    span = filters.span_of(element) if element is not None else filters.Range()
    if span.start is None or span.end is None:
        raise BadFilter("A free-busy-query needs a time range with start and end.", "valid-filter")
    periods = _merged(objects.busy(to.collection.calendar, span.start, span.end))
    body = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//crmlite//crmlite//EN", "BEGIN:VFREEBUSY",
        f"DTSTAMP:{clock.now():{STAMP}}", f"DTSTART:{span.start:{STAMP}}", f"DTEND:{span.end:{STAMP}}",
        *(f"FREEBUSY;FBTYPE=BUSY:{start:{STAMP}}/{end:{STAMP}}" for start, end in periods),
        "END:VFREEBUSY", "END:VCALENDAR", "",
    ]  # fmt: skip
    return client.OK, {"Content-Type": "text/calendar; charset=utf-8"}, "\r\n".join(body).encode(), None


REPORTS: dict[str, Callable[[_Answering, ET.Element], WSGIResponse]] = {
    xml.name("C:calendar-query"): _query,
    xml.name("C:calendar-multiget"): _multiget,
    xml.name("D:sync-collection"): _sync,
    xml.name("C:free-busy-query"): _free_busy,
}


def _ask(root: ET.Element) -> Ask:
    asked = root.find(xml.name("D:prop"))
    if asked is None:
        return Ask(tuple(map(xml.name, EVERYTHING)), False, None)
    names = tuple(element.tag for element in asked)
    expand = asked.find(f"{xml.name('C:calendar-data')}/{xml.name('C:expand')}")
    span = filters.span_of(expand) if expand is not None else None
    if span and (span.start is None or span.end is None):
        raise BadFilter("Expand needs a start and an end.", "valid-filter")
    return Ask(names, bool({xml.name("C:calendar-data"), xml.name("D:getcontentlength")} & set(names)), span)


def _response(to: _Answering, row: Object, ask: Ask) -> str:
    found, missing = [], []
    for name in ask.properties:
        value = PROPERTIES[name](to, row, ask) if name in PROPERTIES else None
        if value is None:
            missing.append(xml.empty(name))
        else:
            opening, closing = xml.opened(name)
            found.append(f"{opening}>{value}{closing}" if value else f"{opening}/>")
    parts = [f"<D:response><D:href>{xml.text(to.href(row.href))}</D:href>"]
    for status, props in (("200 OK", found), ("404 Not Found", missing)):
        if props:
            parts.append(
                f"<D:propstat><D:prop>{''.join(props)}</D:prop><D:status>HTTP/1.1 {status}</D:status></D:propstat>"
            )
    if not ask.properties:
        parts.append("<D:status>HTTP/1.1 200 OK</D:status>")
    return "".join([*parts, "</D:response>"])


def _gone(href: str) -> str:
    return f"<D:response><D:href>{xml.text(href)}</D:href><D:status>HTTP/1.1 404 Not Found</D:status></D:response>"


def _data(to: _Answering, row: Object, ask: Ask) -> str:
    text = to.collection.shown(row)
    if ask.expand and ask.expand.start and ask.expand.end:
        text = shown.expanded(text, to.collection.zone, ask.expand.start, ask.expand.end)
    return xml.text(text)


def _privileges(to: _Answering, row: Object, ask: Ask) -> str:
    write = ("D:write", "D:write-content", "D:write-properties") if to.collection.place.writable else ()
    return "".join(f"<D:privilege><{one}/></D:privilege>" for one in ("D:read", *write))


PROPERTIES: dict[str, Callable[[_Answering, Object, Ask], str]] = {
    xml.name("D:getetag"): lambda to, row, ask: xml.text(to.collection.etag_of(row)),
    xml.name("D:getcontenttype"): lambda to, row, ask: (
        f"text/calendar;charset=utf-8;component={row.component.lower()}"
    ),
    xml.name("D:getlastmodified"): lambda to, row, ask: stamp(row.updated_at),
    xml.name("D:getcontentlength"): lambda to, row, ask: str(len(to.collection.shown(row).encode())),
    xml.name("D:resourcetype"): lambda to, row, ask: "",
    xml.name("D:owner"): lambda to, row, ask: (
        f"<D:href>{xml.text(quote(f'{to.prefix}/{to.collection.owner}/'))}</D:href>"
    ),
    xml.name("D:current-user-privilege-set"): _privileges,
    xml.name("C:calendar-data"): _data,
}


def _merged(periods: Iterator[tuple[datetime, datetime, str]]) -> list[tuple[datetime, datetime]]:
    merged: list[tuple[datetime, datetime]] = []
    for start, end, _ in sorted(periods):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
