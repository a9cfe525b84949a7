"""DAVx5 on Android: finding everything, the first sync and the next, with and without tokens, calendars, tasks and
contacts, and its conflicts. After its sources (4.4 and 4.5) and logs in its issues."""

from datetime import UTC, datetime

import pytest

from crmlite.models.contacts import Contact
from crmlite.models.events import Event
from crmlite.rules import contacts, events, shares
from tests.calendar.conftest import meeting, todo
from tests.calendar.sequences.replay import Client, asked, at, inner, missing, there, told
from tests.calendar.test_card_writes import APPLE
from tests.make import make_contact

HEAD = "<?xml version='1.0' encoding='UTF-8' ?>"
CAL, CARD = 'xmlns:CAL="urn:ietf:params:xml:ns:caldav"', 'xmlns:CARD="urn:ietf:params:xml:ns:carddav"'
PUSH = 'xmlns:n0="https://bitfire.at/webdav-push"'
UID = "b3b46ac2-fc9b-4d82-b9b5-b281fa6ff479"
ICS, VCF = {"Content_Type": "text/calendar; charset=utf-8"}, {"Content_Type": "text/vcard; charset=utf-8"}


@pytest.fixture
def android(phone):
    return Client(
        phone, User_Agent="DAVx5/4.5.1-ose (dav4jvm; okhttp/5.1.0) Android/15", Accept_Language="fr-FR, fr;q=0.7, *;q=0.5",
        Accept_Encoding="gzip", Content_Type="application/xml; charset=utf-8",
    )  # fmt: skip


def propfind(inside: str) -> str:
    return f'{HEAD}<propfind xmlns="DAV:" {CAL} {CARD}><prop>{inside}</prop></propfind>'


COLLECTIONS = propfind(
    "<current-user-privilege-set /><displayname /><owner /><resourcetype />"
    f"<n0:transports {PUSH} /><n0:topic {PUSH} />"
    '<n1:calendar-color xmlns:n1="http://apple.com/ns/ical/" /><CAL:calendar-description /><CAL:calendar-timezone />'
    '<CAL:calendar-timezone-id /><CAL:supported-calendar-component-set /><n2:source xmlns:n2="http://calendarserver.org/ns/" />'
)
STATE = propfind(
    "<CAL:max-resource-size /><supported-report-set />"
    '<n0:getctag xmlns:n0="http://calendarserver.org/ns/" /><sync-token />'
)


def changes(token: str = "") -> str:
    said = f"<sync-token>{token}</sync-token>" if token else "<sync-token />"
    return f'{HEAD}<sync-collection xmlns="DAV:">{said}<sync-level>1</sync-level><prop><getetag /></prop></sync-collection>'


def query(component: str, span: str = "") -> str:
    return (
        f'{HEAD}<CAL:calendar-query xmlns="DAV:" {CAL}><prop><getetag /></prop><CAL:filter><CAL:comp-filter name="VCALENDAR">'
        f'<CAL:comp-filter name="{component}">{span}</CAL:comp-filter></CAL:comp-filter></CAL:filter></CAL:calendar-query>'
    )


def multiget(*hrefs: str) -> str:
    inside = "".join(f"<href>{href}</href>" for href in hrefs)
    props = '<getcontenttype /><getetag /><CAL:schedule-tag /><CAL:calendar-data content-type="text/calendar" version="2.0" />'
    return f'{HEAD}<CAL:calendar-multiget xmlns="DAV:" {CAL}><prop>{props}</prop>{inside}</CAL:calendar-multiget>'


def cards(*hrefs: str) -> str:
    inside = "".join(f"<href>{href}</href>" for href in hrefs)
    props = '<getcontenttype /><getetag /><CARD:address-data content-type="text/vcard" version="3.0" />'
    return (
        f'{HEAD}<CARD:addressbook-multiget xmlns="DAV:" {CARD}><prop>{props}</prop>{inside}</CARD:addressbook-multiget>'
    )


