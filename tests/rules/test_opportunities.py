from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from crmlite import clock
from crmlite.errors import Conflict, Forbidden, Invalid, Missing, Stale
from crmlite.models.choices import Pipeline, Stage
from crmlite.models.journal import Entry
from crmlite.models.opportunities import Opportunity
from crmlite.rules import access, gate, inks, journal, opportunities, origins
from crmlite.rules.access import system
from crmlite.rules.settings import put_setting
from tests.make import choice, make_contact, make_lead, make_opportunity, make_partner, stage

TODAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def column(name):
    cards = (
        Opportunity.select()
        .where(Opportunity.stage == stage(name))
        .order_by(Opportunity.position, Opportunity.id)
    )
    return [card.name for card in cards]


def row(outcome="open", days_left=None, age=timedelta()):
    closing = None if days_left is None else TODAY + timedelta(days=days_left)
    return SimpleNamespace(outcome=outcome, expected_close_date=closing, created_at=NOW - age)


# --- being created


def test_a_new_opportunity_stands_in_the_first_stage_with_its_probability_and_a_reference(alice):
    first, second = make_opportunity(alice, "Cold room"), make_opportunity(alice, "Oven")
    assert (first.reference, second.reference) == ("O0001", "O0002")
    assert (first.stage_id, first.outcome, first.probability) == (stage("New").id, "open", 10)
    assert (first.owner_id, first.team_id, first.currency) == (alice.id, alice.active_team_id, "EUR")
    assert column("New") == ["Cold room", "Oven"]


def test_a_refused_opportunity_leaves_no_gap_in_the_references(alice):
    with pytest.raises(Invalid) as refusal:
        make_opportunity(alice, "")
    assert refusal.value.fields == {"name": "Please enter a name."}
    assert make_opportunity(alice).reference == "O0001"


def test_an_own_probability_is_kept_when_one_is_given(alice):
    assert make_opportunity(alice, probability=0).probability == 0
    assert make_opportunity(alice, probability=None).probability == 10


@pytest.mark.parametrize("percent", [-1, 101])
def test_a_probability_outside_0_to_100_is_refused(alice, percent):
    with pytest.raises(Invalid):
        make_opportunity(alice, probability=percent)


def test_an_opportunity_created_as_won_is_closed_at_once(alice):
    won = make_opportunity(alice, stage=stage("Closed won").id)
    assert won.outcome == "won"
    assert won.closed_at is not None


def test_it_takes_over_what_the_lead_knows(alice):
    put_setting("customer_description", True, system("cli"))
    partner = make_partner(alice)
    lead = make_lead(
        alice,
        budget=900_00,
        description="Wants quiet fans",
        partner=partner.id,
        source=choice("source", "Website").id,
    )
    found = make_opportunity(alice, **origins.proposed(lead, alice))
    assert (found.lead_id, found.partner_id, found.amount) == (lead.id, partner.id, 900_00)
    assert found.customer_description == "Wants quiet fans"
    assert found.source_id == lead.source_id


def test_it_takes_over_the_notes_of_the_customer_and_the_company_of_the_contact(alice):
    put_setting("customer_description", True, system("cli"))
    partner = make_partner(alice, description="Pays late")
    contact = make_contact(alice, partner=partner.id)
    assert origins.proposed(partner, alice)["customer_description"] == "Pays late"
    assert origins.proposed(contact, alice)["partner"] == partner.id
    assert origins.proposed(None, alice) == {}


# --- moving


def test_a_card_goes_between_the_two_it_was_dropped_between(alice):
    cards = [make_opportunity(alice, name, stage=stage("Qualification").id) for name in "ABC"]
    card = make_opportunity(alice, "X")
    opportunities.move(card, stage("Qualification").id, alice, after=cards[0].id, before=cards[1].id)
    assert column("Qualification") == ["A", "X", "B", "C"]


def test_a_card_dropped_above_the_first_becomes_the_first(alice):
    cards = [make_opportunity(alice, name) for name in "AB"]
    opportunities.move(cards[1], stage("New").id, alice, before=cards[0].id)
    assert column("New") == ["B", "A"]


