"""The figures of the rail, fetched after the page."""

from flask import Blueprint, Response

from crmlite.blueprints import respond
from crmlite.blueprints.frame import reader
from crmlite.lists.counts import waiting

bp = Blueprint("counts", __name__)


@bp.get("/counts")
def index() -> Response:
    return respond.part("shell/counts.html", counts=waiting(reader()))