@pytest.mark.parametrize("typed", ["/", "/dav/", "/dav/{slug}/"])
def test_both_services_are_found_from_what_was_typed(android, typed):
    base = typed.format(slug=android.phone.slug)
    first = propfind(
        "<resourcetype /><displayname /><CARD:addressbook-description /><CARD:addressbook-home-set /><current-user-principal />"
    )
    second = propfind(
        '<resourcetype /><displayname /><n1:calendar-color xmlns:n1="http://apple.com/ns/ical/" /><CAL:calendar-description />'
        "<CAL:calendar-timezone /><current-user-privilege-set /><CAL:supported-calendar-component-set />"
        "<CAL:calendar-home-set /><current-user-principal />"
    )
    for body, capability in ((first, "addressbook"), (second, "calendar-access")):
        (found,) = android.send("PROPFIND", base, body, Depth="0").found
        assert there(found) | missing(found) == asked(body) and told(found, "current-user-principal") == android.home
        options = android.send("OPTIONS", told(found, "current-user-principal"), wants=200)
        assert capability in options.response.headers["DAV"].split(", ")
    principal = propfind(
        '<displayname /><CAL:calendar-home-set /><n0:calendar-proxy-read-for xmlns:n0="http://calendarserver.org/ns/" />'
        '<n0:calendar-proxy-write-for xmlns:n0="http://calendarserver.org/ns/" /><group-membership /><resourcetype />'
    )
    (found,) = android.send("PROPFIND", android.home, principal, Depth="0").found
    assert told(found, "calendar-home-set") == android.home and "principal" in inner(found, "resourcetype")
    assert missing(found) == {"calendar-proxy-read-for", "calendar-proxy-write-for", "group-membership"}
    assert (
        android.send("PROPFIND", "/.well-known/caldav", second, 301, Depth="0").response.headers["Location"] == "/dav/"
    )


def test_collections_say_what_they_hold_and_what_may_be_done(android, dav_of):
    bob = dav_of("bob")
    shares.share(bob.calendar(), android.phone.me.id, "read", bob.me)
    answer = android.send("PROPFIND", android.home, COLLECTIONS, Depth="1")
    calendar = at(answer, "events")
    assert there(calendar) | missing(calendar) == asked(COLLECTIONS)
    assert missing(calendar) == {
        "transports",
        "topic",
        "calendar-description",
        "calendar-timezone",
        "calendar-timezone-id",
        "source",
    }
    assert told(calendar, "owner") == android.home and {"write", "read"} <= inner(
        calendar, "current-user-privilege-set"
    )
    (theirs,) = [
        one
        for one in answer.found
        if one.props.keys() and "owner" in there(one) and told(one, "owner") == f"/dav/{bob.slug}/"
    ]
    assert inner(theirs, "current-user-privilege-set") - {"privilege"} == {"read", "read-free-busy"}
    refused = android.send("PUT", f"{theirs.href}{UID}.ics", meeting(UID), 403, If_None_Match="*", **ICS)
    assert refused.status == 403


