"""What Undo leaves alone: what can only be read since."""

import pytest

from crmlite.errors import Conflict, Invalid
from crmlite.models.contact_points import ContactPoint
from crmlite.models.leads import Lead
from crmlite.models.opportunities import Opportunity
from crmlite.rules import conversions, gate, hanging, journal, leads, opportunities
from tests.make import choice, make_lead, make_opportunity, stage


def close(lead, how, by):
    """As somebody else does meanwhile, with a copy of their own in hand."""
    theirs = Lead.get_by_id(lead.id)
    if how == "converted":
        conversions.convert(theirs, {"kind": "individual"}, None, None, by)
    else:
        leads.lose(theirs, choice("lost_reason", "No budget").id, "", by)


@pytest.mark.parametrize("how", ["converted", "lost"])
def test_undo_changes_nothing_in_a_lead_that_was_closed_since(alice, bob, how):
    lead = make_lead(alice)
    with gate.together() as gesture:
        leads.edit(lead, {"company": "Halden"}, alice)
    close(lead, how, bob)
    with pytest.raises(Conflict, match=f"has been {'marked as ' if how == 'lost' else ''}{how} since: please"):
        journal.undo(gesture, alice)
    left = []
    journal.undo(gesture, alice, left)
    assert len(left) == 1 and Lead.get_by_id(lead.id).company == "Halden"


def test_after_recycling_an_older_change_of_a_lead_can_be_undone(alice):
    lead = make_lead(alice)
    with gate.together() as gesture:
        leads.edit(lead, {"company": "Halden"}, alice)
    close(lead, "lost", alice)
    leads.recycle(Lead.get_by_id(lead.id), alice)
    journal.undo(gesture, alice)
    assert Lead.get_by_id(lead.id).company == ""


@pytest.mark.parametrize("what", ["added", "changed", "removed"])
def test_undo_changes_no_further_phone_of_a_lead_that_was_closed_since(alice, what):
    lead = make_lead(alice)
    if what != "added":
        point = hanging.add(ContactPoint, lead, {"kind": "phone", "value": "+33 1 44 55 66 77"}, alice)
    with gate.together() as gesture:
        if what == "added":
            point = hanging.add(ContactPoint, lead, {"kind": "phone", "value": "+33 1 44 55 66 77"}, alice)
        elif what == "changed":
            hanging.edit(point, {"value": "+33 1 44 55 66 88"}, alice)
        else:
            hanging.remove(point, alice)
    close(lead, "lost", alice)
    before = ContactPoint.get_by_id(point.id).as_values()
    with pytest.raises(Conflict, match="recycle it first"):
        journal.undo(gesture, alice)
    assert ContactPoint.get_by_id(point.id).as_values() == before


def test_the_archive_of_what_was_closed_since_can_be_undone(alice):
    lead = make_lead(alice)
    with gate.together() as gesture:
        gate.change(lead, {"archived": True}, alice, verb="archived")
    close(lead, "lost", alice)
    journal.undo(gesture, alice)
    assert not Lead.get_by_id(lead.id).archived


def test_a_loss_that_was_reopened_and_lost_again_is_not_undone_by_halves(alice):
    """Its outcome is as the first loss left it, its closing date is not."""
    card = make_opportunity(alice)
    reason = choice("lost_reason", "No budget").id
    with gate.together() as gesture:
        opportunities.lose(card, reason, "", alice)
    opportunities.move(card, stage("New").id, alice)
    opportunities.lose(card, reason, "", alice)
    before, left = Opportunity.get_by_id(card.id).as_values(), []
    journal.undo(gesture, alice, left)
    assert len(left) == 1 and Opportunity.get_by_id(card.id).as_values() == before


def test_a_lead_converted_meanwhile_is_neither_edited_nor_started(alice, bob):
    """Alice holds the lead as it was before Bob converted it."""
    for do in (
        lambda lead: leads.edit(lead, {"company": "Halden"}, alice),
        lambda lead: leads.edit(lead, {"status": "in_progress"}, alice),
        lambda lead: leads.start(lead, alice),
        lambda lead: leads.take(lead, alice),
    ):
        lead = make_lead(alice)
        close(lead, "converted", bob)
        assert lead.status == "new"
        with pytest.raises(Invalid, match="A lead that is converted"):
            do(lead)
        assert Lead.get_by_id(lead.id).status == "converted"


def test_a_card_won_meanwhile_and_moved_by_another_is_reopened_in_full(alice, bob):
    card = make_opportunity(alice)
    opportunities.win(Opportunity.get_by_id(card.id), bob)
    opportunities.move(card, stage("New").id, alice)
    again = Opportunity.get_by_id(card.id)
    assert (again.stage_id, again.outcome, again.closed_at) == (stage("New").id, "open", None)


def test_a_phone_stays_with_the_record_that_stays(alice, bob):
    """As the undo of an import leaves alone what somebody went on with."""
    with gate.together() as gesture:
        lead, other = make_lead(alice), make_lead(alice, "Brandt")
        kept, gone = (
            hanging.add(ContactPoint, one, {"kind": "phone", "value": "+33 1 44 55 66 77"}, alice)
            for one in (lead, other)
        )
    leads.edit(Lead.get_by_id(lead.id), {"company": "Halden"}, bob)
    left = []
    journal.undo(gesture, alice, left)
    assert len(left) == 2 and Lead.get_by_id(lead.id).deleted_at is None
    assert ContactPoint.get_by_id(kept.id).deleted_at is None
    assert ContactPoint.get_by_id(gone.id).deleted_at is not None
