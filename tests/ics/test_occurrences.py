import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
import recurring_ical_events
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlite.ics import recurrence, rule
from crmlite.ics.occurrences import LIMIT, occurrences
from crmlite.ics.read import Refusal
from tests.ics.bodies import AWKWARD, OWN_SUMMER, WEEKLY, event, private_zone, task

ROME = "Europe/Rome"
NINE = "DTSTART;TZID=Europe/Rome:20260302T090000"


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def starts(text: str, zone: str = ROME, **bounds: datetime) -> list[datetime]:
    return [row.starts_at for row in occurrences(text, zone, **bounds)]


def test_an_event_that_does_not_repeat_is_one_occurrence():
    (row,) = occurrences(event("DTEND:20260310T100000Z"), ROME)
    assert (row.starts_at, row.ends_at, row.recurrence_id) == (utc(2026, 3, 10, 9), utc(2026, 3, 10, 10), "")


def test_nine_oclock_stays_nine_across_a_clock_change():
    rows = starts(event("RRULE:FREQ=WEEKLY;COUNT=5", start=NINE))
    assert [row.hour for row in rows] == [8, 8, 8, 8, 7]
    own = event(
        "RRULE:FREQ=WEEKLY;COUNT=5", start="DTSTART;TZID=Office hours:20260302T090000", extra=OWN_SUMMER
    )
    assert starts(own, "Asia/Tokyo") == rows


def test_an_all_day_recurrence_stays_on_its_days():
    for zone, hour in (("Pacific/Pago_Pago", 11), ("Pacific/Tongatapu", 11)):
        rows = occurrences(event("RRULE:FREQ=DAILY;COUNT=3", start="DTSTART;VALUE=DATE:20260310"), zone)
        assert [row.recurrence_id for row in rows] == ["20260310", "20260311", "20260312"]
        assert {row.starts_at.hour for row in rows} == {hour}
        assert {row.ends_at - row.starts_at for row in rows} == {timedelta(days=1)}


def test_an_all_day_event_is_23_hours_long_on_the_day_the_clock_jumps():
    (row,) = occurrences(event(start="DTSTART;VALUE=DATE:20260329"), ROME)
    assert row.ends_at - row.starts_at == timedelta(hours=23)


def test_exceptions_and_days_taken_out():
    rows = occurrences(WEEKLY, ROME)
    assert [(row.recurrence_id, row.starts_at) for row in rows] == [
        ("20260302T090000", utc(2026, 3, 2, 8)),
        ("20260316T090000", utc(2026, 3, 17, 13)),
        ("20260323T090000", utc(2026, 3, 23, 8)),
        ("20260330T090000", utc(2026, 3, 30, 7)),
        ("20260406T090000", utc(2026, 4, 6, 7)),
    ]


def test_an_exception_named_in_utc_meets_its_turn():
    text = WEEKLY.replace("RECURRENCE-ID;TZID=Europe/Rome:20260316T090000", "RECURRENCE-ID:20260316T080000Z")
    assert occurrences(text, ROME) == occurrences(WEEKLY, ROME)


def test_exceptions_without_a_master_are_occurrences():
    rows = occurrences(AWKWARD["exceptions without a master"], ROME)
    assert [row.starts_at for row in rows] == [utc(2026, 3, 17, 13), utc(2026, 3, 23, 8)]


def test_a_rule_inside_an_exception_does_nothing():
    assert occurrences(AWKWARD["a rule inside an exception"], ROME) == occurrences(WEEKLY, ROME)


def test_added_dates_and_periods():
    rows = occurrences(AWKWARD["periods"], ROME)
    assert [row.ends_at - row.starts_at for row in rows] == [
        timedelta(hours=1), timedelta(minutes=30), timedelta(hours=2),
    ]  # fmt: skip
    text = event("RDATE;TZID=Europe/Rome:20260305T110000,20260302T090000", start=NINE)
    assert starts(text) == [utc(2026, 3, 2, 8), utc(2026, 3, 5, 10)]


