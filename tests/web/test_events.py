"""Meetings, calls and tasks over HTTP."""

import json
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from crmlite import clock
from crmlite.models.addresses import Address
from crmlite.models.choices import Choice
from crmlite.models.events import Event
from crmlite.rules import events, gate
from crmlite.rules.access import system
from tests import people
from tests.make import choice, make_contact, make_lead, make_opportunity, make_partner

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)  # a Tuesday, 12:00 in Paris
MEETING = {
    "kind": "meeting",
    "subject": "Contract talk",
    "day": "2026-11-26",
    "start": "10:00",
    "end_day": "2026-11-26",
    "end": "11:30",
    "status": "planned",
    "reminder": "15",
    "repeat": "",
    "location": "Lyon",
}
TASK = {
    "kind": "task",
    "subject": "Send samples",
    "due": "2026-11-27",
    "due_time": "",
    "task_status": "not_started",
    "priority": "3",
}


@pytest.fixture(autouse=True)
def tuesday():
    with clock.frozen(NOON):
        yield


def only() -> Event:
    return Event.get(Event.deleted_at.is_null())


def planned(by: Any, **values: Any) -> Event:
    meeting = {"kind": "meeting", "subject": "Quote review"}
    times = {
        "starts_at": datetime(2026, 11, 26, 9, 0, tzinfo=UTC),
        "ends_at": datetime(2026, 11, 26, 10, 0, tzinfo=UTC),
    }
    return events.save(None, {**meeting, **times, **values}, by)


def weekly(by: Any) -> Event:
    return planned(by, subject="Week start", rrule="FREQ=WEEKLY;COUNT=8")


