import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmlite import clock
from crmlite.ics import lines
from crmlite.ics.alarms import Alarm
from crmlite.ics.occurrences import occurrences
from crmlite.ics.patch import patch, remove_occurrence
from crmlite.ics.read import Attendee, Refusal, read
from tests.ics.bodies import AWKWARD, NOW, OWN_SUMMER, WEEKLY, event, private_zone, task, wrapped

ROME = "Europe/Rome"


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def test_a_meeting_is_read():
    fields = read(
        event(
            "DTEND:20260310T103000Z", "SUMMARY:Visit\\, north", "LOCATION:Yard", "DESCRIPTION:one\\ntwo",
            "URL:https://mill.example/a?b=1\\;", "STATUS:confirmed", "CLASS:PRIVATE", "TRANSP:TRANSPARENT",
            "CATEGORIES:visit,north", "SEQUENCE:4", "ORGANIZER;CN=Ada:mailto:ada@mill.example",
            "ATTENDEE;PARTSTAT=DECLINED;CN=\"Berti, Ugo\":MAILTO:ugo@mill.example",
            "BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT15M", "END:VALARM",
        ),
        ROME,
    )  # fmt: skip
    assert (fields.summary, fields.location, fields.description) == ("Visit, north", "Yard", "one\ntwo")
    assert (fields.starts_at, fields.ends_at) == (utc(2026, 3, 10, 9), utc(2026, 3, 10, 10, 30))
    assert (fields.all_day, fields.start_date, fields.tzid, fields.recurring) == (False, None, "", False)
    assert (fields.status, fields.private, fields.free, fields.sequence) == ("CONFIRMED", True, True, 4)
    assert fields.categories == ("visit", "north")
    assert fields.url == "https://mill.example/a?b=1\\;"
    assert fields.organizer == Attendee("ada@mill.example", "Ada", "")
    assert fields.attendees == (Attendee("ugo@mill.example", "Berti, Ugo", "no"),)
    assert fields.alarms == (Alarm(before=timedelta(minutes=15)),)


@pytest.mark.parametrize("text", AWKWARD.values(), ids=AWKWARD.keys())
def test_awkward_texts_are_read_and_come_back_byte_for_byte(text: str):
    assert read(text, ROME).uid
    occurrences(text, ROME)
    assert lines.parse(text).write() == text
    assert patch(text, {}, ROME, NOW) == text


def test_quoted_and_caret_parameters_are_read():
    assert read(AWKWARD["quoted parameters"], ROME).attendees[0].name == "Neri, Ada: sales; south"
    assert read(AWKWARD["caret in a parameter"], ROME).organizer.name == 'Ada "the fox" Neri'
    assert read(AWKWARD["stray quotes in a parameter"], ROME).attendees[0].email == "ada@mill.example"


def test_folded_lines_are_read_as_one():
    summary = read(AWKWARD["folded lines"], ROME).summary
    assert summary == "A very long subject about the new saw line for the mill in the valley and more"


def test_escaped_commas_do_not_divide_categories():
    assert read(AWKWARD["backslashes"], ROME).categories == ("one,half", "two", "three")


@pytest.mark.parametrize(
    ("zone", "start", "end"),
    [
        ("Pacific/Pago_Pago", utc(2026, 3, 10, 11), utc(2026, 3, 11, 11)),
        ("Pacific/Apia", utc(2026, 3, 9, 11), utc(2026, 3, 10, 11)),
        ("Pacific/Tongatapu", utc(2026, 3, 9, 11), utc(2026, 3, 10, 11)),
    ],
)
def test_an_all_day_event_is_its_owners_day(zone: str, start: datetime, end: datetime):
    fields = read(event("DTEND;VALUE=DATE:20260311", start="DTSTART;VALUE=DATE:20260310"), zone)
    assert (fields.all_day, fields.start_date, fields.end_date) == (
        True,
        date(2026, 3, 10),
        date(2026, 3, 11),
    )
    assert (fields.starts_at, fields.ends_at) == (start, end)
    assert clock.to_wall(fields.starts_at, zone).date() == date(2026, 3, 10)


