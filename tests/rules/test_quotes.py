"""Quotes and orders: what each step does, what it refuses, what follows it, and how it is taken back."""

from datetime import date, timedelta

import pytest

from crmlite import clock
from crmlite.errors import Forbidden, Invalid, Missing
from crmlite.models.addresses import Address
from crmlite.models.contacts import Contact
from crmlite.models.journal import Entry
from crmlite.models.opportunities import Opportunity
from crmlite.models.partners import Partner
from crmlite.models.quotes import STATUSES, Quote, QuoteLine
from crmlite.rules import (
    access,
    gate,
    hanging,
    journal,
    leads,
    merges,
    opportunities,
    organisation,
    partners,
    products,
    quote_lines,
    quote_origins,
    quote_steps,
    quotes,
    search,
    search_index,
    settings,
    users,
)
from tests import people
from tests.make import choice, make_contact, make_lead, make_opportunity, make_partner, make_quote, stage


@pytest.fixture
def owner(db):
    return access.actor(people.user("olive").id, "web")


def customer_now(quote):
    partner = Partner.get_by_id(quote.partner_id)
    return partner.is_customer, partner.is_prospect


def mistake():
    return choice("cancel_reason", "Made by mistake").id


def in_status(by, status, **values):
    """A quote that came to this status by its verbs."""
    quote = make_quote(by, **values)
    if status == "cancelled":
        return quotes.cancel(quote, mistake(), "", by)
    if status == "draft":
        return quote
    quotes.finalize(quote, by)
    if status == "superseded":
        quotes.revise(quote, by)
        return quote
    for verb in (quotes.send, quotes.confirm, quotes.complete):
        if status == "finalized" or quote.status == status:
            break
        verb(quote, by)
    return quote


VERBS = {
    "finalize": quotes.finalize,
    "send": quotes.send,
    "confirm": quotes.confirm,
    "complete": quotes.complete,
    "revise": quotes.revise,
    "cancel": lambda quote, by: quotes.cancel(quote, mistake(), "", by),
}


# --- being created


def test_a_quote_takes_over_what_its_opportunity_knows(alice, bob):
    """SEED-56, SEED-72: customer, contact, currency, title, owner and team; several are possible."""
    customer = make_partner(
        alice, "Orangerie", street="12 quai", postcode="69001", city="Lyon", country="France", language="fr"
    )
    contact = make_contact(alice, "Petit", first_name="Luc", partner=customer.id)
    sale = make_opportunity(
        alice, "Cold room", partner=customer.id, contact=contact.id, currency="USD", owner=bob.id, stage=stage("New").id
    )
    quote = quotes.create({"opportunity": sale.id}, alice)
    assert (quote.name, quote.partner_id, quote.contact_id) == ("Cold room", customer.id, contact.id)
    assert (quote.currency, quote.owner_id, quote.team_id) == ("USD", bob.id, sale.team_id)
    assert (quote.status, quote.reference, quote.language) == ("draft", "", "fr")
    assert quote.address == "Orangerie\nLuc Petit\n12 quai\n69001 Lyon\nFrance"
    assert quote.valid_until == clock.today(alice.zone) + timedelta(days=30)
    second = quotes.create({"opportunity": sale.id, "name": "Smaller"}, alice)
    assert [one.name for one in quotes.of(sale, alice)] == ["Smaller", "Cold room"]
    assert [one.id for one in quotes.of(customer, alice)] == [second.id, quote.id]
    assert [one.id for one in quotes.of(contact, alice)] == [second.id, quote.id]


def test_a_prospect_is_made_from_the_lead_where_there_is_no_customer(alice):
    """SEED-72, crm-reference 2.6: the prospect has the lead's details and is the opportunity's from now on."""
    lead = make_lead(alice, "Costa", company="Azenha", email="ines@azenha.example", phone="+351 21 340 55 10")
    sale = make_opportunity(alice, "Mill", lead=lead.id)
    assert quote_origins.asks_for_customer(sale, alice).id == lead.id
    with gate.together() as gesture:
        quote = quotes.create({"opportunity": sale.id}, alice)
    made = Partner.get_by_id(quote.partner_id)
    assert (made.name, made.kind, made.email, made.phone) == ("Azenha", "company", lead.email, lead.phone)
    assert made.is_prospect and not made.is_customer
    assert Opportunity.get_by_id(sale.id).partner_id == made.id
    assert leads.of(made, alice).first().id == lead.id
    again = quotes.create({"opportunity": sale.id}, alice)
    assert again.partner_id == made.id and Partner.select().count() == 1
    gate.remove(again, access.actor(people.user("carol").id, "web"))
    journal.undo(gesture, alice)
    assert not access.visible(Quote, alice).exists() and not access.visible(Partner, alice).exists()
    assert Opportunity.get_by_id(sale.id).stage_id == stage("New").id


