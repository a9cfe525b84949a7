"""Reminders in the form of an event and on its page."""

from datetime import UTC, datetime, timedelta

import pytest

from crmlite import clock
from crmlite.ics.read import read
from crmlite.models.events import Event
from crmlite.models.reminders import Reminder
from crmlite.rules import access, events
from crmlite.rules.access import system
from tests import people
from tests.conftest import counted_queries
from tests.web.test_events import MEETING, NOON, TASK, form_of, only, planned


@pytest.fixture(autouse=True)
def tuesday():
    with clock.frozen(NOON):
        yield


def leads(event: Event) -> list[int]:
    """Minutes before the start, in the order of the text."""
    return [int(alarm.before.total_seconds() // 60) for alarm in read(event.ics, "Europe/Paris").alarms]


def test_an_event_has_several_reminders(client_of, alice):
    """SEED-09."""
    custom = {"reminder_3": "custom", "reminder_3_count": "3", "reminder_3_unit": "hours"}
    moment = {"reminder_4": "at", "reminder_4_at": "2026-11-25T18:30"}
    client_of("alice").post("/events", data={**MEETING, "reminder_2": "1440", **custom, **moment})
    event = only()
    alarms = read(event.ics, "Europe/Paris").alarms
    assert [alarm.before for alarm in alarms[:3]] == [timedelta(minutes=m) for m in (15, 1440, 180)]
    assert alarms[3].at == datetime(2026, 11, 25, 17, 30, tzinfo=UTC)
    page = client_of("alice").get(f"/events/{event.id}").text
    for words in ("15 minutes before", "1 day before", "3 hours before", "Tomorrow 18:30"):
        assert words in page


def test_one_reminder_changes_and_the_others_stay(client_of, alice):
    event = planned(alice, alarm_minutes=15)
    client = client_of("alice")
    form = form_of(client.get(f"/events/{event.id}/form"))
    client.post(f"/events/{event.id}", data={**form, "reminder_2": "1440"})
    form = form_of(client.get(f"/events/{event.id}/form"))
    assert (form["reminder"], form["reminder_2"]) == ("15", "1440")
    client.post(f"/events/{event.id}", data={**form, "reminder": "30"})
    assert sorted(leads(only())) == [30, 1440]
    form = form_of(client.get(f"/events/{event.id}/form"))
    client.post(f"/events/{event.id}", data=form | {"reminder": "", "reminder_2": ""})
    assert leads(only()) == []


def test_a_reminder_that_a_phone_added_meanwhile_stays(client_of, alice):
    event = planned(alice, alarm_minutes=15)
    client = client_of("alice")
    form = form_of(client.get(f"/events/{event.id}/form"))
    phone = access.actor(people.user("alice").id, "caldav")
    added = "BEGIN:VALARM\r\nUID:A1\r\nACTION:AUDIO\r\nTRIGGER:-PT2H\r\nX-APPLE-DEFAULT-ALARM:TRUE\r\nEND:VALARM\r\n"
    events.receive(event.calendar, event.href, event.ics.replace("END:VEVENT", f"{added}END:VEVENT"), phone)
    client.post(f"/events/{event.id}", data={**form, "reminder": "30"})
    fresh = only()
    assert sorted(leads(fresh)) == [30, 120]
    assert added in fresh.ics


def test_a_whole_day_reminds_in_the_morning_or_on_the_eve(client_of, alice):
    client_of("alice").post("/events", data={**TASK, "reminder": "same-day", "reminder_2": "eve"})
    event = only()
    assert leads(event) == [-540, 420]
    page = client_of("alice").get(f"/events/{event.id}").text
    assert "That day at 09:00" in page and "The day before at 17:00" in page
    form = form_of(client_of("alice").get(f"/events/{event.id}/form"))
    assert (form["reminder"], form["reminder_2"]) == ("same-day", "eve")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"reminder": "same-day"}, "This is for whole days"),
        ({"reminder": "custom", "reminder_count": "", "reminder_unit": "hours"}, "Please say how long before"),
        ({"reminder": "custom", "reminder_count": "9", "reminder_unit": "weeks"}, "four weeks before at most"),
        ({"reminder": "at", "reminder_at": ""}, "Please choose the day and the time"),
        ({"reminder": "at", "reminder_at": "2026-11-24T11:59"}, "This time has passed"),
        ({"reminder": "soon"}, "Please choose a reminder from the list"),
        ({**TASK, "due": "", "reminder": "15"}, "This task has no day yet"),
    ],
)
def test_a_reminder_that_cannot_be_is_refused_and_kept(client_of, alice, values, sentence):
    answer = client_of("alice").post("/events", data={**MEETING, **values})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert form_of(answer)["reminder"] in (values["reminder"], "")
    assert not Event.select().exists()


