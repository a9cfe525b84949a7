"""Opportunities over HTTP: what a form brings along, the description of the customer, closed ones, many at once."""

import io
import re

import openpyxl
import pytest

from crmlite.models.opportunities import Opportunity
from crmlite.rules import opportunities
from crmlite.rules.access import system
from crmlite.rules.settings import put_setting
from tests.make import choice, make_contact, make_lead, make_opportunity, make_partner, stage

TAB = "Customer description"


@pytest.fixture
def described(db):
    put_setting("customer_description", True, system("cli"))


def followed(client, changed, **typed):
    """What the form answers when one of its fields changes: name -> its new HTML."""
    headers = {"HX-Request": "true", "HX-Trigger-Name": changed}
    text = client.get("/opportunities/form/followed", params=typed, headers=headers).text
    return {name: html for html, name in re.findall(r'(<(?:input|select)[^>]* name="(\w+)".*?hx-swap-oob[^>]*>)', text)}


# --- the description of the customer


def test_the_note_of_the_customer_is_in_the_customer_description(client_of, alice, described):
    """SEED-105"""
    partner = make_partner(alice, description="Pays late, always by cheque")
    client = client_of("alice")
    form = client.part(f"/opportunities/form?partner={partner.id}").text
    assert f'<h3 class="whole">{TAB}</h3>' in form and "always by cheque</textarea>" in form
    client.post("/opportunities", data={"name": "Kiln", "partner": "Harbour Light"})
    card = Opportunity.get()
    page = client.get(f"/opportunities/{card.id}").text
    assert f"<h2>{TAB}</h2>" in page and "always by cheque</dd>" in page
    assert "always by cheque" in client.get("/opportunities?columns=customer_description").text
    assert "always by cheque" in client.get("/opportunities.csv?columns=customer_description").text
    assert "Kiln" in client.get("/opportunities?customer_description=has:cheque").text


def test_with_the_switch_off_the_customer_description_is_nowhere(client_of, alice):
    """SEED-106"""
    partner = make_partner(alice, description="Pays late")
    card = make_opportunity(alice, "Kiln", partner=partner.id, customer_description="Pays late, always")
    client = client_of("alice")
    for path in (
        f"/opportunities/{card.id}",
        f"/opportunities/{card.id}/form",
        f"/opportunities/form?partner={partner.id}",
        "/opportunities?columns=name,customer_description",
        "/opportunities.csv?columns=name,customer_description",
        "/opportunities/columns",
        "/opportunities/filters",
        "/opportunities/change",
    ):
        text = client.get(path).text
        assert TAB not in text and "always" not in text and '="customer_description' not in text, path
    assert client.get("/opportunities?f=customer_description:has:always").status_code == 422
    assert client.part(f"/opportunities/{card.id}/cells/customer_description").status_code == 404
    book = openpyxl.load_workbook(io.BytesIO(client.get("/opportunities.xlsx").content))
    assert TAB not in [cell.value for cell in book.active[1]]


# --- fields that follow


def test_the_chance_follows_the_stage_while_the_form_is_filled_in(client_of, alice):
    client = client_of("alice")
    asked = {"stage": stage("Negotiation").id}
    assert 'value="75"' in followed(client, "stage", probability="10", **asked)["probability"]
    assert followed(client, "stage", probability="66", **asked) == {}
    assert followed(client, "stage", probability="10", stage="x") == {}


def test_a_customer_typed_into_the_form_empties_the_lead_and_brings_the_currency(client_of, alice):
    lead = make_lead(alice, "Costa")
    make_partner(alice, currency="CHF")
    client = client_of("alice")
    typed = {"partner": "Harbour Light", "lead": f"Costa #{lead.id}", "currency": "EUR"}
    found = followed(client, "partner", **typed)
    assert 'value=""' in found["lead"] and set(found) == {"lead", "currency"}
    assert set(followed(client, "lead", **typed)) == {"partner"}
    assert followed(client, "partner", partner="Nobody", lead="") == {}
    assert followed(client_of("charlie"), "partner", **typed) == {}