def test_a_person_without_a_company_becomes_an_individual(alice):
    lead = make_lead(alice, "Costa", first_name="Inês")
    quote = quotes.create({"opportunity": make_opportunity(alice, "Mill", lead=lead.id).id}, alice)
    made = Partner.get_by_id(quote.partner_id)
    assert (made.kind, made.full_name) == ("individual", "Inês Costa")


def test_without_customer_and_lead_it_is_refused_and_nothing_is_written(alice):
    sale = make_opportunity(alice, "Mill")
    before = journal.last_id()
    with pytest.raises(Invalid) as refusal:
        quotes.create({"opportunity": sale.id}, alice)
    assert "neither a customer nor a lead" in refusal.value.fields["partner"]
    with pytest.raises(Invalid):
        quotes.create({"name": "Alone"}, alice)
    assert journal.last_id() == before


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        ("New", "Proposition"),
        ("Qualification", "Proposition"),
        ("Proposition", "Proposition"),
        ("Negotiation", "Negotiation"),
        ("Closed won", "Closed won"),
    ],
)
def test_an_opportunity_before_the_proposition_moves_there(alice, begins, ends):
    sale = make_opportunity(alice, partner=make_partner(alice).id, stage=stage(begins).id)
    quotes.create({"opportunity": sale.id}, alice)
    assert Opportunity.get_by_id(sale.id).stage_id == stage(ends).id


def test_where_the_stage_is_called_otherwise_the_opportunity_stays(alice, carol):
    gate.change(stage("Proposition"), {"name": "Offer"}, carol)
    sale = make_opportunity(alice, partner=make_partner(alice).id)
    quotes.create({"opportunity": sale.id}, alice)
    assert Opportunity.get_by_id(sale.id).stage_id == stage("New").id


def test_a_lost_opportunity_gets_no_quote(alice):
    sale = make_opportunity(alice, partner=make_partner(alice).id)
    opportunities.lose(sale, choice("lost_reason", "No budget").id, "", alice)
    with pytest.raises(Invalid, match="reopen it"):
        quotes.create({"opportunity": sale.id}, alice)


def test_a_quote_is_begun_from_a_customer_or_a_contact(alice):
    customer = make_partner(alice, "Orangerie", currency="CHF")
    quote = quotes.create({"partner": customer.id}, alice)
    assert (quote.name, quote.currency, quote.owner_id) == ("Quote for Orangerie", "CHF", alice.id)
    contact = make_contact(alice, "Petit", partner=customer.id)
    assert quotes.create({"contact": contact.id}, alice).partner_id == customer.id


def test_an_address_for_invoices_goes_before_the_main_one(alice):
    customer = make_partner(alice, "Orangerie", street="12 quai", city="Lyon")
    hanging.add(Address, customer, {"street": "PO box 7", "city": "Bron", "is_invoicing": True}, alice)
    assert quotes.create({"partner": customer.id}, alice).address == "Orangerie\nPO box 7\nBron"


def test_the_address_follows_another_customer_unless_it_was_written(alice):
    one, other = make_partner(alice, "One", city="Lyon"), make_partner(alice, "Other", city="Bron")
    quote = quotes.create({"partner": one.id}, alice)
    assert quotes.edit(quote, {"partner": other.id}, alice).address == "Other\nBron"
    quotes.edit(quote, {"address": "Box 1"}, alice)
    assert quotes.edit(quote, {"partner": one.id}, alice).address == "Box 1"


# --- the steps


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("verb", VERBS)
def test_a_step_leads_where_the_table_says_and_is_refused_with_a_sentence_elsewhere(alice, status, verb):
    quote = in_status(alice, status)
    target = quote_steps.TRANSITIONS[status].get(verb)
    assert quote.status == status
    if target:
        VERBS[verb](quote, alice)
        assert Quote.get_by_id(quote.id).status == target
        return
    before = journal.last_id()
    with pytest.raises(Invalid) as refusal:
        VERBS[verb](quote, alice)
    assert "cannot be" in refusal.value.message and quote_steps.WAYS_ON[status] in refusal.value.message
    assert journal.last_id() == before


