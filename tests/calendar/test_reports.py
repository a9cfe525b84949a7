"""Queries, multigets and syncs."""

import pytest

from crmlite.models.calendars import Calendar
from crmlite.models.events import Event
from crmlite.rules import events
from tests.calendar.conftest import SPACES, meeting, todo


def within(start: str, end: str = "", component: str = "VEVENT") -> str:
    ends = f' end="{end}"' if end else ""
    return f'<C:comp-filter name="{component}"><C:time-range start="{start}"{ends}/></C:comp-filter>'


def prop(name: str, inside: str, component: str = "VEVENT") -> str:
    return f'<C:comp-filter name="{component}"><C:prop-filter name="{name}">{inside}</C:prop-filter></C:comp-filter>'


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        ("20261123T090000Z", "20261123T100000Z", True),
        ("20261123T095959Z", "20261123T110000Z", True),
        ("20261123T100000Z", "20261123T110000Z", False),
        ("20261123T080000Z", "20261123T090000Z", False),
        ("20261101T000000Z", "20261201T000000Z", True),
        ("20261123T093000Z", "", True),
        ("20261124T000000Z", "", False),
    ],
)
def test_a_query_finds_what_stands_in_its_time(phone, start, end, found):
    phone.store("events/a.ics", meeting())
    assert phone.query("events/", within(start, end)).names == (["a.ics"] if found else [])


def test_a_query_finds_turns_and_heeds_exceptions(phone):
    lines = ["RRULE:FREQ=WEEKLY;COUNT=4", "EXDATE;TZID=Europe/Paris:20261130T100000"]
    moved = "\r\n".join(["BEGIN:VEVENT", "UID:m-1", "DTSTAMP:20261101T080000Z", "RECURRENCE-ID;TZID=Europe/Paris:20261207T100000",
                         "DTSTART;TZID=Europe/Paris:20261209T100000", "DURATION:PT1H", "END:VEVENT"])  # fmt: skip
    text = meeting("m-1", "20261123T100000", *lines).replace("END:VCALENDAR", f"{moved}\r\nEND:VCALENDAR")
    assert phone.store("events/a.ics", text).status_code == 201
    days = {
        day: phone.query("events/", within(f"202612{day}T000000Z", f"202612{day}T230000Z")).names
        for day in ("07", "09", "14")
    }
    assert days == {"07": [], "09": ["a.ics"], "14": ["a.ics"]}
    assert phone.query("events/", within("20261130T000000Z", "20261130T230000Z")).names == []


def test_whole_days_follow_the_clock_of_their_owner(phone):
    text = (
        meeting()
        .replace("DTSTART;TZID=Europe/Paris:20261123T100000", "DTSTART;VALUE=DATE:20261123")
        .replace("DURATION:PT1H", "DURATION:P1D")
    )
    phone.store("events/a.ics", text)
    assert phone.query("events/", within("20261122T230000Z", "20261122T233000Z")).names == ["a.ics"]
    assert phone.query("events/", within("20261123T230000Z", "20261123T233000Z")).names == []


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ((), True),
        (("DUE:20261110T100000Z",), True),
        (("DUE:20261101T000000Z",), False),
        (("DTSTART:20261110T100000Z",), True),
        (("DTSTART:20261010T100000Z", "DUE:20261210T100000Z"), True),
        (("DTSTART:20261210T100000Z", "DUE:20261220T100000Z"), False),
        (("COMPLETED:20261105T100000Z",), True),
        (("COMPLETED:20261005T100000Z",), False),
        (("CREATED:20261005T100000Z",), True),
        (("CREATED:20261205T100000Z",), False),
        (("DUE:20261001T100000Z", "RRULE:FREQ=MONTHLY;COUNT=3"), True),
    ],
)
def test_tasks_in_a_time(phone, lines, found):
    assert phone.store("tasks/t.ics", todo("t-1", *lines)).status_code == 201
    answer = phone.query("tasks/", within("20261101T000000Z", "20261201T000000Z", "VTODO"))
    assert answer.names == (["t.ics"] if found else [])


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        ('<C:comp-filter name="VEVENT"/>', ["a.ics", "b.ics"]),
        ('<C:comp-filter name="VTODO"/>', []),
        ('<C:comp-filter name="VTODO"><C:is-not-defined/></C:comp-filter>', ["a.ics", "b.ics"]),
        ("", ["a.ics", "b.ics"]),
        (prop("SUMMARY", "<C:text-match>vISIT</C:text-match>"), ["a.ics"]),
        (prop("SUMMARY", '<C:text-match collation="i;octet">vISIT</C:text-match>'), []),
        (prop("SUMMARY", '<C:text-match negate-condition="yes">visit</C:text-match>'), ["b.ics"]),
        (prop("LOCATION", "<C:is-not-defined/>"), ["b.ics"]),
        (prop("LOCATION", ""), ["a.ics"]),
        (prop("UID", '<C:text-match collation="i;octet">m-2</C:text-match>'), ["b.ics"]),
        (
            prop("DTSTART", '<C:param-filter name="TZID"><C:text-match>Rome</C:text-match></C:param-filter>'),
            [],
        ),
        (
            prop("DTSTART", '<C:param-filter name="VALUE"><C:is-not-defined/></C:param-filter>'),
            ["a.ics", "b.ics"],
        ),
        ('<C:comp-filter name="VEVENT"><C:comp-filter name="VALARM"/></C:comp-filter>', ["a.ics"]),
        (
            '<C:comp-filter name="VEVENT"><C:comp-filter name="VALARM">'
            '<C:time-range start="20261123T084500Z" end="20261123T085500Z"/></C:comp-filter></C:comp-filter>',
            ["a.ics"],
        ),
        (
            '<C:comp-filter name="VEVENT"><C:comp-filter name="VALARM">'
            '<C:time-range start="20261123T090000Z" end="20261123T095500Z"/></C:comp-filter></C:comp-filter>',
            [],
        ),
        (
            '<C:comp-filter name="VEVENT"><C:time-range start="20261123T000000Z" end="20261124T000000Z"/>'
            '<C:prop-filter name="SUMMARY"><C:text-match>Lunch</C:text-match></C:prop-filter></C:comp-filter>',
            ["b.ics"],
        ),
    ],
)
def test_filters_of_a_query(phone, inside, found):
    alarm = ("LOCATION:Quai 7", "BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT10M", "END:VALARM")
    phone.store("events/a.ics", meeting("m-1", "20261123T100000", *alarm))
    phone.store("events/b.ics", meeting("m-2", "20261123T120000", summary="Lunch"))
    assert phone.query("events/", inside).names == found


