"""Points of the standards that clients lean on and that no other test holds by itself, each under its number."""

import pytest

from crmlite.models.events import Event
from crmlite.rules import events
from tests.calendar.conftest import SPACES, Answer, meeting, todo
from tests.calendar.test_card_writes import APPLE, put

EVENTS = '<C:comp-filter name="VEVENT"/>'


def reports(found) -> set[str]:
    inside = found.props["{DAV:}supported-report-set"].iter("{DAV:}report")
    return {one.tag.rpartition("}")[2] for report in inside for one in report}


def propfind(phone, path: str, inside: str, depth: str = "0") -> Answer:
    body = f"<D:propfind {SPACES}>{inside}</D:propfind>" if inside else None
    return Answer(phone.request("PROPFIND", path, data=body, headers={"Depth": depth}))


def test_every_report_that_is_answered_is_announced(phone):
    """RFC 4791 section 7, RFC 6352 section 8, RFC 6578 section 3: supported-report-set."""
    (calendar,) = phone.ask("events/", "D:supported-report-set").found
    (book,) = phone.ask("contacts/", "D:supported-report-set").found
    assert {"calendar-query", "calendar-multiget", "free-busy-query", "sync-collection"} <= reports(calendar)
    assert {"addressbook-query", "addressbook-multiget", "sync-collection"} <= reports(book)


def test_a_book_says_how_it_compares(phone):
    """RFC 6352 section 8.3.1."""
    (book,) = phone.ask("contacts/", "CR:supported-collation-set").found
    told = [one.text for one in book.props["{urn:ietf:params:xml:ns:carddav}supported-collation-set"]]
    assert {"i;ascii-casemap", "i;unicode-casemap"} <= set(told)


def test_texts_are_told_only_to_who_asks_for_them(phone):
    """RFC 4791 section 9.6, RFC 6352 section 10.4: allprop, or no body at all, does not tell calendar-data."""
    phone.store("events/a.ics", meeting("one"))
    put(phone, "a.vcf", APPLE)
    for path in ("events/a.ics", "contacts/a.vcf", "events/", "contacts/"):
        for inside in ("<D:allprop/>", ""):
            answer = propfind(phone, path, inside, "1")
            told = [{name.rpartition("}")[2] for name in found.props} for found in answer.found]
            assert all("resourcetype" in names and not names & {"calendar-data", "address-data"} for names in told)
            assert "SUMMARY:" not in answer.response.text and "FN:" not in answer.response.text


def test_names_of_properties_alone_are_told(phone):
    """RFC 4918 section 9.1.4."""
    phone.store("events/a.ics", meeting("one"))
    for path in ("events/", "events/a.ics", ""):
        (found, *_) = propfind(phone, path, "<D:propname/>").found
        assert "{DAV:}resourcetype" in found.props and all(
            not (prop.text or "").strip() for prop in found.props.values()
        )


def test_a_first_sync_tells_of_nothing_that_is_gone(phone):
    """RFC 6578 section 3.4: without a token the answer holds what is there, no removed members."""
    for name in ("a", "b"):
        phone.store(f"events/{name}.ics", meeting(name))
    phone.delete("events/a.ics")
    first = phone.changes("events/")
    assert (first.names, first.gone) == (["b.ics"], [])


def test_what_came_and_went_between_two_syncs_is_gone_at_most(phone):
    """RFC 6578 section 3.5.2: never told as there; told as gone, or not at all."""
    token = phone.changes("events/").token
    phone.store("events/a.ics", meeting("one"))
    phone.delete("events/a.ics")
    later = phone.changes("events/", token)
    assert later.names == [] and set(later.gone) <= {"a.ics"}


def test_the_token_of_a_sync_is_the_property_of_the_collection(phone):
    """RFC 6578 section 4: DAV:sync-token; a write moves both."""
    for path in ("events/", "tasks/", "contacts/"):
        (before,) = phone.ask(path, "D:sync-token").found
        assert before.text("D:sync-token") == phone.changes(path).token
    phone.store("tasks/t.ics", todo("one"))
    (after,) = phone.ask("tasks/", "D:sync-token").found
    assert after.text("D:sync-token") == phone.changes("tasks/").token != before.text("D:sync-token")


