"""Calendar views: owners and managers make them, and those they are for find them in the menu (SEED-89 to 93)."""

import json
from typing import Any, NamedTuple

from crmlite.models.calendar_views import CalendarView
from crmlite.models.calendars import Calendar
from crmlite.rules import agenda, directory, gate
from crmlite.rules.access import Actor
from crmlite.rules.directory import Directory, Person


class Followed(NamedTuple):
    """A calendar that may be followed, and what people call it."""

    id: int
    label: str


class Layers(NamedTuple):
    """What of a view its reader may see: calendars, and colleagues whose calendar is seen as far as their events
    are."""

    calendars: list[int]
    people: list[int]


def add(values: dict[str, Any], followed: list[int], by: Actor) -> CalendarView:
    return gate.create(CalendarView, {**values, "calendars": json.dumps(sorted(set(followed)))}, by)


def edit(
    view: CalendarView, values: dict[str, Any], followed: list[int], by: Actor, seen: int | None = None
) -> CalendarView:
    return gate.change(view, {**values, "calendars": json.dumps(sorted(set(followed)))}, by, seen)


def put_into_menu(view: CalendarView, wished: bool, by: Actor) -> CalendarView:
    return gate.change(view, {"in_menu": wished}, by)


def delete(view: CalendarView, by: Actor) -> CalendarView:
    return gate.remove(view, by)


def is_for(view: CalendarView, person: Person) -> bool:
    """Whether the menu of this person holds it."""
    return view.user_id == person.id or (view.team_id is not None and view.team_id in person.team_ids)


def in_menu(person: Person, now: Directory) -> list[CalendarView]:
    return [view for view in now.calendar_views.values() if view.in_menu and is_for(view, person)]


def offered(by: Actor) -> list[Followed]:
    """Calendars of teams first, then those of people."""
    now = directory.current()
    rows = Calendar.select().where(Calendar.deleted_at.is_null() & (Calendar.kind == "events"))
    found = []
    for calendar in rows.order_by(Calendar.team.is_null(), Calendar.name, Calendar.id):
        if calendar.team_id in now.teams:
            found.append(Followed(calendar.id, f"{calendar.name} (team)"))
        elif calendar.owner_id == by.id:
            found.append(Followed(calendar.id, f"{calendar.name} (yours)"))
        elif calendar.fixed and calendar.owner_id in now.people and now.people[calendar.owner_id].active:
            found.append(Followed(calendar.id, now.people[calendar.owner_id].name))
    return found


def layers(view: CalendarView, by: Actor) -> Layers:
    """What the view shows to this reader."""
    seen = agenda.layers(by)
    known = {one.id for one in (*seen.mine, *seen.shared)}
    colleagues = {person.id for person in seen.colleagues}
    hidden = [one for one in view.followed if one not in known]
    owners = Calendar.select(Calendar.owner).where(Calendar.id.in_(hidden) & Calendar.deleted_at.is_null())
    return Layers(
        [one for one in view.followed if one in known],
        sorted({owner for (owner,) in owners.tuples() if owner in colleagues}),
    )
