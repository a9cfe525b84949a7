"""The hours beside the calendar: working hours, a second zone, the days on which clocks are changed."""

from datetime import date, datetime, timedelta

import pytest

from crmlite import clock
from crmlite.lists.hours import Stretch, hours
from crmlite.lists.reader import reader
from crmlite.rules import access, gate
from tests import people


def days(first: date, many: int = 7) -> list[date]:
    return [first + timedelta(days=number) for number in range(many)]


def shown(by, first: date, many: int = 7, **values):
    gate.change(people.user("alice"), values, by)
    return hours(days(first, many), reader(access.actor(by.id, "web")))


def test_hours_off_work_are_before_and_after_it_and_on_free_days(alice):
    found = shown(alice, date(2026, 11, 23), work_days="1245", work_from="07:15", work_until="16:30")
    assert found.start == 7
    assert found.sides[date(2026, 11, 24)].off == (Stretch("00:00", "7:15"), Stretch("16:30", "7:30"))
    for free in (date(2026, 11, 25), date(2026, 11, 28)):
        assert found.sides[free].off == (Stretch("00:00", "24:00"),)


def test_who_works_until_midnight_or_on_no_day_at_all_sees_no_shade_there(alice):
    monday = date(2026, 11, 23)
    found = shown(alice, monday, work_from="14:00", work_until="00:00")
    assert found.sides[monday].off == (Stretch("00:00", "14:00"),)
    assert shown(alice, monday, work_days="").sides[monday].off == ()


def test_a_second_zone_stands_beside_each_hour(alice):
    found = shown(alice, date(2026, 11, 23), second_zone="Asia/Kolkata")
    assert found.rows[9] == ("09:00", "13:30") and found.rows[23] == ("23:00", "03:30")
    assert (found.name, found.second, found.second_place) == ("CET", "IST", "Kolkata")
    assert all(side.others == () and side.names == "" for side in found.sides.values())


def test_a_second_zone_that_is_the_first_is_none(alice):
    found = shown(alice, date(2026, 11, 23), second_zone="Europe/Paris")
    assert found.second == "" and found.rows[9] == ("09:00", "")


def test_the_day_on_which_clocks_are_changed_has_hours_of_its_own(alice):
    sunday = date(2026, 10, 25)  # Paris goes back, New York a week later
    found = shown(alice, date(2026, 10, 19), second_zone="America/New_York")
    assert found.rows[9] == ("09:00", "03:00") and (found.name, found.second) == ("CEST", "EDT")
    side = found.sides[sunday]
    assert [side.others[hour] for hour in (1, 2, 3, 9)] == ["19:00", "20:00", "22:00", "04:00"]
    assert side.names == "CET"
    assert side.change == Stretch("02:00", "1:00", "Clocks go back 1 hour")
    assert [day for day, other in found.sides.items() if other.others] == [sunday]
    after = hours(days(date(2026, 10, 26)), reader(access.actor(alice.id, "web")))
    assert after.rows[9] == ("09:00", "04:00") and after.name == "CET"


def test_the_second_zone_changes_its_clocks_in_the_course_of_a_day(alice):
    sunday = date(2026, 11, 1)  # New York goes back at 02:00, which is 07:00 in Paris
    found = shown(alice, sunday, 1, second_zone="America/New_York")
    assert [second for _, second in found.rows[5:9]] == ["00:00", "01:00", "01:00", "02:00"]
    assert found.sides[sunday].change is None


def test_the_hour_that_is_left_out_in_spring_is_marked(alice):
    sunday = date(2027, 3, 28)
    found = shown(alice, sunday, 1, second_zone="America/New_York")
    assert found.sides[sunday].change == Stretch("02:00", "1:00", "Clocks go forward 1 hour")
    assert [second for _, second in found.rows[1:5]] == ["20:00", "21:00", "21:00", "22:00"]


@pytest.mark.parametrize(
    ("zone", "day", "wall", "minutes"),
    [
        ("Europe/Paris", date(2026, 10, 25), datetime(2026, 10, 25, 2), -60),
        ("America/New_York", date(2027, 3, 14), datetime(2027, 3, 14, 2), 60),
        ("America/Santiago", date(2026, 9, 6), datetime(2026, 9, 6, 0), 60),
        ("America/Santiago", date(2026, 4, 4), datetime(2026, 4, 4, 23), -60),
        ("Australia/Lord_Howe", date(2026, 4, 5), datetime(2026, 4, 5, 1, 30), -30),
    ],
)
def test_a_clock_change_is_found_where_it_is(zone, day, wall, minutes):
    assert clock.change_of(day, zone) == (wall, timedelta(minutes=minutes))
    for other in (day - timedelta(days=1), day + timedelta(days=1)):
        assert clock.change_of(other, zone) is None


def test_clocks_without_a_name_of_their_own_are_told_by_their_distance():
    moment = clock.to_utc(datetime(2026, 1, 1, 12), "UTC")
    told = [clock.abbreviation(moment, zone) for zone in ("Europe/Paris", "America/Sao_Paulo", "Asia/Kathmandu", "UTC")]
    assert told == ["CET", "GMT-3", "GMT+5:45", "UTC"]
