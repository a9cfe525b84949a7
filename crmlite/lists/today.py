"""A person's day as the first page and the digest tell it."""

from typing import NamedTuple

from crmlite.lists import calendar_items, kinds
from crmlite.lists.planner import Item
from crmlite.lists.reader import Reader
from crmlite.models.opportunities import Opportunity
from crmlite.rules import agenda, sync
from crmlite.rules.turns import Turn


class Day(NamedTuple):
    """`partners`: names of the customers of the opportunities, by id, as far as the reader sees them."""

    overdue: list[Item]
    more_overdue: bool
    todays: list[Item]
    ahead: list[Item]
    closing: list[Opportunity]
    idle: list[Opportunity]
    partners: dict[int, str]


def day(to: Reader) -> Day:
    found = agenda.day(to.by, to.now, to.today)
    overdue, todays, ahead = _items((found.overdue, found.today, found.ahead), to)
    closing, idle = agenda.closing_soon(to.by, to.today), agenda.without_next_step(to.by, to.today)
    partners = kinds.names("partner", [one.partner_id for one in (*closing, *idle) if one.partner_id], to)
    return Day(overdue, found.more_overdue, todays, ahead, closing, idle, partners)


def _items(groups: tuple[list[Turn], ...], to: Reader) -> list[list[Item]]:
    """All groups in one go, so that names are looked up once."""
    layers = agenda.layers(to.by)
    seen = [*layers.mine, *layers.shared]
    writable = {one.id for one in agenda.writable(to.by, seen)}
    zones = {one.id: sync.zone_of(one) for one in seen}
    items = iter(calendar_items.items([turn for group in groups for turn in group], to, writable, zones))
    return [[next(items) for _ in group] for group in groups]
