"""A Mac: the account, its default alarms, colours and order, calendars of its own, a moved event, a conflict. After the
requests of OS X 10.11 that Apple published with its server, and captures of macOS 10.15 to 14."""

import pytest

from crmlite.models.calendars import Calendar
from crmlite.models.events import Event
from crmlite.rules import events
from tests.calendar.sequences import apple
from tests.calendar.sequences.replay import XML, Client, asked, at, inner, missing, outcomes, there, told

UID = "A211480B-0708-4022-A2BC-90D8B3506DFC"
ICS = {"Content_Type": "text/calendar"}
CAL = 'xmlns:B="urn:ietf:params:xml:ns:caldav"'
ICAL = 'xmlns:D="http://apple.com/ns/ical/"'
ZONE = "&#13;\n".join(
    [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Apple Inc.//macOS 14.5//EN", "CALSCALE:GREGORIAN", "BEGIN:VTIMEZONE",
        "TZID:Europe/Paris", "BEGIN:STANDARD", "DTSTART:19961027T030000", "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
        "TZNAME:CET", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100", "END:STANDARD", "END:VTIMEZONE", "END:VCALENDAR", "",
    ]
)  # fmt: skip


@pytest.fixture
def mac(phone):
    return Client(
        phone, User_Agent="macOS/14.5 (23F79) CalendarAgent/1015.2.1", Accept="*/*", Accept_Language="en-gb",
        Brief="t", Prefer="return=minimal", Content_Type="text/xml",
    )  # fmt: skip


def test_the_account_is_added(mac):
    moved = mac.send("PROPFIND", "/.well-known/caldav", apple.PRINCIPAL_FIRST, 301, Depth="0")
    (root,) = mac.send("PROPFIND", moved.response.headers["Location"], apple.PRINCIPAL_FIRST, Depth="0").found
    (principal,) = mac.send("PROPFIND", told(root, "current-user-principal"), apple.PRINCIPAL, Depth="0").found
    assert there(principal) | missing(principal) == asked(apple.PRINCIPAL)
    assert told(principal, "calendar-home-set") == told(principal, "calendar-user-address-set") == mac.home
    for report in ("principal-search-property-set", "expand-property"):
        assert report in inner(principal, "supported-report-set")
    (place,) = principal.props["{DAV:}principal-collection-set"]
    search = f'{XML}<A:principal-search-property-set xmlns:A="DAV:"/>'
    assert mac.send("REPORT", place.text or "", search, Depth="0").found == []


def test_asking_for_delegates_and_people_is_answered_with_nobody(mac):
    expand = f"""{XML}<A:expand-property xmlns:A="DAV:">
<A:property name="calendar-proxy-read-for" namespace="http://calendarserver.org/ns/">
<A:property name="calendar-user-address-set" namespace="urn:ietf:params:xml:ns:caldav"/>
<A:property name="displayname" namespace="DAV:"/></A:property></A:expand-property>"""
    assert mac.send("REPORT", mac.home, expand, Depth="0").found == []
    search = f"""{XML}<C:calendarserver-principal-search xmlns:C="http://calendarserver.org/ns/" context="attendee">
<C:search-token>bob</C:search-token><A:prop xmlns:A="DAV:"><A:displayname/></A:prop></C:calendarserver-principal-search>"""
    refused = mac.send("REPORT", mac.home, search, 403, Depth="0")
    assert refused.condition == "D:supported-report" and "Bob" not in refused.response.text


def test_default_alarms_are_refused_by_the_home_and_kept_by_a_calendar(mac):
    for name in ("default-alarm-vevent-date", "default-alarm-vevent-datetime"):
        alarm = apple.ALARM_NONE.replace("\r", "&#13;")
        body = apple.patch(f"<B:{name} {CAL}>{alarm}</B:{name}>")
        assert outcomes(mac.send("PROPPATCH", mac.home, body)) == {name: "403"}
        assert outcomes(mac.send("PROPPATCH", "events/", body)) == {name: "200"}
        found = at(mac.send("PROPFIND", mac.home, apple.HOME, Depth="1"), "events")
        assert told(found, name).splitlines() == apple.ALARM_NONE.splitlines()


