"""Conversion over HTTP: the dialog, what it offers, what it keeps, whom it refuses."""

import re

import pytest

from crmlite.models.contacts import Contact
from crmlite.models.leads import Lead
from crmlite.models.opportunities import Opportunity
from crmlite.models.partners import Partner
from crmlite.rules import conversions, leads
from tests.make import choice, make_contact, make_lead, make_partner, stage


@pytest.fixture
def lead(alice):
    return make_lead(alice, first_name="Inês", company="Azenha", email="ines@azenha.example", budget=500_00)


def url(lead):
    return f"/leads/{lead.id}/conversion"


def ticked(text, name):
    """The value of the radio button that is on."""
    found = re.search(rf'<input type="radio" name="{name}" value="(\w+)" checked', text)
    return found[1] if found else None


def test_the_record_offers_to_convert_until_it_is_done(client_of, alice, lead):
    visitor = client_of("alice")
    page, menu = visitor.get(f"/leads/{lead.id}").text, visitor.part(f"/leads/{lead.id}/menu").text
    assert url(lead) in page and url(lead) in menu
    assert url(lead) not in client_of("rita").get(f"/leads/{lead.id}").text
    conversions.convert(lead, {}, None, None, alice)
    page, menu = visitor.get(f"/leads/{lead.id}").text, visitor.part(f"/leads/{lead.id}/menu").text
    assert url(lead) not in page and url(lead) not in menu


def test_the_dialog_is_prefilled_from_the_lead(client_of, lead):
    """SEED-45"""
    text = client_of("alice").part(url(lead)).text
    assert text.lstrip().startswith("<dialog")
    assert (ticked(text, "customer"), ticked(text, "contact")) == ("new", "new")
    assert (ticked(text, "kind"), ticked(text, "standing")) == ("company", "prospect")
    assert re.search(r'name="customer_name" value="Azenha"', text)
    assert re.search(r'name="amount" value="500"', text)
    assert re.search(r'name="name" value="Azenha"', text)
    assert 'data-options="/search/options?concept=partner"' in text
    assert 'data-options="/search/options?concept=contact"' in text


def test_a_lead_without_a_company_is_an_individual_at_first(client_of, alice):
    assert ticked(client_of("alice").part(url(make_lead(alice))).text, "kind") == "individual"


def test_likely_customers_come_first_and_the_sure_one_is_ticked(client_of, alice, lead):
    sure = make_partner(alice, "Mill House")
    person = make_contact(alice, "Costa", email="ines@azenha.example", partner=sure.id)
    similar = make_partner(alice, "Azenha Norte")
    text = client_of("alice").part(url(lead)).text
    values = re.findall(r'name="customer" value="(\w+)"', text)
    assert values == [str(sure.id), str(similar.id), "new", "other"]
    assert (ticked(text, "customer"), ticked(text, "contact")) == (str(sure.id), str(person.id))
    assert "same e-mail" in text and "similar name" in text


def test_a_plain_form_converts_and_both_ways_are_linked(client_of, lead):
    """SEED-52, SEED-54"""
    visitor = client_of("alice")
    assert "<html" in visitor.get(url(lead)).text
    answer = visitor.post(
        url(lead),
        data={
            "customer": "new", "kind": "company", "standing": "customer", "supplier": "1",
            "customer_name": "Azenha Lda", "contact": "new", "create_opportunity": "1", "name": "Mill",
            "type": choice("opportunity_type", "Recurring").id, "stage": stage("Qualification").id,
            "amount": "1,200.50", "expected_close_date": "2026-12-31", "probability": "35",
        },
    )  # fmt: skip
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/leads/{lead.id}")
    fresh, partner, contact, sale = Lead.get_by_id(lead.id), Partner.get(), Contact.get(), Opportunity.get()
    assert (partner.name, partner.is_customer, partner.is_prospect, partner.is_supplier) == (
        "Azenha Lda", True, False, True,
    )  # fmt: skip
    assert (fresh.status, fresh.partner, fresh.contact) == ("converted", partner, contact)
    assert (sale.name, sale.amount, sale.probability, sale.stage) == ("Mill", 120050, 35, stage("Qualification"))
    assert (sale.lead, sale.partner, sale.contact, sale.type.name) == (fresh, partner, contact, "Recurring")
    page = visitor.get(f"/leads/{lead.id}").text
    for link in (f"/partners/{partner.id}", f"/contacts/{contact.id}", f"/opportunities/{sale.id}"):
        assert f'href="{link}"' in page
        assert f'href="/leads/{lead.id}"' in visitor.get(link).text, link
    assert "converted this" in page and "reversal" in page


def test_without_the_tick_no_opportunity_is_made(client_of, lead):
    data = {"customer": "new", "kind": "company", "customer_name": "Azenha", "name": "Mill", "amount": "nonsense"}
    assert client_of("alice").post(url(lead), data=data).status_code == 303
    assert not Opportunity.select().exists()


def test_customer_and_contact_are_found_by_what_was_typed(client_of, alice, lead):
    """SEED-50"""
    partner = make_partner(alice, "Mill House")
    contact = make_contact(alice, "Moreau", partner=partner.id)
    data = {
        "customer": "other", "customer_record": f"Mill House #{partner.id}",
        "contact": "other", "contact_record": "Moreau",
    }  # fmt: skip
    assert client_of("alice").post(url(lead), data=data).status_code == 303
    assert (Lead.get_by_id(lead.id).partner, Lead.get_by_id(lead.id).contact) == (partner, contact)


def test_an_individual_has_no_contact_whatever_the_form_says(client_of, alice, lead):
    partner = make_partner(alice, "Moreau", kind="individual")
    data = {"customer": partner.id, "contact": "other", "contact_record": "nobody at all"}
    assert client_of("alice").post(url(lead), data=data).status_code == 303
    assert Lead.get_by_id(lead.id).contact_id is None
    assert not Contact.select().exists()


