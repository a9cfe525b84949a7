"""What the page and the panel of an event show, and what its form offers."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from crmlite import clock, mail
from crmlite.errors import Missing
from crmlite.ics.read import Fields, Refusal, read
from crmlite.lists import almanac, event_reminders, guests, kinds, timeline
from crmlite.lists.event_form import LINKS
from crmlite.lists.events import ICONS, SPEC
from crmlite.lists.guests import Guest
from crmlite.lists.reader import Reader, day
from crmlite.lists.timeline_items import Item
from crmlite.models.events import (
    CALL_TYPES,
    EVENT_KINDS,
    EVENT_STATUSES,
    OPEN_STATUSES,
    PRIORITIES,
    TASK_STATUSES,
    Event,
    Occurrence,
)
from crmlite.rules import access, events, invitations, repeats, sync
from crmlite.rules import guests as guest_rules
from crmlite.rules.directory import Person

LINK_ICONS = {"lead": "sprout", "partner": "building-2", "contact": "contact", "opportunity": "square-kanban"}
TONES = {"planned": "accent", "realized": "green", "finished": "green", "cancelled": "red", "ongoing": "blue"}
DAY = timedelta(days=1)


class Step(NamedTuple):
    noun: str
    label: str
    icon: str


STEPS = {
    "finish": Step("completion", "Done", "check"),
    "start": Step("start", "Start", "arrow-right"),
    "pause": Step("pause", "Pause", "clock"),
    "reopen": Step("reopening", "Reopen", "undo-2"),
    "cancel": Step("cancellation", "Cancel it", "circle-x"),
}


class LinkedRecord(NamedTuple):
    concept: str
    word: str
    icon: str
    name: str
    url: str


class View(NamedTuple):
    """`when` and `until` in the reader's zone; `others` what is meant elsewhere; `turn` as a query string.
    `my_answer` is None where the reader is no guest; `mailable` where there are guests who hear by mail."""

    kind: str
    icon: str
    status: str
    tone: str
    when: str
    zone_note: str
    repeats: str
    reminders: list[str]
    location: str
    description: str
    category: str
    facts: list[tuple[str, str]]
    links: list[LinkedRecord]
    guests: list[Guest]
    my_answer: str | None
    mailable: bool
    owner: Person | None
    calendar: str
    private: bool
    steps: list[Step]
    late: bool
    may_change: bool
    may_take: bool
    occurrence: str
    turn: str


def turn_of(event: Event, occurrence: str) -> Fields:
    """The fields of the event, or of one turn of it. Raises Missing for a turn that is not there."""
    gone = "This turn of the event no longer exists: it may have been moved or deleted."
    if occurrence and event.recurring:
        same = (Occurrence.event == event.id) & (Occurrence.recurrence_id == occurrence)
        if not Occurrence.select().where(same).exists():
            raise Missing(gone)
    try:
        return read(event.ics, sync.zone_of(event.calendar), occurrence if event.recurring else "")
    except Refusal as error:
        raise Missing(gone) from error


def view(event: Event, turn: Fields, occurrence: str, to: Reader) -> View:
    occurrence = occurrence if event.recurring else ""
    may_change = access.may(to.by, "change", event)
    invited = guests.shown(guest_rules.of([event.id]).get(event.id, []), to)
    mailable = may_change and bool(invited) and mail.configured() and bool(invitations.outside(turn))
    if mailable:
        invited = guests.with_mails(invited, invitations.told(event), to)
    words = TASK_STATUSES if event.kind == "task" else EVENT_STATUSES
    ends = turn.ends_at or turn.due_at
    return View(
        kind=EVENT_KINDS.get(event.kind, "Event"),
        icon=ICONS.get(event.kind, "calendar"),
        status=words.get(event.status, event.status),
        tone=TONES.get(event.status, "grey"),
        when=told(turn, to),
        zone_note=zone_note(event, to),
        repeats=repeats.sentence(event.rrule, event.tzid or to.by.zone)
        or ("Repeats" if event.recurring else ""),
        reminders=[event_reminders.words(alarm, _whole(turn), to) for alarm in turn.alarms],
        location=turn.location,
        description=turn.description,
        category=to.directory.choice_name(event.category_id),
        facts=_facts(event),
        links=links(event, to),
        guests=invited,
        mailable=mailable,
        my_answer=next((one.answer for one in invited if one.mine), None),
        owner=to.directory.people.get(event.owner_id or 0),
        calendar=event.calendar.name,
        private=turn.private,
        steps=_steps(event) if may_change and not event.recurring else [],
        late=event.status in OPEN_STATUSES and not event.recurring and ends is not None and ends < to.now,
        may_change=may_change,
        may_take=may_change and event.owner_id != to.by.id,
        occurrence=occurrence,
        turn=f"?occurrence={occurrence}" if occurrence else "",
    )


def when(event: Event, to: Reader) -> str:
    return told(turn_of(event, ""), to)


def told(turn: Fields, to: Reader) -> str:
    """“Today 10:00 – 11:30”, “Tue 24 to Thu 26 November”, “Due tomorrow”."""
    if turn.component == "VTODO":
        if turn.due_at is None:
            return "No date"
        if turn.due_date:
            return _day(turn.due_date, to)
        wall = clock.to_wall(turn.due_at, to.by.zone)
        return f"{_day(wall.date(), to)} {wall:%H:%M}"
    if turn.all_day and turn.start_date:
        last = (turn.end_date or turn.start_date + DAY) - DAY
        return (
            f"{_day(turn.start_date, to)}, all day"
            if last <= turn.start_date
            else _days(turn.start_date, last, to)
        )
    if turn.starts_at is None:
        return "No date"
    start = clock.to_wall(turn.starts_at, to.by.zone)
    end = clock.to_wall(turn.ends_at or turn.starts_at, to.by.zone)
    if start.date() == end.date():
        return f"{_day(start.date(), to)} {start:%H:%M} – {end:%H:%M}"
    return f"{_day(start.date(), to)} {start:%H:%M} – {_day(end.date(), to)} {end:%H:%M}"


def story(event: Event, to: Reader) -> list[Item]:
    """Notes and files about it and what was changed, newest first."""
    return timeline.history(SPEC, event, to).items


def day_of(turn: Fields, to: Reader) -> date:
    """The day on which the reader's calendar shows it."""
    moment = turn.starts_at or turn.due_at or to.now
    return turn.start_date or turn.due_date or clock.to_wall(moment, to.by.zone).date()


