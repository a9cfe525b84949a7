"""Calendars and task lists: making them, and who sees which."""

import json
import re
import secrets
from typing import Any, NamedTuple

from peewee import ModelSelect, fn

from crmlite.errors import Conflict, Forbidden, Invalid
from crmlite.models.calendars import Calendar, Share
from crmlite.models.events import Event
from crmlite.models.statements import statement
from crmlite.models.teams import Team
from crmlite.models.users import User
from crmlite.rules import choices, gate, invited, sync
from crmlite.rules.access import Actor, visible

RESERVED = re.compile(r"(shared|team)-\d+|contacts|invitations")
SLUG = re.compile(r"[A-Za-z0-9._~@ ()+-]{1,80}")
MOST_EXTRA = 50_000
COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
COLOURS = ("#1a5fb4", "#0f6b72", "#8f4e8b", "#a85532", "#3d7a45", "#4a6aa5", "#b3541e", "#2b7a78")


def make_personal(user: User, by: Actor) -> None:
    """Events and tasks apart: a phone that hides an empty reminders list must not take the calendar along
    (caldav.md section 9, 20)."""
    colour = COLOURS[user.id % len(COLOURS)]
    for position, (kind, name) in enumerate((("events", "Calendar"), ("tasks", "Tasks"))):
        make(
            {
                "owner": user.id,
                "slug": kind,
                "kind": kind,
                "name": name,
                "colour": colour,
                "position": position,
            },
            by,
        )


def make_for_team(team: Team, by: Actor) -> Calendar:
    colour = COLOURS[(team.id + 3) % len(COLOURS)]
    return make(
        {"team": team.id, "slug": f"team-{team.id}", "kind": "events", "name": team.name, "colour": colour},
        by,
    )


def make(values: dict, by: Actor, fixed: bool = True) -> Calendar:
    return gate.create(Calendar, {"epoch": secrets.token_hex(8), "fixed": fixed, **values}, by)


def personal(user_id: int, kind: str) -> Calendar:
    """The person's own calendar ("events") or task list ("tasks")."""
    return Calendar.get((Calendar.owner == user_id) & (Calendar.slug == kind) & Calendar.deleted_at.is_null())


def hue(colour: str) -> int:
    """Which of COLOURS a colour is, or is nearest to."""
    wanted = _rgb(colour) if COLOUR.fullmatch(colour) else (0, 0, 0)
    far = [sum((a - b) ** 2 for a, b in zip(_rgb(one), wanted, strict=True)) for one in COLOURS]
    return far.index(min(far))


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


def seen_by(by: Actor) -> list[Calendar]:
    return _seen_by(by)


@statement
def _seen_by(by: Actor) -> ModelSelect:
    return visible(Calendar, by).order_by(Calendar.team.is_null(False), Calendar.position, Calendar.id)


@statement
def _rights(user: Any) -> ModelSelect:
    """Calendar and right of what is shared with somebody."""
    shared = (Share.user == user) & Share.deleted_at.is_null()
    return Share.select(Share.calendar, Share.right).where(shared).tuples()


class Place(NamedTuple):
    """A calendar where it stands in somebody's home: `slug` is its name there and never changes."""

    slug: str
    calendar: Calendar
    writable: bool
    own: bool


def home(by: Actor) -> dict[str, Place]:
    """Everything a person's phone sees, by name: their own calendars, then those shared with them and their teams',
    then what else they are invited to."""
    rights = dict(_rights(user=by.id))
    places = []
    for calendar in seen_by(by):
        own = calendar.owner_id == by.id
        writable = own or calendar.team_id in by.team_ids or rights.get(calendar.id) == "write"
        slug = calendar.slug if own or calendar.team_id else f"shared-{calendar.id}"
        places.append(Place(slug, calendar, by.writes and writable, own))
    further = invited.calendar(by, [place.calendar for place in places])
    if further and all(place.slug != further.slug for place in places):
        places.append(Place(further.slug, further, False, False))
    return {place.slug: place for place in sorted(places, key=lambda place: not place.own)}


def add(slug: str, kind: str, name: str, by: Actor, **more: Any) -> Calendar:
    """A further calendar or task list of one's own, as clients make them. Raises Invalid, Conflict."""
    if not SLUG.fullmatch(slug) or RESERVED.fullmatch(slug):
        raise Invalid("Please name the calendar with up to 80 letters, digits, dots and hyphens.")
    if not by.writes:
        raise Forbidden("Your role can read but not change. Please ask an owner for the role rep.")
    if (
        Calendar.select()
        .where((Calendar.owner == by.id) & (Calendar.slug == slug) & Calendar.deleted_at.is_null())
        .exists()
    ):
        raise Conflict("There is a calendar of this name already.")
    if "colour" in more and not COLOUR.fullmatch(more["colour"]):
        raise Invalid(fields={"colour": "Please choose a colour."})
    values = {
        "owner": by.id,
        "slug": slug,
        "kind": kind,
        "name": name or slug,
        "colour": COLOURS[len(slug) % 8],
    }
    return make({**values, **more}, by, fixed=False)


def change(calendar: Calendar, values: dict[str, Any], by: Actor, seen: int | None = None) -> Calendar:
    """Rename, recolour, describe; phones hear of it. Raises Invalid, Forbidden, Stale."""
    if "colour" in values and not COLOUR.fullmatch(values["colour"]):
        raise Invalid(fields={"colour": "Please choose a colour."})
    if len(values.get("extra", "")) > MOST_EXTRA:
        raise Invalid("This calendar holds too many properties already.")
    with gate.together():
        changed = gate.change(calendar, values, by, seen)
        changed.seq = sync.raise_sequence(calendar.id)
    return changed


def arrange(ids: list[int], among: list[Calendar], by: Actor) -> None:
    """Put one's calendars into this order, on devices too. Raises Invalid for a foreign id."""
    with gate.together():
        for position, calendar in enumerate(choices.ordered(ids, among)):
            if calendar.position != position:
                change(calendar, {"position": position}, by)


def shared_with(seen: list[Calendar]) -> dict[int, int]:
    """Id -> how many people have the calendar beside those it belongs to."""
    ids = [one.id for one in seen]
    shares = Share.select(Share.calendar, fn.COUNT(Share.id)).where(Share.calendar.in_(ids), Share.deleted_at.is_null())
    return dict(shares.group_by(Share.calendar).tuples())


def number_in(calendar: Calendar) -> int:
    """How many events or tasks it holds."""
    return Event.select().where((Event.calendar == calendar.id) & Event.deleted_at.is_null()).count()


def extra_of(calendar: Calendar) -> dict[str, str]:
    """Properties that clients set and that we keep for them, by their full name."""
    return json.loads(calendar.extra) if calendar.extra else {}


def delete(calendar: Calendar, by: Actor) -> Calendar:
    """Into the bin with everything in it, as one gesture. Raises Forbidden for those that come with an
    account."""
    if calendar.fixed:
        raise Forbidden("This calendar belongs to the account and cannot be deleted: please hide it instead.")
    with gate.together():
        for event in Event.select().where((Event.calendar == calendar.id) & Event.deleted_at.is_null()):
            gate.remove(event, by)
        return gate.remove(calendar, by)
