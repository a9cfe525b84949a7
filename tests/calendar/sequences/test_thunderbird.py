"""Thunderbird: finding calendars, its checks of each, sync by token, multiget, edits that are overwritten or not, its
own lines, and its address book. After its sources (version 128 and later)."""

import pytest

from crmlite.models.contacts import Contact
from crmlite.models.events import Event
from crmlite.rules import contacts, events, shares
from tests.calendar.conftest import meeting, todo
from tests.calendar.sequences.replay import XML, Client, asked, at, inner, missing, there, told
from tests.calendar.test_card_writes import vcard
from tests.make import make_contact

SPACES = (
    'xmlns:D="DAV:" xmlns:A="http://apple.com/ns/ical/" xmlns:C="urn:ietf:params:xml:ns:caldav" '
    'xmlns:CS="http://calendarserver.org/ns/"'
)
UID = "6f1c2c0e-3a55-4d2b-9b0d-1e7f5a4c3b21"
ICS = {"Content_Type": "text/calendar; charset=utf-8"}


@pytest.fixture
def bird(phone):
    return Client(
        phone, User_Agent="Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.4.0",
        Accept="text/xml", Accept_Charset="utf-8,*;q=0.1", Accept_Language="en-US,en;q=0.5", Content_Type="text/xml; charset=utf-8",
    )  # fmt: skip


def propfind(*names: str) -> str:
    return f"{XML}<D:propfind {SPACES}><D:prop>{''.join(f'<{name}/>' for name in names)}</D:prop></D:propfind>"


DETECT = propfind(
    "D:resourcetype", "D:owner", "D:displayname", "D:current-user-principal", "D:current-user-privilege-set",
    "A:calendar-color", "C:calendar-home-set",
)  # fmt: skip
HOME = propfind("D:resourcetype", "D:displayname", "D:current-user-privilege-set", "A:calendar-color")
CHECK = propfind(
    "D:resourcetype", "D:owner", "D:current-user-principal", "D:current-user-privilege-set", "D:supported-report-set",
    "C:supported-calendar-component-set", "CS:getctag",
)  # fmt: skip


def changes(token: str = "") -> str:
    said = f"<sync-token>{token}</sync-token>" if token else "<sync-token/>"
    return (
        f'{XML}<sync-collection xmlns="DAV:">{said}<sync-level>1</sync-level><prop><getcontenttype/><getetag/></prop>'
        "</sync-collection>"
    )


def multiget(*hrefs: str) -> str:
    inside = "".join(f"<D:href>{href}</D:href>" for href in hrefs)
    props = "<D:getetag/><C:calendar-data/>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<C:calendar-multiget xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">'
        f"<D:prop>{props}</D:prop>{inside}</C:calendar-multiget>"
    )


def test_calendars_are_found_from_the_host_name(bird):
    place = bird.send("PROPFIND", "/.well-known/caldav", DETECT, 301, Depth="0").response.headers["Location"]
    (root,) = bird.send("PROPFIND", place, DETECT, Depth="0").found
    assert "calendar" not in inner(root, "resourcetype") and told(root, "current-user-principal") == bird.home
    (principal,) = bird.send("PROPFIND", bird.home, propfind("C:calendar-home-set"), Depth="0").found
    answer = bird.send("PROPFIND", told(principal, "calendar-home-set"), HOME, Depth="1")
    calendars = [one for one in answer.found if "calendar" in inner(one, "resourcetype")]
    assert [told(one, "displayname") for one in calendars] == ["Calendar", "Tasks", "North"]
    assert all(
        "write" in inner(one, "current-user-privilege-set") and told(one, "calendar-color").startswith("#")
        for one in calendars
    )


def test_the_address_of_a_calendar_alone_is_enough(bird):
    (found,) = bird.send("PROPFIND", "events/", DETECT, Depth="0").found
    assert "calendar" in inner(found, "resourcetype") and missing(found) <= {"calendar-home-set"}


