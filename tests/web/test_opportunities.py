"""Opportunities over HTTP: list, row buttons, record, form, loss."""

import re
from datetime import timedelta

from crmlite import clock
from crmlite.models.opportunities import Opportunity
from crmlite.rules import opportunities
from crmlite.rules.access import system
from crmlite.rules.settings import put_setting
from tests.make import choice, make_contact, make_lead, make_opportunity, make_partner, stage


def row(text, card):
    """The class and the HTML of one row."""
    found = re.search(rf'<tr id="opportunity-{card.id}" class="([^"]*)".*?</tr>', text, re.DOTALL)
    return found[1], found[0]


def cell(client, card, name, value, seen=1):
    data = {name: value, "seen": seen}
    return client.part(f"/opportunities/{card.id}/cells/{name}", "POST", data=data)


def act(client, card, noun, **data):
    return client.part(f"/opportunities/{card.id}/{noun}?as=row", "POST", data={"seen": card.version, **data})


def selected(text, name):
    found = re.search(rf'<select[^>]* name="{name}".*?</select>', text, re.DOTALL)
    chosen = re.search(r"<option value=\"([^\"]*)\" selected>", found[0])
    return chosen[1] if chosen else ""


def value_of(text, name):
    return re.search(rf'<input[^>]* name="{name}" value="([^"]*)"', text)[1]


def test_each_colour_of_the_list_comes_with_a_word_or_an_icon(client_of, alice):
    """SEED-62, SEED-63, SEED-64, SEED-65"""
    today = clock.today(alice.zone)
    red = make_opportunity(alice, "Red", expected_close_date=today + timedelta(days=7))
    late = make_opportunity(alice, "Late", expected_close_date=today - timedelta(days=2))
    orange = make_opportunity(alice, "Orange", expected_close_date=today + timedelta(days=14))
    plain = make_opportunity(alice, "Plain")
    with clock.frozen(clock.now() - timedelta(days=9)):
        blue = make_opportunity(alice, "Blue")
    won = opportunities.win(make_opportunity(alice, "Won"), alice)
    lost = opportunities.lose(
        make_opportunity(alice, "Lost"), choice("lost_reason", "No budget").id, "", alice
    )
    text = client_of("alice").get("/opportunities?view=all").text
    for card, look, words in (
        (red, "ink-red", "7 d left"),
        (late, "ink-red", "2 d overdue"),
        (orange, "ink-orange", "14 d left"),
        (blue, "ink-blue", "9 d old"),
        (won, "fill-green", "#trophy"),
        (lost, "fill-red", "#circle-x"),
    ):
        assert row(text, card)[0] == look, card.name
        assert words in row(text, card)[1], card.name
    assert row(text, plain)[0] == "ink-plain"


def test_the_list_is_ordered_by_close_date_with_undated_last_and_pages_through(client_of, alice):
    today = clock.today(alice.zone)
    undated = [make_opportunity(alice, f"Undated {number}") for number in range(25)]
    dated = [
        make_opportunity(alice, f"Dated {number}", expected_close_date=today + timedelta(days=90 - number))
        for number in range(25)
    ]
    client = client_of("alice")
    first = client.get("/opportunities").text
    more = re.search(r'hx-get="([^"]*rows[^"]*)"', first)[1].replace("&amp;", "&")
    ids = [int(one) for one in re.findall(r'<tr id="opportunity-(\d+)"', first + client.part(more).text)]
    assert ids == [card.id for card in reversed(dated)] + [card.id for card in undated]


def test_the_footer_sums_the_amounts(client_of, alice):
    make_opportunity(alice, "A", amount=1_250_50)
    make_opportunity(alice, "B", amount=749_50)
    assert "€\u00a02,000" in client_of("alice").part("/opportunities/totals").text


def test_every_column_can_be_shown_and_exported(client_of, alice):
    partner = make_partner(alice, "Harbour Light")
    make_opportunity(alice, "Kiln", partner=partner.id, next_step="Call, then write")
    client = client_of("alice")
    columns = "reference,partner,lead,contact,stage,amount,best_case,worst_case,probability,type,lost_reason"
    assert (
        "Harbour Light" in client.get(f"/opportunities?columns={columns},expected_close_date,owner,team").text
    )
    csv = client.get("/opportunities.csv").text
    assert "Kiln" in csv
    assert "O0001" in csv