def test_an_alarm_is_found_by_each_time_it_goes_off(phone):
    """RFC 4791 section 9.9: one trigger within the range is enough."""
    alarm = ("BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT10M", "REPEAT:2", "DURATION:PT20M", "END:VALARM")
    phone.store("events/a.ics", meeting("m-1", "20261123T100000", *alarm))

    def found(start: str, end: str) -> list[str]:
        span = f'<C:time-range start="20261123T{start}Z" end="20261123T{end}Z"/>'
        inner = f'<C:comp-filter name="VALARM">{span}</C:comp-filter>'
        return phone.query("events/", f'<C:comp-filter name="VEVENT">{inner}</C:comp-filter>').names

    assert found("084500", "085500") == found("090500", "091500") == found("092500", "093500") == ["a.ics"]
    assert found("085500", "090500") == found("093500", "101500") == []


@pytest.mark.parametrize(
    ("inside", "condition"),
    [
        (within("20261124T000000Z", "20261123T000000Z"), "C:valid-filter"),
        (within("yesterday", "20261123T000000Z"), "C:valid-filter"),
        ('<C:comp-filter name="VEVENT"><C:time-range/></C:comp-filter>', "C:valid-filter"),
        ("<C:comp-filter/>", "C:valid-filter"),
        (prop("SUMMARY", '<C:text-match collation="i;klingon">x</C:text-match>'), "C:supported-collation"),
    ],
)
def test_bad_filters_are_refused(phone, inside, condition):
    answer = phone.query("events/", inside)
    assert (answer.status, answer.condition) == (403, condition)


def test_expanded_turns_stand_in_utc_without_rule(phone):
    lines = ("RRULE:FREQ=WEEKLY;COUNT=4", "BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT10M", "END:VALARM")
    phone.store("events/a.ics", meeting("m-1", "20261123T100000", *lines))
    data = '<C:calendar-data><C:expand start="20261129T000000Z" end="20261208T000000Z"/></C:calendar-data>'
    (found,) = phone.query("events/", within("20261129T000000Z", "20261208T000000Z"), f"<D:getetag/>{data}").found
    text = found.text("C:calendar-data")
    assert text.count("BEGIN:VEVENT") == 2 and "RRULE" not in text and "VTIMEZONE" not in text
    assert "RECURRENCE-ID:20261130T090000Z" in text and "DTSTART:20261207T090000Z" in text


def test_texts_survive_the_xml_byte_for_byte(phone):
    text = meeting("m-1", "20261123T100000", "DESCRIPTION:<&>\\n]]>", "X-TAB:a\tb")
    phone.store("events/a.ics", text)
    (found,) = phone.query("events/", '<C:comp-filter name="VEVENT"/>').found
    assert found.text("C:calendar-data") == text


def test_a_multiget_names_what_is_there_and_what_is_not(phone):
    for name in ("a b.ics", "ü.ics"):
        phone.store(f"events/{name}", meeting(name))
    base = f"/dav/{phone.slug}/events/"
    hrefs = [
        f"{base}a%20b.ics",
        f"{phone.server.url}{base}%C3%BC.ics",
        f"{base}gone.ics",
        "/elsewhere/x.ics",
        f"{base}a%20b.ics",
    ]
    inside = "".join(f"<D:href>{href}</D:href>" for href in hrefs)
    answer = phone.report(
        "events/",
        f"<C:calendar-multiget {SPACES}><D:prop><C:calendar-data/></D:prop>{inside}</C:calendar-multiget>",
    )
    assert answer.names == ["a%20b.ics", "%C3%BC.ics"] and answer.gone == ["gone.ics", "x.ics"]
    assert "UID:ü.ics" in answer.found[1].text("C:calendar-data")


