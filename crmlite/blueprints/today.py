"""The first page of the day: what is late, what comes, whom to tend."""

from itertools import groupby

from flask import Blueprint, Response, request

from crmlite.blueprints import respond
from crmlite.blueprints.frame import reader
from crmlite.blueprints.guard import me
from crmlite.lists import almanac
from crmlite.lists import today as lists
from crmlite.rules import agenda, mentions

bp = Blueprint("today", __name__)


@bp.get("/")
def index() -> Response:
    to, by = reader(), me()
    day = lists.day(to)
    ahead = groupby(day.ahead, key=lambda item: max(item.first, to.today))
    return respond.page(
        "today/index.html",
        title="Today",
        date=almanac.long_day(to.today, to),
        **{**day._asdict(), "ahead": [(first, list(items)) for first, items in ahead]},
        undated=agenda.undated_tasks(by)[: agenda.LINES],
        mentions=mentions.waiting(by),
        leads=agenda.new_leads(by),
        here=request.path,
        today=to.today,
        almanac=almanac,
        reader=to,
    )
