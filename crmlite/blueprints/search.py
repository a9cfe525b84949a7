"""One box over everything, and suggestions for a reference."""

from flask import Blueprint, Response, request

from crmlite.blueprints import respond
from crmlite.blueprints.guard import me
from crmlite.lists.kinds import CALLED, SECTIONS
from crmlite.rules import search

bp = Blueprint("search", __name__)
ICONS = {
    "lead": "sprout",
    "partner": "building-2",
    "contact": "contact",
    "opportunity": "square-kanban",
    "event": "calendar-days",
}


@bp.get("/search")
def index() -> Response:
    asked = request.args.get("q", "").strip()[:200]
    hits = [
        (f"/{SECTIONS[hit.concept]}/{hit.id}", hit.label, CALLED[hit.concept], ICONS.get(hit.concept, "file-text"))
        for hit in search.find(asked, me())
    ]
    return respond.page("search/index.html", title="Search", asked=asked, hits=hits)


@bp.get("/search/options")
def options() -> Response:
    """Suggestions for a reference to one concept, as options of a datalist."""
    concept = request.args.get("concept", "")
    found = [hit for hit in search.find(request.args.get("q", "")[:200], me(), 60) if hit.concept == concept]
    return respond.part("search/options.html", hits=found[:12])
