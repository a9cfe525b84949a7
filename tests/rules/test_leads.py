"""Leads: the status machine, the colours, whose they are."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from crmlite import clock
from crmlite.errors import Invalid
from crmlite.models.leads import STATUSES, Lead
from crmlite.rules import leads
from tests import people
from tests.make import choice, make_lead

NOW = clock.now()


def lost(lead, by):
    return leads.lose(lead, choice("lost_reason", "No budget").id, "", by)


def test_a_new_lead_stays_new_although_it_is_its_creators(alice):
    """SEED-32"""
    lead = make_lead(alice)
    assert (lead.status, lead.owner_id, lead.team_id) == ("new", alice.id, alice.active_team_id)


def test_naming_another_person_assigns(alice, bob):
    lead = leads.edit(make_lead(alice), {"owner": bob.id}, alice)
    assert (lead.status, lead.owner_id) == ("assigned", bob.id)


def test_taking_the_assignee_away_makes_it_new_again(alice, bob):
    lead = leads.take(make_lead(alice), bob)
    assert leads.edit(lead, {"owner": None}, bob).status == "new"


def test_taking_a_lead_in_progress_leaves_its_status(alice, bob):
    lead = leads.start(make_lead(alice), alice)
    assert leads.take(lead, bob).status == "in_progress"


def test_a_lost_lead_can_be_recycled(alice):
    lead = leads.recycle(lost(make_lead(alice), alice), alice)
    assert (lead.status, lead.recycled, lead.lost_reason_id) == ("in_progress", True, None)


def test_losing_asks_for_a_reason_and_for_words_where_it_says_so(alice):
    lead = make_lead(alice)
    with pytest.raises(Invalid):
        leads.lose(lead, None, "", alice)
    with pytest.raises(Invalid) as refused:
        leads.lose(lead, choice("lost_reason", "Other").id, " ", alice)
    assert "lost_text" in refused.value.fields
    assert leads.lose(lead, choice("lost_reason", "Other").id, "They moved", alice).lost_text == "They moved"


@pytest.mark.parametrize("status", STATUSES)
def test_every_transition_that_does_not_fit_is_refused_with_a_sentence(status, alice):
    """SEED-39"""
    for verb in ("assign", "start", "convert", "lose", "recycle"):
        lead = Lead(status=status)
        if verb in leads.TRANSITIONS[status]:
            assert leads.step(lead, verb) in STATUSES
        else:
            with pytest.raises(Invalid) as refused:
                leads.step(lead, verb)
            assert refused.value.message.endswith(".")


def test_a_closed_lead_can_only_be_read(alice):
    lead = lost(make_lead(alice), alice)
    with pytest.raises(Invalid) as refused:
        leads.edit(lead, {"company": "x"}, alice)
    assert "Recycle it" in refused.value.message


def test_the_status_cell_follows_the_verbs(alice):
    lead = make_lead(alice)
    assert leads.edit(lead, {"status": "in_progress"}, alice).status == "in_progress"
    for status in ("new", "lost", "converted"):
        with pytest.raises(Invalid):
            leads.edit(lead, {"status": status}, alice)


@pytest.mark.parametrize(
    ("status", "age", "owner", "expected"),
    [
        ("new", 0, 1, "blue"),
        ("new", 40, 1, "blue"),
        ("new", 15, None, "blue"),
        ("new", 16, None, "orange"),
        ("assigned", 15, 1, "plain"),
        ("assigned", 16, 1, "red"),
        ("in_progress", 16, 1, "red"),
        ("in_progress", 2, 1, "plain"),
        ("converted", 90, 1, "green"),
        ("lost", 90, 1, "plain"),
    ],
)
def test_ink_follows_status_and_age(status, age, owner, expected):
    """SEED-41, SEED-42"""
    then = NOW - timedelta(days=age)
    row = SimpleNamespace(status=status, owner_id=owner, contact_date=then.date(), created_at=then, updated_at=then)
    assert leads.ink(row, NOW) == expected


def test_the_team_follows_the_person_unless_they_are_in_it_already(alice, carol):
    lead = make_lead(alice)
    handed = leads.edit(lead, {"owner": people.user("charlie").id}, carol)
    assert handed.team_id == carol.active_team_id + 1
