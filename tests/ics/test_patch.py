import difflib
from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest

from crmlite import clock
from crmlite.ics.alarms import Alarm
from crmlite.ics.answers import answered
from crmlite.ics.occurrences import occurrences
from crmlite.ics.patch import build, patch, remove_occurrence, split
from crmlite.ics.read import Attendee, Refusal, read
from tests.ics.bodies import AWKWARD, NOW, OWN_SUMMER, WEEKLY, event, task

ROME = "Europe/Rome"
STAMPS = {"SEQUENCE", "DTSTAMP", "LAST-MODIFIED"}


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def differences(before: str, after: str) -> list[str]:
    """The lines that went (-) and came (+), stamps apart."""
    lines = difflib.ndiff(before.splitlines(keepends=True), after.splitlines(keepends=True))
    changed = [line.rstrip("\r\n") for line in lines if line[0] in "+-"]
    return [line for line in changed if line[2:].split(":")[0] not in STAMPS]


@pytest.mark.parametrize("text", AWKWARD.values(), ids=AWKWARD.keys())
def test_a_changed_subject_leaves_every_other_byte(text: str):
    after = patch(text, {"summary": "Changed here"}, ROME, NOW)
    assert read(after, ROME).summary == "Changed here"
    changed = differences(text, after)
    assert len([line for line in changed if line.startswith("+")]) == 1
    assert all(
        "summary" in line.lower() or line.startswith("-  ") or line.startswith("- \t") for line in changed
    )
    assert after.count("\r\n") == (0 if "\r\n" not in text else after.count("\n"))


@pytest.mark.parametrize("text", AWKWARD.values(), ids=AWKWARD.keys())
def test_saving_a_form_without_a_change_leaves_the_text_alone(text: str):
    fields = read(text, ROME)
    same = {
        "summary": fields.summary, "location": fields.location, "url": fields.url, "tzid": fields.tzid,
        "description": fields.description.replace("\n", "\r\n"), "status": fields.status,
        "percent": fields.percent, "priority": fields.priority, "private": fields.private,
        "free": fields.free, "categories": fields.categories,
        "completed_at": fields.completed_at, "rrule": fields.rrule, "alarms": fields.alarms,
        "attendees": fields.attendees, "organizer": fields.organizer, "all_day": fields.all_day,
    }  # fmt: skip
    if fields.component == "VTODO":
        days = {"due_date": fields.due_date} if fields.due_date else {"due_at": fields.due_at}
        same |= days | {"start_date": fields.start_date}
    elif fields.all_day:
        same |= {"start_date": fields.start_date, "end_date": fields.end_date}
    else:
        same |= {"starts_at": fields.starts_at, "ends_at": fields.ends_at}
    assert patch(text, same, ROME, NOW) == text


def test_a_change_is_stamped():
    after = patch(event("SEQUENCE:4"), {"location": "Yard"}, ROME, NOW)
    assert "SEQUENCE:5\r\n" in after
    assert "DTSTAMP:20260504T120000Z\r\n" in after
    assert "LAST-MODIFIED:20260504T120000Z\r\n" in after
    assert "SEQUENCE:1\r\n" in patch(event(), {"location": "Yard"}, ROME, NOW)


def test_long_and_special_words_are_folded_and_escaped():
    words = "Größe, Länge; \\ und\nBreite " * 8
    after = patch(event("SUMMARY:x"), {"description": words, "summary": "a" * 200}, ROME, NOW)
    assert max(len(line.encode()) for line in after.split("\r\n")) <= 75
    assert read(after, ROME).description == words
    assert str(icalendar.Calendar.from_ical(after).walk("VEVENT")[0]["DESCRIPTION"]) == words


def test_an_emptied_field_takes_its_line_away():
    text = event(
        "LOCATION:Yard", "URL:https://mill.example", "STATUS:CONFIRMED", "CATEGORIES:a,b", "CATEGORIES:c"
    )
    after = patch(text, {"location": "", "url": None, "status": "", "categories": ()}, ROME, NOW)
    assert differences(text, after) == [
        "- LOCATION:Yard", "- URL:https://mill.example", "- STATUS:CONFIRMED",
        "- CATEGORIES:a,b", "- CATEGORIES:c",
    ]  # fmt: skip


