"""Guests at the calendar door: what a phone reads of those invited on the web, and what it answers."""

from datetime import UTC, datetime

from crmlite.ics.read import Attendee as Guest
from crmlite.models.calendars import Calendar
from crmlite.models.events import Attendee, Event
from crmlite.rules import events, guests
from crmlite.rules.guests import Change
from tests.people import email

WHEN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BOB = Guest(email("bob"), "Bob Birch")
ANA = Guest("ana@home.example", "Moreau, Ana")
OUR_LINES = [
    "ORGANIZER;CN=Alice Arden:mailto:alice@example.com",
    "ATTENDEE;CN=Bob Birch;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE"
    ":mailto:bob@example.com",
    'ATTENDEE;CN="Moreau, Ana";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE'
    ":mailto:ana@home.example",
]


def invite(by, **values) -> Event:
    meeting = {"kind": "meeting", "subject": "Visit", "starts_at": WHEN, "guests": Change((BOB, ANA))}
    return events.save(None, {**meeting, **values}, by)


def unfolded(text: str) -> str:
    return text.replace("\r\n ", "")


def invited(text: str) -> list[str]:
    return [line for line in unfolded(text).split("\r\n") if line.startswith(("ORGANIZER", "ATTENDEE"))]


def test_a_phone_reads_the_guests_of_the_web(phone):
    event = invite(phone.me)
    assert sorted(invited(phone.get(f"events/{event.href}").text)) == sorted(OUR_LINES)


def test_an_answer_given_on_the_web_is_the_next_change_of_the_phone(phone, bob):
    event = invite(phone.me)
    before = phone.get(f"events/{event.href}")
    token = phone.changes("events/").token
    guests.answer(event, "yes", bob)
    assert phone.changes("events/", token).names == [event.href]
    after = phone.get(f"events/{event.href}")
    assert after.headers["ETag"] != before.headers["ETag"]
    assert sorted(invited(after.text)) == sorted([OUR_LINES[1].replace("NEEDS-ACTION", "ACCEPTED"), *OUR_LINES[::2]])


def test_an_answer_on_the_phone_is_read_and_its_own_parameters_stay(phone):
    event = invite(phone.me)
    sent = unfolded(phone.get(f"events/{event.href}").text)
    sent = sent.replace(
        "PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:bob", "PARTSTAT=TENTATIVE;X-RESPONSE-COMMENT=Late:mailto:bob"
    )
    assert phone.store(f"events/{event.href}", sent).status_code == 204
    assert Attendee.get(Attendee.email == BOB.email).answer == "maybe"
    events.save(Event.get_by_id(event.id), {"guests": Change((Guest("zoe@mill.example"),))}, phone.me)
    text = phone.get(f"events/{event.href}").text
    assert "PARTSTAT=TENTATIVE;X-RESPONSE-COMMENT=Late:mailto:bob@example.com" in unfolded(text)
    assert "mailto:zoe@mill.example" in text


def test_a_colleague_answers_on_their_phone_in_a_calendar_of_the_team(phone, dav_of):
    team = Calendar.get(Calendar.team == phone.me.active_team_id)
    event = invite(phone.me, calendar=team.id)
    mates = dav_of("bob")
    folder = next(one.href for one in mates.ask("", "D:displayname", depth="1").found if team.slug in one.href)
    sent = unfolded(mates.get(f"{folder}{event.href}").text)
    assert mates.store(f"{folder}{event.href}", sent.replace("NEEDS-ACTION", "ACCEPTED", 1)).status_code == 204
    assert Attendee.get(Attendee.email == BOB.email).answer == "yes"
