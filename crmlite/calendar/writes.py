"""PUT, DELETE and MOVE with exact preconditions and exact refusals."""

import posixpath
from collections.abc import Callable
from http import client
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from radicale import httputils, pathutils
from radicale.app.base import Access, ApplicationBase
from radicale.storage import BaseCollection
from radicale.types import WSGIResponse

from crmlite.calendar import book_writes, visit, xml
from crmlite.calendar.book import Book, StoredCard
from crmlite.calendar.collection import Collection, Stored
from crmlite.errors import Conflict, Forbidden, Missing, Refused
from crmlite.ics.refusal import Refusal
from crmlite.models.events import Event
from crmlite.rules import access, calendars, events
from crmlite.rules.events import TwinUid

MOST_BYTES = 1024 * 1024
OTHER_TYPES = ("text/vcard", "text/x-vcard", "text/html", "application/json", "application/xml", "text/xml")
DEFAULT_PORTS = {"http": ":80", "https": ":443"}


class Writes(ApplicationBase):
    def do_PUT(  # noqa: N802 - Radicale's name
        self,
        environ: dict[str, Any],
        base_prefix: str,
        path: str,
        user: str,
        user_groups: set,
        request_info: dict,
    ) -> WSGIResponse:
        rights = Access(self._rights, user, user_groups, path)
        if not rights.check("w"):
            return httputils.NOT_ALLOWED
        here = visit.current.get()
        if here.in_book(path):
            return self._put_card(environ, base_prefix, path, user)
        try:
            text = _text(environ, here.body)
        except Refusal as refusal:
            return _refused(refusal)
        with self._storage.acquire_lock("w", user, path=path):
            there = next(iter(self._storage.discover(path)), None)
            parent = next(iter(self._storage.discover(rights.parent_path)), None)
            if isinstance(there, BaseCollection) or not isinstance(parent, Collection):
                return _refused(Conflict("Events are put into calendars, each under a name of its own."))
            if not parent.place.writable:
                return httputils.NOT_ALLOWED
            if not _holds(environ, there.etag if there else None):
                return httputils.PRECONDITION_FAILED
            return self._answer(
                lambda: _put(parent, posixpath.basename(path), text, there is None), base_prefix, parent
            )

    def do_DELETE(  # noqa: N802 - Radicale's name
        self,
        environ: dict[str, Any],
        base_prefix: str,
        path: str,
        user: str,
        user_groups: set,
        request_info: dict,
    ) -> WSGIResponse:
        rights = Access(self._rights, user, user_groups, path)
        if not rights.check("w"):
            return httputils.NOT_ALLOWED
        with self._storage.acquire_lock("w", user, path=path):
            there = next(iter(self._storage.discover(path)), None)
            if there is None:
                return httputils.NOT_FOUND
            if not rights.check("w", there):
                return httputils.NOT_ALLOWED
            if not _holds(environ, there.etag):
                return httputils.PRECONDITION_FAILED
            if isinstance(there, StoredCard):
                return book_writes.delete(base_prefix, there)
            if isinstance(there, Book):
                return xml.error(client.FORBIDDEN, "D:need-privileges", "The address book cannot be deleted.")
            return self._answer(lambda: _delete(there), base_prefix)

    def do_MOVE(  # noqa: N802 - Radicale's name
        self,
        environ: dict[str, Any],
        base_prefix: str,
        path: str,
        user: str,
        user_groups: set,
        request_info: dict,
    ) -> WSGIResponse:
        wanted = urlsplit(environ.get("HTTP_DESTINATION", ""))
        if wanted.netloc and not _is_here(wanted.scheme, wanted.netloc, environ):
            return httputils.REMOTE_DESTINATION
        to_path = pathutils.sanitize_path(unquote(wanted.path))
        if not to_path.startswith(f"{base_prefix}/"):
            return httputils.bad_request("The Destination does not lead into these calendars.")
        to_path = to_path[len(base_prefix) :]
        rights = Access(self._rights, user, user_groups, path)
        to_rights = Access(self._rights, user, user_groups, to_path)
        if not rights.check("w") or not to_rights.check("w"):
            return httputils.NOT_ALLOWED
        with self._storage.acquire_lock("w", user, path=path, to_path=to_path):
            there = next(iter(self._storage.discover(path)), None)
            if there is None:
                return httputils.NOT_FOUND
            target = next(iter(self._storage.discover(to_path)), None)
            parent = next(iter(self._storage.discover(to_rights.parent_path)), None)
            if not isinstance(there, Stored) or isinstance(target, BaseCollection):
                return httputils.FORBIDDEN
            if not isinstance(parent, Collection):
                return httputils.CONFLICT
            if not parent.place.writable:
                return httputils.NOT_ALLOWED
            overwrite = environ.get("HTTP_OVERWRITE", "T").strip().upper() != "F"
            if not _holds(environ, there.etag) or (target and not overwrite):
                return httputils.PRECONDITION_FAILED
            return self._answer(lambda: _move(there, parent, posixpath.basename(to_path), target), base_prefix, parent)

    def _put_card(self, environ: dict[str, Any], base_prefix: str, path: str, user: str) -> WSGIResponse:
        here = visit.current.get()
        with self._storage.acquire_lock("w", user, path=path):
            parts = path.strip("/").split("/")
            if len(parts) != 3:
                return xml.error(client.CONFLICT, "CR:addressbook-collection-location-ok", "Cards stand in the book.")

            def holds(etag: str | None) -> bool:
                return _holds(environ, f'"{etag}"' if etag else None)

            return book_writes.put(base_prefix, Book(here), parts[2], environ, here.body, holds)

    def _answer(
        self, write: Callable[[], WSGIResponse], base_prefix: str, into: Collection | None = None
    ) -> WSGIResponse:
        try:
            return write()
        except TwinUid as twin:
            href = quote(f"{base_prefix}/{into.path}/{twin.href}") if into else ""
            return xml.error(client.CONFLICT, "C:no-uid-conflict", twin.message, href)
        except Refused as refused:
            return _refused(refused)


