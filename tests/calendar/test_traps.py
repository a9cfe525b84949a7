"""Traps of calendar clients that have no better place (docs/mistakes.md)."""

from tests.calendar.conftest import SPACES, meeting
from tests.conftest import counted_queries


def test_a_limit_loses_no_change(phone):
    """RFC 6578 section 3.7 lets a server answer more than the limit: all changes, and a token behind all of them."""
    for number in range(5):
        phone.store(f"events/{number}.ics", meeting(f"u-{number}"))
    inside = "<D:sync-token/><D:sync-level>1</D:sync-level><D:limit><D:nresults>2</D:nresults></D:limit>"
    body = f"<D:sync-collection {SPACES}>{inside}<D:prop><D:getetag/></D:prop></D:sync-collection>"
    first = phone.report("events/", body)
    assert len(first.names) == 5 and phone.changes("events/", first.token).found == []


def test_a_sync_asks_as_few_questions_for_many_events_as_for_few(phone):
    numbers = []
    for many in (3, 30):
        for number in range(many):
            phone.store(f"events/{number}.ics", meeting(f"u-{number}"))
        phone.changes("events/")
        with counted_queries() as told:
            token = phone.changes("events/", props="<D:getetag/><C:calendar-data/>").token
            phone.ask("events/", "D:getetag", depth="1")
            phone.changes("events/", token)
        numbers.append(len(told))
    assert 0 < numbers[0] == numbers[1] < 60
