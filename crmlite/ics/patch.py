"""Text and wishes -> text. Whatever a wish does not name stays byte for byte."""

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

from icalendar import Calendar, Event, Todo

from crmlite.ics import rule
from crmlite.ics.edits import WRITERS, stamp, write_fields
from crmlite.ics.exceptions import exception_for, shift_to
from crmlite.ics.lines import Component, Line
from crmlite.ics.moves import move, rewrite
from crmlite.ics.objects import Object
from crmlite.ics.occurrences import is_turn, occurrences, turns
from crmlite.ics.read import read
from crmlite.ics.refusal import Refusal
from crmlite.ics.times import TIMES, write_times
from crmlite.ics.values import Moment

PRODUCT = "-//crmlite//crmlite//EN"
GONE = "This occurrence is not in the calendar any more. Reload and choose another."
EARLIEST = datetime(1583, 1, 2, tzinfo=UTC)


def build(fields: dict[str, Any], zone: str, now: datetime) -> str:
    """The text of a new event or task. `fields` has the keys of `patch`, and may have `component`, `uid`."""
    kind = fields.get("component") or "VEVENT"
    wanted = {name: value for name, value in fields.items() if name not in ("component", "uid")}
    _check_names(wanted)
    thing = Object(_skeleton(kind, fields.get("uid") or str(uuid.uuid4()), wanted, now), zone)
    write_times(thing, thing.head, {"tzid": zone, **wanted})
    write_fields(thing.head, wanted, thing.eol)
    return _checked(thing, zone)


def patch(
    text: str, changes: dict[str, Any], zone: str, now: datetime, scope: str = "all", recurrence_id: str = ""
) -> str:
    """`changes`: summary, location, description, url, starts_at, ends_at (aware UTC), all_day, start_date,
    end_date (exclusive), tzid (IANA, "" for UTC), due_at, due_date, status, percent, priority, private, free,
    categories, completed_at, rrule, alarms, attendees, organizer. None or "" takes a value away. `scope` is
    "all" (every turn) or "this" (the turn `recurrence_id`). Without a difference the text comes back
    as it was."""
    _check_names(changes)
    thing = Object(text, zone)
    if scope == "this" and thing.recurring:
        return _patch_turn(thing, changes, zone, now, recurrence_id, text)
    before = {id(part): part.write() for part in (thing.head, *thing.overrides)}
    old, repeated = thing.span(thing.head), thing.recurring
    rule_before = thing.head.value("RRULE")
    write_times(thing, thing.head, changes)
    write_fields(thing.head, changes, thing.eol)
    new = thing.span(thing.head)
    rule_changed = thing.head.value("RRULE") != rule_before
    if rule_changed and thing.master and not thing.master.first("RRULE"):
        _drop(thing, thing.overrides)
    elif old and new and repeated and old.anchor != new.anchor:
        move(thing, old, new, keep_rule=rule_changed)
    if rule_changed:
        _drop_orphans(thing, zone)
    changed = [part for part in (thing.head, *thing.overrides) if part.write() != before.get(id(part))]
    if not changed and thing.calendar.write() == text:
        return text
    for part in {id(part): part for part in changed}.values():
        stamp(part, now, thing.eol)
    return _checked(thing, zone)


def split(
    text: str, recurrence_id: str, changes: dict[str, Any], zone: str, now: datetime, new_uid: str
) -> tuple[str, str]:
    """This and the following turns become an event of their own: (the one that ends before, the new one)."""
    _check_names(changes)
    old, new = Object(text, zone), Object(text, zone)
    turn = old.turn(recurrence_id)
    span = old.span(old.master) if old.master else None
    if old.master is None or new.master is None or span is None or not is_turn(old, turn):
        raise Refusal(GONE, "valid-calendar-object-resource")
    if turn.wall <= span.anchor.wall:
        raise Refusal("This is the first occurrence. Change all occurrences instead.")
    passed = sum(wall < turn.wall for wall in turns(old.master, span, EARLIEST, turn.instant))
    _end_before(old, turn)
    stamp(old.master, now, old.eol)
    _begin_at(new, turn, passed, new_uid)
    moment = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    for name, value in (("SEQUENCE", "0"), ("CREATED", moment), ("DTSTAMP", moment)):
        new.master.put(Line.made(name, value, eol=new.eol))
    return _checked(old, zone), patch(_checked(new, zone), changes, zone, now)


def remove_occurrence(text: str, recurrence_id: str, zone: str, now: datetime) -> str:
    """The event without this turn."""
    thing = Object(text, zone)
    turn = thing.turn(recurrence_id)
    if not thing.recurring or not is_turn(thing, turn):
        raise Refusal(GONE, "valid-calendar-object-resource")
    gone = thing.override_of(turn)
    if gone:
        _drop(thing, [gone])
    if thing.master:
        thing.master.add(Line.made("EXDATE", turn.text, turn.params, thing.eol))
        stamp(thing.master, now, thing.eol)
    left = thing.calendar.write()
    if not (thing.master or thing.overrides) or not occurrences(left, zone):
        raise Refusal("This is the only occurrence left. Delete the event instead.")
    return left