def test_amounts_are_read_in_the_currency_sent_with_them(client_of, alice):
    client = client_of("alice")
    client.post("/opportunities", data={"name": "Kiln", "amount": "1,200", "currency": "JPY"})
    assert (Opportunity.get().amount, Opportunity.get().currency) == (1_200, "JPY")
    refused = client.part("/opportunities", "POST", data={"name": "Oven", "amount": "12.50", "currency": "JPY"})
    assert refused.status_code == 422 and "JPY has 0 digits" in refused.text
    refused = client.part("/opportunities", "POST", data={"name": "Oven", "currency": "gold"})
    assert "choose a currency" in refused.text


def test_one_is_begun_from_a_customer_from_a_contact_and_by_a_command(client_of, alice):
    partner = make_partner(alice, currency="CHF", source=choice("source", "Website").id)
    contact = make_contact(alice, "Moreau", partner=partner.id)
    client = client_of("alice")
    for concept, record in (("partner", partner), ("contact", contact)):
        address = f"/opportunities/form?{concept}={record.id}"
        assert f'href="{address}"' in client.get(f"/{concept}s/{record.id}").text
        form = client.part(address).text
        assert f'name="partner" value="Harbour Light #{partner.id}"' in form
        assert re.search(r'name="currency".*?<option value="CHF" selected>', form, re.DOTALL)
    assert f'name="contact" value="Moreau #{contact.id}"' in form
    assert 'href="/opportunities/form"' in client.part("/search?q=new opportunity").text


def test_a_copy_begins_with_the_fields_of_its_original(client_of, alice):
    card = make_opportunity(alice, "Kiln", amount=9_000_00, memo="Ring twice", probability=66)
    opportunities.win(card, alice)
    client = client_of("alice")
    assert f'href="/opportunities/form?copy={card.id}"' in client.get(f"/opportunities/{card.id}").text
    form = client.part(f"/opportunities/form?copy={card.id}").text
    for piece in ('name="name" value="Kiln"', 'value="9000"', "Ring twice", 'name="probability" value="10"'):
        assert piece in form, piece
    assert client_of("charlie").part(f"/opportunities/form?copy={card.id}").status_code == 404


# --- closed ones


def test_a_closed_one_says_why_its_fields_cannot_be_changed(client_of, alice):
    card = opportunities.win(make_opportunity(alice, "Kiln"), alice)
    client = client_of("alice")
    page = client.get(f"/opportunities/{card.id}").text
    assert re.search(r'data-name="amount" tabindex="0" data-fixed="This opportunity is closed: reopen it', page)
    assert re.search(r'data-name="stage" tabindex="0" class="edit"', page)
    assert "Reopen</button>" in page
    assert "reopen it" in client.part(f"/opportunities/{card.id}/form").text
    refused = client.part(f"/opportunities/{card.id}/cells/amount")
    assert refused.status_code == 422 and "reopen it" in refused.headers["HX-Trigger"]
    assert client.part(f"/opportunities/{card.id}/cells/stage").status_code == 200


def test_no_path_changes_a_closed_one(client_of, alice):
    card = opportunities.win(make_opportunity(alice, "Kiln"), alice)
    client, stood = client_of("alice"), Opportunity.get_by_id(card.id).version
    many = {"ids": card.id}
    for path, data in (
        (f"/opportunities/{card.id}/cells/name", {"name": "Other"}),
        (f"/opportunities/{card.id}", {"name": "Other"}),
        (f"/opportunities/{card.id}/assignment", {}),
        ("/opportunities/bulk", {**many, "verb": "set", "field": "next_step", "value": "Call"}),
        ("/opportunities/bulk", {**many, "verb": "take"}),
    ):
        answer = client.part(path, "POST", data=data)
        said = answer.text + answer.headers.get("HX-Trigger", "") + client.get("/opportunities").text
        assert "reopen it" in said, path
        assert Opportunity.get_by_id(card.id).version == stood, path


