"""Inviting and answering in a real browser."""

import pytest
from playwright.sync_api import expect

from crmlite.ics.read import Attendee as Guest
from crmlite.ics.read import read
from crmlite.models.events import Event
from crmlite.rules.guests import Change
from e2e.conftest import accessible
from e2e.test_events import fresh, planned
from tests.make import make_contact
from tests.people import email

WIDTHS = pytest.mark.parametrize("width", [1280, 390])


def invited(event: Event) -> dict[str, str]:
    return {one.email: one.answer for one in read(fresh(event).ics, "UTC").attendees}


@WIDTHS
def test_guests_are_found_by_name_typed_and_taken_away_by_keys(page_of, alice, width):
    make_contact(alice, "Moreau", first_name="Ana", email="ana@home.example")
    page = page_of("alice", width=width)
    page.goto("/events/form")
    page.get_by_label("Subject").fill("Tour")
    guest = page.get_by_label("Add a guest")
    expect(page.get_by_text("SMTP_URL")).to_be_hidden()
    guest.press_sequentially("more")
    offered = page.locator("#options-guest option")
    expect(offered).to_have_attribute("value", "Ana Moreau <ana@home.example>")
    guest.fill("Ana Moreau <ana@home.example>")
    for address in ("ugo@mill.example", "zoe@mill.example"):
        guest.fill(address)
        guest.press("Enter")
    listed = page.get_by_role("list", name="Guests").get_by_role("listitem")
    expect(listed).to_have_count(3)
    expect(listed.first).to_contain_text("No answer yet")
    expect(page.get_by_text("SMTP_URL")).to_be_visible()
    accessible(page)
    guest.press("Backspace")
    expect(page.get_by_role("button", name="Remove zoe@mill.example")).to_be_focused()
    page.keyboard.press("Enter")
    expect(listed).to_have_count(2)
    expect(page.get_by_role("button", name="Remove ugo@mill.example")).to_be_focused()
    guest.fill("half a name")
    page.get_by_role("button", name="Plan").click()
    expect(page.get_by_text("“half a name” is no e-mail address")).to_be_visible()
    page.get_by_role("button", name="Remove half a name").click()
    page.get_by_role("button", name="Plan").click()
    expect(page.get_by_role("heading", name="Tour", level=1)).to_be_visible()
    expect(page.locator(".guests-told li", has_text="Ana Moreau")).to_be_visible()
    assert invited(Event.get()) == {"ana@home.example": "", "ugo@mill.example": ""}


@WIDTHS
def test_a_guest_answers_and_the_organizer_sees_it_and_puts_down_another_s(page_of, alice, width):
    event = planned(alice, guests=Change((Guest(email("charlie"), "Charlie Crane"), Guest("ana@home.example", "Ana"))))
    guest = page_of("charlie", width=width)
    guest.goto(f"/events/{event.id}")
    guest.get_by_role("group", name="Your answer").get_by_role("button", name="Maybe").click()
    expect(guest.get_by_role("button", name="Maybe")).to_have_attribute("aria-pressed", "true")
    accessible(guest)
    page = page_of("alice", width=width)
    page.goto(f"/events/{event.id}")
    told = page.locator(".guests-told li", has_text="Charlie Crane")
    expect(told).to_contain_text("Tentative")
    page.locator("summary", has_text="No answer yet").click()
    page.locator(".guests-told li", has_text="Ana").get_by_role("button", name="Accepted").click()
    expect(page.locator(".guests-told li", has_text="Ana").locator("summary")).to_have_text("Accepted")
    accessible(page)
    assert invited(event) == {email("charlie"): "maybe", "ana@home.example": "yes"}
