"""What phones ask costs the same number of queries however much a calendar holds."""

from collections.abc import Callable

import pytest

from tests.calendar.conftest import SPACES, Device, meeting
from tests.conftest import counted_queries

NOVEMBER = '<C:time-range start="20261101T000000Z" end="20261201T000000Z"/>'
DAILY = "RRULE:FREQ=DAILY;COUNT=5"
DATA = "<D:getetag/><C:calendar-data/>"
EXPAND = NOVEMBER.replace("time-range", "expand")
EXPANDED = f"<D:getetag/><C:calendar-data>{EXPAND}</C:calendar-data>"


def between(phone: Device, props: str) -> None:
    found = phone.query("events/", f'<C:comp-filter name="VEVENT">{NOVEMBER}</C:comp-filter>', props)
    assert found.names


def multiget(phone: Device) -> None:
    hrefs = "".join(f"<D:href>/dav/{phone.slug}/events/{name}</D:href>" for name in phone.changes("events/").names)
    body = f"<C:calendar-multiget {SPACES}><D:prop>{DATA}</D:prop>{hrefs}</C:calendar-multiget>"
    assert phone.report("events/", body).names


def written(phone: Device) -> None:
    assert phone.store("events/first.ics", meeting("first", "20261123T110000")).status_code == 204
    assert phone.store("events/first.ics", meeting("first", "20261123T100000")).status_code == 204


def deleted(phone: Device) -> None:
    assert phone.store("events/more.ics", meeting("more")).status_code == 201
    assert phone.delete("events/more.ics").status_code == 204


REQUESTS: dict[str, Callable[[Device], object]] = {
    "PROPFIND 0": lambda phone: phone.ask("events/", "CS:getctag", "D:sync-token").found,
    "PROPFIND 1": lambda phone: phone.ask("events/", "D:getetag", depth="1").names,
    "first sync": lambda phone: phone.changes("events/", props=DATA).names,
    "month": lambda phone: between(phone, DATA),
    "month, expanded": lambda phone: between(phone, EXPANDED),
    "multiget": multiget,
    "GET": lambda phone: phone.get("events/first.ics").raise_for_status(),
    "PUT": written,
    "DELETE": deleted,
}


def asked(ask: Callable[[Device], object], phone: Device) -> int:
    ask(phone)  # the first time fills what is kept
    with counted_queries() as seen:
        ask(phone)
    return len(seen)


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_asks_as_often_of_a_fuller_calendar(phone, name):
    phone.store("events/first.ics", meeting("first"))
    phone.store("events/daily.ics", meeting("daily", "20261102T090000", DAILY))
    before = asked(REQUESTS[name], phone)
    for number in range(12):
        phone.store(f"events/{number}.ics", meeting(f"m-{number}"))
        phone.store(f"events/{number}-daily.ics", meeting(f"d-{number}", "20261102T090000", DAILY))
    assert asked(REQUESTS[name], phone) == before


def test_a_sync_asks_as_often_for_many_changes_as_for_one(phone):
    phone.store("events/first.ics", meeting("first"))
    token = phone.changes("events/").token
    phone.store("events/first.ics", meeting("first", "20261124T100000"))
    one = asked(lambda phone: phone.changes("events/", token).names, phone)
    for number in range(12):
        phone.store(f"events/{number}.ics", meeting(f"m-{number}"))
    assert asked(lambda phone: phone.changes("events/", token).names, phone) == one
    now = phone.changes("events/").token
    assert asked(lambda phone: phone.changes("events/", now).names, phone) < one
