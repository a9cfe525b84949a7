"""Which calendar an event stands in, and whose it is there."""

import uuid
from typing import Any

from crmlite.errors import Invalid
from crmlite.models.calendars import COMPONENTS, Calendar
from crmlite.models.events import Event
from crmlite.rules import directory
from crmlite.rules.access import Actor, visible
from crmlite.rules.calendar_rights import may_write_calendar
from crmlite.rules.calendars import personal

KIND_OF = {component: kind for kind, component in COMPONENTS.items()}


def for_new(values: dict[str, Any], component: str, by: Actor) -> Calendar:
    """The calendar named, else the one of the person it is for. Raises Invalid by field."""
    if values.get("calendar"):
        return _named(values["calendar"], component, by)
    owner = values.get("owner") or by.id
    if owner is None:
        raise Invalid(fields={"owner": "Please choose who this is for."})
    return _of_person(owner, component, by)


def for_changed(event: Event, values: dict[str, Any], component: str, by: Actor) -> Calendar:
    """Where the event goes: as named; along with the person it is assigned to; to the tasks when it
    becomes one."""
    present, owner = event.calendar, values.get("owner", event.owner_id)
    named = values.get("calendar")
    if named and named != present.id:
        return _named(named, component, by)
    if component != event.component:
        return _of_person(owner or by.id or 0, component, by)
    if owner and owner != event.owner_id and present.owner_id not in (None, owner):
        return _of_person(owner, component, by)
    return present


def may_plan_for(user_id: int, by: Actor) -> bool:
    """Whether an event of this person may be planned: by owners and managers, and by whom the person lets write."""
    return by.writes and _may_plan_into(personal(user_id, "events"), by)


def assigned(calendar: Calendar, owner_id: int | None) -> dict[str, Any]:
    """In a person's calendar an event is that person's; in a team's it stays whose it is."""
    owner = calendar.owner_id or owner_id
    person = directory.current().people.get(owner or 0)
    return {"owner": owner, "team": calendar.team_id or (person.active_team_id if person else None)}


def free_href(calendar: Calendar, event: Event) -> str:
    """The event's name in the calendar it goes to: its own unless that is taken."""
    taken = (Event.calendar == calendar.id) & (Event.href == event.href) & (Event.id != event.id)
    return (
        f"{uuid.uuid4()}.ics"
        if Event.select().where(taken & Event.deleted_at.is_null()).exists()
        else event.href
    )


def other_component(calendar: Calendar) -> str:
    if calendar.kind == "tasks":
        return "This list takes tasks only: put the event into a calendar."
    return "This calendar takes events only: put the task into a task list."


def _named(calendar_id: int, component: str, by: Actor) -> Calendar:
    every = (
        Calendar.select().where(Calendar.deleted_at.is_null()) if by.leads_people else visible(Calendar, by)
    )
    calendar = every.where(Calendar.id == calendar_id).first()
    if calendar is None:
        raise Invalid(fields={"calendar": "This calendar does not exist: please choose another."})
    if COMPONENTS[calendar.kind] != component:
        raise Invalid(fields={"calendar": other_component(calendar)})
    return calendar


def _of_person(user_id: int, component: str, by: Actor) -> Calendar:
    if user_id not in directory.current().people:
        raise Invalid(fields={"owner": "This person is no longer here: please choose another."})
    calendar = personal(user_id, KIND_OF[component])
    if not _may_plan_into(calendar, by):
        sentence = (
            "Only owners and managers plan for others. Please choose yourself, or a calendar of the team."
        )
        raise Invalid(fields={"owner": sentence})
    return calendar


def _may_plan_into(calendar: Calendar, by: Actor) -> bool:
    return by.leads_people or may_write_calendar(by, calendar)
