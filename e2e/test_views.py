"""Views and filters in the browser: conditions are built, kept as a tab, and taken away again."""

from playwright.sync_api import expect

from e2e.conftest import accessible
from tests.make import make_lead

BUSY = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"


def settled(page):
    """What htmx has just put in listens a moment later; no hand is as quick as a test."""
    expect(page.locator(BUSY)).to_have_count(0)


def test_conditions_become_a_view_that_is_deleted_and_brought_back(page_of, alice):
    for name, city in (("Adler", "Lyon"), ("Brandt", "Paris"), ("Costa", "Nice")):
        make_lead(alice, name, city=city)
    page = page_of("alice")
    page.goto("/leads")
    page.get_by_role("link", name="Filter", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("#line-0-column")).to_be_visible()
    for number, city in enumerate(("Lyon", "Nice")):
        settled(page)
        if number:
            dialog.get_by_role("button", name="Add condition").click()
            expect(dialog.locator("#line-1-joiner")).to_be_visible()
            settled(page)
            dialog.locator("#line-1-joiner").select_option("or")
            settled(page)
        dialog.locator(f"#line-{number}-column").select_option("city")
        expect(dialog.locator(f"[name=line-{number}-value]")).to_be_visible()
        settled(page)
        dialog.locator(f"[name=line-{number}-value]").fill(city)
    accessible(page)
    dialog.locator("[name=line-1-value]").press("Enter")
    expect(page.locator("#rows tr")).to_have_count(2)
    page.get_by_role("link", name="Save view").click()
    expect(dialog.get_by_label("Name")).to_be_visible()
    settled(page)
    dialog.get_by_label("Name").fill("By the water")
    page.keyboard.press("Enter")
    tab = page.get_by_role("link", name="By the water")
    expect(tab).to_have_attribute("aria-current", "page")
    expect(tab).to_contain_text("2")
    settled(page)
    page.locator("#bar details.menu summary", has_text="View").click()
    page.get_by_role("button", name="Delete view").click()
    expect(page.locator("#rows tr")).to_have_count(3)
    expect(tab).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    page.reload()
    expect(tab).to_have_count(1)
