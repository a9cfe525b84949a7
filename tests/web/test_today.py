"""The first page of the day."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from crmlite import clock
from crmlite.models.events import Event
from crmlite.rules import events
from tests.conftest import counted_queries
from tests.make import make_lead, make_opportunity, make_partner

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)  # a Tuesday, 12:00 in Paris


@pytest.fixture(autouse=True)
def tuesday():
    with clock.frozen(NOON):
        yield


def planned(by: Any, start: datetime, **values: Any) -> Event:
    times = {"starts_at": start, "ends_at": start + timedelta(hours=1)}
    return events.save(None, {"kind": "call", "subject": "Call Brandt", **times, **values}, by)


def part(text: str, heading: str) -> str:
    """The section under a heading; empty when there is none."""
    sections = re.findall(r"<section[^>]*>(.*?)</section>", text, re.S)
    return next((one for one in sections if re.search(rf"<h2>(?:\s|<svg.*?</svg>)*{heading}", one, re.S)), "")


def test_an_empty_day_is_calm_and_says_what_to_do(client_of, db):
    text = client_of("alice").get("/").text
    assert "Nothing planned today." in text and "No lead waits for you." in text
    assert "Every open opportunity has a next step." in text
    assert part(text, "Overdue") == ""


def test_what_comes_today_is_there_with_a_done_button(client_of, alice):
    event = planned(alice, datetime(2026, 11, 24, 14, 0, tzinfo=UTC))
    section = part(client_of("alice").get("/").text, "Today")
    assert "15:00 – 16:00" in section and f'action="/events/{event.id}/completion"' in section
    answer = client_of("alice").post(f"/events/{event.id}/completion", data={"back": "/"})
    assert answer.headers["Location"] == "/"
    assert "Done" in part(client_of("alice").get("/").text, "Today")


def test_what_should_be_over_is_overdue_until_it_is_done(client_of, alice):
    planned(alice, datetime(2026, 11, 20, 9, 0, tzinfo=UTC))
    events.save(None, {"kind": "task", "subject": "Samples", "due_date": date(2026, 11, 23)}, alice)
    events.save(None, {"kind": "task", "subject": "Price list", "due_date": date(2026, 11, 24)}, alice)
    text = client_of("alice").get("/").text
    assert "Call Brandt" in part(text, "Overdue") and "Samples" in part(text, "Overdue")
    assert "Price list" not in part(text, "Overdue") and "Price list" in part(text, "Today")


def test_a_repeating_meeting_is_never_overdue(client_of, alice):
    planned(alice, datetime(2026, 10, 6, 9, 0, tzinfo=UTC), rrule="FREQ=WEEKLY;COUNT=5")
    assert part(client_of("alice").get("/").text, "Overdue") == ""


def test_tomorrow_and_some_day_follow(client_of, alice):
    planned(alice, datetime(2026, 11, 25, 9, 0, tzinfo=UTC))
    events.save(None, {"kind": "task", "subject": "Sort cards"}, alice)
    text = client_of("alice").get("/").text
    assert "Call Brandt" in part(text, "Tomorrow") and "Sort cards" in part(text, "Some day")


def test_new_leads_and_sales_to_tend_are_named(client_of, alice):
    make_lead(alice, "Costa", first_name="Inês")
    partner = make_partner(alice, "Harbour Light")
    make_opportunity(alice, "Cold room", partner=partner.id, expected_close_date=date(2026, 11, 28), next_step="Call")
    sale = make_opportunity(alice, "Forklifts")
    text = client_of("alice").get("/").text
    assert "Inês Costa" in part(text, "New leads")
    assert "Cold room" in part(text, "Closing soon") and "Harbour Light" in part(text, "Closing soon")
    assert "Forklifts" in part(text, "Without a next step") and "Cold room" not in part(text, "Without a next step")
    planned(alice, datetime(2026, 11, 27, 9, 0, tzinfo=UTC), opportunity=sale.id)
    assert "Forklifts" not in part(client_of("alice").get("/").text, "Without a next step")


def test_the_day_of_others_is_not_mine(client_of, alice, bob):
    planned(alice, datetime(2026, 11, 24, 14, 0, tzinfo=UTC))
    make_lead(alice, "Costa")
    for name in ("bob", "charlie"):
        text = client_of(name).get("/").text
        assert "Call Brandt" not in text and "Costa" not in text


def test_a_full_day_asks_the_same_number_of_queries(client_of, alice):
    client = client_of("alice")
    partner = make_partner(alice)

    def more() -> None:
        planned(alice, datetime(2026, 11, 24, 14, 0, tzinfo=UTC), partner=partner.id)
        planned(alice, datetime(2026, 11, 20, 14, 0, tzinfo=UTC), partner=partner.id)
        make_lead(alice)
        make_opportunity(alice, "Forklifts", partner=partner.id, expected_close_date=date(2026, 11, 28))

    more()
    client.get("/")
    with counted_queries() as few:
        client.get("/")
    for _ in range(5):
        more()
    with counted_queries() as many:
        client.get("/")
    assert len(many) == len(few) <= 19, many


def test_without_a_next_step_means_the_same_here_and_on_the_board(client_of, alice):
    make_opportunity(alice, "Bare")
    make_opportunity(alice, "Worded", next_step="Call")
    for name, begins, values in (
        ("Ahead", datetime(2026, 11, 27, 9, 0, tzinfo=UTC), {}),
        ("Late", datetime(2026, 11, 20, 9, 0, tzinfo=UTC), {}),
        ("Ran out", datetime(2026, 10, 6, 9, 0, tzinfo=UTC), {"rrule": "FREQ=WEEKLY;COUNT=3"}),
        ("Goes on", datetime(2026, 10, 6, 9, 0, tzinfo=UTC), {"rrule": "FREQ=WEEKLY"}),
    ):
        planned(alice, begins, opportunity=make_opportunity(alice, name).id, **values)
    client = client_of("alice")
    today = part(client.get("/").text, "Without a next step")
    board = client.get("/opportunities/board?view=idle").text
    for name in ("Bare", "Worded", "Ahead", "Late", "Ran out", "Goes on"):
        assert (f">{name}<" in today, f">{name}<" in board) == ((name in ("Bare", "Ran out"),) * 2), name
