"""What is to be done next on a record: its next open event, or words, or nothing."""

from collections import OrderedDict
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from markupsafe import Markup
from peewee import Case, ModelSelect

from crmlite import clock
from crmlite.lists import marks
from crmlite.lists.reader import Reader, day, on_their_clock, plain_day, time_of_day, weekday
from crmlite.models.base import database, read_time, stored_time
from crmlite.models.events import EVENT_KINDS, Event
from crmlite.rules import agenda

ICONS = {"call": "phone", "meeting": "calendar", "task": "square-check", "email": "mail", "event": "calendar"}
THIS_WEEK = timedelta(days=7)
REMEMBERED = 100
NOW = datetime(1970, 1, 1, tzinfo=UTC)  # stands for the present in SQL text that is kept


class NextStep(NamedTuple):
    """`url` is empty where it is only words, `look` late when it is overdue."""

    icon: Markup
    text: str
    url: str
    look: str


NOTHING = NextStep(marks.icon("circle-dashed"), "No next step", "", "")


def in_words(text: str) -> NextStep:
    return NextStep(marks.icon("arrow-right"), text, "", "") if text else NOTHING


def planned(ids: list[int], to: Reader) -> dict[int, NextStep]:
    """Opportunity -> its next open event, the overdue first. One query for all."""
    first: dict[int, tuple[datetime | None, list[Any]]] = {}
    for opportunity_id, *facts, at in _open_events(ids, to) if ids else ():
        moment = read_time(at)
        if opportunity_id not in first or _earlier(moment, first[opportunity_id][0]):
            first[opportunity_id] = (moment, facts)
    return {opportunity_id: _step(at, *facts, to) for opportunity_id, (at, facts) in first.items()}


_kept: "OrderedDict[tuple[Any, ...], tuple[str, list[Any]]]" = OrderedDict()


def _open_events(ids: list[int], to: Reader) -> list[tuple[Any, ...]]:
    """The SQL text is kept: building it for a hundred ids costs more than the rest of the board's queries. It
    has room for a round number of ids, -1, -2 ..., whose places are filled."""
    room = 1 << (len(ids) - 1).bit_length()
    key = (room, to.by, to.directory.epoch, to.today)
    if key not in _kept:
        _kept[key] = _query(list(range(-1, -room - 1, -1)), NOW, to).sql()
        while len(_kept) > REMEMBERED:
            _kept.popitem(last=False)
    sql, holders = _kept[key]
    filled: dict[Any, Any] = {-place: one for place, one in enumerate([*ids, *[0] * (room - len(ids))], 1)}
    filled[stored_time(NOW)] = stored_time(to.now)
    return database.execute_sql(sql, [filled.get(holder, holder) for holder in holders]).fetchall()


def _query(ids: list[int], now: datetime, to: Reader) -> ModelSelect:
    once = Case(None, ((Event.recurring == False, Event.start_date),), None)  # noqa: E712 - an SQL expression
    facts = (Event.id, Event.kind, Event.subject, Event.all_day, once, Event.owner)
    chosen = Event.opportunity.in_(ids) & agenda.ahead(to.by, to.today)
    return Event.select(Event.opportunity, *facts, agenda.next_moment(now)).where(chosen).order_by(Event.id)


def _earlier(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and (other is None or one < other)


def _step(
    at: datetime | None, event_id: int, kind: str, subject: str, all_day: bool, start_date: Any, owner: Any, to: Reader
) -> NextStep:
    """“Call tomorrow 10:00”, “Call overdue, Mon”; an event of no special kind by its subject."""
    what = subject if subject and kind in ("event", "task") else EVENT_KINDS.get(kind, subject)
    icon, url = marks.icon(ICONS.get(kind, "calendar")), f"/events/{event_id}"
    if at is None:
        return NextStep(icon, what, url, "")
    whole = _day(start_date) or on_their_clock(at, owner, to) if all_day else None
    on = whole or clock.to_wall(at, to.by.zone).date()
    if on < to.today or (not all_day and at < to.now):
        return NextStep(icon, f"{what} overdue, {_short(on, to)}", url, "late")
    hour = "" if all_day or kind == "task" else f" {time_of_day(at, to)}"
    return NextStep(icon, f"{what} {_short(on, to)}{hour}", url, "")


def _short(on: date, to: Reader) -> str:
    """Today, tomorrow, a weekday when it is near, else the day."""
    away = abs(on - to.today)
    if away <= timedelta(days=1):
        return day(on, to).lower()
    return weekday(on, to) if away < THIS_WEEK else plain_day(on, to)


def _day(value: date | str | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value
