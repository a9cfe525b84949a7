"""A quote in the browser: from the opportunity to the order with the keyboard, two people at once, a phone."""

import pytest
from playwright.sync_api import expect

from crmlite.models.opportunities import Opportunity
from crmlite.models.partners import Partner
from crmlite.models.quotes import Quote, QuoteLine
from crmlite.rules import access, products, quote_lines, quotes, settings
from e2e.conftest import accessible
from tests import people
from tests.make import make_opportunity, make_partner, make_quote


@pytest.fixture
def shelf(carol):
    tax = products.add_tax({"name": "Sales 10 %", "rate": 1000}, carol)
    return products.create(
        {"name": "Oak shelf", "reference": "S-1", "price": 50_00, "unit": "piece", "tax": tax.id}, carol
    )


def lines(page):
    return page.locator("#lines .quote-line")


def saved(page):
    return page.locator("#lines .quote-line[data-id]:not([data-id=''])")


def field(row, name):
    return row.locator(f"[name={name}]")


def names(quote, by):
    return [line.name for line in quote_lines.of(quote, by)]


def total(page):
    return page.locator("#sums dd.all")


def test_from_the_opportunity_to_the_order_with_the_keyboard(page_of, alice, shelf):
    """SEED-49, SEED-56, SEED-73"""
    settings.set_sales({"order_closes_opportunity"}, access.actor(people.user("olive").id, "web"))
    customer = make_partner(alice, "Orangerie", email="luc@orangerie.example")
    sale = make_opportunity(alice, "Cold room", partner=customer.id)
    page = page_of("alice")
    page.goto(f"/opportunities/{sale.id}")
    page.get_by_role("link", name="Create quote").first.click()
    expect(page.get_by_label("Title")).to_have_value("Cold room")
    accessible(page)
    page.get_by_role("button", name="Create quote").click()
    expect(page.locator("h1")).to_have_text("Cold room")
    expect(field(lines(page).first, "name")).to_be_focused()
    # A product by its arrow key, then nine free lines: nothing but the keyboard.
    page.keyboard.type("oak")
    expect(page.get_by_role("option", name="Oak shelf")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(field(lines(page).first, "quantity")).to_be_focused()
    page.keyboard.type("4")
    page.keyboard.press("Enter")
    for number in range(2, 11):
        page.keyboard.type(f"Work {number}")
        for text in ("1.5", "h", "40", "10"):
            page.keyboard.press("Tab")
            page.keyboard.type(text)
        page.keyboard.press("Enter")
    expect(saved(page)).to_have_count(10)
    expect(total(page)).to_have_text("€ 706.00")
    quote = Quote.get()
    first = quote_lines.of(quote, alice)[0]
    assert (first.name, first.unit, first.unit_price, first.quantity, first.tax_rate) == (
        "Oak shelf", "piece", 50_00, 4000, 1000,
    )  # fmt: skip
    assert (quote.untaxed, quote.tax, quote.total) == (200_00 + 9 * 54_00, 20_00, 706_00)
    accessible(page)
    page.get_by_role("button", name="Finalize").click()
    expect(page.locator(".toast")).to_contain_text("is finalized")
    number = Quote.get_by_id(quote.id).reference
    expect(page.locator(".record-head .under")).to_contain_text(number)
    expect(page.locator(".quote-table tbody tr")).to_have_count(10)
    accessible(page)
    paper = page.request.get(f"/quotes/{quote.id}.pdf")
    assert paper.ok and paper.body().startswith(b"%PDF")
    page.get_by_role("link", name="Send").click()
    expect(page.get_by_role("link", name="Write to luc@orangerie.example")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Mark as sent").click()
    expect(page.locator(".path [aria-current]")).to_have_text("Sent")
    page.get_by_role("button", name="Confirm order").click()
    expect(page.locator(".toast")).to_contain_text("Orangerie is a customer now, “Cold room” is won")
    assert Partner.get_by_id(customer.id).is_customer and Opportunity.get_by_id(sale.id).outcome == "won"
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".path [aria-current]")).to_have_text("Sent")
    fresh = Partner.get_by_id(customer.id)
    assert fresh.is_prospect and not fresh.is_customer
    assert Opportunity.get_by_id(sale.id).outcome == "open"


