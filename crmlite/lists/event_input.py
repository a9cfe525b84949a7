"""What a person typed into the form of an event -> values for `rules.events.save`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from crmlite import clock
from crmlite.errors import Invalid
from crmlite.lists import event_reminders, guests, kinds
from crmlite.lists.event_form import DAY, HOUR, LINKS, Texts
from crmlite.lists.reader import Reader
from crmlite.models.events import CALL_TYPES, EVENT_KINDS, EVENT_STATUSES, PRIORITIES, TASK_STATUSES, Event
from crmlite.rules import repeats

TIMES = ("all_day", "day", "start", "end_day", "end")
LIMITS = {"subject": 500, "location": 500, "description": 50_000}  # as the columns of Event
LONGEST = timedelta(days=366)


@dataclass
class Input:
    """The typed texts, what the form showed `before`, and the values and the sentences read so far."""

    form: Mapping[str, str]
    before: Texts
    to: Reader
    event: Event | None
    kind: str
    values: dict[str, Any] = field(default_factory=dict)
    found: Texts = field(default_factory=dict)

    @property
    def new(self) -> bool:
        return self.event is None

    @property
    def zone(self) -> str:
        return self.to.by.zone

    def text(self, name: str) -> str:
        return self.form.get(name, "").replace("\r\n", "\n").strip()

    @property
    def recast(self) -> bool:
        """A task becomes something else, or something else a task: its times are then all told anew."""
        return self.event is not None and (self.event.kind == "task") != (self.kind == "task")

    def wanted(self, *names: str) -> bool:
        """Whether any of these fields is to be written: all of a new event, else what the person changed."""
        return self.new or any(self.text(name) != self.before.get(name, "") for name in names)


def read(form: Mapping[str, str], before: Texts, to: Reader, event: Event | None = None) -> dict[str, Any]:
    """All values of a new event, else those that differ from `before`, what the form showed. Raises Invalid
    with a sentence for each field."""
    typed = Input(form, before, to, event, form.get("kind", ""))
    if typed.kind not in EVENT_KINDS:
        raise Invalid(fields={"kind": f"Please choose one of: {', '.join(EVENT_KINDS.values())}."})
    if typed.wanted("kind"):
        typed.values["kind"] = typed.kind
    for part in (_texts, _words, _ids, _reminder, _links, _guests, _moments, _repeat):
        part(typed)
    if typed.found:
        raise Invalid(fields=typed.found)
    return typed.values | ({"tzid": typed.zone} if typed.new else {})


def _texts(typed: Input) -> None:
    for name, limit in LIMITS.items():
        text = typed.text(name)
        if len(text) > limit:
            typed.found[name] = f"This is {len(text):,} characters long; please keep it within {limit:,}."
        elif "\x00" in text:
            typed.found[name] = "This holds a character that cannot be stored; please remove it."
        elif typed.wanted(name):
            typed.values[name] = text
    if not typed.text("subject"):
        typed.found["subject"] = "Please say what it is about."
    for name in ("private", "free"):
        if typed.wanted(name):
            typed.values[name] = bool(typed.text(name))


def _words(typed: Input) -> None:
    """Status, priority of a task, direction of a call."""
    if typed.kind == "task":
        asked: dict[str, tuple[str, Mapping[Any, str]]] = {
            "task_status": ("status", TASK_STATUSES),
            "priority": ("priority", PRIORITIES),
        }
    else:
        asked = {"status": ("status", EVENT_STATUSES)}
    if typed.kind == "call":
        asked["call_type"] = ("call_type", CALL_TYPES)
    for name, (field_name, words) in asked.items():
        value = next((key for key in words if str(key) == typed.text(name)), None)
        if value is None:
            typed.found[name] = f"Please choose one of: {', '.join(words.values())}."
        elif typed.wanted(name):
            typed.values[field_name] = value


def _ids(typed: Input) -> None:
    names = {f"category_{typed.kind}": "category", "owner": "owner", "calendar": "calendar"}
    for name, field_name in names.items():
        text = typed.text(name)
        if name not in typed.form or not typed.wanted(name):
            continue
        if text and not (text.isdecimal() and len(text) < 10):
            typed.found[name] = "Please choose a value from the list."
        elif text or field_name != "calendar":
            typed.values[field_name] = int(text) if text else None


def _reminder(typed: Input) -> None:
    if typed.kind == "task":
        whole_days = None if not typed.text("due") else not typed.text("due_time")
    else:
        whole_days = bool(typed.text("all_day"))
    wish, found = event_reminders.read(typed.form, typed.before, whole_days, typed.to)
    typed.found |= found
    if any(wish):
        typed.values["reminders"] = wish


def _links(typed: Input) -> None:
    for concept in LINKS:
        if not typed.wanted(concept):
            continue
        try:
            typed.values[concept] = kinds.resolve(concept, typed.text(concept), typed.to)
        except Invalid as error:
            typed.found[concept] = error.message


def _guests(typed: Input) -> None:
    if typed.text("invite"):
        typed.values["invite"] = True
    if "guests" not in typed.form or not typed.wanted("guests"):
        return
    try:
        change = guests.read(typed.text("guests"), typed.before.get("guests", ""))
    except Invalid as error:
        typed.found |= error.fields
        return
    if any(change):
        typed.values["guests"] = change


def _moments(typed: Input) -> None:
    if typed.kind == "task":
        if typed.recast or typed.wanted("due", "due_time"):
            typed.values |= _due(typed)
    elif typed.recast or typed.wanted(*TIMES):
        typed.values |= _times(typed)


def _due(typed: Input) -> dict[str, Any]:
    """A day, a moment or nothing."""
    if not typed.text("due"):
        if typed.text("due_time"):
            typed.found["due"] = "Please enter the day as well, or empty the time."
        return {"due_at": None, "due_date": None}
    day = _day(typed, "due")
    if not typed.text("due_time"):
        return {"due_at": None, "due_date": day}
    hour = _time(typed, "due_time")
    if day is None or hour is None:
        return {}
    return {"due_at": clock.to_utc(datetime.combine(day, hour), typed.zone), "due_date": None}


def _times(typed: Input) -> dict[str, Any]:
    """Start and end. Where the start was moved past an end that was left alone, the end follows at the same
    distance (crm-reference 2.9)."""
    all_day = bool(typed.text("all_day"))
    first = _day(typed, "day")
    last = _day(typed, "end_day") if typed.text("end_day") else first
    starts = time.min if all_day else _time(typed, "start")
    ends = _time(typed, "end") if typed.text("end") and not all_day else None
    if first is None or last is None or starts is None or "end" in typed.found:
        return {}
    start = datetime.combine(first, starts)
    end = datetime.combine(last, ends or time.min) if ends or all_day else start + HOUR
    if end < start:
        followed = _followed(typed, start)
        if followed is None:
            place = "end_day" if all_day or last < first else "end"
            typed.found[place] = "The end is before the start: please choose a later end."
            return {}
        end = followed
    if end - start > LONGEST:
        typed.found["end_day"] = "An event lasts a year at most: please choose an earlier end."
        return {}
    if all_day:
        return {"all_day": True, "start_date": start.date(), "end_date": end.date() + DAY}
    starts_at = clock.to_utc(start, typed.zone)
    return {
        "all_day": False,
        "starts_at": starts_at,
        "ends_at": max(clock.to_utc(end, typed.zone), starts_at),
    }


def _followed(typed: Input, start: datetime) -> datetime | None:
    """The end that keeps the length the form was opened with; None when the person set the end themselves."""
    was = {name: typed.text(f"was_{name}") for name in ("day", "start", "end_day", "end")}
    if any(typed.text(name) != was[name] for name in ("end_day", "end")):
        return None
    try:
        before = datetime.fromisoformat(f"{was['day']}T{was['start']}")
        end = datetime.fromisoformat(f"{was['end_day']}T{was['end']}")
    except ValueError:
        return None
    return start + (end - before) if end >= before else None


def _repeat(typed: Input) -> None:
    word, until = typed.text("repeat"), typed.text("until")
    if "repeat" not in typed.form or not typed.wanted("repeat", "until"):
        return
    if word == "custom":
        if until != typed.before.get("until", ""):
            typed.found["until"] = (
                "This rule was made elsewhere: please change its end there, or choose another rule."
            )
        return
    if word not in repeats.REPEATS:
        typed.found["repeat"] = "Please choose from the list how it repeats."
        return
    last = _day(typed, "until") if until and word else None
    event, values = typed.event, typed.values
    start = values.get("start_date") or values.get("starts_at") or (event.starts_at if event else None)
    first = clock.to_wall(start, typed.zone).date() if isinstance(start, datetime) else start
    if last and first and last < first:
        typed.found["until"] = "The last day is before the first: please choose a later one."
    all_day = values.get("all_day", event.all_day if event else False)
    values["rrule"] = repeats.write(
        repeats.Repeat(word, last), all_day, (event.tzid if event else "") or typed.zone
    )


def _day(typed: Input, name: str) -> date | None:
    try:
        day = date.fromisoformat(typed.text(name))
    except ValueError:
        typed.found[name] = "Please enter a day as year-month-day, such as 2026-03-31."
        return None
    if not 1970 <= day.year <= 2100:
        typed.found[name] = "Please enter a day between the years 1970 and 2100."
        return None
    return day


def _time(typed: Input, name: str) -> time | None:
    try:
        return time.fromisoformat(typed.text(name)).replace(tzinfo=None)
    except ValueError:
        typed.found[name] = "Please enter a time such as 09:30."
        return None
