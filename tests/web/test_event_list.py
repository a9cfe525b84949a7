"""The list of events over HTTP."""

import re
from datetime import UTC, date, datetime, timedelta

from crmlite import clock
from crmlite.rules import events
from tests.conftest import counted_queries
from tests.make import make_lead, make_partner
from tests.web.test_events import NOON, form_of, only, planned, tuesday, weekly

__all__ = ["tuesday"]


def test_the_list_has_a_view_for_each_need(client_of, alice, carol, bob):
    """SEED-15; crm-reference 3.5: ahead and behind, mine and everybody's, and for each kind mine, today's, of the next
    five days and my team's."""
    at = {"starts_at": datetime(2026, 11, 20, 9, tzinfo=UTC), "ends_at": datetime(2026, 11, 20, 10, tzinfo=UTC)}
    today = {"starts_at": datetime(2026, 11, 24, 14, tzinfo=UTC), "ends_at": datetime(2026, 11, 24, 15, tzinfo=UTC)}
    planned(alice, subject="Old talk", **at)
    planned(alice, subject="New talk")
    planned(alice, subject="Call Brandt", kind="call", **today)
    planned(bob, subject="Call by Bob", kind="call")
    planned(carol, subject="Far call", kind="call", **{name: one + timedelta(days=30) for name, one in today.items()})
    events.save(None, {"kind": "task", "subject": "Samples"}, alice)
    events.save(None, {"kind": "task", "subject": "Price list", "due_date": date(2026, 11, 24)}, alice)
    shown = {
        "my_upcoming": {"New talk", "Call Brandt", "Price list"},
        "my_past": {"Old talk"},
        "upcoming": {"New talk", "Call Brandt", "Call by Bob", "Far call", "Price list"},
        "past": {"Old talk"},
        "mine": {"Old talk", "New talk", "Call Brandt", "Samples", "Price list"},
        "tasks": {"Samples", "Price list"},
        "tasks_mine": {"Samples", "Price list"},
        "tasks_today": {"Price list"},
        "tasks_near": {"Price list"},
        "calls": {"Call Brandt", "Call by Bob", "Far call"},
        "calls_mine": {"Call Brandt"},
        "calls_today": {"Call Brandt"},
        "calls_near": {"Call Brandt", "Call by Bob"},
        "calls_team": {"Call Brandt", "Call by Bob", "Far call"},
        "meetings": {"Old talk", "New talk"},
        "meetings_near": {"New talk"},
        "meetings_today": set(),
    }
    every = set().union(*shown.values())
    for view, wanted in shown.items():
        text = client_of("alice").get(f"/events?view={view}").text
        assert {name for name in every if name in text} == wanted, view


def test_the_newest_events_come_first(client_of, alice):
    later = {"starts_at": datetime(2026, 12, 1, 9, tzinfo=UTC), "ends_at": datetime(2026, 12, 1, 10, tzinfo=UTC)}
    planned(alice, subject="First talk")
    planned(alice, subject="Second talk", **later)
    text = client_of("alice").get("/events").text
    assert text.index("Second talk") < text.index("First talk")


def test_a_day_s_turn_of_a_repeating_event_counts_and_its_absence_too(client_of, alice):
    weekly(alice)
    client = client_of("alice")
    assert "Week start" not in client.get("/events?view=meetings_today").text
    assert "Week start" in client.get("/events?view=meetings_near").text
    with clock.frozen(datetime(2026, 12, 3, 20, tzinfo=UTC)):
        assert "Week start" in client.get("/events?view=meetings_today").text


def test_views_of_a_kind_stand_together_and_begin_one_of_it(client_of, db):
    text = client_of("alice").get("/events?view=calls_near").text
    beside = re.search(r'<nav class="segments" aria-label="Calls">(.*?)</nav>', text, re.S).group(1)
    assert re.findall(r"view=(calls\w*)", beside) == ["calls", "calls_mine", "calls_today", "calls_near", "calls_team"]
    assert 'href="/events/form?view=calls_near"' in text and "New call" in text
    assert form_of(client_of("alice").part("/events/form?view=calls_near"))["kind"] == "call"


