"""What an opportunity takes over, whom it belongs to, and what a closed one refuses."""

import pytest

from crmlite.errors import Invalid
from crmlite.models.choices import Pipeline, Stage
from crmlite.models.opportunities import Opportunity
from crmlite.rules import gate, opportunities, origins
from crmlite.rules.access import system
from crmlite.rules.settings import put_setting
from tests.make import choice, make_contact, make_lead, make_opportunity, make_partner, stage


@pytest.fixture
def described(db):
    """A house that shows the description of the customer in the opportunity."""
    put_setting("customer_description", True, system("cli"))


# --- the description of the customer


def test_a_customer_chosen_later_brings_their_notes(described, alice):
    """SEED-105"""
    partner = make_partner(alice, description="Pays late")
    card = make_opportunity(alice)
    opportunities.edit(card, {"partner": partner.id}, alice)
    assert card.customer_description == "Pays late"
    assert make_opportunity(alice, partner=partner.id).customer_description == "Pays late"


def test_words_that_stand_there_are_never_replaced(described, alice):
    """SEED-105"""
    partner = make_partner(alice, description="Pays late")
    card = make_opportunity(alice, customer_description="Two shops")
    opportunities.edit(card, {"partner": partner.id}, alice)
    assert card.customer_description == "Two shops"
    typed = make_opportunity(alice, partner=partner.id, customer_description="Rings at noon")
    assert typed.customer_description == "Rings at noon"


def test_words_typed_with_the_choice_of_the_customer_are_kept(described, alice):
    card = make_opportunity(alice)
    partner = make_partner(alice, description="Pays late")
    opportunities.edit(card, {"partner": partner.id, "customer_description": "Mine"}, alice)
    assert card.customer_description == "Mine"


def test_what_somebody_emptied_stays_empty(described, alice):
    partner = make_partner(alice, description="Pays late")
    card = make_opportunity(alice, partner=partner.id)
    opportunities.edit(card, {"customer_description": "", "partner": partner.id}, alice)
    opportunities.edit(card, {"next_step": "Call"}, alice)
    assert card.customer_description == ""


def test_with_the_switch_off_nothing_is_taken_over(alice):
    """SEED-106"""
    partner = make_partner(alice, description="Pays late")
    lead = make_lead(alice, description="Wants quiet fans")
    assert make_opportunity(alice, partner=partner.id).customer_description == ""
    assert "customer_description" not in origins.proposed(lead, alice) | origins.proposed(partner, alice)


# --- a customer or a lead


def test_choosing_a_customer_takes_the_place_of_the_lead_and_the_reverse(alice):
    lead, partner = make_lead(alice), make_partner(alice)
    card = make_opportunity(alice, lead=lead.id)
    opportunities.edit(card, {"partner": partner.id}, alice)
    assert (card.partner_id, card.lead_id) == (partner.id, None)
    opportunities.edit(card, {"lead": lead.id}, alice)
    assert (card.partner_id, card.lead_id) == (None, lead.id)


def test_a_lead_stays_beside_the_customer_it_has_become(alice):
    partner = make_partner(alice)
    lead = make_lead(alice, partner=partner.id)
    card = make_opportunity(alice, lead=lead.id)
    opportunities.edit(card, {"partner": partner.id}, alice)
    assert (card.partner_id, card.lead_id) == (partner.id, lead.id)
    assert make_opportunity(alice, lead=lead.id, partner=partner.id).lead_id == lead.id


def test_a_customer_and_a_strange_lead_are_refused_together(alice):
    lead, partner = make_lead(alice), make_partner(alice)
    with pytest.raises(Invalid) as refusal:
        make_opportunity(alice, lead=lead.id, partner=partner.id)
    assert "customer or to a lead" in refusal.value.fields["lead"]
    card = make_opportunity(alice)
    with pytest.raises(Invalid):
        opportunities.edit(card, {"lead": lead.id, "partner": partner.id}, alice)


def test_other_fields_leave_both_links_alone(alice):
    lead, partner = make_lead(alice), make_partner(alice)
    card = gate.change(make_opportunity(alice, lead=lead.id), {"partner": partner.id}, alice)
    opportunities.edit(card, {"next_step": "Call", "partner": partner.id}, alice)
    assert (card.partner_id, card.lead_id) == (partner.id, lead.id)


# --- currency


def test_a_new_one_is_in_the_currency_of_its_customer(alice):
    partner = make_partner(alice, currency="CHF")
    assert make_opportunity(alice, partner=partner.id).currency == "CHF"
    assert make_opportunity(alice, partner=partner.id, currency="USD").currency == "USD"
    assert make_opportunity(alice).currency == "EUR"


