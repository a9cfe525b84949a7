"""The board by owner, team, close month and type; filters, text and saved views on it."""

import re
from datetime import date, timedelta

import pytest

from crmlite import clock
from crmlite.lists.opportunities_groupings import into_month
from crmlite.lists.reader import reader
from crmlite.models.opportunities import Opportunity
from crmlite.rules import gate, pipelines, stages
from tests import people
from tests.make import choice, make_lead, make_opportunity, make_partner, stage
from tests.web.test_boards import BOARD, names


def columns(text):
    """Title of each column -> the names in it."""
    found = {}
    for part in re.findall(r'<section class="column.*?</section>', text, re.DOTALL):
        title = re.search(r"<span>([^<]*)</span> <span class=\"count\"", part)[1]
        found[title] = names(part)
    return found


def drop(client, card, by, key, **values):
    data = {"column": key, "seen": card.version, **values}
    return client.part(f"/opportunities/{card.id}/column?by={by}&as=board", "POST", data=data)


def fresh(card):
    return Opportunity.get_by_id(card.id)


# --- columns


def test_by_owner_i_am_the_first_and_nobody_the_last(client_of, alice, bob):
    make_opportunity(alice, "Mine")
    make_opportunity(bob, "His")
    make_opportunity(alice, "Free", owner=None)
    found = columns(client_of("alice").get(f"{BOARD}?by=owner").text)
    assert list(found)[0] == "Alice Arden"
    assert list(found)[-1] == "Nobody"
    assert (found["Alice Arden"], found["Bob Birch"], found["Nobody"]) == (["Mine"], ["His"], ["Free"])
    assert "Charlie Crane" not in found, "whose cards she could not see"


def test_by_type_and_by_team_what_has_none_has_a_column_too(client_of, alice):
    make_opportunity(alice, "Again", type=choice("opportunity_type", "Recurring").id)
    make_opportunity(alice, "Plain", team=None)
    client = client_of("alice")
    types = columns(client.get(f"{BOARD}?by=type").text)
    assert (types["Recurring"], types["No type"]) == (["Again"], ["Plain"])
    teams = columns(client.get(f"{BOARD}?by=team").text)
    assert (teams["North"], teams["No team"]) == (["Again"], ["Plain"])


def test_by_month_the_nearest_comes_first_and_what_is_over_or_far_has_its_column(client_of, alice):
    today = clock.today(alice.zone)
    first = today.replace(day=1)
    for name, closing in (
        ("Second", today + timedelta(days=1)),
        ("First", today),
        ("Over", first - timedelta(days=1)),
        ("Far", first + timedelta(days=800)),
        ("Open end", None),
    ):
        make_opportunity(alice, name, expected_close_date=closing)
    found = columns(client_of("alice").get(f"{BOARD}?by=month").text)
    titles = list(found)
    assert (titles[0], titles[-2], titles[-1]) == ("Earlier", "Later", "No date")
    assert len(titles) == 9
    assert found["Earlier"] == ["Over"]
    assert found["Later"] == ["Far"]
    assert found["No date"] == ["Open end"]
    assert found[titles[1]][0] == "First"


def test_sums_stand_over_every_kind_of_column(client_of, alice, bob):
    make_opportunity(alice, "A", amount=1000_00)
    make_opportunity(bob, "B", amount=3000_00)
    for by in ("owner", "team", "month", "type"):
        text = client_of("alice").get(f"{BOARD}?by={by}").text
        assert "Open <b>€\u00a04,000</b> weighted <b>€\u00a0400</b>" in text, by


def test_a_long_column_by_owner_comes_in_pages_by_close_date(client_of, alice):
    today = clock.today(alice.zone)
    for number in range(40):
        closing = today + timedelta(days=100 - number) if number % 4 else None
        make_opportunity(alice, f"Card {number:02d}", expected_close_date=closing)
    client = client_of("alice")
    text = client.get(f"{BOARD}?by=owner").text
    more = re.search(r'hx-get="([^"]*board/columns[^"]*)"', text)[1].replace("&amp;", "&")
    shown = names(text) + names(client.part(more).text)
    dated = [f"Card {n:02d}" for n in range(39, -1, -1) if n % 4]
    assert shown == dated + [f"Card {n:02d}" for n in range(0, 40, 4)]