def test_a_moved_meeting_keeps_its_zone_and_length():
    text = event(
        "DTEND;TZID=Europe/Rome:20260310T103000", start='DTSTART;X-A=1;TZID="Europe/Rome":20260310T090000'
    )
    after = patch(text, {"starts_at": utc(2026, 7, 10, 8)}, "America/New_York", NOW)
    assert 'DTSTART;X-A=1;TZID="Europe/Rome":20260710T100000\r\n' in after
    assert "DTEND;TZID=Europe/Rome:20260710T113000\r\n" in after


def test_a_meeting_in_utc_floating_or_private_time_stays_so():
    moved = {"starts_at": utc(2026, 7, 10, 8)}
    assert "DTSTART:20260710T080000Z\r\n" in patch(event(), moved, ROME, NOW)
    assert "DTSTART:20260710T100000\r\n" in patch(event(start="DTSTART:20260310T090000"), moved, ROME, NOW)
    own = event(start="DTSTART;TZID=Office hours:20260310T090000", extra=OWN_SUMMER)
    assert "DTSTART;TZID=Office hours:20260710T100000\r\n" in patch(own, moved, "Asia/Tokyo", NOW)
    windows = AWKWARD["a Windows zone"]
    assert "TZID=W. Europe Standard Time:20260710T100000\r\n" in patch(windows, moved, ROME, NOW)


def test_an_unknown_zone_gives_way_to_the_owners_when_the_time_changes():
    after = patch(AWKWARD["a zone nobody knows"], {"starts_at": utc(2026, 7, 10, 8)}, ROME, NOW)
    assert "DTSTART;TZID=Europe/Rome:20260710T100000\r\n" in after
    assert "BEGIN:VTIMEZONE\r\nTZID:Europe/Rome\r\n" in after


def test_another_zone_can_be_chosen_for_the_same_moment():
    text = event("DTEND:20260310T100000Z")
    after = patch(text, {"tzid": "Asia/Tokyo"}, ROME, NOW)
    assert "DTSTART;TZID=Asia/Tokyo:20260310T180000\r\n" in after
    assert "DTEND;TZID=Asia/Tokyo:20260310T190000\r\n" in after
    assert after.count("BEGIN:VTIMEZONE") == 1
    assert read(after, ROME).starts_at == read(text, ROME).starts_at


def test_the_second_of_two_equal_hours_is_written_in_utc():
    text = event(start="DTSTART;TZID=Europe/Rome:20261020T090000")
    after = patch(text, {"starts_at": utc(2026, 10, 25, 1, 30)}, ROME, NOW)
    assert read(after, ROME).starts_at == utc(2026, 10, 25, 1, 30)


@pytest.mark.parametrize("zone", ["Pacific/Pago_Pago", "Pacific/Tongatapu", ROME])
def test_a_date_stays_a_date(zone: str):
    text = event("DTEND;VALUE=DATE:20260312", "SUMMARY:Fair", start="DTSTART;VALUE=DATE:20260310")
    moment = clock.to_utc(datetime(2026, 3, 20), zone)
    for changes in ({"starts_at": moment}, {"start_date": date(2026, 3, 20)}):
        after = patch(text, changes, zone, NOW)
        assert differences(text, after) == [
            "- DTSTART;VALUE=DATE:20260310", "+ DTSTART;VALUE=DATE:20260320",
            "- DTEND;VALUE=DATE:20260312", "+ DTEND;VALUE=DATE:20260322",
        ]  # fmt: skip


def test_a_one_day_event_without_an_end_gets_none():
    text = event(start="DTSTART;VALUE=DATE:20260310")
    after = patch(text, {"start_date": date(2026, 3, 11), "end_date": date(2026, 3, 12)}, ROME, NOW)
    assert "DTEND" not in after


