"""Accounts, teams and who is the last owner."""

import pytest
from werkzeug.security import check_password_hash

from crmlite.errors import Conflict, Forbidden, Invalid
from crmlite.models.base import database
from crmlite.models.calendars import Calendar
from crmlite.models.journal import Entry
from crmlite.models.teams import Membership, Team
from crmlite.models.users import User
from crmlite.rules import directory, gate, journal, settings, teams, users
from crmlite.rules.access import Actor, actor, system
from crmlite.rules.throttle import TooManyTries
from tests import people
from tests.make import make_lead

NEW = "a fresh passphrase"


@pytest.fixture
def olive(db: object) -> Actor:
    return actor(people.user("olive").id, "web")


def team(name: str) -> Team:
    return Team.get(Team.name == name)


def test_an_owner_adds_a_person_with_a_calendar_and_a_task_list(olive: Actor) -> None:
    user = users.add_user("Dora Dahl", "Dora@Example.com ", "rep", NEW, olive)
    assert user.email == "dora@example.com"
    kinds = {c.kind for c in Calendar.select().where(Calendar.owner == user.id)}
    assert kinds == {"events", "tasks"}
    assert users.sign_in("dora@example.com", NEW, "192.0.2.1").id == user.id


@pytest.mark.parametrize("name", ["bob", "carol", "rita"])
def test_only_an_owner_adds_people(db: object, name: str) -> None:
    by = actor(people.user(name).id, "web")
    with pytest.raises(Forbidden, match="Only an owner"):
        users.add_user("Dora Dahl", "dora@example.com", "owner", NEW, by)
    assert users.by_email("dora@example.com") is None


def test_everything_wrong_with_a_new_person_is_said_at_once(olive: Actor) -> None:
    with pytest.raises(Invalid) as refusal:
        users.add_user(" ", "nobody", "king", "short", olive, zone="Mars/Base")
    assert set(refusal.value.fields) == {"name", "email", "role", "zone", "password"}


def test_a_name_that_is_too_long_or_holds_a_null_is_refused(olive: Actor) -> None:
    for name in ("x" * 121, "Do\x00ra"):
        with pytest.raises(Invalid) as refusal:
            users.add_user(name, "dora@example.com", "rep", NEW, olive)
        assert set(refusal.value.fields) == {"name"}


def test_an_address_belongs_to_one_account(olive: Actor) -> None:
    with pytest.raises(Conflict, match="already has an account"):
        users.add_user("Another Alice", "ALICE@example.com", "rep", NEW, olive)


def test_the_only_owner_can_neither_be_demoted_nor_deactivated_nor_deleted(olive: Actor) -> None:
    user = people.user("olive")
    for attempt in (
        lambda: users.edit_user(user, {"role": "rep"}, olive),
        lambda: users.deactivate(user, system("cli")),
        lambda: gate.remove(user, olive),
    ):
        with pytest.raises(Forbidden, match="only owner left"):
            attempt()
    assert people.user("olive").role == "owner" and people.user("olive").active


def test_undoing_the_arrival_of_the_only_owner_is_refused(olive: Actor) -> None:
    with gate.together() as gesture:
        users.add_user("Dora Dahl", "dora@example.com", "owner", NEW, olive)
    dora = actor(users.by_email("dora@example.com").id, "web")
    users.edit_user(people.user("olive"), {"role": "rep"}, dora)
    with pytest.raises(Forbidden, match="only owner left"):
        journal.undo(gesture, dora)


def test_nobody_shuts_themselves_out(olive: Actor) -> None:
    users.edit_user(people.user("carol"), {"role": "owner"}, olive)
    with pytest.raises(Forbidden, match="your own account"):
        users.deactivate(people.user("olive"), olive)


def test_guessing_the_present_password_is_slowed_down_too(bob: Actor) -> None:
    for _ in range(5):
        with pytest.raises(Invalid):
            users.change_password(people.user("bob"), "wrong", NEW, bob)
    with pytest.raises(TooManyTries):
        users.change_password(people.user("bob"), people.PASSWORD, NEW, bob)


def test_an_owner_can_step_down_once_there_is_another(olive: Actor) -> None:
    users.edit_user(people.user("carol"), {"role": "owner"}, olive)
    users.edit_user(people.user("olive"), {"role": "manager"}, olive)
    assert people.user("olive").role == "manager"
    carol = actor(people.user("carol").id, "web")
    with pytest.raises(Forbidden, match="only owner left"):
        users.edit_user(people.user("carol"), {"role": "rep"}, carol)


def test_an_inactive_owner_does_not_count(olive: Actor) -> None:
    carol = people.user("carol")
    users.edit_user(carol, {"role": "owner"}, olive)
    users.deactivate(carol, olive)
    with pytest.raises(Forbidden, match="only owner left"):
        users.edit_user(people.user("olive"), {"role": "rep"}, olive)


def test_a_person_may_not_raise_their_own_role(bob: Actor) -> None:
    with pytest.raises(Forbidden):
        users.edit_user(people.user("bob"), {"role": "owner"}, bob)
    assert people.user("bob").role == "rep"


def test_someone_deactivated_can_neither_sign_in_nor_act_until_activated(olive: Actor) -> None:
    bob = users.deactivate(people.user("bob"), olive)
    with pytest.raises(Invalid, match="do not match"):
        users.sign_in("bob@example.com", people.PASSWORD, "192.0.2.1")
    assert not directory.current().people[bob.id].active
    users.activate(people.user("bob"), olive)
    assert users.sign_in("bob@example.com", people.PASSWORD, "192.0.2.1").id == bob.id