def test_finalizing_gives_the_next_number_of_the_year_and_the_day(alice):
    today = clock.today(alice.zone)
    one, two = in_status(alice, "finalized"), in_status(alice, "finalized")
    assert [one.reference, two.reference] == [f"Q-{today.year}-0001", f"Q-{today.year}-0002"]
    assert one.quote_date == today and one.finalized_at
    dated = make_quote(alice, quote_date=date(2031, 3, 1), valid_until=date(2031, 4, 1))
    assert quotes.finalize(dated, alice).reference == "Q-2031-0001"


def test_a_refused_quote_leaves_no_gap_in_the_numbers(alice):
    empty = make_quote(alice, lines=0)
    with pytest.raises(Invalid, match="at least one line"):
        quotes.finalize(empty, alice)
    assert in_status(alice, "finalized").reference.endswith("-0001")


def test_a_quote_with_nothing_but_headings_or_a_passed_validity_is_not_finalized(alice):
    quote = make_quote(alice, lines=0)
    quote_lines.add(quote, {"kind": "heading", "name": "Works"}, alice)
    with pytest.raises(Invalid, match="at least one line"):
        quotes.finalize(quote, alice)
    late = make_quote(alice, valid_until=clock.today(alice.zone) - timedelta(days=1))
    with pytest.raises(Invalid) as refusal:
        quotes.finalize(late, alice)
    assert "later day" in refusal.value.fields["valid_until"]


@pytest.mark.parametrize("status", ["finalized", "sent", "confirmed", "completed", "cancelled", "superseded"])
def test_what_has_left_the_house_is_frozen(alice, bob, status):
    quote = in_status(alice, status)
    line = QuoteLine.get(QuoteLine.quote == quote.id)
    for change in (
        lambda: quotes.edit(quote, {"name": "Other"}, alice),
        lambda: quotes.edit(quote, {"valid_until": date(2031, 1, 1)}, alice),
        lambda: quote_lines.add(quote, {"name": "More"}, alice),
        lambda: quote_lines.edit(line, {"quantity": 5000}, alice),
        lambda: quote_lines.remove(line, alice),
        lambda: quote_lines.shift(line, 1, alice),
    ):
        with pytest.raises(Invalid) as refusal:
            change()
        assert any(word in refusal.value.message for word in ("revise", "copy", "later version"))
    quotes.edit(quote, {"owner": bob.id, "note": "Called twice"}, alice)
    assert (quote.owner_id, quote.note) == (bob.id, "Called twice")


def test_a_status_is_reached_by_its_verb_only(alice):
    quote = make_quote(alice)
    quotes.edit(quote, {"status": "confirmed", "reference": "Q-1", "total": 1}, alice)
    assert (quote.status, quote.reference, quote.total) == ("draft", "", 120_00)
    made = quotes.create({"partner": quote.partner_id, "status": "confirmed", "reference": "X"}, alice)
    assert (made.status, made.reference) == ("draft", "")


def test_undo_of_an_edit_does_not_reach_into_a_finalized_quote(alice):
    quote = make_quote(alice, lines=0)
    with gate.together() as gesture:
        quote_lines.add(quote, {"name": "Work", "unit_price": 10_00}, alice)
    quotes.finalize(quote, alice)
    with pytest.raises(Forbidden, match="revise it"):
        journal.undo(gesture, alice)
    assert Quote.get_by_id(quote.id).total == 10_00


def test_undo_takes_a_finalizing_back(alice):
    quote = make_quote(alice)
    with gate.together() as gesture:
        quotes.finalize(quote, alice)
    journal.undo(gesture, alice)
    fresh = Quote.get_by_id(quote.id)
    assert (fresh.status, fresh.reference, fresh.quote_date) == ("draft", "", None)


# --- orders


def test_the_first_order_makes_a_prospect_a_customer_and_undo_makes_him_a_prospect_again(alice):
    """SEED-49"""
    quote = in_status(alice, "finalized", partner=make_partner(alice).id)
    assert customer_now(quote) == (False, True)
    with gate.together() as gesture:
        quotes.confirm(quote, alice)
    assert customer_now(quote) == (True, False)
    fresh = Quote.get_by_id(quote.id)
    assert fresh.confirmed_at and fresh.confirmed_by_id == alice.id
    journal.undo(gesture, alice)
    assert customer_now(quote) == (False, True)
    assert Quote.get_by_id(quote.id).status == "finalized"


