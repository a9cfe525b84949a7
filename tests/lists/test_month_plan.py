"""The plan of a month: bars above hours, as many rows as there is room for, the rest counted."""

from datetime import date, datetime, time, timedelta

from crmlite.lists import almanac, month_plan
from crmlite.lists.planner import Item

MONTH = almanac.month_weeks(date(2026, 11, 1))


def item(number, first, last=None, hour=None):
    last = last or first
    start = datetime.combine(first, time(hour or 0))
    end = start + timedelta(hours=1) if hour else datetime.combine(last + timedelta(days=1), time())
    return Item(
        id=number, version=1, start=start, end=end, all_day=hour is None, first=first, last=last, kind="meeting",
        status="planned", subject=f"Number {number}", look="", told="", url=f"/events/{number}", occurrence="",
        movable=True, recurring=False,
    )  # fmt: skip


def rows(week):
    return {place.bar.item.id: (place.bar.column, place.bar.span, place.row) for place in week.bars}


def test_a_month_is_shown_in_whole_weeks():
    assert (MONTH[0][0], MONTH[-1][-1], len(MONTH)) == (date(2026, 10, 26), date(2026, 12, 6), 6)
    assert len(almanac.month_weeks(date(2027, 2, 1))) == 4


def test_what_lasts_for_days_stands_above_what_has_an_hour():
    talk, fair = item(1, date(2026, 11, 11), hour=8), item(2, date(2026, 11, 10), date(2026, 11, 12))
    week = month_plan.weeks([talk, fair], MONTH)[2]
    assert rows(week) == {2: (2, 3, 0), 1: (3, 1, 1)}


def test_a_bar_over_sunday_goes_on_in_the_next_week():
    fair = item(1, date(2026, 11, 14), date(2026, 11, 17))
    before, after = month_plan.weeks([fair], MONTH)[2:4]
    assert rows(before) == {1: (6, 2, 0)} and before.bars[0].bar.goes_on
    assert rows(after) == {1: (1, 2, 0)} and after.bars[0].bar.began


def test_a_row_is_used_again_by_the_next_days():
    week = month_plan.weeks([item(1, date(2026, 11, 9)), item(2, date(2026, 11, 11))], MONTH)[2]
    assert {row for _, _, row in rows(week).values()} == {0}


def test_a_full_day_shows_every_item():
    week = month_plan.weeks([item(n, date(2026, 11, 9), hour=8 + n) for n in range(4)], MONTH)[2]
    assert len(week.bars) == 4 and week.days[0].hidden == 0


def test_what_has_no_room_is_counted_and_makes_room_for_the_count():
    week = month_plan.weeks([item(n, date(2026, 11, 9), hour=8 + n) for n in range(6)], MONTH)[2]
    assert len(week.bars) == 3 and week.days[0].hidden == 3 and len(week.days[0].items) == 6


def test_a_long_bar_is_hidden_on_all_its_days_when_one_is_full():
    full = [item(n, date(2026, 11, 10)) for n in range(4)]
    long = item(9, date(2026, 11, 10), date(2026, 11, 12), hour=23)
    late = item(10, date(2026, 11, 12), hour=9)
    week = month_plan.weeks([*full, long, late], MONTH)[2]
    assert sum(day.hidden for day in week.days) + sum(bar.bar.span for bar in week.bars) == 4 + 3 + 1
    on_tuesday = [place for place in week.bars if place.bar.column <= 2 < place.bar.column + place.bar.span]
    assert week.days[1].hidden == 5 - len(on_tuesday)