def _put(parent: Collection, href: str, text: str, new: bool) -> WSGIResponse:
    etag = parent.put(href, text)
    return client.CREATED if new else client.NO_CONTENT, {"ETag": etag} if etag else {}, None, None


def _delete(there: Any) -> WSGIResponse:
    here = visit.current.get()
    if isinstance(there, Collection):
        calendars.delete(there.calendar, here.actor)
    else:
        events.delete(_event(there), here.actor)
    return client.NO_CONTENT, {}, None, None


def _move(there: Stored, parent: Collection, href: str, target: Any) -> WSGIResponse:
    actor = visit.current.get().actor
    if isinstance(target, Stored) and target.row.id == there.row.id:
        return client.NO_CONTENT, {}, None, None
    if isinstance(target, Stored):
        events.delete(_event(target), actor)
    events.move_to(_event(there), parent.calendar, actor, href)
    return client.NO_CONTENT if target else client.CREATED, {}, None, None


def _event(there: Stored) -> Event:
    return access.find(Event, there.row.id, visit.current.get().actor)


def _text(environ: dict[str, Any], body: bytes) -> str:
    """Raises Refusal for what is too large, no calendar text, or not in the encoding it claims."""
    kind, _, more = environ.get("CONTENT_TYPE", "").partition(";")
    if kind.strip().lower() in OTHER_TYPES:
        raise Refusal("Only calendar text is taken here.", "supported-calendar-data")
    if len(body) > MOST_BYTES:
        raise Refusal("This event is larger than 1 MB.", "max-resource-size")
    charset = next(
        (p.split("=", 1)[1].strip(' "') for p in more.split(";") if p.strip().lower().startswith("charset=")),
        "",
    )
    try:
        return body.decode(charset or "utf-8")
    except (UnicodeDecodeError, LookupError) as error:
        raise Refusal(f"The text is not written in {charset or 'UTF-8'}.") from error


def _holds(environ: dict[str, Any], etag: str | None) -> bool:
    """If-Match and If-None-Match (RFC 9110 section 13.1), as lists or *; `etag` None: nothing is there."""
    match, none_match = environ.get("HTTP_IF_MATCH"), environ.get("HTTP_IF_NONE_MATCH")
    if match is not None and not _listed(match, etag):
        return False
    return none_match is None or not _listed(none_match, etag)


def _listed(header: str, etag: str | None) -> bool:
    if etag is None:
        return False
    listed = [one.strip().removeprefix("W/") for one in header.split(",")]
    return "*" in listed or etag in listed


def _is_here(scheme: str, host: str, environ: dict[str, Any]) -> bool:
    def plain(name: str) -> str:
        return name.lower().removesuffix(DEFAULT_PORTS.get(scheme, ":80"))

    return plain(host.rpartition("@")[2]) == plain(environ.get("HTTP_HOST", ""))


def _refused(refused: Refused) -> WSGIResponse:
    if isinstance(refused, Refusal):
        return xml.error(client.FORBIDDEN, f"C:{refused.condition}", refused.message)
    if isinstance(refused, Missing):
        return httputils.NOT_FOUND
    if isinstance(refused, Forbidden):
        return xml.error(client.FORBIDDEN, "D:need-privileges", refused.message)
    if isinstance(refused, Conflict):
        return client.CONFLICT, {"Content-Type": "text/plain"}, refused.message, None
    return xml.error(client.FORBIDDEN, "C:valid-calendar-data", refused.message)
