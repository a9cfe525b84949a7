"""Writing a note about a record."""

from flask import Blueprint, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond
from crmlite.blueprints.guard import me
from crmlite.errors import Missing
from crmlite.lists.kinds import SECTIONS
from crmlite.rules import access, gate, notes

bp = Blueprint("notes", __name__)


@bp.post("/notes")
def create() -> AnyResponse:
    concept, record_id = request.form.get("about", ""), request.form.get("about_id", "")
    if concept not in access.OWNED or not record_id.isdigit():
        raise Missing("The record of this note does not exist.")
    record = access.find(access.OWNED[concept], int(record_id[:9]), me())
    with gate.together() as gesture:
        notes.add(record, request.form.get("body", ""), me())
    respond.say("Note added", gesture)
    if request.htmx:
        return respond.nothing({"changed": {"changes": [[concept, record.id]]}, "noted": True})
    return respond.done(f"/{SECTIONS[concept]}/{record.id}")
