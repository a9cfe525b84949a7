"""Contacts over HTTP."""

from crmlite.models.contacts import Contact
from crmlite.models.leads import Lead
from tests import people
from tests.make import make_contact, make_lead


def test_a_contact_is_made_and_listed(client_of, db):
    """SEED-14"""
    there = client_of("alice")
    assert there.post("/contacts", data={"first_name": "Ana", "name": "Silva"}).status_code == 303
    assert "Silva, Ana" in there.get("/contacts?view=all").text


def test_person_and_team_are_chosen_in_the_follow_up(client_of, alice):
    """SEED-37"""
    contact, bob = make_contact(alice), people.user("bob")
    there = client_of("alice")
    form = there.part(f"/contacts/{contact.id}/form").text
    assert 'name="owner"' in form and 'name="team"' in form
    there.post(f"/contacts/{contact.id}", data={"owner": bob.id, "team": ""})
    now = Contact.get_by_id(contact.id)
    assert (now.owner_id, now.team_id) == (bob.id, None)


def test_language_and_hours_are_kept_and_filtered_by(client_of, alice):
    contact = make_contact(alice)
    there = client_of("alice")
    there.post(f"/contacts/{contact.id}", data={"language": "fr", "time_slot": "mornings"})
    page = there.get(f"/contacts/{contact.id}").text
    assert "French" in page and "mornings" in page
    assert f'/contacts/{contact.id}"' in there.get("/contacts?view=all&language=in:fr").text
    assert f'/contacts/{contact.id}"' not in there.get("/contacts?view=all&language=in:de").text
    refused = there.part(f"/contacts/{contact.id}/cells/language", "POST", data={"language": "xx"})
    assert refused.status_code == 422


def test_who_reports_to_whom_is_shown_both_ways(client_of, alice):
    boss = make_contact(alice, "Boss")
    other = make_contact(alice, "Helper", reports_to=boss.id)
    there = client_of("alice")
    assert f'href="/contacts/{other.id}">Helper' in there.get(f"/contacts/{boss.id}").text
    assert f'href="/contacts/{boss.id}">Boss' in there.get(f"/contacts/{other.id}").text


def test_a_referent_is_free_text_with_contacts_as_suggestions(client_of, alice):
    """SEED-44"""
    make_contact(alice, "Moreau", first_name="Zoe")
    lead = make_lead(alice)
    there = client_of("alice")
    assert 'data-options="/contacts/names?"' in there.part(f"/leads/{lead.id}/form").text
    assert 'data-options="/contacts/names?"' in there.part(f"/leads/{lead.id}/cells/referent").text
    assert 'value="Zoe Moreau"' in there.get("/contacts/names?&q=zo").text
    assert there.part(f"/leads/{lead.id}/cells/referent", "POST", data={"referent": "Uncle Bob"}).status_code == 200
    assert Lead.get_by_id(lead.id).referent == "Uncle Bob"
