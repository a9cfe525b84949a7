"""The text of an event as it travels by mail (RFC 5546, RFC 6047). What is the house's own stays here: notes, alarms,
categories, links into the house, and whatever programs keep for themselves."""

from datetime import UTC, datetime

from crmlite.ics.lines import Component, Line
from crmlite.ics.objects import Object
from crmlite.ics.read import attendee

TRAVELS = frozenset({
    "UID", "DTSTAMP", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID", "SUMMARY",
    "LOCATION", "GEO", "CONFERENCE", "STATUS", "SEQUENCE", "CREATED", "LAST-MODIFIED", "TRANSP", "CLASS", "PRIORITY",
    "ORGANIZER", "ATTENDEE",
})  # fmt: skip


def request(text: str, zone: str, now: datetime) -> str:
    """An invitation, or what is new about one: the event with all its turns. Raises Refusal."""
    return _travelling(Object(text, zone), "REQUEST", now)


def cancellation(text: str, zone: str, now: datetime, email: str, newer: bool) -> str:
    """That the event will not take place for this guest. `newer`: the text is that from before the event went, so that
    the message is one step ahead of it. Raises Refusal."""
    thing = Object(text, zone)
    thing.calendar.items = [item for item in thing.calendar.items if item not in thing.overrides]
    head = thing.head
    head.items = [item for item in head.items if not _is_another(item, email)]
    head.put(Line.made("STATUS", "CANCELLED", eol=thing.eol))
    number = head.value("SEQUENCE").strip()
    present = int(number) if number.isdecimal() and len(number) < 10 else 0
    head.put(Line.made("SEQUENCE", str(present + newer), eol=thing.eol))
    if not head.first("ATTENDEE"):
        head.add(Line.made("ATTENDEE", f"mailto:{email}", eol=thing.eol))
    return _travelling(thing, "CANCEL", now)


def _is_another(item: Line | Component, email: str) -> bool:
    return isinstance(item, Line) and item.name == "ATTENDEE" and attendee(item).email.lower() != email.lower()


def _travelling(thing: Object, method: str, now: datetime) -> str:
    calendar, stamp = thing.calendar, now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    for part in calendar.children:
        if part.name == thing.kind:
            part.items = [item for item in part.items if isinstance(item, Line) and item.name in TRAVELS]
            part.put(Line.made("DTSTAMP", stamp, eol=thing.eol))
    head = [line for line in calendar.lines if line.name in ("VERSION", "PRODID", "CALSCALE")]
    calendar.items = [*head, Line.made("METHOD", method, eol=thing.eol), *calendar.children]
    return calendar.write()
