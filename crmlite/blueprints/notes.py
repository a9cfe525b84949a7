"""Writing a note about a record, and changing one's own."""

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond
from crmlite.blueprints.asked import seen
from crmlite.blueprints.frame import reader
from crmlite.blueprints.guard import me
from crmlite.blueprints.uploads import asked_record, limit, page_of, sent_files, with_files
from crmlite.errors import Refused
from crmlite.lists import timeline_items
from crmlite.models.notes import Note
from crmlite.rules import access, documents, gate, mentions, notes

bp = Blueprint("notes", __name__)


@bp.post("/notes")
def create() -> AnyResponse:
    with_files()
    record, body, files = asked_record(), request.form.get("body", ""), sent_files()
    with gate.together() as gesture:
        if body.strip() or not files:
            notes.add(record, body, me(), files, limit())
            told = "Note added"
        else:
            told = _attached(documents.attach(record, files, limit(), me()))
    respond.say(told, gesture)
    if request.htmx:
        return respond.nothing({"changed": {"changes": [[record.concept, record.id]]}, "noted": True})
    return respond.done(page_of(record.concept, record.id))


@bp.get("/notes/people")
def people() -> Response:
    """Who can be named in a note about the record."""
    found = mentions.readers(asked_record(), request.args.get("q", "")[:60])
    return respond.part("notes/people.html", people=[one for one in found if one.id != me().id])


@bp.get("/notes/<int:note_id>/form")
def edit_form(note_id: int) -> Response:
    note = access.find(Note, note_id, me())
    access.require(me(), "change", note)
    return _form(note, note.body)


@bp.post("/notes/<int:note_id>")
def save(note_id: int) -> AnyResponse:
    note = access.find(Note, note_id, me())
    body = request.form.get("body", "")
    try:
        with gate.together() as gesture:
            notes.edit(note, body, me(), seen())
    except Refused as error:
        return _form(note, body, error)
    respond.say("Note changed", gesture)
    if request.htmx:
        return respond.part("notes/said.html", body=timeline_items.spoken(note.body, reader()))
    return respond.done(page_of(note.about, note.about_id))


@bp.post("/notes/<int:note_id>/deletion")
def deletion(note_id: int) -> AnyResponse:
    note = access.find(Note, note_id, me())
    with gate.together() as gesture:
        notes.remove(note, me())
    respond.say("Note deleted", gesture)
    if request.htmx:
        return respond.nothing({"changed": {"changes": [[note.about, note.about_id]]}})
    return respond.done(page_of(note.about, note.about_id))


def _form(note: Note, body: str, error: Refused | None = None) -> Response:
    return respond.dialog(
        "notes/form.html",
        error.status if error else 200,
        title="Edit note",
        note=note,
        body=body,
        error=error,
        back=page_of(note.about, note.about_id),
    )


def _attached(found: list[documents.Document]) -> str:
    return f"“{found[0].name}” attached" if len(found) == 1 else f"{len(found)} files attached"
