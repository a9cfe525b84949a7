"""Guests over HTTP: the lines of the form, suggestions, answers."""

import re

import pytest

from crmlite.ics.read import Attendee as Guest
from crmlite.ics.read import read
from crmlite.models.events import Event
from crmlite.models.jobs import Job
from crmlite.rules.guests import Change
from tests.make import make_contact, make_lead, make_partner
from tests.people import email
from tests.rules.test_invitations import work
from tests.web.test_events import MEETING, followed, form_of, only, planned, tuesday

__all__ = ["tuesday"]
MINE = r'name="answer" value="yes"[^>]*aria-pressed="true"'
ANA = "Ana Moreau <ana@home.example>"


def invited(event: Event) -> dict[str, str]:
    return {one.email: one.answer for one in read(Event.get_by_id(event.id).ics, "UTC").attendees}


def test_guests_are_typed_a_line_each(client_of, alice):
    client = client_of("alice")
    client.post("/events", data={**MEETING, "guests": f"{ANA}\r\nugo@mill.example\r\n\r\n"})
    event = only()
    assert invited(event) == {"ana@home.example": "", "ugo@mill.example": ""}
    form = form_of(client.part(f"/events/{event.id}/form"))
    assert form["guests"] == "Ana Moreau &lt;ana@home.example&gt;\nugo@mill.example"
    client.post(f"/events/{event.id}", data={**form, "guests": "ugo@mill.example\nzoe@mill.example"})
    assert invited(event) == {"ugo@mill.example": "", "zoe@mill.example": ""}


NO_ADDRESS = ["Ana", "ana@home", "Ana <ana>", "a@b.example\x00", "<>@<>.x", f"{'x' * 200}@b.example"]


@pytest.mark.parametrize("line", NO_ADDRESS)
def test_what_is_no_address_is_said_at_its_field_and_kept(client_of, alice, line):
    answer = client_of("alice").part("/events", "POST", data={**MEETING, "guests": f"{ANA}\n{line}"})
    assert answer.status_code == 422 and 'id="f-guests-error"' in answer.text
    assert "Ana Moreau" in form_of(answer)["guests"]
    assert not Event.select().exists()


def test_line_breaks_in_a_name_put_no_line_into_the_calendar(client_of, alice):
    sent = "Ana\rSTATUS:CANCELLED <ana@home.example>\nx@y.example\vORGANIZER:mailto:z@y.example"
    client_of("alice").part("/events", "POST", data={**MEETING, "guests": sent})
    text = "".join(event.ics for event in Event.select())
    assert not re.search(r"^(STATUS:CANCELLED|ORGANIZER:mailto:z)", text, re.MULTILINE)


def test_the_answer_of_each_guest_is_shown_with_word_and_sign(client_of, alice):
    people = Change(tuple(Guest(f"{word or 'none'}@home.example", "", word) for word in ("yes", "maybe", "no", "")))
    lead = make_lead(alice)
    event = planned(alice, guests=people, lead=lead.id)
    client = client_of("alice")
    for word in ("yes", "maybe", "no"):
        client.post(f"/events/{event.id}/answer", data={"answer": word, "guest": f"{word}@home.example"})
    client.post(f"/events/{event.id}/completion")
    pages = (f"/events/{event.id}", f"/events/{event.id}/menu", f"/events/{event.id}/form", f"/leads/{lead.id}")
    for path in pages:
        text = client.part(path).text
        for word, sign in (
            ("accepted", "circle-check"),
            ("tentative", "circle-help"),
            ("declined", "circle-x"),
            ("no answer yet", "circle-dashed"),
        ):
            assert word in text.lower() and f"#{sign}" in text, path


def test_a_guest_of_the_house_answers_on_the_page(client_of, alice, charlie):
    event = planned(alice, guests=Change((Guest(email("charlie")),)))
    guest = client_of("charlie")
    page = guest.get(f"/events/{event.id}")
    assert "Will you come?" in page.text and not re.search(MINE, page.text)
    assert guest.post(f"/events/{event.id}/answer", data={"answer": "yes"}).status_code == 303
    assert invited(event) == {email("charlie"): "yes"}
    assert re.search(MINE, guest.get(f"/events/{event.id}").text)
    assert "Will you come?" not in client_of("alice").get(f"/events/{event.id}").text
    assert "Quote review" in guest.get("/calendars/week/2026-W48").text


