"""REPORT: queries, multigets and syncs, answered from our index instead of by reading every event."""

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable
from datetime import datetime
from http import client
from typing import Any, NamedTuple
from urllib.parse import quote

from radicale import httputils
from radicale.app.base import Access, ApplicationBase
from radicale.types import WSGIResponse

from crmlite import clock
from crmlite.calendar import book_reports, filters, visit, xml
from crmlite.calendar.answers import Answers, ask_of
from crmlite.calendar.book import Book, StoredCard
from crmlite.calendar.collection import Collection, Stored
from crmlite.calendar.filters import BadFilter
from crmlite.calendar.responses import gone, named
from crmlite.ics.refusal import Refusal
from crmlite.rules import objects
from crmlite.rules.objects import Object

STAMP = "%Y%m%dT%H%M%SZ"
EMPTY_REPORTS = ("D:principal-search-property-set", "D:principal-property-search", "D:expand-property")


class Asked(NamedTuple):
    """Where a report was asked; `only` when at an event."""

    prefix: str
    collection: Collection
    only: Stored | None


class Reports(ApplicationBase):
    def do_REPORT(  # noqa: N802 - Radicale's name
        self,
        environ: dict[str, Any],
        base_prefix: str,
        path: str,
        user: str,
        user_groups: set,
        request_info: dict,
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
            if isinstance(thing, Book | StoredCard):
                return book_reports.answer(base_prefix, thing, root)
            report, collection = REPORTS.get(root.tag), thing
            if isinstance(thing, Stored) and root.tag != xml.name("C:free-busy-query"):
                collection = thing.collection
            if report is None or not isinstance(collection, Collection):
                return xml.error(client.FORBIDDEN, "D:supported-report", "This report is not known here.")
            try:
                return report(Asked(base_prefix, collection, thing if isinstance(thing, Stored) else None), root)
            except BadFilter as problem:
                return xml.error(client.FORBIDDEN, f"C:{problem.condition}", problem.message)
            except Refusal as problem:
                return xml.error(client.FORBIDDEN, f"C:{problem.condition}", problem.message)


def _query(to: Asked, root: ET.Element) -> WSGIResponse:
    ask, wanted = ask_of(root), filters.read(root)
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
    return xml.multistatus(Answers(to.prefix, collection, ask).of(rows))


def _answers(row: Object, wanted: filters.Wanted, collection: Collection) -> bool:
    undated = row.component == "VTODO" and row.undated
    if undated and wanted.within != filters.Range() and not filters.undated_task_stands(row.text, wanted.within):
        return False
    return wanted.rest is None or filters.matches(collection.shown(row), wanted.rest, collection.zone)


def _multiget(to: Asked, root: ET.Element) -> WSGIResponse:
    ask = ask_of(root)
    asked = named(root, f"{to.prefix}/{to.collection.path}")
    calendar, actor = to.collection.calendar, to.collection.here.actor
    rows = {row.href: row for row in objects.named(calendar, asked.names, actor, ask.texts)}
    answers = Answers(to.prefix, to.collection, ask)
    parts = [answers.one(rows[name]) if name in rows else answers.gone(name) for name in asked.names]
    return xml.multistatus([*parts, *(gone(quote(said)) for said in asked.strange)])


def _sync(to: Asked, root: ET.Element) -> WSGIResponse:
    ask = ask_of(root)
    token = (root.findtext(xml.name("D:sync-token")) or "").strip()
    try:
        written, left = to.collection.changes(token, ask.texts)
    except objects.InvalidToken:
        return xml.error(client.FORBIDDEN, "D:valid-sync-token", "This sync token is no longer known: start anew.")
    answers, present = Answers(to.prefix, to.collection, ask), {row.href for row in written}
    parts = [*answers.of(written), *(answers.gone(href) for href in left if href not in present)]
    return xml.multistatus([*parts, f"<D:sync-token>{to.collection.token}</D:sync-token>"])


def _free_busy(to: Asked, root: ET.Element) -> WSGIResponse:
    element = root.find(xml.name("C:time-range"))
    span = filters.span_of(element) if element is not None else filters.Range()
    if span.start is None or span.end is None:
        raise BadFilter("A free-busy-query needs a time range with start and end.", "valid-filter")
    taken = list(objects.busy(to.collection.calendar, span.start, span.end, to.collection.here.actor))
    periods = [(kind, *period) for kind in sorted({kind for _, _, kind in taken}) for period in _merged(taken, kind)]
    body = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//crmlite//crmlite//EN", "BEGIN:VFREEBUSY",
        f"DTSTAMP:{clock.now():{STAMP}}", f"DTSTART:{span.start:{STAMP}}", f"DTEND:{span.end:{STAMP}}",
        *(f"FREEBUSY;FBTYPE={kind}:{start:{STAMP}}/{end:{STAMP}}" for kind, start, end in periods),
        "END:VFREEBUSY", "END:VCALENDAR", "",
    ]  # fmt: skip
    return client.OK, {"Content-Type": "text/calendar; charset=utf-8"}, "\r\n".join(body).encode(), None


REPORTS: dict[str, Callable[[Asked, ET.Element], WSGIResponse]] = {
    xml.name("C:calendar-query"): _query,
    xml.name("C:calendar-multiget"): _multiget,
    xml.name("D:sync-collection"): _sync,
    xml.name("C:free-busy-query"): _free_busy,
}


def _merged(periods: Iterable[tuple[datetime, datetime, str]], kind: str) -> list[tuple[datetime, datetime]]:
    merged: list[tuple[datetime, datetime]] = []
    for start, end in sorted((start, end) for start, end, of in periods if of == kind):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
