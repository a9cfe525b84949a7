"""Mistakes that others made with calendars and phones (docs/mistakes.md), each tried through the door and on the web."""

from datetime import UTC, date, datetime, timedelta

import pytest

from crmlite import clock
from crmlite.models.calendars import Calendar
from crmlite.models.events import Event
from crmlite.models.jobs import Job
from crmlite.rules import access, events, gate
from tests import people
from tests.calendar.conftest import meeting, todo
from tests.servers import Visitor

FAR = ["Pacific/Pago_Pago", "Pacific/Tongatapu"]  # eleven hours behind, thirteen ahead


def found(phone, start, end, component="VEVENT"):
    """Names of what stands between."""
    span = f'<C:comp-filter name="{component}"><C:time-range start="{start}" end="{end}"/></C:comp-filter>'
    return phone.query("tasks/" if component == "VTODO" else "events/", span).names


@pytest.mark.parametrize(("day", "hour"), [("20270115", 9), ("20270715", 8)])
def test_the_offset_is_that_of_the_day_of_the_event(phone, day, hour):
    """Written on a day in November, whose own offset would be right for January only."""
    phone.store("events/a.ics", meeting("one", f"{day}T100000"))
    row = Event.get(Event.uid == "one")
    assert row.starts_at.hour == hour
    moved = events.save(row, {"starts_at": row.starts_at + timedelta(hours=2)}, phone.me)
    assert f"DTSTART;TZID=Europe/Paris:{day}T120000" in phone.get("events/a.ics").text
    assert moved.starts_at.hour == hour + 2