@pytest.mark.parametrize(
    "exdate",
    ["EXDATE:20260303T080000Z", "EXDATE;TZID=Europe/Rome:20260303T090000", "EXDATE;VALUE=DATE:20260303"],
)
def test_a_day_taken_out_however_it_is_written(exdate: str):
    rows = starts(event("RRULE:FREQ=DAILY;COUNT=3", exdate, start=NINE))
    assert [row.day for row in rows] == [2, 4]


@pytest.mark.parametrize(
    ("until", "last"),
    [("20260304T080000Z", 4), ("20260304T075959Z", 3), ("20260304", 4), ("20260304T090000", 4)],
)
def test_until_includes_its_own_moment(until: str, last: int):
    assert starts(event(f"RRULE:FREQ=DAILY;UNTIL={until}", start=NINE))[-1].day == last


def test_the_start_counts_as_the_first_turn_even_outside_of_the_rule():
    rows = starts(event("RRULE:FREQ=WEEKLY;BYDAY=FR;COUNT=3", start=NINE))
    assert [row.date() for row in rows] == [date(2026, 3, 2), date(2026, 3, 6), date(2026, 3, 13)]


def test_a_week_rule_without_a_weekday_takes_the_starts():
    rows = starts(event("RRULE:FREQ=YEARLY;BYWEEKNO=20;COUNT=3", start="DTSTART:20260511T090000Z"))
    assert [row.date() for row in rows] == [date(2026, 5, 11), date(2027, 5, 17), date(2028, 5, 15)]


def test_a_birthday_from_1604_is_cheap_and_stays_on_its_day():
    rows = occurrences(event("RRULE:FREQ=YEARLY", start="DTSTART;VALUE=DATE:16040229"), ROME)
    assert [row.recurrence_id for row in rows[:3]] == ["16040229", "20000229", "20040229"]


def test_occurrences_between_bounds():
    text = event("RRULE:FREQ=WEEKLY", "DURATION:PT1H", start=NINE)
    assert starts(text, start=utc(2045, 1, 1), end=utc(2045, 1, 15)) == [
        utc(2045, 1, 2, 8),
        utc(2045, 1, 9, 8),
    ]
    running = {"start": utc(2026, 3, 9, 8, 30), "end": utc(2026, 3, 9, 8, 45)}
    assert starts(text, **running) == [utc(2026, 3, 9, 8)]
    assert starts(text, start=utc(2026, 3, 9, 9), end=utc(2026, 3, 9, 12)) == []
    assert starts(event(), start=utc(2026, 3, 10, 9), end=utc(2026, 3, 10, 10)) == [utc(2026, 3, 10, 9)]


def test_a_night_shift_is_found_in_the_morning():
    text = event(
        "DTEND;TZID=Europe/Rome:20260303T060000",
        "RRULE:FREQ=DAILY",
        start="DTSTART;TZID=Europe/Rome:20260302T220000",
    )
    assert starts(text, start=utc(2026, 5, 5, 3), end=utc(2026, 5, 5, 4)) == [utc(2026, 5, 4, 20)]


def test_tasks_stand_where_they_are_due():
    (due,) = occurrences(task("DUE:20260303T100000Z"), ROME)
    assert (due.starts_at, due.ends_at) == (utc(2026, 3, 3, 10), utc(2026, 3, 3, 10))
    (day,) = occurrences(task("DUE;VALUE=DATE:20260303"), "Pacific/Pago_Pago")
    assert (day.starts_at, day.ends_at) == (utc(2026, 3, 3, 11), utc(2026, 3, 4, 11))
    (both,) = occurrences(task("DTSTART:20260301T100000Z", "DUE;VALUE=DATE:20260303"), ROME)
    assert (both.starts_at, both.ends_at) == (utc(2026, 3, 1, 10), utc(2026, 3, 3, 23))
    assert occurrences(task("SUMMARY:Some day"), ROME) == []