def test_a_reset_password_ends_the_sessions_and_works(olive: Actor) -> None:
    key = people.user("bob").session_key
    password = users.reset_password(people.user("bob"), olive)
    after = people.user("bob")
    assert check_password_hash(after.password_hash, password)
    assert after.session_key != key
    assert len(password) == 19 and len({users.make_password() for _ in range(50)}) == 50


def test_nobody_but_an_owner_resets_a_password_of_another(bob: Actor) -> None:
    for name in ("bob", "alice"):
        with pytest.raises(Forbidden):
            users.reset_password(people.user(name), bob)
    assert check_password_hash(people.user("alice").password_hash, people.PASSWORD)


def test_changing_the_password_asks_for_the_present_one(bob: Actor) -> None:
    user = people.user("bob")
    with pytest.raises(Invalid) as refusal:
        users.change_password(user, "wrong", NEW, bob)
    assert "old" in refusal.value.fields
    key = user.session_key
    users.change_password(user, people.PASSWORD, NEW, bob)
    assert people.user("bob").session_key != key


def test_passwords_never_reach_the_history(olive: Actor) -> None:
    users.set_password(people.user("bob"), NEW, olive)
    told = [{**e.before, **e.after} for e in Entry.select().where(Entry.concept == "user")]
    assert told and all("password_hash" not in one and "session_key" not in one for one in told)


def test_undoing_a_password_change_leaves_the_account_alone(olive: Actor) -> None:
    with gate.together() as gesture:
        users.set_password(people.user("bob"), NEW, olive)
    journal.undo(gesture, olive)
    assert users.sign_in("bob@example.com", NEW, "192.0.2.1").name == "Bob Birch"


def test_five_wrong_passwords_close_the_door_for_a_while(db: object) -> None:
    for _ in range(5):
        with pytest.raises(Invalid):
            users.sign_in("bob@example.com", "wrong", "192.0.2.9")
    with pytest.raises(TooManyTries, match="quarter of an hour"):
        users.sign_in("bob@example.com", people.PASSWORD, "192.0.2.10")
    assert users.sign_in("alice@example.com", people.PASSWORD, "192.0.2.10").name == "Alice Arden"


def test_a_house_has_one_founder(db: object) -> None:
    with pytest.raises(Conflict, match="exists already"):
        users.found("Eve", "eve@example.com", NEW, "UTC", "en", "EUR", system("web"))


def test_a_founder_with_a_strange_currency_founds_nothing(db: object) -> None:
    with database.atomic() as room:
        User.delete().execute()
        with pytest.raises(Invalid) as refusal:
            users.found("Eve", "eve@example.com", NEW, "UTC", "en", "<€>", system("web"))
        assert "currency" in refusal.value.fields and not users.exists_any()
        room.rollback()


def test_the_members_of_a_team_are_those_that_were_ticked(olive: Actor) -> None:
    north = team("North")
    teams.edit(north, "Northern", {people.user("charlie").id, people.user("bob").id}, olive)
    assert {directory.current().person_name(i) for i in directory.current().members[north.id]} == {
        "Bob Birch",
        "Charlie Crane",
    }
    assert Calendar.get(Calendar.team == north.id).name == "Northern"


def test_a_person_who_joins_a_second_team_keeps_the_first_for_new_records(olive: Actor) -> None:
    teams.set_members(team("South"), {people.user("bob").id}, olive)
    bob = directory.current().people[people.user("bob").id]
    assert (
        set(bob.team_ids) == {team("North").id, team("South").id} and bob.active_team_id == team("North").id
    )


def test_the_team_for_new_records_can_be_chosen_and_is_only_one(olive: Actor) -> None:
    bob = people.user("bob")
    teams.set_teams(bob, {team("North").id, team("South").id}, team("South").id, olive)
    assert make_lead(actor(bob.id, "web")).team_id == team("South").id
    teams.set_teams(bob, {team("North").id}, team("North").id, olive)
    teams.set_teams(bob, {team("North").id, team("South").id}, None, olive)
    active = Membership.select().where((Membership.user == bob.id) & (Membership.active == True))  # noqa: E712
    assert active.count() == 1


def test_new_records_cannot_go_to_a_team_of_others(olive: Actor) -> None:
    with pytest.raises(Invalid) as refusal:
        teams.set_teams(people.user("bob"), {team("North").id}, team("South").id, olive)
    assert "active_team" in refusal.value.fields


def test_a_retired_team_gets_no_new_records_but_keeps_its_own(olive: Actor, bob: Actor) -> None:
    lead = make_lead(bob)
    teams.retire(team("North"), olive)
    bob = actor(people.user("bob").id, "web")
    assert make_lead(bob).team_id is None and lead.team_id == team("North").id
    with pytest.raises(Invalid, match="no longer on offer"):
        make_lead(bob, team=team("North").id)


def test_two_teams_may_not_share_a_name(olive: Actor) -> None:
    with pytest.raises(Invalid, match="already"):
        teams.add("  nörth ", set(), olive)


def test_a_manager_may_not_touch_teams(carol: Actor) -> None:
    for attempt in (
        lambda: teams.add("East", set(), carol),
        lambda: teams.edit(team("South"), "East", set(), carol),
    ):
        with pytest.raises(Forbidden):
            attempt()
    assert team("South")


def test_the_organisation_refuses_what_does_not_exist(olive: Actor) -> None:
    with pytest.raises(Invalid) as refusal:
        settings.set_organisation("x" * 121, "euro", "Mars/Base", olive)
    assert set(refusal.value.fields) == {"organisation", "currency", "zone"}
    settings.set_organisation(" Harbour  Light ", "CHF", "Europe/Zurich", olive)
    assert directory.current().settings["organisation"] == "Harbour Light"
    assert make_lead(olive).currency == "CHF"
