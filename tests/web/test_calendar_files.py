"""Calendar files over HTTP: looked at, taken in, taken along."""

import pytest

from crmlite.models.events import Event
from crmlite.models.jobs import Job
from crmlite.rules import calendar_files, calendars, jobs, journal
from tests.ics.bodies import OWN_SUMMER, event, task, wrapped

TALK = ["BEGIN:VEVENT", "UID:talk", "DTSTART:20270310T090000Z", "SUMMARY:Contract talk", "END:VEVENT"]


def sent(text: str | bytes, calendar, **values):
    data = text.encode() if isinstance(text, str) else text
    return {"files": {"file": ("old.ics", data, "text/calendar")}, "data": {"calendar": calendar.id, **values}}


@pytest.fixture
def mine(alice):
    return calendars.personal(alice.id, "events")


def test_a_look_writes_nothing(client_of, mine):
    answer = client_of("alice").part("/calendars/files", "POST", **sent(wrapped(*TALK), mine))
    assert answer.status_code == 200 and "Contract talk" in answer.text and "Add 1 to the calendar" in answer.text
    assert not Event.select().exists()


def test_the_events_come_in_with_zones_repeats_and_exceptions_and_undo_takes_them_back(client_of, alice, mine):
    repeating = [
        "BEGIN:VEVENT", "UID:weekly", "DTSTART;TZID=Office hours:20270308T090000", "RRULE:FREQ=WEEKLY;COUNT=4",
        "SUMMARY:Weekly", "END:VEVENT",
        "BEGIN:VEVENT", "UID:weekly", "RECURRENCE-ID;TZID=Office hours:20270315T090000",
        "DTSTART;TZID=Office hours:20270315T110000", "SUMMARY:Weekly, later", "X-ODD:kept", "END:VEVENT",
    ]  # fmt: skip
    text = wrapped("METHOD:PUBLISH", *TALK, *repeating, extra=OWN_SUMMER)
    assert client_of("alice").post("/calendars/files", **sent(text, mine, sure="1")).status_code == 303
    weekly, talk = Event.get(Event.uid == "weekly"), Event.get(Event.uid == "talk")
    assert weekly.calendar == talk.calendar == mine
    assert "TZID:Office hours" in weekly.ics and "X-ODD:kept" in weekly.ics and "VTIMEZONE" not in talk.ics
    assert weekly.recurring and weekly.occurrences.count() == 4
    journal.undo(journal.of_record(talk).get().gesture, alice)
    assert not Event.select().where(Event.deleted_at.is_null()).exists()


def test_what_is_there_already_stays_as_it_is(client_of, mine):
    visitor = client_of("alice")
    visitor.post("/calendars/files", **sent(event("SUMMARY:First", uid="talk"), mine, sure="1"))
    again = sent(event("SUMMARY:Second", uid="talk"), mine, sure="1")
    answer = visitor.part("/calendars/files", "POST", **again)
    assert "There is nothing new in this file" in answer.text
    assert [one.subject for one in Event.select()] == ["First"]


def test_events_without_a_uid_come_in_once_however_often_the_file_is_brought(client_of, mine):
    text = wrapped("BEGIN:VEVENT", "DTSTART:20270310T090000Z", "SUMMARY:No number", "END:VEVENT")
    for _ in range(2):
        client_of("alice").post("/calendars/files", **sent(text, mine, sure="1"))
    assert Event.select().count() == 1


def test_tasks_go_to_the_task_list(client_of, alice, mine):
    client_of("alice").post("/calendars/files", **sent(task("SUMMARY:Call back"), mine, sure="1"))
    assert Event.get().calendar == calendars.personal(alice.id, "tasks")


