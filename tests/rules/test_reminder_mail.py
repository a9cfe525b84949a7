"""Reminders by e-mail, against a real mail server."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crmlite import clock, mail
from crmlite.models.events import Event
from crmlite.models.reminders import Reminder
from crmlite.rules import events, gate, reminders
from tests import people

MONDAY = datetime(2026, 3, 23, 9, 0, tzinfo=UTC)  # 10:00 in Paris
QUARTER = timedelta(minutes=15)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def sunday() -> Iterator[None]:
    with clock.frozen(MONDAY - timedelta(days=1)):
        yield


def plan(by: Any, **values: Any) -> Event:
    times = {"starts_at": MONDAY, "ends_at": MONDAY + timedelta(hours=1), "alarm_minutes": 15}
    return events.save(None, {"kind": "meeting", "subject": "Visit", "location": "Quai 7", **times, **values}, by)


def work(at: datetime) -> None:
    with clock.frozen(at):
        reminders.deliver({})


def test_a_reminder_is_mailed_once_at_its_time(alice, post):
    event = plan(alice)
    work(MONDAY - QUARTER - SECOND)
    assert post.taken == []
    for _ in range(3):
        work(MONDAY - QUARTER)
    [message] = post.taken
    assert message["To"] == "alice@example.com" and message["From"] == "crmlite@crm.example"
    assert message["Subject"] == "Reminder: Visit, Mon 23 Mar 2026 10:00 (Europe/Paris)"
    text = message.get_content()
    assert "Where: Quai 7" in text and f"https://crm.example/events/{event.id}" in text and "late" not in text
    assert Reminder.get().mailed_at == MONDAY - QUARTER


@pytest.mark.parametrize("refusal", ["451 Try again later", "554 No"])
def test_it_counts_as_sent_only_when_the_server_has_taken_it(alice, post, refusal):
    plan(alice)
    post.refusal = refusal
    work(MONDAY - QUARTER)
    assert (Reminder.get().mailed_at, Reminder.get().done, Reminder.get().tries) == (None, False, 1)
    post.refusal = ""
    work(MONDAY - QUARTER + SECOND)
    assert post.taken == [], "not before its time has come again"
    work(MONDAY - QUARTER + timedelta(seconds=30))
    assert len(post.taken) == 1 and Reminder.get().done


def test_a_server_that_is_away_is_asked_again(alice, post):
    plan(alice)
    there = mail._settings
    mail.configure(replace(there, smtp_url="smtp://127.0.0.1:1"))
    work(MONDAY - QUARTER)
    mail.configure(there)
    work(MONDAY)
    [message] = post.taken
    assert message["Subject"].startswith("Late reminder: Visit")
    assert "it was due Mon 23 Mar 09:45" in message.get_content()


def test_one_that_is_sent_again_after_a_crash_has_the_same_id(alice, post):
    plan(alice)
    work(MONDAY - QUARTER)
    crashed = {"done": False, "mailed_at": None}  # between the server's yes and our note
    Reminder.update(**crashed).execute()
    work(MONDAY - QUARTER + timedelta(seconds=30))
    assert len(post.taken) == 2 and len({message["Message-ID"] for message in post.taken}) == 1
    work(MONDAY)
    assert len(post.taken) == 2, "what is noted is never sent again"


def test_what_is_more_than_a_day_late_is_not_mailed(alice, post):
    plan(alice)
    work(MONDAY + timedelta(days=1))
    assert post.taken == [] and Reminder.get().done


def test_each_turn_is_mailed_and_so_is_one_that_was_snoozed(alice, post):
    plan(alice, rrule="FREQ=DAILY;COUNT=2")
    work(MONDAY - QUARTER)
    with clock.frozen(MONDAY - timedelta(minutes=10)):
        reminders.snooze(reminders.due(alice)[0].id, "minutes", alice)
    work(MONDAY - timedelta(minutes=5))
    work(MONDAY + timedelta(days=1) - QUARTER)
    assert len(post.taken) == 3
    assert len({message["Message-ID"] for message in post.taken}) == 3


def test_what_is_heard_or_cancelled_or_moved_is_not_mailed(alice, post):
    plan(alice, subject="Heard")
    cancelled, moved = plan(alice, subject="Cancelled"), plan(alice, subject="Moved")
    with clock.frozen(MONDAY - QUARTER):
        heard = next(one for one in reminders.due(alice) if one.event.subject == "Heard")
        reminders.dismiss(heard.id, alice)
        events.cancel(cancelled, alice)
        later = MONDAY + timedelta(hours=5)
        events.save(moved, {"starts_at": later, "ends_at": later + timedelta(hours=1)}, alice)
    work(MONDAY)
    assert post.taken == []


def test_who_left_gets_no_mail(alice, olive, post):
    plan(alice)
    gate.change(people.user("alice"), {"active": False}, olive)
    work(MONDAY - QUARTER)
    assert post.taken == []


def test_who_switched_mail_off_gets_none_and_the_bell_rings_all_the_same(alice, post):
    plan(alice)
    with clock.frozen(MONDAY - QUARTER):
        gate.change(people.user("alice"), {"reminder_mail": False}, alice)
        reminders.deliver({})
        assert post.taken == [] and Reminder.get().done
        assert [one.event.subject for one in reminders.due(alice)] == ["Visit"]


def test_what_waits_to_be_tried_again_is_not_sent_once_mail_is_switched_off(alice, post):
    plan(alice)
    post.refusal = "451 Try again later"
    work(MONDAY - QUARTER)
    post.refusal = ""
    gate.change(people.user("alice"), {"reminder_mail": False}, alice)
    work(MONDAY)
    assert post.taken == [] and Reminder.get().done


def test_a_mail_says_where_it_is_switched_off(alice, post):
    plan(alice)
    work(MONDAY - QUARTER)
    [message] = post.taken
    assert message["List-Unsubscribe"] == "<https://crm.example/profile/mail>"
    assert "Reminders without mail: https://crm.example/profile/mail" in message.get_content()


def test_without_a_mail_server_nothing_waits_to_be_mailed(alice):
    plan(alice)
    work(MONDAY - QUARTER)
    assert Reminder.get().done and Reminder.get().mailed_at is None