def test_a_large_multiget_is_answered_whole(phone):
    for number in range(3):
        phone.store(f"events/{number}.ics", meeting(f"u-{number}"))
    base = f"/dav/{phone.slug}/events/"
    inside = "".join(f"<D:href>{base}{number}.ics</D:href>" for number in range(2_000))
    answer = phone.report(
        "events/",
        f"<C:calendar-multiget {SPACES}><D:prop><D:getetag/></D:prop>{inside}</C:calendar-multiget>",
    )
    assert len(answer.names) == 3 and len(answer.gone) == 1_997


def test_known_properties_of_an_event_are_never_missing(phone):
    phone.store("events/a.ics", meeting())
    props = "<D:getetag/><D:resourcetype/><D:getcontenttype/><D:getlastmodified/><D:getcontentlength/><D:owner/><X:unknown/>"
    (found,) = phone.changes("events/", props=props).found
    assert found.missing == {"{urn:example:x}unknown"} and found.text("D:resourcetype") == ""
    assert found.text("D:getcontentlength") == str(len(meeting()))


def test_a_sync_tells_each_change_once(phone):
    phone.store("events/a.ics", meeting("one"))
    first = phone.changes("events/")
    assert first.names == ["a.ics"]
    phone.store("events/b.ics", meeting("two"))
    phone.store("events/c.ics", meeting("three"))
    phone.delete("events/a.ics")
    phone.delete("events/c.ics")
    second = phone.changes("events/", first.token)
    assert (second.names, sorted(second.gone)) == (["b.ics"], ["a.ics", "c.ics"])
    third = phone.changes("events/", second.token)
    assert third.found == [] and third.token == second.token
    assert phone.changes("events/", first.token).names == ["b.ics"]


def test_a_web_edit_is_in_the_next_sync_and_keeps_the_alarm(phone):
    alarm = ("BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT10M", "END:VALARM")
    phone.store("events/a.ics", meeting("m-1", "20261123T100000", *alarm))
    token = phone.changes("events/").token
    event = Event.get(Event.uid == "m-1")
    events.save(event, {"subject": "Big visit"}, phone.me, seen=event.version)
    answer = phone.changes("events/", token, "<D:getetag/><C:calendar-data/>")
    assert "SUMMARY:Big visit" in answer.found[0].text("C:calendar-data")
    assert "TRIGGER:-PT10M" in answer.found[0].text("C:calendar-data")
    assert phone.get("events/a.ics").headers["ETag"] == answer.found[0].text("D:getetag")


@pytest.mark.parametrize("token", ["nonsense", "urn:crmlite:sync:x:1", "urn:crmlite:sync:{epoch}:999999", "urn:crmlite:sync:{epoch}:-1",
                                   "urn:crmlite:sync:{epoch}:", "urn:crmlite:sync:{epoch}:٣"])  # fmt: skip
def test_a_strange_token_starts_anew(phone, token):
    epoch = phone.calendar().epoch
    answer = phone.changes("events/", token.format(epoch=epoch))
    assert (answer.status, answer.condition) == (403, "D:valid-sync-token")


def test_a_token_below_the_floor_starts_anew(phone):
    token = phone.changes("events/").token
    phone.store("events/a.ics", meeting())
    Calendar.update(floor_seq=Calendar.seq).where(Calendar.id == phone.calendar().id).execute()
    assert phone.changes("events/", token).status == 403


def test_the_ctag_moves_with_every_change_and_only_then(phone):
    def ctag() -> str:
        return phone.ask("events/", "CS:getctag").found[0].text("CS:getctag")

    first = ctag()
    phone.store("events/a.ics", meeting())
    second = ctag()
    phone.store("events/a.ics", meeting())
    assert first != second == ctag()


def test_taken_times_without_what_takes_them(phone):
    phone.store("events/a.ics", meeting("one", "20261123T100000", "RRULE:FREQ=DAILY;COUNT=2"))
    phone.store("events/b.ics", meeting("two", "20261123T103000", summary="Secret"))
    phone.store("events/c.ics", meeting("three", "20261123T150000", "TRANSP:TRANSPARENT"))
    phone.store("events/d.ics", meeting("four", "20261123T170000", "STATUS:CANCELLED"))
    span = '<C:time-range start="20261123T093000Z" end="20261125T000000Z"/>'
    answer = phone.report("events/", f"<C:free-busy-query {SPACES}>{span}</C:free-busy-query>")
    lines = [line for line in answer.response.text.splitlines() if line.startswith("FREEBUSY")]
    assert lines == [
        "FREEBUSY;FBTYPE=BUSY:20261123T093000Z/20261123T103000Z",
        "FREEBUSY;FBTYPE=BUSY:20261124T090000Z/20261124T100000Z",
    ]
    assert "Secret" not in answer.response.text
    assert phone.report("events/", f"<C:free-busy-query {SPACES}/>").status == 403