def test_what_cannot_be_read_is_told_and_stops_nothing(client_of, mine):
    endless = ["BEGIN:VEVENT", "UID:x", "DTSTART:20270310T090000Z", "RRULE:FREQ=SECONDLY", "SUMMARY:Tick", "END:VEVENT"]
    visitor = client_of("alice")
    answer = visitor.part("/calendars/files", "POST", **sent(wrapped(*TALK, *endless), mine))
    assert "cannot be read" in answer.text and "Tick" in answer.text
    visitor.post("/calendars/files", **sent(wrapped(*TALK, *endless), mine, sure="1"))
    assert [one.uid for one in Event.select()] == ["talk"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"name;phone\nMoreau;1", "This is no calendar file"),
        (wrapped().encode(), "no event and no task"),
        (wrapped(*TALK).encode("utf-16"), "not written in UTF-8"),
        (wrapped(*TALK).encode()[:-15], "incomplete"),
    ],
)
def test_a_file_that_is_none_is_refused_with_a_sentence(client_of, mine, data, sentence):
    visitor = client_of("alice")
    for ask in (visitor.part, visitor.request):
        answer = ask(url="/calendars/files", method="POST", **sent(data, mine))
        assert answer.status_code == 422 and sentence in answer.text


def test_nothing_comes_into_the_calendar_of_another(client_of, alice, charlie, mine):
    answer = client_of("charlie").post("/calendars/files", **sent(wrapped(*TALK), mine, sure="1"))
    assert answer.status_code == 422 and "choose a calendar" in answer.text
    assert not Event.select().exists()


def test_a_reader_takes_along_but_brings_nothing(client_of, db):
    visitor = client_of("rita")
    text = visitor.get("/calendars/files").text
    assert "Take along" in text and "Bring in" not in text


def test_a_calendar_is_taken_along_whole_and_comes_back_the_same(client_of, alice, mine):
    visitor = client_of("alice")
    visitor.post("/calendars/files", **sent(event("SUMMARY:Naïve, talk", "X-ODD:kept", uid="talk"), mine, sure="1"))
    answer = visitor.get(f"/calendars/{mine.id}.ics")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "X-ODD:kept" in answer.text
    other = calendars.add("second", "events", "Second", alice)
    visitor.post("/calendars/files", **sent(answer.content, other, sure="1"))
    first, second = Event.select().order_by(Event.id)
    assert second.calendar == other and second.subject == first.subject == "Naïve, talk"


def test_charlie_takes_along_nothing_of_alices(client_of, mine, charlie):
    assert client_of("charlie").get(f"/calendars/{mine.id}.ics").status_code == 404


def test_a_large_file_comes_in_by_the_worker_in_one_gesture(client_of, alice, mine, monkeypatch):
    monkeypatch.setattr(calendar_files, "AT_ONCE", 3)
    monkeypatch.setattr(calendar_files, "IN_ONE_GO", 2)
    parts = [line.replace("talk", f"talk-{n}") for n in range(5) for line in TALK]
    visitor = client_of("alice")
    assert visitor.post("/calendars/files", **sent(wrapped(*parts), mine, sure="1")).status_code == 303
    job = Job.get(Job.kind == calendar_files.KIND)
    assert f"/bulk/{job.id}" in visitor.get("/calendars/week").text
    assert calendar_files.work(jobs.payload(job)) is None
    assert Event.select().count() == 5
    gestures = {journal.of_record(one).get().gesture for one in Event.select()}
    assert len(gestures) == 1
    assert "5 events added" in visitor.get(f"/bulk/{job.id}").text


def test_an_undo_stops_the_rest_of_a_large_file(client_of, alice, mine, monkeypatch):
    monkeypatch.setattr(calendar_files, "AT_ONCE", 1)
    monkeypatch.setattr(calendar_files, "IN_ONE_GO", 2)
    parts = [line.replace("talk", f"talk-{n}") for n in range(4) for line in TALK]
    client_of("alice").post("/calendars/files", **sent(wrapped(*parts), mine, sure="1"))
    come = jobs.payload(Job.get(Job.kind == calendar_files.KIND))
    assert calendar_files.part(come)
    journal.undo(come["gesture"], alice)
    assert not calendar_files.part(come)
    assert not Event.select().where(Event.deleted_at.is_null()).exists()
