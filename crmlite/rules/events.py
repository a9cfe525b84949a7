"""What may happen to a call, a meeting, a task: from the web through `save`, from a phone through
`receive`. The text is the truth; columns are read from it, never written by themselves."""

import uuid
from datetime import timedelta
from typing import Any

from crmlite import clock
from crmlite.errors import Conflict, Invalid
from crmlite.ics import patch as ics
from crmlite.ics.objects import has_master
from crmlite.ics.read import Fields, Refusal, read
from crmlite.models.calendars import COMPONENTS, Calendar
from crmlite.models.events import Event, Occurrence
from crmlite.rules import addresses, drafts, gate, guests, kin, places, sync, wire
from crmlite.rules.access import Actor
from crmlite.rules.turns import Span, Turn, between, busy_between

__all__ = ["Span", "Turn", "between", "busy_between"]

# From each status, the verbs that are open and where they lead (crm-reference 2.9).
EVENT_STEPS: dict[str, dict[str, str]] = {
    "planned": {"finish": "realized", "cancel": "cancelled"},
    "realized": {"reopen": "planned"},
    "cancelled": {"reopen": "planned"},
}
TASK_STEPS: dict[str, dict[str, str]] = {
    "not_started": {"start": "ongoing", "finish": "finished", "postpone": "reported", "cancel": "cancelled"},
    "ongoing": {"pause": "pending", "finish": "finished", "postpone": "reported", "cancel": "cancelled"},
    "pending": {"start": "ongoing", "finish": "finished", "postpone": "reported", "cancel": "cancelled"},
    "reported": {"start": "ongoing", "reopen": "not_started", "finish": "finished", "cancel": "cancelled"},
    "finished": {"reopen": "not_started"},
    "cancelled": {"reopen": "not_started"},
}
PARTICIPLES = {
    "finish": "finished", "cancel": "cancelled", "reopen": "reopened", "start": "started", "pause": "paused",
    "postpone": "postponed",
}  # fmt: skip
OF_OURS = (
    "kind", "category", "call_type", "lead", "partner", "contact", "opportunity", "owner", "team", "status",
    "priority",
)  # fmt: skip
USUAL_LENGTH = timedelta(hours=1)


class TwinUid(Conflict):
    """The calendar holds an event of this UID already, under the name `href`."""

    def __init__(self, href: str) -> None:
        self.href = href
        super().__init__("This event is already in the calendar.")


def save(
    event: Event | None,
    values: dict[str, Any],
    by: Actor,
    seen: int | None = None,
    scope: str = "all",
    recurrence_id: str = "",
) -> Event:
    """Plan a new event (`event` None) or change one. `values`: columns of Event by name (links by id), of
    them the times as `starts_at`, `ends_at` or with `all_day` as `start_date`, `end_date` (exclusive); a
    task has `due_at` or `due_date`; `alarm_minutes` None takes the first alarm away and leaves the others;
    `reminders` (drafts.Reminders) adds alarms and takes some away, `guests` (guests.Change) does so with guests.
    What is not named stays. Of a repeating event `scope` says whether "this" turn, it and the "following"
    ones or "all" are meant; the times are then those of the turn `recurrence_id`. Returns the event that
    now holds the turn. Raises Invalid, Forbidden, Missing, Stale."""
    with gate.together(), drafts.rule_at_its_field(values):
        if event is None:
            return _plan(kin.completed(values, by), by)
        fresh = gate.locked(event)
        touched = kin.completed(drafts.touched(fresh, values, seen), by, fresh)
        if fresh.recurring and scope == "following" and _is_later_turn(fresh, recurrence_id):
            return _split(fresh, touched, by, recurrence_id)
        one_turn = fresh.recurring and scope == "this"
        if fresh.recurring and recurrence_id and not one_turn:
            touched = drafts.for_every_turn(fresh, touched, recurrence_id, by.zone)
        changed = _edit(fresh, touched, by, recurrence_id if one_turn else "")
        event.__data__ = changed.__data__
        return event