def test_a_bare_date_lasts_one_day_and_a_bare_time_no_time():
    day = read(event(start="DTSTART:20260310"), ROME)
    assert (day.all_day, day.end_date) == (True, date(2026, 3, 11))
    moment = read(event(), ROME)
    assert moment.starts_at == moment.ends_at
    assert not moment.all_day


def test_an_end_equal_to_the_start_date_is_one_day():
    text = event("DTEND;VALUE=DATE:20260310", start="DTSTART;VALUE=DATE:20260310")
    assert read(text, ROME).end_date == date(2026, 3, 11)


def test_an_event_over_midnight_keeps_its_end():
    fields = read(event("DTEND:20260311T020000Z", start="DTSTART:20260310T220000Z"), ROME)
    assert fields.ends_at - fields.starts_at == timedelta(hours=4)


def test_a_day_of_duration_follows_the_wall_and_24_hours_follow_the_clock():
    start = "DTSTART;TZID=Europe/Rome:20260328T120000"
    assert read(event("DURATION:P1D", start=start), ROME).ends_at == utc(2026, 3, 29, 10)
    assert read(event("DURATION:PT24H", start=start), ROME).ends_at == utc(2026, 3, 29, 11)


def test_the_offset_is_that_of_the_events_own_date():
    winter = read(event(start="DTSTART;TZID=Europe/Rome:20260110T090000"), "UTC")
    summer = read(event(start="DTSTART;TZID=Europe/Rome:20260710T090000"), "UTC")
    assert (winter.starts_at.hour, summer.starts_at.hour) == (8, 7)


def test_a_floating_time_is_the_owners():
    assert read(event(start="DTSTART:20260710T090000"), "Asia/Tokyo").starts_at == utc(2026, 7, 10, 0)


def test_a_wall_time_that_never_occurs_is_read_with_the_offset_before():
    assert read(event(start="DTSTART;TZID=Europe/Rome:20260329T023000"), ROME).starts_at == utc(
        2026, 3, 29, 1, 30
    )
    own = event(start="DTSTART;TZID=Office hours:20260329T023000", extra=OWN_SUMMER)
    assert read(own, ROME).starts_at == utc(2026, 3, 29, 1, 30)


@pytest.mark.parametrize(
    ("name", "tzid", "hour"),
    [
        ("a Windows zone", "Europe/Berlin", 8),
        ("a mozilla zone", "Europe/Berlin", 8),
        ("a zone of the office's own", "", 7),
        ("a zone nobody knows", "", 0),
        ("a broken zone", "", 0),
    ],
)
def test_zones_are_mapped_or_fall_back_to_the_owners(name: str, tzid: str, hour: int):
    fields = read(AWKWARD[name], "Asia/Tokyo")
    assert (fields.tzid, fields.starts_at.hour) == (tzid, hour)


def test_a_zone_place_named_by_its_vtimezone_is_found():
    zone = private_zone("Ours", "+0500").replace("TZID:Ours", "TZID:Ours\nX-LIC-LOCATION:Europe/Rome")
    assert read(event(start="DTSTART;TZID=Ours:20260310T090000", extra=zone), "UTC").tzid == "Europe/Rome"


def test_two_texts_with_the_same_private_zone_name_do_not_meet():
    def starts(offset: str) -> datetime:
        text = event(start="DTSTART;TZID=Plant:20260310T090000", extra=private_zone("Plant", offset))
        return read(text, ROME).starts_at

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(starts, ["+0300", "-0500"] * 40))
    assert set(answers[::2]) == {utc(2026, 3, 10, 6)}
    assert set(answers[1::2]) == {utc(2026, 3, 10, 14)}


def test_a_text_cannot_redefine_a_well_known_zone():
    text = event(start="DTSTART;TZID=Asia/Tokyo:20260310T090000", extra=private_zone("Asia/Tokyo", "-0800"))
    assert read(text, ROME).starts_at == utc(2026, 3, 10, 0)