def test_a_task_repeats_by_its_due_date():
    rows = occurrences(task("DUE;TZID=Europe/Rome:20260327T170000", "RRULE:FREQ=WEEKLY;COUNT=2"), ROME)
    assert [row.starts_at for row in rows] == [utc(2026, 3, 27, 16), utc(2026, 4, 3, 15)]


HOURS, SIXTY = ",".join(map(str, range(24))), ",".join(map(str, range(60)))

HOSTILE = {
    "every second": "FREQ=SECONDLY",
    "every minute": "FREQ=MINUTELY;COUNT=3",
    "no step": "FREQ=DAILY;INTERVAL=0",
    "a huge count": "FREQ=DAILY;COUNT=5001",
    "every hour for ever": "FREQ=HOURLY",
    "every minute of the day": f"FREQ=DAILY;BYHOUR={HOURS};BYMINUTE={SIXTY}",
    "an hour that is never the second": "FREQ=HOURLY;BYHOUR=3;BYSETPOS=2;COUNT=5",
    "every place of a year": f"FREQ=YEARLY;BYDAY=MO;BYSETPOS=9;BYHOUR={HOURS};BYMINUTE={SIXTY}"
    f";BYSECOND={SIXTY}",
    "a negative count": "FREQ=DAILY;COUNT=-1",
    "digits without end": "FREQ=DAILY;COUNT=" + "9" * 5000,
    "the same part twice": "FREQ=DAILY;FREQ=YEARLY",
    "an unknown part": "FREQ=DAILY;BYMOON=1",
    "no frequency": "COUNT=3",
    "a month too many": "FREQ=YEARLY;BYMONTH=13",
    "a day of no week": "FREQ=WEEKLY;BYDAY=XX",
    "a zeroth Monday": "FREQ=MONTHLY;BYDAY=0MO",
    "a week that starts never": "FREQ=WEEKLY;WKST=NO",
    "another calendar": "RSCALE=HEBREW;FREQ=YEARLY",
}  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_rule_is_refused_at_once(text: str):
    begun = time.thread_time()
    with pytest.raises(Refusal) as refused:
        occurrences(event(f"RRULE:{text}", start="DTSTART:19000101T040000Z"), ROME)
    assert refused.value.message
    assert time.thread_time() - begun < 1


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30;COUNT=5000",
        "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
        "FREQ=YEARLY;INTERVAL=999999999",
        "FREQ=MONTHLY;BYSETPOS=366;BYDAY=MO",
        "FREQ=DAILY;UNTIL=19990101",
    ],
)
@pytest.mark.parametrize("start", ["DTSTART:16000101T000000Z", "DTSTART:20260302T090000Z"])
def test_a_rule_without_turns_ends_at_once_with_its_start(text: str, start: str):
    begun = time.thread_time()
    assert len(occurrences(event(f"RRULE:{text}", start=start), ROME)) == 1
    assert time.thread_time() - begun < 1


def test_too_many_written_dates_are_refused():
    day = datetime(2001, 1, 1)
    dates = ",".join((day + timedelta(hours=n)).strftime("%Y%m%dT%H%M%SZ") for n in range(LIMIT + 1))
    with pytest.raises(Refusal) as refused:
        occurrences(event(f"RDATE:{dates}"), ROME)
    assert refused.value.condition == "max-instances"


def test_hostile_rules_inside_a_zone_only_make_the_zone_unusable():
    zone = private_zone("Plant", "+0300").replace("TZOFFSETTO", "RRULE:FREQ=HOURLY\nTZOFFSETTO")
    begun = time.thread_time()
    assert starts(event(start="DTSTART;TZID=Plant:20260310T090000", extra=zone)) == [utc(2026, 3, 10, 8)]
    assert time.thread_time() - begun < 1