def test_a_timed_event_becomes_all_day_and_back():
    text = event("DTEND;TZID=Europe/Rome:20260311T020000", start="DTSTART;TZID=Europe/Rome:20260310T220000")
    days = patch(text, {"all_day": True}, ROME, NOW)
    assert "DTSTART;VALUE=DATE:20260310\r\nDTEND;VALUE=DATE:20260312\r\n" in days
    times = {"all_day": False, "starts_at": utc(2026, 3, 10, 9), "ends_at": utc(2026, 3, 10, 10)}
    back = patch(days, times, ROME, NOW)
    assert "DTSTART;TZID=Europe/Rome:20260310T100000\r\nDTEND;TZID=Europe/Rome:20260310T110000\r\n" in back


def test_a_duration_stays_a_duration():
    text = event("DURATION:PT1H")
    assert "DURATION:PT1H\r\n" in patch(text, {"starts_at": utc(2026, 3, 11, 9)}, ROME, NOW)
    after = patch(text, {"ends_at": utc(2026, 3, 10, 10, 30)}, ROME, NOW)
    assert differences(text, after) == ["- DURATION:PT1H", "+ DURATION:PT1H30M"]


def test_an_end_before_the_start_is_refused():
    for text in (event("DTEND:20260310T100000Z"), event("DURATION:PT1H"), event()):
        with pytest.raises(Refusal, match="ends before it starts"):
            patch(text, {"ends_at": utc(2026, 3, 10, 8)}, ROME, NOW)
    with pytest.raises(Refusal, match="ends before it starts"):
        days = {"all_day": True, "start_date": date(2026, 3, 10), "end_date": date(2026, 3, 10)}
        patch(event(), days, ROME, NOW)


def test_alarms_that_stay_keep_everything_and_the_switched_off_one_stays():
    text = event(
        "SUMMARY:Visit",
        "BEGIN:VALARM", "UID:a1", "ACTION:DISPLAY", "TRIGGER:-PT15M", "X-SNOOZE:1",
        "ACKNOWLEDGED:20260310T084501Z", "END:VALARM",
        "BEGIN:VALARM", "UID:a2", "ACTION:DISPLAY", "TRIGGER:-PT60M", "END:VALARM",
        "BEGIN:VALARM", "ACTION:NONE", "TRIGGER;VALUE=DATE-TIME:19760401T005545Z", "END:VALARM",
    )  # fmt: skip
    first, second = read(text, ROME).alarms
    wanted = [first, Alarm(timedelta(days=1, hours=2), action="AUDIO")]
    after = patch(text, {"alarms": wanted}, ROME, NOW)
    assert (
        "UID:a1\r\nACTION:DISPLAY\r\nTRIGGER:-PT15M\r\nX-SNOOZE:1\r\nACKNOWLEDGED:20260310T084501Z\r\n"
        in after
    )
    assert "a2" not in after
    assert "ACTION:NONE\r\n" in after
    assert "TRIGGER:-P1DT2H\r\nDESCRIPTION:Visit\r\nEND:VALARM\r\n" in after
    assert read(after, ROME).alarms == (first, wanted[1])
    later = patch(text, {"alarms": [Alarm(timedelta(minutes=5), uid="a1"), second]}, ROME, NOW)
    assert "UID:a1\r\nACTION:DISPLAY\r\nTRIGGER:-PT5M\r\nX-SNOOZE:1\r\nEND:VALARM\r\n" in later


def test_a_changed_alarm_without_a_name_is_the_one_of_its_kind():
    alarm = ["BEGIN:VALARM", "UID:a1", "ACTION:AUDIO", "TRIGGER:-PT15M", "X-SOUND:bell", "END:VALARM"]
    text = event("SUMMARY:Visit", *alarm)
    assert patch(text, {"alarms": [Alarm(timedelta(minutes=15), action="AUDIO")]}, ROME, NOW) == text
    after = patch(text, {"alarms": [Alarm(timedelta(minutes=30), action="AUDIO")]}, ROME, NOW)
    assert differences(text, after) == ["- TRIGGER:-PT15M", "+ TRIGGER:-PT30M"]
    unknown = patch(text, {"alarms": [Alarm(timedelta(minutes=30), action="AUDIO", uid="b7")]}, ROME, NOW)
    assert "a1" not in unknown
    assert "UID:b7\r\n" in unknown