def test_first_sync_fetches_by_ten_and_the_next_only_what_changed(android):
    """Events are listed by a token, then fetched ten at a time."""
    for number in range(12):
        android.put(f"events/{number}.ics", meeting(f"u-{number}"), If_None_Match="*", **ICS)
    (state,) = android.send("PROPFIND", "events/", STATE, Depth="0").found
    assert not missing(state) and "sync-collection" in inner(state, "supported-report-set")
    assert told(state, "max-resource-size") == "1048576"
    first = android.send("REPORT", "events/", changes(), Depth="0")
    hrefs = [one.href for one in first.found]
    assert len(hrefs) == 12 and first.token == told(state, "sync-token")
    texts = [
        one
        for start in (0, 10)
        for one in android.send("REPORT", "events/", multiget(*hrefs[start : start + 10])).found
    ]
    assert sorted(one.text("C:calendar-data") for one in texts) == sorted(
        meeting(f"u-{number}") for number in range(12)
    )
    assert all(
        missing(one) == {"schedule-tag"} and told(one, "getcontenttype").startswith("text/calendar") for one in texts
    )
    assert android.send("REPORT", "events/", changes(first.token), Depth="0").found == []
    events.save(Event.get(Event.uid == "u-3"), {"location": "Quai 7"}, android.phone.me)
    events.delete(Event.get(Event.uid == "u-4"), android.phone.me)
    second = android.send("REPORT", "events/", changes(first.token), Depth="0")
    assert (second.names, second.gone) == (["3.ics"], ["4.ics"])
    refused = android.send("REPORT", "events/", changes("http://elsewhere/1"), 403, Depth="0")
    assert refused.condition == "D:valid-sync-token"


def test_with_a_limit_of_days_it_lists_by_query(android):
    """“Sync events of the last 90 days”: no token, a range that is open at its end, and getctag to know of changes."""
    android.put("events/a.ics", meeting("a", "20200601T100000"), If_None_Match="*", **ICS)
    android.put("events/b.ics", meeting("b"), If_None_Match="*", **ICS)
    span = '<CAL:time-range start="20260825T153046Z" />'
    assert android.send("REPORT", "events/", query("VEVENT", span), Depth="1").names == ["b.ics"]
    assert sorted(android.send("REPORT", "events/", query("VEVENT"), Depth="1").names) == ["a.ics", "b.ics"]
    (before,) = android.send("PROPFIND", "events/", STATE, Depth="0").found
    events.save(Event.get(Event.uid == "b"), {"location": "Quai 7"}, android.phone.me)
    (after,) = android.send("PROPFIND", "events/", STATE, Depth="0").found
    assert told(before, "getctag") != told(after, "getctag")


def test_what_was_changed_on_both_sides_is_fetched_anew(android):
    etag = android.put(f"events/{UID}.ics", meeting(UID), If_None_Match="*", **ICS)
    row = events.save(Event.get(Event.uid == UID), {"location": "Quai 7"}, android.phone.me)
    android.put(f"events/{UID}.ics", meeting(UID, "20261123T150000"), 412, If_Match=etag, **ICS)
    android.send("DELETE", f"events/{UID}.ics", wants=412, If_Match=etag)
    (ours,) = android.send("REPORT", "events/", multiget(f"{android.home}events/{UID}.ics")).found
    etag = android.put(
        f"events/{UID}.ics",
        ours.text("C:calendar-data").replace("T100000", "T150000"),
        204,
        If_Match=told(ours, "getetag"),
        **ICS,
    )
    kept = Event.get_by_id(row.id)
    assert (kept.location, kept.starts_at) == ("Quai 7", datetime(2026, 11, 23, 14, tzinfo=UTC))
    android.send("DELETE", f"events/{UID}.ics", wants=204, If_Match=etag)
    android.send("DELETE", f"events/{UID}.ics", wants=404, If_Match=etag)


def test_the_same_event_under_another_name_names_the_first(android):
    android.put(f"events/{UID}.ics", meeting(UID), If_None_Match="*", **ICS)
    refused = android.send("PUT", "events/other.ics", meeting(UID), 409, If_None_Match="*", **ICS)
    assert refused.condition == "C:no-uid-conflict" and f"{android.home}events/{UID}.ics" in refused.response.text