def receive(calendar: Calendar, href: str, text: str, by: Actor) -> Event:
    """Store what a client sent under `href`, as it came. Raises Refusal with the CalDAV condition, TwinUid,
    Forbidden."""
    with gate.together():
        fields = read(text, sync.zone_of(calendar))
        if fields.component != COMPONENTS[calendar.kind]:
            raise Refusal(places.other_component(calendar), "supported-calendar-component")
        here = sync.at(calendar.id, href, fields.uid)
        if here and (here.href != href or here.uid != fields.uid):
            raise TwinUid(here.href)
        columns = drafts.columns(text, calendar)
        if here is None:
            return gate.create(Event, {**_arrival(calendar, fields, text, by), **columns, "href": href}, by)
        here = gate.locked(here)
        _refuse_part_for_whole(here, text, calendar)
        columns["kind"] = wire.kind_for(fields, text, here.kind)
        columns["status"] = wire.status_for(fields, here.status)
        columns["priority"] = wire.priority_for(fields.priority, here.priority)
        return gate.change(here, {**columns, **kin.of_guests(fields, here, by)}, by, verb=drafts.verb(here, columns))


def take(event: Event, by: Actor, seen: int | None = None) -> Event:
    """Take charge: assigned to me and, unless it stands in a team's calendar, moved into mine."""
    return save(event, {"owner": by.id}, by, seen) if event.owner_id != by.id else event


def finish(event: Event, by: Actor, seen: int | None = None) -> Event:
    return step(event, "finish", by, seen)


def cancel(event: Event, by: Actor, seen: int | None = None) -> Event:
    return step(event, "cancel", by, seen)


def reopen(event: Event, by: Actor, seen: int | None = None) -> Event:
    return step(event, "reopen", by, seen)


def step(event: Event, verb: str, by: Actor, seen: int | None = None) -> Event:
    """Go where `verb` leads. Raises Invalid with a sentence where it does not fit."""
    target = steps(event).get(verb)
    if target is None:
        raise Invalid(f"This is {event.status.replace('_', ' ')} and cannot be {PARTICIPLES[verb]}.")
    return save(event, {"status": target}, by, seen)


def steps(event: Event) -> dict[str, str]:
    """The verbs that are open, and the status each leads to."""
    return (TASK_STEPS if event.kind == "task" else EVENT_STEPS).get(event.status, {})


def delete(event: Event, by: Actor, seen: int | None = None, scope: str = "all", recurrence_id: str = "") -> Event:
    """Into the bin; of a repeating event also "this" turn or it and the "following" ones alone."""
    with gate.together():
        if not event.recurring or not recurrence_id or scope == "all":
            return gate.remove(event, by, seen)
        if scope == "following" and not _is_later_turn(event, recurrence_id):
            return gate.remove(event, by, seen)
        fresh = gate.locked(event)
        zone, now = sync.zone_of(fresh.calendar), clock.now()
        if scope == "following":
            text = ics.split(fresh.ics, recurrence_id, {}, zone, now, str(uuid.uuid4()))[0]
        else:
            text = ics.remove_occurrence(fresh.ics, recurrence_id, zone, now)
        return gate.change(event, drafts.columns(text, fresh.calendar), by, seen, verb="shortened")


def move_to(event: Event, calendar: Calendar, by: Actor, href: str = "") -> Event:
    """Into another calendar, under another name, or both; the text stays. Raises Refusal, TwinUid,
    Conflict."""
    with gate.together():
        fresh = gate.locked(event)
        if fresh.component != COMPONENTS[calendar.kind]:
            raise Refusal(places.other_component(calendar), "supported-calendar-component")
        twin = sync.twin(calendar.id, fresh.uid)
        if twin and twin.id != event.id:
            raise TwinUid(twin.href)
        values = {"calendar": calendar.id, "href": href or places.free_href(calendar, fresh)}
        if calendar.id != fresh.calendar_id:
            values |= drafts.columns(fresh.ics, calendar) | places.assigned(calendar, fresh.owner_id)
        return gate.change(event, values, by, verb="moved")


def _plan(values: dict[str, Any], by: Actor) -> Event:
    kind = values.get("kind") or "meeting"
    component = wire.COMPONENTS.get(kind, "VEVENT")
    calendar = places.for_new(values, component, by)
    drafts.refuse_incomplete(values, component)
    if values.get("starts_at") and component == "VEVENT" and not values.get("ends_at") and not values.get("all_day"):
        values = {**values, "ends_at": values["starts_at"] + USUAL_LENGTH}
    status = values.get("status") or wire.first_status(kind)
    values = {"tzid": by.zone, "priority": 2, **values, "kind": kind, "status": status}
    uid = str(uuid.uuid4())
    zone = sync.zone_of(calendar)
    wanted = {**drafts.in_text(values, None, component), **addresses.for_event(values, "")}
    wanted |= guests.in_text(values, None, calendar, by)
    text = ics.build({**wanted, "component": component, "uid": uid}, zone, clock.now())
    ours = {name: values[name] for name in OF_OURS if name in values}
    place = {
        "calendar": calendar.id,
        "href": f"{uid}.ics",
        **places.assigned(calendar, values.get("owner") or by.id),
    }
    linked = {} if any(values.get(name) for name in kin.LINKS) else kin.of_guests(read(text, zone), None, by)
    return gate.create(Event, {**ours, **linked, **place, **drafts.columns(text, calendar)}, by)