def test_a_row_is_taken_moved_on_and_won_by_its_buttons(client_of, alice, bob):
    """SEED-06, SEED-58, SEED-59"""
    card = make_opportunity(bob, "Kiln")
    client = client_of("alice")
    text = client.get("/opportunities").text
    for words in ("Assign to me", "Next stage: Qualification", "Won", "Lost"):
        assert f'aria-label="{words}"' in row(text, card)[1]
    taken = act(client, card, "assignment")
    assert "Alice Arden" in taken.text
    assert 'aria-label="Assign to me"' not in taken.text
    card = Opportunity.get_by_id(card.id)
    moved = act(client, card, "stage", stage=stage("Qualification").id)
    assert "Next stage: Proposition" in moved.text
    assert "moved to Qualification" in moved.headers["HX-Trigger"]
    card = Opportunity.get_by_id(card.id)
    won = act(client, card, "stage", stage=stage("Closed won").id)
    assert row(won.text, card)[0] == "fill-green"
    assert 'aria-label="Won"' not in won.text


def test_a_stale_row_button_is_refused(client_of, alice, bob):
    card = make_opportunity(alice)
    opportunities.move(Opportunity.get_by_id(card.id), stage("Negotiation").id, bob)
    answer = act(client_of("alice"), card, "stage", stage=stage("Qualification").id)
    assert answer.status_code == 409
    assert Opportunity.get_by_id(card.id).stage == stage("Negotiation")


def test_cells_are_edited_in_place(client_of, alice):
    card = make_opportunity(alice)
    client = client_of("alice")
    assert "€\u00a031,000.50" in cell(client, card, "amount", "31 000,50").text
    assert Opportunity.get_by_id(card.id).amount == 31_000_50
    assert cell(client, card, "stage", stage("Proposition").id).status_code == 200
    assert Opportunity.get_by_id(card.id).probability == 50
    assert cell(client, card, "expected_close_date", "2027-02-28").status_code == 200


def test_bad_cells_say_why_and_keep_the_text(client_of, alice):
    card = make_opportunity(alice)
    client = client_of("alice")
    for name, text, words in (
        ("amount", "plenty", "Please enter an amount"),
        ("amount", "-5", "0 or more"),
        ("probability", "101", "between 0 and 100"),
        ("expected_close_date", "soon", "year-month-day"),
        ("name", "x" * 201, "within 200"),
        ("partner", "Nobody Ltd", "no customer called"),
        ("stage", "9999", "choose a stage"),
        ("stage", stage("Closed lost").id, "Please use Lost"),
        ("type", choice("source", "Website").id, "no longer on offer"),
    ):
        answer = cell(client, card, name, text)
        assert answer.status_code == 422, name
        assert words in answer.text, (name, text)
    assert Opportunity.get_by_id(card.id).version == 1


def test_a_closed_one_is_read_only_until_it_is_reopened(client_of, alice):
    card = opportunities.win(make_opportunity(alice), alice)
    client = client_of("alice")
    refused = cell(client, card, "next_step", "Call", card.version)
    assert refused.status_code == 422
    assert "reopen it" in refused.text
    assert cell(client, card, "stage", stage("Negotiation").id, card.version).status_code == 200
    assert Opportunity.get_by_id(card.id).outcome == "open"


def test_the_record_page_shows_the_way_through_the_stages(client_of, alice):
    partner, contact = make_partner(alice, "Harbour Light"), make_contact(alice, "Moreau")
    card = make_opportunity(alice, "Kiln", partner=partner.id, contact=contact.id, amount=42_000_00)
    text = client_of("alice").get(f"/opportunities/{card.id}").text
    assert re.search(r'<li aria-current="step">\s*<span>New</span>', text)
    assert re.search(r'name="stage" value="\d+">Qualification</button>', text)
    for piece in ("O0001", "€\u00a042,000", "Harbour Light", "Moreau", "No next step planned"):
        assert piece in text, piece


