"""Real client libraries against the real server, from the bare host name on."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import caldav
import pytest

from crmlite.models.events import Event
from crmlite.rules import events
from tests.calendar.conftest import Device, meeting
from tests.calendar.programs import Folder

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def here(phone: Device) -> Iterator[caldav.DAVClient]:
    """The library, told nothing but the bare host name and how to sign in."""
    login, password = phone.auth
    with caldav.DAVClient(url=phone.server.url, username=login, password=password) as client:
        yield client


def calendar_named(here: caldav.DAVClient, name: str) -> caldav.Calendar:
    return next(one for one in here.principal().calendars() if one.get_display_name() == name)


def test_caldav_finds_the_calendars_from_the_bare_host(phone, here):
    names = sorted(str(one.get_display_name()) for one in here.principal().calendars())
    assert names == ["Calendar", "North", "Tasks"]


def test_caldav_creates_moves_alarms_and_deletes(phone, here):
    calendar = calendar_named(here, "Calendar")
    event = calendar.save_event(dtstart=START, dtend=START + HOUR, summary="Visit", uid="from-the-phone")
    row = Event.get(Event.uid == "from-the-phone")
    assert (row.subject, row.starts_at, row.kind, row.owner_id) == ("Visit", START, "meeting", phone.me.id)
    component = event.icalendar_component
    component["DTSTART"].dt, component["DTEND"].dt = START + HOUR, START + 2 * HOUR
    event.save()
    event.data = event.data.replace(
        "END:VEVENT",
        "BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:Visit\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\nEND:VEVENT",
    )
    event.save()
    row = Event.get_by_id(row.id)
    assert (row.starts_at, row.alarm_minutes) == (START + HOUR, 15)
    event.delete()
    assert Event.get_by_id(row.id).deleted_at


def test_caldav_finds_the_meeting_planned_on_the_web_and_the_web_keeps_its_alarm(phone, here):
    row = events.save(None, {"kind": "meeting", "subject": "Planned", "starts_at": START}, phone.me)
    calendar = calendar_named(here, "Calendar")
    (found,) = calendar.search(start=START - HOUR, end=START + 2 * HOUR, event=True)
    component = found.icalendar_component
    for name in ("DTSTART", "DTEND"):
        component[name].dt += HOUR
    found.save()
    found.data = found.data.replace(
        "END:VEVENT", "BEGIN:VALARM\r\nACTION:AUDIO\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\nEND:VEVENT"
    )
    found.save()
    row = Event.get_by_id(row.id)
    events.save(row, {"location": "Quai 7"}, phone.me, seen=row.version)
    found.load()
    assert "LOCATION:Quai 7" in found.data and "TRIGGER:-PT5M" in found.data and row.starts_at == START + HOUR


def test_caldav_syncs_with_a_token(phone, here):
    calendar = calendar_named(here, "Calendar")
    phone.store("events/a.ics", meeting("one"))
    known = calendar.get_objects_by_sync_token(load_objects=True)
    assert len(list(known)) == 1
    phone.store("events/b.ics", meeting("two"))
    phone.delete("events/a.ics")
    updated, deleted = known.sync()
    assert ([one.id or one.icalendar_component["UID"] for one in updated], len(list(deleted))) == (["two"], 1)


def test_caldav_expands_a_series(phone, here):
    calendar = calendar_named(here, "Calendar")
    phone.store("events/a.ics", meeting("one", "20261123T100000", "RRULE:FREQ=WEEKLY;COUNT=5"))
    found = calendar.search(start=START, end=START + timedelta(days=15), event=True, expand=True, server_expand=True)
    assert sum(str(one.data).count("BEGIN:VEVENT") for one in found) == 3


def test_caldav_ticks_off_a_task(phone, here):
    tasks = calendar_named(here, "Tasks")
    task = tasks.save_todo(summary="Call back", due=START, uid="todo-1")
    assert Event.get(Event.uid == "todo-1").status == "not_started"
    task.complete()
    assert Event.get(Event.uid == "todo-1").status == "finished"
    assert tasks.todos() == []


def test_caldav_is_told_of_a_conflict_and_loses_nothing(phone, here):
    row = events.save(None, {"kind": "meeting", "subject": "Planned", "starts_at": START}, phone.me)
    (found,) = calendar_named(here, "Calendar").search(start=START - HOUR, end=START + HOUR, event=True)
    row = events.save(Event.get_by_id(row.id), {"location": "Quai 7"}, phone.me)
    found.icalendar_component["SUMMARY"] = "Renamed"
    with pytest.raises(caldav.lib.error.ETagMismatchError):
        found.save()
    with pytest.raises(caldav.lib.error.ETagMismatchError):
        found.delete(if_match=True)
    kept = Event.get_by_id(row.id)
    assert (kept.subject, kept.location, kept.deleted_at, kept.version) == ("Planned", "Quai 7", None, row.version)
    found.load()
    found.icalendar_component["SUMMARY"] = "Renamed"
    found.save()
    assert Event.get_by_id(row.id).subject == "Renamed" and Event.get_by_id(row.id).location == "Quai 7"


def test_caldav_makes_and_removes_a_calendar(phone, here):
    made = here.principal().make_calendar(name="Side project", cal_id="side")
    made.save_event(dtstart=START, dtend=START + HOUR, summary="Side")
    made.delete()
    assert "Side project" not in [one.get_display_name() for one in here.principal().calendars()]


def test_vdirsyncer_syncs_both_ways(phone, tmp_path):
    program = Folder(phone, tmp_path)
    phone.store("events/a.ics", meeting("one"))
    folder = program.sync() / "events"
    (local,) = folder.glob("*.ics")
    assert local.read_bytes().decode() == meeting("one")
    local.write_bytes(meeting("one", "20261123T150000").encode())
    (folder / "two.ics").write_bytes(meeting("two").encode())
    program.sync()
    assert Event.get(Event.uid == "one").starts_at.hour == 14
    assert Event.get(Event.uid == "two").deleted_at is None
    events.delete(Event.get(Event.uid == "one"), phone.me)
    (folder / "two.ics").unlink()
    program.sync()
    assert list(folder.glob("*.ics")) == [] and Event.get(Event.uid == "two").deleted_at
