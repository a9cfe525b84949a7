"""What goes on in the background: how far each piece of work has come; it goes on when one leaves."""

from flask import Blueprint, Response

from crmlite.blueprints import respond
from crmlite.blueprints.guard import me
from crmlite.errors import Missing
from crmlite.lists import background

bp = Blueprint("bulk", __name__)
# State of work -> its word and tone.
STATES = {
    "running": ("Running", "blue"),
    "interrupted": ("Goes on soon", "orange"),
    "done": ("Done", "green"),
    "stopped": ("Stopped", "red"),
    "undone": ("Undone", "grey"),
}


@bp.get("/bulk")
def index() -> Response:
    found = background.lately(me())
    moving = any(work.moving for work in found)
    return respond.page("bulk/index.html", title="Background work", found=found, moving=moving, states=STATES)


@bp.get("/bulk/<int:job_id>")
def show(job_id: int) -> Response:
    work = background.one(job_id, me())
    if work is None:
        raise Missing("There is no work of yours under this number.")
    return respond.page("bulk/show.html", title=work.title, work=work, states=STATES)
