"""When reminders go off, for whom, and what every device is told when they are heard."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crmlite import clock
from crmlite.errors import Missing
from crmlite.ics.read import read
from crmlite.models.calendars import Calendar
from crmlite.models.events import Event
from crmlite.models.reminders import Reminder
from crmlite.rules import events, gate, reminders, ringing, shares
from crmlite.rules.access import actor
from tests import people

MONDAY = datetime(2026, 3, 23, 9, 0, tzinfo=UTC)  # 10:00 in Paris, the week before the clocks change
HOUR = timedelta(hours=1)
QUARTER = timedelta(minutes=15)


@pytest.fixture(autouse=True)
def sunday():
    """Ten on the Sunday before."""
    with clock.frozen(MONDAY - timedelta(days=1)):
        yield


def plan(by: Any, **values: Any) -> Event:
    times = {"starts_at": MONDAY, "ends_at": MONDAY + HOUR, "alarm_minutes": 15}
    return events.save(None, {"kind": "meeting", "subject": "Visit", **times, **values}, by)


def told(by: Any, at: datetime) -> list[str]:
    """What the bell of this person tells at a moment, the worker having been there."""
    with clock.frozen(at):
        reminders.deliver({})
        return [one.event.subject for one in reminders.due(by)]


def with_alarm(event: Event, *lines: str) -> Event:
    """As a phone writes it."""
    text = "\r\n".join(["BEGIN:VALARM", *lines, "END:VALARM", ""])
    end = f"END:{event.component}"
    return events.receive(event.calendar, event.href, event.ics.replace(end, text + end), phone("alice"))


def phone(name: str) -> Any:
    return actor(people.user(name).id, "caldav")


def fresh(event: Event) -> Event:
    return Event.get_by_id(event.id)


def test_a_reminder_goes_off_at_its_time_and_not_before(alice):
    plan(alice)
    assert told(alice, MONDAY - QUARTER - timedelta(seconds=1)) == []
    assert told(alice, MONDAY - QUARTER) == ["Visit"]


def test_each_of_several_goes_off_and_the_bell_tells_them_as_one(alice):
    event = plan(alice)
    with_alarm(event, "ACTION:DISPLAY", "TRIGGER:-PT2H")
    assert told(alice, MONDAY - 2 * HOUR) == ["Visit"]
    assert told(alice, MONDAY - QUARTER) == ["Visit"]


def test_only_the_person_of_the_calendar_is_reminded(alice, bob, carol, charlie):
    event = plan(alice)
    shares.share(event.calendar, bob.id, "write", alice)
    for other in (bob, carol, charlie):
        assert told(other, MONDAY) == []
        with pytest.raises(Missing):
            reminders.dismiss(Reminder.get().id, other)


def test_in_the_calendar_of_a_team_its_owner_is_reminded(alice, bob):
    team = Calendar.get(Calendar.team.in_(sorted(alice.team_ids)) & (Calendar.kind == "events"))
    plan(alice, calendar=team.id, owner=bob.id)
    assert told(bob, MONDAY) == ["Visit"] and told(alice, MONDAY) == []


def test_dismissed_here_it_is_heard_on_every_device(alice):
    event = plan(alice)
    told(alice, MONDAY - QUARTER)
    with clock.frozen(MONDAY - timedelta(minutes=10)):
        reminders.dismiss(reminders.due(alice)[0].id, alice)
        text = fresh(event).ics
    assert "ACKNOWLEDGED:20260323T085000Z" in text and "X-MOZ-LASTACK:20260323T085000Z" in text
    assert told(alice, MONDAY) == []
    assert fresh(event).seq > event.seq


@pytest.mark.parametrize(
    "line", ["ACKNOWLEDGED:20260323T084501Z", "X-MOZ-LASTACK:20260323T084501Z"], ids=["phone", "thunderbird"]
)
def test_dismissed_on_a_device_the_bell_falls_silent(alice, line):
    event = plan(alice)
    assert told(alice, MONDAY - QUARTER) == ["Visit"]
    mark = "BEGIN:VALARM" if line.startswith("X-MOZ") else "END:VALARM"
    text = event.ics.replace(mark, f"{line}\r\n{mark}")
    events.receive(event.calendar, event.href, text, phone("alice"))
    assert told(alice, MONDAY) == []


@pytest.mark.parametrize(
    ("word", "until"),
    [
        ("minutes", MONDAY - timedelta(minutes=5)),
        ("hour", MONDAY + timedelta(minutes=50)),
        ("tomorrow", datetime(2026, 3, 24, 8, 0, tzinfo=UTC)),
    ],
)
def test_snoozed_it_goes_off_again_once_on_every_device(alice, word, until):
    event = plan(alice)
    told(alice, MONDAY - QUARTER)
    with clock.frozen(MONDAY - timedelta(minutes=10)):
        _, said = reminders.snooze(reminders.due(alice)[0].id, word, alice)
    assert said == until
    text = fresh(event).ics
    stamp = until.strftime("%Y%m%dT%H%M%SZ")
    for written in (f"TRIGGER;VALUE=DATE-TIME:{stamp}", "RELTYPE=SNOOZE", f"X-MOZ-SNOOZE-TIME:{stamp}"):
        assert written in text
    assert len(read(text, "Europe/Paris").alarms) == 1, "the form does not take the snooze for a reminder"
    assert told(alice, until - timedelta(seconds=1)) == []
    assert told(alice, until) == ["Visit"]
    with clock.frozen(until + QUARTER):
        reminders.dismiss(reminders.due(alice)[0].id, alice)
    text = fresh(event).ics
    assert "SNOOZE" not in text and text.count("BEGIN:VALARM") == 1
    assert told(alice, until + HOUR) == []


def test_snoozed_in_thunderbird_it_goes_off_here_then(alice):
    event = plan(alice)
    told(alice, MONDAY - QUARTER)
    lines = "X-MOZ-LASTACK:20260323T084600Z\r\nX-MOZ-SNOOZE-TIME:20260323T085100Z\r\nBEGIN:VALARM"
    events.receive(event.calendar, event.href, event.ics.replace("BEGIN:VALARM", lines), phone("alice"))
    assert told(alice, MONDAY - timedelta(minutes=10)) == []
    assert told(alice, MONDAY - timedelta(minutes=9)) == ["Visit"]


def test_undo_takes_a_dismissal_back(alice):
    event = plan(alice)
    told(alice, MONDAY - QUARTER)
    with clock.frozen(MONDAY - QUARTER):
        before = fresh(event).ics
        reminders.dismiss(reminders.due(alice)[0].id, alice)
        gate.change(fresh(event), {"ics": before}, alice)
    assert told(alice, MONDAY - QUARTER) == ["Visit"]


def test_every_turn_reminds_at_its_wall_time_across_a_clock_change(alice):
    """The clocks of Paris go forward on 29 March: ten o'clock is an hour earlier after that."""
    plan(alice, rrule="FREQ=WEEKLY;COUNT=3")
    after = datetime(2026, 3, 30, 8, 0, tzinfo=UTC)
    assert told(alice, MONDAY - QUARTER) == ["Visit"]
    assert told(alice, after - QUARTER - timedelta(seconds=1)) == ["Visit"]
    with clock.frozen(MONDAY):
        reminders.dismiss(reminders.due(alice)[0].id, alice)
    assert told(alice, after - QUARTER - timedelta(seconds=1)) == []
    assert told(alice, after - QUARTER) == ["Visit"]


