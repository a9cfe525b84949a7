"""Guests of events: invited on the web, answering on the web and on the phone; the text stays the truth."""

from datetime import UTC, datetime, timedelta

import pytest

from crmlite.errors import Forbidden, Invalid, Missing
from crmlite.ics.read import Attendee as Guest
from crmlite.ics.read import read
from crmlite.models.events import Attendee, Event
from crmlite.models.journal import Entry
from crmlite.rules import events, guests, sync
from crmlite.rules.guests import Change
from tests.make import make_contact
from tests.people import email
from tests.rules.test_events import calendar_of, meeting, plan

ANA = Guest("ana@home.example", "Ana Moreau")
BOB = Guest(email("bob"), "Bob Birch")


def invite(by, *people: Guest, **values) -> Event:
    return plan(by, guests=Change(people), **values)


def lines(event: Event, name: str) -> list[str]:
    text = Event.get_by_id(event.id).ics.replace("\r\n ", "")
    return [line for line in text.split("\r\n") if line.startswith(name)]


def test_guests_are_written_as_calendars_know_them(alice):
    event = invite(alice, ANA)
    assert lines(event, "ATTENDEE") == [
        "ATTENDEE;CN=Ana Moreau;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE"
        ":mailto:ana@home.example"
    ]
    assert lines(event, "ORGANIZER") == ["ORGANIZER;CN=Alice Arden:mailto:alice@example.com"]


def test_a_guest_that_is_a_contact_links_the_event(alice):
    contact = make_contact(alice, "Moreau", email=ANA.email)
    assert invite(alice, ANA).contact_id == contact.id


def test_the_last_guest_takes_the_organizer_along(alice):
    event = events.save(invite(alice, ANA, BOB), {"guests": Change(removed=(BOB.email,))}, alice)
    assert [one.email for one in read(event.ics, "UTC").attendees] == [ANA.email]
    event = events.save(event, {"guests": Change(removed=("ANA@home.example",))}, alice)
    assert lines(event, "ATTENDEE") == lines(event, "ORGANIZER") == []


def test_the_organizer_is_no_guest(alice):
    assert lines(invite(alice, Guest(email("alice"))), "ATTENDEE") == []


def test_what_a_phone_wrote_about_guests_stays_byte_for_byte(alice):
    wrote = [
        'ORGANIZER;SENT-BY="mailto:desk@mill.example":mailto:boss@mill.example',
        "ATTENDEE;X-NUM-GUESTS=2;PARTSTAT=ACCEPTED;SCHEDULE-STATUS=1.1:mailto:ugo@mill.example",
    ]
    event = events.receive(calendar_of(alice), "a.ics", meeting("m", "20261123T100000", *wrote), alice)
    event = events.save(event, {"guests": Change((ANA,))}, alice)
    assert lines(event, "ORGANIZER") == wrote[:1] and lines(event, "ATTENDEE")[0] == wrote[1]
    event = events.save(event, {"guests": Change(removed=(ANA.email,))}, alice)
    assert lines(event, "ORGANIZER") == wrote[:1] and lines(event, "ATTENDEE") == wrote[1:]


def test_an_answer_that_came_while_the_form_was_open_is_kept(alice, bob):
    event = invite(alice, BOB)
    seen = event.version
    guests.answer(event, "yes", bob)
    event = events.save(event, {"guests": Change((ANA,)), "subject": "Tour"}, alice, seen)
    assert {one.email: one.answer for one in read(event.ics, "UTC").attendees} == {BOB.email: "yes", ANA.email: ""}


def test_a_guest_answers_and_every_phone_hears_of_it(alice, bob):
    event = invite(alice, BOB)
    before = event.calendar.seq
    answered = guests.answer(event, "maybe", bob)
    assert "PARTSTAT=TENTATIVE" in lines(event, "ATTENDEE")[0]
    assert answered.etag != event.etag and answered.seq > before
    assert read(answered.ics, "UTC").sequence == read(event.ics, "UTC").sequence
    entry = Entry.select().order_by(Entry.id.desc()).first()
    assert (entry.actor_id, entry.verb) == (bob.id, "answered")
    assert Attendee.get(Attendee.user == bob.id).answer == "maybe"


def test_a_guest_who_may_see_nothing_else_answers_too(alice, charlie):
    event = invite(alice, Guest(email("charlie")))
    assert guests.answer(event, "no", charlie).version == event.version + 1


def test_the_organizer_puts_down_what_a_guest_said(alice):
    event = invite(alice, ANA)
    guests.answer(event, "yes", alice, ANA.email)
    assert "PARTSTAT=ACCEPTED" in lines(event, "ATTENDEE")[0]


def test_nobody_answers_for_others_or_uninvited(alice, bob, carol):
    event = invite(alice, ANA, BOB)
    with pytest.raises(Forbidden):
        guests.answer(event, "yes", bob, ANA.email)
    with pytest.raises(Missing):
        guests.answer(event, "yes", carol)
    with pytest.raises(Invalid):
        guests.answer(event, "perhaps", bob)


def test_an_answer_on_the_phone_is_known_here(alice):
    event = invite(alice, ANA)
    text = Event.get_by_id(event.id).ics.replace("\r\n ", "").replace("NEEDS-ACTION", "DECLINED")
    events.receive(calendar_of(alice), event.href, text, alice)
    assert Attendee.get(Attendee.email == ANA.email).answer == "no"


def test_an_answer_holds_for_every_turn(alice, bob):
    event = invite(alice, BOB, rrule="FREQ=DAILY;COUNT=3")
    second = sorted(turn.recurrence_id for turn in event.occurrences)[1]
    events.save(event, {"subject": "Once"}, alice, scope="this", recurrence_id=second)
    guests.answer(event, "yes", bob)
    assert [("ACCEPTED" in line) for line in lines(event, "ATTENDEE")] == [True, True]


def test_a_task_keeps_its_guests_when_it_becomes_a_meeting_and_back(alice):
    event = invite(alice, ANA)
    event = events.save(event, {"kind": "task"}, alice)
    assert lines(event, "ATTENDEE") and lines(event, "ORGANIZER")


def test_an_invitation_stands_in_the_guests_calendar_until_declined(alice, charlie):
    event = invite(alice, Guest(email("charlie")))
    day = datetime(2026, 11, 23, tzinfo=UTC)
    own = [calendar_of(charlie).id]

    def shown(**of) -> list[int]:
        return [turn.id for turn in events.between(day, day + timedelta(days=1), charlie, **of)]

    assert shown(calendars=own) == shown(owners=[charlie.id]) == [event.id]
    assert shown(calendars=[0]) == []
    guests.answer(event, "no", charlie)
    assert shown(calendars=own) == []
    assert sync.zone_of(event.calendar) == "Europe/Paris"