def test_the_default_calendar_belongs_to_the_inbox_that_is_not_there(mac):
    body = apple.patch(
        f"<B:schedule-default-calendar-URL {CAL}><A:href>{mac.home}events/</A:href></B:schedule-default-calendar-URL>"
    )
    assert outcomes(mac.send("PROPPATCH", mac.home, body)) == {"schedule-default-calendar-URL": "403"}
    mac.send("PROPPATCH", "inbox/", body, 404)


def test_colour_order_zone_and_availability_of_a_calendar(mac):
    orange = f'<D:calendar-color {ICAL} symbolic-color="orange">#FD8208FF</D:calendar-color>'
    for inside, wanted in (
        (orange, {"calendar-color": "200"}),
        (f"<D:calendar-order {ICAL}>7</D:calendar-order>", {"calendar-order": "200"}),
        (f"<B:calendar-timezone {CAL}>{ZONE}</B:calendar-timezone>", {"calendar-timezone": "200"}),
        (f"<B:calendar-description {CAL}>Visits</B:calendar-description>", {"calendar-description": "200"}),
        (
            f"<B:schedule-calendar-transp {CAL}><B:opaque/></B:schedule-calendar-transp>",
            {"schedule-calendar-transp": "200"},
        ),
        (
            f"<B:schedule-calendar-transp {CAL}><B:transparent/></B:schedule-calendar-transp>",
            {"schedule-calendar-transp": "403"},
        ),
    ):
        assert outcomes(mac.send("PROPPATCH", "events/", apple.patch(inside))) == wanted
    found = at(mac.send("PROPFIND", mac.home, apple.HOME, Depth="1"), "events")
    assert told(found, "calendar-color") == "#FD8208FF" and told(found, "calendar-order") == "7"
    assert told(found, "calendar-timezone").splitlines() == ZONE.replace("&#13;", "").splitlines()
    assert told(found, "calendar-description") == "Visits" and inner(found, "schedule-calendar-transp") == {"opaque"}
    row = Calendar.get_by_id(mac.phone.calendar().id)
    assert (row.colour.upper(), row.position, row.description) == ("#FD8208", 7, "Visits")


def test_one_refused_property_leaves_the_others_as_they_were(mac):
    inside = f"<A:displayname>Work</A:displayname><A:getetag>x</A:getetag><D:calendar-order {ICAL}>9</D:calendar-order>"
    wanted = {"displayname": "424", "getetag": "403", "calendar-order": "424"}
    assert outcomes(mac.send("PROPPATCH", "events/", apple.patch(inside))) == wanted
    assert Calendar.get_by_id(mac.phone.calendar().id).name == "Calendar"


def test_a_calendar_is_made_renamed_filled_and_deleted(mac):
    body = f"""{XML}<B:mkcalendar {CAL}><A:set xmlns:A="DAV:"><A:prop><D:calendar-order {ICAL}>5</D:calendar-order>
<B:supported-calendar-component-set><B:comp name="VEVENT"/></B:supported-calendar-component-set>
<D:calendar-color {ICAL} symbolic-color="custom">#44A703FF</D:calendar-color>
<B:calendar-timezone>{ZONE}</B:calendar-timezone><A:displayname>Untitled</A:displayname>
<B:schedule-calendar-transp><B:opaque/></B:schedule-calendar-transp></A:prop></A:set></B:mkcalendar>"""
    path = "5E1A0F0C-2B41-4C9D-8A3E-0F7B6A5C4D3E/"
    mac.send("MKCALENDAR", path, body, 201)
    rename = apple.patch("<A:displayname>Fairs</A:displayname>")
    assert outcomes(mac.send("PROPPATCH", path, rename)) == {"displayname": "200"}
    made = at(mac.send("PROPFIND", mac.home, apple.HOME, Depth="1"), path)
    known = (told(made, "displayname"), told(made, "calendar-color"), told(made, "calendar-order"))
    assert known == ("Fairs", "#44A703FF", "5") and inner(made, "schedule-calendar-transp") == {"opaque"}
    mac.put(f"{path}{UID}.ics", apple.visit(UID, program="macOS 14.5"), If_None_Match="*", **ICS)
    mac.send("DELETE", path, wants=204)
    assert path[:-1] not in mac.send("PROPFIND", mac.home, apple.HOME, Depth="1").names
    mac.send("PROPFIND", path, apple.HOME, 404, Depth="0")


