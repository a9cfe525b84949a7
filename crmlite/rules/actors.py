"""Who acts: a person in a role with a scope for each concept, or the program itself."""

from dataclasses import dataclass
from typing import Any

from peewee import Expression

from crmlite.errors import Missing
from crmlite.models.base import Record
from crmlite.models.contacts import Contact
from crmlite.models.events import Event
from crmlite.models.leads import Lead
from crmlite.models.opportunities import Opportunity
from crmlite.models.partners import Partner
from crmlite.models.quotes import Quote
from crmlite.rules import directory
from crmlite.rules.directory import Directory

SCOPES = ("own", "team", "all")
OWNED: dict[str, type[Record]] = {
    "lead": Lead,
    "partner": Partner,
    "contact": Contact,
    "opportunity": Opportunity,
    "event": Event,
    "quote": Quote,
}
DEFAULT_VISIBILITY = {
    "owner": dict.fromkeys(OWNED, "all"),
    "manager": dict.fromkeys(OWNED, "all"),
    "rep": dict.fromkeys(OWNED, "team"),
    "reader": dict.fromkeys(OWNED, "team"),
}


@dataclass(frozen=True)
class Actor:
    """Who does a change now, and through which door (web, caldav, cli, clock). The system itself has no id."""

    id: int | None
    name: str
    role: str
    zone: str
    locale: str
    door: str
    team_ids: frozenset[int]
    mates: frozenset[int]
    active_team_id: int | None
    visibility: tuple[tuple[str, str], ...]

    def scope(self, concept: str) -> str:
        return dict(self.visibility)[concept]

    @property
    def writes(self) -> bool:
        return self.role != "reader"

    @property
    def leads_people(self) -> bool:
        return self.role in ("owner", "manager")


def actor(user_id: int, door: str, now: Directory | None = None) -> Actor:
    """The person as an actor. Raises Missing for one who is not there or no longer active."""
    now = now or directory.current()
    person = now.people.get(user_id)
    if person is None or not person.active:
        raise Missing("This account is no longer active.")
    mates = frozenset().union(*(now.members.get(team, frozenset()) for team in person.team_ids)) | {user_id}
    return Actor(
        user_id,
        person.name,
        person.role,
        person.zone,
        person.locale,
        door,
        frozenset(person.team_ids),
        mates,
        person.active_team_id,
        tuple(visibility_of(person.role, now).items()),
    )


def system(door: str) -> Actor:
    """The program itself: command line and clock."""
    zone = str(directory.current().settings["zone"])
    everything = tuple(DEFAULT_VISIBILITY["owner"].items())
    return Actor(None, "crmlite", "owner", zone, "en", door, frozenset(), frozenset(), None, everything)


def visibility_of(role: str, now: Directory | None = None) -> dict[str, str]:
    """Concept -> scope: the defaults with what the owner has set."""
    stored = (now or directory.current()).settings["visibility"].get(role, {})
    return {concept: stored.get(concept, scope) for concept, scope in DEFAULT_VISIBILITY[role].items()}


def scope_where(model: type[Record], by: Actor) -> Expression:
    """Own: assigned to me. Team: also to a team of mine or to somebody in one of my teams."""
    if by.scope(model.concept) == "own":
        return model.owner == by.id
    return model.owner.in_(sorted(by.mates)) | model.team.in_(sorted(by.team_ids) or [0])


def in_scope(record: Any, by: Actor) -> bool:
    """`scope_where` for one record in hand."""
    scope = by.scope(record.concept)
    if scope == "all" or record.owner_id == by.id:
        return True
    return scope == "team" and (record.owner_id in by.mates or record.team_id in by.team_ids)