@pytest.mark.parametrize(("currency", "minor"), [("USD", 1_200_00), ("JPY", 1_200), ("TND", 1_200_000)])
def test_in_another_currency_the_figure_stays_the_same(alice, currency, minor):
    card = make_opportunity(alice, amount=1_200_00, best_case=1_200_00)
    opportunities.edit(card, {"currency": currency}, alice)
    assert (card.amount, card.best_case, card.worst_case) == (minor, minor, None)


def test_a_currency_that_would_lose_digits_is_refused(alice):
    card = make_opportunity(alice, amount=12_50)
    with pytest.raises(Invalid) as refusal:
        opportunities.edit(card, {"currency": "JPY"}, alice)
    assert "JPY has 0 digits" in refusal.value.fields["currency"]
    opportunities.edit(card, {"currency": "JPY", "amount": 13}, alice)
    assert (card.currency, card.amount) == ("JPY", 13)


# --- a copy


def test_a_copy_begins_anew_in_the_first_stage(alice):
    values = {
        "amount": 9_000_00, "next_step": "Call", "memo": "Ring twice", "type": choice("opportunity_type", "New").id,
        "partner": make_partner(alice).id, "contact": make_contact(alice).id, "best_case": 10_000_00,
    }  # fmt: skip
    card = make_opportunity(alice, "Kiln", probability=66, **values)
    opportunities.lose(card, choice("lost_reason", "No budget").id, "", alice)
    copy = opportunities.create(origins.copied(card, alice), alice)
    assert (copy.name, copy.reference, copy.stage, copy.probability) == ("Kiln", "O0002", stage("New"), 10)
    assert (copy.outcome, copy.closed_at, copy.lost_reason_id, copy.lost_text) == ("open", None, None, "")
    for name, value in values.items():
        assert copy.__data__[name] == value, name


def test_a_copy_stays_in_its_pipeline(alice):
    by = system("cli")
    other = gate.create(Pipeline, {"name": "Renewals", "position": 2}, by)
    values = {"pipeline": other.id, "outcome": "open", "probability": 20}
    asked = gate.create(Stage, {**values, "name": "Asked", "position": 1}, by)
    agreed = gate.create(Stage, {**values, "name": "Agreed", "position": 2}, by)
    card = make_opportunity(alice, stage=agreed.id)
    assert origins.copied(card, alice)["stage"] == asked.id


def test_a_copy_leaves_behind_what_is_gone(alice, charlie, carol):
    partner = make_partner(alice)
    kind = choice("opportunity_type", "New")
    card = make_opportunity(alice, partner=partner.id, type=kind.id)
    gate.change(kind, {"retired": True}, carol)
    gate.remove(partner, carol)
    values = origins.copied(card, alice)
    assert (values["partner"], values["type"]) == (None, None)
    assert opportunities.create(values, alice).name == card.name


# --- closed


def test_one_created_as_won_has_the_chance_of_won(alice):
    won = make_opportunity(alice, stage=stage("Closed won").id, probability=10)
    assert (won.outcome, won.probability) == ("won", 100)


def test_one_created_as_lost_needs_the_words_its_reason_asks_for(alice):
    values = {"stage": stage("Closed lost").id, "lost_reason": choice("lost_reason", "Other").id}
    with pytest.raises(Invalid) as refusal:
        make_opportunity(alice, **values)
    assert "lost_text" in refusal.value.fields
    lost = make_opportunity(alice, **values, lost_text="Moved abroad")
    assert (lost.outcome, lost.probability, lost.lost_text) == ("lost", 0, "Moved abroad")


def test_from_won_to_lost_takes_the_reason_and_nothing_else(alice):
    card = opportunities.win(make_opportunity(alice), alice)
    lost = {"stage": stage("Closed lost").id, "lost_reason": choice("lost_reason", "No budget").id}
    with pytest.raises(Invalid, match="reopen it"):
        opportunities.edit(card, {**lost, "name": "Other"}, alice)
    assert opportunities.edit(card, lost, alice).outcome == "lost"


def test_one_that_closes_meanwhile_is_read_only_at_once(alice, bob):
    """Bob still looks at the open one that Alice has just won."""
    card = make_opportunity(alice)
    his = Opportunity.get_by_id(card.id)
    opportunities.win(card, alice)
    for attempt in (
        lambda: opportunities.edit(his, {"next_step": "Call"}, bob, seen=1),
        lambda: opportunities.take(his, bob),
    ):
        with pytest.raises(Invalid, match="reopen it"):
            attempt()


def test_a_reopened_one_goes_back_to_the_last_open_stage(db):
    assert opportunities.last_open(stage("Closed lost")) == stage("Negotiation")
