"""Planning in a real browser: a slot, a drag, a panel, an undo."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from crmlite.models.choices import Choice
from crmlite.models.events import Event
from crmlite.rules import events, gate
from crmlite.rules.access import system
from e2e.conftest import accessible
from tests.make import choice, make_contact, make_lead, make_partner

WEEK = "/calendars/week/2026-W48"
TUESDAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # 10:00 in Paris


def planned(by: Any, subject: str = "Contract talk", start: datetime = TUESDAY, **values: Any) -> Event:
    times = {"starts_at": start, "ends_at": start + timedelta(hours=1)}
    return events.save(None, {"kind": "meeting", "subject": subject, **times, **values}, by)


def fresh(event: Event) -> Event:
    return Event.get_by_id(event.id)


def column(page: Page, day: str) -> Locator:
    return page.locator(f'.day[data-day="{day}"]')


def at_hour(page: Page, day: str, hour: float) -> tuple[float, float]:
    """A point in the middle of a day's column, scrolled into view."""
    x, y = page.evaluate(
        """([day, hour]) => {
            const column = document.querySelector(`.day[data-day="${day}"]`);
            document.getElementById("grid").scrollTop = column.offsetHeight * hour / 24 - 200;
            const box = column.getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height * hour / 24];
        }""",
        [day, hour],
    )
    return x, y


def drag(page: Page, source: Locator, day: str, hour: float) -> None:
    """Hold the event at its upper edge and let it go where `hour` is."""
    page.wait_for_load_state("networkidle")
    to_x, to_y = at_hour(page, day, hour)
    x, y = source.evaluate(
        "one => { const b = one.getBoundingClientRect(); return [b.x + b.width / 2, b.y + 2]; }"
    )
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 18, steps=3)
    page.mouse.move(to_x, to_y + 3, steps=6)
    page.mouse.up()


def test_a_meeting_is_planned_edited_dragged_completed_and_undone(page_of, alice):
    """SEED-10"""
    lead = make_lead(alice, "Costa")
    page = page_of("alice")
    page.goto(WEEK)

    page.mouse.click(*at_hour(page, "2026-11-25", 14.1))
    panel = page.get_by_role("dialog")
    expect(panel.get_by_label("Starts")).to_have_value("2026-11-25")
    expect(panel.get_by_label("At", exact=True).first).to_have_value("14:00")
    panel.get_by_label("Subject").fill("Site visit")
    panel.get_by_label("Lead").fill("Costa")
    panel.get_by_role("button", name="Plan").click()
    expect(page.get_by_role("status").get_by_text("“Site visit” planned for")).to_be_visible()
    visit = column(page, "2026-11-25").get_by_role("link", name="Site visit")
    expect(visit).to_have_attribute("data-at", "14:00")

    page.locator(".toast").get_by_role("button", name="Dismiss").click()  # it would stand over the panel
    visit.click()
    page.get_by_role("dialog").get_by_role("link", name="Edit").click()
    panel = page.get_by_role("dialog")
    panel.get_by_label("Location").fill("Lyon")
    panel.get_by_role("button", name="Save").click()
    expect(panel).to_be_hidden()

    drag(page, visit, "2026-11-26", 16)
    moved = column(page, "2026-11-26").get_by_role("link", name="Site visit")
    expect(moved).to_have_attribute("data-at", "16:00")
    event = Event.get()
    assert (event.starts_at, event.location, event.lead_id) == (
        datetime(2026, 11, 26, 15, 0, tzinfo=UTC),
        "Lyon",
        lead.id,
    )
    page.locator(".toast", has_text="moved to").get_by_role("button", name="Undo").click()
    expect(column(page, "2026-11-25").get_by_role("link", name="Site visit")).to_have_attribute(
        "data-at", "14:00"
    )

    visit.click()
    page.get_by_role("dialog").get_by_role("button", name="Done").click()
    following = page.get_by_role("dialog", name="Plan the next step?")
    following.get_by_role("link", name="Call").click()
    expect(page.get_by_role("dialog").get_by_label("Lead")).to_have_value(f"Costa #{lead.id}")
    page.keyboard.press("Escape")
    assert fresh(event).status == "realized"


def test_a_drag_over_empty_time_plans_that_long(page_of, db):
    """SEED-88"""
    page = page_of("alice")
    page.goto(WEEK)
    x, y = at_hour(page, "2026-11-26", 9)
    height = column(page, "2026-11-26").bounding_box()["height"]
    page.mouse.move(x, y + 2)
    page.mouse.down()
    page.mouse.move(x, y + height * 1.5 / 24 + 2, steps=5)
    page.mouse.up()
    panel = page.get_by_role("dialog")
    expect(panel.get_by_label("At", exact=True).first).to_have_value("09:00")
    expect(panel.get_by_label("At", exact=True).nth(1)).to_have_value("10:30")


