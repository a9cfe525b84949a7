"""Calendars and task lists: making them, and who sees which."""

import secrets

from crmlite.models.calendars import Calendar
from crmlite.models.teams import Team
from crmlite.models.users import User
from crmlite.rules import gate
from crmlite.rules.access import Actor, visible

COLOURS = ("#1a5fb4", "#0f6b72", "#8f4e8b", "#a85532", "#3d7a45", "#4a6aa5", "#b3541e", "#2b7a78")


def make_personal(user: User, by: Actor) -> None:
    """Events and tasks apart: a phone that hides an empty reminders list must not take the calendar along
    (caldav.md section 9, 20)."""
    colour = COLOURS[user.id % len(COLOURS)]
    for position, (kind, name) in enumerate((("events", "Calendar"), ("tasks", "Tasks"))):
        make({"owner": user.id, "slug": kind, "kind": kind, "name": name, "colour": colour, "position": position}, by)


def make_for_team(team: Team, by: Actor) -> Calendar:
    colour = COLOURS[(team.id + 3) % len(COLOURS)]
    return make({"team": team.id, "slug": f"team-{team.id}", "kind": "events", "name": team.name, "colour": colour}, by)


def make(values: dict, by: Actor, fixed: bool = True) -> Calendar:
    return gate.create(Calendar, {"epoch": secrets.token_hex(8), "fixed": fixed, **values}, by)


def personal(user_id: int, kind: str) -> Calendar:
    """The person's own calendar ("events") or task list ("tasks")."""
    return Calendar.get((Calendar.owner == user_id) & (Calendar.slug == kind) & Calendar.deleted_at.is_null())


def seen_by(by: Actor) -> list[Calendar]:
    return list(visible(Calendar, by).order_by(Calendar.team.is_null(False), Calendar.position, Calendar.id))
