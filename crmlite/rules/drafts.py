"""What a person wishes of an event, as changes of its text; and a text as columns."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, NamedTuple

from crmlite import clock
from crmlite.errors import Invalid
from crmlite.ics.alarms import Alarm
from crmlite.ics.read import Fields, Refusal, read
from crmlite.models.base import Record, plain
from crmlite.models.calendars import Calendar
from crmlite.models.events import OPEN_STATUSES, Event
from crmlite.models.journal import Entry
from crmlite.rules import directory, sync, wire
from crmlite.rules.soundness import refuse_stale

IN_TEXT = {
    "subject": "summary", "location": "location", "description": "description", "starts_at": "starts_at",
    "ends_at": "ends_at", "all_day": "all_day", "start_date": "start_date", "end_date": "end_date",
    "tzid": "tzid", "due_at": "due_at", "due_date": "due_date", "private": "private", "free": "free",
    "rrule": "rrule", "percent": "percent",
}  # fmt: skip
NOT_OF = {"VTODO": {"ends_at", "end_date"}, "VEVENT": {"due_at", "due_date", "percent"}}
VERBS = {"realized": "finished", "finished": "finished", "cancelled": "cancelled"}


class Reminders(NamedTuple):
    """A change among the alarms of an event, told by their times; those that it does not name stay."""

    added: tuple[Alarm, ...] = ()
    removed: tuple[Alarm, ...] = ()


def columns(text: str, calendar: Calendar) -> dict[str, Any]:
    """The text and everything that is read from it. Raises Refusal."""
    return {"ics": text, **sync.derive(text, sync.zone_of(calendar)).columns}


def refuse_incomplete(values: dict[str, Any], component: str) -> None:
    found = {}
    if not str(values.get("subject") or "").strip():
        found["subject"] = "Please enter a subject."
    if component == "VEVENT" and not values.get("start_date" if values.get("all_day") else "starts_at"):
        found["start_date" if values.get("all_day") else "starts_at"] = "Please choose when it starts."
    found |= _backwards(values)
    if found:
        raise Invalid(fields=found)


def in_text(values: dict[str, Any], fields: Fields | None, component: str) -> dict[str, Any]:
    """The changes of the text that these values ask for; `fields` is what it says now, None for a new one."""
    wanted = {IN_TEXT[n]: v for n, v in values.items() if n in IN_TEXT and n not in NOT_OF[component]}
    if wanted.get("tzid") is None:
        wanted.pop("tzid", None)
    if "status" in values:
        wanted |= _status_in_text(values["status"], fields, component)
    if "priority" in values:
        wanted["priority"] = (
            wire.priority_text(values["priority"], fields.priority if fields else None) or None
        )
    if "alarm_minutes" in values:
        wanted["alarms"] = _alarms(fields.alarms if fields else (), values["alarm_minutes"])
    if "reminders" in values:
        wanted["alarms"] = _reminded(wanted.get("alarms", fields.alarms if fields else ()), values["reminders"])
    return wanted


def recast(event: Event, fields: Fields, values: dict[str, Any], component: str) -> dict[str, Any]:
    """Everything an event says, for its text to be built anew as a task, or the other way."""
    starts_at = values.get("starts_at") or event.starts_at or event.due_at or clock.now()
    kept = {"subject": event.subject, "location": event.location, "description": event.description,
            "private": event.private, "free": event.free, "reminders": Reminders(fields.alarms),
            "priority": event.priority, "tzid": fields.tzid or None}  # fmt: skip
    if component == "VTODO":
        kept |= {"due_date": event.start_date} if event.all_day else {"due_at": event.starts_at}
    else:
        kept |= {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=1), "all_day": False}
    invited = {"attendees": fields.attendees, "organizer": fields.organizer}
    return {**in_text({**kept, **values}, None, component), **invited, "component": component, "uid": event.uid}


def touched(fresh: Event, values: dict[str, Any], seen: int | None) -> dict[str, Any]:
    """Of the values of a form, those that differ from what the person saw at version `seen`: others may have
    changed the rest meanwhile. Raises Stale for a field that both changed."""
    if seen is None or seen >= fresh.version:
        return values
    then = fresh.as_values()
    later = Entry.select(Entry.before).where(
        (Entry.concept == fresh.concept) & (Entry.record_id == fresh.id) & (Entry.version > seen)
    )
    for (before,) in later.order_by(Entry.id.desc()).tuples():
        then |= before
    mine = {name: value for name, value in values.items() if name not in then or then[name] != _plain(value)}
    refuse_stale(fresh, {name: value for name, value in mine.items() if name in then}, seen)
    return mine


def for_every_turn(fresh: Event, values: dict[str, Any], recurrence_id: str, zone: str) -> dict[str, Any]:
    """Times given for one turn, as times of the first: each turn moves by as much on the wall clock."""
    turn, first = read(fresh.ics, zone, recurrence_id), read(fresh.ics, zone)
    moved = dict(values)
    if values.get("start_date") and turn.start_date and first.start_date:
        shift = values["start_date"] - turn.start_date
        moved["start_date"] = first.start_date + shift
        if values.get("end_date"):
            moved["end_date"] = moved["start_date"] + (values["end_date"] - values["start_date"])
        return moved
    for name, of_turn, of_first in (
        ("starts_at", turn.starts_at, first.starts_at),
        ("due_at", turn.due_at, first.due_at),
    ):
        if values.get(name) and of_turn and of_first:
            wall = first.tzid or zone
            shift = clock.to_wall(values[name], wall) - clock.to_wall(of_turn, wall)
            moved[name] = clock.to_utc(clock.to_wall(of_first, wall) + shift, wall)
    if values.get("starts_at") and values.get("ends_at"):
        moved["ends_at"] = moved["starts_at"] + (values["ends_at"] - values["starts_at"])
    return moved


@contextmanager
def rule_at_its_field(values: dict[str, Any]) -> Iterator[None]:
    """Where a new repeat rule is part of the wish, a refusal that names no field is about the rule."""
    try:
        yield
    except Refusal as refusal:
        if values.get("rrule") and not refusal.fields:
            raise Invalid(fields={"rrule": refusal.message}) from refusal
        raise


def refuse_backwards(values: dict[str, Any]) -> None:
    if found := _backwards(values):
        raise Invalid(fields=found)


def verb(before: Event, after: dict[str, Any]) -> str:
    """The word for a change in the journal."""
    status = after.get("status", before.status)
    if status != before.status:
        if status in VERBS:
            return VERBS[status]
        if before.status not in OPEN_STATUSES and status in OPEN_STATUSES:
            return "reopened"
    if any(name in after and after[name] != getattr(before, name) for name in ("starts_at", "due_at")):
        return "rescheduled"
    return "assigned" if after.get("owner", before.owner_id) != before.owner_id else "changed"


def fitting(event: Event, values: dict[str, Any], kind: str) -> dict[str, Any]:
    """Another kind has other statuses and categories (crm-reference 2.9): what no longer fits goes."""
    if kind == event.kind:
        return {}
    found: dict[str, Any] = {}
    if values.get("status", event.status) not in wire.statuses(wire.COMPONENTS.get(kind, "VEVENT")):
        found["status"] = wire.first_status(kind)
    category = directory.current().choices.get(event.category_id or 0)
    if category and category.event_kind not in ("", kind):
        found["category"] = None
    return found if kind == "call" else {**found, "call_type": ""}


def _status_in_text(status: str, fields: Fields | None, component: str) -> dict[str, Any]:
    present = fields.status if fields else "-"
    wanted: dict[str, Any] = {"status": wire.status_text(component, status, present) or None}
    if component != "VTODO":
        return wanted
    done = fields is not None and wire.status_for(fields) == "finished"
    if status == "finished" and not done:
        wanted |= {"percent": 100, "completed_at": clock.now()}
    if status != "finished" and done:
        wanted |= {"percent": None, "completed_at": None}
    return wanted


def _alarms(present: tuple[Alarm, ...], minutes: int | None) -> list[Alarm]:
    """The present alarms with the first one at `minutes` before the start, or without it."""
    before = [alarm for alarm in present if alarm.before is not None and alarm.before >= timedelta(0)]
    first = max(before, key=lambda alarm: alarm.before or timedelta(0), default=None)
    others = [alarm for alarm in present if alarm is not first]
    if minutes is None:
        return others
    wish = timedelta(minutes=minutes)
    if first is None:
        return [Alarm(before=wish), *others]
    kept = Alarm(wish, None, first.action, first.related_end, first.uid) if first.before != wish else first
    return [kept, *others]


def _reminded(present: Iterable[Alarm], wish: Reminders) -> list[Alarm]:
    gone, standing = {_time(alarm) for alarm in wish.removed}, {_time(alarm) for alarm in present}
    kept = [alarm for alarm in present if _time(alarm) not in gone]
    return [*kept, *(alarm for alarm in wish.added if _time(alarm) not in standing - gone)]


def _time(alarm: Alarm) -> tuple[object, ...]:
    return alarm.before, alarm.at, alarm.related_end


def _backwards(values: dict[str, Any]) -> dict[str, str]:
    sentence = "The end is before the start: please choose a later end."
    if values.get("all_day"):
        first, last = values.get("start_date"), values.get("end_date")
        return {"end_date": sentence} if first and last and last <= first else {}
    first, last = values.get("starts_at"), values.get("ends_at")
    return {"ends_at": sentence} if first and last and last < first else {}


def _plain(value: Any) -> Any:
    return value.id if isinstance(value, Record) else plain(value)
