"""What the form of an event offers to choose from, and which control a refused column stands at."""

from collections.abc import Iterable
from typing import Any

from crmlite.lists import event_reminders, owners
from crmlite.lists.event_form import Texts
from crmlite.lists.reader import Reader
from crmlite.models.calendars import Calendar
from crmlite.models.events import CALL_TYPES, EVENT_KINDS, EVENT_STATUSES, PRIORITIES, TASK_STATUSES, Event
from crmlite.rules import repeats
from crmlite.rules.calendar_rights import may_write_calendar

# Fields that the form shows under “More”.
BELOW = {"status", "task_status", "priority", "call_type", "owner", "calendar", "private"} | {
    f"category_{kind}" for kind in EVENT_KINDS
}


def at_fields(errors: dict[str, str], kind: str) -> Texts:
    """Sentences by column -> by the name of the control that stands for it."""
    task = kind == "task"
    names = {
        "status": "task_status" if task else "status",
        "starts_at": "day",
        "start_date": "day",
        "ends_at": "end",
        "end_date": "end_day",
        "due_at": "due",
        "due_date": "due",
        "alarm_minutes": "reminder",
        "rrule": "repeat",
        "category": f"category_{kind}",
    }
    return {names.get(name, name): sentence for name, sentence in errors.items()}


def on_offer(event: Event | None, texts: Texts, to: Reader, seen: Iterable[Calendar]) -> dict[str, Any]:
    """Options of the form's selects; what the event has stays on offer."""
    whole = bool(texts.get("all_day")) if texts.get("kind") != "task" else not texts.get("due_time")
    rules = dict(repeats.REPEATS)
    if texts.get("repeat") == "custom" and event:
        rules["custom"] = repeats.sentence(event.rrule, event.tzid or to.by.zone)
    calendars: list[tuple[Any, str]] = [("", "My calendar")] if event is None else []
    for one in seen:
        if one.kind == "events" and (
            may_write_calendar(to.by, one) or (event and one.id == event.calendar_id)
        ):
            calendars.append((one.id, one.name if one.owner_id == to.by.id else f"{one.name} (shared)"))
    known = {value for value, _ in calendars}
    if event and event.component == "VEVENT" and event.calendar_id not in known:
        calendars.append((event.calendar_id, event.calendar.name))
    return {
        "kinds": list(EVENT_KINDS.items()),
        "reminders": {row: event_reminders.offered(texts, row, whole, to) for row in event_reminders.ROWS},
        "reminder_units": list(event_reminders.UNITS),
        "repeats": list(rules.items()),
        "statuses": list(EVENT_STATUSES.items()),
        "task_statuses": list(TASK_STATUSES.items()),
        "priorities": list(PRIORITIES.items()),
        "call_types": list(CALL_TYPES.items()),
        "categories": {kind: _categories(kind, texts, to) for kind in EVENT_KINDS},
        "people": list(owners.PERSON.options(to, event.owner_id if event else to.by.id))
        if owners.PERSON.options
        else [],
        "calendars": calendars,
    }


def _categories(kind: str, texts: Texts, to: Reader) -> list[tuple[Any, str]]:
    text = texts.get(f"category_{kind}", "")
    present = int(text) if text.isdecimal() else None
    on_offer = to.directory.choices_of("event_category", present)
    return [("", "—"), *((c.id, c.name) for c in on_offer if c.event_kind in ("", kind) or c.id == present)]
