"""Teams over HTTP: for owners."""

import re

import pytest

from crmlite.models.teams import Team
from crmlite.rules import directory
from tests import people


@pytest.fixture
def olive(client_of, db):
    return client_of("olive")


def north() -> Team:
    return Team.get(Team.name == "North")


def test_it_works(olive):
    answer = olive.get("/teams")
    assert answer.status_code == 200 and "North" in answer.text and "Charlie Crane" in answer.text


@pytest.mark.parametrize("name", ["alice", "carol", "charlie"])
def test_only_owners_come_in(client_of, db, name):
    someone, team = client_of(name), north()
    for path in ("", "/form", f"/{team.id}/form"):
        answer = someone.get(f"/teams{path}")
        assert answer.status_code == 403 and "Only an owner may change this." in answer.text
    for path in ("", f"/{team.id}", f"/{team.id}/retirement"):
        assert someone.post(f"/teams{path}", data={"name": "Ours"}).status_code == 403
    assert Team.select().where(Team.name == "Ours").count() == 0 and not north().retired


def test_a_team_is_made_with_its_members(olive):
    ids = [people.user("alice").id, people.user("charlie").id]
    assert olive.post("/teams", data={"name": "East", "members": ids}).status_code == 303
    east = Team.get(Team.name == "East")
    assert directory.current().members[east.id] == frozenset(ids)
    assert "with a calendar of its own" in olive.get("/teams").text


def test_a_team_is_renamed_and_its_members_chosen_anew(olive):
    team, bob = north(), people.user("bob").id
    form = olive.part(f"/teams/{team.id}/form").text
    assert re.search(rf'name="members" value="{bob}" checked', form)
    data = {"name": "Northern", "members": [bob], "seen": team.version}
    assert olive.post(f"/teams/{team.id}", data=data).status_code == 303
    assert directory.current().members[team.id] == frozenset({bob})
    assert Team.get_by_id(team.id).name == "Northern"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"name": " "}, "Please enter a name"),
        ({"name": "x" * 81}, "within 80"),
        ({"name": "south"}, "already"),
        ({"name": "East", "members": "987654"}, "no longer here"),
    ],
)
def test_a_refused_team_keeps_what_was_typed(olive, values, sentence):
    answer = olive.part("/teams", "POST", data=values)
    assert answer.status_code == 422 and sentence in answer.text and "<dialog" in answer.text
    assert f'value="{values["name"]}"' in answer.text
    assert Team.select().count() == 2


def test_a_stale_name_is_told(olive):
    team = north()
    olive.post(f"/teams/{team.id}", data={"name": "Northern", "seen": team.version})
    answer = olive.part(f"/teams/{team.id}", "POST", data={"name": "Nordic", "seen": team.version})
    assert answer.status_code == 409 and "changed this to “Northern”" in answer.text
    assert 'value="Nordic"' in answer.text


def test_a_team_is_retired_and_brought_back(olive):
    team = north()
    olive.post(f"/teams/{team.id}/retirement", data={"retired": "1"})
    assert north().retired and "Retired" in olive.get("/teams").text
    olive.post(f"/teams/{team.id}/retirement", data={"retired": "0"})
    assert not north().retired


def test_a_team_that_does_not_exist_is_missing(olive):
    assert olive.get("/teams/987654/form").status_code == 404
    for path in ("", "/retirement"):
        assert olive.post(f"/teams/987654{path}", data={"name": "X"}).status_code == 404
