"""Calendars and tasks in the terminal: khal and todoman edit files, vdirsyncer brings them here and back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crmlite.models.events import Event
from crmlite.rules import events
from tests.calendar.conftest import Device, meeting, todo
from tests.calendar.programs import Folder

pytestmark = pytest.mark.one_engine
TEN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # in Paris
HOUR = timedelta(hours=1)
HERE_WINS = 'conflict_resolution = "a wins"'
THERE_WINS = 'conflict_resolution = "b wins"'


@pytest.fixture
def terminal(phone: Device, tmp_path: Path) -> Callable[..., Folder]:
    """`terminal()` is Alice’s folder, in step with the server; `more` are further settings."""
    return lambda more="": Folder(phone, tmp_path, more=more)


def only(subject: str) -> Event:
    return Event.get(Event.deleted_at.is_null() & (Event.subject == subject))


def test_khal_plans_moves_and_deletes(phone, terminal):
    phone.store("events/a.ics", meeting("another", summary="Stays"))  # vdirsyncer empties no calendar unasked
    folder = terminal()
    folder.khal("new", "-a", "events", "2026-11-23", "10:00", "11:00", "Visit", "::", "Bring the plans", "-m", "15m")
    folder.sync()
    row = only(subject="Visit")
    known = (row.subject, row.kind, row.starts_at, row.ends_at, row.alarm_minutes, row.description, row.owner_id)
    assert known == ("Visit", "meeting", TEN, TEN + HOUR, 15, "Bring the plans", phone.me.id)
    assert phone.get(f"events/{row.href}").content == (folder.local / "events" / row.href).read_bytes()
    folder.khal("edit", "--show-past", "Visit", typed="s\nVisit Ana\nt\n2026-11-23 14:00 15:00\nq\n")
    folder.sync()
    row = Event.get_by_id(row.id)
    assert (row.subject, row.starts_at, row.alarm_minutes) == ("Visit Ana", TEN + 4 * HOUR, 15)
    folder.khal("edit", "--show-past", "Visit", typed="D\ny\n")
    folder.sync()
    assert Event.get_by_id(row.id).deleted_at and folder.only("events").read_bytes().decode() == meeting(
        "another", summary="Stays"
    )


def test_khal_shows_what_was_planned_on_the_web(phone, terminal):
    folder = terminal()
    times = {"starts_at": TEN, "ends_at": TEN + HOUR, "alarm_minutes": 30}
    row = events.save(None, {"kind": "meeting", "subject": "Planned", "location": "Quai 7", **times}, phone.me)
    phone.store("events/a.ics", meeting("series", "20261123T140000", "RRULE:FREQ=DAILY;COUNT=3", summary="Stand-up"))
    folder.sync()
    told = folder.khal("list", "--format", "{start-time} {title}", "2026-11-23", "2d").splitlines()
    assert [line for line in told if line[:2].isdigit()] == ["10:00 Planned", "14:00 Stand-up", "14:00 Stand-up"]
    folder.khal("edit", "--show-past", "Planned", typed="l\nQuai 8\nq\n")
    folder.sync()
    assert Event.get_by_id(row.id).location == "Quai 8"
    events.delete(Event.get_by_id(row.id), phone.me)
    folder.sync()
    assert "Planned" not in folder.khal("list", "2026-11-23", "1d")


def test_todoman_adds_moves_ticks_off_and_deletes(phone, terminal):
    phone.store("tasks/t.ics", todo("another"))
    folder = terminal()
    folder.todo("new", "--list", "tasks", "--due", "2026-11-25 10:00", "--priority", "high", "Write the offer")
    folder.sync()
    row = only(subject="Write the offer")
    due = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
    assert (row.subject, row.kind, row.status, row.due_at) == ("Write the offer", "task", "not_started", due)
    (number,) = [line.split()[2] for line in folder.todo("list").splitlines() if "offer" in line]
    folder.todo("edit", "--due", "2026-11-26 09:00", number)
    folder.todo("done", number)
    folder.sync()
    row = Event.get_by_id(row.id)
    assert (row.due_at, row.status) == (due + 23 * HOUR, "finished")
    folder.todo("delete", "--yes", number)
    folder.sync()
    assert Event.get_by_id(row.id).deleted_at


def test_todoman_lists_what_the_web_and_the_phone_hold(phone, terminal):
    folder = terminal()
    task = events.save(None, {"kind": "task", "subject": "Write the offer", "due_at": TEN}, phone.me)
    phone.store("tasks/t.ics", todo("t-1"))
    folder.sync()
    told = folder.todo("list", "--sort", "summary")
    assert "Call back" in told and "2026-11-23 10:00 Write the offer" in told
    events.finish(Event.get_by_id(task.id), phone.me)
    folder.sync()
    assert "Write the offer" not in folder.todo("list") and "Call back" in folder.todo("list")


def conflicting(phone: Device, folder: Folder) -> Event:
    """A meeting that was moved in khal and on the web since both were in step."""
    row = events.save(None, {"kind": "meeting", "subject": "Visit", "starts_at": TEN, "ends_at": TEN + HOUR}, phone.me)
    folder.sync()
    folder.khal("edit", "--show-past", "Visit", typed="t\n2026-11-23 14:00 15:00\nq\n")
    return events.save(Event.get_by_id(row.id), {"location": "Quai 7"}, phone.me)


def test_a_conflict_is_told_and_loses_nothing(phone, terminal):
    folder = terminal()
    row = conflicting(phone, folder)
    folder.sync(fails="conflict")
    text = folder.only("events").read_text()
    assert "T140000" in text and "Quai 7" not in text
    kept = Event.get_by_id(row.id)
    assert (kept.starts_at, kept.location, kept.version) == (TEN, "Quai 7", row.version)


@pytest.mark.parametrize(("more", "start", "place"), [(HERE_WINS, 14, ""), (THERE_WINS, 10, "Quai 7")])
def test_a_conflict_is_settled_as_the_person_chose(phone, terminal, more, start, place):
    folder = terminal(more)
    row = conflicting(phone, folder)
    folder.sync()
    settled = Event.get_by_id(row.id)
    assert (settled.starts_at, settled.location) == (TEN + (start - 10) * HOUR, place)
    assert phone.get(f"events/{settled.href}").content == folder.only("events").read_bytes()
    before = settled.version
    folder.sync()
    assert Event.get_by_id(row.id).version == before


def test_a_task_ticked_off_here_and_there_at_once_is_settled(phone, terminal):
    folder = terminal(THERE_WINS)
    task = events.save(None, {"kind": "task", "subject": "Call back", "due_at": TEN}, phone.me)
    folder.sync()
    folder.todo("done", "1")
    events.finish(Event.get_by_id(task.id), phone.me)
    folder.sync()
    assert Event.get_by_id(task.id).status == "finished"
    assert folder.only("tasks").read_bytes() == Event.get_by_id(task.id).ics.encode()