def test_a_cancelled_order_makes_a_prospect_again_where_no_other_order_stands(alice):
    partner = make_partner(alice)
    first, second = (in_status(alice, "confirmed", partner=partner.id) for _ in range(2))
    quotes.cancel(first, mistake(), "", alice)
    assert customer_now(first) == (True, False)
    with gate.together() as gesture:
        quotes.cancel(second, mistake(), "", alice)
    assert customer_now(second) == (False, True)
    journal.undo(gesture, alice)
    assert customer_now(second) == (True, False)


def test_whom_no_order_made_a_customer_stays_one(alice):
    partner = make_partner(alice, is_prospect=False, is_customer=True)
    quote = in_status(alice, "confirmed", partner=partner.id)
    quotes.cancel(quote, mistake(), "", alice)
    assert customer_now(quote) == (True, False)


def test_cancelling_a_quote_leaves_a_customer_as_he_is(alice):
    partner = make_partner(alice)
    quotes.cancel(in_status(alice, "confirmed", partner=partner.id), mistake(), "", alice)
    partners.edit(partner, {"is_customer": True}, alice)
    quotes.cancel(in_status(alice, "sent", partner=partner.id), mistake(), "", alice)
    assert Partner.get_by_id(partner.id).is_customer


def test_an_order_whose_customer_is_hidden_is_confirmed_by_somebody_who_sees_him(alice, bob, carol, owner):
    quote = in_status(alice, "finalized")
    quotes.edit(quote, {"owner": bob.id}, alice)
    settings.set_visibility({"rep": {"partner": "own"}}, owner)
    bob = access.actor(people.user("bob").id, "web")
    with pytest.raises(Forbidden, match="makes its prospect a customer"):
        quotes.confirm(quote, bob)
    assert Quote.get_by_id(quote.id).status == "finalized"
    quotes.confirm(quote, carol)
    with pytest.raises(Forbidden, match="a prospect again"):
        quotes.cancel(quote, mistake(), "", bob)
    assert Quote.get_by_id(quote.id).status == "confirmed"


@pytest.mark.parametrize("begins", ["New", "Negotiation", "Closed lost"])
def test_with_the_setting_on_an_order_wins_its_opportunity_whatever_the_stage(alice, owner, begins):
    """SEED-73"""
    settings.set_sales({"order_closes_opportunity"}, owner)
    sale = make_opportunity(alice, partner=make_partner(alice).id, stage=stage("Negotiation").id)
    quote = in_status(alice, "finalized", opportunity=sale.id)
    if begins == "Closed lost":
        gate.change(quote, {"opportunity": None}, alice)
        opportunities.lose(sale, choice("lost_reason", "No budget").id, "", alice)
        gate.change(quote, {"opportunity": sale.id}, alice)
    else:
        opportunities.move(sale, stage(begins).id, alice)
    with gate.together() as gesture:
        quotes.confirm(quote, alice)
    won = Opportunity.get_by_id(sale.id)
    assert (won.outcome, won.probability) == ("won", 100) and won.closed_at
    journal.undo(gesture, alice)
    assert Opportunity.get_by_id(sale.id).stage_id == stage(begins).id


def test_with_the_setting_off_the_opportunity_stays_open(alice):
    """SEED-74"""
    sale = make_opportunity(alice, partner=make_partner(alice).id)
    quotes.confirm(in_status(alice, "finalized", opportunity=sale.id), alice)
    assert Opportunity.get_by_id(sale.id).outcome == "open"


def test_a_completed_order_comes_back_to_confirmed(alice):
    quote = in_status(alice, "completed")
    since = quote.confirmed_at
    quotes.confirm(quote, alice)
    assert (quote.status, quote.completed_at, quote.confirmed_at) == ("confirmed", None, since)


def test_an_order_is_deleted_only_when_it_is_cancelled(alice, carol):
    quote = in_status(alice, "confirmed")
    with pytest.raises(Forbidden, match="cancel it"):
        gate.remove(quote, carol)
    quotes.cancel(quote, mistake(), "", alice)
    gate.remove(quote, carol)
    gate.restore(quote, carol)
    assert [line.name for line in quote_lines.of(quote, carol)] == ["Work"]