def test_a_hidden_choice_of_contact_does_not_disturb_a_new_customer(client_of, alice, lead):
    data = {
        "customer": "new", "kind": "company", "customer_name": "Azenha",
        "contact": make_contact(alice).id,
    }  # fmt: skip
    assert client_of("alice").post(url(lead), data=data).status_code == 303
    assert Lead.get_by_id(lead.id).contact.full_name == "Inês Costa"


BAD = {
    "customer_name": ({"customer_name": ""}, "Please enter a name"),
    "kind": ({"kind": "club"}, "Please choose company or individual"),
    "standing": ({"standing": "neither", "supplier": ""}, "Please choose prospect or customer, or tick supplier"),
    "customer": ({"customer": "99999"}, "This customer does not exist any more"),
    "customer_record": ({"customer": "other", "customer_record": "Nowhere"}, "There is no customer called “Nowhere”"),
    "amount": ({"amount": "a lot"}, "amount"),
    "probability": ({"probability": "150"}, "between 0 and 100"),
    "expected_close_date": ({"expected_close_date": "soon"}, "year-month-day"),
    "stage": ({"stage": "x"}, "Please choose a stage"),
    "name": ({"name": " "}, "Please enter a name"),
    "owner": ({"owner": "99999"}, "no longer active"),
}


@pytest.mark.parametrize("control", BAD)
def test_bad_input_keeps_everything_and_says_why_at_the_field(client_of, lead, control):
    wrong, sentence = BAD[control]
    data = {
        "customer": "new", "kind": "company", "standing": "customer", "supplier": "1", "customer_name": "Kept Lda",
        "customer_record": "Kept elsewhere", "create_opportunity": "1", "name": "Kept mill", "amount": "1234",
        "next_step": "Kept step", "stage": stage("New").id, "probability": "10", "seen": lead.version, **wrong,
    }  # fmt: skip
    answer = client_of("alice").part(url(lead), "POST", data=data)
    assert answer.status_code == 422
    assert re.search(rf'class="error" id="f-{control}-error">[^<]*{sentence}', answer.text)
    assert re.search(rf'aria-describedby="f-{control}-error', answer.text)
    for name in ("customer_name", "customer_record", "name", "next_step"):
        assert re.search(rf'name="{name}" value="{data[name]}"', answer.text), name
    assert ticked(answer.text, "standing") == data["standing"]
    assert bool(re.search(r'name="supplier" value="1" checked', answer.text)) == bool(data["supplier"])
    assert re.search(r'name="create_opportunity" value="1" checked', answer.text)
    assert Lead.get_by_id(lead.id).version == lead.version
    assert not Partner.select().exists() and not Contact.select().exists()


def test_a_contact_of_another_customer_is_refused_at_the_contact(client_of, alice, lead):
    partner = make_partner(alice)
    contact = make_contact(alice, partner=make_partner(alice, "Brandt").id)
    data = {"customer": partner.id, "contact": "other", "contact_record": f"Moreau #{contact.id}"}
    answer = client_of("alice").part(url(lead), "POST", data=data)
    assert answer.status_code == 422
    assert re.search(r'id="f-contact-error">Moreau is not a contact of Harbour Light', answer.text)
    assert f'value="Moreau #{contact.id}"' in answer.text


def test_a_stranger_finds_nothing_and_lends_nothing(client_of, alice, charlie, lead):
    assert client_of("charlie").get(url(lead)).status_code == 404
    assert client_of("charlie").post(url(lead), data={"customer": "new"}).status_code == 404
    mine, theirs = make_lead(charlie, "Crane", company="Azenha"), make_partner(alice, "Azenha")
    offered = re.findall(r'name="customer" value="(\w+)"', client_of("charlie").part(url(mine)).text)
    assert offered == ["new", "other"]
    for data in ({"customer": theirs.id}, {"customer": "other", "customer_record": f"Azenha #{theirs.id}"}):
        assert client_of("charlie").post(url(mine), data=data).status_code == 422
    assert Lead.get_by_id(mine.id).partner_id is None


def test_readers_are_refused(client_of, lead):
    assert client_of("rita").get(url(lead)).status_code == 403
    assert client_of("rita").post(url(lead), data={"customer": "new"}).status_code == 403
    assert Lead.get_by_id(lead.id).status == "new"


def test_lost_and_converted_leads_are_refused_with_the_reason(client_of, alice, lead):
    conversions.convert(lead, {}, None, None, alice)
    for answer in (client_of("alice").get(url(lead)), client_of("alice").post(url(lead), data={})):
        assert answer.status_code == 422
        assert "A lead that is converted cannot be converted" in answer.text
    leads.lose(lead, choice("lost_reason", "No budget").id, "", alice)
    assert "A lead that is lost cannot be converted" in client_of("alice").get(url(lead)).text


def test_undo_takes_the_whole_conversion_back(client_of, lead):
    visitor = client_of("alice")
    data = {"customer": "new", "kind": "company", "customer_name": "Azenha", "create_opportunity": "1", "name": "Mill"}
    visitor.post(url(lead), data=data)
    undo = re.search(r"/gestures/\d+/reversal", visitor.get(f"/leads/{lead.id}").text).group(0)
    assert visitor.part(undo, "POST").status_code == 200
    fresh = Lead.get_by_id(lead.id)
    assert (fresh.status, fresh.partner_id, fresh.contact_id) == ("new", None, None)
    for model in (Partner, Contact, Opportunity):
        assert all(record.deleted_at for record in model.select())
    assert url(lead) in visitor.get(f"/leads/{lead.id}").text
