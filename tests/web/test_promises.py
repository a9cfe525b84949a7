"""Promises of the manual about leads and customers that no other test tells from end to end."""

import re

import pytest

from crmlite.models.choices import Choice
from crmlite.models.leads import Lead
from crmlite.models.partners import Partner
from crmlite.rules import leads
from tests.make import choice, make_contact, make_lead, make_partner


def lose(by, lead):
    return leads.lose(lead, choice("lost_reason", "No budget").id, "", by)


def test_a_lost_lead_is_deleted_by_a_manager_and_comes_back_by_undo(client_of, alice):
    """SEED-02"""
    lead = make_lead(alice)
    lose(alice, lead)
    carol = client_of("carol")
    answer = carol.part("/leads/bulk", "POST", data={"verb": "delete", "ids": lead.id, "did": "deleted"})
    assert answer.status_code == 200
    page = carol.get("/leads?view=lost").text
    assert f'href="/leads/{lead.id}"' not in page
    carol.post(re.search(r'action="(/gestures/\d+/reversal)"', page)[1])
    assert Lead.get_by_id(lead.id).deleted_at is None


def test_a_rep_is_told_to_archive_what_they_may_not_delete(client_of, alice):
    """SEED-02"""
    lead = make_lead(alice)
    lose(alice, lead)
    visitor = client_of("alice")
    visitor.post("/leads/bulk", data={"verb": "delete", "ids": lead.id})
    assert "archive it instead" in visitor.get("/leads").text
    assert Lead.get_by_id(lead.id).deleted_at is None


def test_a_customer_is_listed_and_created(client_of, alice):
    """SEED-13"""
    visitor = client_of("alice")
    answer = visitor.post("/partners", data={"kind": "company", "name": "Harbour Light", "is_customer": "1"})
    assert answer.status_code == 303
    partner = Partner.get(Partner.name == "Harbour Light")
    assert f'href="/partners/{partner.id}"' in visitor.get("/partners?view=customers").text


def test_start_puts_a_lead_in_progress_and_the_path_shows_it(client_of, alice):
    """SEED-31, SEED-39"""
    lead = make_lead(alice)
    visitor = client_of("alice")
    assert "Start" in visitor.get(f"/leads/{lead.id}").text
    visitor.post(f"/leads/{lead.id}/start")
    assert Lead.get_by_id(lead.id).status == "in_progress"
    assert "In progress" in visitor.get("/leads").text


def test_a_lead_is_assigned_to_somebody_else_and_to_a_team(client_of, alice, bob):
    """SEED-33, SEED-37"""
    lead = make_lead(alice)
    visitor = client_of("alice")
    for name, value in (("owner", bob.id), ("team", bob.active_team_id)):
        answer = visitor.part(f"/leads/{lead.id}/cells/{name}", "POST", data={name: value})
        assert answer.status_code == 200
    fresh = Lead.get_by_id(lead.id)
    assert (fresh.owner_id, fresh.team_id, fresh.status) == (bob.id, bob.active_team_id, "assigned")


@pytest.mark.parametrize(("field", "words"), [("do_not_call", "No calls"), ("do_not_email", "No e-mails")])
def test_a_rejection_is_ticked_and_shown_as_a_mark(client_of, alice, field, words):
    """SEED-35, SEED-36"""
    lead = make_lead(alice, email="ines@azenha.example", phone="+351 21 555 01 02")
    visitor = client_of("alice")
    assert words not in visitor.get("/leads").text
    visitor.part(f"/leads/{lead.id}/cells/{field}", "POST", data={field: "1"})
    assert words in visitor.get("/leads").text


def test_a_rejected_mail_offers_no_mail_button(client_of, alice):
    """SEED-36"""
    make_lead(alice, email="ines@azenha.example", do_not_email=True)
    assert "data-mail" not in client_of("alice").get("/leads").text


def test_a_configured_source_is_offered_and_no_other_is_taken(client_of, alice, carol):
    """SEED-27, SEED-43"""
    manager = client_of("carol")
    manager.post("/choices/source", data={"name": "Trade fair Porto"})
    source = Choice.get(Choice.name == "Trade fair Porto")
    lead = make_lead(alice)
    visitor = client_of("alice")
    assert "Trade fair Porto" in visitor.part(f"/leads/{lead.id}/cells/source").text
    assert visitor.part(f"/leads/{lead.id}/cells/source", "POST", data={"source": source.id}).status_code == 200
    reason = choice("lost_reason", "No budget")
    assert visitor.part(f"/leads/{lead.id}/cells/source", "POST", data={"source": reason.id}).status_code == 422
    assert Lead.get_by_id(lead.id).source_id == source.id


def test_a_lost_reason_serves_leads_and_opportunities(client_of, alice):
    """SEED-30"""
    client_of("carol").post("/choices/lost_reason", data={"name": "Moved abroad"})
    lead, partner = make_lead(alice), make_partner(alice)
    visitor = client_of("alice")
    visitor.post("/opportunities", data={"name": "Mill", "partner": f"{partner.name} #{partner.id}"})
    assert "Moved abroad" in visitor.part(f"/leads/{lead.id}/loss").text
    assert "Moved abroad" in visitor.part("/opportunities/1/loss").text


def test_an_event_is_planned_from_a_lead_and_from_a_contact(client_of, alice):
    """SEED-08, SEED-84, SEED-85"""
    visitor = client_of("alice")
    for record in (make_lead(alice), make_contact(alice)):
        address = f"/events/form?{record.concept}={record.id}"
        assert address in visitor.get(f"/{record.concept}s/{record.id}").text
        assert f"{record.label} #{record.id}" in visitor.part(address).text
