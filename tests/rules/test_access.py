"""Who sees what, who may change what."""

import pytest

from crmlite.errors import Forbidden, Invalid, Missing
from crmlite.models.calendars import Calendar
from crmlite.models.choices import Choice
from crmlite.models.leads import Lead
from crmlite.models.notes import Note
from crmlite.models.opportunities import Opportunity
from crmlite.models.partners import Partner
from crmlite.models.users import Device, User
from crmlite.rules import access, directory, gate, settings, users
from crmlite.rules.access import Actor, actor, visible
from tests import people
from tests.make import make_lead, make_opportunity, make_partner


def someone(name: str) -> Actor:
    return actor(people.user(name).id, "web")


def sees(by: Actor, model: type) -> set[str]:
    return {record.label for record in visible(model, by)}


def test_a_team_shares_its_records_and_a_stranger_sees_nothing(
    alice: Actor, bob: Actor, carol: Actor, charlie: Actor
) -> None:
    lead, partner = make_lead(alice), make_partner(alice)
    for by in (alice, bob, carol, someone("olive"), someone("rita")):
        assert sees(by, Lead) == {lead.label} and sees(by, Partner) == {partner.label}
    assert sees(charlie, Lead) == sees(charlie, Partner) == set()
    with pytest.raises(Missing, match="does not exist"):
        access.find(Lead, lead.id, charlie)


@pytest.mark.parametrize(
    ("scope", "seen"), [("own", {"Own"}), ("team", {"Own", "Mate"}), ("all", {"Own", "Mate", "Far"})]
)
def test_each_role_and_kind_has_its_scope(
    alice: Actor, bob: Actor, charlie: Actor, scope: str, seen: set[str]
) -> None:
    for by, name in ((bob, "Own"), (alice, "Mate"), (charlie, "Far")):
        make_lead(by, name)
        make_opportunity(by, name)
    settings.set_visibility({"rep": {"lead": scope}}, someone("olive"))
    bob = someone("bob")
    assert sees(bob, Lead) == seen
    assert sees(bob, Opportunity) == {"Own", "Mate"}


def test_an_own_scope_leaves_a_record_of_the_team_unseen_in_hand_too(alice: Actor, bob: Actor) -> None:
    lead = make_lead(alice)
    settings.set_visibility({"rep": {"lead": "own"}}, someone("olive"))
    bob = someone("bob")
    assert not access.in_scope(lead, bob)
    with pytest.raises(Forbidden):
        gate.change(lead, {"company": "Taken"}, bob)
    assert not Lead.get_by_id(lead.id).company


def test_a_record_cannot_be_handed_out_of_ones_reach(bob: Actor) -> None:
    lead, charlie = make_lead(bob), people.user("charlie")
    south = directory.current().people[charlie.id].active_team_id
    with pytest.raises(Forbidden, match="hand this to"):
        gate.change(lead, {"owner": charlie.id, "team": south}, bob)
    assert Lead.get_by_id(lead.id).owner_id == bob.id


@pytest.mark.parametrize(
    "wanted",
    [
        {"king": {"lead": "all"}},
        {"owner": {"lead": "own"}},
        {"rep": {"planet": "all"}},
        {"rep": {"lead": "some"}},
    ],
)
def test_visibility_knows_its_roles_kinds_and_scopes(db: object, wanted: dict) -> None:
    with pytest.raises(Invalid):
        settings.set_visibility(wanted, someone("olive"))
    assert access.visibility_of("rep")["lead"] == "team" and access.visibility_of("owner")["lead"] == "all"


def test_only_an_owner_sets_who_sees_what(carol: Actor) -> None:
    with pytest.raises(Forbidden):
        settings.set_visibility({"rep": {"lead": "all"}}, carol)
    assert access.visibility_of("rep")["lead"] == "team"


def test_a_reader_reads_and_changes_nothing(alice: Actor) -> None:
    lead, rita = make_lead(alice), someone("rita")
    assert sees(rita, Lead) == {lead.label}
    with pytest.raises(Forbidden, match="can read but not change"):
        make_lead(rita)
    with pytest.raises(Forbidden):
        gate.change(lead, {"company": "Taken"}, rita)


def test_a_rep_archives_but_does_not_delete(alice: Actor, carol: Actor) -> None:
    lead = make_lead(alice)
    with pytest.raises(Forbidden, match="archive it instead"):
        gate.remove(lead, alice)
    gate.change(lead, {"archived": True}, alice)
    gate.remove(lead, carol)
    assert sees(carol, Lead) == set()


def test_everybody_changes_their_own_profile_and_nobody_anothers(bob: Actor) -> None:
    gate.change(people.user("bob"), {"name": "Robert Birch", "theme": "dark"}, bob)
    assert people.user("bob").name == "Robert Birch"
    with pytest.raises(Forbidden):
        gate.change(people.user("alice"), {"theme": "dark"}, bob)
    with pytest.raises(Forbidden):
        gate.change(people.user("bob"), {"email": "boss@example.com"}, bob)


def test_a_calendar_belongs_to_one_person(alice: Actor, bob: Actor) -> None:
    mine = Calendar.get((Calendar.owner == alice.id) & (Calendar.slug == "events"))
    assert mine.id not in {c.id for c in visible(Calendar, bob)}
    with pytest.raises(Forbidden):
        gate.change(mine, {"name": "Ours"}, bob)


def test_devices_are_seen_by_their_owner_only(alice: Actor, bob: Actor) -> None:
    gate.create(
        Device, {"user": alice.id, "name": "Alice's phone", "digest": "d" * 64, "scope": "calendar"}, alice
    )
    assert (
        sees(alice, Device) == {"Alice's phone"}
        and sees(bob, Device) == sees(someone("olive"), Device) == set()
    )


def test_a_note_is_as_visible_as_what_it_is_about(alice: Actor, bob: Actor, charlie: Actor) -> None:
    lead = make_lead(alice)
    gate.create(Note, {"about": "lead", "about_id": lead.id, "body": "Likes tea", "owner": alice.id}, alice)
    assert visible(Note, bob).count() == 1 and visible(Note, charlie).count() == 0


def test_someone_who_has_gone_is_no_actor(db: object) -> None:
    users.deactivate(people.user("bob"), someone("olive"))
    for user_id in (people.user("bob").id, 10**6):
        with pytest.raises(Missing, match="no longer active"):
            actor(user_id, "web")


def test_the_program_itself_sees_and_may_do_everything(db: object) -> None:
    by = access.system("cli")
    lead = make_lead(someone("alice"))
    gate.remove(lead, by)
    assert visible(User, by).count() == len(people.PEOPLE) and visible(Choice, by).count() > 30
