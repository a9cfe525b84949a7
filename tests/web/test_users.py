"""People over HTTP: for owners."""

import re

import pytest

from crmlite.models.users import User
from crmlite.rules import directory, users
from tests import people
from tests.conftest import counted_queries

DORA = {"name": "Dora Dahl", "email": "dora@example.com", "role": "rep"}


@pytest.fixture
def olive(client_of, db):
    return client_of("olive")


def test_it_works(olive):
    answer = olive.get("/users")
    assert answer.status_code == 200
    for name in ("Alice Arden", "Rita Reed", "carol@example.com"):
        assert name in answer.text


@pytest.mark.parametrize("name", ["alice", "carol", "rita", "charlie"])
def test_only_owners_come_in(client_of, db, name):
    someone = client_of(name)
    bob = people.user("bob").id
    for path in ("", "/form", f"/{bob}/form", f"/{bob}/password"):
        answer = someone.get(f"/users{path}")
        assert answer.status_code == 403 and "Only an owner may change this." in answer.text
        assert "bob@example.com" not in answer.text
    for path in ("", f"/{bob}", f"/{bob}/password", f"/{bob}/presence"):
        assert someone.post(f"/users{path}", data={**DORA, "role": "owner"}).status_code == 403
    assert people.user("bob").role == "rep" and users.by_email(DORA["email"]) is None


def test_a_new_person_gets_a_password_that_is_shown_once(olive, client_of):
    north = next(team.id for team in directory.current().teams.values() if team.name == "North")
    answer = olive.part("/users", "POST", data={**DORA, "teams": north, "active_team": north})
    assert answer.status_code == 200 and "<dialog" in answer.text
    password = re.search(r'id="new-password">([^<]+)<', answer.text)[1]
    assert (
        client_of().post("/sign-in", data={"email": DORA["email"], "password": password}).status_code == 303
    )
    assert directory.current().people[users.by_email(DORA["email"]).id].team_ids == (north,)
    assert password not in olive.get("/users").text


def test_a_new_person_can_be_given_a_password(olive):
    answer = olive.post("/users", data={**DORA, "password": "a fresh passphrase"})
    assert answer.status_code == 303 and answer.headers["Location"] == "/users"
    assert "Dora Dahl can sign in now." in olive.get("/users").text


@pytest.mark.parametrize(
    ("values", "field", "status"),
    [
        ({"name": ""}, "name", 422),
        ({"name": "x" * 121}, "name", 422),
        ({"email": "nobody"}, "email", 422),
        ({"role": "king"}, "role", 422),
        ({"password": "short"}, "password", 422),
        ({"teams": "987654", "active_team": ""}, None, 422),
        ({"teams": "", "active_team": "987654"}, "active_team", 422),
        ({"email": "alice@example.com"}, None, 409),
    ],
)
def test_a_refused_person_is_told_at_the_field_and_nothing_is_lost(olive, values, field, status):
    typed = {**DORA, **values}
    answer = olive.part("/users", "POST", data=typed)
    assert answer.status_code == status and "<dialog" in answer.text
    if field:
        assert re.search(rf'id="f-{field}"[^>]* aria-invalid="true"', answer.text)
    if typed["name"] == DORA["name"]:
        assert 'value="Dora Dahl"' in answer.text
    assert User.select().where(User.name == "Dora Dahl").count() == 0


def test_the_form_works_without_script_too(olive):
    answer = olive.post("/users", data={**DORA, "email": "nobody"})
    assert answer.status_code == 422 and "<html" in answer.text and 'value="nobody"' in answer.text


def test_a_role_is_changed(olive):
    bob = people.user("bob")
    data = {"name": bob.name, "email": bob.email, "role": "manager", "seen": bob.version}
    assert olive.post(f"/users/{bob.id}", data=data).status_code == 303
    assert people.user("bob").role == "manager"


def test_two_owners_changing_the_same_person_are_told(olive):
    bob = people.user("bob")
    data = {"name": bob.name, "email": bob.email, "role": "manager", "seen": bob.version}
    olive.post(f"/users/{bob.id}", data=data)
    answer = olive.part(f"/users/{bob.id}", "POST", data={**data, "role": "reader"})
    assert answer.status_code == 409
    assert "Olive Owen changed this to “manager” in the meantime" in answer.text
    version = re.search(r'name="seen" value="(\d+)"', answer.text)[1]
    assert olive.post(f"/users/{bob.id}", data={**data, "role": "reader", "seen": version}).status_code == 303
    assert people.user("bob").role == "reader"


def test_the_only_owner_cannot_step_down(olive):
    me = people.user("olive")
    answer = olive.part(f"/users/{me.id}", "POST", data={"name": me.name, "email": me.email, "role": "rep"})
    assert answer.status_code == 403 and "only owner left" in answer.text and "<dialog" in answer.text
    assert olive.post(f"/users/{me.id}/presence", data={"active": "0"}).status_code == 403
    assert people.user("olive").role == "owner" and people.user("olive").active


def test_a_person_is_deactivated_and_activated(olive):
    bob = people.user("bob")
    olive.post(f"/users/{bob.id}/presence", data={"active": "0"})
    assert not people.user("bob").active and "Inactive" in olive.get("/users").text
    olive.post(f"/users/{bob.id}/presence", data={"active": "1"})
    assert people.user("bob").active


def test_a_forgotten_password_is_replaced(olive, client_of):
    bob = people.user("bob")
    assert "signed out everywhere" in olive.part(f"/users/{bob.id}/password").text
    answer = olive.part(f"/users/{bob.id}/password", "POST")
    password = re.search(r'id="new-password">([^<]+)<', answer.text)[1]
    assert client_of().post("/sign-in", data={"email": bob.email, "password": password}).status_code == 303


def test_a_person_who_does_not_exist_is_missing(olive):
    for path in ("form", "password"):
        assert olive.get(f"/users/987654/{path}").status_code == 404
    for path in ("", "/password", "/presence"):
        assert olive.post(f"/users/987654{path}", data=DORA).status_code == 404


def test_the_list_costs_few_queries(olive, db):
    olive.get("/users")
    with counted_queries() as seen:
        olive.get("/users")
    assert len(seen) <= 8
