"""The calendar as a page: the panel beside it, working hours, a second zone, changes of the clock, paper."""

from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from crmlite.rules import events, gate
from e2e.conftest import accessible
from e2e.test_calendar import carry, middle
from e2e.test_events import TUESDAY, WEEK, at_hour, column, drag, fresh, planned
from tests import people

SATURDAY = datetime(2026, 10, 24, 7, 0, tzinfo=UTC)  # 09:00 in Paris, the day before clocks go back


def fair(by, days: int = 2):
    start = date(2026, 11, 24)
    values = {"all_day": True, "start_date": start, "end_date": start + timedelta(days=days)}
    return events.save(None, {"kind": "event", "subject": "Trade fair", **values}, by)


def block(page: Page, day: str, name: str = "Contract talk"):
    return column(page, day).get_by_role("link", name=name)


def test_the_panel_stands_beside_the_calendar_which_stays_in_use(page_of, alice):
    planned(alice, location="Lyon")
    planned(alice, "Site visit", TUESDAY + timedelta(days=1))
    page = page_of("alice", width=1440)
    page.goto(WEEK)
    block(page, "2026-11-24").press("Enter")
    panel = page.get_by_role("dialog", name="Contract talk")
    expect(panel.get_by_text("Lyon")).to_be_visible()
    for name in ("Edit", "Open page"):
        expect(panel.get_by_role("link", name=name)).to_be_visible()
    for name in ("Done", "Delete"):
        expect(panel.get_by_role("button", name=name)).to_be_visible()
    expect(panel.get_by_role("link", name="Edit")).to_be_focused()
    accessible(page)
    block(page, "2026-11-25", "Site visit").click()
    expect(page.get_by_role("dialog", name="Site visit")).to_be_visible()
    expect(panel).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(block(page, "2026-11-25", "Site visit")).to_be_focused()


def test_what_is_done_in_the_panel_gives_the_focus_back_to_the_event(page_of, alice):
    event = planned(alice)
    page = page_of("alice", width=1440)
    page.goto(WEEK)
    block(page, "2026-11-24").press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Cancel it").click()
    expect(block(page, "2026-11-24")).to_have_class("ev cancelled")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(block(page, "2026-11-24")).to_be_focused()
    assert fresh(event).status == "cancelled"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_hours_off_work_and_a_second_zone_in_the_week_and_the_day(page_of, alice, scheme):
    hours = {"work_from": "07:00", "work_days": "12345", "second_zone": "America/New_York"}
    gate.change(people.user("alice"), hours, alice)
    page = page_of("alice", width=1440, color_scheme=scheme)
    page.goto("/calendars/week/2026-W43")
    expect(page.locator(".hours li.start .second")).to_have_text("01:00")
    below = "[...document.querySelectorAll('.all-day, .hours .start')].map((one) => one.getBoundingClientRect())"
    above = page.evaluate(f"{below}.map((box, number) => number ? box.top : box.bottom)")
    assert 0 <= above[1] - above[0] < 20
    sunday = column(page, "2026-10-25")
    expect(sunday.locator('.other-hour[data-at="07:00"]')).to_have_text("02:00")
    expect(column(page, "2026-10-24").locator(".other-hour")).to_have_count(0)
    expect(page.locator(".week-head").get_by_role("img", name="Clocks go back 1 hour")).to_be_visible()
    accessible(page)
    page.goto("/calendars/day/2026-10-25")
    expect(page.locator(".hours li.start .second")).to_have_text("02:00")
    accessible(page)


def test_hours_of_work_are_set_where_the_calendar_leads_to(page_of, alice):
    page = page_of("alice", width=1440)
    page.goto(WEEK)
    page.get_by_role("link", name="Working hours and second zone").click()
    form = page.locator("#calendar form")
    form.get_by_label("Fri").uncheck()
    form.get_by_label("From").fill("10:30")
    form.get_by_label("Second time zone").select_option("Asia/Tokyo")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").get_by_text("Saved: your calendar shows these hours.")).to_be_visible()
    page.goto("/profile")
    accessible(page)
    page.goto(WEEK)
    expect(page.locator(".hours .start")).to_have_text("18:0010:00")
    expect(column(page, "2026-11-27").locator(".off")).to_have_attribute("data-for", "24:00")