def test_the_end_follows_the_start_in_the_form(page_of, db):
    page = page_of("alice")
    page.goto("/events/form?start=2026-11-25T22:30&end=2026-11-25T23:00")
    page.get_by_label("At", exact=True).first.fill("23:45")
    page.get_by_label("At", exact=True).first.press("Tab")
    expect(page.get_by_label("Ends")).to_have_value("2026-11-26")
    expect(page.get_by_label("At", exact=True).nth(1)).to_have_value("00:15")


def test_the_fields_follow_the_kind(page_of, db):
    page = page_of("alice")
    page.goto("/events/form")
    expect(page.get_by_label("Due")).to_be_hidden()
    page.get_by_text("Task", exact=True).click()
    expect(page.get_by_label("Due")).to_be_visible()
    expect(page.get_by_label("Starts")).to_be_hidden()


@pytest.mark.parametrize("width", [1280, 390])
def test_a_chosen_contact_fills_company_and_place_but_nothing_that_was_typed(page_of, alice, width):
    partner = make_partner(alice, "Harbour Light", street="Quai 4", city="Lyon")
    make_contact(alice, "Moreau", partner=partner.id)
    page = page_of("alice", width=width)
    page.goto("/events/form")
    page.get_by_label("Contact").fill("Moreau")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Filled in: Location, Customer.")).to_be_visible()
    expect(page.get_by_label("Location")).to_have_value("Quai 4, Lyon")
    expect(page.get_by_label("Customer")).to_have_value(f"Harbour Light #{partner.id}")
    page.get_by_label("Location").fill("At the cafe")
    page.get_by_label("Customer").fill("Harbour Light")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Filled in:")).to_have_count(0)
    expect(page.get_by_label("Location")).to_have_value("At the cafe")


def test_another_kind_keeps_only_the_category_and_the_status_that_it_has(page_of, alice):
    anything = gate.create(Choice, {"kind": "event_category", "name": "Fair"}, system("cli"))
    event = planned(alice, category=choice("event_category", "Customer meeting").id, status="cancelled")
    page = page_of("alice")
    page.goto(f"/events/{event.id}/form")
    page.locator("main").get_by_text("More", exact=True).click()
    page.get_by_text("Task", exact=True).click()
    expect(page.locator("[name=category_task]")).to_have_value("")
    expect(page.locator("[name=category_meeting]")).to_be_hidden()
    expect(page.locator("[name=task_status]")).to_have_value("cancelled")
    page.locator("[name=category_task]").select_option(str(anything.id))
    page.get_by_text("Call", exact=True).click()
    expect(page.locator("[name=category_call]")).to_have_value(str(anything.id))


def test_a_row_that_is_done_asks_what_comes_next_and_gives_the_focus_back(page_of, alice):
    planned(alice, lead=make_lead(alice, "Costa").id)
    page = page_of("alice")
    page.goto("/events?view=all")
    page.get_by_role("row", name="Contract talk").hover()
    page.get_by_role("row", name="Contract talk").get_by_role("button", name="Done").click()
    asked = page.get_by_role("dialog", name="Plan the next step?")
    asked.get_by_role("link", name="Not now").click()
    expect(asked).to_be_hidden()
    expect(page.get_by_role("row", name="Contract talk").locator(":focus")).to_have_count(1)


def test_bad_input_stays_in_the_panel_with_the_reason(page_of, db):
    page = page_of("alice")
    page.goto("/calendars/week")
    page.keyboard.press("n")
    panel = page.get_by_role("dialog")
    panel.get_by_label("Location").fill("Lyon")
    panel.get_by_role("button", name="Plan").click()
    expect(panel.get_by_text("Please say what it is about.")).to_be_visible()
    expect(panel.get_by_label("Location")).to_have_value("Lyon")
    expect(panel.get_by_label("Subject")).to_be_focused()


def test_keys_lead_through_the_calendar(page_of, db):
    page = page_of("alice")
    page.goto(WEEK)
    for key, address in (
        ("ArrowRight", "week/2026-W49"),
        ("ArrowLeft", "week/2026-W48"),
        ("d", "/calendars/day/"),
        ("a", "/calendars/agenda"),
        ("w", "/calendars/week/"),
    ):
        page.keyboard.press(key)
        page.wait_for_url(re.compile(re.escape(address)))