def test_a_stage_of_the_path_is_one_click(client_of, alice):
    card = make_opportunity(alice)
    data = {"stage": stage("Proposition").id, "seen": card.version}
    answer = client_of("alice").post(f"/opportunities/{card.id}/stage", data=data)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/opportunities/{card.id}")
    assert Opportunity.get_by_id(card.id).stage == stage("Proposition")


def test_a_lost_one_says_why(client_of, alice):
    card = make_opportunity(alice)
    reason = choice("lost_reason", "Other").id
    client = client_of("alice")
    refused = client.post(f"/opportunities/{card.id}/loss", data={"lost_reason": reason, "lost_text": ""})
    assert refused.status_code == 422
    assert "a few words" in refused.text
    data = {"lost_reason": reason, "lost_text": "They <b>moved</b>"}
    assert client.post(f"/opportunities/{card.id}/loss", data=data).status_code == 303
    text = client.get(f"/opportunities/{card.id}").text
    assert "They &lt;b&gt;moved&lt;/b&gt;" in text
    assert "Assign to me" not in text


def test_a_new_one_begins_with_what_its_lead_knows(client_of, alice):
    """SEED-51"""
    put_setting("customer_description", True, system("cli"))
    lead = make_lead(alice, "Costa", budget=9_000_00, description="Wants quiet fans")
    text = client_of("alice").part(f"/opportunities/form?lead={lead.id}").text
    assert value_of(text, "amount") in ("9000", "9,000", "9000.00")
    assert "Wants quiet fans" in text
    assert "Costa" in value_of(text, "lead")


def test_a_new_one_begins_in_the_column_where_plus_was_pressed(client_of, alice):
    client = client_of("alice")
    text = client.part(f"/opportunities/form?stage={stage('Proposition').id}").text
    assert selected(text, "stage") == str(stage("Proposition").id)
    assert value_of(text, "probability") in ("50", "50 %")
    assert selected(client.part("/opportunities/form").text, "stage") == str(stage("New").id)


def test_the_form_of_a_record_that_is_not_mine_to_see_is_refused(client_of, charlie):
    lead = make_lead(charlie, "Secret")
    assert client_of("alice").part(f"/opportunities/form?lead={lead.id}").status_code == 404


def test_one_is_created_by_its_form(client_of, alice):
    """SEED-16"""
    partner = make_partner(alice, "Harbour Light")
    data = {
        "name": "Kiln controls", "partner": "Harbour Light", "amount": "42,000",
        "stage": stage("Qualification").id, "probability": "35",
        "expected_close_date": "2027-01-31", "owner": alice.id,
    }  # fmt: skip
    answer = client_of("alice").post("/opportunities", data=data)
    made = Opportunity.get()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/opportunities/{made.id}")
    assert (made.partner_id, made.amount, made.probability) == (partner.id, 42_000_00, 35)


def test_a_refused_form_keeps_what_was_typed(client_of, alice):
    """SEED-55"""
    data = {"name": "", "amount": "42,000", "next_step": "Call “them”", "stage": stage("Closed lost").id}
    answer = client_of("alice").part("/opportunities", "POST", data=data)
    assert answer.status_code == 422
    assert "Please begin in an open stage" in answer.text
    assert "Call “them”" in answer.text
    data["stage"] = stage("New").id
    assert "Please enter a name." in client_of("alice").part("/opportunities", "POST", data=data).text
    assert Opportunity.select().count() == 0


def test_a_stranger_is_told_that_there_is_nothing(client_of, alice):
    card = make_opportunity(alice, "Kiln")
    charlie = client_of("charlie")
    assert "Kiln" not in charlie.get("/opportunities?view=all").text
    for path in ("", "/form", "/row", "/cells/name", "/menu", "/timeline", "/facts", "/loss", "/stage"):
        assert charlie.get(f"/opportunities/{card.id}{path}").status_code == 404, path
    for noun in ("assignment", "loss", "stage"):
        assert charlie.part(f"/opportunities/{card.id}/{noun}", "POST").status_code == 404, noun