def test_a_card_dropped_below_the_last_becomes_the_last(alice):
    cards = [make_opportunity(alice, name) for name in "AB"]
    opportunities.move(cards[0], stage("New").id, alice, after=cards[1].id)
    assert column("New") == ["B", "A"]
    opportunities.move(cards[1], stage("New").id, alice, last=True)
    assert column("New") == ["A", "B"]


def test_a_neighbour_that_has_left_the_column_does_not_hinder_a_move(alice):
    a, b, gone = (make_opportunity(alice, name, stage=stage("Qualification").id) for name in "AB.")
    opportunities.move(gone, stage("Proposition").id, alice)
    card = make_opportunity(alice, "X")
    opportunities.move(card, stage("Qualification").id, alice, after=gone.id, before=b.id)
    assert column("Qualification") == ["A", "X", "B"]
    assert a.position < b.position


def test_a_card_goes_between_two_at_the_same_place(alice):
    low, high, card = (make_opportunity(alice, name) for name in "ABX")
    gate.change(high, {"position": low.position}, alice)
    opportunities.move(card, stage("New").id, alice, after=low.id)
    assert column("New") == ["A", "X", "B"]


def test_a_hundred_moves_into_the_same_gap_keep_the_order(alice):
    """The gap halves each time; before it is gone the column is spread anew, without touching versions."""
    top, bottom = make_opportunity(alice, "top"), make_opportunity(alice, "bottom")
    movers = [make_opportunity(alice, "one"), make_opportunity(alice, "two")]
    for turn in range(100):
        opportunities.move(movers[turn % 2], stage("New").id, alice, after=top.id)
    assert column("New") == ["top", "two", "one", "bottom"]
    assert Opportunity.get_by_id(bottom.id).version == 1


def test_the_probability_follows_the_stage(alice):
    card = make_opportunity(alice)
    assert opportunities.move(card, stage("Qualification").id, alice).probability == 30


def test_a_probability_of_ones_own_survives_a_move_between_open_stages(alice):
    card = opportunities.edit(make_opportunity(alice), {"probability": 66}, alice)
    assert opportunities.move(card, stage("Qualification").id, alice).probability == 66
    assert opportunities.win(card, alice).probability == 100


def test_a_move_inside_the_column_keeps_the_days_in_the_stage(alice):
    with clock.frozen(NOW - timedelta(days=5)):
        card, other = make_opportunity(alice, "A"), make_opportunity(alice, "B")
    opportunities.move(card, card.stage_id, alice, after=other.id)
    assert card.stage_since == NOW - timedelta(days=5)
    with clock.frozen(NOW):
        assert opportunities.move(card, stage("Proposition").id, alice).stage_since == NOW


def test_a_stage_that_is_retired_takes_no_more_cards(alice, carol):
    gate.change(stage("Negotiation"), {"retired": True}, carol)
    with pytest.raises(Invalid) as refusal:
        opportunities.move(make_opportunity(alice), stage("Negotiation").id, alice)
    assert "no longer on offer" in refusal.value.fields["stage"]


# --- closing


def test_winning_closes_it_and_is_told_as_won(alice):
    card = opportunities.win(make_opportunity(alice), alice)
    assert (card.outcome, card.probability) == ("won", 100)
    assert card.closed_at is not None
    assert journal.of_record(card).first().verb == "won"


def test_losing_asks_for_a_reason(alice):
    card = make_opportunity(alice)
    with pytest.raises(Invalid) as refusal:
        opportunities.move(card, stage("Closed lost").id, alice)
    assert "lost_reason" in refusal.value.fields
    assert Opportunity.get_by_id(card.id).outcome == "open"


def test_a_reason_that_asks_for_words_is_refused_without_them(alice):
    other = choice("lost_reason", "Other")
    card = make_opportunity(alice)
    with pytest.raises(Invalid) as refusal:
        opportunities.lose(card, other.id, "  ", alice)
    assert "lost_text" in refusal.value.fields
    lost = opportunities.lose(card, other.id, " Moved abroad ", alice)
    assert (lost.outcome, lost.probability, lost.lost_text) == ("lost", 0, "Moved abroad")


def test_a_source_is_no_lost_reason(alice):
    with pytest.raises(Invalid):
        opportunities.lose(make_opportunity(alice), choice("source", "Website").id, "", alice)


