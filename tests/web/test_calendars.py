"""The calendar over HTTP."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crmlite import clock
from crmlite.models.calendars import Calendar
from crmlite.models.events import Event
from crmlite.rules import events, gate
from tests import people
from tests.conftest import counted_queries
from tests.make import make_contact

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)  # a Tuesday, 12:00 in Paris
WEEK = "/calendars/week/2026-W48"


@pytest.fixture(autouse=True)
def tuesday():
    with clock.frozen(NOON):
        yield


def planned(by: Any, day: int, hour: int, minutes: int = 60, **values: Any) -> Event:
    """In November 2026, hours of Paris."""
    start = datetime(2026, 11, day, hour - 1, 0, tzinfo=UTC)
    times = {"starts_at": start, "ends_at": start + timedelta(minutes=minutes)}
    return events.save(None, {"kind": "meeting", "subject": "Contract talk", **times, **values}, by)


def day(text: str, date: str) -> str:
    """The column of one day."""
    return re.search(
        rf'<div class="day[^"]*" data-day="{date}">(.*?)</div>\s*(?=<div class="day|</div>)', text, re.S
    ).group(1)


def test_the_week_shows_each_event_on_its_day_and_hour(client_of, alice):
    contact = make_contact(alice, "Moreau", first_name="Lucie")
    planned(alice, 26, 10, 90, contact=contact.id)
    text = client_of("alice").get(WEEK).text
    assert "23 to 29 November 2026" in text
    column = day(text, "2026-11-26")
    assert 'data-at="10:00" data-for="1:30"' in column and "10:00 · Lucie Moreau" in column
    assert "Contract talk" not in day(text, "2026-11-25")


def test_this_week_is_the_week_without_a_name(client_of, db):
    client = client_of("alice")
    text = client.get("/calendars/week").text
    assert "23 to 29 November 2026" in text
    assert 'class="now" data-at="12:00"' in day(text, "2026-11-24")
    assert 'class="now"' not in client.get("/calendars/week/2026-W47").text


def test_a_phone_begins_with_the_list_of_days(client_of, db):
    answer = client_of("alice").request(
        "GET", "/calendars/week", headers={"User-Agent": "Mozilla/5.0 (Linux; Android 15) Mobile"}
    )
    assert answer.headers["Location"] == "/calendars/agenda"


def test_the_hours_are_those_of_the_reader(client_of, alice, carol):
    planned(alice, 26, 10)
    gate.change(people.user("carol"), {"zone": "America/New_York"}, carol)
    text = client_of("carol").get(f"{WEEK}?layers=1&person={alice.id}").text
    assert 'data-at="04:00"' in day(text, "2026-11-26")


def test_what_goes_over_midnight_is_on_both_days(client_of, alice):
    planned(alice, 26, 22, 300)
    text = client_of("alice").get(WEEK).text
    assert 'data-at="22:00" data-for="2:00"' in day(text, "2026-11-26")
    assert 'data-at="00:00" data-for="3:00"' in day(text, "2026-11-27")


def test_whole_days_are_a_bar_across_them(client_of, alice):
    events.save(
        None,
        {
            "kind": "event",
            "subject": "Trade fair",
            "all_day": True,
            "start_date": datetime(2026, 11, 24).date(),
            "end_date": datetime(2026, 11, 27).date(),
        },
        alice,
    )
    text = client_of("alice").get(WEEK).text
    bar = re.search(r'<a class="ev ([^"]*)"[^>]*title="Trade fair', text).group(1)
    assert "c2" in bar.split() and "s3" in bar.split()


@pytest.mark.parametrize("zone", ["Pacific/Pago_Pago", "Pacific/Tongatapu"])
def test_a_whole_day_stays_on_its_day_at_the_ends_of_the_earth(client_of, alice, zone):
    gate.change(people.user("alice"), {"zone": zone}, alice)
    client_of("alice").post(
        "/events",
        data={
            "kind": "event",
            "subject": "Holiday",
            "all_day": "1",
            "day": "2026-11-26",
            "end_day": "2026-11-26",
            "status": "planned",
        },
    )
    client_of("alice").post(
        "/events",
        data={
            "kind": "task",
            "subject": "Samples",
            "due": "2026-11-27",
            "task_status": "not_started",
            "priority": "2",
        },
    )
    text = client_of("alice").get(WEEK).text
    for subject, column in (("Holiday", "c4"), ("Samples", "c5")):
        assert column in re.search(rf'<a class="ev ([^"]*)"[^>]*title="{subject}', text).group(1).split()


def test_nine_o_clock_stays_nine_after_the_clock_change(client_of, alice):
    start = datetime(2026, 10, 19, 7, 0, tzinfo=UTC)
    events.save(
        None,
        {
            "kind": "meeting",
            "subject": "Week start",
            "starts_at": start,
            "ends_at": start + timedelta(hours=1),
            "rrule": "FREQ=WEEKLY;COUNT=4",
        },
        alice,
    )
    for week in ("2026-W43", "2026-W44", "2026-W45"):
        assert 'data-at="09:00"' in client_of("alice").get(f"/calendars/week/{week}").text


def test_overlapping_events_stand_side_by_side(client_of, alice):
    planned(alice, 26, 10)
    planned(alice, 26, 10, subject="Demo")
    column = day(client_of("alice").get(WEEK).text, "2026-11-26")
    assert "lane-1-of-2" in column and "lane-2-of-2" in column


def test_tasks_stand_on_their_day_and_wait_beside_without_one(client_of, alice):
    events.save(
        None, {"kind": "task", "subject": "Send samples", "due_date": datetime(2026, 11, 27).date()}, alice
    )
    events.save(None, {"kind": "task", "subject": "Price list"}, alice)
    text = client_of("alice").get(WEEK).text
    assert "c5" in re.search(r'<a class="ev ([^"]*)"[^>]*title="Send samples', text).group(1)
    assert "Price list" in re.search(r'id="undated".*?</section>', text, re.S).group()


def test_layers_are_chosen_in_the_address(client_of, alice, bob):
    planned(alice, 26, 10)
    planned(bob, 26, 11, subject="Site visit")
    client = client_of("alice")
    mine = Calendar.get((Calendar.owner == alice.id) & (Calendar.kind == "events"))
    assert "Site visit" not in client.get(WEEK).text
    both = client.get(f"{WEEK}?layers=1&calendar={mine.id}&person={bob.id}").text
    assert "Site visit" in both and "Contract talk" in both
    assert f"layers=1&amp;calendar={mine.id}&amp;person={bob.id}" in both
    none = client.get(f"{WEEK}?layers=1").text
    assert "Site visit" not in none and "Contract talk" not in none


def test_a_private_event_of_a_colleague_is_busy(client_of, alice, bob):
    event = planned(bob, 26, 11, subject="Doctor", private=True, location="Clinic")
    text = client_of("alice").get(f"{WEEK}?layers=1&person={bob.id}").text
    assert "Busy" in day(text, "2026-11-26") and "Bob Birch" in day(text, "2026-11-26")
    assert "Doctor" not in text and "Clinic" not in text and f"/events/{event.id}" not in text


def test_a_stranger_sees_neither_colleague_nor_event(client_of, alice, charlie):
    planned(alice, 26, 10)
    text = client_of("charlie").get(f"{WEEK}?layers=1&person={alice.id}").text
    assert "Contract talk" not in text and "Alice Arden" not in text and "Busy" not in text


def test_only_what_one_may_move_can_be_dragged(client_of, alice, bob):
    event = planned(alice, 26, 10)
    assert f'data-move="{event.id}"' in client_of("alice").get(WEEK).text
    assert f'data-move="{event.id}"' not in client_of("bob").get(f"{WEEK}?layers=1&person={alice.id}").text
    reader = client_of("rita").get(WEEK).text
    assert "data-plan" not in reader and "/events/form" not in reader.partition('id="grid"')[2]


def test_the_day_offers_a_link_for_each_hour(client_of, db):
    text = client_of("alice").get("/calendars/day/2026-11-24").text
    assert text.count('class="slot"') == 24
    assert 'href="/events/form?start=2026-11-24T14:00"' in text


def test_the_agenda_lists_days_with_what_stands_on_them(client_of, alice):
    planned(alice, 24, 15)
    planned(alice, 26, 22, 300, subject="Night shift")
    text = client_of("alice").get("/calendars/agenda").text
    headings = re.findall(r"<h2>(.*?)<small>", text)
    assert headings[-3:] == ["Today", "Thu 26", "Fri 27"] or headings == ["Today", "Thu 26", "Fri 27"]
    assert text.count("Night shift") >= 2
    assert "15:00 – 16:00" in text


def test_an_empty_agenda_says_what_to_do(client_of, db):
    text = client_of("alice").get("/calendars/agenda?from=2030-01-01").text
    assert "Nothing is planned in these two weeks." in text and "/events/form" in text


@pytest.mark.parametrize(
    "path", ["week/2026-W54", "week/november", "day/2026-02-30", "day/9999-12-31", "agenda?from=x"]
)
def test_a_time_that_does_not_exist_is_not_found(client_of, db, path):
    answer = client_of("alice").get(f"/calendars/{path}")
    assert answer.status_code == 404 and "There is no such" in answer.text or "shows the years" in answer.text


def test_the_small_month_and_the_arrows_lead_on(client_of, db):
    text = client_of("alice").get(WEEK).text
    for name in ("2026-W47", "2026-W49", "2026-W44", "2026-W52"):
        assert f"/calendars/week/{name}" in text


def test_htmx_gets_the_hours_without_the_frame(client_of, alice):
    planned(alice, 26, 10)
    text = client_of("alice").part(WEEK).text
    assert "<html" not in text and 'id="grid"' in text and "Contract talk" in text


def test_a_full_week_asks_the_same_number_of_queries(client_of, alice, bob):
    client = client_of("alice")
    contact = make_contact(alice)
    planned(alice, 26, 10, contact=contact.id)
    planned(bob, 26, 10, private=True)
    mine = Calendar.get((Calendar.owner == alice.id) & (Calendar.kind == "events"))
    path = f"{WEEK}?layers=1&calendar={mine.id}&person={bob.id}"
    client.get(path)
    with counted_queries() as few:
        client.get(path)
    for number in range(20):
        planned(alice, 23 + number % 7, 9 + number % 8, contact=contact.id, subject=f"Talk {number}")
        planned(bob, 23 + number % 7, 9 + number % 8, private=number % 2 == 0)
    with counted_queries() as many:
        client.get(path)
    assert len(many) == len(few) <= 16, many


def test_a_month_shows_its_weeks_with_what_is_planned(client_of, alice):
    planned(alice, 26, 10)
    text = client_of("alice").get("/calendars/month/2026-11").text
    assert "November 2026" in text and text.count('class="month-week"') == 6
    assert re.search(r'class="day-cell c2 today" data-day="2026-11-24"', text)
    assert re.search(r'class="ev  ?timed c4 r1"[^>]*title="Contract talk, 10:00 – 11:00"', text)


def test_a_crowded_day_of_a_month_counts_the_rest_and_leads_to_the_day(client_of, alice):
    for hour in range(9, 15):
        planned(alice, 26, hour)
    text = client_of("alice").get("/calendars/month/2026-11").text
    assert 'href="/calendars/day/2026-11-26" aria-label="3 more on Thu 26 November">+3 more' in text


def test_the_month_without_a_name_is_this_one(client_of, db):
    assert "November 2026" in client_of("alice").get("/calendars/month").text


@pytest.mark.parametrize("name", ["2026-13", "2026", "1066-10", "next"])
def test_a_month_that_is_none_is_missing(client_of, db, name):
    assert client_of("alice").get(f"/calendars/month/{name}").status_code == 404


def test_a_month_asks_as_much_for_many_events_as_for_few(client_of, alice):
    planned(alice, 26, 10)
    visitor = client_of("alice")
    visitor.get("/calendars/month/2026-11")
    with counted_queries() as few:
        visitor.get("/calendars/month/2026-11")
    for number in range(1, 29):
        planned(alice, number, 9)
    with counted_queries() as many:
        visitor.get("/calendars/month/2026-11")
    assert len(many) == len(few)


def test_the_month_of_a_colleague_says_busy_for_what_is_private(client_of, alice, bob):
    planned(alice, 26, 10, subject="Doctor", private=True)
    text = client_of("bob").get(f"/calendars/month/2026-11?layers=1&person={alice.id}").text
    assert "Doctor" not in text and "Busy" in text


def test_stretching_a_meeting_says_until_when_it_lasts(client_of, alice):
    event = planned(alice, 26, 10)
    data = {"start": "2026-11-26T10:00", "end": "2026-11-26T12:30", "seen": event.version}
    answer = client_of("alice").part(f"/events/{event.id}/time", "POST", data=data)
    assert "10:00 \\u2013 12:30" in answer.headers["HX-Trigger"]
    assert Event.get_by_id(event.id).ends_at == datetime(2026, 11, 26, 11, 30, tzinfo=UTC)


def test_of_a_repeating_meeting_the_person_is_asked_which_turns_move(client_of, alice):
    event = planned(alice, 26, 10, rrule="FREQ=WEEKLY;COUNT=4")
    turn = event.occurrences.order_by("starts_at").first().recurrence_id
    asked = {"start": "2026-11-26T11:00", "seen": event.version, "occurrence": turn}
    text = client_of("alice").part(f"/events/{event.id}/which", params=asked).text
    assert all(label in text for label in ("This one only", "This and following", "All of them"))
    assert client_of("charlie").part(f"/events/{event.id}/which", params=asked).status_code == 404


def test_the_layers_stay_as_one_left_them(client_of, alice, bob):
    visitor, mine = client_of("alice"), Calendar.get((Calendar.owner == alice.id) & (Calendar.slug == "events"))
    asked = {"layers": 1, "calendar": mine.id, "person": bob.id, "coloured": "person"}
    visitor.part(WEEK, params=asked)
    text = visitor.get(WEEK).text
    boxes = re.findall(r'<input type="checkbox"[^>]*name="(\w+)" value="(\d+)" checked', text)
    assert boxes == [("calendar", str(mine.id)), ("person", str(bob.id))]
    assert '<option value="person" selected>' in text


def test_a_link_that_names_layers_changes_nothing_for_later(client_of, alice):
    visitor = client_of("alice")
    before = visitor.get(WEEK).text.count(" checked")
    visitor.get(f"{WEEK}?layers=1")
    assert visitor.get(WEEK).text.count(" checked") == before


@pytest.mark.parametrize("kept", ["~", "x~y~z", "1.2~~nothing", "~~~~", "999999999999~1~type"])
def test_a_broken_memory_of_layers_does_no_harm(client_of, alice, kept):
    visitor = client_of("alice")
    visitor.cookies.set(f"layers-{alice.id}", kept, domain="127.0.0.1", path="/calendars")
    assert visitor.get(WEEK).status_code == 200


def test_colours_tell_calendars_or_people_apart(client_of, alice, bob):
    mine = Calendar.get((Calendar.owner == alice.id) & (Calendar.slug == "events"))
    planned(alice, 26, 10)
    planned(bob, 26, 12, subject="Visit")
    asked = {"layers": 1, "calendar": mine.id, "person": bob.id}
    by_type = client_of("alice").get(WEEK, params=asked).text
    assert not re.search(r'class="ev [^"]*\bh\d', by_type)
    by_person = client_of("alice").get(WEEK, params={**asked, "coloured": "person"}).text
    assert len(set(re.findall(r'class="ev [^"]*\b(h\d)', by_person))) == 2


def test_the_week_begins_at_the_hour_one_works_from_and_shades_the_rest(client_of, alice):
    gate.change(people.user("alice"), {"work_from": "07:00", "work_until": "16:00", "work_days": "123"}, alice)
    text = client_of("alice").get(WEEK).text
    assert '<li class="start">07:00</li>' in text
    off = '<span class="off" data-at="{}" data-for="{}"></span>'
    tuesday = day(text, "2026-11-24")
    assert off.format("00:00", "7:00") in tuesday and off.format("16:00", "8:00") in tuesday
    assert off.format("00:00", "24:00") in day(text, "2026-11-26")


def test_a_second_zone_stands_in_the_week_and_the_day_and_the_change_of_clocks_is_marked(client_of, alice):
    client = client_of("alice")
    assert "two-zones" not in client.get(WEEK).text
    gate.change(people.user("alice"), {"second_zone": "America/New_York"}, alice)
    text = client.get("/calendars/week/2026-W43").text
    assert '<abbr title="New York">EDT</abbr><abbr title="Your time">CEST</abbr>' in text
    assert '<span class="second">03:00</span>09:00' in text
    sunday = day(text, "2026-10-25")
    assert 'data-at="09:00" data-for="0:30" aria-hidden="true">04:00<' in sunday
    assert '<span class="change" data-at="02:00" data-for="1:00">Clocks go back 1 hour</span>' in sunday
    assert "other-hour" not in day(text, "2026-10-24")
    assert '<span class="second">04:00</span>09:00' in client.get("/calendars/day/2026-10-25").text
