"""Every component in every state, to look at while building."""

from flask import Blueprint, Response, abort

from crmlite.blueprints import respond
from crmlite.blueprints.guard import me

bp = Blueprint("styleguide", __name__)


@bp.get("/styleguide")
def show() -> Response:
    """For owners; others are told that there is no such page."""
    if me().role != "owner":
        abort(404)
    return respond.page("styleguide/index.html", title="Style guide")
