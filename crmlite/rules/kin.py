"""Which lead, partner, contact and opportunity an event belongs to, where nobody said so."""

from typing import Any

from crmlite.ics.read import Fields
from crmlite.models.base import Record
from crmlite.models.contacts import Contact
from crmlite.models.events import Event
from crmlite.models.leads import Lead
from crmlite.models.opportunities import Opportunity
from crmlite.models.partners import Partner
from crmlite.rules import directory, reach
from crmlite.rules.access import Actor, visible
from crmlite.rules.calendar_rights import writable_calendars

LINKS = ("lead", "partner", "contact", "opportunity")
KEPT = (*LINKS, "category", "call_type", "kind", "status", "priority")
MOST_GUESTS = 20


def completed(values: dict[str, Any], by: Actor, present: Event | None = None) -> dict[str, Any]:
    """A newly named opportunity brings its partner, contact and lead; a newly named contact its partner."""
    brought: dict[str, Any] = {}
    for name, model, follow in (
        ("opportunity", Opportunity, ("partner", "contact", "lead")),
        ("contact", Contact, ("partner",)),
    ):
        wanted = {**brought, **values}.get(name)
        if not wanted or (present is not None and present.__data__[name] == wanted):
            continue
        record = visible(model, by).where(model.id == wanted).first()
        brought |= {
            n: record.__data__[n] for n in follow if record and not brought.get(n) and record.__data__[n]
        }
    return {**values, **{name: value for name, value in brought.items() if not values.get(name)}}


def of_guests(fields: Fields, event: Event | None, by: Actor) -> dict[str, Any]:
    """The record whose e-mail address a guest has, if exactly one has it, for an event that has no links."""
    if event is not None and any(event.__data__[name] for name in LINKS):
        return {}
    ours = {person.email.lower() for person in directory.current().people.values()}
    emails = sorted({guest.email.lower() for guest in fields.attendees if guest.email} - ours)[:MOST_GUESTS]
    if not emails:
        return {}
    for model in (Contact, Lead, Partner):
        matches = list(visible(model, by).where(reach.has_email(model, emails)).limit(2))
        if len(matches) == 1:
            return _with_partner(matches[0])
    return {}


def of_forebear(fields: Fields, by: Actor) -> dict[str, Any]:
    """What the same event (by UID) was linked to in another calendar of the actor, or before it was deleted:
    clients that move an event delete it here and put it there."""
    calendars = writable_calendars(by)
    same = Event.select().where((Event.uid == fields.uid) & Event.calendar.in_(calendars))
    event = same.order_by(Event.updated_at.desc(), Event.id.desc()).first()
    return {name: event.__data__[name] for name in KEPT} if event else {}


def _with_partner(record: Record) -> dict[str, Any]:
    found = {record.concept: record.id}
    partner = record.__data__.get("partner")
    return {**found, "partner": partner} if partner else found
