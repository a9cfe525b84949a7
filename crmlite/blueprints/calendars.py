"""The calendar: a week, a day, the days ahead as a list. The address holds the range and the layers."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite import clock
from crmlite.blueprints import layers as layering
from crmlite.blueprints import respond
from crmlite.blueprints.frame import reader
from crmlite.blueprints.guard import lists, me
from crmlite.blueprints.layers import COLOURED, Shown
from crmlite.lists import almanac, calendar_items, hours, month_plan, planner
from crmlite.lists.planner import DAY
from crmlite.lists.reader import Reader
from crmlite.rules import agenda, calendars, events, sync

bp = Blueprint("calendars", __name__)
AGENDA_DAYS = 14


@bp.get("/calendars/week")
def this_week() -> AnyResponse:
    """The present week; on a phone, where seven columns are too many, the list of days."""
    if "Mobi" in request.headers.get("User-Agent", ""):
        return respond.done(_address("/calendars/agenda", {}))
    return _week(clock.monday(reader().today))


@bp.get("/calendars/week/<name>")
def week(name: str) -> Response:
    return _week(almanac.read_week(name))


@bp.get("/calendars/day")
def today() -> Response:
    return _day(reader().today)


@bp.get("/calendars/day/<name>")
def day(name: str) -> Response:
    return _day(almanac.read_day(name))


@bp.get("/calendars/month")
def this_month() -> Response:
    return _month(reader().today.replace(day=1))


@bp.get("/calendars/month/<name>")
def month(name: str) -> Response:
    return _month(almanac.read_month(name))


@bp.get("/calendars/agenda")
def days_ahead() -> Response:
    to = reader()
    first = almanac.read_day(request.args["from"]) if "from" in request.args else to.today
    last = first + DAY * (AGENDA_DAYS - 1)
    return _page(
        "calendars/agenda.html",
        first,
        AGENDA_DAYS,
        view="agenda",
        title=almanac.span(first, last, to),
        step=AGENDA_DAYS,
        path="/calendars/agenda",
        goto=lambda day: f"/calendars/agenda?from={day.isoformat()}",
    )


def _month(first: date) -> Response:
    rows = almanac.month_weeks(first)
    return _page(
        "calendars/month.html",
        rows[0][0],
        month_plan.days_of(rows),
        view="month",
        title=almanac.month_title(first, reader()),
        shown_month=first,
        path=_month_path(first),
        goto=_month_path,
        before=_month_away(first, -1),
        after=_month_away(first, 1),
        rows=rows,
    )


def _week(monday: date) -> Response:
    return _page(
        "calendars/week.html",
        monday,
        7,
        view="week",
        title=almanac.span(monday, monday + DAY * 6, reader()),
        step=7,
        hours=_hours(monday, 7),
        path=_week_path(monday),
        goto=_week_path,
    )


def _day(day: date) -> Response:
    return _page(
        "calendars/week.html",
        day,
        1,
        view="day",
        title=f"{almanac.long_day(day, reader())}",
        step=1,
        hours=_hours(day, 1),
        path=_day_path(day),
        goto=_day_path,
    )


def _hours(first: date, days: int) -> hours.Hours:
    return hours.hours([first + DAY * number for number in range(days)], reader())


def _page(
    template: str,
    first: date,
    days: int,
    *,
    goto: Any,
    step: int = 0,
    before: date | None = None,
    after: date | None = None,
    rows: list[list[date]] | None = None,
    shown_month: date | None = None,
    **context: Any,
) -> Response:
    """A range of days from `first`; `goto` is the path of the same view for another day, `step` how many days it goes
    on by where `before` and `after` do not say. A month hands over its weeks as `rows`."""
    to, by = reader(), me()
    layers = agenda.layers(by)
    shown = layering.shown(layers)
    items = _items(first, days, layers, shown, to)
    anchor = shown_month or first + DAY * (3 if days == 7 else 0)

    def link(path: str) -> str:
        return _address(path, shown.query)

    response = respond.page(
        template,
        plan=None if rows else planner.plan(items, first, days),
        weeks_shown=month_plan.weeks(items, rows) if rows else (),
        shown_month=shown_month,
        first=first,
        last=first + DAY * (days - 1),
        days=days,
        layers=layers,
        shown=shown,
        undated=agenda.undated_tasks(by),
        synced=agenda.last_sync(by),
        today=to.today,
        now=_five_minutes(to),
        earlier=link(goto(before or first - DAY * step)),
        later=link(goto(after or first + DAY * step)),
        now_url=link(goto(to.today)),
        views=_views(shown_month or first, first + DAY * (days - 1), to, link),
        weeks=almanac.weeks(anchor),
        month=almanac.month(anchor, to),
        month_before=link(goto(_month_away(anchor if rows else first, -1))),
        month_after=link(goto(_month_away(anchor if rows else first, 1))),
        goto=lambda day: link(_day_path(day) if rows else goto(day)),
        link=link,
        here=request.full_path.rstrip("?"),
        almanac=almanac,
        reader=to,
        coloured=list(COLOURED.items()),
        hues=_hues(layers),
        **context,
    )
    return layering.remember(response, shown)


def _items(first: date, days: int, layers: agenda.Layers, shown: Shown, to: Reader) -> list[planner.Item]:
    by = me()
    start = clock.day_bounds(first, by.zone)[0]
    end = clock.day_bounds(first + DAY * (days - 1), by.zone)[1]
    seen = [*layers.mine, *layers.shared]
    turns = list(events.between(start, end, by, shown.calendars, shown.people))
    writable = {one.id for one in agenda.writable(by, seen)}
    hues = _hues(layers) if shown.coloured != "type" else {}
    key = "calendar_id" if shown.coloured == "calendar" else "owner_id"
    found = calendar_items.items(turns, to, writable, {one.id: sync.zone_of(one) for one in seen})
    by_id = {turn.id: hues.get((shown.coloured, getattr(turn, key)), "") for turn in turns}
    return [replace(one, look=f"{one.look} {by_id[one.id]}".strip()) for one in found] if hues else found


def _hues(layers: agenda.Layers) -> dict[tuple[str, int], str]:
    """The class of the colour of each calendar and person. Of colours that devices chose the nearest of ours."""
    seen = {("calendar", one.id): f"h{calendars.hue(one.colour)}" for one in (*layers.mine, *layers.shared)}
    people = {("person", one.id): f"h{one.colour % len(calendars.COLOURS)}" for one in lists().people.values()}
    return seen | people


def _views(first: date, last: date, to: Reader, link: Any) -> list[tuple[str, str, str]]:
    """Where the other views of the same time are: from a range that holds today, today."""
    anchor = to.today if first <= to.today <= max(last, first + DAY * (AGENDA_DAYS - 1)) else first
    return [
        ("month", "Month", link(_month_path(anchor))),
        ("week", "Week", link(_week_path(anchor))),
        ("day", "Day", link(_day_path(anchor))),
        ("agenda", "Agenda", link(f"/calendars/agenda?from={anchor.isoformat()}")),
    ]


def _address(path: str, query: dict[str, Any]) -> str:
    if not query:
        return path
    return f"{path}{'&' if '?' in path else '?'}{urlencode(query, doseq=True)}"


def _week_path(day: date) -> str:
    return f"/calendars/week/{almanac.week_name(day)}"


def _month_path(day: date) -> str:
    return f"/calendars/month/{almanac.month_name(day)}"


def _day_path(day: date) -> str:
    return f"/calendars/day/{day.isoformat()}"


def _month_away(day: date, months: int) -> date:
    """The same day of another month, or its last day."""
    first = (
        (day.replace(day=1) + timedelta(days=32)).replace(day=1) if months > 0 else day.replace(day=1) - DAY
    )
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - DAY
    return first.replace(day=min(day.day, last.day))


def _five_minutes(to: Reader) -> str:
    wall = clock.to_wall(to.now, to.by.zone)
    return f"{wall.hour:02d}:{wall.minute // 5 * 5:02d}"
