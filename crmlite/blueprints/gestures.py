"""Undo: taking a gesture back."""

from flask import Blueprint, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond
from crmlite.blueprints.asked import way_back
from crmlite.blueprints.guard import me
from crmlite.rules import journal, undoing

bp = Blueprint("gestures", __name__)


@bp.post("/gestures/<int:gesture>/reversal")
def reversal(gesture: int) -> AnyResponse:
    """Also answers for an undo: taking that back is Redo. A large one goes on in the background."""
    if undoing.is_large(gesture):
        return _later(gesture)
    taken, undone = journal.undo(gesture, me())
    names = {entry.label for entry in taken}
    respond.say(
        f"“{names.pop()}” is as it was" if len(names) == 1 else f"{len(names)} records are as they were", undone
    )
    changes = [[entry.concept, entry.record_id] for entry in taken]
    if any(entry.concept == "saved_view" for entry in taken):
        return respond.again(request.form.get("back") or "/")  # tabs are part of the page
    if request.htmx:
        return respond.nothing({"changed": {"changes": changes}})
    return respond.done(way_back("/"))


def _later(gesture: int) -> AnyResponse:
    place = f"/bulk/{undoing.begin(gesture, me(), way_back('/'))}"
    if request.form.get("watch") or not request.htmx:
        return respond.done(place)
    respond.say("This is large: it is taken back in the background", watch=place)
    return respond.nothing()