def test_a_day_before_is_the_same_hour_of_the_day_before(alice):
    """Not 24 hours: those would be nine o'clock."""
    start = datetime(2026, 3, 29, 8, 0, tzinfo=UTC)  # ten in the new time
    plan(alice, starts_at=start, ends_at=start + HOUR, alarm_minutes=1440)
    ten = datetime(2026, 3, 28, 9, 0, tzinfo=UTC)
    assert told(alice, ten - timedelta(seconds=1)) == []
    assert told(alice, ten) == ["Visit"]


def test_a_moved_turn_reminds_where_it_went_and_a_cancelled_one_not(alice):
    event = plan(alice, rrule="FREQ=DAILY;COUNT=4", alarm_minutes=15)
    second, third = (Event.get_by_id(event.id).occurrences.order_by("starts_at")[i] for i in (1, 2))
    later = second.starts_at + 3 * HOUR
    moved = {"starts_at": later, "ends_at": later + HOUR}
    events.save(fresh(event), moved, alice, scope="this", recurrence_id=second.recurrence_id)
    events.save(fresh(event), {"status": "cancelled"}, alice, scope="this", recurrence_id=third.recurrence_id)
    told(alice, MONDAY)
    with clock.frozen(MONDAY):
        reminders.dismiss(reminders.due(alice)[0].id, alice)
    assert told(alice, second.starts_at) == []
    assert told(alice, later - QUARTER) == ["Visit"]
    with clock.frozen(later):
        reminders.dismiss(reminders.due(alice)[0].id, alice)
    assert told(alice, third.starts_at) == []
    assert told(alice, third.starts_at + timedelta(days=1)) == ["Visit"]


