"""Events carried to another time over HTTP: what dragging in the calendar sends."""

from datetime import UTC, datetime

import pytest

from crmlite.rules import events
from tests.web.test_events import only, planned, tuesday, weekly

__all__ = ["tuesday"]


def test_a_drag_moves_the_event_and_keeps_its_length(client_of, alice):
    event = planned(alice)
    answer = client_of("alice").part(
        f"/events/{event.id}/time", "POST", data={"start": "2026-11-27T15:15", "seen": event.version}
    )
    assert "moved to Fri 27 November 15:15" in answer.headers["HX-Trigger"].encode().decode("unicode_escape")
    fresh = only()
    assert fresh.starts_at == datetime(2026, 11, 27, 14, 15, tzinfo=UTC)
    assert fresh.ends_at == datetime(2026, 11, 27, 15, 15, tzinfo=UTC)


def test_a_drag_onto_a_day_keeps_the_hour(client_of, alice):
    event = planned(alice)
    client_of("alice").part(f"/events/{event.id}/time", "POST", data={"start": "2026-11-30"})
    assert only().starts_at == datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


def test_a_drag_of_one_turn_leaves_the_others(client_of, alice):
    event = weekly(alice)
    client_of("alice").part(
        f"/events/{event.id}/time",
        "POST",
        data={"start": "2026-12-03T16:00", "occurrence": "20261203T100000"},
    )
    assert 'data-at="16:00"' in client_of("alice").get("/calendars/week/2026-W49").text
    assert 'data-at="10:00"' in client_of("alice").get("/calendars/week/2026-W50").text


def test_a_task_without_a_day_is_dragged_into_the_week(client_of, alice):
    task = events.save(None, {"kind": "task", "subject": "Price list"}, alice)
    client_of("alice").part(f"/events/{task.id}/time", "POST", data={"start": "2026-11-25T09:00"})
    assert only().due_at == datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
    client_of("alice").part(f"/events/{task.id}/time", "POST", data={"start": "2026-11-27"})
    assert only().due_at == datetime(2026, 11, 27, 8, 0, tzinfo=UTC)


def test_a_drag_across_the_clock_change_keeps_the_length(client_of, alice):
    event = planned(alice)
    client_of("alice").part(f"/events/{event.id}/time", "POST", data={"start": "2026-10-25T02:30"})
    assert (only().ends_at - only().starts_at).total_seconds() == 3600


@pytest.mark.parametrize("start", ["", "soon", "1800-01-01T10:00"])
def test_a_drag_to_nowhere_is_refused(client_of, alice, start):
    event = planned(alice)
    answer = client_of("alice").part(f"/events/{event.id}/time", "POST", data={"start": start})
    assert answer.status_code == 422 and only().version == event.version


def test_a_drag_of_what_somebody_moved_meanwhile_is_refused(client_of, alice, carol):
    event = planned(alice)
    seen = event.version
    moved = {
        "starts_at": datetime(2026, 11, 28, 9, 0, tzinfo=UTC),
        "ends_at": datetime(2026, 11, 28, 10, 0, tzinfo=UTC),
    }
    events.save(event, moved, carol)
    answer = client_of("alice").part(
        f"/events/{event.id}/time", "POST", data={"start": "2026-11-27T15:15", "seen": seen}
    )
    assert answer.status_code == 409
    assert only().starts_at == moved["starts_at"]