def test_an_alarm_can_stand_at_a_time_or_before_the_end():
    alarms = [Alarm(at=utc(2026, 3, 9, 7), action="AUDIO"), Alarm(timedelta(minutes=-5), related_end=True)]
    after = patch(event("DTEND:20260310T100000Z"), {"alarms": alarms}, ROME, NOW)
    assert "TRIGGER;VALUE=DATE-TIME:20260309T070000Z\r\n" in after
    assert "TRIGGER;RELATED=END:PT5M\r\n" in after
    assert read(after, ROME).alarms == tuple(alarms)


def test_guests_keep_their_lines():
    ada = 'ATTENDEE;CN="Neri, Ada";PARTSTAT=ACCEPTED;X-NUM-GUESTS=2:mailto:ada@mill.example'
    text = event(
        ada, "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:ugo@mill.example", "ATTENDEE:mailto:eva@mill.example"
    )
    people = [
        Attendee("ADA@mill.example", "Neri, Ada", "yes"),
        Attendee("ugo@mill.example", "", "no"),
        Attendee("leo@mill.example", "Leo; the younger"),
    ]
    after = patch(text, {"attendees": people}, ROME, NOW)
    assert differences(text, after) == [
        "- ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:ugo@mill.example",
        "+ ATTENDEE;PARTSTAT=DECLINED:mailto:ugo@mill.example",
        "- ATTENDEE:mailto:eva@mill.example",
        '+ ATTENDEE;CN="Leo; the younger";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTS',
        "+  TAT=NEEDS-ACTION;RSVP=TRUE:mailto:leo@mill.example",
    ]  # fmt: skip
    assert ada in after.replace("\r\n ", "")


def test_who_has_no_address_and_who_stands_there_twice_stays():
    room = "ATTENDEE;CUTYPE=ROOM:urn:uuid:9f2a"
    ada = ["ATTENDEE;X-A=1:mailto:ada@mill.example", "ATTENDEE;X-B=2:MAILTO:Ada@mill.example"]
    text = event(room, *ada)
    assert patch(text, {"attendees": [Attendee("ada@mill.example")]}, ROME, NOW) == text
    after = patch(text, {"attendees": []}, ROME, NOW)
    assert room in after and "ada" not in after.lower()


def test_an_answer_touches_one_guest_in_every_turn_and_no_sequence():
    ada = "ATTENDEE;CN=Ada;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;X-NUM-GUESTS=2:mailto:ada@mill.example"
    text = event("SEQUENCE:3", "LAST-MODIFIED:20260101T000000Z", ada, "ATTENDEE:mailto:eva@mill.example")
    after = answered(text, "ADA@mill.example", "maybe", ROME, NOW)
    assert [line for line in differences(text, after) if line.startswith("- ")] == [f"- {ada}"]
    assert "LAST-MODIFIED:20260101" not in after
    assert ada.replace("NEEDS-ACTION", "TENTATIVE") in after.replace("\r\n ", "") and "SEQUENCE:3" in after
    assert answered(after, "ada@mill.example", "maybe", ROME, NOW) == after


def test_nothing_can_smuggle_in_a_line():
    for changes in (
        {"url": "https://mill.example\r\nATTENDEE:mailto:x@y.example"},
        {"attendees": [Attendee("x@y.example\r\nSTATUS:CANCELLED")]},
        {"alarms": [Alarm(timedelta(), uid="1\r\nX:1")]},
    ):
        with pytest.raises(Refusal):
            patch(event(), changes, ROME, NOW)
    after = patch(
        event(),
        {"summary": "a\r\nSTATUS:CANCELLED", "attendees": [Attendee("x@y.example", 'b"\nX:1')]},
        ROME,
        NOW,
    )
    assert read(after, ROME).status == ""
    assert read(after, ROME).attendees[0].name == 'b"\nX:1'