def test_what_is_won_or_lost_stands_on_the_board_by_stage_alone(client_of, alice):
    won = make_opportunity(alice, "Won", stage=stage("Closed won").id)
    assert won.outcome == "won"
    assert "Won" not in columns(client_of("alice").get(f"{BOARD}?by=owner").text)["Alice Arden"]


# --- putting a card into another column


def test_a_card_dropped_on_another_owner_is_handed_over(client_of, alice, bob):
    card = make_opportunity(alice, "Kiln")
    answer = drop(client_of("alice"), card, "owner", str(bob.id))
    assert answer.status_code == 200
    assert "moved to Bob Birch" in answer.headers["HX-Trigger"]
    assert fresh(card).owner_id == bob.id
    assert f'data-stack="{bob.id}"' in answer.text
    drop(client_of("alice"), fresh(card), "owner", "none")
    assert fresh(card).owner_id is None


def test_a_card_dropped_on_a_team_or_type_takes_it(client_of, carol):
    card = make_opportunity(carol, "Kiln")
    kind = choice("opportunity_type", "Existing").id
    assert drop(client_of("carol"), card, "type", str(kind)).status_code == 200
    assert drop(client_of("carol"), fresh(card), "team", "none").status_code == 200
    assert (fresh(card).type_id, fresh(card).team_id) == (kind, None)


def test_a_card_dropped_on_a_month_keeps_its_day_of_the_month(client_of, alice):
    with_day = make_opportunity(alice, "Kiln", expected_close_date=date(2027, 1, 31))
    with clock.frozen(clock.now().replace(year=2027, month=1, day=5)):
        key = "2027-02"
        assert drop(client_of("alice"), with_day, "month", key).status_code == 200
        assert fresh(with_day).expected_close_date == date(2027, 2, 28)
        drop(client_of("alice"), fresh(with_day), "month", "none")
        assert fresh(with_day).expected_close_date is None


def test_a_day_for_a_month_is_never_over_and_a_day_inside_it_stays(alice):
    with clock.frozen(clock.now().replace(year=2027, month=1, day=20)):
        to = reader(alice)
        assert into_month(date(2027, 3, 5), "2027-01", to) == date(2027, 1, 20)
        assert into_month(date(2027, 1, 3), "2027-01", to) == date(2027, 1, 3)
        assert into_month(None, "2027-04", to) == date(2027, 4, 30)


@pytest.mark.parametrize(
    ("by", "key", "told"),
    [
        ("month", "earlier", "This month is over"),
        ("month", "later", "no month"),
        ("month", "2027-13", "does not exist any more"),
        ("owner", "9999", "does not exist any more"),
        ("owner", "x", "does not exist any more"),
        ("type", "", "does not exist any more"),
    ],
)
def test_a_column_that_takes_no_card_says_why_and_the_card_stays(client_of, alice, by, key, told):
    far = date(2020, 1, 1) if key == "earlier" else date(2099, 1, 1)
    make_opportunity(alice, "There already", expected_close_date=far)
    card = make_opportunity(alice, "Kiln")
    answer = drop(client_of("alice"), card, by, key)
    assert answer.status_code == 422
    assert told in answer.headers["HX-Trigger"]
    assert "Kiln" in names(answer.text)
    assert fresh(card).version == 1


def test_nobody_hands_a_card_beyond_their_team(client_of, alice, charlie):
    card = make_opportunity(alice, "Kiln", team=None)
    answer = drop(client_of("alice"), card, "owner", str(charlie.id))
    assert answer.status_code in (403, 422)
    assert fresh(card).owner_id == alice.id


def test_of_two_who_hand_over_the_same_card_the_second_sees_the_truth(client_of, alice, bob, carol):
    card = make_opportunity(alice, "Kiln")
    assert drop(client_of("alice"), card, "owner", str(bob.id)).status_code == 200
    answer = drop(client_of("carol"), card, "owner", "none")
    assert answer.status_code == 409
    assert "Alice Arden has moved" in answer.headers["HX-Trigger"]
    assert "to Bob Birch meanwhile" in answer.headers["HX-Trigger"].encode().decode("unicode_escape")


