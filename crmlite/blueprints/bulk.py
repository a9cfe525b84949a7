"""How far a long change of many rows has come; it goes on when one leaves."""

from flask import Blueprint, Response

from crmlite.blueprints import respond
from crmlite.blueprints.guard import me
from crmlite.errors import Missing
from crmlite.lists.bulk import progress

bp = Blueprint("bulk", __name__)


@bp.get("/bulk/<int:job_id>")
def show(job_id: int) -> Response:
    found = progress(job_id, me())
    if found is None:
        raise Missing("There is no work of yours under this number.")
    return respond.page("bulk/show.html", title=f"Changing {found.title.lower()}", work=found, job_id=job_id)