def test_a_multiget_takes_whole_addresses_and_those_of_elsewhere_are_not_found(phone, dav_of):
    """RFC 4791 section 7.9, RFC 4918 section 8.3: an href is a path or a whole URI."""
    phone.store("events/a.ics", meeting("one"))
    other = dav_of("charlie")
    other.store("events/b.ics", meeting("two"))
    hrefs = [f"{phone.server.url}/dav/{phone.slug}/events/a.ics", f"/dav/{other.slug}/events/b.ics"]
    inside = "".join(f"<D:href>{href}</D:href>" for href in hrefs)
    answer = phone.report(
        "events/", f"<C:calendar-multiget {SPACES}><D:prop><C:calendar-data/></D:prop>{inside}</C:calendar-multiget>"
    )
    assert (answer.names, answer.gone) == (["a.ics"], ["b.ics"]) and "UID:two" not in answer.response.text


def test_a_query_of_one_event_tells_it_or_nothing(phone):
    """RFC 4791 section 7.8: the Request-URI may be a calendar object resource."""
    phone.store("events/a.ics", meeting("one"))
    phone.store("events/b.ics", meeting("two"))
    assert phone.query("events/a.ics", EVENTS).names == ["a.ics"]
    assert phone.query("events/a.ics", '<C:comp-filter name="VTODO"/>').names == []


@pytest.mark.parametrize(("span", "found"), [("20261124T100000Z", ["t.ics"]), ("20261124T110000Z", [])])
def test_tasks_are_found_by_when_they_were_done(phone, span, found):
    """RFC 4791 section 9.7.2: a time-range inside a prop-filter."""
    phone.store("tasks/t.ics", todo("one", "STATUS:COMPLETED", "COMPLETED:20261124T101500Z"))
    inner = f'<C:prop-filter name="COMPLETED"><C:time-range start="{span}" end="20261124T120000Z"/></C:prop-filter>'
    assert phone.query("tasks/", f'<C:comp-filter name="VTODO">{inner}</C:comp-filter>').names == found


def test_an_event_says_what_may_be_done_with_it(phone):
    """RFC 3744 section 5.4: current-user-privilege-set, also of what a calendar holds."""
    phone.store("events/a.ics", meeting("one"))
    (found,) = phone.ask("events/a.ics", "D:current-user-privilege-set", "D:owner", "D:current-user-principal").found
    inside = {one.tag.rpartition("}")[2] for one in found.props["{DAV:}current-user-privilege-set"].iter()}
    assert {"read", "write-content"} <= inside and not found.missing


def test_who_has_not_signed_in_is_asked_before_anything_is_told(phone, server):
    """RFC 5397, RFC 6764 section 6: current-user-principal needs somebody."""
    phone.auth = None
    for path in ("/", "/dav/", f"/dav/{phone.slug}/", f"/dav/{phone.slug}/events/"):
        answer = phone.request("PROPFIND", path, headers={"Depth": "0"})
        assert answer.status_code == 401 and phone.slug not in answer.text


def test_an_etag_is_strong_and_the_same_wherever_it_is_told(phone):
    """RFC 4791 section 5.3.4: by PUT, GET, HEAD, PROPFIND, query, multiget and sync."""
    etag = phone.store("events/a.ics", meeting("one")).headers["ETag"]
    href = f"/dav/{phone.slug}/events/a.ics"
    multiget = (
        f"<C:calendar-multiget {SPACES}><D:prop><D:getetag/></D:prop><D:href>{href}</D:href></C:calendar-multiget>"
    )
    answers = [
        phone.ask("events/a.ics", "D:getetag"), phone.query("events/", EVENTS), phone.report("events/", multiget),
        phone.changes("events/"),
    ]  # fmt: skip
    assert {one.text("D:getetag") for answer in answers for one in answer.found} == {etag}
    assert phone.get("events/a.ics").headers["ETag"] == phone.head("events/a.ics").headers["ETag"] == etag
    assert etag.startswith('"')


def test_a_series_changed_from_one_turn_on_is_kept_as_sent(phone):
    """RFC 5545 section 3.2.13: RANGE=THISANDFUTURE; the text is the truth, and edits on the web leave it."""
    turn = meeting("one", "20261130T150000", "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Paris:20261130T100000")
    part = turn[turn.index("BEGIN:VEVENT") : turn.index("END:VCALENDAR")]
    text = meeting("one", "20261123T100000", "RRULE:FREQ=WEEKLY;COUNT=4").replace(
        "END:VCALENDAR", f"{part}END:VCALENDAR"
    )
    answer = phone.store("events/a.ics", text)
    assert answer.status_code == 201 and phone.get("events/a.ics").text == text
    row = Event.get(Event.uid == "one")
    assert events.save(row, {"location": "Quai 7"}, phone.me).ics.count("RANGE=THISANDFUTURE") == 1