def test_wrong_values_are_refused_at_their_field():
    for changes, field in (
        ({"status": "LOST"}, "status"),
        ({"percent": 101}, "percent"),
        ({"priority": 10}, "priority"),
        ({"tzid": "Moon/Sea"}, "tzid"),
        ({"status": "COMPLETED"}, "status"),
    ):
        with pytest.raises(Refusal) as refused:
            patch(event(), changes, ROME, NOW)
        assert field in refused.value.fields
    with pytest.raises(KeyError):
        patch(event(), {"subject": "x"}, ROME, NOW)


def test_a_task_is_done_and_moved():
    text = task("DUE;TZID=Europe/Rome:20260303T170000", "SUMMARY:Call", "X-APPLE-SORT-ORDER:6")
    done = patch(text, {"status": "COMPLETED", "completed_at": NOW, "percent": 100}, ROME, NOW)
    assert differences(text, done) == [
        "+ STATUS:COMPLETED",
        "+ COMPLETED:20260504T120000Z",
        "+ PERCENT-COMPLETE:100",
    ]
    moved = patch(text, {"due_at": utc(2026, 7, 3, 15)}, ROME, NOW)
    assert "DUE;TZID=Europe/Rome:20260703T170000\r\n" in moved
    day = patch(text, {"due_date": date(2026, 3, 5)}, ROME, NOW)
    assert "DUE;VALUE=DATE:20260305\r\n" in day
    assert "DUE" not in patch(text, {"due_at": None}, ROME, NOW)
    with pytest.raises(Refusal, match="due before it starts"):
        patch(task("DTSTART:20260303T100000Z"), {"due_at": utc(2026, 3, 2, 10)}, ROME, NOW)


def test_a_dated_task_keeps_its_date():
    text = task("DUE;VALUE=DATE:20260303")
    for zone in ("Pacific/Pago_Pago", "Pacific/Tongatapu"):
        assert patch(text, {"due_at": read(text, zone).due_at}, zone, NOW) == text
        assert "DUE;VALUE=DATE:20260304" in patch(text, {"due_date": date(2026, 3, 4)}, zone, NOW)


def test_one_turn_gets_an_exception_of_its_own():
    changes = {"starts_at": utc(2026, 3, 31, 9), "summary": "Call, a day later"}
    after = patch(WEEKLY, changes, ROME, NOW, "this", "20260330T090000")
    added = [line[2:] for line in differences(WEEKLY, after)]
    assert added == [
        "BEGIN:VEVENT", "UID:weekly-1",
        "DTSTART;TZID=Europe/Rome:20260331T110000", "RECURRENCE-ID;TZID=Europe/Rome:20260330T090000",
        "DTEND;TZID=Europe/Rome:20260331T120000", "SUMMARY:Call\\, a day later",
        'X-COLOUR;X-WHY="odd; but kept":teal',
        "END:VEVENT",
    ]  # fmt: skip
    moved = [row for row in occurrences(after, ROME) if row.recurrence_id == "20260330T090000"]
    assert [row.starts_at for row in moved] == [utc(2026, 3, 31, 9)]
    assert len(occurrences(after, ROME)) == 5


def test_an_exception_that_is_there_is_changed():
    after = patch(WEEKLY, {"location": "Yard"}, ROME, NOW, "this", "20260316T090000")
    assert differences(WEEKLY, after) == ["+ LOCATION:Yard"]
    assert read(after, ROME, "20260316T090000").location == "Yard"
    assert read(after, ROME).location == ""


def test_one_turn_without_a_difference_adds_nothing():
    assert patch(WEEKLY, {"summary": "Monday call"}, ROME, NOW, "this", "20260330T090000") == WEEKLY