def test_won_and_lost_take_cards_of_every_board(client_of, alice):
    card = make_opportunity(alice, "Kiln")
    data = {"stage": stage("Closed won").id, "seen": card.version}
    answer = client_of("alice").part(f"/opportunities/{card.id}/stage?by=owner&as=board", "POST", data=data)
    assert answer.status_code == 200
    assert f'data-gone="opportunity-{card.id}"' in answer.text


# --- filters, text, saved views


def test_lines_of_filters_work_as_in_the_list(client_of, alice, bob):
    make_opportunity(alice, "Oven", amount=10_000_00)
    make_opportunity(bob, "Kiln", amount=20_000_00)
    make_opportunity(alice, "Press", amount=90_000_00)
    text = client_of("alice").get(f"{BOARD}?f=name:has:Oven~name:has:Kiln&f=amount:between:5000..30000").text
    assert names(text) == ["Oven", "Kiln"]
    assert "Open <b>€\u00a030\u00a0k</b>" in text
    assert '<span class="or">or</span>' in text


def test_the_filter_dialog_leads_back_to_the_board(client_of, alice):
    form = {"show": "board", "step": "done", "line-0-column": "name", "line-0-operator": "has", "line-0-value": "Oven"}
    answer = client_of("alice").get("/opportunities/filters", params={**form, "by": "owner"})
    assert answer.headers["Location"] == f"{BOARD}?by=owner&name=has:Oven"


def test_text_finds_cards_by_name_customer_and_lead(client_of, alice, charlie):
    partner = make_partner(alice, "Harbour Light")
    make_opportunity(alice, "Cold room", partner=partner.id)
    make_opportunity(alice, "Oven", lead=make_lead(alice, "Lighthouse").id)
    make_opportunity(alice, "Light poles")
    make_opportunity(alice, "Kiln")
    text = client_of("alice").get(f"{BOARD}?q=ligh").text
    assert sorted(names(text)) == ["Cold room", "Light poles", "Oven"]
    assert 'value="ligh"' in text
    hidden = make_partner(charlie, "Secret Lightning")
    Opportunity.update(partner=hidden.id).where(Opportunity.name == "Kiln").execute()
    assert "Kiln" not in names(client_of("alice").get(f"{BOARD}?q=lightning").text)


def test_a_view_saved_on_the_board_opens_there_with_its_columns(client_of, alice, bob):
    make_opportunity(alice, "Oven")
    make_opportunity(bob, "Kiln")
    client = client_of("alice")
    page = client.get(f"{BOARD}?by=owner&name=has:Oven").text
    query = re.search(r"/views/form\?section=opportunities&amp;query=([^\"]*)\"", page)[1]
    form = client.get(f"/views/form?section=opportunities&query={query}").text
    kept = re.search(r'name="query" value="([^"]*)"', form)[1].replace("&amp;", "&")
    data = {"section": "opportunities", "query": kept, "name": "Ovens", "audience": "private", "pinned": "1"}
    address = client.post("/views", data=data).headers["Location"]
    assert address.startswith(f"{BOARD}?view=saved-")
    text = client.get(address).text
    assert columns(text)["Alice Arden"] == ["Oven"]
    assert names(text) == ["Oven"]
    assert re.search(r'aria-current="page">Ovens', text)
    assert "Save changes" not in text
    assert re.search(r'aria-current="page">Ovens', client.get(address.replace("/board", "")).text), "in the list too"
    moved = re.search(
        r'data-stack="\d+"', client.part(f"{BOARD}/cards{address.removeprefix(BOARD)}&changed=opportunity:1").text
    )
    assert moved


def test_a_view_saved_in_the_list_is_a_tab_of_the_board(client_of, alice):
    make_opportunity(alice, "Oven")
    make_opportunity(alice, "Kiln")
    data = {"section": "opportunities", "query": "view=all&sort=-amount&name=has:Kiln", "name": "Kilns"}
    address = client_of("alice").post("/views", data={**data, "audience": "private", "pinned": "1"}).headers["Location"]
    assert address.startswith("/opportunities?view=saved-")
    text = client_of("alice").get(address.replace("/opportunities", BOARD)).text
    assert names(text) == ["Kiln"]


def test_an_empty_board_says_what_to_do(client_of, alice):
    client = client_of("alice")
    assert "An opportunity is a sale that may come about." in client.get(BOARD).text
    make_opportunity(alice, "Oven")
    assert "No card matches" in client.get(f"{BOARD}?name=has:Kiln").text
    assert "board-empty" not in client.get(BOARD).text