@pytest.mark.parametrize("zone", ["Pacific/Pago_Pago", "Pacific/Tongatapu"])
def test_a_task_due_on_a_date_is_due_on_that_date_everywhere(zone: str):
    fields = read(task("DUE;VALUE=DATE:20260303", "SUMMARY:Call back"), zone)
    assert fields.due_date == date(2026, 3, 3)
    assert clock.to_wall(fields.due_at, zone) == datetime(2026, 3, 3)


def test_a_task_is_read():
    fields = read(AWKWARD["a task with everything"], ROME)
    assert (fields.component, fields.status, fields.percent, fields.priority) == (
        "VTODO",
        "IN-PROCESS",
        40,
        3,
    )
    assert (fields.start_date, fields.due_date) == (date(2026, 3, 1), date(2026, 3, 3))
    done = read(task("DUE:20260303T100000Z", "STATUS:COMPLETED", "COMPLETED:20260302T100000Z"), ROME)
    assert (done.completed_at, done.due_at) == (utc(2026, 3, 2, 10), utc(2026, 3, 3, 10))
    lasting = read(task("DTSTART:20260303T100000Z", "DURATION:PT2H"), ROME)
    assert lasting.due_at == utc(2026, 3, 3, 12)


def test_a_task_without_dates_is_taken():
    fields = read(task("SUMMARY:Some day"), ROME)
    assert (fields.starts_at, fields.due_at, fields.all_day) == (None, None, False)


def test_alarms_before_and_after_and_at_a_time():
    alarm = ["BEGIN:VALARM", "ACTION:DISPLAY", "UID:a1", "TRIGGER;RELATED=END:PT5M", "END:VALARM"]
    fields = read(event("DTEND:20260310T100000Z", *alarm), ROME)
    assert fields.alarms == (Alarm(timedelta(minutes=-5), None, "DISPLAY", True, "a1"),)
    assert read(AWKWARD["two alarms"], ROME).alarms[1].at == utc(2026, 3, 10, 8)


def test_alarms_that_nobody_hears_are_not_listed():
    assert read(AWKWARD["an alarm switched off"], ROME).alarms == ()
    assert read(AWKWARD["an alarm that cannot be read"], ROME).alarms == ()


def test_the_master_is_read_and_one_turn_when_asked():
    fields = read(WEEKLY, ROME)
    assert (fields.summary, fields.recurring, fields.rrule) == (
        "Monday call",
        True,
        "FREQ=WEEKLY;COUNT=6;BYDAY=MO",
    )
    moved = read(WEEKLY, ROME, "20260316T090000")
    assert (moved.summary, moved.starts_at) == ("Monday call on Tuesday", utc(2026, 3, 17, 13))
    plain = read(WEEKLY, ROME, "20260330T090000")
    assert (plain.summary, plain.starts_at, plain.ends_at) == (
        "Monday call", utc(2026, 3, 30, 7), utc(2026, 3, 30, 8),
    )  # fmt: skip


def test_the_earliest_exception_speaks_for_an_object_without_master():
    fields = read(AWKWARD["exceptions without a master"], ROME)
    assert (fields.summary, fields.recurring) == ("Monday call on Tuesday", True)


