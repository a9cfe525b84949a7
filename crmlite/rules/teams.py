"""Teams: their names, their members, retiring them."""

from crmlite.errors import Invalid
from crmlite.models.base import fold
from crmlite.models.calendars import Calendar
from crmlite.models.teams import Membership, Team
from crmlite.models.users import User
from crmlite.rules import directory, gate, users
from crmlite.rules.access import Actor


def in_order() -> list[Team]:
    """Every team, the retired ones too."""
    return list(Team.select().where(Team.deleted_at.is_null()).order_by(Team.position, Team.name, Team.id))


def add(name: str, member_ids: set[int], by: Actor) -> Team:
    with gate.together():
        _refuse_twin(name, in_order())
        team = users.add_team(name, by)
        set_members(team, member_ids, by)
        return team


def edit(team: Team, name: str, member_ids: set[int], by: Actor, seen: int | None = None) -> Team:
    """Its shared calendar follows the name unless it was given one of its own."""
    with gate.together():
        _refuse_twin(name, [other for other in in_order() if other.id != team.id])
        for calendar in Calendar.select().where((Calendar.team == team.id) & (Calendar.name == team.name)):
            gate.change(calendar, {"name": " ".join(name.split())}, by)
        gate.change(team, {"name": name}, by, seen)
        set_members(team, member_ids, by)
        return team


def set_members(team: Team, member_ids: set[int], by: Actor) -> None:
    """These people and nobody else. A person's first team is also where their new records go. Raises
    Invalid."""
    people = directory.current().people
    if not member_ids <= set(people):
        raise Invalid(
            fields={"members": "One of these people is no longer here: please reload and choose again."}
        )
    present = directory.current().members.get(team.id, frozenset())
    with gate.together():
        for user_id in sorted(member_ids - present):
            users.join(User.get_by_id(user_id), team, by, active=not people[user_id].team_ids)
        for user_id in sorted(present - member_ids):
            users.leave(User.get_by_id(user_id), team, by)


def set_teams(user: User, team_ids: set[int], active_id: int | None, by: Actor) -> None:
    """These teams and no other; the records the person makes go to `active_id`. Raises Invalid."""
    teams = directory.current().teams
    if not team_ids <= set(teams):
        raise Invalid(
            fields={"teams": "One of these teams no longer exists: please reload and choose again."}
        )
    if active_id is not None and active_id not in team_ids:
        raise Invalid(fields={"active_team": "New records can only go to a team the person belongs to."})
    present = {m.team_id for m in _memberships(user)}
    with gate.together():
        for team_id in sorted(present - team_ids):
            users.leave(user, teams[team_id], by)
        for team_id in sorted(team_ids - present):
            users.join(user, teams[team_id], by)
        if active_id is not None:
            users.join(user, teams[active_id], by, active=True)


def retire(team: Team, by: Actor) -> Team:
    """No longer on offer for records; what it has stays its own, and its members go on seeing it."""
    return gate.change(team, {"retired": True}, by, verb="retired")


def bring_back(team: Team, by: Actor) -> Team:
    return gate.change(team, {"retired": False}, by, verb="brought back")


def _memberships(user: User) -> list[Membership]:
    return list(Membership.select().where((Membership.user == user.id) & Membership.deleted_at.is_null()))


def _refuse_twin(name: str, others: list[Team]) -> None:
    if any(fold(other.name) == fold(" ".join(name.split())) for other in others):
        raise Invalid(
            fields={"name": f"There is a team “{name.strip()}” already: please choose another name."}
        )
