"""Customers go to members of chosen teams only, whatever the path (SEED-104)."""

import pytest

from crmlite.errors import Forbidden, Invalid
from crmlite.models.teams import Team
from crmlite.rules import contacts, conversions, directory, journal, leads, partners, settings
from crmlite.rules.access import actor
from tests import people
from tests.make import make_contact, make_lead, make_partner

REFUSED = "Customers and contacts go to members of South only"


@pytest.fixture
def olive(db):
    return actor(people.user("olive").id, "web")


@pytest.fixture
def only_south(olive):
    settings.set_assignable({Team.get(Team.name == "South").id}, olive)


def test_everybody_may_have_customers_at_first(alice, charlie, olive):
    assert make_partner(alice).owner_id == alice.id
    assert partners.edit(make_partner(olive), {"owner": charlie.id}, olive).owner_id == charlie.id


@pytest.mark.parametrize("made", [make_partner, make_contact])
def test_others_are_refused_with_a_sentence(only_south, olive, carol, made):
    """SEED-104"""
    with pytest.raises(Invalid) as refused:
        made(olive, owner=carol.id)
    assert refused.value.fields["owner"].startswith(REFUSED)
    record = made(olive)
    with pytest.raises(Invalid):
        (partners if made is make_partner else contacts).edit(record, {"owner": carol.id}, olive)


@pytest.mark.parametrize("made", [make_partner, make_contact])
def test_members_of_the_teams_are_taken(only_south, olive, charlie, made):
    assert made(olive, owner=charlie.id).owner_id == charlie.id


def test_taking_is_refused(only_south, olive, carol):
    with pytest.raises(Invalid):
        partners.take(make_partner(olive), carol)
    with pytest.raises(Invalid):
        contacts.take(make_contact(olive), carol)


def test_who_may_have_none_still_adds_customers_for_others(only_south, alice):
    partner = make_partner(alice)
    assert (partner.owner_id, partner.team_id) == (None, alice.active_team_id)


def test_present_assignments_stay_until_they_are_changed(alice, olive):
    partner = make_partner(alice)
    settings.set_assignable({Team.get(Team.name == "South").id}, olive)
    assert partners.edit(partner, {"city": "Graz"}, alice).owner_id == alice.id


def test_conversion_gives_a_customer_to_nobody_who_may_not_have_one(only_south, alice, olive):
    lead = make_lead(alice, company="Harbour Light")
    made = conversions.convert(lead, {"is_prospect": True}, None, None, alice)
    assert (made.partner.owner_id, made.contact.owner_id) == (None, None)


def test_undo_is_no_way_around(alice, olive):
    partner = make_partner(olive, owner=alice.id)
    partners.edit(partner, {"owner": None}, olive)
    gesture = journal.of_record(partner).first().gesture
    settings.set_assignable({Team.get(Team.name == "South").id}, olive)
    with pytest.raises(Invalid):
        journal.undo(gesture, olive)


def test_leads_are_not_limited(only_south, alice):
    assert leads.take(make_lead(alice, owner=None), alice).owner_id == alice.id


def test_only_an_owner_sets_it(carol):
    with pytest.raises(Forbidden):
        settings.set_assignable(set(), carol)


def test_a_team_that_is_not_there_is_refused(olive):
    with pytest.raises(Invalid):
        settings.set_assignable({999}, olive)
    assert directory.current().settings["assignable_teams"] == []
