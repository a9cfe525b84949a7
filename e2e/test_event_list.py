"""The list of events in the browser: its tabs, editing in place, what a row does."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from crmlite.models.events import Event
from crmlite.rules import events
from e2e.conftest import accessible
from e2e.test_events import fresh, planned


def cell(page: Page, event: Event, label: str):
    """The cell of an event below the column head `label`."""
    heads = page.locator("table.list thead th").all_inner_texts()
    return page.locator(f"#event-{event.id} > *").nth(heads.index(label) + 1)


@pytest.fixture
def week(alice, bob) -> dict[str, Event]:
    now = datetime.now(UTC)
    return {
        "ahead": planned(alice, "Contract talk", now + timedelta(days=2)),
        "behind": planned(alice, "Site visit", now - timedelta(days=2)),
        "bobs": planned(bob, "Demo", now + timedelta(days=2)),
        "task": events.save(
            None, {"kind": "task", "subject": "Sort cards", "due_date": now.date() + timedelta(days=2)}, alice
        ),
        "later": events.save(
            None, {"kind": "task", "subject": "Order samples", "due_date": now.date() + timedelta(days=20)}, alice
        ),
    }


@pytest.mark.parametrize(
    ("view", "tab", "there", "gone"),
    [
        ("my_upcoming", "My upcoming", ("ahead", "later"), ("behind", "bobs")),
        ("my_past", "My past", ("behind",), ("ahead", "bobs", "later")),
        ("upcoming", "All upcoming", ("ahead", "bobs"), ("behind",)),
        ("tasks_near", "Next 5 days", ("task",), ("ahead", "later")),
        ("team", "My team", ("ahead", "bobs", "later"), ()),
    ],
)
def test_each_tab_has_what_it_says(page_of, week, view, tab, there, gone):
    page = page_of("alice", width=1440)
    page.goto(f"/events?view={view}")
    expect(page.locator("main [aria-current=page]", has_text=tab).first).to_be_visible()
    for name in there:
        expect(page.locator(f"#event-{week[name].id}")).to_be_visible()
    for name in gone:
        expect(page.locator(f"#event-{week[name].id}")).to_have_count(0)
    accessible(page)


def test_a_subject_is_edited_in_place_by_keys(page_of, week):
    event = week["later"]
    page = page_of("alice", width=1440)
    page.goto("/events?view=my_upcoming")
    cell(page, event, "Start").focus()
    page.keyboard.press("ArrowLeft")
    expect(cell(page, event, "Subject")).to_be_focused()
    page.keyboard.press("F2")
    field = cell(page, event, "Subject").get_by_role("textbox")
    expect(field).to_have_value("Order samples")
    field.fill("Order tiles")
    page.keyboard.press("Enter")
    expect(cell(page, event, "Subject")).to_contain_text("Order tiles")
    expect(cell(page, event, "Subject").get_by_role("textbox")).to_have_count(0)
    assert fresh(event).subject == "Order tiles" and "SUMMARY:Order tiles" in fresh(event).ics


def test_a_task_is_done_from_its_row_and_comes_back_by_undo(page_of, week):
    task = week["later"]
    page = page_of("alice", width=1440)
    page.goto("/events?view=tasks_mine")
    row = page.locator(f"#event-{task.id}")
    row.get_by_role("button", name="Done").press("Enter")
    expect(page.get_by_role("status").get_by_text("“Order samples” is done")).to_be_visible()
    assert fresh(task).status == "finished"
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status").get_by_text("is as it was")).to_be_visible()
    assert fresh(task).status == "not_started"


def test_the_list_works_under_a_finger(page_of, week):
    task = week["later"]
    page = page_of("alice", width=390, height=844, has_touch=True)
    page.goto("/events?view=tasks_mine")
    expect(page.locator(f"#event-{task.id}")).to_be_visible()
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator(f"#event-{task.id}").get_by_role("link", name="Order samples").tap()
    page.wait_for_url(f"**/events/{task.id}")
    page.get_by_role("button", name="Done").tap()
    expect(page.get_by_text("Finished", exact=True).first).to_be_visible()
    assert fresh(task).status == "finished"