@pytest.mark.parametrize("verb", [events.finish, events.cancel])
def test_what_is_over_is_silent(alice, verb):
    event = plan(alice)
    verb(event, alice)
    assert told(alice, MONDAY) == []
    events.reopen(fresh(event), alice)
    assert told(alice, MONDAY) == ["Visit"]


def test_what_is_deleted_is_silent_until_it_is_restored(alice):
    event = events.delete(plan(alice), alice)
    assert told(alice, MONDAY) == []
    gate.restore(event, alice)
    assert told(alice, MONDAY) == ["Visit"]


@pytest.mark.parametrize(("zone", "nine"), [("Pacific/Pago_Pago", 20), ("Pacific/Tongatapu", -4)])
def test_a_day_is_the_day_of_its_owner(alice, zone, nine):
    """Eleven hours behind and thirteen before UTC (product.md, mistakes others made)."""
    gate.change(people.user("alice"), {"zone": zone}, alice)
    there = actor(alice.id, "web")
    event = events.save(None, {"kind": "task", "subject": "Call", "due_date": MONDAY.date()}, there)
    with_alarm(event, "ACTION:DISPLAY", "TRIGGER:PT9H")
    morning = datetime(2026, 3, 23, tzinfo=UTC) + timedelta(hours=nine)
    assert told(there, morning - timedelta(seconds=1)) == []
    assert told(there, morning) == ["Call"]


def test_days_ring_anew_when_their_owner_moves(alice):
    event = events.save(None, {"kind": "task", "subject": "Call", "due_date": MONDAY.date()}, alice)
    with_alarm(event, "ACTION:DISPLAY", "TRIGGER:PT9H")
    gate.change(people.user("alice"), {"zone": "America/New_York"}, alice)
    assert told(alice, datetime(2026, 3, 23, 12, 59, 59, tzinfo=UTC)) == []
    assert told(alice, datetime(2026, 3, 23, 13, 0, tzinfo=UTC)) == ["Call"]


def test_what_was_over_when_it_was_written_never_rings(alice):
    plan(alice, starts_at=MONDAY - timedelta(days=2), ends_at=MONDAY - timedelta(days=2) + HOUR)
    assert told(alice, MONDAY) == []
    with clock.frozen(MONDAY - timedelta(minutes=10)):
        plan(alice, subject="Now")
    assert told(alice, MONDAY - timedelta(minutes=10)) == ["Now"], "ten minutes ahead it still helps"


def test_after_a_pause_of_the_server_the_turns_of_the_last_day_are_told(alice):
    plan(alice, rrule="FREQ=DAILY;COUNT=30")
    told(alice, MONDAY + timedelta(days=4))
    kept = [row.due_at for row in Reminder.select().order_by(Reminder.due_at)]
    assert kept == [MONDAY - QUARTER, *(MONDAY - QUARTER + timedelta(days=day) for day in (4, 5))]


def test_events_from_before_reminders_are_read_by_a_job(alice):
    plan(alice)
    Reminder.delete().execute()
    from_job = ringing.jobs.add(ringing.KIND)
    ringing.index_all({"job": from_job})
    assert told(alice, MONDAY) == ["Visit"]


def test_a_hostile_rule_costs_little(alice):
    event = plan(alice, rrule="FREQ=DAILY")
    with_alarm(event, "ACTION:DISPLAY", "TRIGGER;VALUE=DATE-TIME:20260322T120000Z")
    assert Reminder.select().count() == 1
    assert told(alice, MONDAY - 21 * HOUR) == ["Visit"]


