"""An iPhone, from adding the account to a conflict: calendars, reminders and contacts. After captures of iOS 14 to 18
(accountsd sets up, dataaccessd syncs calendars and contacts, remindd the reminders)."""

from datetime import UTC, datetime

import pytest
import requests

from crmlite.models.calendars import Calendar
from crmlite.models.contacts import Contact
from crmlite.models.events import Event
from crmlite.rules import contacts, events
from tests.calendar.sequences import apple
from tests.calendar.sequences.replay import XML, Client, asked, at, inner, missing, outcomes, there, told
from tests.calendar.test_card_writes import APPLE
from tests.make import make_contact

UID = "0C3B2B0E-1C5B-4F0E-9B8A-6E5D4C3B2A10"
ICS = {"Content_Type": "text/calendar"}


@pytest.fixture
def iphone(phone):
    return Client(
        phone, User_Agent="iOS/18.1.1 (22B91) dataaccessd/1.0", Accept="*/*", Accept_Language="fr-FR,fr;q=0.9",
        Brief="t", Prefer="return=minimal", Content_Type="text/xml",
    )  # fmt: skip


@pytest.fixture
def reminders(phone):
    return Client(
        phone, User_Agent="iOS/18.1.1 (22B91) remindd/1.0", Brief="t", Prefer="return=minimal", Content_Type="text/xml"
    )


def test_the_account_is_added_by_the_bare_host_name(iphone):
    iphone_setup = {"User_Agent": "iOS/18.1.1 (22B91) accountsd/1.0", "Depth": "0"}
    moved = iphone.send("PROPFIND", "/.well-known/caldav", apple.PRINCIPAL_FIRST, 301, signed="no", **iphone_setup)
    place = moved.response.headers["Location"]
    stranger = iphone.send("PROPFIND", place, apple.PRINCIPAL_FIRST, 401, signed="no", **iphone_setup)
    assert stranger.response.headers["WWW-Authenticate"].startswith("Basic realm=")
    (root,) = iphone.send("PROPFIND", place, apple.PRINCIPAL_FIRST, **iphone_setup).found
    assert told(root, "current-user-principal") == iphone.home
    options = iphone.send("OPTIONS", iphone.home, wants=200).response.headers
    assert {"1", "calendar-access", "addressbook"} <= set(options["DAV"].split(", "))
    assert {"PROPFIND", "REPORT", "PUT", "DELETE", "PROPPATCH", "MKCALENDAR"} <= set(options["Allow"].split(", "))
    (principal,) = iphone.send("PROPFIND", iphone.home, apple.PRINCIPAL, Depth="0").found
    assert told(principal, "calendar-home-set") == told(principal, "principal-URL") == iphone.home
    assert told(principal, "displayname") == "Alice Arden"
    assert missing(principal) == {
        "dropbox-home-URL", "email-address-set", "notification-URL", "resource-id", "schedule-inbox-URL", "schedule-outbox-URL",
    }  # fmt: skip
    reports = inner(principal, "supported-report-set") - {"supported-report", "report"}
    assert reports == {"expand-property", "principal-property-search", "principal-search-property-set"}


def test_a_phone_that_guesses_finds_the_account_too(iphone):
    """Where the well-known address is out of reach (a port, an old proxy), iOS tries the root and its own guesses."""
    (root,) = iphone.send("PROPFIND", "/", apple.PRINCIPAL_FIRST, Depth="0").found
    assert told(root, "current-user-principal") == iphone.home
    for path in ("/principals/", "/calendar/dav/alice%40example.com/user/"):
        response = requests.request("PROPFIND", iphone.base + path, auth=iphone.auth, timeout=20)
        assert 400 <= response.status_code < 500


