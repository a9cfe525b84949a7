"""The gate: every write is permitted, sound, versioned, in one transaction, and in the journal."""

from datetime import timedelta

import pytest

from crmlite import clock
from crmlite.errors import Conflict, Forbidden, Invalid, Missing, Stale
from crmlite.models.journal import Entry
from crmlite.models.leads import Lead
from crmlite.rules import gate, journal, leads, opportunities, search
from crmlite.rules.access import actor, system
from tests import people
from tests.conftest import counted_queries
from tests.make import choice, make_lead, make_opportunity, make_partner, stage


def test_a_change_writes_row_version_and_journal(alice):
    lead = make_lead(alice, company="Azenha")
    gate.change(lead, {"company": "Azenha Lda"}, alice)
    fresh = Lead.get_by_id(lead.id)
    assert (fresh.company, fresh.version, fresh.updated_by_id) == ("Azenha Lda", 2, alice.id)
    entry = Entry.select().order_by(Entry.id.desc()).get()
    assert (entry.before, entry.after) == ({"company": "Azenha"}, {"company": "Azenha Lda"})
    assert (entry.actor_id, entry.door, entry.version) == (alice.id, "web", 2)


def test_a_change_that_changes_nothing_leaves_no_trace(alice):
    lead = make_lead(alice, company="Azenha")
    before = Entry.select().count()
    gate.change(lead, {"company": " Azenha  "}, alice)
    assert Lead.get_by_id(lead.id).version == 1
    assert Entry.select().count() == before


def test_a_refused_change_leaves_everything_as_it_was(alice):
    lead = make_lead(alice)
    before = Entry.select().count()
    with pytest.raises(Invalid) as refused:
        gate.change(lead, {"email": "nobody", "company": "Azenha"}, alice)
    assert "email" in refused.value.fields
    assert Lead.get_by_id(lead.id).company == ""
    assert Entry.select().count() == before
    assert lead.company == ""


def test_together_is_all_or_nothing_and_one_gesture(alice):
    with pytest.raises(Invalid), gate.together():
        make_lead(alice, "Costa")
        make_lead(alice, "")
    assert not Lead.select().exists()
    with gate.together() as gesture:
        make_lead(alice, "Costa")
        make_lead(alice, "Brandt")
    assert Entry.select().where(Entry.gesture == gesture).count() == 2


def test_the_same_field_changed_by_another_asks(alice, bob):
    lead = make_lead(alice)
    gate.change(Lead.get_by_id(lead.id), {"company": "Theirs"}, bob)
    with pytest.raises(Stale) as stale:
        gate.change(lead, {"company": "Mine"}, alice, seen=1)
    theirs = stale.value.theirs["company"]
    assert (theirs.value, theirs.by) == ("Theirs", "Bob Birch")
    assert stale.value.record.version == 2


def test_different_fields_both_win(alice, bob):
    lead = make_lead(alice)
    gate.change(Lead.get_by_id(lead.id), {"company": "Theirs"}, bob)
    gate.change(lead, {"referent": "Mine"}, alice, seen=1)
    fresh = Lead.get_by_id(lead.id)
    assert (fresh.company, fresh.referent) == ("Theirs", "Mine")


def test_the_same_value_typed_by_two_is_no_conflict(alice, bob):
    lead = make_lead(alice)
    gate.change(Lead.get_by_id(lead.id), {"company": "Azenha"}, bob)
    gate.change(lead, {"company": "Azenha"}, alice, seen=1)
    assert Lead.get_by_id(lead.id).version == 2


def test_a_link_to_what_one_may_not_see_is_refused(alice, charlie):
    hidden = make_partner(charlie, "Secret")
    with pytest.raises(Invalid) as refused:
        make_opportunity(alice, partner=hidden.id)
    assert "does not exist" in refused.value.fields["partner"]


def test_links_to_nothing_or_to_retired_values_are_refused(alice, carol):
    source = choice("source", "Website")
    gate.change(source, {"retired": True}, carol)
    for values in (
        {"source": source.id},
        {"source": 999_999},
        {"owner": 999_999},
        {"team": 999_999},
        {"partner": 999_999},
    ):
        with pytest.raises(Invalid):
            make_lead(alice, **values)
    with pytest.raises(Invalid):
        make_lead(alice, source=choice("sector", "Retail").id)


def test_a_record_cannot_be_handed_beyond_ones_reach(alice):
    lead = make_lead(alice)
    with pytest.raises(Forbidden):
        gate.change(lead, {"owner": people.user("charlie").id, "team": None}, alice)


def test_a_reader_creates_nothing(db):
    rita = people.user("rita")
    from_rita = actor(rita.id, "web")
    with pytest.raises(Forbidden):
        make_lead(from_rita)


