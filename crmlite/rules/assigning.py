"""To whom customers and contacts may be assigned: everybody, or the members of the teams that an owner chose."""

from crmlite.rules import directory
from crmlite.rules.directory import Directory

LIMITED = ("partner", "contact")


def offered(concept: str, now: Directory | None = None) -> frozenset[int] | None:
    """Ids of the people whom a record of this concept may be assigned to; None: everybody. A list hands its own
    snapshot on, so that rows do not ask for it one by one."""
    now = now or directory.current()
    teams = now.settings["assignable_teams"]
    if concept not in LIMITED or not teams:
        return None
    return frozenset().union(*(now.members.get(team, frozenset()) for team in teams))


def may_hold(concept: str, person_id: int | None, now: Directory | None = None) -> bool:
    limited = offered(concept, now)
    return limited is None or person_id in limited


def refusal(concept: str, person_id: int) -> str:
    """Why a record of this concept may not be assigned to the person; empty when it may."""
    if may_hold(concept, person_id):
        return ""
    now = directory.current()
    names = [now.teams[team].name for team in now.settings["assignable_teams"] if team in now.teams]
    allowed = " or ".join(names) or "teams that are gone"
    who = now.person_name(person_id)
    return f"Customers and contacts go to members of {allowed} only, not to {who}: please choose another person."
