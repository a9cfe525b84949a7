"""Who is invited to an event and what they answer. The text of the event is the truth; `Attendee` is read from it."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from peewee import ModelSelect

from crmlite import clock
from crmlite.errors import Invalid, Missing
from crmlite.ics.answers import answered
from crmlite.ics.read import Attendee as Guest
from crmlite.ics.read import Fields, read
from crmlite.models.calendars import Calendar
from crmlite.models.events import Attendee, Event
from crmlite.models.statements import statement
from crmlite.rules import directory, drafts, gate, sync
from crmlite.rules.access import Actor

ANSWERS = ("yes", "maybe", "no", "")


class Change(NamedTuple):
    """Guests to be added, or called otherwise, and the e-mails of those to be taken away. Others stay, and all keep
    what they answered."""

    added: tuple[Guest, ...] = ()
    removed: tuple[str, ...] = ()


def in_text(values: dict[str, Any], fields: Fields | None, calendar: Calendar, by: Actor) -> dict[str, Any]:
    """The changes of the text that the wish `values["guests"]` (a Change) asks for, and `values["invite"]`, since an
    invitation says whose it is; `fields` is what the text says now.
    Whoever the event belongs to organizes it from its first guest on, until its last has gone."""
    change = values.get("guests")
    if change is None and not (values.get("invite") and fields and fields.attendees):
        return {}
    change = change or Change()
    organizer = fields.organizer if fields else None
    whose = organizer or _organizer(calendar, values, by)
    present = {guest.email.lower(): guest for guest in (fields.attendees if fields else ())}
    for email in change.removed:
        present.pop(email.lower(), None)
    for guest in change.added:
        key = guest.email.lower()
        if whose is None or key != whose.email.lower():
            present[key] = Guest(guest.email, guest.name, present[key].answer if key in present else "")
    if any(present):
        return {"attendees": tuple(present.values()), "organizer": whose}
    ours = organizer is not None and organizer.email.lower() in _emails_of_ours()
    return {"attendees": tuple(present.values()), "organizer": None if ours else organizer}


def answer(event: Event, word: str, by: Actor, email: str = "") -> Event:
    """Write what a guest answers to every turn: their own answer, or with `email` that of another, which whoever may
    change the event puts down for them. Raises Invalid, Missing, Forbidden."""
    if word not in ANSWERS:
        raise Invalid("Please choose yes, maybe or no.")
    mine = _email_of(by)
    wanted = (email or mine).strip().lower()
    with gate.together():
        fresh = gate.locked(event)
        zone = sync.zone_of(fresh.calendar)
        invited = {guest.email.lower() for guest in read(fresh.ics, zone).attendees if guest.email}
        if wanted not in invited:
            raise Missing("This guest is not invited any more: please look at the event again.")
        text = answered(fresh.ics, wanted, word, zone, clock.now().replace(microsecond=0))
        columns = drafts.columns(text, fresh.calendar)
        if wanted == mine:
            return gate.reply(fresh, columns, by)
        return gate.change(fresh, columns, by, verb="noted")


def of(event_ids: Iterable[int]) -> dict[int, list[Attendee]]:
    """Event -> its organizer and its guests, in one query."""
    found: dict[int, list[Attendee]] = {}
    for row in _of(events=sorted(set(event_ids))):
        found.setdefault(row.event_id, []).append(row)
    return found


@statement
def _of(events: Any) -> ModelSelect:
    return Attendee.select().where(Attendee.event.in_(events)).order_by(Attendee.organizer.desc(), Attendee.id)


def _email_of(by: Actor) -> str:
    person = directory.current().people.get(by.id or 0)
    return person.email.lower() if person else ""


def _organizer(calendar: Calendar, values: dict[str, Any], by: Actor) -> Guest | None:
    owner = calendar.owner_id or values.get("owner") or by.id
    person = directory.current().people.get(owner or 0)
    return Guest(person.email, person.name) if person else None


def _emails_of_ours() -> set[str]:
    return {person.email.lower() for person in directory.current().people.values()}
