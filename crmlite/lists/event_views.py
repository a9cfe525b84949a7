"""The tabs of the list of events (crm-reference 3.5): ahead and behind, mine and everybody's, and for tasks, calls
and meetings what is mine, today's, of the days ahead and my team's."""

from collections.abc import Callable
from datetime import timedelta

from peewee import Expression

from crmlite import clock
from crmlite.lists.reader import Reader
from crmlite.lists.spec import View
from crmlite.models.events import OPEN_STATUSES, Event
from crmlite.rules import agenda
from crmlite.rules.access import Actor

OPEN = Event.status.in_(OPEN_STATUSES)
NEAR = timedelta(days=5)
KINDS = {"task": ("tasks", "Tasks"), "call": ("calls", "Calls"), "meeting": ("meetings", "Meetings")}


def views() -> tuple[View, ...]:
    return (
        View("my_upcoming", "My upcoming", lambda by, to: _mine(by) & _upcoming(by, to)),
        View("my_past", "My past", lambda by, to: _mine(by) & _past(by, to)),
        View("upcoming", "All upcoming", _upcoming),
        View("past", "All past", _past),
        *(view for kind in KINDS for view in _of_kind(kind)),
        View("mine", "My open", lambda by, to: OPEN & _mine(by)),
        View("team", "My team", lambda by, to: OPEN & _my_team(by)),
        View("all", "All", lambda by, to: None),
        View("archived", "Archived", lambda by, to: None),
    )


def _of_kind(kind: str) -> tuple[View, ...]:
    name, label = KINDS[kind]
    parts: tuple[tuple[str, str, Callable[[Actor, Reader], Expression | None]], ...] = (
        ("", "All open" if kind == "task" else "All", lambda by, to: OPEN if kind == "task" else None),
        ("_mine", "Mine", lambda by, to: OPEN & _mine(by)),
        ("_today", "Today", lambda by, to: OPEN & _within(to, timedelta(days=1))),
        ("_near", "Next 5 days", lambda by, to: OPEN & _within(to, NEAR)),
        ("_team", "My team", lambda by, to: OPEN & _my_team(by)),
    )
    return tuple(
        View(name + suffix, word, _and_kind(kind, where), kind, (("kind", kind),), group=label)
        for suffix, word, where in parts
    )


def _and_kind(kind: str, where: Callable[[Actor, Reader], Expression | None]) -> Callable[[Actor, Reader], Expression]:
    def both(by: Actor, to: Reader) -> Expression:
        further = where(by, to)
        return Event.kind == kind if further is None else (Event.kind == kind) & further

    return both


def _mine(by: Actor) -> Expression:
    return Event.owner == by.id


def _my_team(by: Actor) -> Expression:
    return Event.team.in_(sorted(by.team_ids) or [0])


def _upcoming(by: Actor, to: Reader) -> Expression:
    """Open and not over: what is due in the course of today is still ahead."""
    start, _ = clock.day_bounds(to.today, by.zone)
    return OPEN & (Event.range_end >= start) & ~agenda.over(start, to.now)


def _past(by: Actor, to: Reader) -> Expression:
    start, _ = clock.day_bounds(to.today, by.zone)
    return agenda.over(start, to.now)


def _within(to: Reader, length: timedelta) -> Expression:
    start, _ = clock.day_bounds(to.today, to.by.zone)
    _, end = clock.day_bounds(to.today + length - timedelta(days=1), to.by.zone)
    return agenda.takes_place(start, end)