def test_the_form_leaves_alarms_that_it_does_not_know_alone(client_of, alice):
    event = planned(alice)
    odd = (
        "BEGIN:VALARM\r\nACTION:NONE\r\nTRIGGER;VALUE=DATE-TIME:19760401T005545Z\r\nEND:VALARM\r\n"
        "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER;RELATED=END:-PT90S\r\nEND:VALARM\r\n"
    )
    text = event.ics.replace("END:VEVENT", f"{odd}END:VEVENT")
    events.receive(event.calendar, event.href, text, system("cli"))
    client = client_of("alice")
    form = form_of(client.get(f"/events/{event.id}/form"))
    client.post(f"/events/{event.id}", data={**form, "reminder_2": "10"})
    assert odd in only().ics
    assert "90 seconds before the end" in client.get(f"/events/{event.id}").text


def rung(client_of, event: Event) -> str:
    """Alice's bell a minute before the event."""
    with clock.frozen(event.starts_at - timedelta(minutes=1)):
        return client_of("alice").part("/reminders/bell").text


def test_the_bell_tells_what_rings_and_when_the_next_does(client_of, alice):
    event = planned(alice, alarm_minutes=15)
    quiet = client_of("alice").part("/reminders/bell").text
    assert "Nothing rings" in quiet and 'data-next="3600"' in quiet
    with clock.frozen(event.starts_at - timedelta(minutes=16)):
        assert 'data-next="61"' in client_of("alice").part("/reminders/bell").text
    loud = rung(client_of, event)
    assert "Reminders, 1 due" in loud and "Quote review" in loud and "Today 10:00</span>, in 1 min" in loud


def test_others_hear_nothing_and_can_dismiss_nothing(client_of, alice):
    event = planned(alice, alarm_minutes=15)
    number = Reminder.get().id
    with clock.frozen(event.starts_at):
        for name in ("bob", "carol", "charlie"):
            assert "Quote review" not in client_of(name).part("/reminders/bell").text
            assert client_of(name).post(f"/reminders/{number}/dismissal").status_code == 404
            assert client_of(name).post(f"/reminders/{number}/snooze", data={"length": "hour"}).status_code == 404
    assert "ACKNOWLEDGED" not in only().ics


def test_it_is_snoozed_and_dismissed_without_script(client_of, alice):
    event = planned(alice, alarm_minutes=15)
    with clock.frozen(event.starts_at - timedelta(minutes=1)):
        client = client_of("alice")
        answer = client.post(f"/reminders/{Reminder.get().id}/snooze", data={"length": "minutes"})
        assert answer.headers["Location"] == "/reminders"
        page = client.get("/reminders").text
        assert "rings again 10:04" in page and "Nothing rings" in page
    with clock.frozen(event.starts_at + timedelta(minutes=5)):
        assert "Quote review" in client.get("/reminders").text
        client.post("/reminders/dismissal")
        assert "Nothing rings" in client.get("/reminders").text


def test_a_length_that_is_not_offered_is_refused(client_of, alice):
    event = planned(alice, alarm_minutes=15)
    with clock.frozen(event.starts_at):
        answer = client_of("alice").post(f"/reminders/{Reminder.get().id}/snooze", data={"length": "year"})
    assert answer.status_code == 422
    assert "SNOOZE" not in only().ics


def test_a_long_bell_costs_as_many_queries_as_a_short_one(client_of, alice):
    def queries() -> int:
        with clock.frozen(NOON + timedelta(days=2)), counted_queries() as seen:
            client.part("/reminders/bell")
        return len(seen)

    client = client_of("alice")
    event = planned(alice, alarm_minutes=15)
    rung(client_of, event)
    few = queries()
    for _ in range(12):
        planned(alice, alarm_minutes=15)
    assert queries() == few
