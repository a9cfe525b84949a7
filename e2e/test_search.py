"""The box that finds records and commands, by keyboard."""

import re

from playwright.sync_api import expect

from e2e.conftest import accessible
from tests.make import make_lead, make_partner


def test_a_record_is_opened_by_keyboard(page_of, alice):
    make_partner(alice, "Marina Foods")
    lead = make_lead(alice, "Kowalski", company="Marin & Sons")
    page = page_of("alice")
    page.goto("/leads")
    page.keyboard.press("/")
    options = page.locator("#palette [role=option]")
    expect(page.locator("#palette [role=group]").first).to_have_accessible_name("Recent")
    accessible(page)
    page.keyboard.type("marin")
    expect(options).to_have_count(2)
    expect(options.first.locator("mark")).to_have_text("Marin")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options.last).to_have_attribute("aria-selected", "true")
    accessible(page)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/leads/{lead.id}$"))


def test_a_hurried_person_opens_what_they_typed(page_of, alice):
    make_lead(alice, "Costa")
    lead = make_lead(alice, "Kowalski")
    page = page_of("alice")
    page.goto("/leads")
    page.keyboard.press("Control+k")
    page.keyboard.type("kovalsky")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/leads/{lead.id}$"))


def test_commands_are_done_from_the_box(page_of, alice):
    page = page_of("alice", width=390)
    page.goto("/leads")
    page.keyboard.press("Control+k")
    page.keyboard.type("new lead")
    page.keyboard.press("Enter")
    expect(page.locator("#dialog [name=first_name]")).to_be_visible()
    expect(page.locator("#palette")).to_be_hidden()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("dark")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("#palette")).to_be_hidden()


def test_the_page_shows_the_same_without_script(page_of, alice):
    lead = make_lead(alice, "Kowalski")
    page = page_of("alice", java_script_enabled=False)
    page.goto("/search?q=kovalsky")
    page.get_by_role("link", name="kowalski", exact=True).click()
    page.locator("main").get_by_role("link", name="Kowalski").click()
    expect(page).to_have_url(re.compile(rf"/leads/{lead.id}$"))
    page.goto("/search?q=sign+out")
    page.locator("main").get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/sign-in"))
