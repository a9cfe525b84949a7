"""Where an event goes when it is dragged: a moment or a day -> values for `rules.events.save`."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from crmlite import clock
from crmlite.errors import Invalid
from crmlite.ics.read import Fields
from crmlite.lists.event_form import DAY, HOUR
from crmlite.lists.reader import Reader


def moved(turn: Fields, form: Mapping[str, str], to: Reader) -> dict[str, Any]:
    """`start` (and `end`) as wall times in the reader's zone, or a day alone: the values of an event that
    goes there and keeps its length. A day alone keeps the hour of a timed event. Raises Invalid."""
    text = form.get("start", "").strip()
    start = _wall(text)
    whole_day = "T" not in text
    if turn.component == "VTODO":
        return _moved_task(turn, start, whole_day, to)
    if turn.all_day and whole_day and turn.start_date:
        length = (turn.end_date or turn.start_date + DAY) - turn.start_date
        return {"all_day": True, "start_date": start.date(), "end_date": start.date() + length}
    before = clock.to_wall(turn.starts_at or to.now, to.by.zone)
    if whole_day and not turn.all_day:
        start = datetime.combine(start.date(), before.time())
    starts_at = clock.to_utc(start, to.by.zone)
    if form.get("end", "").strip():
        ends_at = clock.to_utc(_wall(form["end"].strip()), to.by.zone)
        if ends_at < starts_at:
            raise Invalid("The end is before the start: please choose a later end.")
    else:
        ends_at = starts_at + _length(turn)
    return {"all_day": False, "starts_at": starts_at, "ends_at": ends_at}


def _length(turn: Fields) -> timedelta:
    if turn.all_day or turn.starts_at is None or turn.ends_at is None:
        return HOUR
    return turn.ends_at - turn.starts_at


def _moved_task(turn: Fields, start: datetime, whole_day: bool, to: Reader) -> dict[str, Any]:
    if not whole_day:
        return {"due_at": clock.to_utc(start, to.by.zone), "due_date": None}
    if turn.due_at is None or turn.due_date:
        return {"due_at": None, "due_date": start.date()}
    hour = clock.to_wall(turn.due_at, to.by.zone).time()
    return {"due_at": clock.to_utc(datetime.combine(start.date(), hour), to.by.zone), "due_date": None}


def _wall(text: str) -> datetime:
    try:
        wall = datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError as error:
        raise Invalid("Please name a time such as 2026-03-31T09:30, or a day.") from error
    if not 1970 <= wall.year <= 2100:
        raise Invalid("Please choose a day between the years 1970 and 2100.")
    return wall