def test_cancelling_asks_why(alice):
    quote = make_quote(alice)
    with pytest.raises(Invalid) as refusal:
        quotes.cancel(quote, None, " ", alice)
    assert "in your words" in refusal.value.fields["cancel_reason"]
    with pytest.raises(Invalid) as refusal:
        quotes.cancel(quote, choice("cancel_reason", "Other").id, "", alice)
    assert "cancel_text" in refusal.value.fields
    with pytest.raises(Invalid):
        quotes.cancel(quote, choice("source", "Website").id, "", alice)
    quotes.cancel(quote, None, "They moved away", alice)
    assert (quote.status, quote.cancel_text, quote.cancel_reason_id) == ("cancelled", "They moved away", None)


# --- losing the opportunity


def losing(sale, by):
    """Every way to lose one, each through its own door's rule."""
    reason = choice("lost_reason", "No budget").id
    lost = stage("Closed lost").id
    return {
        "the form": lambda: opportunities.edit(sale, {"stage": lost, "lost_reason": reason}, by),
        "the button": lambda: opportunities.lose(sale, reason, "", by),
        "the board": lambda: opportunities.move(sale, lost, by, reason_id=reason),
    }


@pytest.mark.parametrize("way", ["the form", "the button", "the board"])
def test_losing_an_opportunity_cancels_its_open_quotes_in_the_same_gesture(alice, way):
    sale = make_opportunity(alice, partner=make_partner(alice).id)
    made = {
        status: in_status(alice, status, opportunity=sale.id) for status in ("draft", "finalized", "sent", "confirmed")
    }
    other = make_quote(alice)
    with gate.together() as gesture:
        losing(sale, alice)[way]()
    now = {status: Quote.get_by_id(quote.id) for status, quote in made.items()}
    assert [now[one].status for one in ("draft", "finalized", "sent")] == ["cancelled"] * 3
    assert now["draft"].cancel_text == "The opportunity was lost: No budget."
    assert now["confirmed"].status == "confirmed" and Quote.get_by_id(other.id).status == "draft"
    journal.undo(gesture, alice)
    assert [Quote.get_by_id(quote.id).status for quote in made.values()] == list(made)
    assert Opportunity.get_by_id(sale.id).outcome == "open"


def test_quotes_that_the_loser_may_not_see_stay(alice, bob, carol, owner):
    settings.set_visibility({"rep": {"quote": "own"}}, owner)
    bob = access.actor(people.user("bob").id, "web")
    sale = make_opportunity(alice, partner=make_partner(alice).id)
    hers = make_quote(alice, opportunity=sale.id)
    opportunities.lose(sale, choice("lost_reason", "No budget").id, "", bob)
    assert Quote.get_by_id(hers.id).status == "draft"


# --- versions and copies


def test_a_revision_is_a_further_version_and_the_one_before_is_kept(alice):
    first = in_status(alice, "sent")
    with gate.together() as gesture:
        second = quotes.revise(first, alice)
    assert Quote.get_by_id(first.id).status == "superseded"
    assert (second.status, second.revision, second.supersedes_id) == ("draft", 2, first.id)
    assert second.reference == f"{first.reference}-2" and second.total == first.total
    quote_lines.edit(quote_lines.of(second, alice)[0], {"quantity": 2000}, alice)
    quotes.finalize(second, alice)
    third = quotes.revise(second, alice)
    assert third.reference == f"{first.reference}-3"
    assert [one.id for one in quotes.versions(first, alice)] == [third.id, second.id]
    assert quote_lines.of(first, alice)[0].quantity == 1000
    assert gesture


def test_undo_of_a_revision_brings_the_former_version_back(alice):
    first = in_status(alice, "sent")
    with gate.together() as gesture:
        quotes.revise(first, alice)
    journal.undo(gesture, alice)
    assert Quote.get_by_id(first.id).status == "sent"
    assert quotes.revise(first, alice).reference.endswith("-3"), "-2 lies in the bin and may come back"


def test_a_copy_has_the_lines_and_no_number(alice):
    quote = in_status(alice, "completed", note="Ours")
    fresh = quotes.copy(quote, alice)
    assert (fresh.status, fresh.reference, fresh.revision) == ("draft", "", 1)
    assert (fresh.total, fresh.note, fresh.made_customer, fresh.confirmed_at) == (quote.total, "Ours", False, None)
    assert [line.name for line in quote_lines.of(fresh, alice)] == ["Work"]


