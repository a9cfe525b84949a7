"""Moving a repeating event: its rule, its taken-out days and its exceptions stay attached to their turns."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from crmlite.ics import rule, spelling, values
from crmlite.ics.exceptions import put_moment
from crmlite.ics.lines import Component, Line
from crmlite.ics.objects import Object, Span
from crmlite.ics.occurrences import until
from crmlite.ics.refusal import Refusal
from crmlite.ics.times import write_times
from crmlite.ics.values import Length, Moment

TIED = "The repeat rule ties this event to certain days or hours. Change the rule together with the start."
ORDER = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def move(thing: Object, old: Span, new: Span, keep_rule: bool) -> None:
    """The master's start went from `old` to `new`; let everything that names a turn follow."""
    if thing.master is None:
        return
    moved = _mover(old.anchor, new.anchor)
    keys = [(part, thing.key(part), thing.span(part)) for part in thing.overrides]
    if not keep_rule:
        for line in thing.master.all("RRULE"):
            _replace(thing.master, line, _moved_rule(line, old.anchor, new.anchor, moved, thing.eol))
    for name in ("EXDATE", "RDATE"):
        rewrite(thing, thing.master, name, lambda moment: moved(thing.as_master(moment)))
    for part, key, span in keys:
        if span and thing.as_master(span.anchor).wall == key.wall:
            _follow(thing, part, span, moved(key), old, new)
        put_moment(part, "RECURRENCE-ID", moved(key), thing.eol)


def rewrite(
    thing: Object, component: Component, name: str, change: Callable[[Moment], Moment | None]
) -> None:
    """Change or (None) leave out each value of EXDATE or RDATE. A line that stays the same is not touched."""
    for line in component.all(name):
        period = line.param("VALUE").upper() == "PERIOD"
        pieces: list[str] = []
        params: dict[str, str] = {}
        present = spelling.split_values(line.value)
        for value in present:
            start, slash, rest = value.partition("/")
            moment = change(thing.moment_of_period(line, start) if period else thing.moment_of(line, start))
            if moment:
                params = {**moment.params, **({"VALUE": "PERIOD"} if slash and not moment.is_date else {})}
                tail = slash + _as_duration(thing, line, start, rest) if slash and not moment.is_date else ""
                pieces.append(moment.text + tail)
        same_params = params.get("TZID", "") == line.param("TZID")
        if pieces and not (len(pieces) == len(present) and pieces == present and same_params):
            _replace(component, line, line.rewritten(",".join(pieces), thing.eol, params, ("TZID", "VALUE")))
        elif not pieces:
            component.items = [item for item in component.items if item is not line]


def _mover(old: Moment, new: Moment) -> Callable[[Moment], Moment]:
    days = new.day - old.day

    def moved(turn: Moment) -> Moment:
        if old.is_date or new.is_date:
            return new.at(datetime.combine(turn.day + days, new.wall.time()))
        return new.at(turn.wall + (new.wall - old.wall))

    return moved


def _follow(thing: Object, part: Component, span: Span, turn: Moment, old: Span, new: Span) -> None:
    """An exception that stood at its turn's own time goes where the turn goes."""
    if part.name == "VTODO":
        anchor = "DTSTART" if part.first("DTSTART") else "DUE"
        due = thing.moment(part, "DUE")
        put_moment(part, anchor, turn, thing.eol)
        if due and anchor == "DTSTART":
            put_moment(part, "DUE", due.at(due.wall + (turn.wall - span.anchor.wall)), thing.eol)
        return
    length = new.length if span.length == old.length else span.length
    if turn.is_date:
        days = length.days or 1
        changes: dict[str, Any] = {"start_date": turn.day, "end_date": turn.day + timedelta(days=days)}
    else:
        changes = {"starts_at": turn.instant, "ends_at": length.after(turn)}
    write_times(thing, part, {"all_day": turn.is_date, **changes})
    put_moment(part, "DTSTART", turn, thing.eol)


def _moved_rule(line: Line, old: Moment, new: Moment, moved: Callable[[Moment], Moment], eol: str) -> Line:
    parts = rule.parts_of(line.value)
    turns = rule.parse(line.value)
    before = dict(parts)
    last = until(turns, old)
    if last:
        parts["UNTIL"] = _until_text(moved(old.at(last)), values.moment(turns.until, old.zone).is_date)
    if old.day != new.day:
        _move_days(parts, old, new)
    if not new.is_date and not old.is_date:
        for name, was, now in (
            ("BYHOUR", old.wall.hour, new.wall.hour),
            ("BYMINUTE", old.wall.minute, new.wall.minute),
        ):
            if name in parts and was != now:
                _move_single(parts, name, was, now)
    if parts == before:
        return line
    return line.rewritten(";".join(f"{name}={value}" for name, value in parts.items()), eol)


def _move_days(parts: dict[str, str], old: Moment, new: Moment) -> None:
    days = parts.get("BYDAY", "").split(",") if "BYDAY" in parts else []
    if parts["FREQ"] == "WEEKLY":
        shift = (new.day - old.day).days
        turned = [ORDER[(ORDER.index(day[-2:]) + shift) % 7] for day in days]
        if turned:
            parts["BYDAY"] = ",".join(sorted(turned, key=ORDER.index) if len(turned) > 1 else turned)
        return
    if parts["FREQ"] not in ("MONTHLY", "YEARLY"):
        return
    if {"BYYEARDAY", "BYWEEKNO", "BYSETPOS"} & parts.keys() or len(days) > 1:
        raise Refusal(TIED, field="rrule")
    if "BYMONTHDAY" in parts:
        _move_single(parts, "BYMONTHDAY", old.day.day, new.day.day)
    if "BYMONTH" in parts and old.day.month != new.day.month:
        _move_single(parts, "BYMONTH", old.day.month, new.day.month)
    if days:
        if days[0][-2:] != ORDER[old.day.weekday()] or (parts["FREQ"] == "YEARLY" and "BYMONTH" not in parts):
            raise Refusal(TIED, field="rrule")
        which = days[0][:-2]
        last = (new.day + timedelta(days=7)).month != new.day.month
        number = -1 if which.startswith("-") and last else (new.day.day - 1) // 7 + 1
        parts["BYDAY"] = (str(number) if which else "") + ORDER[new.day.weekday()]


def _move_single(parts: dict[str, str], name: str, was: int, now: int) -> None:
    if parts[name] != str(was):
        raise Refusal(TIED, field="rrule")
    parts[name] = str(now)


def _until_text(last: Moment, was_date: bool) -> str:
    if last.is_date or was_date:
        return last.wall.strftime("%Y%m%d")
    return last.instant.strftime("%Y%m%dT%H%M%SZ") if last.tzid or last.utc else last.text


def _as_duration(thing: Object, line: Line, start: str, end: str) -> str:
    if end.strip().upper().startswith(("P", "+P", "-P")):
        return end
    delta = thing.moment_of_period(line, end).instant - thing.moment_of_period(line, start).instant
    return Length(exact=delta).text


def _replace(component: Component, line: Line, by: Line) -> None:
    component.items = [by if item is line else item for item in component.items]
