"""What a colleague is invited to stands on their devices, though the calendar it is in is not theirs."""

import pytest

from crmlite.models.calendars import Share
from crmlite.models.events import Event
from crmlite.rules import bin as bins
from crmlite.rules import calendars, events, gate, guests
from tests.calendar.conftest import meeting
from tests.people import email

PLACE = "invitations/"
ALARM = ("BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT10M", "END:VALARM")
EVENTS = '<C:comp-filter name="VEVENT"/>'


def invited(name: str, answer: str = "NEEDS-ACTION") -> tuple[str, str]:
    return "ORGANIZER:mailto:alice@example.com", f"ATTENDEE;PARTSTAT={answer}:mailto:{email(name)}"


@pytest.fixture
def bob(dav_of):
    return dav_of("bob")


@pytest.fixture
def visit(phone, bob):
    """Alice has invited Bob, on her phone."""
    assert phone.store("events/a.ics", meeting("a", "20261123T100000", *invited("bob"), *ALARM)).status_code == 201
    return Event.get(Event.uid == "a")


def test_who_was_never_invited_has_no_calendar_of_invitations(bob, dav_of, visit):
    assert "invitations" in bob.ask("", "D:displayname", depth="1").names
    charlie = dav_of("charlie")
    assert "invitations" not in charlie.ask("", "D:displayname", depth="1").names
    assert charlie.get(f"{PLACE}{visit.id}.ics").status_code == 404
    assert charlie.get(f"/dav/{bob.slug}/{PLACE}{visit.id}.ics").status_code in (403, 404)


def test_an_invitation_is_read_and_not_written(bob, visit):
    (found,) = bob.ask(PLACE, "D:displayname", "D:current-user-privilege-set", "D:sync-token").found
    assert found.text("D:displayname") == "Invitations"
    assert not any("write" in one.tag for one in found.props["{DAV:}current-user-privilege-set"].iter())
    path = f"{PLACE}{visit.id}.ics"
    got = bob.get(path)
    assert "SUMMARY:Visit" in got.text and "mailto:bob@example.com" in got.text and "VALARM" not in got.text
    assert bob.store(path, meeting("a")).status_code == 403
    assert bob.store(f"{PLACE}new.ics", meeting("new")).status_code == 403
    assert bob.delete(path).status_code == 403 and bob.delete(PLACE).status_code == 403
    assert bob.request("MOVE", path, headers={"Destination": f"/dav/{bob.slug}/events/a.ics"}).status_code == 403


def test_every_way_of_asking_finds_it(bob, phone, visit):
    name = f"{visit.id}.ics"
    phone.store("events/b.ics", meeting("b", "20261124T100000", "RRULE:FREQ=DAILY;COUNT=3", *invited("bob", "ACCEPTED")))
    phone.store("events/c.ics", meeting("c", "20261124T100000"))
    weekly = f"{Event.get(Event.uid == 'b').id}.ics"
    assert bob.changes(PLACE).names == [name, weekly]
    assert bob.query(PLACE, EVENTS).names == [name, weekly]
    within = '<C:time-range start="20261125T000000Z" end="20261126T000000Z"/>'
    assert bob.query(PLACE, f'<C:comp-filter name="VEVENT">{within}</C:comp-filter>').names == [weekly]
    assert bob.ask(PLACE, "D:getetag", depth="1").names == ["invitations", name, weekly]
    assert bob.get(PLACE).text.count("BEGIN:VEVENT") == 2
    etags = {one.text("D:getetag") for one in bob.changes(PLACE).found}
    assert bob.get(f"{PLACE}{name}").headers["ETag"] in etags


def test_what_changes_is_told_and_what_leaves_too(bob, phone, visit, alice):
    name = f"{visit.id}.ics"
    token = bob.changes(PLACE).token
    assert bob.changes(PLACE, token).found == []
    events.save(visit, {"subject": "Long visit"}, alice)
    told = bob.changes(PLACE, token, "<C:calendar-data/>")
    assert told.names == [name] and "Long visit" in told.response.text
    guests.answer(Event.get_by_id(visit.id), "no", bob.me)
    left = bob.changes(PLACE, told.token)
    assert (left.names, left.gone) == ([], [name]) and bob.changes(PLACE).names == []
    guests.answer(Event.get_by_id(visit.id), "yes", bob.me)
    back = bob.changes(PLACE, left.token)
    assert back.names == [name]
    gate.remove(Event.get_by_id(visit.id), alice)
    binned = bob.changes(PLACE, back.token)
    assert binned.gone == [name] and bob.get(f"{PLACE}{name}").status_code == 404
    bins.restore("event", [visit.id], alice)
    assert bob.changes(PLACE, binned.token).names == [name]
    phone.store("events/a.ics", meeting("a", "20261123T100000"))
    assert bob.changes(PLACE, back.token).gone == [name]


def test_what_stands_in_a_calendar_that_one_has_does_not_stand_here_as_well(bob, phone, visit, alice):
    name, token = f"{visit.id}.ics", bob.changes(PLACE).token
    calendar = phone.calendar()
    share = gate.create(Share, {"calendar": calendar.id, "user": bob.me.id, "right": "read"}, phone.me)
    assert bob.changes(f"shared-{calendar.id}/").names == ["a.ics"]
    assert bob.changes(PLACE, token).status == 403 and bob.changes(PLACE).names == []
    gate.remove(share, phone.me)
    assert bob.changes(PLACE).names == [name]


def test_a_private_event_is_told_to_whom_it_invites(bob, phone):
    phone.store("events/p.ics", meeting("p", "20261123T120000", "CLASS:PRIVATE", *invited("bob"), summary="Surprise"))
    assert "Surprise" in bob.get(PLACE).text


def test_an_own_calendar_keeps_its_name(bob, phone, alice):
    """One that was called so before there were invitations."""
    own = calendars.make({"owner": bob.me.id, "slug": "invitations", "kind": "events", "name": "Cards"}, bob.me, False)
    phone.store("events/a.ics", meeting("a", "20261123T100000", *invited("bob")))
    (found,) = bob.ask(PLACE, "D:displayname").found
    assert found.text("D:displayname") == own.name
    made = dav_make(bob, "invitations-2/")
    assert made == 201


def dav_make(device, path: str) -> int:
    return device.request("MKCALENDAR", path).status_code


def test_no_client_makes_a_calendar_of_this_name(bob):
    assert dav_make(bob, PLACE) in (403, 409)
