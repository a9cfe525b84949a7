"""Calendar text as a reader gets it who may not have all of it, or wants each turn written out."""

from datetime import UTC, datetime

from crmlite.ics.alarms import alarm_of, repeats
from crmlite.ics.exceptions import exception_for, put_moment
from crmlite.ics.lines import Component, Line, parse
from crmlite.ics.objects import KINDS, Object
from crmlite.ics.occurrences import Occurrence, occurrences
from crmlite.ics.refusal import Refusal
from crmlite.ics.spelling import escaped
from crmlite.ics.values import Moment

TOLD_WHEN_BUSY = {
    "UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DTEND", "DURATION", "DUE", "RRULE", "RDATE", "EXDATE",
    "RECURRENCE-ID", "STATUS", "TRANSP", "CLASS",
}  # fmt: skip
MOST_TURNS = 5_000


def without_alarms(text: str) -> str:
    """For calendars that can only be read: an alarm there could never be dismissed (caldav.md section 9,
    21)."""
    if "BEGIN:VALARM" not in text.upper():
        return text
    thing = Object(text, "UTC")
    for part in _parts(thing):
        part.items = [
            item for item in part.items if not (isinstance(item, Component) and item.name == "VALARM")
        ]
    return thing.calendar.write()


def only_when(text: str, word: str) -> str:
    """Nothing but when it stands, under the name `word`."""
    thing = Object(text, "UTC")
    for part in _parts(thing):
        part.items = [item for item in part.items if isinstance(item, Line) and item.name in TOLD_WHEN_BUSY]
        part.add(Line.made("SUMMARY", word, eol=thing.eol))
    thing.calendar.items = [
        item
        for item in thing.calendar.items
        if isinstance(item, Component) or item.name in ("VERSION", "PRODID", "CALSCALE")
    ]
    return thing.calendar.write()


def expanded(text: str, zone: str, start: datetime, end: datetime) -> str:
    """Each turn between `start` and `end` as a component of its own in UTC, without rule and zones (RFC 4791
    section 9.6.5). Raises Refusal when there are too many."""
    thing = Object(text, zone)
    rows = occurrences(text, zone, start, end)
    if len(rows) > MOST_TURNS:
        raise Refusal("There are too many turns in this time: please ask for less of it.", "max-instances")
    heads = [item for item in thing.calendar.items if isinstance(item, Line)]
    parts = [_turn(thing, row) for row in rows]
    thing.calendar.items = [*heads, *parts]
    return thing.calendar.write()


def has_alarm_between(text: str, zone: str, start: datetime, end: datetime) -> bool:
    """Whether an alarm of any turn goes off, or goes off again, between `start` and `end`."""
    thing = Object(text, zone)
    alarms = [
        (alarm, delay)
        for part in _parts(thing)
        for child in part.children
        if child.name == "VALARM" and (alarm := alarm_of(child))
        for delay in repeats(child)
    ]
    if any(alarm.at and start <= alarm.at + delay < end for alarm, delay in alarms):
        return True
    leads = [(alarm.before - delay, alarm.related_end) for alarm, delay in alarms if alarm.before is not None]
    if not leads:
        return False
    latest = max(lead for lead, _ in leads)
    earliest = min(lead for lead, _ in leads)
    rows = occurrences(text, zone, start + min(earliest, latest * 0), end + max(latest, latest * 0))
    return any(
        start <= (row.ends_at if by_end else row.starts_at) - lead < end for row in rows for lead, by_end in leads
    )


def _parts(thing: Object) -> list[Component]:
    return [child for child in thing.calendar.children if child.name in KINDS]


def _turn(thing: Object, row: Occurrence) -> Component:
    if not thing.recurring or not row.recurrence_id:
        part = (thing.master or thing.head).copy()
    else:
        turn = thing.turn(row.recurrence_id)
        part = (thing.override_of(turn) or exception_for(thing, turn)).copy()
    for name in ("DTSTART", "DTEND", "DUE", "RECURRENCE-ID"):
        moment = thing.moment(part, name)
        if moment and not moment.is_date:
            stamp = moment.instant
            if name == "DTEND":
                stamp = row.ends_at
            put_moment(part, name, Moment(stamp.replace(tzinfo=None), UTC, utc=True), thing.eol)
    return part


def joined(texts: list[str], name: str, refresh: str = "") -> str:
    """Many calendar texts as one, for a download. Of zones with the same name the first counts. `refresh` is how
    often a subscriber should look again (RFC 7986 section 5.7), a duration."""
    whole = Component("VCALENDAR", Line("BEGIN:VCALENDAR\r\n"), Line("END:VCALENDAR\r\n"))
    for key, value in (
        ("VERSION", "2.0"),
        ("PRODID", "-//crmlite//crmlite//EN"),
        ("X-WR-CALNAME", escaped(name)),
    ):
        whole.items.append(Line.made(key, value))
    if refresh:
        whole.items.append(Line.made("REFRESH-INTERVAL", refresh, {"VALUE": "DURATION"}))
        whole.items.append(Line.made("X-PUBLISHED-TTL", refresh))
    zones: dict[str, Component] = {}
    parts: list[Component] = []
    for text in texts:
        for child in parse(text).children:
            if child.name == "VTIMEZONE":
                zones.setdefault(child.value("TZID"), child)
            else:
                parts.append(child)
    whole.items += [*zones.values(), *parts]
    return whole.write()