def test_the_calendars_are_listed_with_all_that_a_phone_asks(iphone):
    answer = iphone.send("PROPFIND", iphone.home, apple.HOME, Depth="1")
    assert {one.href for one in answer.found} == {
        iphone.home + name for name in ("", "events/", "tasks/", f"team-{iphone.phone.me.active_team_id}/", "contacts/")
    }
    calendar = at(answer, "events")
    assert there(calendar) | missing(calendar) == asked(apple.HOME) and missing(calendar) <= apple.UNKNOWN
    assert told(calendar, "displayname") == "Calendar" and len(told(calendar, "calendar-color")) == 9
    assert told(calendar, "getctag") and told(calendar, "sync-token") and told(calendar, "owner") == iphone.home
    assert {"calendar", "collection"} == inner(calendar, "resourcetype")
    assert {"write-content", "read"} <= inner(calendar, "current-user-privilege-set")
    kinds = {
        name: at(answer, name).props["{urn:ietf:params:xml:ns:caldav}supported-calendar-component-set"]
        for name in ("events", "tasks")
    }
    assert {name: [comp.get("name") for comp in prop] for name, prop in kinds.items()} == {
        "events": ["VEVENT"],
        "tasks": ["VTODO"],
    }


def test_first_sync_an_edit_and_the_next_sync(iphone):
    row = events.save(
        None,
        {"kind": "meeting", "subject": "Planned", "starts_at": datetime(2026, 11, 23, 9, tzinfo=UTC)},
        iphone.phone.me,
    )
    (state,) = iphone.send("PROPFIND", "events/", apple.STATE, Depth="0").found
    first = iphone.send("REPORT", "events/", apple.changes(""))
    (one,) = first.found
    assert there(one) == {"getcontenttype", "getetag"} and told(one, "getetag") == f'"{row.etag}"'
    assert first.token == told(state, "sync-token")
    (text,) = iphone.send("REPORT", "events/", apple.multiget(one.href)).found
    assert told(text, "calendar-data") == row.ics.strip() and missing(text) == {
        "created-by",
        "schedule-tag",
        "updated-by",
    }
    etag = iphone.put(f"events/{UID}.ics", apple.visit(UID), If_None_Match="*", **ICS)
    mine = Event.get(Event.uid == UID)
    assert (mine.subject, mine.location, mine.starts_at.hour) == ("Visit", "Quai 7\n69002 Lyon, France", 9)
    second = iphone.send("REPORT", "events/", apple.changes(first.token))
    assert [(found.href, told(found, "getetag")) for found in second.found] == [
        (f"{iphone.home}events/{UID}.ics", etag)
    ]
    changed = apple.visit(UID, "20261123T140000", *apple.QUARTER)
    newer = iphone.put(f"events/{UID}.ics", changed, 204, If_Match=etag, **ICS)
    assert newer != etag and Event.get(Event.uid == UID).alarm_minutes == 15
    assert iphone.send("GET", f"events/{UID}.ics", wants=200).response.content == changed.encode()
    assert iphone.send("REPORT", "events/", apple.changes(second.token)).names == [f"{UID}.ics"]


def test_an_edit_that_came_late_is_told_and_the_phone_takes_ours(iphone):
    etag = iphone.put(f"events/{UID}.ics", apple.visit(UID), If_None_Match="*", **ICS)
    row = events.save(Event.get(Event.uid == UID), {"location": "Quai 8"}, iphone.phone.me)
    iphone.put(f"events/{UID}.ics", apple.visit(UID, "20261123T150000"), 412, If_Match=etag, **ICS)
    iphone.put(f"events/{UID}.ics", apple.visit(UID), 412, If_None_Match="*", **ICS)
    iphone.send("DELETE", f"events/{UID}.ics", wants=412, If_Match=etag)
    (ours,) = iphone.send("REPORT", "events/", apple.multiget(f"{iphone.home}events/{UID}.ics")).found
    assert told(ours, "getetag") == f'"{row.etag}"' and "LOCATION:Quai 8" in told(ours, "calendar-data")
    assert "X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC" in told(ours, "calendar-data")
    iphone.send("DELETE", f"events/{UID}.ics", wants=204, If_Match=told(ours, "getetag"))
    assert Event.get_by_id(row.id).deleted_at


