"""When the alarms of an event go off, and what says that they were heard: ACKNOWLEDGED and snooze alarms (RFC 9074
sections 6 and 7), and the properties Thunderbird keeps for the same (X-MOZ-LASTACK, X-MOZ-SNOOZE-TIME)."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from crmlite.ics import values
from crmlite.ics.alarms import Alarm, alarm_of, made, repeats, snoozed
from crmlite.ics.lines import Component, Line
from crmlite.ics.objects import Object
from crmlite.ics.occurrences import Occurrence
from crmlite.ics.read import read
from crmlite.ics.refusal import Refusal
from crmlite.ics.spelling import unescaped
from crmlite.ics.values import Moment

SILENT = ("CANCELLED", "COMPLETED")
LAST_HEARD, SNOOZED_TO = "X-MOZ-LASTACK", "X-MOZ-SNOOZE-TIME"
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Ring:
    """An alarm that goes off for one turn; aware UTC. `starts_at` is None where a task has no date."""

    due_at: datetime
    starts_at: datetime | None
    recurrence_id: str


def rings(text: str, zone: str, turns: Sequence[Occurrence], since: datetime, now: datetime) -> list[Ring]:
    """What goes off from `since` to `now` and was not heard, and the first after it; an alarm that was heard does not
    go off again. `turns` are those of a repeating
    event, in order; `zone` is the owner's, for days and floating times. Raises Refusal."""
    thing = Object(text, zone)
    if not thing.recurring:
        found = list(_of_turn(thing, thing.head, _anchor(thing, thing.head), None))
    else:
        found = [*_of_turns(thing, turns, since, now), *_at_moments(thing, turns)]
    found = sorted({ring for ring in found if ring.due_at >= since}, key=lambda ring: ring.due_at)
    past = [ring for ring in found if ring.due_at <= now]
    return past + found[len(past) : len(past) + 1]


def heard(text: str, zone: str, recurrence_id: str, now: datetime, snooze: datetime | None = None) -> str:
    """The text that says to every device that what has gone off for this turn was heard at `now`, and with `snooze`
    that it goes off again then. Nothing else changes."""
    thing = Object(text, zone)
    part, turn = thing.head, None
    if thing.recurring:
        turn = thing.turn(recurrence_id)
        part = thing.override_of(turn) or thing.master or thing.head
    told, stamp = thing.master or part, _stamp(now)
    latest: tuple[datetime, Component] | None = None
    for child in [child for child in part.children if child.name == "VALARM"]:
        alarm = alarm_of(child)
        due = _due(thing, part, turn or _anchor(thing, part), None, child, alarm) if alarm else None
        if due is None or due > now:
            continue
        if snoozed(child):
            part.items = [item for item in part.items if item is not child]
            continue
        child.put(Line.made("ACKNOWLEDGED", stamp, eol=thing.eol))
        if latest is None or due > latest[0]:
            latest = due, child
    told.put(Line.made(LAST_HEARD, stamp, eol=thing.eol))
    name = _snooze_name(turn)
    told.drop(name)
    if snooze:
        told.put(Line.made(name, _stamp(snooze), eol=thing.eol))
        part.items.append(_snooze_alarm(part, latest[1] if latest else None, snooze, thing.eol))
    text = thing.calendar.write()
    read(text, zone)
    return text


def _of_turns(thing: Object, turns: Sequence[Occurrence], since: datetime, now: datetime) -> Iterator[Ring]:
    """Turns are walked in order; what lies too far behind or ahead to matter is passed over."""
    leads = [lead for part in _parts(thing) for lead in _leads(part)]
    ahead = max([*leads, timedelta()]) + timedelta(days=1)
    behind = -min([*leads, timedelta()]) + timedelta(days=1)
    overrides = {thing.key(part).text: part for part in thing.overrides}
    for turn in turns:
        if turn.ends_at < since - behind and not _is_snoozed(thing):
            continue
        if turn.starts_at - ahead > now and (first := _first_after(thing, overrides, turn, now)):
            yield first
            return
        yield from _rings_of(thing, overrides, turn)


def _first_after(thing: Object, overrides: dict[str, Component], turn: Occurrence, now: datetime) -> Ring | None:
    """All alarms of turns before this one have been given; the earliest of this one is the last that can matter."""
    later = [ring for ring in _rings_of(thing, overrides, turn) if ring.due_at > now]
    return min(later, key=lambda ring: ring.due_at, default=None)


