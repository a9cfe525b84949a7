"""The bytes behind documents: kept once for each content under its SHA-256, dropped when no document names them."""

import hashlib
import io
import json
from collections.abc import Collection, Iterator
from typing import BinaryIO

from crmlite.models.base import database, is_sqlite
from crmlite.models.choices import Setting
from crmlite.models.documents import Document, DocumentBody

PIECE = 512 * 1024
ADVISORY_KEY = 0x63726D62  # "crmb": any number no other program on the same server is likely to choose
AT_ONCE = 200


def keep(file: BinaryIO) -> str:
    """Store the bytes unless they are there; the same content is kept once, however often it is attached. Answers the
    digest. Call it in the transaction that writes the document."""
    _hold("pg_advisory_xact_lock_shared")
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    place = 0
    while piece := file.read(PIECE):
        DocumentBody.insert(digest=digest, place=place, piece=piece).on_conflict_ignore().execute()
        place += 1
    return digest


def keep_bytes(content: bytes) -> str:
    return keep(io.BytesIO(content))


def read(digests: Collection[str]) -> dict[str, bytes]:
    """Digest -> its bytes, all at once: for small ones."""
    found: dict[str, bytes] = {}
    rows = DocumentBody.select().where(DocumentBody.digest.in_(sorted(digests)))
    for row in rows.order_by(DocumentBody.digest, DocumentBody.place) if digests else ():
        found[row.digest] = found.get(row.digest, b"") + bytes(row.piece)
    return found


def pieces(digest: str) -> Iterator[bytes]:
    """The bytes behind a digest, piece by piece."""
    places = DocumentBody.select(DocumentBody.place).where(DocumentBody.digest == digest).order_by(DocumentBody.place)
    for (place,) in list(places.tuples()):
        row = DocumentBody.get((DocumentBody.digest == digest) & (DocumentBody.place == place))
        yield bytes(row.piece)


def drop_unused(digests: Collection[str] | None = None) -> int:
    """Drop the bytes that neither a document names, not even one in the bin, nor the logo is: of these digests, or of
    all. Returns how many contents went."""
    gone = 0
    wanted = sorted(_stored() if digests is None else digests)
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        with database.atomic():
            _hold("pg_advisory_xact_lock")
            named = Document.select(Document.digest).where(Document.digest.in_(some)).tuples()
            shown = Document.select(Document.preview).where(Document.preview.in_(some)).tuples()
            unused = set(some) - {row[0] for row in (*named, *shown)} - _logo()
            if unused:
                DocumentBody.delete().where(DocumentBody.digest.in_(sorted(unused))).execute()
            gone += len(unused)
    return gone


def _logo() -> set[str]:
    return {json.loads(row[0]) for row in Setting.select(Setting.value).where(Setting.key == "logo").tuples()}


def _stored() -> set[str]:
    return {row[0] for row in DocumentBody.select(DocumentBody.digest).where(DocumentBody.place == 0).tuples()}


def _hold(function: str) -> None:
    """Whoever drops waits for those who attach, and the reverse, until the transaction ends: the same bytes may be
    attached again while they are dropped. On SQLite one writes at a time."""
    if not is_sqlite():
        database.execute_sql(f"SELECT {function}(%s)", (ADVISORY_KEY,))