def test_what_was_deleted_elsewhere_leaves_the_phone(iphone):
    iphone.put(f"events/{UID}.ics", apple.visit(UID), If_None_Match="*", **ICS)
    token = iphone.send("REPORT", "events/", apple.changes("")).token
    events.delete(Event.get(Event.uid == UID), iphone.phone.me)
    later = iphone.send("REPORT", "events/", apple.changes(token))
    assert (later.gone, later.names) == ([f"{UID}.ics"], [])
    (gone,) = iphone.send("REPORT", "events/", apple.multiget(f"{iphone.home}events/{UID}.ics")).found
    assert "404" in gone.status
    iphone.send("DELETE", f"events/{UID}.ics", wants=404)


def test_a_turn_is_moved_on_the_phone(iphone):
    """iOS sends the series with the exception beside it."""
    series = apple.visit(UID).replace("SEQUENCE:0", "RRULE:FREQ=WEEKLY;COUNT=3\r\nSEQUENCE:0")
    etag = iphone.put(f"events/{UID}.ics", series, If_None_Match="*", **ICS)
    turn = apple.visit(UID, "20261201T160000").split("END:VTIMEZONE\r\n")[1].removesuffix("END:VCALENDAR\r\n")
    turn = turn.replace("SEQUENCE:0", "RECURRENCE-ID;TZID=Europe/Paris:20261130T100000\r\nSEQUENCE:1")
    iphone.put(f"events/{UID}.ics", series.replace("END:VCALENDAR", f"{turn}END:VCALENDAR"), 204, If_Match=etag, **ICS)
    starts = [turn.starts_at for turn in Event.get(Event.uid == UID).occurrences.order_by("starts_at")]
    assert [(start.day, start.hour) for start in starts] == [(23, 9), (1, 15), (7, 9)]


def test_colour_order_and_name_are_changed_on_the_phone(iphone):
    color = '<H:calendar-color xmlns:H="http://apple.com/ns/ical/" symbolic-color="custom">#711A76</H:calendar-color>'
    order = '<H:calendar-order xmlns:H="http://apple.com/ns/ical/">3</H:calendar-order>'
    answer = iphone.send("PROPPATCH", "events/", apple.patch(f"{color}{order}<A:displayname>Work</A:displayname>"))
    assert outcomes(answer) == {"calendar-color": "200", "calendar-order": "200", "displayname": "200"}
    row = Calendar.get_by_id(iphone.phone.calendar().id)
    assert (row.colour.upper(), row.position, row.name) == ("#711A76", 3, "Work")
    again = at(iphone.send("PROPFIND", iphone.home, apple.HOME, Depth="1"), "events")
    assert (told(again, "calendar-color"), told(again, "calendar-order"), told(again, "displayname")) == (
        "#711A76FF",
        "3",
        "Work",
    )


def test_a_calendar_and_a_list_of_reminders_are_made_on_the_phone(iphone, reminders):
    for client, name, kind in ((iphone, "Trips", "VEVENT"), (reminders, "Errands", "VTODO")):
        body = f"""{XML}<B:mkcalendar xmlns:B="urn:ietf:params:xml:ns:caldav"><A:set xmlns:A="DAV:"><A:prop>
<D:calendar-color xmlns:D="http://apple.com/ns/ical/" symbolic-color="red">#FF2968</D:calendar-color>
<D:calendar-order xmlns:D="http://apple.com/ns/ical/">4</D:calendar-order><A:displayname>{name}</A:displayname>
<B:supported-calendar-component-set><B:comp name="{kind}"/></B:supported-calendar-component-set>
</A:prop></A:set></B:mkcalendar>"""
        path = f"7E9B0C3A-{kind}/"
        client.send("MKCALENDAR", path, body, 201)
        made = at(client.send("PROPFIND", client.home, apple.HOME, Depth="1"), path)
        assert (told(made, "displayname"), told(made, "calendar-color"), told(made, "calendar-order")) == (
            name,
            "#FF2968FF",
            "4",
        )
        (comp,) = made.props["{urn:ietf:params:xml:ns:caldav}supported-calendar-component-set"]
        assert comp.get("name") == kind
        client.send("DELETE", path, wants=204)


