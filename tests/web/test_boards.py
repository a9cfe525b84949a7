"""The board over HTTP: columns and sums, pages, moves and refusals, changes by others."""

import re
from datetime import timedelta

import pytest

from crmlite import clock
from crmlite.models.events import Event
from crmlite.models.opportunities import Opportunity
from crmlite.rules import events, gate, opportunities
from tests.conftest import counted_queries
from tests.make import choice, make_lead, make_opportunity, make_partner, stage

BOARD = "/opportunities/board"


def column(text, name):
    """The HTML of one column."""
    key = stage(name).id
    return re.search(rf'<section class="column [a-z]*" id="column-{key}".*?</section>', text, re.DOTALL)[0]


def names(html):
    return re.findall(r'<article [^>]*aria-label="([^"]*)"', html)


def head(text, name):
    found = re.search(rf'<header id="head-{stage(name).id}">(.*?)</header>', text, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split()) if found else None


def move(client, card, name, **values):
    data = {"stage": stage(name).id, "seen": card.version, "from": card.stage_id, **values}
    return client.part(f"/opportunities/{card.id}/stage?as=board", "POST", data=data)


def lose(card, by):
    return opportunities.lose(card, choice("lost_reason", "No budget").id, "", by)


def plan(card, by, hours=2, **values):
    start = clock.now() + timedelta(hours=hours)
    facts = {"kind": "call", "subject": "About the offer", "opportunity": card.id, "owner": by.id}
    return events.save(None, {**facts, "starts_at": start, "ends_at": start + timedelta(hours=1), **values}, by)


# --- what it shows


def test_a_column_tells_count_sum_and_weighted_sum(client_of, alice):
    make_opportunity(alice, "Cold room", amount=20_000_00)
    make_opportunity(alice, "Oven", amount=10_000_00, probability=40)
    make_opportunity(alice, "Press", amount=50_000_00, stage=stage("Proposition").id)
    text = client_of("alice").get(BOARD).text
    assert head(text, "New") == "New 2 € 30 k weighted € 6,000 38 %"
    assert head(text, "Proposition") == "Proposition 1 € 50 k weighted € 25 k 62 %"
    assert head(text, "Negotiation") == "Negotiation 0 € 0 weighted € 0 0 %"
    assert "Open <b>€\u00a080\u00a0k</b> weighted <b>€\u00a031\u00a0k</b>" in text


def test_another_currency_is_named_and_not_added_up(client_of, alice):
    make_opportunity(alice, "Cold room", amount=20_000_00)
    make_opportunity(alice, "Oven", amount=30_000_00, currency="USD")
    assert head(client_of("alice").get(BOARD).text, "New").startswith("New 2 € 20 k + $ 30 k weighted")


def test_cards_stand_in_the_order_people_gave_them(client_of, alice):
    cards = [make_opportunity(alice, name) for name in "ABC"]
    opportunities.move(cards[2], stage("New").id, alice, before=cards[0].id)
    assert names(column(client_of("alice").get(BOARD).text, "New")) == ["C", "A", "B"]


def test_a_card_tells_who_how_much_when_and_what_next(client_of, alice):
    partner = make_partner(alice, "Harbour Light")
    closing = clock.today(alice.zone) + timedelta(days=12)
    with clock.frozen(clock.now() - timedelta(days=17)):
        card = make_opportunity(
            alice, "Kiln", partner=partner.id, amount=42_000_00, probability=30, expected_close_date=closing
        )
    plan(card, alice, hours=-48)
    html = column(client_of("alice").get(BOARD).text, "New")
    for piece in (
        "Harbour Light",
        "€\u00a042,000",
        "30 %",
        'class="soon" title="Closes in 12 days"',
        "edge-orange",
    ):
        assert piece in html, piece
    assert re.search(r"Call overdue, \w+", html)
    assert re.search(r'class="days soon" title="17 days in this stage, longer than it should be"', html)


def test_a_card_without_partner_names_its_lead(client_of, alice):
    lead = make_lead(alice, "Costa", first_name="Inês")
    make_opportunity(alice, lead=lead.id)
    assert '<p class="who">Inês Costa</p>' in client_of("alice").get(BOARD).text


def test_the_next_activity_is_the_earliest_open_one(client_of, alice):
    card = make_opportunity(alice)
    plan(card, alice, hours=900, kind="meeting")
    plan(card, alice, hours=30, kind="call")
    done = plan(card, alice, hours=3, kind="meeting")
    events.finish(done, alice)
    html = column(client_of("alice").get(BOARD).text, "New")
    assert re.search(r"<span class=\"cut\">Call \w+ \d\d:\d\d</span>", html)
    assert "Meeting" not in html