NAGGING = ("ACTION:DISPLAY", "DESCRIPTION:Visit", "TRIGGER:-PT15M", "REPEAT:2", "DURATION:PT5M")


def marks(by: Any, *moments: datetime) -> list[datetime]:
    """When reminders had gone off by the last of these moments, the worker having come at each."""
    for at in moments:
        told(by, at)
    return [row.due_at for row in Reminder.select().where(Reminder.due_at <= moments[-1]).order_by(Reminder.due_at)]


def test_an_alarm_that_repeats_goes_off_as_often_as_it_says(alice):
    """RFC 5545 section 3.8.6.2: REPEAT is how often after the first time, DURATION how long between."""
    event = with_alarm(plan(alice, alarm_minutes=None), *NAGGING)
    assert all(f"{line}\r\n" in event.ics for line in NAGGING)
    minutes = [MONDAY - QUARTER + timedelta(minutes=5 * number) for number in range(4)]
    assert marks(alice, *minutes, MONDAY + HOUR) == minutes[:3]
    assert fresh(event).ics == event.ics


def test_an_alarm_that_was_heard_does_not_go_off_again(alice):
    with_alarm(plan(alice, alarm_minutes=None), *NAGGING)
    told(alice, MONDAY - QUARTER)
    with clock.frozen(MONDAY - timedelta(minutes=12)):
        reminders.dismiss(reminders.due(alice)[0].id, alice)
    assert told(alice, MONDAY - timedelta(minutes=10)) == [] and told(alice, MONDAY) == []


def test_an_alarm_repeats_after_each_turn_and_past_its_start(alice):
    event = plan(alice, rrule="FREQ=DAILY;COUNT=3", alarm_minutes=None)
    with_alarm(event, "ACTION:AUDIO", "TRIGGER:PT0S", "DURATION:PT26H", "REPEAT:1")
    day, late = timedelta(days=1), timedelta(hours=26)
    first = [MONDAY, MONDAY + day, MONDAY + late, MONDAY + 2 * day, MONDAY + day + late, MONDAY + 2 * day + late]
    assert marks(alice, *first) == first


def test_an_alarm_at_a_moment_of_its_own_repeats_too(alice):
    event = plan(alice, rrule="FREQ=DAILY;COUNT=3", alarm_minutes=None)
    with_alarm(event, "ACTION:DISPLAY", "TRIGGER;VALUE=DATE-TIME:20260322T120000Z", "DURATION:PT1H", "REPEAT:1")
    noon = datetime(2026, 3, 22, 12, tzinfo=UTC)
    assert marks(alice, noon, noon + HOUR, noon + 3 * HOUR) == [noon, noon + HOUR]


@pytest.mark.parametrize(
    "lines",
    [("REPEAT:3",), ("DURATION:PT5M",), ("REPEAT:x", "DURATION:PT5M"), ("REPEAT:3", "DURATION:5"),
     ("REPEAT:3", "DURATION:-PT5M"), ("REPEAT:-1", "DURATION:PT5M"), ("REPEAT:3", "DURATION:PT0S")],
)  # fmt: skip
def test_an_alarm_that_does_not_say_how_to_repeat_goes_off_once(alice, lines):
    with_alarm(plan(alice, alarm_minutes=None), "ACTION:DISPLAY", "TRIGGER:-PT15M", *lines)
    assert marks(alice, MONDAY - QUARTER, MONDAY) == [MONDAY - QUARTER]


def test_an_alarm_without_end_stops_after_a_week(alice):
    event = plan(alice, rrule="FREQ=DAILY", alarm_minutes=None)
    event = with_alarm(event, "ACTION:DISPLAY", "TRIGGER:-PT15M", "REPEAT:999999999", "DURATION:P1D")
    assert "REPEAT:999999999" in event.ics
    last = MONDAY - QUARTER + timedelta(days=7)
    plain = plan(alice, alarm_minutes=None, subject="Once")
    with_alarm(plain, "ACTION:DISPLAY", "TRIGGER:-PT15M", "REPEAT:999999999", "DURATION:P1D")
    days = [MONDAY - QUARTER + timedelta(days=number) for number in range(10)]
    for at in days:
        told(alice, at)
    gone = [row.due_at for row in Reminder.select().where(Reminder.event == plain.id).order_by(Reminder.due_at)]
    assert gone == [day for day in days if day <= last]