@pytest.mark.parametrize("recurrence_id", ["20260309T090000", "20260331T090000", "20270301T090000"])
def test_a_turn_that_is_not_there_is_refused(recurrence_id: str):
    for attempt in (
        lambda: patch(WEEKLY, {"summary": "x"}, ROME, NOW, "this", recurrence_id),
        lambda: remove_occurrence(WEEKLY, recurrence_id, ROME, NOW),
        lambda: split(WEEKLY, recurrence_id, {}, ROME, NOW, "new"),
    ):
        with pytest.raises(Refusal, match="not in the calendar any more"):
            attempt()


def test_moving_every_turn_keeps_exceptions_and_gaps_attached():
    after = patch(WEEKLY, {"starts_at": utc(2026, 3, 3, 10)}, ROME, NOW)
    assert "RRULE:FREQ=WEEKLY;COUNT=6;BYDAY=TU\r\n" in after
    assert "EXDATE;TZID=Europe/Rome:20260310T110000\r\n" in after
    assert [(row.recurrence_id, row.starts_at) for row in occurrences(after, ROME)] == [
        ("20260303T110000", utc(2026, 3, 3, 10)),
        ("20260317T110000", utc(2026, 3, 17, 13)),
        ("20260324T110000", utc(2026, 3, 24, 10)),
        ("20260331T110000", utc(2026, 3, 31, 9)),
        ("20260407T110000", utc(2026, 4, 7, 9)),
    ]
    assert read(after, ROME, "20260324T110000").summary == "Monday call with the board"


def test_lengthening_every_turn_lengthens_the_exceptions_that_were_as_long_when_the_start_moves():
    after = patch(WEEKLY, {"starts_at": utc(2026, 3, 2, 9), "ends_at": utc(2026, 3, 2, 11)}, ROME, NOW)
    lengths = {row.recurrence_id[:8]: row.ends_at - row.starts_at for row in occurrences(after, ROME)}
    assert lengths["20260323"] == timedelta(hours=2)
    assert lengths["20260316"] == timedelta(hours=1)


def test_every_turn_becomes_all_day_and_stays_attached():
    after = patch(WEEKLY, {"all_day": True}, ROME, NOW)
    rows = occurrences(after, ROME)
    assert [row.recurrence_id for row in rows] == ["20260302", "20260316", "20260323", "20260330", "20260406"]
    assert "EXDATE;VALUE=DATE:20260309\r\n" in after
    assert rows[1].starts_at == utc(2026, 3, 17, 13)


@pytest.mark.parametrize(
    ("rule", "start", "moved", "expected"),
    [
        ("FREQ=MONTHLY;BYDAY=2TU", "20260310", utc(2026, 3, 18, 8), "FREQ=MONTHLY;BYDAY=3WE"),
        ("FREQ=MONTHLY;BYDAY=-1TU", "20260331", utc(2026, 3, 30, 7), "FREQ=MONTHLY;BYDAY=-1MO"),
        ("FREQ=MONTHLY;BYMONTHDAY=10", "20260310", utc(2026, 3, 12, 8), "FREQ=MONTHLY;BYMONTHDAY=12"),
        (
            "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=10",
            "20260310",
            utc(2026, 4, 11, 8),
            "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=11",
        ),
        (
            "FREQ=DAILY;UNTIL=20260314T080000Z",
            "20260310",
            utc(2026, 3, 11, 8),
            "FREQ=DAILY;UNTIL=20260315T080000Z",
        ),
        ("FREQ=WEEKLY;BYDAY=TU,FR", "20260310", utc(2026, 3, 11, 8), "FREQ=WEEKLY;BYDAY=WE,SA"),
        ("FREQ=WEEKLY;BYDAY=TU", "20260310", utc(2026, 3, 10, 15), "FREQ=WEEKLY;BYDAY=TU"),
    ],
)
def test_a_rule_follows_a_moved_start(rule: str, start: str, moved: datetime, expected: str):
    text = event(f"RRULE:{rule}", start=f"DTSTART;TZID=Europe/Rome:{start}T090000")
    number = len(occurrences(text, ROME, end=utc(2030, 1, 1)))
    after = patch(text, {"starts_at": moved}, ROME, NOW)
    assert f"RRULE:{expected}\r\n" in after
    assert abs(len(occurrences(after, ROME, end=utc(2030, 1, 1))) - number) <= 1