def _rings_of(thing: Object, overrides: dict[str, Component], turn: Occurrence) -> Iterator[Ring]:
    override = overrides.get(turn.recurrence_id)
    part = override or thing.master
    if part is not None:
        anchor = _anchor(thing, override) if override else thing.turn(turn.recurrence_id)
        yield from _of_turn(thing, part, anchor, turn)


def _of_turn(thing: Object, part: Component, anchor: Moment | None, turn: Occurrence | None) -> Iterator[Ring]:
    if part.value("STATUS").strip().upper() in SILENT:
        return
    key = turn.recurrence_id if turn else ""
    starts_at = turn.starts_at if turn else anchor.instant if anchor else None
    told = thing.master or part
    last = max(_moment(told, LAST_HEARD) or NEVER, _moment(part, LAST_HEARD) or NEVER)
    for child in part.children:
        alarm = alarm_of(child) if child.name == "VALARM" else None
        if alarm is None or (turn and alarm.at):
            continue
        due = _due(thing, part, anchor, turn, child, alarm)
        if due and due > max(last, _moment(child, "ACKNOWLEDGED") or NEVER):
            yield from (Ring(due + delay, starts_at, key) for delay in repeats(child))
    again = _moment(told, _snooze_name(thing.turn(key) if turn else None))
    if again and again > last:
        yield Ring(again, starts_at, key)


def _at_moments(thing: Object, turns: Sequence[Occurrence]) -> Iterator[Ring]:
    """Alarms of a repeating event at a moment of their own go off once, for the turn nearest to it."""
    for part in _parts(thing):
        last = max(_moment(thing.master or part, LAST_HEARD) or NEVER, _moment(part, LAST_HEARD) or NEVER)
        for child in part.children:
            alarm = alarm_of(child) if child.name == "VALARM" else None
            due = alarm.at if alarm else None
            if due is None or due <= max(last, _moment(child, "ACKNOWLEDGED") or NEVER) or not turns:
                continue
            if part.value("STATUS").strip().upper() not in SILENT:
                nearest = min(turns, key=lambda turn: abs(turn.starts_at - due))
                for delay in repeats(child):
                    yield Ring(due + delay, nearest.starts_at, nearest.recurrence_id)


def _due(
    thing: Object, part: Component, anchor: Moment | None, turn: Occurrence | None, child: Component, alarm: Alarm
) -> datetime | None:
    """When the alarm goes off. Days count on the wall; from a whole day hours count there too, so that nine o'clock
    stays nine o'clock when the clocks change."""
    trigger = child.first("TRIGGER")
    if alarm.at or anchor is None or trigger is None:
        return alarm.at
    length = values.length(trigger.value)
    if alarm.related_end:
        span = thing.span(part)
        ends_at = turn.ends_at if turn else span.length.after(anchor) if span else anchor.instant
        anchor = replace(anchor, is_date=False).at_instant(ends_at)
    if anchor.is_date:
        return replace(anchor, is_date=False).at(anchor.wall + length.total).instant
    return length.after(anchor)


def _anchor(thing: Object, part: Component) -> Moment | None:
    span = thing.span(part)
    return span.anchor if span else None


def _parts(thing: Object) -> list[Component]:
    return [*([thing.master] if thing.master else []), *thing.overrides]


def _leads(part: Component) -> Iterator[timedelta]:
    """How long before its turn each alarm goes off, every time it does."""
    for child in part.children:
        alarm = alarm_of(child) if child.name == "VALARM" else None
        if alarm and alarm.before is not None:
            yield from (alarm.before - delay for delay in repeats(child))


def _is_snoozed(thing: Object) -> bool:
    return any(line.name.startswith(SNOOZED_TO) for line in (thing.master or thing.head).lines)


def _snooze_name(turn: Moment | None) -> str:
    """Thunderbird names the turn by the microseconds since 1970 of its RECURRENCE-ID."""
    return f"{SNOOZED_TO}-{int(turn.instant.timestamp()) * 1_000_000}" if turn else SNOOZED_TO


def _snooze_alarm(part: Component, of: Component | None, at: datetime, eol: str) -> Component:
    summary = unescaped(part.value("SUMMARY"))
    again = made(Alarm(at=at, uid=str(uuid.uuid4())), summary, eol)
    if of:
        if not of.value("UID").strip():
            of.put(Line.made("UID", str(uuid.uuid4()), eol=eol))
        again.put(Line.made("RELATED-TO", of.value("UID").strip(), {"RELTYPE": "SNOOZE"}, eol))
    return again


def _moment(part: Component, name: str) -> datetime | None:
    line = part.first(name)
    if line is None:
        return None
    try:
        return values.moment(line.value, UTC).instant
    except Refusal:
        return None


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
