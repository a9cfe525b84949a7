"""The calendar in a real browser: the month, edges, and which turns of a repeating event are meant."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from crmlite.models.events import Event
from e2e.conftest import accessible
from e2e.test_events import TUESDAY, WEEK, at_hour, column, drag, fresh, planned

MONTH = "/calendars/month/2026-11"


def cell(page: Page, day: str):
    return page.locator(f'.day-cell[data-day="{day}"]')


def middle(page: Page, day: str) -> tuple[float, float]:
    """Low in the cell of a day, where nothing stands."""
    box = cell(page, day).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] - 30


def carry(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + 12, start[1], steps=2)
    page.mouse.move(*end, steps=6)
    page.mouse.up()


def test_a_click_on_a_day_of_the_month_plans_there(page_of, db):
    """SEED-88"""
    page = page_of("alice")
    page.goto(MONTH)
    page.mouse.click(*middle(page, "2026-11-18"))
    panel = page.get_by_role("dialog")
    expect(panel.get_by_label("Starts")).to_have_value("2026-11-18")
    expect(panel.get_by_label("All day")).not_to_be_checked()
    accessible(page)


def test_a_drag_over_days_of_the_month_plans_all_of_them(page_of, db):
    page = page_of("alice")
    page.goto(MONTH)
    carry(page, middle(page, "2026-11-17"), middle(page, "2026-11-19"))
    panel = page.get_by_role("dialog")
    expect(panel.get_by_label("All day")).to_be_checked()
    expect(panel.get_by_label("Starts")).to_have_value("2026-11-17")
    expect(panel.get_by_label("Ends")).to_have_value("2026-11-19")
    panel.get_by_label("Subject").fill("Trade fair")
    panel.get_by_role("button", name="Plan").click()
    expect(page.locator(".month-week .ev", has_text="Trade fair")).to_have_class("ev  c2 r1 s3")


def test_a_meeting_carried_to_another_day_of_the_month_keeps_its_hour(page_of, alice):
    event = planned(alice)
    page = page_of("alice")
    page.goto(MONTH)
    box = page.get_by_role("link", name="Contract talk").bounding_box()
    carry(page, (box["x"] + 30, box["y"] + 8), middle(page, "2026-11-20"))
    expect(page.get_by_role("status").get_by_text("moved to")).to_be_visible()
    expect(page.locator(".month-week .ev.c5", has_text="Contract talk")).to_be_visible()
    assert fresh(event).starts_at == datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    expect(page.locator(".month-week .ev.c5:not(.draft)", has_text="Contract talk")).to_be_visible()
    expect(page.locator(".month-week .ev.c2")).to_have_count(0)
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".month-week .ev.c2", has_text="Contract talk")).to_be_visible()
    assert fresh(event).starts_at == TUESDAY


def test_the_month_on_a_phone_has_marks_and_a_list(page_of, alice):
    planned(alice)
    page = page_of("alice", width=390, height=844, has_touch=True)
    page.goto(MONTH)
    expect(page.locator(".month-list").get_by_role("link", name="Contract talk")).to_be_visible()
    cell(page, "2026-11-24").get_by_role("link").first.click()
    page.wait_for_url("**/calendars/day/2026-11-24")


def test_the_lower_edge_of_a_meeting_makes_it_longer(page_of, alice):
    event = planned(alice)
    page = page_of("alice")
    page.goto(WEEK)
    block = column(page, "2026-11-24").get_by_role("link", name="Contract talk")
    at_hour(page, "2026-11-24", 10)
    box = block.bounding_box()
    hour = column(page, "2026-11-24").bounding_box()["height"] / 24
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] - 3
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 10, steps=2)
    page.mouse.move(x, y + hour - 8, steps=5)
    page.mouse.up()
    expect(page.get_by_role("status").get_by_text("10:00 – 12:00")).to_be_visible()
    changed = fresh(event)
    assert (changed.starts_at, changed.ends_at) == (TUESDAY, TUESDAY + timedelta(hours=2))


def test_keys_make_a_meeting_longer_and_shorter(page_of, alice):
    event = planned(alice)
    page = page_of("alice")
    page.goto(WEEK)
    block = column(page, "2026-11-24").get_by_role("link", name="Contract talk")
    block.focus()
    page.keyboard.press("Shift+Alt+ArrowDown")
    expect(page.get_by_role("status").get_by_text("10:00 – 11:15")).to_be_visible()
    assert fresh(event).ends_at == TUESDAY + timedelta(minutes=75)


def test_a_drag_of_a_repeating_meeting_asks_which_of_them(page_of, alice):
    event = planned(alice, rrule="FREQ=WEEKLY;COUNT=4")
    page = page_of("alice")
    page.goto(WEEK)
    block = column(page, "2026-11-24").get_by_role("link", name="Contract talk")
    drag(page, block, "2026-11-25", 12)
    dialog = page.get_by_role("dialog", name="Which of them?")
    expect(dialog).to_be_visible()
    accessible(page)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(block).to_have_attribute("data-at", "10:00")
    assert fresh(event).starts_at == TUESDAY

    drag(page, block, "2026-11-25", 12)
    dialog.get_by_role("button", name="All of them").click()
    moved = column(page, "2026-11-25").get_by_role("link", name="Contract talk")
    expect(moved).to_have_attribute("data-at", "12:00")
    assert [turn.starts_at.weekday() for turn in fresh(event).occurrences] == [2, 2, 2, 2]

    page.goto("/calendars/week/2026-W50")
    drag(page, column(page, "2026-12-09").get_by_role("link", name="Contract talk"), "2026-12-10", 11)
    dialog.get_by_role("button", name="This and following").click()
    expect(column(page, "2026-12-10").get_by_role("link", name="Contract talk")).to_have_attribute("data-at", "11:00")
    series = list(Event.select().where(Event.deleted_at.is_null()).order_by(Event.id))
    assert [sorted({turn.starts_at.weekday() for turn in one.occurrences}) for one in series] == [[2], [3]]
    assert sum(one.occurrences.count() for one in series) == 4


def test_letters_lead_to_the_views(page_of, db):
    page = page_of("alice")
    page.goto(WEEK)
    page.locator("#grid").focus()
    for key, address in (("m", "/calendars/month/"), ("d", "/calendars/day/"), ("w", "/calendars/week/")):
        page.keyboard.press(key)
        page.wait_for_url(lambda url, address=address: address in url)