def test_shift_and_arrows_move_the_event_that_has_the_focus(page_of, alice):
    event = planned(alice)
    page = page_of("alice")
    page.goto(WEEK)
    column(page, "2026-11-24").get_by_role("link", name="Contract talk").focus()
    page.keyboard.press("Shift+ArrowDown")
    expect(column(page, "2026-11-24").locator('[data-at="10:15"]')).to_be_visible()
    column(page, "2026-11-24").get_by_role("link", name="Contract talk").focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(column(page, "2026-11-25").locator('[data-at="10:15"]')).to_be_visible()
    assert fresh(event).starts_at == TUESDAY + timedelta(days=1, minutes=15)


def test_a_refused_drag_goes_back_and_says_why(page_of, alice, carol):
    event = planned(alice)
    page = page_of("alice")
    page.route("**/journal/since/*", lambda route: route.fulfill(status=204))
    page.goto(WEEK)
    link = column(page, "2026-11-24").get_by_role("link", name="Contract talk")
    events.save(
        event, {"starts_at": TUESDAY + timedelta(hours=3), "ends_at": TUESDAY + timedelta(hours=4)}, carol
    )
    drag(page, link, "2026-11-27", 12)
    expect(page.get_by_role("alert")).to_be_visible()
    expect(column(page, "2026-11-27").locator(".ev")).to_have_count(0)
    assert fresh(event).starts_at == TUESDAY + timedelta(hours=3)


def test_a_task_without_a_day_is_dragged_into_the_week(page_of, alice):
    task = events.save(None, {"kind": "task", "subject": "Price list"}, alice)
    page = page_of("alice", width=1440)
    page.goto(WEEK)
    drag(page, page.locator("#undated [data-move]"), "2026-11-26", 11)
    expect(column(page, "2026-11-26").get_by_role("link", name="Price list")).to_be_visible()
    expect(page.locator("#undated [data-move]")).to_have_count(0)
    assert fresh(task).due_at == datetime(2026, 11, 26, 10, 0, tzinfo=UTC)


def test_a_change_by_another_appears_without_reload(page_of, alice, carol):
    event = planned(alice)
    page = page_of("alice")
    page.goto(WEEK)
    expect(column(page, "2026-11-24").locator('[data-at="10:00"]')).to_be_visible()
    events.save(
        event, {"starts_at": TUESDAY + timedelta(hours=1), "ends_at": TUESDAY + timedelta(hours=2)}, carol
    )
    expect(column(page, "2026-11-24").locator('[data-at="11:00"]')).to_be_visible()


def test_layers_are_switched_without_losing_the_week(page_of, alice, bob):
    planned(bob, "Site visit")
    page = page_of("alice", width=1440)
    page.goto(WEEK)
    page.get_by_label("Bob Birch").check()
    expect(column(page, "2026-11-24").get_by_role("link", name="Site visit")).to_be_visible()
    assert f"person={bob.id}" in page.url
    page.get_by_role("link", name="Later", exact=True).click()
    page.wait_for_url(re.compile(r"2026-W49"))
    assert f"person={bob.id}" in page.url


def test_today_lets_a_task_be_ticked_off(page_of, alice):
    task = events.save(None, {"kind": "task", "subject": "Sort cards"}, alice)
    page = page_of("alice")
    page.goto("/")
    page.get_by_role("button", name="Done: Sort cards").click()
    expect(page.get_by_role("button", name="Done: Sort cards")).to_have_count(0)
    assert fresh(task).status == "finished"


def test_on_a_phone_everything_is_reachable(page_of, alice):
    tomorrow = datetime.now(UTC).replace(hour=10, minute=0) + timedelta(days=1)  # the agenda says it once for each day
    planned(alice, start=tomorrow)
    page = page_of("alice", width=390, height=844)
    page.goto("/calendars/agenda")
    page.get_by_role("link", name="Calendars").click()
    expect(page.locator("#layers").get_by_label("Tasks", exact=True)).to_be_visible()
    page.locator("#layers").get_by_role("link", name="Close").click()
    page.get_by_role("link", name="Contract talk").click()
    expect(page.get_by_role("dialog").get_by_role("link", name="Edit")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize(
    "path",
    ["/", WEEK, "/calendars/day", "/calendars/agenda", "/events?view=all", "/events/form", "record", "panel"],
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(page_of, alice, bob, path, scheme):
    event = planned(alice, lead=make_lead(alice).id)
    planned(alice, "Demo", start=datetime.now(UTC) - timedelta(days=2))
    events.save(None, {"kind": "task", "subject": "Sort cards"}, alice)
    page = page_of("alice", width=1440, color_scheme=scheme)
    page.goto({"record": f"/events/{event.id}", "panel": WEEK}.get(path, path))
    if path == "panel":
        column(page, "2026-11-24").get_by_role("link", name="Contract talk").click()
        expect(page.get_by_role("dialog")).to_be_visible()
    accessible(page)
