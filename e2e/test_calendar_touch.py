"""The calendar under a finger, 390 px wide: plan, look, carry, and the forms that do the same."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from crmlite.models.events import Event
from crmlite.rules import gate
from e2e.conftest import accessible, at_rest
from e2e.test_events import TUESDAY, at_hour, column, fresh, planned
from tests import people

DAY = "/calendars/day/2026-11-24"


@pytest.fixture
def phone(page_of) -> Page:
    return page_of("alice", width=390, height=844, has_touch=True)


def finger_of(page: Page) -> Callable[..., None]:
    client = page.context.new_cdp_session(page)

    def finger(kind: str, x: float = 0.0, y: float = 0.0) -> None:
        points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    return finger


def test_a_tap_on_an_hour_plans_there(phone, alice):
    phone.goto(DAY)
    phone.touchscreen.tap(*at_hour(phone, "2026-11-24", 14.2))
    form = phone.get_by_role("dialog")
    expect(form.get_by_label("Starts")).to_have_value("2026-11-24")
    expect(form.get_by_label("At", exact=True).first).to_have_value("14:00")
    form.get_by_label("Subject").fill("Site visit")
    form.get_by_role("button", name="Plan").tap()
    expect(column(phone, "2026-11-24").get_by_role("link", name="Site visit")).to_have_attribute("data-at", "14:00")
    assert Event.get().starts_at == datetime(2026, 11, 24, 13, 0, tzinfo=UTC)


def test_an_event_held_for_a_moment_is_carried_by_the_finger(phone, alice):
    event = planned(alice)
    phone.goto(DAY)
    link = column(phone, "2026-11-24").get_by_role("link", name="Contract talk")
    to_x, to_y = at_hour(phone, "2026-11-24", 12)
    at_rest(link)
    box = link.bounding_box()
    x, y = box["x"] + 60, box["y"] + 3
    finger = finger_of(phone)
    finger("touchStart", x, y)
    expect(link).to_have_class(re.compile(r"\bheld\b"))
    for step in range(1, 7):
        finger("touchMove", x + (to_x - x) * step / 6, y + (to_y + 4 - y) * step / 6)
    expect(phone.locator('.ev.draft[data-at="12:00"]')).to_be_visible()
    finger("touchEnd")
    expect(phone.get_by_role("status").get_by_text("moved to")).to_be_visible()
    assert fresh(event).starts_at == TUESDAY + timedelta(hours=2)
    expect(phone.locator('.ev[data-at="12:00"]:not(.draft)')).to_be_visible()


def test_a_finger_that_swipes_scrolls_and_moves_nothing(phone, alice):
    event = planned(alice)
    phone.goto(DAY)
    link = column(phone, "2026-11-24").get_by_role("link", name="Contract talk")
    at_hour(phone, "2026-11-24", 12)
    at_rest(link)
    box = link.bounding_box()
    before = phone.evaluate("document.getElementById('grid').scrollTop")
    finger = finger_of(phone)
    x, y = box["x"] + 60, box["y"] + 20
    finger("touchStart", x, y)
    for step in range(1, 9):
        finger("touchMove", x, y - 20 * step)
    finger("touchEnd")
    phone.wait_for_function(f"document.getElementById('grid').scrollTop > {before}")
    expect(phone.locator(".ev.draft, .ev.held")).to_have_count(0)
    assert fresh(event).starts_at == TUESDAY


def test_the_sheet_tells_the_essentials_and_its_form_moves_lengthens_and_deletes(phone, alice):
    event = planned(alice, location="Lyon")
    phone.goto(DAY)
    link = column(phone, "2026-11-24").get_by_role("link", name="Contract talk")
    link.tap()
    sheet = phone.get_by_role("dialog", name="Contract talk")
    expect(sheet.get_by_text("Lyon")).to_be_visible()
    expect(sheet.get_by_role("link", name="Edit")).to_be_in_viewport()
    accessible(phone)
    sheet.get_by_role("link", name="Edit").tap()
    form = phone.get_by_role("dialog", name="Edit Contract talk")
    form.get_by_label("At", exact=True).first.fill("11:00")
    form.get_by_label("At", exact=True).nth(1).fill("13:00")
    form.get_by_role("button", name="Save").tap()
    expect(phone.get_by_role("dialog")).to_have_count(0)
    expect(column(phone, "2026-11-24").locator('[data-at="11:00"][data-for="2:00"]')).to_be_visible()
    assert fresh(event).ends_at == TUESDAY + timedelta(hours=3)
    link.tap()
    sheet.get_by_role("button", name="Delete").tap()
    expect(link).to_have_count(0)
    phone.locator(".toast", has_text="deleted").get_by_role("button", name="Undo").tap()
    expect(link).to_be_visible()


def test_a_tap_on_a_day_of_the_month_leads_to_it_and_plan_begins_there(phone, alice):
    phone.goto("/calendars/month/2026-11")
    accessible(phone)
    phone.locator('.day-cell[data-day="2026-11-26"]').get_by_role("link").first.tap()
    phone.wait_for_url("**/calendars/day/2026-11-26")
    phone.get_by_role("link", name="Plan", exact=True).tap()
    expect(phone.get_by_role("dialog").get_by_label("Starts")).to_have_value("2026-11-26")


def test_a_second_zone_is_shown_where_there_is_room_for_it(phone, alice):
    gate.change(people.user("alice"), {"second_zone": "America/New_York"}, alice)
    phone.goto("/calendars/week/2026-W48")
    expect(phone.locator(".hours .second").nth(10)).to_be_hidden()
    assert (
        column(phone, "2026-11-23").bounding_box()["x"] == phone.locator(".week-head > div").first.bounding_box()["x"]
    )
    phone.goto(DAY)
    expect(phone.locator(".hours .second").nth(10)).to_have_text("04:00")
    expect(phone.locator(".hours .second").nth(10)).to_be_visible()
    accessible(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
