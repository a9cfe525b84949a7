"""What a guest answered, put into the text of an event."""

from datetime import UTC, datetime

from crmlite.ics.edits import ANSWERS
from crmlite.ics.lines import Component, Line
from crmlite.ics.objects import Object
from crmlite.ics.read import attendee, read


def answered(text: str, email: str, answer: str, zone: str, now: datetime) -> str:
    """The text in which this guest says "yes", "no", "maybe" or "" to every turn. SEQUENCE stays, since nothing about
    the event itself is new (RFC 5546 section 2.1.4). Raises Refusal."""
    thing = Object(text, zone)
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    for part in filter(None, (thing.master, *thing.overrides)):
        if _answer(part, email.lower(), answer, thing.eol):
            for name in ("DTSTAMP", "LAST-MODIFIED"):
                part.put(Line.made(name, stamp, eol=thing.eol))
    written = thing.calendar.write()
    read(written, zone)
    return written


def _answer(part: Component, email: str, answer: str, eol: str) -> bool:
    """Whether this was news."""
    changed = False
    for place, item in enumerate(part.items):
        if not isinstance(item, Line) or item.name != "ATTENDEE":
            continue
        guest = attendee(item)
        if guest.email.lower() == email and guest.answer != answer:
            part.items[place] = item.rewritten(item.value, eol, {"PARTSTAT": ANSWERS[answer]})
            changed = True
    return changed
