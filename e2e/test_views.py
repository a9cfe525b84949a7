"""Views and filters in the browser: conditions are built, kept as a tab, and taken away again."""

import time

from playwright.sync_api import expect

from e2e.conftest import accessible, at_rest
from tests.make import make_lead


def test_conditions_become_a_view_that_is_deleted_and_brought_back(page_of, alice):
    for name, city in (("Adler", "Lyon"), ("Brandt", "Paris"), ("Costa", "Nice")):
        make_lead(alice, name, city=city)
    page = page_of("alice")
    page.goto("/leads")
    page.get_by_role("link", name="Filter", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("#line-0-column")).to_be_visible()
    for number, city in enumerate(("Lyon", "Nice")):
        if number:
            dialog.get_by_role("button", name="Add condition").click()
            expect(dialog.locator("#line-1-joiner")).to_be_visible()
            dialog.locator("#line-1-joiner").select_option("or")
        dialog.locator(f"#line-{number}-column").select_option("city")
        expect(dialog.locator(f"[name=line-{number}-value]")).to_be_visible()
        dialog.locator(f"[name=line-{number}-value]").fill(city)
    accessible(page)
    dialog.locator("[name=line-1-value]").press("Enter")
    expect(page.locator("#rows tr")).to_have_count(2)
    page.get_by_role("link", name="Save view").click()
    expect(dialog.get_by_label("Name")).to_be_visible()
    dialog.get_by_label("Name").fill("By the water")
    page.keyboard.press("Enter")
    tab = page.get_by_role("link", name="By the water")
    expect(tab).to_have_attribute("aria-current", "page")
    expect(tab).to_contain_text("2")
    page.locator("#bar details.menu summary", has_text="View").click()
    page.get_by_role("button", name="Delete view").click()
    expect(page.locator("#rows tr")).to_have_count(3)
    expect(tab).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(tab).to_have_count(1)


def test_a_filter_is_built_by_keyboard_alone(page_of, alice):
    for name, city in (("Adler", "Lyon"), ("Brandt", "Paris"), ("Costa", "Nice")):
        make_lead(alice, name, city=city)
    page = page_of("alice")
    page.goto("/leads")
    page.get_by_role("link", name="Filter", exact=True).focus()
    page.keyboard.press("Enter")
    column, operator = page.locator("#line-0-column"), page.locator("#line-0-operator")
    expect(column).to_be_focused()
    page.keyboard.type("City")
    expect(operator).to_be_visible()
    page.keyboard.press("Tab")
    expect(operator).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(operator.locator("option:checked")).to_have_text("does not contain")
    expect(operator).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("Paris")
    page.keyboard.press("Enter")
    expect(page.locator("#rows tr")).to_have_count(2)
    page.locator("#bar .chip .words").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#line-0-value-0")).to_have_value("Paris")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("#bar .chip .words")).to_be_focused()


def test_what_is_typed_while_a_line_is_renewed_stays(page_of, alice):
    page = page_of("alice", width=390)
    page.goto("/leads?city=is:Lyon&company=is:Azenha")
    page.locator("#bar .chip .words").first.click()
    dialog = page.get_by_role("dialog")
    page.route("**/leads/filters?step=again*", lambda route: (time.sleep(0.3), route.continue_()))
    with page.expect_response("**/leads/filters?step=again*"):
        dialog.locator("#line-0-operator").select_option("has")
        dialog.locator("#line-1-value-0").fill("Moulin")
        dialog.locator("#line-0-value-0").press("End")
        dialog.locator("#line-0-value-0").press_sequentially(" and Nice")
    expect(dialog.locator("#line-0-value-0")).to_be_focused()
    expect(dialog.locator("#line-0-value-0")).to_have_value("Lyon and Nice")
    expect(dialog.locator("#line-1-value-0")).to_have_value("Moulin")
    accessible(page)


def test_columns_are_dragged_into_order(page_of, alice):
    make_lead(alice)
    page = page_of("alice")
    page.goto("/leads")
    page.get_by_role("link", name="Columns").click()
    lines = page.locator("#choose-columns li")
    expect(lines.first.get_by_role("checkbox")).to_be_focused()
    expect(page.locator("#choose-columns[data-ready=now]")).to_be_visible()
    grips = page.locator("#choose-columns .grip")
    at_rest(grips.nth(2))
    start, end = grips.nth(0).bounding_box(), grips.nth(2).bounding_box()
    page.mouse.move(start["x"] + 8, start["y"] + 12)
    page.mouse.down()
    page.mouse.move(start["x"] + 8, start["y"] + 30, steps=3)
    for place in (grips.nth(1).bounding_box(), end, end):  # as a hand does: the lines make room one after the other
        page.mouse.move(place["x"] + 8, place["y"] + 26, steps=6)
        page.wait_for_timeout(250)
    page.mouse.move(end["x"] + 9, end["y"] + 27)
    page.mouse.up()
    expect(lines.nth(2)).to_contain_text("Company")
    page.get_by_role("button", name="Move up: Company").click()
    expect(lines.nth(1)).to_contain_text("Company")
    expect(page.get_by_role("button", name="Move up: Company")).to_be_focused()
    page.get_by_role("button", name="Show these columns").click()
    heads = page.locator("table.list thead th")
    expect(heads).to_contain_text(["Name", "Phone", "Company", "E-mail"])


def test_a_value_is_filtered_by_from_its_cell(page_of, alice):
    for name, city in (("Adler", "Lyon"), ("Brandt", "Paris"), ("Costa", "Lyon")):
        make_lead(alice, name, city=city)
    page = page_of("alice")
    page.goto("/leads?columns=city,email")
    page.locator("#rows td", has_text="Paris").hover()
    page.get_by_role("link", name="Filter by this value").click()
    expect(page.locator("#rows tr")).to_have_count(1)
    page.goto("/leads?columns=city,email")
    page.locator("#rows td", has_text="Lyon").first.focus()
    page.keyboard.press("Control+Shift+L")
    expect(page.locator("#rows tr")).to_have_count(2)
    page.locator("#rows td", has_text="Lyon").first.focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("1 selected")).to_be_visible()
    accessible(page)