SECOND_MASTER = WEEKLY.replace("RECURRENCE-ID;TZID=Europe/Rome:20260316T090000\r\n", "")
REFUSED = {
    "no calendar": ("Dear Ada, see you at nine.", "valid-calendar-data"),
    "nothing": ("", "valid-calendar-data"),
    "an unfinished text": (WEEKLY[:-20], "valid-calendar-data"),
    "crossed components": (WEEKLY.replace("END:VEVENT", "END:VTODO", 1), "valid-calendar-data"),
    "a line that is no property": (event("see you there"), "valid-calendar-data"),
    "a NUL": (event("SUMMARY:a\0b"), "valid-calendar-data"),
    "half a letter": (event("SUMMARY:\ud800"), "valid-calendar-data"),
    "no start": (event(start="SUMMARY:x"), "valid-calendar-data"),
    "no day": (event(start="DTSTART:20260230T090000Z"), "valid-calendar-data"),
    "no time": (event(start="DTSTART:tomorrow"), "valid-calendar-data"),
    "a time announced as a date": (event(start="DTSTART;VALUE=DATE:20260310T090000Z"), "valid-calendar-data"),
    "a year out of reach": (event(start="DTSTART:99990101T000000Z"), "valid-calendar-data"),
    "an end before the start": (event("DTEND:20260310T080000Z"), "valid-calendar-data"),
    "a negative duration": (event("DURATION:-PT1H"), "valid-calendar-data"),
    "an endless duration": (event("DURATION:P999999W"), "valid-calendar-data"),
    "a date that ends at a time": (event("DTEND;VALUE=DATE:20260311"), "valid-calendar-data"),
    "a task due too early": (task("DTSTART:20260303T100000Z", "DUE:20260302T100000Z"), "valid-calendar-data"),
    "no UID": (event().replace("UID:visit-1\r\n", ""), "valid-calendar-object-resource"),
    "an empty UID": (event(uid=" "), "valid-calendar-object-resource"),
    "two UIDs": (WEEKLY.replace("UID:weekly-1", "UID:other", 1), "valid-calendar-object-resource"),
    "two masters": (SECOND_MASTER, "valid-calendar-object-resource"),
    "an event and a task": (
        event().replace("END:VCALENDAR", "BEGIN:VTODO\r\nUID:visit-1\r\nEND:VTODO\r\nEND:VCALENDAR"),
        "valid-calendar-object-resource",
    ),
    "an empty calendar": (wrapped(), "valid-calendar-object-resource"),
    "an invitation": (event().replace("VERSION:2.0", "METHOD:REQUEST"), "valid-calendar-object-resource"),
    "a journal": (wrapped("BEGIN:VJOURNAL", "UID:1", "END:VJOURNAL"), "supported-calendar-component"),
    "the old format": (event().replace("VERSION:2.0", "VERSION:1.0"), "supported-calendar-data"),
    "another calendar": (event().replace("VERSION:2.0", "CALSCALE:CHINESE"), "supported-calendar-data"),
    "two calendars": (event() + event(), "valid-calendar-data"),
    "a bad rule": (event("RRULE:FREQ=OFTEN"), "valid-calendar-data"),
    "a bad exception date": (event("RRULE:FREQ=DAILY;COUNT=3", "EXDATE:never"), "valid-calendar-data"),
    "too deep": (event(*["BEGIN:X-A"] * 20, *["END:X-A"] * 20), "valid-calendar-data"),
    "too large": (event("DESCRIPTION:" + "x" * 1_100_000), "max-resource-size"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "condition"), REFUSED.values(), ids=REFUSED.keys())
def test_unsound_texts_are_refused_with_a_sentence(text: str, condition: str):
    with pytest.raises(Refusal) as refused:
        read(text, ROME)
    assert refused.value.condition == condition
    assert refused.value.message.endswith((".", "”."))


@st.composite
def mutations(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from(sorted(AWKWARD.values())))
    for _ in range(draw(st.integers(1, 4))):
        at, to = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
        piece = draw(
            st.one_of(
                st.text(max_size=8),
                st.sampled_from(
                    ["\r\n", ":", ";", '"', ",", "-", "P1D", "99999999", "RRULE:FREQ=DAILY\r\n", "²", "\\"]
                ),
                st.just(text[at : at + 40]),
            )
        )
        text = text[:at] + piece + text[min(to, at + draw(st.integers(0, 30))) :]
    return text


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=mutations())
def test_no_text_breaks_anything(text: str):
    for attempt in (
        lambda: occurrences(text, ROME),
        lambda: read(text, ROME),
        lambda: patch(text, {"starts_at": NOW, "summary": "Moved", "alarms": []}, ROME, NOW),
        lambda: patch(text, {"start_date": NOW.date(), "all_day": True, "rrule": ""}, ROME, NOW),
        lambda: patch(text, {"summary": "One"}, ROME, NOW, "this", "20260330T090000"),
        lambda: remove_occurrence(text, "20260330T090000", ROME, NOW),
    ):
        began = time.thread_time()
        try:
            attempt()
        except Refusal as refused:
            assert refused.message
        assert time.thread_time() - began < 1