def test_the_form_of_a_column_begins_with_what_the_column_says(client_of, alice, bob):
    client = client_of("alice")
    owner = client.part(f"/opportunities/form?by=owner&column={bob.id}").text
    assert re.search(rf'<option value="{bob.id}" selected>', owner)
    staged = client.part(f"/opportunities/form?by=stage&column={stage('Proposition').id}").text
    assert re.search(rf'<option value="{stage("Proposition").id}" selected>', staged)
    month = client.part("/opportunities/form?by=month&column=2099-02").text
    assert 'value="2099-02-28"' in month


def test_an_archived_card_is_on_no_board(client_of, alice):
    gate.change(make_opportunity(alice, "Archived"), {"archived": True}, alice)
    for by in ("owner", "team", "month", "type"):
        assert names(client_of("alice").get(f"{BOARD}?by={by}").text) == []


def test_a_stranger_moves_nothing_by_its_column(client_of, alice):
    card = make_opportunity(alice, "Kiln")
    stranger = people.user("charlie")
    assert drop(client_of("charlie"), card, "owner", str(stranger.id)).status_code == 404


# --- pipelines


def test_each_pipeline_has_a_board_and_the_picker_leads_to_it(client_of, alice, carol):
    client = client_of("alice")
    assert "Pipeline:" not in client.get(BOARD).text, "one needs no picker"
    service = pipelines.add("Service contracts", None, carol)
    own = stages.in_order(service.id)[1]
    make_opportunity(alice, "Sale", amount=1000_00)
    make_opportunity(alice, "Contract", amount=5000_00, stage=own.id)
    first, second = client.get(BOARD).text, client.get(f"{BOARD}?pipeline={service.id}").text
    assert (names(first), names(second)) == (["Sale"], ["Contract"])
    assert "Open <b>€\u00a01,000</b>" in first
    assert "Open <b>€\u00a05,000</b>" in second
    assert f'href="?pipeline={service.id}"' in first
    assert 'aria-label="Pipeline: Service contracts"' in second
    assert names(client.get(f"{BOARD}?pipeline={service.id}&by=owner").text) == ["Contract"]
    assert names(client.get(f"{BOARD}?pipeline=9999").text) == ["Sale"]
    counted = client.part(f"{BOARD}/counts?pipeline={service.id}").text
    assert '<small id="count-open" hx-swap-oob="true">1</small>' in counted


def test_the_board_opens_the_pipeline_that_one_last_looked_at(client_of, alice, carol):
    service = pipelines.add("Service contracts", None, carol)
    client, other = client_of("alice"), client_of("bob")
    sales = re.findall(r'href="\?pipeline=(\d+)"', client.get(BOARD).text)[0]
    client.get(f"{BOARD}?pipeline={service.id}")
    assert client.get(BOARD).headers["Location"] == f"{BOARD}?pipeline={service.id}"
    assert client.get(f"{BOARD}?by=owner").headers["Location"] == f"{BOARD}?by=owner&pipeline={service.id}"
    assert other.get(BOARD).status_code == 200, "each remembers their own"
    assert client.get(f"{BOARD}?pipeline={sales}").status_code == 200
    assert client.get(BOARD).status_code == 200, "the first needs no word in the address"


def test_a_card_that_left_for_another_pipeline_leaves_this_board(client_of, alice, carol):
    service = pipelines.add("Service contracts", None, carol)
    card = make_opportunity(alice, "Sale")
    gate.change(card, {"stage": stages.in_order(service.id)[0].id}, alice)
    answer = client_of("alice").part(f"{BOARD}/cards?changed=opportunity:{card.id}")
    assert f'data-gone="opportunity-{card.id}"' in answer.text
    form = client_of("alice").get(f"/opportunities/{card.id}/stage").text
    assert "Sales pipeline: Qualification" in form
    assert ">Qualification</option>" in form


def test_the_form_of_a_column_begins_in_its_pipeline(client_of, alice, carol):
    service = pipelines.add("Service contracts", None, carol)
    first = stages.in_order(service.id)[0]
    text = client_of("alice").part(f"/opportunities/form?by=owner&column=none&pipeline={service.id}").text
    assert re.search(rf'<option value="{first.id}" selected>Service contracts: New', text)
