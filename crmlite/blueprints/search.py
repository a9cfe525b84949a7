"""One box over everything, and suggestions for a reference."""

from flask import Blueprint, Response, request

from crmlite.blueprints import commands, respond
from crmlite.blueprints.frame import reader
from crmlite.blueprints.guard import me
from crmlite.lists import hits
from crmlite.rules import search, terms
from crmlite.rules.access import LISTED

bp = Blueprint("search", __name__)
LONGEST = 200
AT_A_GLANCE, ON_A_PAGE = 6, 20
SUGGESTIONS = 12


@bp.get("/search")
def index() -> Response:
    asked = request.args.get("q", "").strip()[:LONGEST]
    by, to = me(), reader()
    if not asked:
        last = hits.lines(search.recent(by), to)
        return respond.page("search/index.html", title="Search", asked="", last=last, commands=commands.main(by))
    each = AT_A_GLANCE if request.args.get("glance") else ON_A_PAGE
    answer = search.answer(asked, by, each + 1)
    offered, called_so = commands.matching(asked, by)
    found = {
        "asked": asked,
        "groups": hits.groups(answer, each, to),
        "meant": None if any(not hit.typo for hit in answer.hits) else _as_meant(asked, answer.meant),
        "commands": offered,
        "commands_first": called_so,
    }
    if request.htmx and request.args.get("glance"):
        return respond.part("search/results.html", **found)
    return respond.page("search/index.html", title="Search", **found)


@bp.get("/search/options")
def options() -> Response:
    """Suggestions for a reference to one concept, as options of a datalist."""
    concept = request.args.get("concept", "")
    asked = request.args.get("q", "")[:LONGEST]
    found = search.find(asked, me(), SUGGESTIONS, concept) if concept in LISTED else []
    return respond.part("search/options.html", hits=found)


def _as_meant(asked: str, meant: dict[str, str]) -> str:
    words = (" ".join(terms.split(word)) for word in asked.split())
    return " ".join(meant.get(word, word) for word in words) if meant else ""
