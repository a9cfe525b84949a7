"""What changed lately, for pages that are open."""

from flask import Blueprint, Response, jsonify

from crmlite.blueprints.guard import me
from crmlite.rules import journal

bp = Blueprint("journal", __name__)


@bp.get("/journal/since/<int:entry_id>")
def since(entry_id: int) -> Response | tuple[str, int]:
    """204 when nothing happened, else the newest entry and the visible records that changed."""
    newest, changes = journal.since(entry_id, me())
    if newest == entry_id and not changes:
        return "", 204
    return jsonify({"last": newest, "changes": [list(change) for change in changes]})