def test_a_copy_and_a_version_go_on_without_who_and_what_is_gone(alice, carol, owner):
    product = products.create({"name": "Shelf", "price": 50_00}, carol)
    quote = make_quote(alice, lines=0)
    quote_lines.add(quote, quote_lines.of_product(product, quote), alice)
    quotes.finalize(quote, alice)
    gate.remove(product, carol)
    users.deactivate(people.user("alice"), owner)
    made = [quotes.copy(quote, carol), quotes.revise(quote, carol)]
    for fresh in made:
        assert fresh.owner_id == carol.id and fresh.total == quote.total
        (line,) = quote_lines.of(fresh, carol)
        assert (line.name, line.product_id) == ("Shelf", None)


# --- who sees and finds it


def test_a_quote_and_its_lines_are_seen_like_other_records(alice, bob, carol, charlie):
    quote = make_quote(alice)
    line = QuoteLine.get(QuoteLine.quote == quote.id)
    for person in (alice, bob, carol):
        assert access.look(Quote, quote.id, person) and access.look(QuoteLine, line.id, person)
    assert access.look(Quote, quote.id, charlie) is None and access.look(QuoteLine, line.id, charlie) is None
    with pytest.raises(Missing):
        quote_lines.edit(line, {"name": "Taken"}, charlie)


def test_a_reader_changes_nothing(alice):
    rita = access.actor(people.user("rita").id, "web")
    quote = make_quote(alice)
    with pytest.raises(Forbidden):
        quotes.finalize(quote, rita)
    with pytest.raises(Forbidden):
        quote_lines.add(quote, {"name": "More"}, rita)


def found(text, by):
    return [hit.id for hit in search.find(text, by, concept="quote")]


def test_a_quote_is_found_by_number_title_customer_and_contact(alice, charlie):
    customer = make_partner(alice, "Orangerie")
    contact = make_contact(alice, "Petit", partner=customer.id)
    quote = in_status(alice, "finalized", name="Cold room", partner=customer.id, contact=contact.id)
    for words in (quote.reference, "cold ro", "orang", "petit"):
        assert found(words, alice) == [quote.id], words
    assert found("orang", charlie) == []
    partners.edit(customer, {"name": "Citrons"}, alice)
    assert found("citrons", alice) == [quote.id] and found("orangerie", alice) == []
    list(search_index.rebuild())
    assert found("citrons", alice) == [quote.id]


def test_merged_customers_and_contacts_bring_their_quotes(alice):
    kept, twin = make_partner(alice, "Harbour"), make_partner(alice, "Harbour")
    person, double = make_contact(alice, "Moreau"), make_contact(alice, "Moreau")
    quote = in_status(alice, "sent", partner=twin.id, contact=double.id)
    _, gesture = merges.merge([kept, twin], kept.id, alice)
    merges.merge([person, double], person.id, alice)
    fresh = Quote.get_by_id(quote.id)
    assert (fresh.partner_id, fresh.contact_id, fresh.status) == (kept.id, person.id, "sent")
    assert Contact.get_by_id(double.id).deleted_at
    journal.undo(gesture, alice)
    assert Quote.get_by_id(quote.id).partner_id == twin.id


def test_every_step_stands_in_the_journal(alice):
    quote = in_status(alice, "completed")
    steps = Entry.select(Entry.verb).where((Entry.concept == "quote") & (Entry.record_id == quote.id))
    verbs = [verb for (verb,) in steps.order_by(Entry.id).tuples()]
    assert verbs == ["created", "settled", "finalized", "sent", "confirmed", "completed"]


def test_a_quote_begins_with_the_texts_and_the_validity_of_the_house(alice, owner):
    organisation.set_texts("fr", {"introduction": "Voici notre offre.", "closing": "Merci.", "footer": ""}, owner)
    organisation.set_quote_days("10", owner)
    customer = make_partner(alice, language="fr")
    quote = quotes.create({"partner": customer.id}, alice)
    assert (quote.introduction, quote.closing) == ("Voici notre offre.", "Merci.")
    assert quote.valid_until == clock.today(alice.zone) + timedelta(days=10)
    own = quotes.create({"partner": customer.id, "introduction": "As discussed."}, alice)
    assert own.introduction == "As discussed."
    organisation.set_quote_days("0", owner)
    assert quotes.create({"partner": customer.id}, alice).valid_until is None