def task(uid: str, *lines: str) -> str:
    head = [
        "BEGIN:VCALENDAR",
        "CALSCALE:GREGORIAN",
        "PRODID:-//Apple Inc.//iOS 18.1.1//EN",
        "VERSION:2.0",
        "BEGIN:VTODO",
    ]
    known = [
        "CREATED:20261120T081500Z",
        "DTSTAMP:20261120T081501Z",
        "SUMMARY:Call back",
        f"UID:{uid}",
        "X-APPLE-SORT-ORDER:754000000",
    ]
    return "\r\n".join([*head, *known, *lines, "END:VTODO", "END:VCALENDAR", ""])


OPEN_TASKS = f"""{XML}<B:calendar-query xmlns:B="urn:ietf:params:xml:ns:caldav"><A:prop xmlns:A="DAV:"><A:getetag/>
<A:getcontenttype/></A:prop><B:filter><B:comp-filter name="VCALENDAR"><B:comp-filter name="VTODO">
<B:prop-filter name="COMPLETED"><B:is-not-defined/></B:prop-filter></B:comp-filter></B:comp-filter></B:filter>
</B:calendar-query>"""


def test_a_reminder_is_made_ticked_off_and_deleted(reminders):
    etag = reminders.put(
        f"tasks/{UID}.ics", task(UID, "DUE;VALUE=DATE:20261125", "PRIORITY:1"), If_None_Match="*", **ICS
    )
    row = Event.get(Event.uid == UID)
    assert (row.kind, row.status, row.subject, row.ics) == (
        "task",
        "not_started",
        "Call back",
        task(UID, "DUE;VALUE=DATE:20261125", "PRIORITY:1"),
    )
    assert reminders.send("REPORT", "tasks/", OPEN_TASKS, Depth="1").names == [f"{UID}.ics"]
    done = task(
        UID, "DUE;VALUE=DATE:20261125", "STATUS:COMPLETED", "COMPLETED:20261124T101500Z", "PERCENT-COMPLETE:100"
    )
    etag = reminders.put(f"tasks/{UID}.ics", done, 204, If_Match=etag, **ICS)
    assert Event.get_by_id(row.id).status == "finished"
    assert reminders.send("REPORT", "tasks/", OPEN_TASKS, Depth="1").names == []
    reminders.send("DELETE", f"tasks/{UID}.ics", wants=204, If_Match=etag)
    assert Event.get_by_id(row.id).deleted_at


def test_a_reminder_without_a_date_is_found_by_every_range(reminders):
    reminders.put(f"tasks/{UID}.ics", task(UID).replace("CREATED:20261120T081500Z\r\n", ""), If_None_Match="*", **ICS)
    ranged = OPEN_TASKS.replace(
        '<B:prop-filter name="COMPLETED"><B:is-not-defined/></B:prop-filter>',
        '<B:time-range start="20200101T000000Z" end="20200102T000000Z"/>',
    )
    assert reminders.send("REPORT", "tasks/", ranged, Depth="1").names == [f"{UID}.ics"]


def test_events_and_reminders_do_not_mix(iphone, reminders):
    for client, path, text in ((iphone, "tasks/", apple.visit(UID)), (reminders, "events/", task(UID))):
        refused = client.send("PUT", f"{path}{UID}.ics", text, 403, **ICS)
        assert refused.condition == "C:supported-calendar-component"


