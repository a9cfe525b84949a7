"""What a person is invited to, as a calendar on their devices. It holds no event itself: those of others stand in it
that no calendar of the person shows, until they decline. Devices read it and answer on the web."""

import hashlib
import re
from collections.abc import Iterable
from typing import Any

from peewee import Expression, ModelSelect

from crmlite.models import counters
from crmlite.models.calendars import Calendar
from crmlite.models.events import Attendee, Event, Invitation
from crmlite.models.statements import statement
from crmlite.models.users import User
from crmlite.rules.access import Actor, visible

SLUG = "invitations"
NAME = "Invitations"
COLOUR = "#6b5b95"
LAST = 1000  # stands behind all calendars
HREF = re.compile(r"([1-9][0-9]{0,9})\.ics")


def stamp(event: Event) -> None:
    """Let all hear of it who are invited, or were. Called by the gate, after the guests are indexed."""
    for (user_id,) in _told(event=event.id):
        Invitation.delete().where((Invitation.user == user_id) & (Invitation.event == event.id)).execute()
        Invitation.insert(user=user_id, event=event.id, seq=counters.following(_counter(user_id))).execute()


def calendar(by: Actor, seen: list[Calendar]) -> Calendar | None:
    """The calendar of invitations; None for whom nobody has ever invited. It begins anew for devices when other
    calendars are `seen`, since what stands in those does not stand here."""
    seq = counters.reached(_counter(by.id)) if by.id else 0
    own = next((one for one in seen if one.owner_id == by.id and one.slug == "events"), None)
    if not seq or own is None:
        return None
    others = ",".join(sorted(str(one.id) for one in seen)).encode()
    epoch = f"{own.epoch}.{hashlib.blake2s(others, digest_size=6).hexdigest()}"
    return Calendar(
        id=0, owner=by.id, slug=SLUG, kind="events", name=NAME, colour=COLOUR, position=LAST, fixed=True,
        epoch=epoch, seq=seq, floor_seq=0, updated_at=own.updated_at,
    )  # fmt: skip


def is_made_of_them(calendar: Calendar) -> bool:
    return calendar.id == 0


def standing(by: Actor) -> Expression:
    """Which events stand in it."""
    accepted = (Attendee.user == by.id) & (Attendee.organizer == False) & (Attendee.answer != "no")  # noqa: E712 - SQL
    elsewhere = Event.calendar.not_in(visible(Calendar, by).select(Calendar.id))
    invited = Event.id.in_(Attendee.select(Attendee.event).where(accepted))
    return invited & elsewhere & (Event.component == "VEVENT") & Event.deleted_at.is_null()


def href(event_id: int) -> str:
    """Its name there: those in other calendars may be the same."""
    return f"{event_id}.ics"


def ids(hrefs: Iterable[str]) -> list[int]:
    return [int(found[1]) for one in hrefs if (found := HREF.fullmatch(one))]


def heard_since(seq: int, by: Actor) -> list[int]:
    """Ids of the events of which it heard after `seq`, the first first."""
    rows = Invitation.select(Invitation.event).where((Invitation.user == by.id) & (Invitation.seq > seq))
    return [event for (event,) in rows.order_by(Invitation.seq).tuples()]


def _counter(user_id: int | None) -> str:
    return f"{SLUG}-{user_id}"


@statement
def _told(event: Any) -> ModelSelect:
    invited = Attendee.select(Attendee.user).where(
        (Attendee.event == event) & Attendee.user.is_null(False) & (Attendee.organizer == False)  # noqa: E712 - SQL
    )
    before = Invitation.select(Invitation.user).where(Invitation.event == event)
    return User.select(User.id).where(User.id.in_(invited) | User.id.in_(before)).order_by(User.id).tuples()