def _patch_turn(
    thing: Object, changes: dict[str, Any], zone: str, now: datetime, recurrence_id: str, text: str
) -> str:
    turn = thing.turn(recurrence_id)
    if not is_turn(thing, turn):
        raise Refusal(GONE, "valid-calendar-object-resource")
    present = thing.override_of(turn)
    part = present or exception_for(thing, turn)
    before = part.write()
    write_times(thing, part, changes)
    write_fields(part, changes, thing.eol)
    if part.write() == before:
        return text
    stamp(part, now, thing.eol)
    if present is None:
        places = [at for at, item in enumerate(thing.calendar.items) if _is_part(item, thing.kind)]
        thing.calendar.items.insert(places[-1] + 1, part)
    return _checked(thing, zone)


def _drop_orphans(thing: Object, zone: str) -> None:
    """A new rule has other turns; exceptions of turns that are gone go with them."""
    if thing.master is None or not thing.overrides:
        return
    fresh = Object(thing.calendar.write(), zone)
    keys = [fresh.key(part) for part in fresh.overrides]
    span = fresh.span(fresh.master) if fresh.master else None
    if fresh.master is None or span is None:
        return
    instants = [key.instant for key in keys]
    margin = timedelta(days=1)
    walls = set(turns(fresh.master, span, min(instants) - margin, max(instants) + margin))
    walls |= {fresh.as_master(moment).wall for moment, _ in fresh.moments(fresh.master, "RDATE")}
    _drop(thing, [part for part, key in zip(thing.overrides, keys, strict=True) if key.wall not in walls])


def _end_before(thing: Object, turn: Moment) -> None:
    if thing.master is None:
        return
    for line in thing.master.all("RRULE"):
        parts = rule.parts_of(line.value)
        parts.pop("COUNT", None)
        parts["UNTIL"] = _moment_before(turn)
        value = ";".join(f"{name}={part}" for name, part in parts.items())
        thing.master.items = [
            line.rewritten(value, thing.eol) if item is line else item for item in thing.master.items
        ]
    for name in ("RDATE", "EXDATE"):
        rewrite(thing, thing.master, name, lambda m: m if thing.as_master(m).wall < turn.wall else None)
    _drop(thing, [part for part in thing.overrides if thing.key(part).wall >= turn.wall])


def _begin_at(thing: Object, turn: Moment, passed: int, uid: str) -> None:
    if thing.master is None:
        return
    _drop(thing, [part for part in thing.overrides if thing.key(part).wall < turn.wall])
    for name in ("RDATE", "EXDATE"):
        rewrite(thing, thing.master, name, lambda m: m if thing.as_master(m).wall >= turn.wall else None)
    for line in thing.master.all("RRULE"):
        parts = rule.parts_of(line.value)
        if "COUNT" in parts:
            parts["COUNT"] = str(max(1, int(parts["COUNT"]) - passed))
            value = ";".join(f"{name}={part}" for name, part in parts.items())
            thing.master.put(line.rewritten(value, thing.eol))
    shift_to(thing, thing.master, turn)
    for part in (thing.master, *thing.overrides):
        part.put(Line.made("UID", uid, eol=thing.eol))


def _moment_before(turn: Moment) -> str:
    if turn.is_date:
        return (turn.day - timedelta(days=1)).strftime("%Y%m%d")
    if turn.utc or turn.tzid:
        return (turn.instant - timedelta(seconds=1)).strftime("%Y%m%dT%H%M%SZ")
    return turn.at(turn.wall - timedelta(seconds=1)).text


def _drop(thing: Object, parts: list[Component]) -> None:
    gone = {id(part) for part in parts}
    thing.calendar.items = [item for item in thing.calendar.items if id(item) not in gone]
    thing.overrides = [part for part in thing.overrides if id(part) not in gone]


def _skeleton(kind: str, uid: str, wanted: dict[str, Any], now: datetime) -> str:
    """A new object with what every one has (RFC 5545 3.6.1, 3.6.2); the wishes are written into it."""
    if not uid.isprintable():
        raise Refusal("The UID of an event may hold no line breaks or other control characters.")
    calendar, part = Calendar(), Todo() if kind == "VTODO" else Event()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    part.add("uid", uid)
    for stamped in ("dtstamp", "created"):
        part.add(stamped, now.astimezone(UTC))
    if kind != "VTODO":
        part.add("dtstart", _first_start(wanted))
    part.add("sequence", 0)
    calendar.add_component(part)
    return calendar.to_ical(sorted=False).decode()


def _first_start(wanted: dict[str, Any]) -> date | datetime:
    if wanted.get("all_day") and wanted.get("start_date"):
        return wanted["start_date"]
    if wanted.get("starts_at"):
        return wanted["starts_at"].astimezone(UTC)
    raise Refusal("An event needs a start. Choose a day and a time.", field="starts_at")


def _check_names(changes: dict[str, Any]) -> None:
    unknown = changes.keys() - WRITERS.keys() - TIMES
    if unknown:
        raise KeyError(f"not a field of calendar text: {', '.join(sorted(unknown))}")


def _is_part(item: Line | Component, kind: str) -> bool:
    return isinstance(item, Component) and item.name == kind


def _checked(thing: Object, zone: str) -> str:
    text = thing.calendar.write()
    read(text, zone)
    return text
