"""How a calendar lays out what it shows: days, bars, blocks, lanes."""

from datetime import date, datetime, timedelta

from crmlite.lists.planner import Item, plan

MONDAY = date(2026, 11, 23)
NUMBERS = iter(range(1, 10_000))


def item(start: str, end: str, all_day: bool = False) -> Item:
    first, last = datetime.fromisoformat(start), datetime.fromisoformat(end)
    at_midnight = last.time() == datetime.min.time() and last > first
    ends_on = last.date() - timedelta(days=1) if at_midnight else last.date()
    return Item(
        id=next(NUMBERS),
        version=1,
        start=first,
        end=last,
        all_day=all_day,
        first=first.date(),
        last=max(ends_on, first.date()),
        kind="meeting",
        status="planned",
        subject="Talk",
        look="",
        told="",
        url="/events/1",
        occurrence="",
        movable=True,
        recurring=False,
    )


def test_a_meeting_stands_at_its_time():
    week = plan([item("2026-11-24T10:00", "2026-11-24T11:30")], MONDAY, 7)
    assert [len(day.blocks) for day in week.days] == [0, 1, 0, 0, 0, 0, 0]
    block = week.days[1].blocks[0]
    assert (block.at, block.length, block.lane) == ("10:00", "1:30", "")


def test_what_goes_over_midnight_stands_on_both_days():
    week = plan([item("2026-11-24T22:00", "2026-11-25T02:30")], MONDAY, 7)
    evening, night = week.days[1].blocks[0], week.days[2].blocks[0]
    assert (evening.at, evening.length, evening.goes_on) == ("22:00", "2:00", True)
    assert (night.at, night.length, night.began) == ("00:00", "2:30", True)
    assert not week.bars


def test_an_end_at_midnight_does_not_reach_into_the_next_day():
    week = plan([item("2026-11-24T22:00", "2026-11-25T00:00")], MONDAY, 7)
    assert not week.days[2].blocks


def test_whole_days_are_one_bar_cut_at_the_edges_of_the_week():
    fair = item("2026-11-21T00:00", "2026-11-25T00:00", all_day=True)
    bar = plan([fair], MONDAY, 7).bars[0]
    assert (bar.column, bar.span, bar.began, bar.goes_on) == (1, 2, True, False)


def test_two_days_and_nights_with_hours_are_a_bar_too():
    week = plan([item("2026-11-24T18:00", "2026-11-26T09:00")], MONDAY, 7)
    assert (week.bars[0].column, week.bars[0].span) == (2, 3)
    assert not any(day.blocks for day in week.days)


def test_what_overlaps_stands_side_by_side_and_a_free_lane_is_used_again():
    items = [
        item("2026-11-24T09:00", "2026-11-24T12:00"),
        item("2026-11-24T09:30", "2026-11-24T10:00"),
        item("2026-11-24T10:30", "2026-11-24T11:00"),
        item("2026-11-24T14:00", "2026-11-24T15:00"),
    ]
    lanes = [block.lane for block in plan(items, MONDAY, 7).days[1].blocks]
    assert lanes == ["lane-1-of-2", "lane-2-of-2", "lane-2-of-2", ""]


def test_ten_at_once_share_eight_lanes():
    blocks = plan([item("2026-11-24T09:00", "2026-11-24T10:00") for _ in range(10)], MONDAY, 7).days[1].blocks
    assert {block.lane for block in blocks} == {f"lane-{number}-of-8" for number in range(1, 9)}


def test_times_fit_the_grid_of_five_minutes_and_the_shortest_can_be_read():
    blocks = plan([item("2026-11-24T09:03", "2026-11-24T09:07")], MONDAY, 7).days[1].blocks
    assert (blocks[0].at, blocks[0].length) == ("09:00", "0:25")
    last = plan([item("2026-11-24T23:58", "2026-11-24T23:59")], MONDAY, 7).days[1].blocks[0]
    assert (last.at, last.length) == ("23:35", "0:25")
