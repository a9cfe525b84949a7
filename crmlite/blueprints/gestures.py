"""Undo: taking a gesture back."""

from flask import Blueprint, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond
from crmlite.blueprints.guard import me
from crmlite.rules import journal

bp = Blueprint("gestures", __name__)


@bp.post("/gestures/<int:gesture>/reversal")
def reversal(gesture: int) -> AnyResponse:
    """Also answers for an undo: taking that back is Redo."""
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
    return respond.done(request.form.get("back") or "/")