def form_of(answer: Any) -> dict[str, str]:
    """What the form holds, as a browser would send it back."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", answer.text):
        name, kind = re.search(r'name="([^"]*)"', tag), re.search(r'type="([^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name and not (kind and kind.group(1) in ("radio", "checkbox") and " checked" not in tag):
            found[name.group(1)] = value.group(1) if value else ""
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', answer.text, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[name] = chosen.group(1) if chosen else ""
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', answer.text, re.S):
        found[name] = text
    return found


def test_a_meeting_is_planned_without_script(client_of, alice):
    answer = client_of("alice").post("/events", data=MEETING)
    event = only()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/events/{event.id}")
    assert event.starts_at == datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
    assert (event.alarm_minutes, event.tzid, event.owner_id) == (15, "Europe/Paris", alice.id)
    page = client_of("alice").get(f"/events/{event.id}")
    assert "Thu 26 November 10:00 – 11:30" in page.text and "15 minutes before" in page.text


def test_a_meeting_planned_in_the_panel_tells_the_open_page(client_of, alice):
    answer = client_of("alice").part("/events", "POST", data=MEETING)
    told = answer.headers["HX-Trigger"]
    assert answer.text == "" and '"dialog-close"' in told and "planned for" in told
    assert f'["event", {only().id}]' in told and "/reversal" in told


def test_the_form_holds_the_clicked_slot(client_of, db):
    form = form_of(client_of("alice").part("/events/form?start=2026-11-25T14:30&kind=call"))
    assert (form["day"], form["start"], form["end"], form["kind"]) == ("2026-11-25", "14:30", "15:30", "call")
    form = form_of(client_of("alice").part("/events/form?start=2026-11-25T14:30&end=2026-11-25T17:00"))
    assert form["end"] == "17:00"


def test_the_form_begins_with_the_next_half_hour(client_of, db):
    form = form_of(client_of("alice").part("/events/form"))
    assert (form["day"], form["start"], form["end"]) == ("2026-11-24", "12:30", "13:30")


def test_the_form_brings_the_links_of_a_record_and_its_address(client_of, alice):
    """SEED-08, SEED-86"""
    partner = make_partner(alice, "Harbour Light", street="Quai 4", city="Lyon", postcode="69002")
    contact = make_contact(alice, "Moreau", first_name="Lucie", partner=partner.id)
    sale = make_opportunity(alice, "Cold room", partner=partner.id, contact=contact.id)
    form = form_of(client_of("alice").part(f"/events/form?opportunity={sale.id}"))
    assert form["opportunity"] == f"Cold room #{sale.id}"
    assert form["contact"] == f"Lucie Moreau #{contact.id}"
    assert form["partner"] == f"Harbour Light #{partner.id}"
    form = form_of(client_of("alice").part(f"/events/form?partner={partner.id}"))
    assert form["location"] == "Quai 4, 69002 Lyon"


def test_a_link_is_typed_by_name_or_picked(client_of, alice):
    lead = make_lead(alice, "Costa")
    client_of("alice").post("/events", data={**MEETING, "lead": "Costa"})
    assert only().lead_id == lead.id


def test_a_link_to_nobody_is_refused_at_its_field(client_of, alice, charlie):
    hidden = make_lead(charlie, "Hidden")
    for text in ("Nobody", "Hidden", f"#{hidden.id}", f"Hidden #{hidden.id}"):
        answer = client_of("alice").part("/events", "POST", data={**MEETING, "lead": text})
        assert answer.status_code == 422 and 'id="f-lead-error"' in answer.text, text
    assert not Event.select().exists()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"subject": " "}, "subject"),
        ({"subject": "x" * 501}, "subject"),
        ({"day": "tomorrow"}, "day"),
        ({"day": "0001-01-01"}, "day"),
        ({"start": "ten"}, "start"),
        ({"end": "09:00"}, "end"),
        ({"end_day": "2026-11-20"}, "end_day"),
        ({"end_day": "2028-11-20"}, "end_day"),
        ({"reminder": "-5"}, "reminder"),
        ({"repeat": "hourly"}, "repeat"),
        ({"repeat": "weekly", "until": "2026-01-01"}, "until"),
        ({"repeat": "weekly", "until": "later"}, "until"),
        ({"status": "sleeping"}, "status"),
        ({"owner": "99999"}, "owner"),
        ({"calendar": "99999"}, "calendar"),
        ({"category_meeting": "99999"}, "category_meeting"),
    ],
)
def test_bad_input_is_said_at_its_field_and_the_text_is_kept(client_of, alice, typed, field):
    answer = client_of("alice").part("/events", "POST", data={**MEETING, **typed})
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text
    assert 'value="Lyon"' in answer.text
    assert not Event.select().exists()


def test_bad_input_without_script_shows_the_form_as_a_page(client_of, db):
    answer = client_of("alice").post("/events", data={**MEETING, "start": "ten"})
    assert answer.status_code == 422
    assert "<html" in answer.text and "Please enter a time such as 09:30." in answer.text


def test_a_kind_that_does_not_exist_is_refused(client_of, db):
    assert client_of("alice").part("/events", "POST", data={**MEETING, "kind": "party"}).status_code == 422


def test_without_script_the_end_follows_a_moved_start(client_of, alice):
    """crm-reference 2.9: start changed, end = start + duration."""
    event = planned(alice)
    form = form_of(client_of("alice").get(f"/events/{event.id}/form"))
    client_of("alice").post(f"/events/{event.id}", data={**form, "day": "2026-12-01", "start": "15:00"})
    fresh = only()
    assert fresh.starts_at == datetime(2026, 12, 1, 14, 0, tzinfo=UTC)
    assert fresh.ends_at - fresh.starts_at == event.ends_at - event.starts_at


def test_a_task_has_a_day_a_moment_or_neither(client_of, alice):
    client = client_of("alice")
    client.post("/events", data=TASK)
    task = only()
    assert (task.kind, task.all_day, task.priority) == ("task", True, 3)
    assert form_of(client.part(f"/events/{task.id}/form"))["due"] == "2026-11-27"
    form = form_of(client.part(f"/events/{task.id}/form"))
    client.part(f"/events/{task.id}", "POST", data={**form, "due_time": "09:00"})
    assert only().due_at == datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
    form = form_of(client.part(f"/events/{task.id}/form"))
    client.part(f"/events/{task.id}", "POST", data={**form, "due": "", "due_time": ""})
    assert only().due_at is None


@pytest.mark.parametrize("zone", ["Pacific/Pago_Pago", "Pacific/Tongatapu", "Europe/Paris"])
def test_the_day_of_a_task_is_the_same_in_every_zone(client_of, alice, zone):
    gate.change(people.user("alice"), {"zone": zone}, alice)
    client_of("alice").post("/events", data=TASK)
    form = form_of(client_of("alice").part(f"/events/{only().id}/form"))
    assert (form["due"], form["due_time"]) == ("2026-11-27", "")


def test_an_all_day_event_keeps_its_days(client_of, alice):
    client = client_of("alice")
    client.post("/events", data={**MEETING, "all_day": "1", "end_day": "2026-11-28"})
    event = only()
    assert (str(event.start_date), str(event.end_date)) == ("2026-11-26", "2026-11-29")
    form = form_of(client.part(f"/events/{event.id}/form"))
    assert (form["day"], form["end_day"], form["all_day"]) == ("2026-11-26", "2026-11-28", "1")


def test_an_event_over_midnight_keeps_its_hours(client_of, alice):
    client_of("alice").post(
        "/events", data={**MEETING, "start": "22:00", "end_day": "2026-11-27", "end": "02:00"}
    )
    event = only()
    assert (event.ends_at - event.starts_at).total_seconds() == 4 * 3600
    assert (
        "Thu 26 November 22:00 – Fri 27 November 02:00" in client_of("alice").get(f"/events/{event.id}").text
    )


def test_an_edit_that_changes_nothing_writes_nothing(client_of, alice):
    event = planned(alice, lead=make_lead(alice).id, category=choice("event_category", "Training").id)
    form = form_of(client_of("alice").part(f"/events/{event.id}/form"))
    answer = client_of("alice").part(f"/events/{event.id}", "POST", data=form)
    assert answer.status_code == 200
    assert (only().version, only().ics) == (event.version, event.ics)


def test_an_edit_changes_what_was_typed_and_nothing_else(client_of, alice):
    event = planned(alice, description="Bring the draft.", location="Lyon", alarm_minutes=25)
    form = form_of(client_of("alice").part(f"/events/{event.id}/form"))
    assert form["reminder"] == "25"
    client_of("alice").part(f"/events/{event.id}", "POST", data={**form, "location": "Nantes"})
    fresh = only()
    assert (fresh.location, fresh.description, fresh.alarm_minutes) == ("Nantes", "Bring the draft.", 25)


def test_two_people_at_the_same_field_are_asked(client_of, alice, carol):
    event = planned(alice, location="Lyon")
    form = form_of(client_of("alice").part(f"/events/{event.id}/form"))
    events.save(event, {"location": "Nice"}, carol)
    answer = client_of("alice").part(f"/events/{event.id}", "POST", data={**form, "location": "Nantes"})
    assert answer.status_code == 409
    assert "Carol Cole" in answer.text and 'value="Nantes"' in answer.text
    again = client_of("alice").part(f"/events/{event.id}", "POST", data=form_of(answer))
    assert again.status_code == 200 and only().location == "Nantes"


def test_two_people_at_different_fields_both_win(client_of, alice, carol):
    event = planned(alice, location="Lyon")
    form = form_of(client_of("alice").part(f"/events/{event.id}/form"))
    events.save(event, {"location": "Nice"}, carol)
    client_of("alice").part(f"/events/{event.id}", "POST", data={**form, "subject": "Contract"})
    assert (only().location, only().subject) == ("Nice", "Contract")


def test_an_e_mail_is_logged_among_the_five_kinds(client_of, alice):
    """SEED-87"""
    lead = make_lead(alice, "Costa")
    answer = client_of("alice").part(f"/events/form?kind=email&lead={lead.id}")
    offered = re.findall(r'name="kind" value="(\w+)"', answer.text)
    assert offered == ["meeting", "call", "task", "event", "email"]
    form = form_of(answer)
    assert (form["kind"], form["status"]) == ("email", "realized")
    client_of("alice").post("/events", data={**form, "subject": "Sent the offer"})
    assert (only().kind, only().status, only().lead_id) == ("email", "realized", lead.id)
    assert "Sent the offer" in client_of("alice").get(f"/leads/{lead.id}").text


def test_the_place_is_the_address_for_invoices(client_of, alice):
    """crm-reference 2.9"""
    partner = make_partner(alice, "Harbour Light", street="Quai 4", city="Lyon", postcode="69002")
    billing = {"about": "partner", "about_id": partner.id, "street": "Rue 9", "city": "Nantes", "is_invoicing": True}
    gate.create(Address, billing, alice)
    form = form_of(client_of("alice").part(f"/events/form?partner={partner.id}"))
    assert form["location"] == "Rue 9, Nantes"


def followed(client: Any, changed: str, **sent: str) -> dict[str, str]:
    query = urlencode({"changed": changed, "kind": "meeting", **sent})
    return json.loads(client.part(f"/events/form/followed?{query}").text)


def test_a_chosen_record_fills_what_is_empty(client_of, alice):
    """crm-reference 2.9"""
    partner = make_partner(alice, "Harbour Light", street="Quai 4", city="Lyon")
    contact = make_contact(alice, "Moreau", partner=partner.id)
    deal = make_opportunity(alice, "Cold room", partner=partner.id, contact=contact.id)
    client = client_of("alice")
    company, person = f"Harbour Light #{partner.id}", f"Moreau #{contact.id}"
    assert followed(client, "partner", partner=company) == {"location": "Quai 4, Lyon"}
    assert followed(client, "contact", contact="Moreau") == {"partner": company, "location": "Quai 4, Lyon"}
    brought = {"partner": company, "contact": person, "location": "Quai 4, Lyon"}
    assert followed(client, "opportunity", opportunity=f"#{deal.id}") == brought
    assert followed(client, "contact", contact="Mor") == followed(client, "subject", contact="Moreau") == {}


def test_what_was_typed_is_never_filled_over(client_of, alice):
    partner = make_partner(alice, "Harbour Light", street="Quai 4", city="Lyon")
    make_contact(alice, "Moreau", partner=partner.id)
    client = client_of("alice")
    assert followed(client, "contact", contact="Moreau", partner="Mill", location="Cafe") == {}
    assert "location" not in followed(client, "partner", partner="Harbour Light", kind="task")


def test_a_new_meeting_goes_to_the_owner_of_the_record_where_one_may_plan_for_them(client_of, alice, bob, carol):
    lead = make_lead(alice, "Costa")
    link = f"Costa #{lead.id}"
    managers, mates = client_of("carol"), client_of("bob")
    assert followed(managers, "lead", lead=link, owner=str(carol.id)) == {"owner": str(alice.id)}
    assert followed(managers, "lead", lead=link, owner=str(carol.id), kind="call") == {}
    assert followed(managers, "lead", lead=link, owner=str(bob.id)) == {}
    assert followed(managers, "lead", lead=link, owner=str(carol.id), seen="1") == {}
    assert followed(mates, "lead", lead=link, owner=str(bob.id)) == {}


def test_a_hidden_record_fills_nothing(client_of, alice, charlie):
    lead = make_lead(alice, "Costa", street="Quai 4", city="Lyon")
    assert followed(client_of("charlie"), "lead", lead=f"#{lead.id}", owner=str(charlie.id)) == {}


def test_a_category_of_any_kind_and_a_status_of_both_stay_when_the_kind_changes(client_of, alice):
    anything = gate.create(Choice, {"kind": "event_category", "name": "Fair"}, system("cli"))
    meeting = planned(alice, category=anything.id, status="cancelled")
    client = client_of("alice")
    form = form_of(client.part(f"/events/{meeting.id}/form"))
    assert form["category_task"] == form["category_meeting"] == str(anything.id)
    assert form["task_status"] == "cancelled"
    client.post(f"/events/{meeting.id}", data={**form, "kind": "task", "due": "2026-11-26", "category_task": ""})
    task = only()
    assert (task.kind, task.status, task.category_id) == ("task", "cancelled", None)
