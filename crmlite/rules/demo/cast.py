"""The people of the demo: who they are, what they may do, and how they sign in."""

import secrets
from typing import NamedTuple

from crmlite.errors import Conflict
from crmlite.models.teams import Team
from crmlite.models.users import User
from crmlite.rules import access, directory, users
from crmlite.rules.access import Actor
from crmlite.rules.demo import letterhead
from crmlite.rules.settings import put_setting
from crmlite.rules.setup import install_defaults

ZONE = "Europe/Paris"
ORGANISATION = "Northlight Shopworks"
TEAMS = {"retail": "Retail", "food": "Food and cold"}


class Person(NamedTuple):
    """`password` opens the account only where the demo filled an empty house."""

    key: str
    name: str
    email: str
    role: str
    teams: tuple[str, ...]
    zone: str

    @property
    def password(self) -> str:
        return f"demo-{self.key}"


class SignIn(NamedTuple):
    name: str
    email: str
    role: str
    password: str


PEOPLE = (
    Person("renata", "Renata Falk", "renata.falk@example.com", "owner", ("retail", "food"), ZONE),
    Person("oskar", "Oskar Meyer", "oskar.meyer@example.com", "manager", ("food", "retail"), ZONE),
    Person("lena", "Lena Duarte", "lena.duarte@example.com", "rep", ("retail",), "Europe/Lisbon"),
    Person("dario", "Dario Conti", "dario.conti@example.com", "rep", ("retail",), ZONE),
    Person("amina", "Amina Sow", "amina.sow@example.com", "rep", ("food",), ZONE),
    Person("jonas", "Jonas Ek", "jonas.ek@example.com", "reader", ("food",), "Europe/Tallinn"),
)


class Cast(NamedTuple):
    """The demo people by key, as actors in the browser, and the ways in."""

    actors: dict[str, Actor]
    teams: dict[str, Team]
    sign_ins: list[SignIn]

    def follower(self, key: str) -> dict[str, int | None]:
        """The owner and team columns of a record that this person follows; "-" for nobody yet."""
        if key == "-":
            return {"owner": None, "team": self.teams["retail"].id}
        actor = self.actors[key]
        return {"owner": actor.id, "team": actor.active_team_id}


def move_in(by: Actor) -> Cast:
    """Make the demo people and their teams. In an empty house they get the passwords of PEOPLE; beside real
    accounts each gets one that nobody could know beforehand. A person who loads the demo plays its owner.
    Raises Conflict where one of the addresses is taken."""
    empty = not users.exists_any()
    install_defaults(by)
    if empty:
        put_setting("zone", ZONE, by)
        put_setting("organisation", ORGANISATION, by)
        letterhead.set_up(by)
    teams = {key: users.add_team(name, by) for key, name in TEAMS.items()}
    ids, sign_ins = {}, []
    for person in PEOPLE:
        if person.role == "owner" and by.id is not None:
            account = User.get_by_id(by.id)
        else:
            _refuse_taken(person)
            password = person.password if empty else secrets.token_urlsafe(12)
            account = users.add_user(person.name, person.email, person.role, password, by, zone=person.zone)
            sign_ins.append(SignIn(person.name, person.email, person.role, password))
        for place, team in enumerate(person.teams):
            users.join(account, teams[team], by, active=place == 0 and account.id not in _placed())
        ids[person.key] = account.id
    return Cast({key: access.actor(account_id, "web") for key, account_id in ids.items()}, teams, sign_ins)


def _placed() -> set[int]:
    """Who has a team already: joining a demo team must not send their new records there."""
    return {person.id for person in directory.current().people.values() if person.team_ids}


def _refuse_taken(person: Person) -> None:
    if User.get_or_none(User.email == person.email):
        raise Conflict(f"The address {person.email} of a demo person is taken: please change that account.")
