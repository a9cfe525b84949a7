"""Calendars for the large demo. Texts are cut from patterns that the calendar floor made, since building and
reading a hundred thousand of them one by one would take minutes."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from crmlite import clock
from crmlite.ics.alarms import Alarm
from crmlite.ics.patch import build
from crmlite.models.calendars import Calendar
from crmlite.models.events import Event
from crmlite.models.opportunities import Opportunity
from crmlite.rules import calendars, sync, wire
from crmlite.rules.access import Actor
from crmlite.rules.demo import rows
from crmlite.rules.demo.story import Story

GOODS = (
    "Cold room", "Shelving", "Counters", "Shop lighting", "Fitting rooms", "Display cases", "Window lighting",
    "Wine fridge", "Checkout desk", "Garden tables", "Bakery racks", "Pharmacy drawers",
)  # fmt: skip
SUBJECTS = {
    "meeting": ("Visit", "Measuring", "Second offer", "Contract talk", "Handover", "Show the samples"),
    "call": ("First call", "Call back", "Ask for the plans", "Delivery date", "Remind of the offer"),
    "task": (
        "Send the offer",
        "Ask the supplier",
        "Draw the counter",
        "Book the fitter",
        "File the contract",
    ),
}
KINDS, SHARES = ("meeting", "call", "task"), (45, 35, 20)
START, END = datetime(2026, 3, 2, 9, 0, tzinfo=UTC), datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
SUBJECT, UID = "SUBJECTOFPATTERN", "UIDOFPATTERN"


class Pattern(NamedTuple):
    """A text with marks in it, and the columns that all texts cut from it share."""

    text: str
    columns: dict[str, Any]


def load_events(
    count: int, actors: list[Actor], sales: list[Opportunity], story: Story, lot: Random, gesture: int
) -> int:
    """Spread `count` events over the calendars of these people, two thirds in the past."""
    homes = {a.id: {k: calendars.personal(a.id, k) for k in ("events", "tasks")} for a in actors if a.id}
    by = {actor.id: actor for actor in actors if actor.id}
    made = rows.insert(_draw(count, by, homes, sales, story, lot), gesture, by)
    for home in homes.values():
        for calendar in home.values():
            Calendar.update(seq=calendar.seq).where(Calendar.id == calendar.id).execute()
    return made


def _draw(
    count: int,
    by: dict[int, Actor],
    homes: dict[int, dict[str, Calendar]],
    sales: list[Opportunity],
    story: Story,
    lot: Random,
) -> Iterator[Event]:
    patterns = {(zone, kind): pattern(zone, kind) for zone in {a.zone for a in by.values()} for kind in KINDS}
    for number in range(count):
        sale = sales[number % len(sales)]
        actor, kind = by[sale.owner_id], lot.choices(KINDS, SHARES)[0]
        calendar = homes[actor.id or 0]["tasks" if kind == "task" else "events"]
        calendar.seq += 1
        start = story.at(
            story.day(lot.randrange(-365, 180)), f"{lot.randrange(8, 18):02d}:{lot.randrange(4) * 15:02d}"
        )
        subject = f"{lot.choice(SUBJECTS[kind])} {sale.reference}"
        end = start + timedelta(minutes=0 if kind == "task" else lot.choice((30, 60, 90)))
        uid = str(UUID(int=lot.getrandbits(128), version=4))
        yield Event(
            **cut(patterns[actor.zone, kind], uid, subject, start, end, actor.zone),
            kind=kind,
            status=_status(kind, start < story.now, lot),
            call_type="outgoing" if kind == "call" else "",
            calendar=calendar.id,
            href=f"{uid}.ics",
            seq=calendar.seq,
            partner=sale.partner_id,
            opportunity=sale.id,
            owner=actor.id,
            team=sale.team_id,
            created_at=min(start, story.now) - timedelta(days=2),
            updated_at=min(start, story.now) - timedelta(days=1),
            created_by_id=actor.id,
            updated_by_id=actor.id,
        )


def pattern(zone: str, kind: str) -> Pattern:
    fields: dict[str, Any] = {
        "component": wire.COMPONENTS[kind],
        "uid": UID,
        "summary": SUBJECT,
        "tzid": zone,
    }
    if kind == "task":
        fields |= {"due_at": START, "status": "NEEDS-ACTION"}
    else:
        fields |= {"starts_at": START, "ends_at": END, "status": "CONFIRMED"}
    if kind == "meeting":
        fields["alarms"] = [Alarm(before=timedelta(minutes=15))]
    text = build(fields, zone, clock.now())
    return Pattern(text, dict(sync.derive(text, zone).columns))


def cut(made: Pattern, uid: str, subject: str, start: datetime, end: datetime, zone: str) -> dict[str, Any]:
    """Columns of the event of that name and time, as `sync.derive` would read them from its text."""
    text = made.text.replace(UID, uid).replace(SUBJECT, subject)
    for was, now in ((START, start), (END, end)):
        text = text.replace(
            f"{clock.to_wall(was, zone):%Y%m%dT%H%M%S}\r\n", f"{clock.to_wall(now, zone):%Y%m%dT%H%M%S}\r\n"
        )
    columns = {
        **made.columns,
        "ics": text,
        "uid": uid,
        "subject": subject,
        "range_start": start,
        "range_end": end,
    }
    columns["etag"] = hashlib.sha256(text.encode()).hexdigest()
    columns |= {"due_at": start} if made.columns["due_at"] else {"starts_at": start, "ends_at": end}
    return columns


def _status(kind: str, past: bool, lot: Random) -> str:
    """One that the patterns' texts agree with."""
    if kind == "task":
        return "reported" if past and lot.random() < 0.3 else "not_started"
    return "realized" if past and lot.random() < 0.85 else "planned"