def _edit(fresh: Event, values: dict[str, Any], by: Actor, recurrence_id: str) -> Event:
    drafts.refuse_backwards(values)
    kind = values.get("kind") or fresh.kind
    component = wire.COMPONENTS.get(kind, fresh.component)
    if recurrence_id and component != fresh.component:
        raise Invalid(fields={"kind": "One turn alone cannot become another kind: please change all turns."})
    ours = {
        **drafts.fitting(fresh, values, kind),
        **{name: values[name] for name in OF_OURS if name in values},
    }
    calendar = places.for_changed(fresh, values, component, by)
    if recurrence_id:  # the row speaks for all turns; what one turn says stands in the text
        values |= {name: ours.pop(name) for name in ("status", "priority") if name in ours}
    if calendar.id != fresh.calendar_id:
        ours |= places.assigned(calendar, values.get("owner", fresh.owner_id))
        ours |= {"calendar": calendar.id, "href": places.free_href(calendar, fresh)}
    zone, now = sync.zone_of(calendar), clock.now()
    fields = read(fresh.ics, zone, recurrence_id)
    invited = guests.in_text(values, fields, calendar, by)
    if component != fresh.component:
        wanted = drafts.recast(fresh, fields, {**values, **ours}, component) | invited
        text = ics.build(wanted, zone, now)
    else:
        wanted = drafts.in_text({**values, **ours}, fields, component) | invited
        if not recurrence_id:
            wanted |= addresses.for_event({**fresh.__data__, **ours}, fields.url)
        text = ics.patch(fresh.ics, wanted, zone, now, "this" if recurrence_id else "all", recurrence_id)
    columns = {**ours, **drafts.columns(text, calendar)}
    return gate.change(fresh, columns, by, verb=drafts.verb(fresh, columns))


def _split(fresh: Event, values: dict[str, Any], by: Actor, recurrence_id: str) -> Event:
    """The recurrence ends before the turn; the turn and those after it go on as an event of their own."""
    drafts.refuse_backwards(values)
    calendar, uid, now = fresh.calendar, str(uuid.uuid4()), clock.now()
    zone = sync.zone_of(calendar)
    ours = {name: fresh.__data__[name] for name in OF_OURS} | {n: values[n] for n in OF_OURS if n in values}
    fields = read(fresh.ics, zone, recurrence_id)
    wanted = drafts.in_text({**values, "status": ours["status"], "priority": ours["priority"]}, fields, fresh.component)
    wanted |= guests.in_text(values, fields, calendar, by)
    ended, begun = ics.split(fresh.ics, recurrence_id, wanted, zone, now, uid)
    gate.change(fresh, drafts.columns(ended, calendar), by, verb="shortened")
    place = {"calendar": calendar.id, "href": f"{uid}.ics"}
    return gate.create(Event, {**ours, **place, **drafts.columns(begun, calendar)}, by)


def _arrival(calendar: Calendar, fields: Fields, text: str, by: Actor) -> dict[str, Any]:
    """Columns of our own for an event that a client made."""
    known = kin.of_forebear(fields, by) or kin.of_guests(fields, None, by)
    return {
        **known,
        "calendar": calendar.id,
        "kind": wire.kind_for(fields, text, known.get("kind", "")),
        "status": wire.status_for(fields, known.get("status", "")),
        "priority": wire.priority_for(fields.priority, known.get("priority", 2)),
        **places.assigned(calendar, by.id),
    }


def _refuse_part_for_whole(here: Event, text: str, calendar: Calendar) -> None:
    """One turn that is sent alone must not take the place of all of them (caldav.md section 9, 15)."""
    zone = sync.zone_of(calendar)
    if here.recurring and not has_master(text, zone) and has_master(here.ics, zone):
        raise Refusal(
            "This holds one turn of a repeating event only: please send the whole event.",
            "valid-calendar-object-resource",
        )


def _is_later_turn(event: Event, recurrence_id: str) -> bool:
    turns = Occurrence.select(Occurrence.recurrence_id).where(Occurrence.event == event.id)
    first = turns.order_by(Occurrence.starts_at).tuples().first()
    return bool(recurrence_id) and first is not None and first[0] != recurrence_id