def test_lines_are_put_into_order_headed_and_removed_without_the_mouse(page_of, alice):
    quote = make_quote(alice, lines=0)
    for name in ("A", "B", "C"):
        quote_lines.add(quote, {"name": name, "unit_price": 10_00}, alice)
    page = page_of("alice")
    page.goto(f"/quotes/{quote.id}")
    field(lines(page).nth(2), "name").focus()
    page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("Alt+ArrowUp")
    expect(field(lines(page).first, "name")).to_have_value("C")
    expect(field(lines(page).first, "name")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("Between")
    page.keyboard.press("Tab")
    expect(saved(page)).to_have_count(4)
    page.keyboard.press("Alt+Delete")
    expect(page.locator(".toast")).to_contain_text("“Between” removed")
    page.get_by_role("button", name="Undo").click()
    expect(saved(page)).to_have_count(4)
    assert names(quote, alice) == ["C", "Between", "A", "B"]
    page.get_by_role("button", name="Heading", exact=True).click()
    page.keyboard.type("Works")
    page.keyboard.press("Enter")
    expect(saved(page)).to_have_count(5)
    assert QuoteLine.get(QuoteLine.name == "Works").kind == "heading"


def test_a_line_is_dragged(page_of, alice):
    quote = make_quote(alice, lines=0)
    for name in ("A", "B", "C"):
        quote_lines.add(quote, {"name": name}, alice)
    page = page_of("alice")
    page.goto(f"/quotes/{quote.id}")
    lines(page).nth(2).hover()
    start, end = lines(page).nth(2).locator(".grip").bounding_box(), lines(page).first.bounding_box()
    page.mouse.move(start["x"] + 6, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(start["x"] + 8, start["y"] - 10, steps=4)
    page.mouse.move(end["x"] + 10, end["y"] + 2, steps=12)
    page.wait_for_timeout(200)
    page.mouse.up()
    expect(field(lines(page).first, "name")).to_have_value("C")
    page.reload()
    expect(field(lines(page).first, "name")).to_have_value("C")


def test_a_wrong_value_says_so_in_its_place_and_nothing_typed_is_lost(page_of, alice):
    quote = make_quote(alice)
    page = page_of("alice")
    page.goto(f"/quotes/{quote.id}")
    row = lines(page).first
    field(row, "quantity").fill("lots")
    field(row, "unit_price").fill("12")
    page.keyboard.press("Enter")
    expect(row.locator(".error")).to_have_text(
        "Please enter a quantity such as 2 or 1.5, with at most three digits after the point."
    )
    expect(field(row, "quantity")).to_have_value("lots")
    expect(field(row, "quantity")).to_have_attribute("aria-invalid", "true")
    accessible(page)
    field(row, "quantity").fill("2")
    page.keyboard.press("Tab")
    expect(row.locator(".error")).to_have_count(0)
    expect(row.locator(".total")).to_have_text("€ 24.00")
    assert Quote.get_by_id(quote.id).untaxed == 24_00


def test_two_people_at_one_quote_both_win_or_are_asked(page_of, alice, bob):
    quote = make_quote(alice, lines=2)
    mine, theirs = page_of("alice"), page_of("bob")
    for page in (mine, theirs):
        page.goto(f"/quotes/{quote.id}")
    field(lines(theirs).first, "quantity").fill("3")
    theirs.keyboard.press("Tab")
    expect(lines(theirs).first.locator(".total")).to_have_text("€ 300.00")
    # Another field of the same line: both stand. The live look of a page that is typed in leaves it alone.
    field(lines(mine).first, "unit").fill("day")
    mine.keyboard.press("Tab")
    expect(field(lines(mine).first, "quantity")).to_have_value("3")
    # The same field: asked.
    row = quote_lines.of(quote, alice)[1]
    field(lines(mine).nth(1), "quantity").focus()
    quote_lines.edit(row, {"quantity": 7000}, bob)
    mine.keyboard.press("Control+A")
    mine.keyboard.type("5")
    mine.keyboard.press("Tab")
    expect(lines(mine).nth(1).locator(".error")).to_have_text("Bob Birch changed quantity to 7 meanwhile.")
    lines(mine).nth(1).get_by_role("button", name="Keep mine").click()
    expect(lines(mine).nth(1).locator(".total")).to_have_text("€ 500.00")
    expect(lines(theirs).nth(1).locator(".total")).to_have_text("€ 500.00")
    assert [line.quantity for line in quote_lines.of(quote, alice)] == [3000, 5000]


def test_a_quote_that_is_finalized_meanwhile_keeps_what_is_typed(page_of, alice, bob):
    quote = make_quote(alice)
    page = page_of("alice")
    page.goto(f"/quotes/{quote.id}")
    row = lines(page).first
    field(row, "quantity").fill("9")
    quotes.finalize(Quote.get_by_id(quote.id), bob)
    page.keyboard.press("Tab")
    expect(page.locator(".toast.red")).to_contain_text("please revise it")
    expect(field(row, "quantity")).to_have_value("9")
    assert quote_lines.of(quote, alice)[0].quantity == 1000


def test_finalizing_waits_for_the_line_that_was_just_typed(page_of, alice):
    quote = make_quote(alice)
    page = page_of("alice")
    page.goto(f"/quotes/{quote.id}")
    field(lines(page).first, "quantity").fill("4")
    page.get_by_role("button", name="Finalize").click()
    expect(page.locator(".path [aria-current]")).to_have_text("Finalized")
    assert Quote.get_by_id(quote.id).untaxed == 400_00


def test_a_figure_that_is_half_typed_is_left_alone(page_of, alice):
    """An answer that arrives between two digits neither reads nor rewrites them: “4” must not become “4.00” and “4.000”
    then four thousand."""
    quote = make_quote(alice, lines=0)
    page = page_of("alice")
    page.goto(f"/quotes/{quote.id}")
    row = lines(page).first
    field(row, "name").focus()
    page.keyboard.type("Work")
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.type("4")
    expect(saved(page)).to_have_count(1)
    page.wait_for_timeout(600)
    expect(field(row, "unit_price")).to_have_value("4")
    page.keyboard.type("0")
    page.keyboard.press("Enter")
    expect(row.locator(".total")).to_have_text("€ 40.00")
    expect(field(row, "unit_price")).to_have_value("40.00")


def test_without_connection_a_line_is_kept_and_sent_again(page_of, alice):
    quote = make_quote(alice)
    page = page_of("alice")
    page.goto(f"/quotes/{quote.id}")
    page.context.set_offline(True)
    row = lines(page).first
    field(row, "quantity").fill("4")
    page.keyboard.press("Tab")
    expect(page.locator(".toast.red")).to_contain_text("Your text is kept")
    expect(field(row, "quantity")).to_have_value("4")
    page.context.set_offline(False)
    page.get_by_role("button", name="Retry").click()
    expect(row.locator(".total")).to_have_text("€ 400.00")
    assert Quote.get_by_id(quote.id).untaxed == 400_00


def test_a_new_customer_is_made_in_the_form_of_the_quote(page_of, alice):
    """SEED-77"""
    page = page_of("alice")
    page.goto("/quotes")
    page.get_by_role("link", name="New quote").first.click()
    page.get_by_label("New customer").check()
    page.get_by_role("button", name="Create quote").click()
    expect(page.locator("#f-customer_name-error")).to_have_text("Please enter a name.")
    page.get_by_label("Name of the company").fill("Orangerie")
    page.get_by_label("E-mail").fill("luc@orangerie.example")
    page.get_by_role("button", name="Create quote").click()
    expect(page.locator("h1")).to_have_text("Quote for Orangerie")
    made = Partner.get()
    assert made.is_prospect and made.email == "luc@orangerie.example"


@pytest.mark.parametrize("width", [390, 768])
def test_lines_are_typed_on_a_small_screen(page_of, alice, width):
    quote = make_quote(alice)
    page = page_of("alice", width=width, height=1800)
    page.goto(f"/quotes/{quote.id}")
    row = lines(page).nth(1)
    field(row, "name").fill("Fitting")
    field(row, "unit_price").fill("30")
    page.get_by_role("button", name="Line", exact=True).click()
    expect(saved(page)).to_have_count(2)
    expect(total(page)).to_have_text("€ 150.00")
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
