"""Reminders and alarms: VALARM read into plain values, and plain values written back into VALARMs."""

from collections import deque
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from crmlite.ics import values
from crmlite.ics.lines import Component, Line
from crmlite.ics.refusal import Refusal
from crmlite.ics.spelling import escaped

MOST_REPEATS = 100
LONGEST_REPEAT = timedelta(days=7)  # so long after its first time an alarm goes off again


@dataclass(frozen=True)
class Alarm:
    """Either `before` (positive: before the start, or before a task is due) or `at` (aware UTC) is set.
    `related_end` counts `before` from the end instead."""

    before: timedelta | None = None
    at: datetime | None = None
    action: str = "DISPLAY"
    related_end: bool = False
    uid: str = ""


def alarms_of(component: Component) -> tuple[Alarm, ...]:
    """The alarms a person would hear; switched-off, snoozed and unreadable ones stay in the text only."""
    read = (alarm_of(child) for child in component.children if child.name == "VALARM" and not snoozed(child))
    return tuple(alarm for alarm in read if alarm)


def alarm_of(component: Component) -> Alarm | None:
    trigger = component.first("TRIGGER")
    action = component.value("ACTION").strip().upper()
    if trigger is None or action == "NONE":
        return None
    uid = component.value("UID").strip()
    related_end = trigger.param("RELATED").upper() == "END"
    try:
        if trigger.param("VALUE").upper() == "DATE-TIME":
            return Alarm(None, values.moment(trigger.value, UTC).instant, action, False, uid)
        return Alarm(-values.length(trigger.value).total, None, action, related_end, uid)
    except Refusal:
        return None


def snoozed(component: Component) -> bool:
    """Whether it repeats another that a person put off (RFC 9074 section 7)."""
    return any(line.param("RELTYPE").upper() == "SNOOZE" for line in component.all("RELATED-TO"))


def repeats(component: Component) -> list[timedelta]:
    """How long after its first time an alarm goes off, the first time included: REPEAT times more, each DURATION after
    the one before; both are needed (RFC 5545 sections 3.8.6.2 and 3.6.6)."""
    said = component.value("REPEAT").strip()
    times = min(int(said), MOST_REPEATS) if said.isascii() and said.isdigit() and len(said) < 10 else 0
    try:
        gap = values.length(component.value("DURATION")).total if times else timedelta()
    except Refusal:
        gap = timedelta()
    later = [gap * number for number in range(1, times + 1)] if gap > timedelta() else []
    return [timedelta(), *(delay for delay in later if delay <= LONGEST_REPEAT)]


def write_alarms(component: Component, wanted: Iterable[Alarm], summary: str, eol: str) -> None:
    """Make the component's alarms the wanted ones. An alarm that stays is not touched; one whose time changes
    keeps its other properties; unreadable, snoozed and switched-off ones stay."""
    places = [item for item in component.items if isinstance(item, Component) and item.name == "VALARM"]
    present = [(place, alarm) for place in places if not snoozed(place) and (alarm := alarm_of(place))]
    missing, left = list(wanted), present
    for key in (_uid, _same, _action):
        missing, left = _pair(missing, left, key, eol)
    gone = {id(place) for place, _ in left}
    component.items = [item for item in component.items if id(item) not in gone]
    component.items += [made(alarm, summary, eol) for alarm in missing]


def made(alarm: Alarm, summary: str, eol: str) -> Component:
    made = Component("VALARM", Line(f"BEGIN:VALARM{eol}"), Line(f"END:VALARM{eol}"))
    if alarm.uid:
        made.put(Line.made("UID", alarm.uid, eol=eol))
    made.put(Line.made("ACTION", alarm.action or "DISPLAY", eol=eol))
    made.put(_trigger(alarm, eol))
    made.put(Line.made("DESCRIPTION", escaped(summary or "Reminder"), eol=eol))
    return made


def _pair(
    wanted: list[Alarm], present: list[tuple[Component, Alarm]], key: Callable[[Alarm], Hashable], eol: str
) -> tuple[list[Alarm], list[tuple[Component, Alarm]]]:
    """Pair what has the same key, in order, and give back what is left over on both sides."""
    pool: dict[Hashable, deque[tuple[Component, Alarm]]] = {}
    for pair in present:
        pool.setdefault(key(pair[1]), deque()).append(pair)
    missing, taken = [], set()
    for alarm in wanted:
        candidates = pool.get(key(alarm))
        if not candidates or (alarm.uid == "") is (key is _uid):
            missing.append(alarm)
            continue
        place, before = candidates.popleft()
        taken.add(id(place))
        if _time(alarm) != _time(before):
            place.put(_trigger(alarm, eol))
            place.drop("ACKNOWLEDGED")
    return missing, [pair for pair in present if id(pair[0]) not in taken]


def _uid(alarm: Alarm) -> Hashable:
    return alarm.uid


def _same(alarm: Alarm) -> Hashable:
    return *_time(alarm), alarm.action


def _action(alarm: Alarm) -> Hashable:
    """A wanted alarm without UID and with another time is the changed one of its kind."""
    return alarm.action


def _time(alarm: Alarm) -> tuple[object, ...]:
    return alarm.before, alarm.at, alarm.related_end


def _trigger(alarm: Alarm, eol: str) -> Line:
    if alarm.at:
        stamp = alarm.at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        return Line.made("TRIGGER", stamp, {"VALUE": "DATE-TIME"}, eol)
    text = _duration(-(alarm.before or timedelta()))
    return Line.made("TRIGGER", text, {"RELATED": "END"} if alarm.related_end else None, eol)


def _duration(delta: timedelta) -> str:
    days, rest = divmod(abs(delta), timedelta(days=1))
    sign = -1 if delta < timedelta() else 1
    return values.Length(sign * days, sign * rest).text