def test_tasks_go_both_ways(android):
    etag = android.put(f"tasks/{UID}.ics", todo(UID, "DUE;VALUE=DATE:20261125"), If_None_Match="*", **ICS)
    assert android.send("REPORT", "tasks/", query("VTODO"), Depth="1").names == [f"{UID}.ics"]
    android.put(f"tasks/{UID}.ics", todo(UID, "STATUS:COMPLETED", "PERCENT-COMPLETE:100"), 204, If_Match=etag, **ICS)
    row = Event.get(Event.uid == UID)
    assert row.status == "finished"
    events.reopen(row, android.phone.me)
    (text,) = android.send("REPORT", "tasks/", multiget(f"{android.home}tasks/{UID}.ics")).found
    assert "COMPLETED" not in text.text("C:calendar-data").replace("PERCENT-COMPLETE", "")


def test_a_calendar_is_made_and_deleted_and_a_book_is_not(android):
    body = f"""{HEAD}<CAL:mkcalendar xmlns="DAV:" {CAL}><set><prop><resourcetype><collection /><CAL:calendar /></resourcetype>
<displayname>Fairs</displayname><CAL:calendar-description>Stands</CAL:calendar-description>
<n1:calendar-color xmlns:n1="http://apple.com/ns/ical/">#FFC34A7B</n1:calendar-color>
<CAL:calendar-timezone-id>Europe/Paris</CAL:calendar-timezone-id>
<CAL:supported-calendar-component-set><CAL:comp name="VEVENT" /></CAL:supported-calendar-component-set></prop></set>
</CAL:mkcalendar>"""
    path = "4c9d8a3e-0f7b/"
    android.send("MKCALENDAR", path, body, 201)
    made = at(android.send("PROPFIND", android.home, COLLECTIONS, Depth="1"), path)
    assert (told(made, "displayname"), told(made, "calendar-description")) == ("Fairs", "Stands")
    assert told(made, "calendar-timezone-id") == "Europe/Paris" and len(told(made, "calendar-color")) == 9
    android.send("DELETE", path, wants=204)
    book = f"""{HEAD}<mkcol xmlns="DAV:" {CARD}><set><prop><resourcetype><collection /><CARD:addressbook /></resourcetype>
<displayname>Private</displayname></prop></set></mkcol>"""
    assert android.send("MKCOL", "private/", book, 403).condition == "D:valid-resourcetype"


def test_contacts_go_both_ways_with_a_conflict(android, alice):
    one = make_contact(alice, "Moreau", phone="+33 4 72 10 48 81")
    state = propfind(
        "<CARD:max-resource-size /><CARD:supported-address-data /><supported-report-set />"
        '<n0:getctag xmlns:n0="http://calendarserver.org/ns/" /><sync-token />'
    )
    (book,) = android.send("PROPFIND", "contacts/", state, Depth="0").found
    assert missing(book) == set() and "sync-collection" in inner(book, "supported-report-set")
    formats = book.props["{urn:ietf:params:xml:ns:carddav}supported-address-data"]
    assert [(kind.get("content-type"), kind.get("version")) for kind in formats] == [("text/vcard", "3.0")]
    first = android.send("REPORT", "contacts/", changes(), Depth="0")
    (card,) = android.send("REPORT", "contacts/", cards(first.found[0].href)).found
    etag, name = told(card, "getetag"), card.href.removeprefix(android.home)
    changed = card.text("CR:address-data").replace("48 81", "48 82")
    contacts.edit(Contact.get_by_id(one.id), {"city": "Lyon"}, alice)
    android.put(name, changed, 412, If_Match=etag, **VCF)
    second = android.send("REPORT", "contacts/", changes(first.token), Depth="0")
    (card,) = android.send("REPORT", "contacts/", cards(second.found[0].href)).found
    changed = card.text("CR:address-data").replace("48 81", "48 82")
    android.put(name, changed, 204, If_Match=told(card, "getetag"), **VCF)
    assert (Contact.get_by_id(one.id).phone, Contact.get_by_id(one.id).city) == ("+33 4 72 10 48 82", "Lyon")
    android.put(f"contacts/{UID}.vcf", APPLE, If_None_Match="*", **VCF)
    android.put(f"contacts/{UID}.vcf", APPLE, 412, If_None_Match="*", **VCF)