def test_the_calendars_of_the_account_stay(mac):
    for path in ("events/", "tasks/", "contacts/", mac.home):
        mac.send("DELETE", path, wants=403)


LISTED = f'{XML}<A:propfind xmlns:A="DAV:"><A:prop><A:getcontenttype/><A:getetag/></A:prop></A:propfind>'
QUERY = f"""{XML}<B:calendar-query {CAL}><A:prop xmlns:A="DAV:"><A:getetag/><A:getcontenttype/></A:prop><B:filter>
<B:comp-filter name="VCALENDAR"><B:comp-filter name="VEVENT"><B:time-range start="20261122T230000Z" end="20261124T230000Z"/>
</B:comp-filter></B:comp-filter></B:filter></B:calendar-query>"""


def test_first_sync_by_range_and_by_listing(mac):
    etag = mac.put(f"events/{UID}.ics", apple.visit(UID, program="macOS 14.5"), If_None_Match="*", **ICS)
    mac.put("events/later.ics", apple.visit("later", "20270105T100000"), If_None_Match="*", **ICS)
    assert mac.send("REPORT", "events/", QUERY, Depth="1").names == [f"{UID}.ics"]
    listed = mac.send("PROPFIND", "events/", LISTED, Depth="1")
    one = at(listed, f"{UID}.ics")
    assert told(one, "getetag") == etag and told(one, "getcontenttype").startswith("text/calendar")
    assert sorted(listed.names) == sorted(["events", f"{UID}.ics", "later.ics"])
    (text,) = mac.send("REPORT", "events/", apple.multiget(one.href)).found
    assert text.text("C:calendar-data") == apple.visit(UID, program="macOS 14.5")


@pytest.mark.parametrize("how", ["MOVE", "PUT and DELETE"])
def test_an_event_goes_to_another_calendar(mac, how):
    """One row, no second meeting: by MOVE, or by a copy that is put before the old one is deleted."""
    other = f"team-{mac.phone.me.active_team_id}/"
    etag = mac.put(f"events/{UID}.ics", apple.visit(UID), If_None_Match="*", **ICS)
    tokens = [mac.send("REPORT", path, apple.changes("")).token for path in ("events/", other)]
    if how == "MOVE":
        destination = f"{mac.base}{mac.home}{other}{UID}.ics"
        mac.send("MOVE", f"events/{UID}.ics", wants=201, Destination=destination, Overwrite="F", If_Match=etag)
    else:
        mac.put(f"{other}{UID}.ics", apple.visit(UID), If_None_Match="*", **ICS)
        mac.send("DELETE", f"events/{UID}.ics", wants=204, If_Match=etag)
    left, came = (
        mac.send("REPORT", path, apple.changes(token)) for path, token in zip(("events/", other), tokens, strict=True)
    )
    assert (left.gone, came.names) == ([f"{UID}.ics"], [f"{UID}.ics"])
    assert Event.select().where((Event.uid == UID) & Event.deleted_at.is_null()).count() == 1


def test_a_conflict_is_told_by_412_and_settled_with_the_new_tag(mac):
    etag = mac.put(f"events/{UID}.ics", apple.visit(UID), If_None_Match="*", **ICS)
    row = events.save(Event.get(Event.uid == UID), {"description": "Bring the plans"}, mac.phone.me)
    late = apple.visit(UID, "20261123T160000")
    mac.put(f"events/{UID}.ics", late, 412, If_Match=etag, **ICS)
    (ours,) = mac.send("REPORT", "events/", apple.multiget(f"{mac.home}events/{UID}.ics")).found
    mac.put(f"events/{UID}.ics", late, 204, If_Match=f"{etag}, {told(ours, 'getetag')}", **ICS)
    assert Event.get_by_id(row.id).starts_at.hour == 15
