"""PUT and DELETE of cards, with the conditions of RFC 6352 section 6.3.2.1."""

from collections.abc import Callable
from http import client
from typing import Any
from urllib.parse import quote

from radicale import httputils
from radicale.types import WSGIResponse

from crmlite.calendar import xml
from crmlite.calendar.book import Book, StoredCard
from crmlite.errors import Conflict, Forbidden, Missing, Refused
from crmlite.ics.refusal import Refusal
from crmlite.rules import card_writing
from crmlite.rules.card_writing import Holds, Overtaken, TwinUid
from crmlite.vcf.lines import MOST_BYTES, refused

TYPES = ("", "text/vcard", "text/x-vcard", "text/directory", "text/plain", "application/octet-stream")


def put(base_prefix: str, book: Book, href: str, environ: dict[str, Any], body: bytes, holds: Holds) -> WSGIResponse:
    def write() -> WSGIResponse:
        etag, new = book.put(href, _text(environ, body), holds)
        return client.CREATED if new else client.NO_CONTENT, {"ETag": etag}, None, None

    return _answered(write, base_prefix, book)


def delete(base_prefix: str, there: StoredCard) -> WSGIResponse:
    def write() -> WSGIResponse:
        card_writing.delete(there.row, there.book.here.actor)
        return client.NO_CONTENT, {}, None, None

    return _answered(write, base_prefix, there.book)


def _answered(write: Callable[[], WSGIResponse], base_prefix: str, book: Book) -> WSGIResponse:
    try:
        return write()
    except TwinUid as twin:
        href = quote(f"{base_prefix}/{book.path}/{twin.href}")
        return xml.error(client.CONFLICT, "CR:no-uid-conflict", twin.message, href)
    except Overtaken:
        return httputils.PRECONDITION_FAILED
    except Refusal as refusal:
        return xml.error(client.FORBIDDEN, f"CR:{refusal.condition}", refusal.message)
    except Missing:
        return httputils.NOT_FOUND
    except Forbidden as refusal:
        return xml.error(client.FORBIDDEN, "D:need-privileges", refusal.message)
    except Conflict as conflict:
        return client.CONFLICT, {"Content-Type": "text/plain"}, conflict.message, None
    except Refused as refusal:
        return xml.error(client.FORBIDDEN, "CR:valid-address-data", refusal.message)


def _text(environ: dict[str, Any], body: bytes) -> str:
    """Raises Refusal for what is too large, no card, or not in the encoding it claims."""
    kind, _, more = environ.get("CONTENT_TYPE", "").partition(";")
    if kind.strip().lower() not in TYPES:
        raise refused("Only cards are taken here.", "supported-address-data")
    if len(body) > MOST_BYTES:
        raise refused("This card is larger than 1 MB: please choose a smaller picture.", "max-resource-size")
    said = (piece.strip() for piece in more.split(";"))
    charset = next((one.split("=", 1)[1].strip(' "') for one in said if one.lower().startswith("charset=")), "")
    try:
        return body.decode(charset or "utf-8")
    except (UnicodeDecodeError, LookupError) as error:
        raise refused(f"The card is not written in {charset or 'UTF-8'}.") from error