def test_a_lost_opportunity_that_is_reopened_forgets_its_reason(alice):
    card = opportunities.lose(make_opportunity(alice), choice("lost_reason", "No budget").id, "", alice)
    opportunities.move(card, stage("Qualification").id, alice)
    assert (card.outcome, card.probability, card.lost_reason_id, card.closed_at) == ("open", 30, None, None)
    assert journal.of_record(card).first().verb == "reopened"


def test_a_closed_opportunity_is_read_only(alice):
    card = opportunities.win(make_opportunity(alice), alice)
    for attempt in (
        lambda: opportunities.edit(card, {"name": "Other"}, alice),
        lambda: opportunities.take(card, alice),
    ):
        with pytest.raises(Invalid, match="reopen it"):
            attempt()


def test_reopening_and_changing_go_together(alice):
    card = opportunities.win(make_opportunity(alice), alice)
    opportunities.edit(card, {"stage": stage("Proposition").id, "name": "Cold room, phase 2"}, alice)
    assert (card.outcome, card.name) == ("open", "Cold room, phase 2")


def test_a_form_may_lose_it_with_the_reason_in_the_same_breath(alice):
    card = make_opportunity(alice)
    reason = choice("lost_reason", "No budget").id
    opportunities.edit(
        card, {"stage": stage("Closed lost").id, "lost_reason": reason, "next_step": ""}, alice
    )
    assert (card.outcome, card.lost_reason_id) == ("lost", reason)


def test_the_next_stage_is_the_open_one_after_it(alice):
    card = make_opportunity(alice)
    assert opportunities.next_stage(card).name == "Qualification"
    opportunities.move(card, stage("Negotiation").id, alice)
    assert opportunities.next_stage(card) is None
    opportunities.win(card, alice)
    assert opportunities.next_stage(card) is None


def test_the_next_stage_is_of_the_same_pipeline(alice):
    by = system("cli")
    other = gate.create(Pipeline, {"name": "Renewals", "position": 2}, by)
    values = {"pipeline": other.id, "outcome": "open", "probability": 20}
    asked = gate.create(Stage, {**values, "name": "Asked", "position": 1}, by)
    agreed = gate.create(Stage, {**values, "name": "Agreed", "position": 2}, by)
    card = make_opportunity(alice, stage=asked.id)
    assert opportunities.next_stage(card) == agreed
    opportunities.move(card, agreed.id, alice)
    assert opportunities.next_stage(card) is None


# --- who, and together with others


def test_taking_it_over_brings_it_into_ones_own_team(alice, bob):
    card = make_opportunity(alice)
    assert opportunities.take(card, bob).owner_id == bob.id


def test_a_stranger_can_neither_see_nor_move_it(alice, charlie):
    card = make_opportunity(alice)
    with pytest.raises(Missing):
        access.find(Opportunity, card.id, charlie)
    with pytest.raises(Forbidden):
        opportunities.move(card, stage("Qualification").id, charlie)


def test_of_two_who_move_the_same_card_the_second_is_told(alice, bob):
    card = make_opportunity(alice)
    hers, his = Opportunity.get_by_id(card.id), Opportunity.get_by_id(card.id)
    opportunities.move(hers, stage("Qualification").id, alice, seen=card.version)
    with pytest.raises(Stale) as refusal:
        opportunities.move(his, stage("Negotiation").id, bob, seen=card.version)
    assert refusal.value.theirs["stage"].by == "Alice Arden"
    assert Opportunity.get_by_id(card.id).stage == stage("Qualification")


def test_a_move_and_another_field_do_not_conflict(alice, bob):
    card = make_opportunity(alice)
    opportunities.edit(Opportunity.get_by_id(card.id), {"next_step": "Call them"}, bob, seen=1)
    moved = opportunities.move(card, stage("Qualification").id, alice, seen=1)
    assert (moved.next_step, moved.stage) == ("Call them", stage("Qualification"))


def test_undo_takes_a_move_back_to_its_place(alice):
    cards = [make_opportunity(alice, name) for name in "ABC"]
    with gate.together() as gesture:
        opportunities.move(cards[1], stage("Proposition").id, alice, seen=1)
    journal.undo(gesture, alice)
    assert column("New") == ["A", "B", "C"]
    assert Opportunity.get_by_id(cards[1].id).probability == 10