def test_threads_count_alike():
    texts = [WEEKLY, *AWKWARD.values()]
    alone = [occurrences(text, ROME) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        for together in pool.map(lambda _: [occurrences(text, ROME) for text in texts], range(8)):
            assert together == alone


numbers = {
    "BYMONTH": st.integers(1, 12),
    "BYMONTHDAY": st.one_of(st.integers(1, 31), st.integers(-31, -1)),
    "BYYEARDAY": st.one_of(st.integers(1, 366), st.integers(-366, -1)),
    "BYHOUR": st.integers(0, 23),
    "BYMINUTE": st.integers(0, 59),
    "BYSETPOS": st.one_of(st.integers(1, 5), st.integers(-5, -1)),
}


@st.composite
def rules(draw: st.DrawFn) -> str:
    freq = draw(st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY"]))
    parts = [f"FREQ={freq}", f"INTERVAL={draw(st.integers(1, 7))}"]
    most = 3 if freq in ("YEARLY", "MONTHLY") else 1
    for name in draw(st.lists(st.sampled_from(sorted(numbers)), unique=True, max_size=most)):
        values = draw(st.lists(numbers[name], min_size=1, max_size=4, unique=True))
        if name != "BYSETPOS" or any(part.startswith("BY") for part in parts):
            parts.append(f"{name}={','.join(map(str, values))}")
    if draw(st.booleans()):
        days = st.sampled_from(list(rule.WEEKDAYS))
        which = st.sampled_from(["", "1", "2", "5", "-1"] if freq in ("YEARLY", "MONTHLY") else [""])
        pieces = draw(st.lists(st.tuples(which, days), min_size=1, max_size=3, unique=True))
        if len({bool(number) for number, _ in pieces}) == 1:
            parts.append("BYDAY=" + ",".join(number + day for number, day in pieces))
    plain = any(re.fullmatch("BYDAY=[A-Z,]+", part) for part in parts)
    if freq == "YEARLY" and plain and draw(st.booleans()):
        parts.append(f"BYWEEKNO={draw(st.sampled_from(['1', '20', '53', '-1']))}")
    if draw(st.booleans()):
        parts.append(f"WKST={draw(st.sampled_from(['MO', 'SU', 'TH']))}")
    return ";".join(parts)


@settings(max_examples=60, deadline=None)
@given(
    text=rules().filter(lambda text: "HOURLY" not in text),
    start=st.datetimes(datetime(2019, 1, 1), datetime(2025, 12, 31)),
)
def test_rules_are_counted_as_dateutil_counts_them(text: str, start: datetime):
    start = start.replace(microsecond=0)
    end = start + timedelta(days=900)
    theirs = [start]
    for wall in rrulestr(text, dtstart=start):
        if wall > end or len(theirs) > 400:
            break
        theirs += [wall] if wall > start else []
    ours = []
    for wall in recurrence.expand(rule.parse(text), start, None, start, end, recurrence.Work(10**7)):
        if len(ours) > 400:
            break
        ours.append(wall)
    assert ours[: len(theirs)] == theirs[: len(ours)]
    assert abs(len(ours) - len(theirs)) <= 1


@settings(max_examples=50, deadline=None)
@given(text=rules(), first=st.datetimes(datetime(2001, 1, 1), datetime(2030, 1, 1)))
def test_skipping_ahead_loses_no_turn(text: str, first: datetime):
    start, end = datetime(1999, 3, 31, 9, 30), first + timedelta(days=120)
    read = rule.parse(text)
    whole = recurrence.expand(read, start, None, start, end, recurrence.Work(10**7))
    ahead = recurrence.expand(read, start, None, first, end, recurrence.Work(10**7))
    assert [wall for wall in ahead if wall >= first] == [wall for wall in whole if wall >= first]


@pytest.mark.parametrize(
    "name", ["exceptions", "exceptions without a master", "a zone of the office's own", "a Windows zone"]
)
def test_another_library_finds_the_same_occurrences(name: str):
    bounds = (utc(2026, 1, 1), utc(2027, 1, 1))
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(AWKWARD[name])).between(*bounds)
    theirs = sorted((part["DTSTART"].dt.astimezone(UTC), part.end.astimezone(UTC)) for part in found)
    assert [(row.starts_at, row.ends_at) for row in occurrences(AWKWARD[name], ROME)] == theirs