# --- many at once


def test_ticked_rows_are_taken_and_lost_together(client_of, alice, bob):
    cards = [make_opportunity(bob, name) for name in ("Kiln", "Oven")]
    client = client_of("alice")
    page = client.get("/opportunities").text
    assert 'name="verb" value="take"' in page and 'hx-get="/opportunities/loss"' in page
    ids = [card.id for card in cards]
    client.post("/opportunities/bulk", data={"verb": "take", "ids": ids})
    assert "2 opportunities assigned to you" in client.get("/opportunities").text
    assert {card.owner_id for card in Opportunity.select()} == {alice.id}
    assert 'name="verb" value="lose"' in client.part("/opportunities/loss").text
    other = choice("lost_reason", "Other").id
    data = {"verb": "lose", "field": other, "ids": ids}
    refused = client.part("/opportunities/bulk", "POST", data={**data, "value": " "})
    assert refused.status_code == 422 and {card.outcome for card in Opportunity.select()} == {"open"}
    client.post("/opportunities/bulk", data={**data, "value": "Moved abroad"})
    assert {(card.outcome, card.lost_text) for card in Opportunity.select()} == {("lost", "Moved abroad")}


def test_what_is_closed_already_is_counted_and_the_others_are_lost(client_of, alice):
    won, card = opportunities.win(make_opportunity(alice, "Won"), alice), make_opportunity(alice, "Kiln")
    reason = choice("lost_reason", "No budget").id
    data = {"verb": "lose", "field": reason, "value": "", "ids": [won.id, card.id]}
    client_of("alice").part("/opportunities/bulk", "POST", data=data)
    assert Opportunity.get_by_id(card.id).outcome == "lost"


# --- the footer and the legend


def test_the_footer_adds_up_amount_weighted_and_average(client_of, alice):
    """SEED-07"""
    make_opportunity(alice, "A", amount=1_000_05, probability=50)
    make_opportunity(alice, "B", amount=2_000_00, probability=25)
    text = client_of("alice").part("/opportunities/totals").text
    assert "Amount <b>€\u00a03,000.05</b>" in text
    assert "Weighted <b>€\u00a01,000.03</b>" in text
    assert "Average probability <b>38 %</b>" in text
    assert "Best case" not in text


def test_the_footer_never_adds_two_currencies(client_of, alice):
    make_opportunity(alice, "A", amount=1_000_00, probability=50)
    make_opportunity(alice, "B", amount=700_00, probability=10, currency="CHF")
    make_opportunity(alice, "C", amount=900, probability=90, currency="JPY")
    text = client_of("alice").part("/opportunities/totals").text
    assert "Amount <b>€\u00a01,000</b> <b>CHF\u00a0700</b> <b>¥\u00a0900</b>" in text
    assert "Weighted <b>€\u00a0500</b> <b>CHF\u00a070</b> <b>¥\u00a0810</b>" in text


def test_the_best_case_counts_the_amount_where_none_is_given(client_of, alice):
    make_opportunity(alice, "A", amount=100_00, best_case=150_00, worst_case=20_00)
    make_opportunity(alice, "B", amount=10_00)
    text = client_of("alice").part("/opportunities/totals?columns=best_case,worst_case").text
    assert "Best case <b>€\u00a0160</b>" in text and "Worst case <b>€\u00a030</b>" in text


def test_the_colours_of_the_list_are_explained(client_of, alice):
    """SEED-62, SEED-63, SEED-64, SEED-65, SEED-66, SEED-67"""
    text = client_of("alice").get("/opportunities").text
    legend = re.search(r'<dl class="legend">.*?</dl>', text, re.DOTALL)[0]
    for look in ("ink-red", "ink-orange", "ink-blue", "fill-green", "fill-red"):
        assert f'class="{look}"' in legend
    for words in ("7 days or less", "less than 15 days", "more than 7 days ago", "Won", "Lost"):
        assert words in legend