def test_a_next_step_in_words_counts_and_nothing_is_said_as_such(client_of, alice):
    make_opportunity(alice, "Worded", next_step="Revise the offer")
    make_opportunity(alice, "Bare")
    text = client_of("alice").get(BOARD).text
    assert "Revise the offer" in text
    assert text.count("No next step</span>") == 1
    assert names(client_of("alice").get(f"{BOARD}?view=idle").text) == ["Bare"]


def test_a_planned_event_is_a_next_step_even_when_it_is_overdue(client_of, alice):
    plan(make_opportunity(alice, "Planned"), alice, hours=-50)
    assert names(client_of("alice").get(f"{BOARD}?view=idle").text) == []


def test_won_shows_this_month_newest_first_and_lost_only_when_asked(client_of, alice):
    with clock.frozen(clock.now() - timedelta(days=40)):
        opportunities.win(make_opportunity(alice, "Long ago"), alice)
    for name in ("First", "Second"):
        opportunities.win(make_opportunity(alice, name, amount=5_000_00), alice)
    lose(make_opportunity(alice, "Gone"), alice)
    text = client_of("alice").get(BOARD).text
    assert names(column(text, "Closed won")) == ["Second", "First"]
    assert head(text, "Closed won") == "Won this month 2 € 10 k 100 %"
    assert "Gone" not in text
    assert names(column(client_of("alice").get(f"{BOARD}?lost=1").text, "Closed lost")) == ["Gone"]


def test_views_and_filters_choose_the_cards_and_the_sums(client_of, alice, bob):
    soon = clock.today(alice.zone) + timedelta(days=3)
    make_opportunity(alice, "Mine", amount=1_000_00)
    make_opportunity(bob, "His", amount=2_000_00, expected_close_date=soon)
    alices = client_of("alice")
    assert names(alices.get(f"{BOARD}?view=mine").text) == ["Mine"]
    assert names(alices.get(f"{BOARD}?view=closing").text) == ["His"]
    filtered = alices.get(f"{BOARD}?owner=in:{bob.id}").text
    assert names(filtered) == ["His"]
    assert head(filtered, "New").startswith("New 1 € 2,000")
    assert 'aria-label="Remove filter Owner Bob Birch"' in filtered
    assert names(alices.get(f"{BOARD}?expected_close_date=next:7").text) == ["His"]
    counted = alices.part(f"{BOARD}/counts").text
    assert '<small id="count-open" hx-swap-oob="true">2</small>' in counted
    assert '<small id="count-closing" hx-swap-oob="true">1</small>' in counted


def test_a_filter_that_cannot_be_read_is_told_and_the_board_still_opens(client_of, alice):
    make_opportunity(alice, "Cold room")
    answer = client_of("alice").get(f"{BOARD}?owner=like:bob")
    assert answer.status_code == 422
    assert "cannot be read" in answer.text
    assert names(answer.text) == ["Cold room"]


def test_what_is_archived_or_deleted_is_not_on_the_board(client_of, alice, carol):
    gate.change(make_opportunity(alice, "Archived"), {"archived": True}, alice)
    gate.remove(make_opportunity(alice, "Deleted"), carol)
    text = client_of("alice").get(BOARD).text
    assert names(text) == []
    assert head(text, "New").startswith("New 0")


def test_a_stranger_sees_neither_cards_nor_sums(client_of, alice):
    card = make_opportunity(alice, "Cold room", amount=20_000_00)
    charlie = client_of("charlie")
    text = charlie.get(BOARD).text
    assert "Cold room" not in text
    assert head(text, "New").startswith("New 0 € 0")
    assert charlie.get(f"/opportunities/{card.id}/stage").status_code == 404
    assert move(charlie, card, "Qualification").status_code == 404
    assert "Cold room" not in charlie.part(f"{BOARD}/cards?changed=opportunity:{card.id}").text


def test_a_partner_out_of_sight_is_not_named(client_of, alice, charlie):
    partner = make_partner(charlie, "Secret works")
    card = make_opportunity(alice)
    Opportunity.update(partner=partner.id).where(Opportunity.id == card.id).execute()
    assert "Secret works" not in client_of("alice").get(BOARD).text