def test_each_calendar_is_checked_before_it_is_used(bird, dav_of):
    bob = dav_of("bob")
    shares.share(bob.calendar(), bird.phone.me.id, "read", bob.me)
    (found,) = bird.send("PROPFIND", "events/", CHECK, Depth="0").found
    assert there(found) == asked(CHECK) and "sync-collection" in inner(found, "supported-report-set")
    features = bird.send("OPTIONS", bird.home, wants=200).response.headers["DAV"]
    assert "calendar-access" in features and "schedule" not in features, "or it would look for an inbox"
    homes = bird.send("PROPFIND", bird.home, CHECK, Depth="1").found
    (theirs,) = [one for one in homes if "owner" in there(one) and told(one, "owner") == f"/dav/{bob.slug}/"]
    assert not inner(theirs, "current-user-privilege-set") & {"write", "write-content", "write-properties", "all"}


def test_first_sync_and_the_next(bird):
    for number in range(11):
        bird.put(f"events/{number}.ics", meeting(f"u-{number}"), If_None_Match="*", **ICS)
    first = bird.send("REPORT", "events/", changes(), Depth="1")
    assert len(first.found) == 11 and all(
        told(one, "getcontenttype").startswith("text/calendar") for one in first.found
    )
    hrefs = [one.href for one in first.found]
    texts = bird.send("REPORT", "events/", multiget(*hrefs), Depth="1").found
    assert [one.text("C:calendar-data") for one in texts] == [
        meeting(f"u-{href.rsplit('/', 1)[1][:-4]}") for href in hrefs
    ]
    assert [told(one, "getetag") for one in texts] == [told(one, "getetag") for one in first.found]
    row = events.save(Event.get(Event.uid == "u-2"), {"location": "Quai 7"}, bird.phone.me)
    events.delete(Event.get(Event.uid == "u-5"), bird.phone.me)
    second = bird.send("REPORT", "events/", changes(first.token), Depth="1")
    assert (second.names, second.gone) == (["2.ics"], ["5.ics"]) and told(
        at(second, "2.ics"), "getetag"
    ) == f'"{row.etag}"'
    assert bird.send("REPORT", "events/", changes(second.token), Depth="1").found == []
    assert bird.send("REPORT", "events/", changes("lost"), 403, Depth="1").condition == "D:valid-sync-token"


def test_an_event_is_made_dismissed_and_fetched_again_after_each_put(bird):
    """It fetches what it has put, since servers may change it; ours does not."""
    href = f"{bird.home}events/{UID}.ics"
    etag = bird.put(f"events/{UID}.ics", meeting(UID), If_None_Match="*", **ICS)
    (mine,) = bird.send("REPORT", "events/", multiget(href), Depth="1").found
    assert (told(mine, "getetag"), mine.text("C:calendar-data")) == (etag, meeting(UID))
    heard = meeting(UID, "20261123T100000", "X-MOZ-GENERATION:2", "X-MOZ-LASTACK:20261123T084600Z", "BEGIN:VALARM",
                    "ACTION:DISPLAY", "TRIGGER;VALUE=DURATION:-PT15M", "DESCRIPTION:Mozilla Standardbeschreibung", "END:VALARM")  # fmt: skip
    bird.put(f"events/{UID}.ics", heard, 204, If_Match=etag, **ICS)
    row = events.save(Event.get(Event.uid == UID), {"location": "Quai 7"}, bird.phone.me)
    (mine,) = bird.send("REPORT", "events/", multiget(href), Depth="1").found
    text = mine.text("C:calendar-data")
    assert all(line in text for line in ("X-MOZ-GENERATION:2", "X-MOZ-LASTACK:20261123T084600Z", "LOCATION:Quai 7"))
    assert row.alarm_minutes == 15 and "TRIGGER;VALUE=DURATION:-PT15M" in text


def test_a_change_that_came_late_asks_and_may_overwrite(bird):
    """412 lets it ask; “overwrite” is the same PUT without a condition."""
    etag = bird.put(f"events/{UID}.ics", meeting(UID), If_None_Match="*", **ICS)
    row = events.save(Event.get(Event.uid == UID), {"location": "Quai 7"}, bird.phone.me)
    bird.put(f"events/{UID}.ics", meeting(UID, "20261123T150000"), 412, If_Match=etag, **ICS)
    assert Event.get_by_id(row.id).location == "Quai 7"
    bird.put(f"events/{UID}.ics", meeting(UID, "20261123T150000"), 204, **ICS)
    kept = Event.get_by_id(row.id)
    assert (kept.location, kept.starts_at.hour) == ("", 14)