CARD_PRINCIPAL = f"""{XML}<A:propfind xmlns:A="DAV:"><A:prop>
<B:addressbook-home-set xmlns:B="urn:ietf:params:xml:ns:carddav"/><B:directory-gateway xmlns:B="urn:ietf:params:xml:ns:carddav"/>
<A:displayname/><C:email-address-set xmlns:C="http://calendarserver.org/ns/"/><A:principal-collection-set/>
<A:principal-URL/><A:resource-id/><A:supported-report-set/></A:prop></A:propfind>"""
BOOKS = f"""{XML}<A:propfind xmlns:A="DAV:"><A:prop><A:add-member/><C:bulk-requests xmlns:C="http://me.com/_namespace/"/>
<A:current-user-privilege-set/><A:displayname/><B:max-image-size xmlns:B="urn:ietf:params:xml:ns:carddav"/>
<B:max-resource-size xmlns:B="urn:ietf:params:xml:ns:carddav"/><C:me-card xmlns:C="http://calendarserver.org/ns/"/>
<A:owner/><C:push-transports xmlns:C="http://calendarserver.org/ns/"/><A:quota-available-bytes/><A:quota-used-bytes/>
<A:resource-id/><A:resourcetype/><A:supported-report-set/><A:sync-token/></A:prop></A:propfind>"""
CARDS = """<B:addressbook-multiget xmlns:B="urn:ietf:params:xml:ns:carddav"><A:prop xmlns:A="DAV:"><A:getetag/><B:address-data/>
</A:prop><A:href xmlns:A="DAV:">{}</A:href></B:addressbook-multiget>"""


def test_contacts_are_set_up_synced_edited_and_in_conflict(iphone, alice):
    one = make_contact(alice, "Moreau", phone="+33 4 72 10 48 81")
    place = iphone.send("PROPFIND", "/.well-known/carddav", apple.PRINCIPAL_FIRST, 301, Depth="0").response.headers[
        "Location"
    ]
    (root,) = iphone.send("PROPFIND", place, apple.PRINCIPAL_FIRST, Depth="0").found
    (principal,) = iphone.send("PROPFIND", told(root, "current-user-principal"), CARD_PRINCIPAL, Depth="0").found
    assert missing(principal) == {"directory-gateway", "email-address-set", "resource-id"}
    answer = iphone.send("PROPFIND", told(principal, "addressbook-home-set"), BOOKS, Depth="1")
    book = at(answer, "contacts")
    assert inner(book, "resourcetype") == {"collection", "addressbook"} and there(book) | missing(book) == asked(BOOKS)
    first = iphone.send("REPORT", book.href, apple.changes("", "<A:getetag/>"))
    assert told(book, "sync-token") == first.token
    (card,) = iphone.send("REPORT", book.href, XML + CARDS.format(first.found[0].href)).found
    etag, text = told(card, "getetag"), card.text("CR:address-data")
    name, vcf = card.href.removeprefix(iphone.home), {"Content_Type": "text/vcard"}
    contacts.edit(Contact.get_by_id(one.id), {"city": "Lyon"}, alice)
    iphone.put(name, text.replace("48 81", "48 82"), 412, If_Match=etag, **vcf)
    second = iphone.send("REPORT", book.href, apple.changes(first.token, "<A:getetag/>"))
    etag = told(second.found[0], "getetag")
    (card,) = iphone.send("REPORT", book.href, XML + CARDS.format(card.href)).found
    iphone.put(name, card.text("CR:address-data").replace("48 81", "48 82"), 204, If_Match=etag, **vcf)
    kept = Contact.get_by_id(one.id)
    assert (kept.phone, kept.city) == ("+33 4 72 10 48 82", "Lyon")
    iphone.put(f"contacts/{UID}.vcf", APPLE, If_None_Match="*", **vcf)
    assert f"{UID}.vcf" in iphone.send("REPORT", book.href, apple.changes(second.token, "<A:getetag/>")).names