def test_a_reader_gets_no_handles(client_of, alice):
    make_opportunity(alice)
    text = client_of("rita").get(BOARD).text
    assert "data-fixed" in text
    assert 'id="moves"' not in text


# --- many cards


def test_a_long_column_comes_in_pages(client_of, alice):
    for number in range(60):
        make_opportunity(alice, f"Card {number:02d}")
    client = client_of("alice")
    shown = names(client.get(BOARD).text)
    more = re.search(r'hx-get="([^"]*columns[^"]*)"', client.get(BOARD).text)[1]
    second = client.part(more.replace("&amp;", "&")).text
    third = client.part(re.search(r'hx-get="([^"]*columns[^"]*)"', second)[1]).text
    assert [len(shown), len(names(second)), len(names(third))] == [25, 25, 10]
    assert shown + names(second) + names(third) == [f"Card {number:02d}" for number in range(60)]
    assert "hx-get" not in third


@pytest.mark.parametrize("mark", ["x", "nan,1", "inf,1", "1e30,1", "1,x", "1"])
def test_a_page_mark_that_nobody_gave_is_refused(client_of, alice, mark):
    answer = client_of("alice").part(f"{BOARD}/columns/{stage('New').id}?after={mark}")
    assert answer.status_code == 422
    assert client_of("alice").part(f"{BOARD}/columns/9999").status_code == 404


def test_won_cards_come_in_pages_too(client_of, alice):
    for number in range(30):
        opportunities.win(make_opportunity(alice, f"Won {number:02d}"), alice)
    client = client_of("alice")
    text = client.get(BOARD).text
    more = re.search(r'hx-get="([^"]*columns[^"]*)"', column(text, "Closed won"))[1]
    assert names(text) + names(client.part(more).text) == [f"Won {number:02d}" for number in range(29, -1, -1)]


def test_the_number_of_queries_does_not_depend_on_the_cards(client_of, alice):
    client = client_of("alice")

    def queries():
        client.get(BOARD)
        with counted_queries() as seen:
            client.get(BOARD)
        return len(seen)

    plan(make_opportunity(alice, partner=make_partner(alice).id), alice)
    few = queries()
    for number in range(40):
        name = ("New", "Qualification", "Proposition")[number % 3]
        card = make_opportunity(alice, partner=make_partner(alice).id, stage=stage(name).id)
        plan(card, alice, hours=number)
    assert queries() == few
    assert few <= 20


# --- moving


def test_a_move_answers_with_the_heads_and_the_card(client_of, alice):
    card, below = (
        make_opportunity(alice, "Kiln"),
        make_opportunity(alice, "Press", stage=stage("Qualification").id),
    )
    answer = move(client_of("alice"), card, "Qualification", before=below.id)
    assert answer.status_code == 200
    assert names(answer.text) == ["Kiln"]
    assert head(answer.text, "New").startswith("New 0")
    assert head(answer.text, "Qualification").startswith("Qualification 2")
    assert "moved to Qualification" in answer.headers["HX-Trigger"]
    assert "reversal" in answer.headers["HX-Trigger"]
    assert names(column(client_of("bob").get(BOARD).text, "Qualification")) == ["Kiln", "Press"]


def test_a_move_inside_the_column_needs_no_toast(client_of, alice):
    first, second = make_opportunity(alice, "A"), make_opportunity(alice, "B")
    answer = move(client_of("alice"), second, "New", before=first.id)
    assert "HX-Trigger" not in answer.headers
    assert names(column(client_of("alice").get(BOARD).text, "New")) == ["B", "A"]


def test_the_answer_keeps_to_the_view_of_the_board(client_of, alice, bob):
    card = make_opportunity(alice, "Kiln", amount=1_000_00)
    make_opportunity(bob, "His", amount=9_000_00, stage=stage("Qualification").id)
    data = {"stage": stage("Qualification").id, "seen": 1}
    answer = client_of("alice").part(f"/opportunities/{card.id}/stage?view=mine&as=board", "POST", data=data)
    assert head(answer.text, "Qualification").startswith("Qualification 1 € 1,000")


def test_of_two_who_move_the_same_card_the_second_sees_the_truth_and_a_sentence(client_of, alice, bob):
    card = make_opportunity(alice, "Kiln")
    assert move(client_of("alice"), card, "Qualification").status_code == 200
    answer = move(client_of("bob"), card, "Negotiation")
    assert answer.status_code == 409
    assert "Alice Arden has moved" in answer.headers["HX-Trigger"]
    assert names(column(answer.text, "Qualification")) == ["Kiln"]
    assert names(column(answer.text, "Negotiation")) == []
    assert names(column(answer.text, "New")) == []