def test_the_lists_are_reached_from_the_menu_of_the_calendar_and_by_commands(client_of, db):
    client = client_of("alice")
    for place in ("/calendars/week", "/events"):
        rail = client.get(place).text
        for address in ("/events", "/events?view=meetings", "/events?view=calls", "/events?view=tasks"):
            assert f'<a href="{address}"' in rail, (place, address)
    assert '<a href="/events?view=calls"' not in client.get("/leads").text
    for typed, address in (("calls", "/events?view=calls"), ("meetings", "/events?view=meetings")):
        assert address in client.part(f"/search?q={typed}").text


def test_the_colours_of_the_list_come_with_words(client_of, alice):
    """crm-reference 3.5: begun blue, ahead orange, realized green, cancelled red."""
    past = {
        "starts_at": datetime(2026, 11, 20, 9, tzinfo=UTC),
        "ends_at": datetime(2026, 11, 20, 10, tzinfo=UTC),
    }
    under_way = {"starts_at": NOON - timedelta(minutes=5), "ends_at": NOON + timedelta(hours=1)}
    task = {"kind": "task", "subject": "Samples"}
    inks = {
        planned(alice, **past).id: ("ink-blue", "Past"),
        planned(alice, **under_way).id: ("ink-blue", "Begun"),
        planned(alice).id: ("ink-orange", "Planned"),
        events.save(None, {**task, "status": "ongoing"}, alice).id: ("ink-blue", "On going"),
        planned(alice, rrule="FREQ=WEEKLY;COUNT=3", **past).id: ("ink-orange", "Planned"),
        planned(alice, rrule="FREQ=DAILY;COUNT=2", **past).id: ("ink-blue", "Past"),
        planned(alice, status="realized", **past).id: ("ink-green", "Realized"),
        planned(alice, status="cancelled").id: ("ink-red", "Cancelled"),
    }
    text = client_of("alice").get("/events?view=all").text
    for event_id, (ink, word) in inks.items():
        row = re.search(rf'<tr id="event-{event_id}" class="([^"]*)"[^>]*>(.*?)</tr>', text, re.S)
        assert row.group(1) == ink and word in row.group(2)
    legend = re.search(r'<dl class="legend">(.*?)</dl>', text, re.S).group(1)
    assert all(f"ink-{ink}" in legend for ink in ("blue", "orange", "green", "red"))


def test_a_row_is_done_from_the_list(client_of, alice):
    event = planned(alice)
    row = client_of("alice").part(f"/events/{event.id}/completion?as=row", "POST")
    assert row.text.lstrip().startswith(f'<tr id="event-{event.id}"') and "Realized" in row.text


def test_a_subject_is_edited_in_the_list(client_of, alice):
    event = planned(alice)
    answer = client_of("alice").part(
        f"/events/{event.id}/cells/subject", "POST", data={"subject": "Price talk", "seen": 1}
    )
    assert answer.status_code == 200 and "Price talk" in answer.text
    assert "SUMMARY:Price talk" in only().ics
    refused = client_of("alice").part(f"/events/{event.id}/cells/starts_at", "POST", data={"starts_at": "x"})
    assert refused.status_code == 422


def test_the_list_asks_the_same_number_of_queries_for_any_number_of_rows(client_of, alice):
    client = client_of("alice")
    lead, partner = make_lead(alice), make_partner(alice)
    planned(alice, lead=lead.id, partner=partner.id)
    client.get("/events?view=all")
    with counted_queries() as few:
        client.get("/events?view=all")
    for number in range(30):
        planned(alice, subject=f"Talk {number}", lead=lead.id, partner=partner.id)
    with counted_queries() as many:
        client.get("/events?view=all")
    assert len(many) == len(few) <= 12, many
