"""What outlasts a sync: deletions, the bin, tokens of long ago, a house that moves to another zone."""

from datetime import date, timedelta

import pytest

from crmlite import clock
from crmlite.errors import Conflict
from crmlite.models.calendars import Calendar, Tombstone
from crmlite.models.events import Event
from crmlite.rules import access, calendars, events, gate, settings, upkeep
from tests import people
from tests.calendar.conftest import Answer, Device, meeting

DAY = timedelta(days=1)


def binned(uid: str) -> Event:
    return Event.get((Event.uid == uid) & Event.deleted_at.is_null(False))


def test_what_a_phone_deletes_lies_in_the_bin_and_comes_back_to_every_phone(phone, dav_of):
    """RFC 6578 section 3.5: the deletion, then the event again, under its own name and byte for byte."""
    second = dav_of("alice")
    phone.store("events/a.ics", meeting("one", "20261123T100000", "X-OWN;Q=1:kept"))
    token = second.changes("events/").token
    phone.delete("events/a.ics")
    gone = second.changes("events/", token)
    assert (gone.names, gone.gone) == ([], ["a.ics"])
    gate.restore(binned("one"), phone.me)
    back = second.changes("events/", gone.token)
    assert (back.names, back.gone) == (["a.ics"], [])
    assert second.get("events/a.ics").text == meeting("one", "20261123T100000", "X-OWN;Q=1:kept")


def test_a_name_taken_meanwhile_does_not_hold_back_what_is_restored(phone):
    phone.store("events/a.ics", meeting("one"))
    phone.delete("events/a.ics")
    phone.store("events/a.ics", meeting("two"))
    token = phone.changes("events/").token
    restored = gate.restore(binned("one"), phone.me)
    (name,) = phone.changes("events/", token).names
    assert name == restored.href != "a.ics"
    assert phone.get(f"events/{name}").text == meeting("one") and phone.get("events/a.ics").text == meeting("two")


def test_what_came_again_is_not_doubled_by_restoring(phone):
    phone.store("events/a.ics", meeting("one"))
    phone.delete("events/a.ics")
    phone.store("events/b.ics", meeting("one"))
    with pytest.raises(Conflict, match="already in the calendar"):
        gate.restore(binned("one"), phone.me)
    assert phone.changes("events/").names == ["b.ics"]


def test_an_event_is_not_restored_into_a_calendar_that_is_gone(phone):
    phone.request("MKCALENDAR", "private/")
    phone.store("private/a.ics", meeting("one"))
    phone.delete("private/")
    with pytest.raises(Conflict, match="restore it first"):
        gate.restore(binned("one"), phone.me)
    gate.restore(Calendar.get(Calendar.slug == "private"), phone.me)
    gate.restore(binned("one"), phone.me)
    assert phone.changes("private/").names == ["a.ics"]


def test_a_deletion_on_the_web_reaches_the_phone(phone):
    phone.store("events/a.ics", meeting("one"))
    token = phone.changes("events/").token
    events.delete(Event.get(Event.uid == "one"), phone.me)
    assert phone.changes("events/", token).gone == ["a.ics"]
    assert phone.get("events/a.ics").status_code == 404


def test_names_that_left_long_ago_are_forgotten_and_old_tokens_start_anew(phone):
    """RFC 6578 section 3.8: a token that can no longer be answered is refused, never answered by half."""
    phone.store("events/a.ics", meeting("one"))
    phone.store("events/b.ics", meeting("two"))
    oldest = phone.changes("events/").token
    phone.delete("events/a.ics")
    left = phone.changes("events/", oldest)
    with clock.frozen(clock.now() + 399 * DAY):
        upkeep.tidy({})
        assert phone.changes("events/", oldest).gone == ["a.ics"]
    with clock.frozen(clock.now() + 401 * DAY):
        phone.delete("events/b.ics")
        upkeep.tidy({})
        assert [row.href for row in Tombstone.select()] == ["b.ics"]
        assert phone.changes("events/", oldest).condition == "D:valid-sync-token"
        assert phone.changes("events/", left.token).gone == ["b.ics"]
        assert phone.changes("events/").gone == []


@pytest.fixture
def team_day(phone: Device) -> Event:
    """A whole day in the calendar of the team, which follows the clock of the house."""
    calendar = calendars.Calendar.get(Calendar.slug == f"team-{phone.me.active_team_id}")
    day = date(2026, 11, 24)
    wish = {"kind": "meeting", "subject": "Fair", "all_day": True, "start_date": day, "end_date": day + DAY}
    return events.save(None, {**wish, "calendar": calendar.id}, phone.me)


def asked(phone: Device, event: Event, start: str, end: str) -> list[str]:
    span = f'<C:comp-filter name="VEVENT"><C:time-range start="{start}" end="{end}"/></C:comp-filter>'
    answer: Answer = phone.query(f"team-{phone.me.active_team_id}/", span)
    return answer.names


def test_whole_days_of_the_team_follow_the_house_into_another_zone(phone, team_day):
    """RFC 4791 section 7.3: dates without a zone stand in the zone of the calendar."""
    token = phone.changes(f"team-{phone.me.active_team_id}/").token
    settings.set_organisation("Firm", "EUR", "Pacific/Auckland", access.actor(people.user("olive").id, "web"))
    row = Event.get_by_id(team_day.id)
    assert row.starts_at == clock.day_bounds(date(2026, 11, 24), "Pacific/Auckland")[0]
    assert asked(phone, row, "20261123T110000Z", "20261123T120000Z") == [row.href]
    assert asked(phone, row, "20261124T120000Z", "20261124T130000Z") == []
    assert row.etag == team_day.etag and phone.changes(f"team-{phone.me.active_team_id}/", token).names == []