def test_a_rule_tied_to_many_days_must_be_changed_with_the_start():
    text = event("RRULE:FREQ=MONTHLY;BYMONTHDAY=10,20", start="DTSTART:20260310T090000Z")
    with pytest.raises(Refusal, match="Change the rule together with the start"):
        patch(text, {"starts_at": utc(2026, 3, 11, 9)}, ROME, NOW)
    both = {"starts_at": utc(2026, 3, 11, 9), "rrule": "FREQ=MONTHLY;BYMONTHDAY=11,21"}
    assert "RRULE:FREQ=MONTHLY;BYMONTHDAY=11,21\r\n" in patch(text, both, ROME, NOW)


def test_a_new_rule_lets_go_of_exceptions_it_does_not_reach():
    after = patch(WEEKLY, {"rrule": "FREQ=WEEKLY;COUNT=3;BYDAY=MO"}, ROME, NOW)
    assert [row.recurrence_id[:8] for row in occurrences(after, ROME)] == ["20260302", "20260316"]
    assert "with the board" not in after


def test_an_event_begins_and_ceases_to_repeat():
    text = event("SUMMARY:x")
    weekly = patch(text, {"rrule": "FREQ=WEEKLY;COUNT=3"}, ROME, NOW)
    assert len(occurrences(weekly, ROME)) == 3
    once = patch(WEEKLY, {"rrule": ""}, ROME, NOW)
    assert [row.starts_at for row in occurrences(once, ROME)] == [utc(2026, 3, 2, 8)]
    assert "RECURRENCE-ID" not in once
    with pytest.raises(Refusal, match="every minute"):
        patch(text, {"rrule": "FREQ=MINUTELY"}, ROME, NOW)


def test_one_turn_is_taken_out():
    after = remove_occurrence(WEEKLY, "20260316T090000", ROME, NOW)
    assert [row.recurrence_id[:8] for row in occurrences(after, ROME)] == [
        "20260302",
        "20260323",
        "20260330",
        "20260406",
    ]
    assert "on Tuesday" not in after
    assert "EXDATE;TZID=Europe/Rome:20260309T090000\r\n" in after
    day = event("RRULE:FREQ=DAILY;COUNT=2", start="DTSTART;VALUE=DATE:20260310")
    left = remove_occurrence(day, "20260310", "Pacific/Tongatapu", NOW)
    assert "EXDATE;VALUE=DATE:20260310\r\n" in left
    with pytest.raises(Refusal, match="only occurrence left"):
        remove_occurrence(left, "20260311", ROME, NOW)


def test_this_and_the_following_become_an_event_of_their_own():
    old, new = split(WEEKLY, "20260323T090000", {"summary": "New call"}, ROME, NOW, "weekly-2")
    assert [row.recurrence_id[:8] for row in occurrences(old, ROME)] == ["20260302", "20260316"]
    assert [row.starts_at for row in occurrences(new, ROME)] == [
        utc(2026, 3, 23, 8), utc(2026, 3, 30, 7), utc(2026, 4, 6, 7),
    ]  # fmt: skip
    assert (read(old, ROME).uid, read(new, ROME).uid) == ("weekly-1", "weekly-2")
    assert "RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20260323T075959Z\r\n" in old
    assert "RRULE:FREQ=WEEKLY;COUNT=3;BYDAY=MO\r\n" in new
    assert read(new, ROME).summary == "New call"
    assert read(new, ROME, "20260323T090000").summary == "Monday call with the board"
    assert 'X-COLOUR;X-WHY="odd; but kept":teal\r\n' in old
    assert 'X-COLOUR;X-WHY="odd; but kept":teal\r\n' in new
    assert "EXDATE" not in new