def test_a_guest_may_answer_and_nothing_else(client_of, alice, charlie):
    event = planned(alice, guests=Change((Guest(email("charlie")), Guest("ana@home.example"))))
    guest = client_of("charlie")
    answered = guest.part(f"/events/{event.id}/answer", "POST", data={"answer": "yes", "guest": "ana@home.example"})
    assert answered.status_code == 403
    assert guest.part(f"/events/{event.id}/cancellation", "POST").status_code == 403
    assert guest.part(f"/events/{event.id}/answer", "POST", data={"answer": "later"}).status_code == 422
    assert client_of("bob").part(f"/events/{event.id}/answer", "POST", data={"answer": "yes"}).status_code == 404
    assert set(invited(event).values()) == {""}


def test_guests_are_suggested_from_what_one_sees(client_of, alice, charlie):
    make_contact(alice, "Moreau", first_name="Ana", email="ana@home.example")
    make_partner(alice, "Moreau Lights", email="office@lights.example")
    make_lead(alice, "Moreau", email="lead@home.example")
    make_contact(alice, "Moreau", first_name="Zed")
    found = client_of("alice").part("/events/form/guests?q=moreau").text
    assert [found.count(address) for address in ("ana@home", "office@lights", "lead@home", "Zed")] == [1, 1, 1, 0]
    assert "Bob Birch" in client_of("alice").part("/events/form/guests?q=bir").text
    assert "option" not in client_of("charlie").part("/events/form/guests?q=moreau").text
    assert "option" not in client_of("charlie").part("/events/form/guests?q=bir").text
    assert "option" not in client_of("alice").part("/events/form/guests?q=").text


def test_whom_one_meets_is_a_guest(client_of, alice):
    """crm-reference 2.9"""
    contact = make_contact(alice, "Moreau", email="ana@home.example")
    client = client_of("alice")
    begun = form_of(client.part(f"/events/form?contact={contact.id}"))
    assert begun["guests"] == "Moreau &lt;ana@home.example&gt;"
    assert not form_of(client.part(f"/events/form?contact={contact.id}&kind=call"))["guests"]
    assert followed(client, "contact", contact="Moreau") == {"guests": "Moreau <ana@home.example>"}
    assert followed(client, "contact", contact="Moreau", guests="zoe@mill.example") == {}
    assert followed(client, "contact", contact="Moreau", kind="call") == {}


def test_guests_are_mailed_when_it_is_ticked_and_else_not(client_of, alice, post):
    client = client_of("alice")
    client.post("/events", data={**MEETING, "guests": f"{ANA}\n{email('bob')}"})
    work()
    assert post.taken == []
    event = only()
    form = form_of(client.part(f"/events/{event.id}/form"))
    assert "invite" not in form
    saved = client.part(f"/events/{event.id}", "POST", data={**form, "guests": ANA, "location": "Rome", "invite": "1"})
    assert "1 guest will hear by mail" in saved.headers["HX-Trigger"]
    assert "is on its way" in client.get(f"/events/{event.id}").text
    work()
    assert [message["To"] for message in post.taken] == ["ana@home.example"]
    assert "Invitation mailed" in client.get(f"/events/{event.id}").text


def test_a_mail_can_be_sent_from_the_page_and_with_the_deletion(client_of, alice, post):
    event = planned(alice, guests=Change((Guest("ana@home.example"),)))
    client = client_of("alice")
    assert "Send invitation by mail" in client.get(f"/events/{event.id}").text
    assert client.part(f"/events/{event.id}/invitation", "POST").status_code == 200
    deleted = client.part(f"/events/{event.id}/deletion", "POST", data={"tell": "1"})
    assert deleted.status_code < 300, deleted.text
    work()
    assert [job.error for job in Job.select().order_by(Job.id) if job.kind == "invitation"] == ["", ""]
    assert [message["Subject"].split(":")[0].strip() for message in post.taken] == ["Invitation", "Cancelled"]


def test_without_a_mail_server_the_form_says_so(client_of, alice):
    event = planned(alice, guests=Change((Guest("ana@home.example"),)))
    client = client_of("alice")
    form = client.part(f"/events/{event.id}/form")
    assert "SMTP_URL" in form.text and 'name="invite"' not in form.text
    assert "by mail" not in client.get(f"/events/{event.id}").text
    refused = client.part(f"/events/{event.id}", "POST", data={**form_of(form), "subject": "Tour", "invite": "1"})
    assert refused.status_code == 422 and only().subject == "Quote review"
    assert client.part(f"/events/{event.id}/invitation", "POST").status_code == 422


def test_only_who_may_change_it_sends_mails(client_of, alice, bob, charlie, post):
    event = planned(alice, guests=Change((Guest("ana@home.example"), Guest(email("bob")))))
    assert client_of("bob").part(f"/events/{event.id}/invitation", "POST").status_code == 403
    assert client_of("charlie").part(f"/events/{event.id}/invitation", "POST").status_code == 404
    assert "Send invitation by mail" not in client_of("bob").get(f"/events/{event.id}").text
    work()
    assert post.taken == []