def test_only_owners_and_managers_delete_and_restore_brings_all_back(alice, carol):
    lead = make_lead(alice, email="ines@azenha.example")
    opportunity = make_opportunity(alice, lead=lead.id)
    with pytest.raises(Forbidden):
        gate.remove(lead, alice)
    gate.remove(lead, carol)
    assert not search.find("azenha", alice)
    with pytest.raises(Missing):
        gate.change(lead, {"company": "x"}, alice)
    gate.restore(lead, carol)
    assert search.find("azenha", alice)[0].id == lead.id
    assert type(opportunity).get_by_id(opportunity.id).lead_id == lead.id


def test_undo_puts_every_field_back_and_redo_brings_it_again(alice):
    lead = make_lead(alice, company="Azenha")
    with gate.together() as gesture:
        leads.edit(lead, {"company": "Nordlys", "referent": "Noor"}, alice)
    _, undone = journal.undo(gesture, alice)
    assert (Lead.get_by_id(lead.id).company, Lead.get_by_id(lead.id).referent) == ("Azenha", "")
    with pytest.raises(Conflict):
        journal.undo(gesture, alice)
    journal.undo(undone, alice)
    assert Lead.get_by_id(lead.id).company == "Nordlys"


def test_undo_of_a_creation_is_the_bin_and_comes_back(alice):
    with gate.together() as gesture:
        lead = make_lead(alice)
    _, undone = journal.undo(gesture, alice)
    assert Lead.get_by_id(lead.id).deleted_at is not None
    journal.undo(undone, alice)
    assert Lead.get_by_id(lead.id).deleted_at is None


def test_undo_refuses_when_somebody_changed_the_field_since(alice, bob):
    lead = make_lead(alice)
    with gate.together() as gesture:
        leads.edit(lead, {"company": "Azenha"}, alice)
    leads.edit(lead, {"company": "Nordlys"}, bob)
    with pytest.raises(Conflict) as refused:
        journal.undo(gesture, alice)
    assert "Bob Birch" in refused.value.message
    assert Lead.get_by_id(lead.id).company == "Nordlys"


def test_undo_keeps_what_others_changed_elsewhere(alice, bob):
    lead = make_lead(alice)
    with gate.together() as gesture:
        leads.edit(lead, {"company": "Azenha"}, alice)
    leads.edit(lead, {"referent": "Noor"}, bob)
    journal.undo(gesture, alice)
    fresh = Lead.get_by_id(lead.id)
    assert (fresh.company, fresh.referent) == ("", "Noor")


def test_another_rep_cannot_undo_my_gesture(alice, bob, carol):
    with gate.together() as gesture:
        make_lead(alice)
    with pytest.raises(Forbidden):
        journal.undo(gesture, bob)
    journal.undo(gesture, carol)


def test_the_change_feed_tells_only_what_one_may_see(alice, bob, charlie):
    mark = journal.last_id()
    lead = make_lead(alice)
    assert journal.since(mark, bob)[1] == [("lead", lead.id)]
    assert journal.since(mark, charlie)[1] == []
    newest, _ = journal.since(mark, bob)
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        assert journal.since(newest, bob) == (newest, [])


def test_references_have_no_gaps_where_a_record_was_refused(alice):
    first = make_opportunity(alice)
    with pytest.raises(Invalid):
        make_opportunity(alice, "")
    second = make_opportunity(alice)
    assert int(second.reference[1:]) == int(first.reference[1:]) + 1


def test_the_program_itself_may_do_everything(db):
    by = system("clock")
    lead = make_lead(by)
    gate.remove(lead, by)
    assert Entry.select().order_by(Entry.id.desc()).get().actor_id is None


def test_a_moved_card_keeps_the_order_when_gaps_run_out(alice):
    from_above = [make_opportunity(alice, f"Card {number}") for number in range(3)]
    top, middle, _ = from_above
    mover = make_opportunity(alice, "Mover")
    new = stage("New").id
    for _ in range(60):
        opportunities.move(mover, new, alice, after=top.id)
        opportunities.move(middle, new, alice, after=top.id)
    column = type(top).select().where(type(top).stage == new).order_by(type(top).position)
    assert [card.name for card in column][:3] == ["Card 0", "Card 1", "Mover"]


def test_a_change_that_nothing_is_found_by_leaves_the_index_alone(alice):
    lead = make_lead(alice, "Costa", company="Azenha")
    with counted_queries() as asked:
        leads.edit(lead, {"contact_date": clock.today("UTC") + timedelta(days=3)}, alice)
    assert not [sql for sql in asked if "search" in sql]
    leads.edit(lead, {"company": "Harbour"}, alice)
    assert search.find("harbour", alice) and not search.find("azenha", alice)