def test_an_endless_all_day_event_is_split():
    text = event("RRULE:FREQ=WEEKLY", start="DTSTART;VALUE=DATE:20260302")
    old, new = split(text, "20260316", {"start_date": date(2026, 3, 17)}, ROME, NOW, "two")
    assert [row.recurrence_id for row in occurrences(old, ROME)] == ["20260302", "20260309"]
    assert occurrences(new, ROME)[0].recurrence_id == "20260317"
    with pytest.raises(Refusal, match="first occurrence"):
        split(text, "20260302", {}, ROME, NOW, "two")


def test_a_meeting_is_built():
    fields = {
        "uid": "own-1", "summary": "Visit, mill", "location": "Yard", "status": "CONFIRMED",
        "starts_at": utc(2026, 7, 10, 7), "ends_at": utc(2026, 7, 10, 8), "rrule": "FREQ=WEEKLY;COUNT=20",
        "alarms": [Alarm(timedelta(minutes=10))], "attendees": [Attendee("ada@mill.example", "Ada")],
        "private": True, "free": True, "categories": ("visit",),
    }  # fmt: skip
    text = build(fields, ROME, NOW)
    read_back = read(text, "UTC")
    assert (read_back.uid, read_back.summary, read_back.tzid) == ("own-1", "Visit, mill", ROME)
    assert (read_back.starts_at, read_back.ends_at) == (fields["starts_at"], fields["ends_at"])
    assert (read_back.private, read_back.free, read_back.alarms) == (
        True,
        True,
        (Alarm(timedelta(minutes=10)),),
    )
    assert "DTSTART;TZID=Europe/Rome:20260710T090000\r\n" in text
    assert [row.starts_at.hour for row in occurrences(text, "UTC")][-1] == 8
    assert "SEQUENCE:0\r\n" in text
    theirs = icalendar.Calendar.from_ical(text)
    assert theirs.walk("VEVENT")[0]["DTSTART"].dt.astimezone(UTC) == fields["starts_at"]
    assert len(theirs.walk("VTIMEZONE")) == 1


def test_an_all_day_event_and_tasks_are_built():
    days = build(
        {"summary": "Fair", "all_day": True, "start_date": date(2026, 3, 10), "end_date": date(2026, 3, 12)},
        ROME,
        NOW,
    )
    assert "DTSTART;VALUE=DATE:20260310\r\nDTEND;VALUE=DATE:20260312\r\n" in days.replace(
        "SEQUENCE:0\r\n", ""
    )
    due = build({"component": "VTODO", "summary": "Call", "due_date": date(2026, 3, 10)}, ROME, NOW)
    assert "DUE;VALUE=DATE:20260310\r\n" in due
    timed = build({"component": "VTODO", "summary": "Call", "due_at": utc(2026, 3, 10, 9)}, ROME, NOW)
    assert "DUE;TZID=Europe/Rome:20260310T100000\r\n" in timed
    assert read(build({"component": "VTODO", "summary": "Some day"}, ROME, NOW), ROME).due_at is None
    assert "DTSTART:20260310T090000Z\r\n" in build({"starts_at": utc(2026, 3, 10, 9), "tzid": ""}, ROME, NOW)
    with pytest.raises(Refusal, match="needs a start"):
        build({"summary": "x"}, ROME, NOW)
    with pytest.raises(Refusal):
        build({"starts_at": utc(2026, 3, 10, 9), "uid": "a\r\nX:1"}, ROME, NOW)


@pytest.mark.parametrize(
    "tzid",
    [
        "America/New_York",
        "Africa/Casablanca",
        "Asia/Jerusalem",
        "Asia/Kolkata",
        "Australia/Lord_Howe",
        "America/St_Johns",
    ],
)
def test_a_written_zone_says_what_the_zone_database_says(tzid: str):
    text = build({"starts_at": utc(2026, 1, 15, 9), "rrule": "FREQ=MONTHLY;COUNT=100"}, tzid, NOW)
    private = text.replace(tzid, "Somewhere of ours")
    assert [row.starts_at for row in occurrences(private, "UTC")] == [
        row.starts_at for row in occurrences(text, "UTC")
    ]
