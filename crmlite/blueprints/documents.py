"""Files and pictures of a record: attached, fetched, taken away. What people bring is never shown as a page."""

from collections.abc import Iterator
from urllib.parse import quote

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond
from crmlite.blueprints.guard import me
from crmlite.blueprints.uploads import asked_record, limit, page_of, sent_files, with_files
from crmlite.errors import Invalid, Missing
from crmlite.models.documents import Document
from crmlite.rules import access, bodies, documents, gate

bp = Blueprint("documents", __name__)
# Whatever a browser thinks of the bytes: no script, no form, no frame, nothing fetched.
POLICY = "sandbox;default-src 'none';frame-ancestors 'none'"


@bp.get("/documents")
def index() -> Response:
    """The files of a record, as its page shows them."""
    record = asked_record()
    files = documents.of(record, me())
    return respond.dialog("shared/files.html", title=f"Files of {record.label}", record=record, files=files)


@bp.post("/documents")
def create() -> AnyResponse:
    with_files()
    record, files = asked_record(), sent_files()
    if not files:
        raise Invalid("Please choose a file first.")
    with gate.together() as gesture:
        found = documents.attach(record, files, limit(), me())
    respond.say(f"“{found[0].name}” attached" if len(found) == 1 else f"{len(found)} files attached", gesture)
    return _told(record.concept, record.id)


@bp.get("/documents/<int:document_id>")
def show(document_id: int) -> Response:
    document = access.find(Document, document_id, me())
    response = stored(document.digest, document.media_type)
    response.headers["Content-Disposition"] = disposition(document.name)
    if response.status_code == 200:
        response.content_length = document.size
    return response


@bp.get("/documents/<int:document_id>/thumbnail")
def thumbnail(document_id: int) -> Response:
    """The one thing shown in the page: a picture that was drawn anew here."""
    document = access.find(Document, document_id, me())
    if not document.preview:
        raise Missing("There is no small picture of this file.")
    return stored(document.preview, "image/webp")


@bp.post("/documents/<int:document_id>/deletion")
def deletion(document_id: int) -> AnyResponse:
    document = access.find(Document, document_id, me())
    with gate.together() as gesture:
        if document.kind == "picture":
            record = access.find(access.OWNED[document.about], document.about_id, me())
            access.require(me(), "change", record)
            documents.remove_picture(record, me())
        else:
            gate.remove(document, me())
    respond.say("Picture removed" if document.kind == "picture" else f"“{document.name}” deleted", gesture)
    if document.kind == "picture":
        return respond.done(page_of(document.about, document.about_id))
    return _told(document.about, document.about_id)


@bp.get("/documents/picture")
def picture_form() -> Response:
    record = asked_record()
    access.require(me(), "change", record)
    picture = documents.picture_of(record, me())
    return respond.dialog("shared/picture.html", title=f"Picture of {record.label}", record=record, picture=picture)


@bp.post("/documents/picture")
def put_picture() -> AnyResponse:
    with_files()
    record, files = asked_record(), sent_files()
    access.require(me(), "change", record)
    if not files:
        raise Invalid("Please choose a picture first.")
    with gate.together() as gesture:
        documents.put_picture(record, files[0], limit(), me())
    respond.say("Picture changed", gesture)
    return respond.done(page_of(record.concept, record.id))


def disposition(name: str) -> str:
    """RFC 6266: always saved, never opened; a plain name for old programs and the true one beside it."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%;' else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _told(concept: str, record_id: int) -> AnyResponse:
    if request.htmx:
        return respond.nothing({"changed": {"changes": [[concept, record_id]]}, "noted": True})
    return respond.done(page_of(concept, record_id))


def stored(digest: str, media_type: str) -> Response:
    """Checked with the server each time, so that a right taken away holds at once; the bytes travel once."""
    if request.if_none_match.contains(digest):
        response = Response(status=304)
    else:
        stream: Iterator[bytes] = bodies.pieces(digest) if request.method == "GET" else iter(())
        response = Response(stream, mimetype=media_type, direct_passthrough=True)
    response.set_etag(digest)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
