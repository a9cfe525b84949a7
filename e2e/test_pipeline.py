"""The list of opportunities and the forecast in the browser: colours, forms that follow, many at once, figures."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from crmlite import clock
from crmlite.models.opportunities import Opportunity
from crmlite.rules import opportunities
from e2e.conftest import accessible
from tests.make import choice, make_lead, make_opportunity, make_partner, stage

COLOUR = "element => getComputedStyle(element).color"
GROUND = "element => getComputedStyle(element).backgroundColor"


def in_days(by, days):
    return clock.today(by.zone) + timedelta(days=days)


def row(page, card):
    return page.locator(f"#opportunity-{card.id}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_colours_of_the_list_are_those_of_the_manual(page_of, alice, scheme):
    """SEED-62, SEED-63, SEED-64, SEED-65, SEED-66, SEED-67: each has the colour that the legend shows for it."""
    with clock.frozen(clock.now() - timedelta(days=8)):
        old = make_opportunity(alice, "Old")
    cards = {
        "ink-red": make_opportunity(alice, "Seven left", expected_close_date=in_days(alice, 7)),
        "ink-orange": make_opportunity(alice, "Fourteen left", expected_close_date=in_days(alice, 14)),
        "ink-blue": old,
    }
    plain = [make_opportunity(alice, "New"), make_opportunity(alice, "Ahead", expected_close_date=in_days(alice, 15))]
    filled = {
        "fill-green": opportunities.win(make_opportunity(alice, "Won"), alice),
        "fill-red": opportunities.lose(
            make_opportunity(alice, "Lost"), choice("lost_reason", "No budget").id, "", alice
        ),
    }
    page = page_of("alice", color_scheme=scheme)
    page.goto("/opportunities?view=all")
    page.locator("summary", has_text="Colours").click()
    legend = page.locator(".legend")
    accessible(page)
    for look, card in cards.items():
        assert row(page, card).locator("th").evaluate(COLOUR) == legend.locator(f".{look}").evaluate(COLOUR), look
        expect(row(page, card).locator("th .badge")).to_be_visible()
    inks = {row(page, card).locator("th").evaluate(COLOUR) for card in (*cards.values(), *plain)}
    assert len(inks) == 4, "red, orange, blue, and one for both plain ones"
    for look, card in filled.items():
        assert row(page, card).locator("th").evaluate(GROUND) == legend.locator(f".{look}").evaluate(GROUND), look
        expect(row(page, card).locator(".badge .i")).to_be_visible()


def test_fields_follow_while_the_form_is_filled_in(page_of, alice):
    make_lead(alice, "Costa")
    make_partner(alice, "Brandt Precision", currency="CHF")
    page = page_of("alice")
    page.goto("/opportunities")
    page.locator(".head .acts").get_by_role("link", name="New opportunity").click()
    page.get_by_label("Name").fill("Kiln")
    page.get_by_label("Stage").select_option(label="Negotiation")
    expect(page.get_by_label("Probability")).to_have_value("75")
    page.get_by_label("Lead").fill("Costa")
    page.get_by_label("Customer", exact=True).fill("Brandt Precision")
    page.get_by_label("Amount").focus()
    expect(page.get_by_label("Lead")).to_have_value("")
    expect(page.get_by_label("Currency")).to_have_value("CHF")
    page.get_by_label("Amount").fill("12,500")
    accessible(page)
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/opportunities/*")
    card = Opportunity.get()
    assert (card.name, card.currency, card.amount, card.probability) == ("Kiln", "CHF", 12_500_00, 75)


def test_a_closed_one_says_why_it_cannot_be_edited_and_is_reopened(page_of, alice):
    card = opportunities.win(make_opportunity(alice, "Kiln", amount=9_000_00), alice)
    page = page_of("alice")
    page.goto("/opportunities?view=won")
    row(page, card).locator("td", has_text="€").dblclick()
    expect(page.locator(".toasts")).to_contain_text("reopen it")
    page.goto(f"/opportunities/{card.id}")
    page.locator("dd[data-name=amount]").click()
    expect(page.locator(".toasts")).to_contain_text("reopen it")
    page.get_by_role("button", name="Reopen").click()
    expect(page.locator(".path [aria-current=step]")).to_have_text("Negotiation")
    page.locator("dd[data-name=next_step]").click()
    page.keyboard.type("Call them")
    page.keyboard.press("Enter")
    expect(page.locator("dd[data-name=next_step]")).to_have_text("Call them")
    assert Opportunity.get_by_id(card.id).next_step == "Call them"


@pytest.mark.parametrize("width", [1280, 390])
def test_ticked_rows_are_lost_with_their_reason(page_of, alice, width):
    cards = [make_opportunity(alice, name) for name in ("Kiln", "Oven", "Press")]
    page = page_of("alice", width=width)
    page.goto("/opportunities")
    if width < 640:
        page.get_by_role("button", name="Select").click()
    for card in cards[:2]:
        row(page, card).locator("[name=ids]").check()
    page.locator("#selection").get_by_role("button", name="Lost").click()
    page.get_by_label("Why were they lost?").select_option(label="Other")
    page.get_by_role("button", name="Mark as lost").click()
    expect(page.locator(".toasts")).to_contain_text("a few words")
    page.get_by_label("In your words").fill("Moved abroad")
    page.get_by_role("button", name="Mark as lost").click()
    expect(page.get_by_text("2 opportunities marked as lost")).to_be_visible()
    assert [Opportunity.get_by_id(card.id).outcome for card in cards] == ["lost", "lost", "open"]
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#foot")).to_contain_text("3 opportunities")
    assert Opportunity.get_by_id(cards[0].id).outcome == "open"


@pytest.mark.parametrize("width", [1280, 390])
def test_a_figure_of_the_forecast_opens_its_list(page_of, alice, width):
    """SEED-57"""
    today = clock.today(alice.zone)
    make_opportunity(alice, "Kiln", amount=1_000_00, probability=50, expected_close_date=today)
    make_opportunity(alice, "Oven", amount=400_00, probability=25, expected_close_date=today)
    make_opportunity(alice, "Undated", amount=70_00, stage=stage("Proposition").id)
    page = page_of("alice", width=width)
    page.goto("/forecast")
    accessible(page)
    months = page.get_by_role("region", name="By close month")
    assert months.locator("svg .weighted").nth(1).bounding_box()["height"] > 5
    line = months.locator("tbody tr", has_text=str(today.year)).first
    line.get_by_role("link", name="€\u00a0600").click()
    page.wait_for_url("**/opportunities?**")
    expect(page.locator("#foot")).to_contain_text("Weighted €\u00a0600")
    expect(page.locator("#rows tr[id]")).to_have_count(2)
    page.go_back()
    months.get_by_role("link", name="No close date").click()
    page.wait_for_url("**period=undated**")
    people = page.get_by_role("region", name="By person or team")
    expect(people.locator("tbody tr")).to_have_count(1)
    expect(people).to_contain_text("€\u00a070")
    page.goto("/forecast?period=undated")
    page.locator("summary", has_text="Export").click()
    with page.expect_download() as taken:
        page.get_by_role("link", name="CSV for any program").click()
    assert "1400.00" in taken.value.path().read_text()