def test_undo_of_a_loss_gives_back_the_open_opportunity(alice):
    card = make_opportunity(alice)
    with gate.together() as gesture:
        opportunities.lose(card, choice("lost_reason", "No budget").id, "", alice)
    journal.undo(gesture, alice)
    again = Opportunity.get_by_id(card.id)
    assert (again.outcome, again.closed_at, again.lost_reason_id) == ("open", None, None)


def test_undo_changes_nothing_in_what_was_closed_since(alice):
    card = make_opportunity(alice)
    with gate.together() as gesture:
        opportunities.edit(card, {"next_step": "Call them"}, alice)
    opportunities.win(card, alice)
    with pytest.raises(Conflict, match="closed since: please reopen it"):
        journal.undo(gesture, alice)
    left = []
    journal.undo(gesture, alice, left)
    assert len(left) == 1 and Opportunity.get_by_id(card.id).next_step == "Call them"


def test_after_reopening_an_older_change_can_be_undone(alice):
    card = make_opportunity(alice)
    with gate.together() as gesture:
        opportunities.edit(card, {"next_step": "Call them"}, alice)
    opportunities.move(opportunities.win(card, alice), stage("New").id, alice)
    journal.undo(gesture, alice)
    assert Opportunity.get_by_id(card.id).next_step == ""


def test_every_move_is_one_entry_of_the_history(alice):
    card = make_opportunity(alice)
    opportunities.move(card, stage("Qualification").id, alice)
    entries = list(journal.of_record(card).order_by(Entry.id))
    assert [entry.verb for entry in entries] == ["created", "moved"]
    assert entries[1].before["stage"] == stage("New").id


# --- colours


@pytest.mark.parametrize(
    ("days_left", "age", "colour"),
    [
        (-400, timedelta(days=30), "red"),
        (-1, timedelta(), "red"),
        (0, timedelta(), "red"),
        (6, timedelta(days=30), "red"),
        (7, timedelta(), "red"),
        (8, timedelta(), "orange"),
        (14, timedelta(days=30), "orange"),
        (15, timedelta(), "plain"),
        (16, timedelta(), "plain"),
        (15, timedelta(days=8), "blue"),
        (None, timedelta(days=6, hours=23), "plain"),
        (None, timedelta(days=7), "plain"),
        (None, timedelta(days=7, seconds=1), "blue"),
        (None, timedelta(days=400), "blue"),
    ],
)
def test_the_row_is_coloured_by_days_left_then_by_age(days_left, age, colour):
    """SEED-62, SEED-63, SEED-64, SEED-65"""
    assert inks.ink(row(days_left=days_left, age=age), TODAY, NOW) == colour


def test_won_and_lost_fill_the_row_whatever_its_dates():
    """SEED-66, SEED-67"""
    old = timedelta(days=90)
    assert inks.ink(row("won", -3, old), TODAY, NOW) == "fill-green"
    assert inks.ink(row("lost", 3, old), TODAY, NOW) == "fill-red"


@pytest.mark.parametrize(
    ("percent", "colour"),
    [
        (None, "red"), (0, "red"), (24, "red"), (25, "red"), (26, "orange"), (49, "orange"),
        (50, "black"), (51, "black"), (74, "black"), (75, "green"), (76, "green"), (100, "green"),
    ],
)  # fmt: skip
def test_the_edge_of_a_card_is_coloured_by_probability(percent, colour):
    """SEED-68, SEED-69, SEED-70, SEED-71"""
    assert inks.edge(percent) == colour


@pytest.mark.parametrize(("days", "idle"), [(13, False), (14, False), (14.99, False), (15, True), (90, True)])
def test_a_card_is_idle_after_more_days_than_its_stage_allows(days, idle):
    card = SimpleNamespace(stage_since=NOW - timedelta(days=days))
    assert inks.idle(card, Stage(idle_days=14), NOW) is idle


def test_a_stage_without_idle_days_never_marks():
    assert not inks.idle(
        SimpleNamespace(stage_since=NOW - timedelta(days=900)), Stage(idle_days=0), NOW
    )
