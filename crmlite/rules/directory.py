"""People, teams, choices, stages and settings as one snapshot in memory: every page needs them, few change them."""

import json
from dataclasses import dataclass, field
from typing import Any

from crmlite.models.base import database
from crmlite.models.calendar_views import CalendarView
from crmlite.models.choices import Choice, Pipeline, Setting, Stage
from crmlite.models.products import Tax
from crmlite.models.teams import Membership, Team
from crmlite.models.users import User, initials
from crmlite.models.views import SavedView

DEFAULTS: dict[str, Any] = {
    "currency": "EUR",
    "zone": "UTC",
    "visibility": {},
    "organisation": "",
    "assignable_teams": [],
    "sender": {},
    "logo": "",
    "texts": {},
    "quote_days": 30,
    "customer_description": False,
    "order_closes_opportunity": False,
}


@dataclass(frozen=True)
class Person:
    """A user without the password; flask-login accepts it as the account that is signed in."""

    id: int
    name: str
    email: str
    role: str
    colour: int
    active: bool
    zone: str
    locale: str
    slug: str
    initials: str
    team_ids: tuple[int, ...]
    active_team_id: int | None
    theme: str
    session_key: str
    work_days: str
    work_from: str
    work_until: str
    second_zone: str

    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        return self.active

    def get_id(self) -> str:
        return f"{self.id}:{self.session_key}"


@dataclass(frozen=True)
class Directory:
    """Dicts are by id, in the order in which people list them."""

    epoch: int
    people: dict[int, Person] = field(default_factory=dict)
    teams: dict[int, Team] = field(default_factory=dict)
    members: dict[int, frozenset[int]] = field(default_factory=dict)
    choices: dict[int, Choice] = field(default_factory=dict)
    pipelines: dict[int, Pipeline] = field(default_factory=dict)
    stages: dict[int, Stage] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    views: dict[int, SavedView] = field(default_factory=dict)
    taxes: dict[int, Tax] = field(default_factory=dict)
    calendar_views: dict[int, CalendarView] = field(default_factory=dict)

    def choices_of(self, kind: str, keep: int | None = None) -> list[Choice]:
        """The values on offer, and the retired one that a record still has."""
        return [c for c in self.choices.values() if c.kind == kind and (not c.retired or c.id == keep)]

    def pipelines_on_offer(self) -> list[Pipeline]:
        return [pipeline for pipeline in self.pipelines.values() if not pipeline.retired]

    def stages_on_offer(self, keep: int | None = None) -> list[Stage]:
        """Pipeline by pipeline, from left to right on the board; with the stage `keep`, be it retired."""
        offered = {pipeline.id for pipeline in self.pipelines_on_offer()}
        return [s for s in self.stages.values() if (not s.retired and s.pipeline_id in offered) or s.id == keep]

    def taxes_on_offer(self, keep: int | None = None) -> list[Tax]:
        return [t for t in self.taxes.values() if not t.retired or t.id == keep]

    def person_name(self, person_id: int | None) -> str:
        person = self.people.get(person_id or 0)
        return person.name if person else ""

    def choice_name(self, choice_id: int | None) -> str:
        choice = self.choices.get(choice_id or 0)
        return choice.name if choice else ""

    @property
    def currency(self) -> str:
        return str(self.settings["currency"])


_cached: Directory | None = None


def current() -> Directory:
    """The snapshot of this transaction's view: one indexed read tells whether the cached one still holds."""
    return _at(database.execute_sql("SELECT value FROM counters WHERE name = 'directory'").fetchone()[0])


def current_with_mark() -> tuple[Directory, int]:
    """The snapshot, and the newest entry of the journal at the same moment, in one read: a page wants both."""
    sql = "SELECT value, (SELECT MAX(id) FROM entries) FROM counters WHERE name = 'directory'"
    epoch, mark = database.execute_sql(sql).fetchone()
    return _at(epoch), mark or 0


def _at(epoch: int) -> Directory:
    global _cached
    cached = _cached
    if cached is None or cached.epoch != epoch:
        _cached = cached = _read(epoch)
    return cached


def is_on(switch: str) -> bool:
    """Whether the house has turned a switch on, as the snapshot says that was read last: each request and each job
    begins by reading it."""
    return bool((_cached or current()).settings[switch])


def forget() -> None:
    """Drop the cache: another database has been bound."""
    global _cached
    _cached = None


def _read(epoch: int) -> Directory:
    teams = {t.id: t for t in Team.select().where(Team.deleted_at.is_null()).order_by(Team.position, Team.name)}
    belongs: dict[int, list[Membership]] = {}
    members: dict[int, set[int]] = {}
    for membership in Membership.select().where(Membership.deleted_at.is_null()).order_by(Membership.id):
        if membership.team_id in teams:
            belongs.setdefault(membership.user_id, []).append(membership)
            members.setdefault(membership.team_id, set()).add(membership.user_id)
    users = User.select().where(User.deleted_at.is_null()).order_by(User.name)
    choices = Choice.select().where(Choice.deleted_at.is_null()).order_by(Choice.kind, Choice.position, Choice.id)
    pipelines = Pipeline.select().where(Pipeline.deleted_at.is_null()).order_by(Pipeline.position, Pipeline.id)
    found = list(Stage.select().where(Stage.deleted_at.is_null()).order_by(Stage.position, Stage.id))
    views = SavedView.select().where(SavedView.deleted_at.is_null()).order_by(SavedView.position, SavedView.id)
    layers = CalendarView.select().where(CalendarView.deleted_at.is_null()).order_by(CalendarView.name, CalendarView.id)
    taxes = Tax.select().where(Tax.deleted_at.is_null()).order_by(Tax.position, Tax.id)
    lines = {pipeline.id: pipeline for pipeline in pipelines}
    stages = [stage for line in lines for stage in found if stage.pipeline_id == line]
    stored = {s.key: json.loads(s.value) for s in Setting.select().where(Setting.deleted_at.is_null())}
    return Directory(
        epoch,
        people={user.id: _person(user, belongs.get(user.id, []), teams) for user in users},
        teams=teams,
        members={team_id: frozenset(ids) for team_id, ids in members.items()},
        choices={choice.id: choice for choice in choices},
        pipelines=lines,
        stages={stage.id: stage for stage in stages},
        settings={**DEFAULTS, **stored},
        views={view.id: view for view in views},
        taxes={tax.id: tax for tax in taxes},
        calendar_views={view.id: view for view in layers},
    )


def _person(user: User, memberships: list[Membership], teams: dict[int, Team]) -> Person:
    """New records go to the team chosen for them, else to the first; never to a retired one."""
    offered = [m for m in memberships if not teams[m.team_id].retired]
    active = next((m.team_id for m in offered if m.active), offered[0].team_id if offered else None)
    return Person(
        user.id,
        user.name,
        user.email,
        user.role,
        user.colour,
        user.is_active,
        user.zone,
        user.locale,
        user.slug,
        initials(user.name),
        tuple(m.team_id for m in memberships),
        active,
        user.theme,
        user.session_key,
        user.work_days,
        user.work_from,
        user.work_until,
        user.second_zone,
    )