def test_a_deletion_that_came_late_looks_whether_it_is_still_there(bird):
    etag = bird.put(f"events/{UID}.ics", meeting(UID), If_None_Match="*", **ICS)
    row = events.save(Event.get(Event.uid == UID), {"location": "Quai 7"}, bird.phone.me)
    bird.send("DELETE", f"events/{UID}.ics", wants=412, If_Match=etag)
    assert bird.send("HEAD", f"events/{UID}.ics", wants=200).response.headers["ETag"] == f'"{row.etag}"'
    bird.send("DELETE", f"events/{UID}.ics", wants=204)
    bird.send("HEAD", f"events/{UID}.ics", wants=404)


def test_tasks_are_made_and_ticked_off(bird):
    etag = bird.put(f"tasks/{UID}.ics", todo(UID), If_None_Match="*", **ICS)
    done = todo(UID, "STATUS:COMPLETED", "COMPLETED:20261124T101500Z", "PERCENT-COMPLETE:100", "X-MOZ-GENERATION:1")
    bird.put(f"tasks/{UID}.ics", done, 204, If_Match=etag, **ICS)
    assert Event.get(Event.uid == UID).status == "finished"
    assert bird.send("GET", f"tasks/{UID}.ics", wants=200).response.content == done.encode()


CARD = 'xmlns:card="urn:ietf:params:xml:ns:carddav" xmlns:cs="http://calendarserver.org/ns/" xmlns:d="DAV:"'


def book_changes(token: str) -> str:
    return (
        f'{XML}<sync-collection xmlns="DAV:" {CARD}><sync-token>{token}</sync-token><sync-level>1</sync-level><prop><getetag/>'
        "<card:address-data/></prop></sync-collection>"
    )


def test_the_address_book_is_found_filled_and_kept_in_step(bird, alice):
    one = make_contact(alice, "Moreau", phone="+33 4 72 10 48 81")
    principal = f'{XML}<propfind xmlns="DAV:"><prop><current-user-principal/></prop></propfind>'
    bird.send("PROPFIND", "/.well-known/carddav", principal, 301, Depth="0", Content_Type="text/xml")
    home = f'{XML}<propfind xmlns="DAV:" xmlns:card="urn:ietf:params:xml:ns:carddav"><prop><card:addressbook-home-set/></prop></propfind>'
    (found,) = bird.send("PROPFIND", bird.home, home, Depth="0").found
    books = f'{XML}<propfind xmlns="DAV:"><prop><resourcetype/><displayname/><current-user-privilege-set/></prop></propfind>'
    answer = bird.send("PROPFIND", told(found, "addressbook-home-set"), books, Depth="1")
    (book,) = [one for one in answer.found if "addressbook" in inner(one, "resourcetype")]
    assert told(book, "displayname") == "Contacts and customers" and "write" in inner(
        book, "current-user-privilege-set"
    )
    listed = f'{XML}<propfind {CARD} xmlns="DAV:"><prop><resourcetype/><getetag/><cs:getctag/></prop></propfind>'
    cards = [one for one in bird.send("PROPFIND", book.href, listed, Depth="1").found if one.href != book.href]
    assert [missing(card) for card in cards] == [{"getctag"}] and inner(cards[0], "resourcetype") == set()
    first = bird.send("REPORT", book.href, book_changes(""), Depth="1")
    (card,) = first.found
    changed = card.text("CR:address-data").replace("48 81", "48 82")
    bird.put(card.href, changed, 204, Content_Type="text/vcard")
    fetch = f"{XML}<card:addressbook-multiget {CARD}><d:prop><d:getetag/><card:address-data/></d:prop><d:href>{card.href}</d:href></card:addressbook-multiget>"
    (mine,) = bird.send("REPORT", book.href, fetch, Depth="1").found
    assert mine.text("CR:address-data") == changed and Contact.get_by_id(one.id).phone == "+33 4 72 10 48 82"
    contacts.edit(Contact.get_by_id(one.id), {"city": "Lyon"}, alice)
    second = bird.send("REPORT", book.href, book_changes(first.token), Depth="1")
    assert [told(found, "getetag") != told(mine, "getetag") for found in second.found] == [True]
    text = vcard("FN:Ana Lund", "N:Lund;Ana;;;", uid=UID)
    bird.put(f"contacts/{UID}.vcf", text, 201, Content_Type="text/vcard")
    assert f"{UID}.vcf" in bird.send("REPORT", book.href, book_changes(second.token), Depth="1").names
