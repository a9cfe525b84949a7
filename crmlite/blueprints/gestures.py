"""Undo: taking a gesture back."""

from urllib.parse import urlsplit

from flask import Blueprint, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond
from crmlite.blueprints.asked import way_back
from crmlite.blueprints.guard import me
from crmlite.lists.kinds import SECTIONS
from crmlite.models.journal import Entry
from crmlite.rules import journal, undoing

bp = Blueprint("gestures", __name__)
LEAVING = ("deleted", "archived", "unarchived", "lost")  # what takes a row out of the view it stood in


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
    # Tabs are part of the page, and rows that come back to a list have no place in it yet.
    if any(entry.concept == "saved_view" for entry in taken) or _rows_come_back(taken):
        return respond.again(request.form.get("back") or "/")
    if request.htmx:
        return respond.nothing({"changed": {"changes": changes}})
    return respond.done(way_back("/"))


def _rows_come_back(taken: list[Entry]) -> bool:
    """Whether the person looks at a list whose rows this may have brought back: many were changed, or one went."""
    path = urlsplit(request.htmx.current_url or "").path
    rows = [entry for entry in taken if entry.concept in SECTIONS and path == f"/{SECTIONS[entry.concept]}"]
    return len({entry.record_id for entry in rows}) > 1 or any(entry.verb in LEAVING for entry in rows)


def _later(gesture: int) -> AnyResponse:
    place = f"/bulk/{undoing.begin(gesture, me(), way_back('/'))}"
    if request.form.get("watch") or not request.htmx:
        return respond.done(place)
    respond.say("This is large: it is taken back in the background", watch=place)
    return respond.nothing()
