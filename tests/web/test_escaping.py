"""What people type is shown as text, everywhere, whatever it looks like."""

from crmlite.rules import events, notes
from tests.make import make_contact, make_lead, make_opportunity, make_partner

HOSTILE = '<img src=x onerror=alert(1)>"\'&'
RAW = ("<img src=x", "onerror=alert(1)>\"'&")


def test_no_page_lets_typed_markup_through(client_of, alice):
    partner = make_partner(alice, HOSTILE, city=HOSTILE, description=HOSTILE)
    about = {"first_name": HOSTILE, "company": HOSTILE, "referent": HOSTILE, "description": HOSTILE}
    lead = make_lead(alice, HOSTILE, partner=partner.id, **about)
    contact = make_contact(alice, HOSTILE, partner=partner.id, department=HOSTILE)
    sale = make_opportunity(
        alice, HOSTILE, partner=partner.id, lead=lead.id, next_step=HOSTILE, description=HOSTILE
    )
    event = events.save(None, {"kind": "task", "subject": HOSTILE, "description": HOSTILE, "lead": lead.id}, alice)
    notes.add(lead, HOSTILE, alice)
    visitor = client_of("alice")
    pages = [
        "/",
        "/leads?company=has:<img&columns=company,referent,description,city",
        "/partners?view=all&columns=city,description",
        "/contacts?columns=partner,department",
        "/opportunities?columns=partner,next_step,lead",
        "/opportunities/board",
        "/events?view=all",
        "/calendars/agenda",
        "/calendars/week",
        "/search?q=img",
        f"/search/options?concept=lead&q={HOSTILE}",
        *(f"/{section}/{record.id}{rest}" for rest in ("", "/form", "/menu") for section, record in (
            ("leads", lead), ("partners", partner), ("contacts", contact), ("opportunities", sale), ("events", event)
        )),
        f"/leads/{lead.id}/cells/company",
        f"/leads/{lead.id}/cells/name",
        f"/leads/{lead.id}/loss",
        f"/events/form?lead={lead.id}",
    ]  # fmt: skip
    for page in pages:
        for answer in (visitor.get(page), visitor.part(page)):
            assert answer.status_code == 200, (page, answer.status_code)
            assert not [raw for raw in RAW if raw in answer.text], page


def test_a_toast_carries_typed_text_in_ascii(client_of, alice):
    lead = make_lead(alice, f"{HOSTILE}\u20ac Ü")
    answer = client_of("bob").part(f"/leads/{lead.id}/assignment?as=row", "POST")
    assert answer.headers["HX-Trigger"].isascii()
    assert "\n" not in answer.headers["HX-Trigger"]
