"""The first page of the day: what is late, what comes, whom to tend."""

from itertools import groupby

from flask import Blueprint, Response, request

from crmlite.blueprints import respond
from crmlite.blueprints.frame import reader
from crmlite.blueprints.guard import me
from crmlite.lists import almanac, calendar_items, kinds
from crmlite.lists.planner import Item
from crmlite.lists.reader import Reader
from crmlite.rules import agenda, mentions, sync
from crmlite.rules.turns import Turn

bp = Blueprint("today", __name__)


@bp.get("/")
def index() -> Response:
    to, by = reader(), me()
    day = agenda.day(by, to.now, to.today)
    overdue, todays, ahead = _items((day.overdue, day.today, day.ahead), to)
    closing, idle = agenda.closing_soon(by, to.today), agenda.without_next_step(by, to.today)
    return respond.page(
        "today/index.html",
        title="Today",
        date=almanac.long_day(to.today, to),
        overdue=overdue,
        more_overdue=day.more_overdue,
        todays=todays,
        ahead=[(first, list(items)) for first, items in groupby(ahead, key=lambda item: max(item.first, to.today))],
        undated=agenda.undated_tasks(by)[: agenda.LINES],
        mentions=mentions.waiting(by),
        leads=agenda.new_leads(by),
        closing=closing,
        idle=idle,
        partners=kinds.names("partner", [one.partner_id for one in (*closing, *idle) if one.partner_id], to),
        here=request.path,
        today=to.today,
        almanac=almanac,
        reader=to,
    )


def _items(groups: tuple[list[Turn], ...], to: Reader) -> list[list[Item]]:
    """All groups in one go, so that names are looked up once."""
    layers = agenda.layers(to.by)
    seen = [*layers.mine, *layers.shared]
    writable = {one.id for one in agenda.writable(to.by, seen)}
    zones = {one.id: sync.zone_of(one) for one in seen}
    items = iter(calendar_items.items([turn for group in groups for turn in group], to, writable, zones))
    return [[next(items) for _ in group] for group in groups]
