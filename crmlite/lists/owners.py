"""Kinds of whom a record is assigned to: a person, a team."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from crmlite.lists.kinds import KEPT, Kind, read_id
from crmlite.lists.reader import Reader
from crmlite.rules import assigning
from crmlite.rules.directory import Person


def _people(to: Reader, value: Any) -> Iterable[tuple[Any, str]]:
    """Whom this reader may assign to: everybody where they see all, else the people of their teams."""
    everybody = to.by.scope("lead") == "all"
    yield ("", "Nobody")
    for person in to.directory.people.values():
        if person.id == value or (person.active and (everybody or person.id in to.by.mates)):
            yield (person.id, person.name)


def _show_person(value: int | None, to: Reader) -> str:
    if not value:
        return ""
    key = ("person", value)
    if key not in to.shown:
        person = to.directory.people.get(value)
        to.shown[key] = person_html(person) if person else ""
    return to.shown[key]


@lru_cache(maxsize=KEPT)
def person_html(person: Person) -> str:
    return Markup('<span class="person"><span class="avatar k%d" aria-hidden="true">%s</span>%s</span>') % (
        person.colour,
        person.initials,
        person.name,
    )


def _teams(to: Reader, value: Any) -> Iterable[tuple[Any, str]]:
    yield ("", "—")
    for team in to.directory.teams.values():
        if team.id == value or not team.retired:
            yield (team.id, team.name)


def _show_team(value: int | None, to: Reader) -> str:
    return escape(to.directory.teams[value].name) if value in to.directory.teams else ""


def _customer_people(to: Reader, value: Any) -> Iterable[tuple[Any, str]]:
    """Those of `_people` to whom customers and contacts may be assigned."""
    limited = assigning.offered("partner", to.directory)
    return [(key, name) for key, name in _people(to, value) if limited is None or key in ("", value) or key in limited]


PERSON = Kind("person", read_id, _show_person, "select", options=_people)
CUSTOMER_PERSON = Kind("person", read_id, _show_person, "select", options=_customer_people)
TEAM = Kind("team", read_id, _show_team, "select", options=_teams)