@pytest.mark.parametrize(("from_day", "to_day"), [("2026-10-24", "2026-10-25"), ("2026-10-25", "2026-10-24")])
def test_a_drag_over_the_change_of_clocks_keeps_the_wall_clock(page_of, alice, from_day, to_day):
    start = SATURDAY if from_day < to_day else SATURDAY + timedelta(hours=25)
    event = planned(alice, start=start)
    page = page_of("alice", width=1440)
    page.goto("/calendars/week/2026-W43")
    drag(page, block(page, from_day), to_day, 9)
    expect(block(page, to_day)).to_have_attribute("data-at", "09:00")
    hour = 8 if to_day == "2026-10-25" else 7
    assert fresh(event).starts_at == datetime.fromisoformat(to_day).replace(hour=hour, tzinfo=UTC)
    assert fresh(event).ends_at - fresh(event).starts_at == timedelta(hours=1)


def test_a_drag_over_the_change_of_clocks_in_the_month_keeps_the_wall_clock(page_of, alice):
    event = planned(alice, start=datetime(2027, 3, 26, 8, 0, tzinfo=UTC))
    page = page_of("alice", height=1200)
    page.goto("/calendars/month/2027-03")
    box = page.locator(".month-week").get_by_role("link", name="Contract talk").bounding_box()
    carry(page, (box["x"] + 30, box["y"] + 8), middle(page, "2027-03-29"))
    expect(page.locator(".month-week .ev.c1:not(.draft)", has_text="09:00")).to_be_visible()
    assert fresh(event).starts_at == datetime(2027, 3, 29, 7, 0, tzinfo=UTC)


def test_a_bar_is_carried_by_mouse_and_by_keys_and_into_the_hours(page_of, alice):
    event = fair(alice)
    page = page_of("alice", width=1440)
    page.goto(WEEK)
    bar = page.locator(".all-day .ev", has_text="Trade fair")
    box, wednesday = bar.bounding_box(), page.locator('.all-day [data-day="2026-11-25"]').bounding_box()
    carry(page, (box["x"] + 20, box["y"] + 10), (wednesday["x"] + 40, wednesday["y"] + 10))
    expect(page.locator(".all-day .ev.c3.s2:not(.draft)", has_text="Trade fair")).to_be_visible()
    bar.focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator(".all-day .ev.c4.s2:not(.draft)", has_text="Trade fair")).to_be_visible()
    expect(bar).to_be_focused()
    assert (fresh(event).start_date, fresh(event).end_date) == (date(2026, 11, 26), date(2026, 11, 28))
    at_x, at_y = at_hour(page, "2026-11-25", 10)
    box = bar.bounding_box()
    carry(page, (box["x"] + 20, box["y"] + 10), (at_x, at_y + 3))
    expect(block(page, "2026-11-25", "Trade fair")).to_have_attribute("data-at", "10:00")
    assert not fresh(event).all_day


def test_events_are_reached_and_opened_by_keys_alone(page_of, alice):
    planned(alice)
    page = page_of("alice", width=1440)
    page.goto("/calendars/month/2026-11")
    page.get_by_role("region", name="November 2026").focus()
    link = page.locator(".month-week").get_by_role("link", name="Contract talk")
    for _ in range(80):
        page.keyboard.press("Tab")
        if link.evaluate("one => one === document.activeElement"):
            break
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Contract talk")).to_be_visible()
    page.keyboard.press("Enter")
    form = page.get_by_role("dialog", name="Edit Contract talk")
    expect(form.get_by_label("Subject")).to_have_value("Contract talk")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(link).to_be_focused()
    accessible(page)


@pytest.mark.parametrize("view", ["week/2026-W48", "month/2026-11", "agenda?from=2026-11-23"])
def test_on_paper_every_event_has_its_name_black_on_white(page_of, alice, view):
    fair(alice)
    names = [f"Talk number {number} with a name that is long enough for two lines" for number in range(8)]
    for number, name in enumerate(names):
        planned(alice, name, TUESDAY + timedelta(minutes=15 * number))
    page = page_of("alice", width=1440, color_scheme="dark")
    page.goto(f"/calendars/{view}")
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for name in [*names, "Trade fair"]:
        told = page.get_by_text(name, exact=True)
        fits = """all => all.some((one) => {
            const box = one.getBoundingClientRect();
            const line = one.parentElement;
            const { color, writingMode } = getComputedStyle(one);
            const whole = one.scrollWidth <= one.clientWidth + 1 && line.scrollHeight <= line.clientHeight + 1;
            return box.height > 0 && whole && color === "rgb(0, 0, 0)" && writingMode === "horizontal-tb";
        })"""
        assert told.evaluate_all(fits), name
    for gone in (page.locator("#layers"), page.locator(".rail"), page.get_by_role("link", name="Plan", exact=True)):
        expect(gone).to_be_hidden()
