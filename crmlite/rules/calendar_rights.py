"""Calendars and the events in them: who sees them, who may write. `access` asks here."""

from typing import Any

from peewee import Expression, ModelSelect

from crmlite.models.calendars import Calendar, Share
from crmlite.models.events import Attendee, Event
from crmlite.models.statements import statement
from crmlite.rules.actors import Actor, in_scope, scope_where


def writable_calendars(by: Actor) -> ModelSelect:
    """Ids of the calendars this actor may write to."""
    shared = Share.select(Share.calendar).where(
        (Share.user == by.id) & (Share.right == "write") & Share.deleted_at.is_null()
    )
    mine = (Calendar.owner == by.id) | Calendar.team.in_(sorted(by.team_ids) or [0]) | Calendar.id.in_(shared)
    return Calendar.select(Calendar.id).where(Calendar.deleted_at.is_null() & mine)


def may_write_calendar(by: Actor, calendar: Calendar) -> bool:
    if by.id is None or calendar.owner_id == by.id or (calendar.team_id and calendar.team_id in by.team_ids):
        return by.writes
    return by.writes and writable_calendars(by).where(Calendar.id == calendar.id).exists()


def calendar_refusal(by: Actor, verb: str, calendar: Calendar) -> str:
    if calendar.owner_id == by.id or (verb == "create" and by.role == "owner"):
        return ""
    if calendar.team_id:
        return "" if by.leads_people else "Only owners and managers may change the calendar of a team."
    return "Only the person it belongs to may change this calendar."


def event_refusal(by: Actor, event: Event) -> str:
    if "calendar" not in event.__rel__:  # it is asked for again and again from here on
        event.__rel__["calendar"] = _calendar(id=event.calendar_id)[0]
    if event.private and by.id not in (event.owner_id, event.calendar.owner_id):
        return "This event is private: only the person it belongs to may change it."
    if may_write_calendar(by, event.calendar):
        return ""
    if by.leads_people and not event.private and in_scope(event, by):
        return ""
    return "This event is in a calendar that you can read but not change."


@statement
def _calendar(id: Any) -> ModelSelect:
    return Calendar.select().where(Calendar.id == id)


def sees_calendar(by: Actor) -> Expression:
    shared = Share.select(Share.calendar).where((Share.user == by.id) & Share.deleted_at.is_null())
    return (Calendar.owner == by.id) | Calendar.team.in_(sorted(by.team_ids) or [0]) | Calendar.id.in_(shared)


def sees_event(by: Actor) -> Expression:
    """Mine, or in my calendar, or I am invited; and unless it is private, what is shared with me or in my scope."""
    own = Calendar.select(Calendar.id).where(Calendar.owner == by.id)
    invited = Attendee.select(Attendee.event).where(Attendee.user == by.id)
    public = Event.private == False  # noqa: E712 - an SQL expression
    if by.scope("event") != "all":
        shared = Calendar.select(Calendar.id).where(sees_calendar(by) & Calendar.deleted_at.is_null())
        public &= scope_where(Event, by) | Event.calendar.in_(shared)
    return (Event.owner == by.id) | Event.calendar.in_(own) | Event.id.in_(invited) | public