@pytest.mark.parametrize("zone", FAR)
def test_a_task_due_on_a_day_is_due_on_that_day_on_both_sides(phone, zone):
    """The day stays a day through a web edit, and stands in the query for that day of its owner alone."""
    gate.change(people.user("alice"), {"zone": zone}, phone.me)
    by = access.actor(phone.me.id or 0, "web")
    phone.store("tasks/t.ics", todo("t-1", "DUE;VALUE=DATE:20261126"))
    row = Event.get(Event.uid == "t-1")
    assert clock.to_wall(row.due_at, zone).date() == date(2026, 11, 26)
    days = [date(2026, 11, 26) + timedelta(days=number) for number in (-1, 0, 1)]
    assert [len(events.between(*clock.day_bounds(day, zone), by)) for day in days] == [0, 1, 0]
    events.save(row, {"subject": "Call them back"}, by)
    assert "DUE;VALUE=DATE:20261126\r\n" in phone.get("tasks/t.ics").text
    first, last = clock.day_bounds(date(2026, 11, 26), zone)
    # RFC 4791 section 9.9: what is due at the very start of a range is before it.
    moments = (first - timedelta(seconds=1), last - timedelta(seconds=1), last + timedelta(days=1))
    stamps = [moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ") for moment in moments]
    assert found(phone, stamps[0], stamps[1], "VTODO") == ["t.ics"]
    assert found(phone, stamps[1], stamps[2], "VTODO") == []


def test_an_event_over_midnight_is_whole_on_the_phone_and_on_both_days(phone):
    by = phone.me
    start = clock.to_utc(datetime(2026, 11, 24, 22, 0), by.zone)
    wish = {"kind": "meeting", "subject": "Night", "starts_at": start, "ends_at": start + timedelta(hours=5)}
    event = events.save(None, wish, by)
    text = phone.get(f"events/{event.href}").text
    assert "DTSTART;TZID=Europe/Paris:20261124T220000" in text and ":20261125T030000" in text
    assert found(phone, "20261124T210000Z", "20261124T230000Z") == [event.href]
    assert found(phone, "20261125T000000Z", "20261125T010000Z") == [event.href]
    phone.store("events/b.ics", meeting("one", "20261125T233000").replace("PT1H", "PT9H"))
    row = Event.get(Event.uid == "one")
    assert row.ends_at - row.starts_at == timedelta(hours=9)


def test_a_timed_event_is_never_taken_for_a_whole_day(phone):
    """Also when it lasts from midnight to midnight."""
    phone.store("events/a.ics", meeting("one", "20261124T000000").replace("PT1H", "PT24H"))
    row = Event.get(Event.uid == "one")
    assert not row.all_day and row.start_date is None
    events.save(row, {"location": "Quai 7"}, phone.me)
    text = phone.get("events/a.ics").text
    assert "DTSTART;TZID=Europe/Paris:20261124T000000" in text and "VALUE=DATE" not in text


def test_a_uid_is_kept_so_that_a_meeting_never_multiplies(phone, dav_of):
    """Planned on the web, edited on two phones, put again under the same name: one event on every side."""
    event = events.save(None, {"kind": "meeting", "subject": "Visit", "starts_at": clock.now()}, phone.me)
    for number, device in enumerate((phone, dav_of("alice"), phone)):
        text = device.get(f"events/{event.href}").text
        assert text.count(f"UID:{event.uid}") == 1
        assert device.store(f"events/{event.href}", text.replace("Visit", f"Visit {number}")).status_code == 204
    assert phone.store("events/other.ics", phone.get(f"events/{event.href}").text).status_code == 409
    assert phone.changes("events/").names == [event.href] and Event.select().count() == 1


def test_one_bad_rule_is_refused_with_its_reason_and_the_sync_goes_on(phone):
    phone.store("events/good.ics", meeting("good"))
    token = phone.changes("events/").token
    for number, rule in enumerate(("FREQ=NEVER", "FREQ=SECONDLY", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;UNTIL=x")):
        refused = phone.store(f"events/{number}.ics", meeting(f"bad-{number}", "20261123T100000", f"RRULE:{rule}"))
        assert refused.status_code == 403 and "error" in refused.text
    phone.store("events/next.ics", meeting("next"))
    assert phone.changes("events/", token).names == ["next.ics"]
    assert found(phone, "20261101T000000Z", "20261201T000000Z") == ["good.ics", "next.ics"]


def test_nobody_is_invited_again_because_a_sync_touched_their_meeting(phone):
    """We send no invitations for what a device writes: guests and their answers stay as they are, no mail is put into
    the queue, and clients are not told that the server would invite (RFC 6638)."""
    guests = (
        "ORGANIZER;CN=Alice:mailto:alice@example.com",
        'ATTENDEE;PARTSTAT=ACCEPTED;RSVP=TRUE;CN="Berti, Ugo":mailto:ugo@mill.example',
    )
    jobs = Job.select().count()
    phone.store("events/a.ics", meeting("one", "20261123T100000", *guests))
    phone.store("events/a.ics", meeting("one", "20261123T110000", *guests))
    events.save(Event.get(Event.uid == "one"), {"subject": "Visit, new room"}, phone.me)
    text = phone.get("events/a.ics").text.replace("\r\n ", "")
    assert all(guest in text for guest in guests)
    assert Job.select().count() == jobs
    assert "calendar-auto-schedule" not in phone.request("OPTIONS", "events/").headers["DAV"]
    (home,) = phone.ask("", "C:schedule-outbox-URL", "C:schedule-inbox-URL").found
    assert len(home.missing) == 2


def test_deletions_are_passed_on_in_both_directions(phone, client_of):
    phone.store("events/a.ics", meeting("one"))
    phone.store("events/b.ics", meeting("two", summary="Lunch"))
    token = phone.changes("events/").token
    phone.delete("events/a.ics")
    page: Visitor = client_of("alice")
    one, two = Event.get(Event.uid == "one"), Event.get(Event.uid == "two")
    assert page.get(f"/events/{one.id}").status_code == 410 and page.get(f"/events/{two.id}").status_code == 200
    events.delete(two, phone.me)
    assert sorted(phone.changes("events/", token).gone) == ["a.ics", "b.ics"]
    assert phone.changes("events/").names == []


def test_what_the_phone_makes_arrives_on_the_web_at_once(phone, client_of):
    phone.store("events/a.ics", meeting("one", summary="From the phone"))
    phone.store("tasks/t.ics", todo("t-1", "DUE:20261123T100000Z"))
    for row in Event.select():
        assert row.subject in client_of("alice").get(f"/events/{row.id}").text
    assert {row.owner_id for row in Event.select()} == {phone.me.id}


def test_tasks_go_both_ways_with_their_alarms(phone):
    wish = {"kind": "task", "subject": "Offer", "due_at": datetime(2026, 11, 25, 10, 0, tzinfo=UTC)}
    task = events.save(None, {**wish, "alarm_minutes": 15}, phone.me)
    text = phone.get(f"tasks/{task.href}").text
    assert "BEGIN:VTODO" in text and "BEGIN:VALARM" in text and "TRIGGER" in text and "PT15M" in text
    done = text.replace("STATUS:NEEDS-ACTION", "STATUS:COMPLETED\r\nCOMPLETED:20261124T080000Z")
    assert phone.store(f"tasks/{task.href}", done).status_code == 204
    assert Event.get_by_id(task.id).status == "finished"


def test_a_calendar_that_is_empty_is_not_deleted_by_a_phone(phone):
    """iPhones offer to delete the empty list of reminders; the calendar must not go with it."""
    phone.store("events/a.ics", meeting("one"))
    assert phone.delete("tasks/").status_code == 403
    assert Calendar.select().where(Calendar.owner == phone.me.id, Calendar.deleted_at.is_null()).count() == 2
    assert phone.changes("events/").names == ["a.ics"]
