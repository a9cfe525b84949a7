"""Whom a new record is assigned to, and taking one over: the same for leads, partners, contacts, opportunities."""

from typing import Any

from crmlite.rules import assigning, directory
from crmlite.rules.access import Actor


def followed_by(by: Actor, values: dict[str, Any], concept: str = "") -> dict[str, Any]:
    """The values with the creator and their active team where nobody is named (SEED-32). Where a record of
    `concept` may not be theirs, it is nobody's at first."""
    return {"owner": by.id if assigning.may_hold(concept, by.id) else None, "team": by.active_team_id, **values}


def with_currency(values: dict[str, Any]) -> dict[str, Any]:
    return {"currency": directory.current().currency, **values}


def handed_to(record: Any, owner_id: int | None) -> dict[str, Any]:
    """Columns that follow when the record is assigned to a person: their team, if they have one."""
    person = directory.current().people.get(owner_id or 0)
    team = person.active_team_id if person and record.team_id not in person.team_ids else record.team_id
    return {"owner": owner_id, "team": team}
