"""The bell in a real browser."""

from datetime import timedelta
from typing import Any

from playwright.sync_api import expect

from crmlite import clock
from crmlite.models.events import Event
from crmlite.rules import events
from crmlite.rules.access import actor
from e2e.conftest import accessible

SOON = timedelta(minutes=10)


def soon(by: Any, subject: str = "Contract talk") -> Event:
    """Begins in ten minutes and rang five minutes ago."""
    start = clock.now().replace(microsecond=0) + SOON
    times = {"starts_at": start, "ends_at": start + timedelta(hours=1), "alarm_minutes": 15}
    return events.save(None, {"kind": "meeting", "subject": subject, **times}, by)


def test_the_bell_is_opened_snoozed_dismissed_and_undone(page_of, alice):
    """SEED-09."""
    first, second = soon(alice), soon(alice, "Site visit")
    page = page_of("alice", width=390)
    page.goto("/")
    bell = page.locator("#bell")
    bell.get_by_label("Reminders, 2 due").click()
    expect(bell.get_by_text("Contract talk")).to_be_visible()
    accessible(page)
    bell.get_by_label("Snooze Contract talk: 1 hour").click()
    expect(bell.get_by_label("Reminders, 1 due")).to_be_visible()
    assert "RELTYPE=SNOOZE" in Event.get_by_id(first.id).ics
    bell.get_by_label("Dismiss Site visit").click()
    expect(bell.get_by_text("Nothing rings")).to_be_visible()
    assert "ACKNOWLEDGED" in Event.get_by_id(second.id).ics
    page.get_by_role("button", name="Undo").last.click()
    expect(bell.get_by_label("Reminders, 1 due")).to_be_visible()


def test_what_the_phone_plans_rings_and_what_it_dismisses_falls_silent(page_of, alice):
    page = page_of("alice")
    page.goto("/")
    expect(page.locator("#bell > div[data-next]")).to_be_attached()
    event = soon(alice)
    expect(page.get_by_label("Reminders, 1 due")).to_be_visible()
    heard = f"ACKNOWLEDGED:{clock.now():%Y%m%dT%H%M%SZ}\r\nEND:VALARM"
    phone = actor(alice.id, "caldav")
    events.receive(event.calendar, event.href, event.ics.replace("END:VALARM", heard), phone)
    expect(page.get_by_label("Reminders, 1 due")).to_be_hidden()


def test_a_new_reminder_is_told_outside_the_page_once(page_of, alice):
    page = page_of("alice", permissions=["notifications"])
    page.add_init_script(
        "window.told = []; window.Notification = class { static permission = 'granted';"
        "constructor(what) { window.told.push(what); } };"
    )
    page.goto("/")
    expect(page.locator("#bell > div[data-next]")).to_be_attached()
    soon(alice)
    expect(page.get_by_label("Reminders, 1 due")).to_be_visible()
    assert page.evaluate("window.told") == ["Contract talk"]
    page.goto("/leads")
    expect(page.get_by_label("Reminders, 1 due")).to_be_visible()
    assert page.evaluate("window.told") == []
