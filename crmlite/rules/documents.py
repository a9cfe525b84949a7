"""Files and pictures of a record: what may be attached."""

import io
import mimetypes
import re
import unicodedata
from collections.abc import Iterable
from typing import Any, BinaryIO, NamedTuple

from peewee import ModelSelect

from crmlite.errors import Invalid
from crmlite.models.base import Record
from crmlite.models.documents import Document
from crmlite.models.notes import Note
from crmlite.models.statements import statement
from crmlite.rules import bodies, gate, images
from crmlite.rules.access import Actor, visible

MOST_FILES = 20
PICTURED = ("lead", "partner", "contact")
REFUSED = frozenset((
    "app", "appimage", "apk", "application", "bash", "bat", "bin", "cmd", "com", "command", "cpl", "csh", "deb",
    "dll", "dmg", "elf", "exe", "gadget", "hta", "inf", "ins", "iso", "jar", "js", "jse", "ksh", "lnk", "mjs",
    "msc", "msi", "msp", "php", "pif", "pkg", "pl", "ps1", "psm1", "py", "pyw", "rb", "reg", "rpm", "run", "scf",
    "scr", "sh", "so", "sys", "vb", "vbe", "vbs", "ws", "wsc", "wsf", "wsh", "xpi", "zsh",
))  # fmt: skip
# How programs begin, whatever they are called: Windows, Linux, macOS, Java, scripts.
BEGINNINGS = (
    b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
)  # fmt: skip
PICTURES = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})


class Sent(NamedTuple):
    """A file as it arrives; `file` can be read from its start again."""

    name: str
    file: BinaryIO


def attach(record: Record, sent: Iterable[Sent], limit: int, by: Actor, note: Note | None = None) -> list[Document]:
    """Attach files to a record that the actor may see, all or none; none may be larger than `limit` bytes."""
    files = list(sent)
    if len(files) > MOST_FILES:
        raise Invalid(f"Please attach at most {MOST_FILES} files at once.")
    with gate.together():
        return [_attach(record, one, limit, by, note) for one in files]


def of(record: Record, by: Actor, kind: str = "file") -> list[Document]:
    """Newest first."""
    return [one for one in _of(record.concept, by, id=record.id) if one.kind == kind]


def picture_of(record: Record, by: Actor) -> Document | None:
    return files_and_picture(record, by)[1]


def files_and_picture(record: Record, by: Actor) -> tuple[list[Document], Document | None]:
    """Both in one question, since a page shows both."""
    every = _of(record.concept, by, id=record.id)
    picture = next((one for one in every if one.kind == "picture"), None) if record.concept in PICTURED else None
    return [one for one in every if one.kind == "file"], picture


def pictures_of(concept: str, ids: list[int], by: Actor) -> dict[int, bytes]:
    """Record id -> the bytes of its picture, of those that have one."""
    about = (Document.about == concept) & Document.about_id.in_(ids) & (Document.kind == "picture")
    digests = {one.about_id: one.digest for one in visible(Document, by).where(about).order_by(Document.id)}
    known = bodies.read(set(digests.values()))
    return {record_id: known[digest] for record_id, digest in digests.items() if digest in known}


def put_picture(record: Record, sent: Sent, limit: int, by: Actor) -> Document:
    """Give the record a picture in place of the one it had."""
    if record.concept not in PICTURED:
        raise Invalid("Only leads, customers and contacts have a picture.")
    _size(sent, limit)
    drawn = images.square(sent.file)
    with gate.together():
        remove_picture(record, by)
        digest = bodies.keep_bytes(drawn)
        values = _values(record, "picture", "Picture", by) | {
            "media_type": "image/webp", "size": len(drawn), "digest": digest, "preview": digest,
        }  # fmt: skip
        return gate.create(Document, values, by, verb="pictured")


def remove_picture(record: Record, by: Actor) -> None:
    with gate.together():
        for old in of(record, by, "picture"):
            gate.discard(old, by)


def safe_name(name: str) -> str:
    """The last part of the name, without characters that steer a terminal or turn the writing around."""
    name = unicodedata.normalize("NFC", re.split(r"[\\/]", name)[-1])
    name = "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
    name = " ".join(name.split()).strip(". ")
    if len(name) > 150:
        stem, dot, ending = name.rpartition(".")
        name = f"{stem[:130]}{dot}{ending[:19]}" if dot else name[:150]
    return name or "file"


def media_type(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


@statement
def _of(concept: str, by: Actor, id: Any) -> ModelSelect:
    about = (Document.about == concept) & (Document.about_id == id)
    return visible(Document, by).where(about).order_by(Document.id.desc())


def _attach(record: Record, sent: Sent, limit: int, by: Actor, note: Note | None) -> Document:
    name = safe_name(sent.name)
    size = _size(sent, limit)
    _refuse_programs(name, sent.file)
    kind = media_type(name)
    small = images.preview(sent.file) if kind in PICTURES else b""
    values = _values(record, "file", name, by) | {
        "note": note.id if note else None,
        "media_type": kind,
        "size": size,
        "digest": bodies.keep(sent.file),
        "preview": bodies.keep_bytes(small) if small else "",
    }
    return gate.create(Document, values, by, verb="attached")


def _values(record: Record, kind: str, name: str, by: Actor) -> dict[str, object]:
    return {"about": record.concept, "about_id": record.id, "kind": kind, "name": name, "owner": by.id}


def _size(sent: Sent, limit: int) -> int:
    size = sent.file.seek(0, io.SEEK_END)
    if size > limit:
        most = limit // 1024**2
        name = safe_name(sent.name)
        raise Invalid(f"“{name}” is larger than {most} MB: please make it smaller or send a link instead.")
    if not size:
        raise Invalid(f"“{safe_name(sent.name)}” is empty: please choose the file again.")
    return size


def _refuse_programs(name: str, file: BinaryIO) -> None:
    file.seek(0)
    if name.rpartition(".")[2].lower() in REFUSED or file.read(8).startswith(BEGINNINGS):
        raise Invalid(f"“{name}” is a program or a script. Please attach documents and pictures only.")
