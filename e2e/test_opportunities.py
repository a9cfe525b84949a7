"""The board in the browser: drag, keys, menu, loss, undo, two people at once, a phone."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from crmlite import clock
from crmlite.models.opportunities import Opportunity
from crmlite.rules import events, opportunities, pipelines, stages
from e2e.conftest import accessible, at_rest
from tests.make import make_opportunity, stage

BOARD = "/opportunities/board"


@pytest.fixture
def cards(alice):
    """Two cards in New, one in each column after it."""
    made = [make_opportunity(alice, name, amount=10_000_00) for name in ("Kiln", "Oven")]
    for name, where in (("Press", "Qualification"), ("Racks", "Proposition"), ("Plant", "Negotiation")):
        made.append(make_opportunity(alice, name, amount=20_000_00, stage=stage(where).id))
    return {card.name: card for card in made}


def column(page, name):
    return page.locator(f"#column-{stage(name).id}")


def card_of(page, name):
    return page.locator(f'.card[aria-label="{name}"]')


def names(page, where):
    return column(page, where).locator(".card h3")


def drag(page, card, target, *, below=False):
    """By hand: SortableJS wants to see the pointer travel."""
    start, end = card.bounding_box(), target.bounding_box()
    page.mouse.move(start["x"] + 60, start["y"] + 40)
    page.mouse.down()
    page.mouse.move(start["x"] + 70, start["y"] + 46, steps=3)
    page.mouse.move(end["x"] + 60, end["y"] + (end["height"] + 60 if below else 8), steps=14)
    page.wait_for_timeout(200)
    page.mouse.up()


def in_database(card):
    return Opportunity.get_by_id(card.id)


def test_a_card_is_dragged_to_another_stage_and_undo_takes_it_back(page_of, cards):
    """SEED-61"""
    page = page_of("alice")
    page.goto(BOARD)
    accessible(page)
    drag(page, card_of(page, "Oven"), card_of(page, "Press"), below=True)
    expect(names(page, "Qualification")).to_have_text(["Press", "Oven"])
    expect(column(page, "New").locator(".count")).to_have_text("1")
    expect(column(page, "Qualification").locator(".sums")).to_contain_text("€ 30 k")
    expect(card_of(page, "Oven")).to_contain_text("30 %")
    assert in_database(cards["Oven"]).stage == stage("Qualification")
    assert card_of(page, "Oven").get_attribute("style") is None
    page.get_by_role("button", name="Undo").click()
    expect(names(page, "New")).to_have_text(["Kiln", "Oven"])
    expect(names(page, "Qualification")).to_have_text(["Press"])
    expect(column(page, "New").locator(".count")).to_have_text("2")


def test_the_order_inside_a_column_is_kept_and_shared(page_of, cards):
    page = page_of("alice")
    page.goto(BOARD)
    drag(page, card_of(page, "Oven"), card_of(page, "Kiln"))
    expect(names(page, "New")).to_have_text(["Oven", "Kiln"])
    expect(card_of(page, "Oven")).not_to_have_class("saving")
    bobs = page_of("bob")
    bobs.goto(BOARD)
    expect(names(bobs, "New")).to_have_text(["Oven", "Kiln"])


def test_a_click_on_the_name_opens_the_record(page_of, cards):
    page = page_of("alice")
    page.goto(BOARD)
    page.get_by_role("link", name="Kiln", exact=True).click()
    expect(page.get_by_role("heading", name="Kiln", level=1)).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Proposition").click()
    expect(page.get_by_text("“Kiln” moved to Proposition")).to_be_visible()
    expect(page.locator("li[aria-current=step]")).to_have_text("Proposition")


def test_the_next_activity_of_a_card_is_done_on_the_board_and_the_one_after_it_planned(page_of, cards, alice):
    start = clock.now() + timedelta(days=1)
    about = {"kind": "call", "subject": "About the offer", "opportunity": cards["Kiln"].id, "owner": alice.id}
    events.save(None, {**about, "starts_at": start, "ends_at": start + timedelta(hours=1)}, alice)
    page = page_of("alice")
    page.goto(BOARD)
    card_of(page, "Kiln").get_by_role("link", name="Call tomorrow").click()
    page.get_by_role("dialog", name="About the offer").get_by_role("button", name="Done").click()
    page.get_by_role("dialog", name="Plan the next step?").get_by_role("link", name="Meeting").click()
    expect(page.get_by_role("dialog").get_by_label("Opportunity")).to_have_value(f"Kiln #{cards['Kiln'].id}")
    expect(card_of(page, "Kiln")).to_contain_text("No next step")


def test_a_card_travels_by_keys_and_is_told(page_of, cards):
    page = page_of("alice")
    page.goto(BOARD)
    said = page.locator("#board-said")
    card_of(page, "Kiln").focus()
    page.keyboard.press("Space")
    expect(said).to_have_text("Kiln picked up. New, 1 of 2.")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(said).to_have_text("Qualification, 2 of 2.")
    accessible(page)
    page.keyboard.press("Space")
    expect(said).to_have_text("Kiln dropped. Qualification, 2 of 2.")
    expect(column(page, "Qualification").locator(".count")).to_have_text("2")
    expect(card_of(page, "Kiln")).to_be_focused()
    assert in_database(cards["Kiln"]).stage == stage("Qualification")


def test_escape_puts_a_card_back_and_nothing_is_sent(page_of, cards):
    page = page_of("alice")
    page.goto(BOARD)
    card_of(page, "Kiln").focus()
    for key in ("Space", "ArrowRight", "ArrowRight", "Escape"):
        page.keyboard.press(key)
    expect(names(page, "New")).to_have_text(["Kiln", "Oven"])
    expect(card_of(page, "Kiln")).to_be_focused()
    assert in_database(cards["Kiln"]).version == 1


def test_a_card_moves_by_its_menu(page_of, cards):
    page = page_of("alice")
    page.goto(BOARD)
    card_of(page, "Kiln").hover()
    page.get_by_role("link", name="Move or close Kiln").click()
    accessible(page)
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="Proposition")).to_be_focused()
    page.keyboard.press("Enter")
    expect(names(page, "Proposition")).to_have_text(["Kiln", "Racks"])
    card_of(page, "Kiln").hover()
    page.get_by_role("link", name="Move or close Kiln").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Move or close Kiln")).to_be_focused()


def test_won_is_a_drop_zone_while_dragging(page_of, cards):
    page = page_of("alice")
    page.goto(BOARD)
    expect(page.locator(".drop.won")).to_be_hidden()
    start = card_of(page, "Plant").bounding_box()
    page.mouse.move(start["x"] + 60, start["y"] + 40)
    page.mouse.down()
    page.mouse.move(start["x"] + 60, start["y"] + 60, steps=4)
    zone = page.locator(".drop.won").bounding_box()
    page.mouse.move(zone["x"] + 80, zone["y"] + 30, steps=14)
    page.wait_for_timeout(200)
    page.mouse.up()
    expect(names(page, "Closed won")).to_have_text(["Plant"])
    expect(card_of(page, "Plant")).to_contain_text("Won today")
    expect(page.locator(".drop.won")).to_be_hidden()
    assert in_database(cards["Plant"]).outcome == "won"


def test_lost_asks_for_its_reason_first(page_of, cards):
    """SEED-60"""
    page = page_of("alice", reduced_motion="reduce")
    page.goto(BOARD)
    start = card_of(page, "Kiln").bounding_box()
    page.mouse.move(start["x"] + 60, start["y"] + 40)
    page.mouse.down()
    page.mouse.move(start["x"] + 60, start["y"] + 60, steps=4)
    zone = page.locator(".drop.lost").bounding_box()
    page.mouse.move(zone["x"] + 80, zone["y"] + 30, steps=14)
    page.wait_for_timeout(200)
    page.mouse.up()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Why was it lost?")).to_be_visible()
    accessible(page)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(names(page, "New")).to_have_text(["Kiln", "Oven"])
    assert in_database(cards["Kiln"]).outcome == "open"

    card_of(page, "Kiln").hover()
    page.get_by_role("link", name="Move or close Kiln").click()
    page.get_by_role("button", name="Lost…").click()
    dialog.get_by_label("Why was it lost?").select_option(label="No budget")
    dialog.get_by_role("button", name="Mark as lost").click()
    expect(dialog).to_be_hidden()
    expect(names(page, "New")).to_have_text(["Oven"])
    page.get_by_role("button", name="Undo").click()
    expect(names(page, "New")).to_have_text(["Kiln", "Oven"])


def test_of_two_who_move_the_same_card_one_wins_and_the_other_sees_the_truth(page_of, cards):
    alices, bobs = page_of("alice"), page_of("bob")
    bobs.route("**/journal/since/*", lambda route: route.fulfill(status=204))  # he has not heard of it yet
    alices.goto(BOARD)
    bobs.goto(BOARD)
    drag(alices, card_of(alices, "Kiln"), card_of(alices, "Press"))
    expect(column(alices, "Qualification").locator(".count")).to_have_text("2")
    drag(bobs, card_of(bobs, "Kiln"), card_of(bobs, "Plant"))
    expect(bobs.get_by_role("alert")).to_contain_text("Alice Arden has moved “Kiln” to Qualification meanwhile")
    expect(names(bobs, "Qualification")).to_have_text(["Kiln", "Press"])
    expect(names(bobs, "Negotiation")).to_have_text(["Plant"])
    accessible(bobs)


def test_what_others_move_appears_without_reload(page_of, cards, bob):
    page = page_of("alice")
    page.goto(BOARD)
    page.evaluate("window.kept = true")
    opportunities.move(in_database(cards["Kiln"]), stage("Proposition").id, bob, after=cards["Racks"].id)
    expect(names(page, "Proposition")).to_have_text(["Racks", "Kiln"])
    expect(column(page, "New").locator(".count")).to_have_text("1")
    make_opportunity(bob, "Fresh")
    expect(names(page, "New")).to_have_text(["Oven", "Fresh"])
    assert page.evaluate("window.kept")


def test_a_lost_connection_puts_the_card_back(page_of, cards):
    page = page_of("alice")
    page.goto(BOARD)
    page.context.set_offline(True)
    drag(page, card_of(page, "Kiln"), card_of(page, "Press"))
    expect(page.get_by_role("alert")).to_contain_text("no connection")
    expect(names(page, "New")).to_have_text(["Kiln", "Oven"])
    page.context.set_offline(False)
    page.get_by_role("button", name="Retry").click()
    expect(column(page, "Qualification").locator(".card h3")).to_have_text(["Kiln", "Press"])


def test_more_cards_come_as_one_scrolls(page_of, alice):
    for number in range(40):
        make_opportunity(alice, f"Card {number:02d}")
    page = page_of("alice")
    page.goto(BOARD)
    expect(names(page, "New")).to_have_count(25)
    names(page, "New").last.scroll_into_view_if_needed()
    expect(names(page, "New")).to_have_count(40)


def test_plus_adds_a_card_to_its_column(page_of, cards):
    page = page_of("alice")
    page.goto(BOARD)
    page.get_by_role("link", name="New opportunity in Proposition").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Fit-out")
    accessible(page)
    dialog.get_by_role("button", name="Save").click()
    expect(names(page, "Proposition")).to_have_text(["Racks", "Fit-out"])
    expect(page.get_by_text("“Fit-out” added")).to_be_visible()
    assert Opportunity.get(Opportunity.name == "Fit-out").stage == stage("Proposition")


def test_row_buttons_of_the_list_move_win_and_are_undone(page_of, cards):
    page = page_of("alice")
    page.goto("/opportunities")
    accessible(page)
    row = page.locator(f"#opportunity-{cards['Kiln'].id}")
    row.get_by_role("button", name="Next stage: Qualification").click()
    expect(row).to_contain_text("Qualification")
    row.get_by_role("button", name="Won", exact=True).click()
    expect(row).to_contain_text("Closed won")
    expect(row).to_have_class("fill-green fresh")
    page.get_by_role("button", name="Undo").last.click()
    expect(row).to_contain_text("Qualification")


def test_the_board_on_a_phone_shows_one_column_and_moves_by_touch(page_of, cards):
    page = page_of("alice", width=390, height=844, has_touch=True)
    page.goto(BOARD)
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    chips = page.get_by_role("navigation", name="Columns")
    expect(chips.locator("[aria-current]")).to_have_text("New 2")
    chips.get_by_role("link", name="Proposition 1").tap()
    expect(chips.locator("[aria-current]")).to_have_text("Proposition 1")
    expect(card_of(page, "Racks")).to_be_in_viewport()
    chips.get_by_role("link", name="New 2").tap()
    expect(chips.locator("[aria-current]")).to_have_text("New 2")
    touch(page, card_of(page, "Oven"), card_of(page, "Kiln"))
    expect(names(page, "New")).to_have_text(["Oven", "Kiln"])
    page.get_by_role("link", name="Move or close Kiln").tap()
    page.get_by_role("button", name="Qualification").tap()
    expect(chips).to_contain_text("Qualification 2")


def touch(page, card, target):
    """A short hold, then the finger travels."""
    client = page.context.new_cdp_session(page)
    start, end = card.bounding_box(), target.bounding_box()
    x, y = start["x"] + 80, start["y"] + 40

    def finger(kind, x=0.0, y=0.0):
        points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    finger("touchStart", x, y)
    page.wait_for_timeout(320)
    for step in range(1, 11):
        finger("touchMove", x, y + (end["y"] + 8 - y) * step / 10)
        page.wait_for_timeout(20)
    page.wait_for_timeout(200)
    finger("touchEnd")


def test_without_script_a_card_moves_by_its_link(page_of, cards):
    page = page_of("alice", java_script_enabled=False)
    page.goto(f"{BOARD}?view=mine")
    page.get_by_role("link", name="Move or close Kiln").click()
    page.get_by_label("To").select_option(label="Proposition")
    page.get_by_role("button", name="Move").click()
    expect(page).to_have_url(f"{page.url.split('/opp')[0]}{BOARD}?view=mine")
    expect(names(page, "Proposition")).to_have_text(["Kiln", "Racks"])


# --- by owner, close month or type; several pipelines; a long column


def test_a_card_dropped_on_a_colleague_is_theirs_by_drag_menu_and_keys(page_of, cards, bob):
    page = page_of("alice", width=1440)
    page.goto(f"{BOARD}?by=owner")
    accessible(page)
    mine, his = page.locator(f"#column-{cards['Kiln'].owner_id}"), page.locator(f"#column-{bob.id}")
    drag(page, card_of(page, "Kiln"), his.locator(".empty"))
    expect(his.locator(".card h3")).to_have_text(["Kiln"])
    expect(page.get_by_text("“Kiln” moved to Bob Birch")).to_be_visible()
    card_of(page, "Oven").hover()
    page.get_by_role("link", name="Move or close Oven").click()
    page.get_by_role("button", name="Bob Birch", exact=True).click()
    expect(his.locator(".count")).to_have_text("2")
    card_of(page, "Press").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(his.locator(".count")).to_have_text("3")
    expect(mine.locator(".count")).to_have_text("2")
    assert {in_database(cards[name]).owner_id for name in ("Kiln", "Oven", "Press")} == {bob.id}
    page.get_by_role("button", name="Undo").last.click()
    expect(his.locator(".count")).to_have_text("2")


def test_a_column_that_takes_no_card_gives_it_back_and_says_why(page_of, cards, alice):
    make_opportunity(alice, "Old", expected_close_date=clock.today(alice.zone) - timedelta(days=70))
    page = page_of("alice", width=1440)
    page.goto(f"{BOARD}?by=month")
    card_of(page, "Kiln").focus()
    for key in ("Space", *["ArrowLeft"] * 8, "Space"):
        page.keyboard.press(key)
    expect(page.get_by_role("alert")).to_contain_text("This month is over")
    expect(page.locator("#column-none .card h3")).to_contain_text(["Kiln"])
    assert in_database(cards["Kiln"]).version == 1


def test_the_board_is_filtered_grouped_and_kept_as_a_view(page_of, cards):
    page = page_of("alice", width=1440)
    page.goto(BOARD)
    page.get_by_role("searchbox", name="Find cards").fill("kiln")
    page.keyboard.press("Enter")
    expect(page.locator(".card h3")).to_have_text(["Kiln"])
    page.get_by_role("searchbox", name="Find cards").fill("")
    page.keyboard.press("Enter")
    expect(page.locator(".card")).to_have_count(5)
    page.locator("summary", has_text="By stage").click()
    page.get_by_role("link", name="Type", exact=True).click()
    expect(page.locator("#column-none .count")).to_have_text("5")
    page.get_by_role("link", name="Filter", exact=True).click()
    page.get_by_label("Column", exact=True).select_option("name")
    page.get_by_label("Text").fill("Oven")
    page.get_by_role("button", name="Filter", exact=True).last.click()
    expect(page.locator(".card h3")).to_have_text(["Oven"])
    page.get_by_role("link", name="Save view").click()
    page.get_by_role("textbox", name="Name").fill("Ovens by type")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.locator(".tabs [aria-current=page]")).to_contain_text("Ovens by type")
    expect(page.locator("#column-none .card h3")).to_have_text(["Oven"])
    accessible(page)


def test_pipelines_have_boards_of_their_own_and_a_new_stage_appears_while_one_looks(page_of, cards, carol):
    service = pipelines.add("Service", None, carol)
    page = page_of("alice", width=1440)
    page.goto(BOARD)
    page.locator("summary", has_text="Sales pipeline").click()
    page.get_by_role("link", name="Service").click()
    expect(page.get_by_text("An opportunity is a sale that may come about.")).to_be_visible()
    page.get_by_role("link", name="New opportunity in Qualification").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Yearly check")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.locator(".card h3")).to_have_text(["Yearly check"])
    assert Opportunity.get(Opportunity.name == "Yearly check").stage.pipeline_id == service.id
    stages.add({"name": "Visit", "outcome": "open", "probability": 60, "pipeline": service.id}, carol)
    expect(page.locator("#board h2").nth(4)).to_contain_text("Visit")
    expect(page.locator(".card h3")).to_have_text(["Yearly check"])


def test_in_a_long_column_cards_still_load_and_move(page_of, alice):
    for number in range(140):
        make_opportunity(alice, f"Card {number:03d}")
    page = page_of("alice")
    page.goto(BOARD)
    for count in (50, 75, 100, 125, 140):
        page.locator("#board .more").first.scroll_into_view_if_needed()
        expect(names(page, "New")).to_have_count(count)
    last = card_of(page, "Card 139")
    last.scroll_into_view_if_needed()
    at_rest(last)
    drag(page, last, card_of(page, "Card 137"))
    expect(names(page, "New").nth(137)).to_have_text("Card 139")
    expect(last).not_to_have_class(re.compile("saving"))
    page.reload()
    assert [row.name for row in Opportunity.select().order_by(Opportunity.position)][137] == "Card 139"


def test_edges_idle_marks_and_words_at_their_limits(page_of, alice):
    """SEED-68, SEED-69, SEED-70, SEED-71"""
    for percent in (0, 24, 25, 26, 49, 50, 51, 74, 75, 76, 100):
        make_opportunity(alice, f"At {percent}", probability=percent)
    for days in (13, 14, 15):
        with clock.frozen(clock.now() - timedelta(days=days)):
            make_opportunity(alice, f"Since {days}", stage=stage("Qualification").id)
    page = page_of("alice")
    page.goto(BOARD)
    red, orange, black, green = (0, 24, 25), (26, 49), (50, 51, 74), (75, 76, 100)
    for edge, percents in (("red", red), ("orange", orange), ("black", black), ("green", green)):
        for percent in percents:
            card = card_of(page, f"At {percent}")
            expect(card).to_have_class(f"card edge-{edge}")
            expect(card).to_contain_text(f"{percent} %")
    colours = [
        card_of(page, f"At {percent}").evaluate("(card) => getComputedStyle(card).backgroundImage")
        for percent in (25, 49, 50, 75)
    ]
    assert len(set(colours)) == 4, "each edge is drawn in a colour of its own"
    for days, marked in ((13, False), (14, False), (15, True)):
        mark = card_of(page, f"Since {days}").locator(".days.soon")
        expect(mark).to_have_count(1 if marked else 0)
    expect(card_of(page, "Since 15").locator(".days")).to_have_attribute(
        "title", "15 days in this stage, longer than it should be"
    )


def test_on_a_phone_a_finger_carries_a_card_to_another_column_to_won_and_is_asked_at_lost(page_of, cards):
    page = page_of("alice", width=390, height=844, has_touch=True)
    page.goto(BOARD)
    chips = page.get_by_role("navigation", name="Columns")
    expect(column(page, "New").locator(".sums")).to_be_in_viewport()
    carry_by_touch(page, card_of(page, "Kiln"), chips.get_by_text("Qualification"))
    expect(chips).to_contain_text("Qualification 2")
    expect(chips).to_contain_text("New 1")
    assert in_database(cards["Kiln"]).stage == stage("Qualification")
    carry_by_touch(page, card_of(page, "Oven"), page.locator(".drop.lost"))
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Why was it lost?")).to_be_visible()
    dialog.get_by_role("button", name="Cancel").tap()
    expect(dialog).to_be_hidden()
    expect(names(page, "New")).to_have_text(["Oven"])
    carry_by_touch(page, card_of(page, "Oven"), page.locator(".drop.won"))
    expect(chips).to_contain_text("Won this month 1")
    assert in_database(cards["Oven"]).outcome == "won"


def carry_by_touch(page, card, target):
    """Hold shortly, then to where the target is once the card has been picked up."""
    client = page.context.new_cdp_session(page)
    expect(page.locator(".card.saving")).to_have_count(0)
    at_rest(card)
    start = card.bounding_box()
    x, y = start["x"] + 80, start["y"] + 40

    def finger(kind, x=0.0, y=0.0):
        points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    finger("touchStart", x, y)
    expect(card).to_have_class(re.compile("sortable-chosen"))
    finger("touchMove", x + 3, y + 8)
    finger("touchMove", x + 4, y + 12)
    expect(page.locator("body.dragging")).to_be_attached()
    end = target.bounding_box()
    to_x, to_y = end["x"] + end["width"] / 2, end["y"] + end["height"] / 2
    for step in range(1, 13):
        finger("touchMove", x + (to_x - x) * step / 12, y + (to_y - y) * step / 12)
        page.wait_for_timeout(25)
    expect(target).to_have_class(re.compile(r"\bover\b"))
    finger("touchEnd")