def moved_to(values: dict[str, Any], to: Reader, stretched: bool = False) -> str:
    """Where a move went, for its toast; of one made longer or shorter also until when it lasts."""
    moment = values.get("due_at") or values.get("starts_at")
    if isinstance(moment, datetime) and not values.get("all_day"):
        wall = clock.to_wall(moment, to.by.zone)
        until = f" – {clock.to_wall(values['ends_at'], to.by.zone):%H:%M}" if stretched and "ends_at" in values else ""
        return f"{_day(wall.date(), to)} {wall:%H:%M}{until}"
    where = values.get("due_date") or values.get("start_date")
    return _day(where, to) if where else "another time"


def zone_note(event: Event, to: Reader) -> str:
    """Told only where the event follows another clock than its reader's."""
    if not event.tzid or event.tzid == to.by.zone or event.starts_at is None or event.all_day:
        return ""
    if clock.to_wall(event.starts_at, event.tzid) == clock.to_wall(event.starts_at, to.by.zone):
        return ""
    theirs = clock.to_wall(event.starts_at, event.tzid)
    return f"Your time, {_place(to.by.zone)}. It was planned for {theirs:%H:%M} in {_place(event.tzid)}."


def _whole(turn: Fields) -> bool:
    return turn.due_date is not None if turn.component == "VTODO" else turn.all_day


def is_linked(event: Event) -> bool:
    return any(getattr(event, f"{concept}_id") for concept in LINKS)


def links(event: Event, to: Reader) -> list[LinkedRecord]:
    """The records it is about that the reader may see."""
    found = []
    for concept, word in LINKS.items():
        record_id = getattr(event, f"{concept}_id")
        if record_id and (name := kinds.names(concept, [record_id], to).get(record_id)):
            url = f"/{kinds.SECTIONS[concept]}/{record_id}"
            found.append(LinkedRecord(concept, word, LINK_ICONS[concept], name, url))
    return found


def _facts(event: Event) -> list[tuple[str, str]]:
    found = []
    if event.kind == "task":
        found.append(("Priority", PRIORITIES.get(event.priority, "Normal")))
    if event.kind == "call" and event.call_type:
        found.append(("Direction", CALL_TYPES.get(event.call_type, "")))
    if event.free:
        found.append(("Shows as", "Available"))
    return found


def _steps(event: Event) -> list[Step]:
    return [STEPS[verb] for verb in events.steps(event) if verb in STEPS]


def _day(value: date, to: Reader) -> str:
    return almanac.near(value, to) or almanac.long_day(value, to)


def _days(first: date, last: date, to: Reader) -> str:
    return f"{day(first, to)} to {day(last, to)}"


def _place(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")