def test_lost_asks_for_its_reason_and_nothing_has_moved(client_of, alice):
    card = make_opportunity(alice, "Kiln")
    client = client_of("alice")
    answer = move(client, card, "Closed lost")
    assert answer.status_code == 422
    assert names(column(answer.text, "New")) == ["Kiln"]
    assert f'action="/opportunities/{card.id}/loss?as=board"' in answer.text
    assert 'role="alert"' not in answer.text
    refused = client.part(f"/opportunities/{card.id}/loss?as=board", "POST", data={"lost_reason": ""})
    assert refused.status_code == 422
    assert "Please choose why the opportunity was lost." in refused.text
    reason = choice("lost_reason", "No budget").id
    done = client.part(f"/opportunities/{card.id}/loss?as=board", "POST", data={"lost_reason": reason, "seen": 1})
    assert done.status_code == 200
    assert "dialog-close" in done.headers["HX-Trigger"]
    assert Opportunity.get_by_id(card.id).outcome == "lost"


@pytest.mark.parametrize("target", ["", "x", "99999", "1e3", "-1"])
def test_a_stage_that_does_not_exist_is_refused(client_of, alice, target):
    card = make_opportunity(alice)
    answer = client_of("alice").part(f"/opportunities/{card.id}/stage?as=board", "POST", data={"stage": target})
    assert answer.status_code == 422
    assert "no longer on offer" in answer.headers["HX-Trigger"]
    assert Opportunity.get_by_id(card.id).version == 1


def test_a_reader_may_not_move(client_of, alice):
    card = make_opportunity(alice)
    answer = move(client_of("rita"), card, "Qualification")
    assert answer.status_code == 403
    assert "can read but not change" in answer.headers["HX-Trigger"]


def test_without_script_a_card_moves_by_a_form_and_one_is_back_on_the_board(client_of, alice):
    card = make_opportunity(alice, "Kiln")
    client = client_of("alice")
    client.headers["Referer"] = f"{client.server.url}{BOARD}?view=mine"
    form = client.get(f"/opportunities/{card.id}/stage").text
    assert f'name="back" value="{BOARD}?view=mine"' in form
    data = {"stage": stage("Proposition").id, "seen": card.version, "back": f"{BOARD}?view=mine"}
    answer = client.post(f"/opportunities/{card.id}/stage", data=data)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{BOARD}?view=mine")
    assert "moved to Proposition" in client.get(BOARD).text


def test_without_script_lost_answers_with_the_question(client_of, alice):
    card = make_opportunity(alice)
    answer = client_of("alice").post(f"/opportunities/{card.id}/stage", data={"stage": stage("Closed lost").id})
    assert answer.status_code == 422
    assert "Why was it lost?" in answer.text
    assert "<html" in answer.text


# --- changes by others


def test_changed_cards_are_told_with_the_heads(client_of, alice, bob):
    moved, left = make_opportunity(alice, "Moved"), make_opportunity(alice, "Left")
    opportunities.move(moved, stage("Qualification").id, bob)
    gate.change(left, {"archived": True}, bob)
    answer = client_of("alice").part(f"{BOARD}/cards?changed=opportunity:{moved.id},opportunity:{left.id},x,event:y")
    assert names(answer.text) == ["Moved"]
    assert f'data-stack="{stage("Qualification").id}"' in answer.text
    assert f'data-gone="opportunity-{left.id}"' in answer.text
    assert head(answer.text, "New").startswith("New 0")


def test_a_new_event_changes_the_card_of_its_opportunity(client_of, alice):
    card = make_opportunity(alice, "Kiln")
    event = plan(card, alice, hours=2)
    answer = client_of("alice").part(f"{BOARD}/cards?changed=event:{event.id}")
    assert names(answer.text) == ["Kiln"]
    assert Event.get_by_id(event.id).opportunity_id == card.id


def test_a_partner_that_is_renamed_changes_its_cards(client_of, alice):
    partner = make_partner(alice)
    make_opportunity(alice, "Kiln", partner=partner.id)
    make_opportunity(alice, "Other")
    answer = client_of("alice").part(f"{BOARD}/cards?changed=partner:{partner.id}")
    assert names(answer.text) == ["Kiln"]
