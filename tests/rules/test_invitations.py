"""Invitations by mail, against a real mail server and read by another library."""

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import icalendar
import pytest

from crmlite import clock, worker
from crmlite.errors import Forbidden, Invalid
from crmlite.ics.read import Attendee as Guest
from crmlite.models.events import Event
from crmlite.models.jobs import Job
from crmlite.rules import events, invitations, jobs
from crmlite.rules.guests import Change
from crmlite.serve import HANDLERS
from tests.people import email
from tests.postbox import Post
from tests.rules.test_events import calendar_of, meeting
from tests.rules.test_guests import ANA, BOB
from tests.rules.test_reminder_mail import MONDAY, plan, sunday

__all__ = ["sunday"]
UGO = Guest("ugo@mill.example", "Ugo")


def invite(by: Any, *people: Guest, **values: Any) -> Event:
    return plan(by, guests=Change(people or (ANA,)), **values)


def work(at: Any = None) -> None:
    """What the worker of the house does until nothing is due."""
    hand = worker.Worker({invitations.KIND: HANDLERS[invitations.KIND]}, every=1)
    with clock.frozen(at or clock.now()):
        while hand.turn():
            pass


def sent(event: Event, by: Any, post: Post, was: str = "") -> list[EmailMessage]:
    before = len(post.taken)
    invitations.send(event, by, was)
    work()
    return post.taken[before:]


def calendar_in(message: EmailMessage) -> tuple[str, icalendar.cal.Component]:
    plain, part = message.iter_parts()
    assert (plain.get_content_type(), part.get_content_type()) == ("text/plain", "text/calendar")
    parsed = icalendar.Calendar.from_ical(part.get_content())
    assert part["Content-Type"].params["method"] == parsed["METHOD"]
    return str(parsed["METHOD"]), parsed.events[0]


def test_an_invitation_has_a_text_for_people_and_one_for_programs(alice, post):
    [message] = sent(invite(alice, ANA, UGO, location="Quai 7", description="He pays late"), alice, post)[:1]
    assert (message["To"], message["From"], message["Reply-To"]) == (ANA.email, "crmlite@crm.example", email("alice"))
    assert message["Subject"] == "Invitation: Visit, Mon 23 Mar 2026 10:00 to 11:00 (Europe/Paris)"
    body = message.get_body(("plain",)).get_content()
    assert all(line in body for line in ("Where: Quai 7", "Organizer: Alice Arden", "Guests: Ana Moreau <ana@home"))
    method, event = calendar_in(message)
    assert (method, str(event["SUMMARY"]), str(event["ORGANIZER"])) == ("REQUEST", "Visit", "mailto:alice@example.com")
    assert event["ATTENDEE"][0].params["RSVP"] == "TRUE" and event.start == MONDAY


def test_what_belongs_to_the_house_stays_here(alice, post):
    lines = ["DESCRIPTION:He pays late", "CATEGORIES:Arrears", "X-MOZ-LASTACK:1", "URL:https://crm.example/leads/7"]
    wrote = [*lines, "ORGANIZER:mailto:alice@example.com", "ATTENDEE:mailto:ana@home.example"]
    event = events.receive(calendar_of(alice), "a.ics", meeting("m", "20260323T100000", *wrote, alarm="-PT5M"), alice)
    [message] = sent(event, alice, post)
    text = message.as_string() + str(calendar_in(message)[1].to_ical())
    assert not any(word in text for word in ("late", "Arrears", "MOZ", "/leads/7", "VALARM"))


def test_nobody_of_the_house_and_nobody_told_by_a_program_is_mailed(alice, bob, post):
    agent = "ATTENDEE;SCHEDULE-AGENT=CLIENT:mailto:zoe@mill.example"
    others = [f"ATTENDEE:mailto:{BOB.email}", agent, "ATTENDEE:urn:uuid:1", "ATTENDEE:mailto:a@b.example,c@d.example"]
    wrote = ["ORGANIZER:mailto:alice@example.com", "ATTENDEE:mailto:alice@example.com", *others]
    wrote.append("ATTENDEE:mailto:ana@home.example")
    event = events.receive(calendar_of(alice), "a.ics", meeting("m", "20260323T100000", *wrote), alice)
    assert [message["To"] for message in sent(event, alice, post)] == [ANA.email]


def test_a_phone_that_syncs_mails_nobody(alice, post):
    event = invite(alice)
    text = Event.get_by_id(event.id).ics.replace("SUMMARY:Visit", "SUMMARY:Tour")
    events.receive(calendar_of(alice), event.href, text, alice)
    events.save(event, {"location": "Quai 9"}, alice)
    events.delete(event, alice)
    work()
    assert post.taken == [] and not Job.select().where(Job.kind == invitations.KIND).exists()


def test_an_update_is_one_step_ahead(alice, post):
    event = invite(alice)
    first = calendar_in(sent(event, alice, post)[0])[1]
    event = events.save(event, {"starts_at": MONDAY + timedelta(hours=3)}, alice)
    [message] = sent(event, alice, post)
    method, second = calendar_in(message)
    assert message["Subject"].startswith("Changed: Visit, Mon 23 Mar 2026 13:00")
    assert method == "REQUEST" and second["SEQUENCE"] > first["SEQUENCE"] and second["UID"] == first["UID"]


def test_who_is_taken_off_is_told_and_the_others_get_the_rest(alice, post):
    event = invite(alice, ANA, UGO)
    sent(event, alice, post)
    was = event.ics
    event = events.save(event, {"guests": Change(removed=(UGO.email,))}, alice)
    kept, off = sent(event, alice, post, was)
    assert (kept["To"], calendar_in(kept)[0]) == (ANA.email, "REQUEST")
    method, cancelled = calendar_in(off)
    assert (off["To"], method, off["Subject"][:10]) == (UGO.email, "CANCEL", "Cancelled:")
    assert str(cancelled["ATTENDEE"]) == f"mailto:{UGO.email}" and cancelled["STATUS"] == "CANCELLED"


@pytest.mark.parametrize("end", [events.cancel, events.delete])
def test_what_will_not_take_place_is_cancelled(alice, post, end):
    event = invite(alice, ANA, UGO, rrule="FREQ=DAILY;COUNT=3")
    first = calendar_in(sent(event, alice, post)[0])[1]
    for message, guest in zip(sent(end(event, alice), alice, post), (ANA, UGO), strict=True):
        method, cancelled = calendar_in(message)
        assert (method, str(cancelled["ATTENDEE"])) == ("CANCEL", f"mailto:{guest.email}")
        assert cancelled["SEQUENCE"] > first["SEQUENCE"]


def test_turns_that_stand_elsewhere_travel_along(alice, post):
    event = invite(alice, rrule="FREQ=DAILY;COUNT=3")
    second = sorted(turn.recurrence_id for turn in event.occurrences)[1]
    moved = {"starts_at": MONDAY + timedelta(days=1, hours=4), "ends_at": MONDAY + timedelta(days=1, hours=5)}
    event = events.save(event, moved, alice, scope="this", recurrence_id=second)
    [message] = sent(event, alice, post)
    part = list(message.iter_parts())[1]
    assert len(icalendar.Calendar.from_ical(part.get_content()).events) == 2


def test_a_mail_goes_out_once_and_again_only_when_the_server_refused(alice, post):
    event = invite(alice)
    invitations.send(event, alice)
    post.refusal = "451 later"
    work()
    assert invitations.told(event)[ANA.email].state == "waiting"
    post.refusal = ""
    for wait in (60, 120, 240):
        work(clock.now() + timedelta(seconds=wait))
    assert len(post.taken) == 1 and invitations.told(event)[ANA.email].state == "sent"


def test_a_mail_cut_off_by_a_crash_is_sent_again_under_the_same_name(alice, post):
    invitations.send(invite(alice), alice)
    job = jobs.claim([invitations.KIND], "gone:1:x")
    invitations.deliver(jobs.payload(job))
    jobs.release(lambda name: True)
    work()
    first, second = post.taken
    assert first["Message-ID"] == second["Message-ID"]


def test_a_mail_that_never_gets_through_is_said(alice, post):
    event = invite(alice)
    invitations.send(event, alice)
    post.refusal = "550 no"
    for hour in range(9):
        work(clock.now() + timedelta(hours=2 * hour))
    assert invitations.told(event)[ANA.email].state == "failed"


NASTY = "Visit\r\nBcc: all@home.example\r\n\r\n<script>"


def test_nothing_typed_breaks_out_of_a_header_or_a_line(alice, post):
    people = (Guest("ana@home.example", 'Ana"\r\nATTENDEE:mailto:x@y.example'), UGO)
    event = invite(alice, *people, subject=NASTY, location="Quai\r\nBcc: all@home.example")
    messages = sent(event, alice, post)
    assert [message["To"] for message in messages] == [ANA.email, UGO.email]
    for message in messages:
        assert message["Bcc"] is message["List-Unsubscribe"] is None
        assert len(message.get_all("To")) == len(message.get_all("Subject")) == 1
        assert [str(one) for one in calendar_in(message)[1]["ATTENDEE"]] == [f"mailto:{g.email}" for g in people]
        assert "\nBcc:" not in message.get_body(("plain",)).get_content()


def test_without_a_mail_server_nobody_is_promised_a_mail(alice):
    event = invite(alice)
    with pytest.raises(Invalid, match="SMTP_URL"):
        invitations.send(event, alice)


def test_who_may_not_change_an_event_invites_nobody(alice, bob, post):
    with pytest.raises(Forbidden):
        invitations.send(invite(alice), bob)
    assert not Job.select().where(Job.kind == invitations.KIND).exists()
