"""Converting a lead (SEED-04, SEED-45 to SEED-54): every combination, what is carried over, what follows, Undo."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from crmlite.errors import Forbidden, Invalid
from crmlite.models.calendars import Calendar
from crmlite.models.choices import Choice, Stage
from crmlite.models.contacts import Contact
from crmlite.models.events import Event
from crmlite.models.leads import Lead
from crmlite.models.notes import Note
from crmlite.models.opportunities import Opportunity
from crmlite.models.partners import Partner
from crmlite.rules import access, conversions, events, gate, journal, leads, matches, notes, opportunities, users
from crmlite.rules.access import system
from crmlite.rules.settings import put_setting
from tests import people
from tests.make import choice, make_contact, make_lead, make_opportunity, make_partner

STORED = (Lead, Partner, Contact, Opportunity, Event)
DETAILS = {
    "first_name": "Inês",
    "title": "ms",
    "company": "Azenha Lda",
    "email": "ines@azenha.example",
    "phone": "+351 21 340 55 10",
    "mobile_phone": "+351 91 200 30 40",
    "fax": "+351 21 340 55 11",
    "website": "azenha.example",
    "street": "Rua do Moinho 4",
    "postcode": "1100-001",
    "city": "Lisboa",
    "country": "Portugal",
    "department": "Purchasing",
    "do_not_call": True,
    "budget": 12_500_00,
    "description": "Wants a quiet mill.",
}
PARTNERS = {
    "a new company, prospect": {"kind": "company"},
    "a new company, customer": {"kind": "company", "is_customer": True},
    "a new company, supplier": {"kind": "company", "is_prospect": False, "is_supplier": True},
    "a new individual, prospect": {"kind": "individual"},
    "a new individual, customer and supplier": {"kind": "individual", "is_customer": True, "is_supplier": True},
    "a company we have": "company",
    "an individual we have": "individual",
}


def rich_lead(by, **values):
    chosen = {kind: any_choice(kind).id for kind in ("source", "sector", "job_title")}
    return make_lead(by, "Costa", **{**DETAILS, **chosen, **values})


def any_choice(kind):
    return Choice.select().where(Choice.kind == kind).order_by(Choice.position).first()


def everything():
    """All records that are not in the bin, without what every write renews."""
    stamps = {"version", "updated_at", "updated_by"}
    return {
        (model.concept, row["id"]): {name: value for name, value in row.items() if name not in stamps}
        for model in STORED
        for row in model.select().where(model.deleted_at.is_null()).dicts()
    }


def call_about(lead, by, **values):
    start = datetime(2026, 3, 3, 9, tzinfo=UTC)
    times = {"starts_at": start, "ends_at": start + timedelta(hours=1)}
    return events.save(None, {"kind": "call", "subject": "Call Costa", "lead": lead.id, **times, **values}, by)


@pytest.mark.parametrize(
    ("partner", "contact", "opportunity"),
    [
        (partner, contact, opportunity)
        for partner, contact, opportunity in itertools.product(PARTNERS, ("new", "existing"), (False, True))
        if contact == "new" or PARTNERS[partner] in ("company", "individual")
    ],
)
def test_every_combination_converts_and_undo_takes_it_back(db, alice, partner, contact, opportunity):
    """SEED-04, SEED-45, SEED-50"""
    lead = rich_lead(alice)
    wanted = PARTNERS[partner]
    if isinstance(wanted, str):
        wanted = make_partner(alice, "Mill House", kind=wanted, is_prospect=False)
    person = None
    if contact == "existing":
        person = make_contact(alice, "Moreau", partner=wanted.id if wanted.kind == "company" else None)
    call_about(lead, alice)
    make_opportunity(alice, "Begun before", lead=lead.id)
    before = everything()

    with gate.together() as gesture:
        made = conversions.convert(lead, wanted, person, {"name": "Mill"} if opportunity else None, alice)

    lead = Lead.get_by_id(lead.id)
    is_company = made.partner.kind == "company"
    assert (lead.status, lead.partner, lead.contact) == ("converted", made.partner, made.contact)
    assert (made.contact is not None) == is_company
    assert bool(made.opportunity) == opportunity
    if made.contact:
        assert made.contact.partner_id == made.partner.id
        assert person is None or made.contact == person
    for record in (*Event.select(), *Opportunity.select()):
        assert (record.lead_id, record.partner_id) == (lead.id, made.partner.id)
        assert record.contact_id == (made.contact.id if made.contact else None)

    journal.undo(gesture, alice)
    assert everything() == before
    assert Lead.get_by_id(lead.id).status == "new"


def test_a_new_company_and_its_contact_take_over_the_details(db, alice):
    """SEED-47, SEED-48"""
    lead = rich_lead(alice)
    made = conversions.convert(lead, {}, None, None, alice)
    partner, contact = made.partner, made.contact
    assert (partner.name, partner.kind, partner.reference[0]) == ("Azenha Lda", "company", "P")
    assert (partner.is_prospect, partner.is_customer, partner.is_supplier) == (True, False, False)
    assert (partner.sector_id, partner.website, partner.description) == (lead.sector_id, lead.website, "")
    assert (contact.name, contact.first_name, contact.title) == ("Costa", "Inês", "ms")
    assert contact.job_title_id == lead.job_title_id
    for name in (
        "email", "phone", "mobile_phone", "fax", "street", "postcode", "city", "country", "department", "source",
        "owner", "team", "do_not_call", "do_not_email",
    ):  # fmt: skip
        theirs = lead.__data__[name]
        assert (partner.__data__[name], contact.__data__[name]) == (theirs, theirs), name


def test_a_new_individual_has_the_name_of_the_lead_and_no_contact(db, alice):
    made = conversions.convert(rich_lead(alice), {"kind": "individual"}, None, None, alice)
    assert (made.partner.full_name, made.partner.title, made.contact) == ("Inês Costa", "ms", None)
    assert not Contact.select().exists()


@pytest.mark.parametrize(
    ("flags", "after"),
    [
        ({"is_prospect": False}, (False, True, False)),
        ({"is_prospect": True}, (False, True, False)),
        ({"is_customer": True, "is_prospect": False}, (True, False, False)),
        ({"is_supplier": True, "is_prospect": False}, (False, True, True)),
    ],
)
def test_a_partner_that_is_no_customer_becomes_a_prospect(db, alice, flags, after):
    partner = make_partner(alice, **flags)
    conversions.convert(make_lead(alice), partner, None, None, alice)
    fresh = Partner.get_by_id(partner.id)
    assert (fresh.is_customer, fresh.is_prospect, fresh.is_supplier) == after


def test_prospect_and_customer_exclude_each_other(db, alice):
    """SEED-46"""
    lead = rich_lead(alice)
    with pytest.raises(Invalid) as refused:
        conversions.convert(lead, {"is_prospect": True, "is_customer": True}, None, None, alice)
    assert list(refused.value.fields) == ["partner.is_prospect"]
    assert not Partner.select().exists() and Lead.get_by_id(lead.id).status == "new"


def test_a_new_customer_must_be_something(db, alice):
    with pytest.raises(Invalid, match="prospect or customer, or tick supplier"):
        conversions.convert(rich_lead(alice), {"is_prospect": False}, None, None, alice)


def test_a_new_company_needs_a_name(db, alice):
    with pytest.raises(Invalid) as refused:
        conversions.convert(make_lead(alice), {}, None, None, alice)
    assert refused.value.fields == {"partner.name": "Please enter a name."}


def test_a_contact_without_a_customer_comes_to_the_company(db, alice):
    partner, contact = make_partner(alice), make_contact(alice)
    conversions.convert(make_lead(alice), partner, contact, None, alice)
    assert Contact.get_by_id(contact.id).partner == partner


def test_a_contact_of_another_customer_is_refused_and_nothing_remains(db, alice):
    partner, elsewhere = make_partner(alice, is_prospect=False), make_partner(alice, "Brandt")
    contact = make_contact(alice, partner=elsewhere.id)
    before = everything()
    with pytest.raises(Invalid, match="Moreau is not a contact of Harbour Light") as refused:
        conversions.convert(make_lead(alice), partner, contact, None, alice)
    assert list(refused.value.fields) == ["contact.partner"]
    assert {key: row for key, row in everything().items() if key[0] != "lead"} == before


def test_with_a_new_customer_only_a_new_contact_goes(db, alice):
    with pytest.raises(Invalid, match="new customer gets a new contact"):
        conversions.convert(rich_lead(alice), {}, make_contact(alice), None, alice)


def test_the_opportunity_is_prefilled_from_the_lead_and_linked_both_ways(db, alice):
    """SEED-54"""
    put_setting("customer_description", True, system("cli"))
    lead = rich_lead(alice)
    made = conversions.convert(lead, {}, None, {"name": "Mill"}, alice)
    sale = Opportunity.get_by_id(made.opportunity.id)
    assert (sale.lead, sale.partner, sale.contact) == (lead, made.partner, made.contact)
    assert (sale.amount, sale.customer_description) == (12_500_00, "Wants a quiet mill.")
    assert (sale.source_id, sale.owner_id, sale.team_id) == (lead.source_id, alice.id, lead.team_id)
    assert sale.stage == opportunities.first_stage()
    assert list(opportunities.of(lead, alice)) == [sale]
    assert list(leads.of(made.partner, alice)) == list(leads.of(made.contact, alice)) == [lead]


@pytest.mark.parametrize(
    ("is_customer", "chosen", "type_name"),
    [(False, None, "New"), (True, None, "Existing"), (True, "Recurring", "Recurring")],
)
def test_the_type_tells_new_from_existing_customers(db, alice, is_customer, chosen, type_name):
    """SEED-53"""
    partner = make_partner(alice, is_prospect=not is_customer, is_customer=is_customer)
    values = {"name": "Mill", "type": choice("opportunity_type", chosen).id if chosen else None}
    made = conversions.convert(make_lead(alice), partner, None, values, alice)
    assert made.opportunity.type == choice("opportunity_type", type_name)


def test_a_refused_opportunity_leaves_the_lead_as_it_was(db, alice):
    lead = rich_lead(alice)
    with pytest.raises(Invalid) as refused:
        conversions.convert(lead, {}, None, {"name": "Mill", "stage": Stage.get(Stage.outcome == "lost").id}, alice)
    assert list(refused.value.fields) == ["opportunity.stage"]
    assert Lead.get_by_id(lead.id).status == "new"
    assert not Partner.select().exists() and not Contact.select().exists()


@pytest.mark.parametrize("status", ["assigned", "in_progress"])
def test_a_lead_converts_from_every_open_status(db, alice, status):
    lead = rich_lead(alice)
    (leads.take if status == "assigned" else leads.start)(lead, alice)
    conversions.convert(lead, {}, None, None, alice)
    assert lead.status == "converted"


def test_a_lead_that_is_lost_or_converted_is_refused(db, alice):
    lead = rich_lead(alice)
    conversions.convert(lead, {}, None, None, alice)
    with pytest.raises(Invalid, match="A lead that is converted cannot be converted"):
        conversions.convert(lead, {}, None, None, alice)
    leads.lose(lead, choice("lost_reason", "No budget").id, "", alice)
    with pytest.raises(Invalid, match="A lead that is lost cannot be converted. Recycle it"):
        conversions.convert(lead, {}, None, None, alice)
    assert Partner.select().count() == 1


def test_a_lead_converted_meanwhile_is_not_converted_twice(db, alice, bob):
    lead = rich_lead(alice)
    same = Lead.get_by_id(lead.id)
    conversions.convert(lead, {}, None, None, alice)
    with pytest.raises(Invalid, match="cannot be converted"):
        conversions.convert(same, {}, None, None, bob, same.version)
    assert Partner.select().count() == 1


def test_a_converted_lead_is_read_only_and_keeps_its_notes(db, alice):
    lead = rich_lead(alice)
    note = notes.add(lead, "Met at the fair", alice)
    conversions.convert(lead, {}, None, None, alice)
    with pytest.raises(Invalid, match="can only be read"):
        leads.edit(lead, {"company": "Other"}, alice)
    assert (Note.get_by_id(note.id).about, Note.get_by_id(note.id).about_id) == ("lead", lead.id)


def test_phones_are_not_disturbed(db, alice):
    lead = rich_lead(alice)
    call = call_about(lead, alice)
    before = {row.id: row.seq for row in Calendar.select()}, Event.get_by_id(call.id).etag
    with gate.together() as gesture:
        conversions.convert(lead, {}, None, None, alice)
    assert Event.get_by_id(call.id).partner_id
    assert ({row.id: row.seq for row in Calendar.select()}, Event.get_by_id(call.id).etag) == before
    journal.undo(gesture, alice)
    assert Event.get_by_id(call.id).partner_id is None
    assert ({row.id: row.seq for row in Calendar.select()}, Event.get_by_id(call.id).etag) == before


def test_links_that_somebody_chose_are_kept(db, alice):
    lead, other = rich_lead(alice), make_partner(alice, "Brandt")
    sale = gate.change(make_opportunity(alice, lead=lead.id), {"partner": other.id}, alice)
    call = call_about(lead, alice, partner=other.id)
    conversions.convert(lead, {}, None, None, alice)
    for record in (Opportunity.get_by_id(sale.id), Event.get_by_id(call.id)):
        assert (record.partner, record.contact_id) == (other, None)


def test_a_closed_opportunity_follows_too(db, alice):
    lead = rich_lead(alice)
    sale = opportunities.win(make_opportunity(alice, lead=lead.id), alice)
    made = conversions.convert(lead, {}, None, None, alice)
    assert Opportunity.get_by_id(sale.id).partner == made.partner


def test_what_is_not_mine_to_change_stays_and_is_counted(db, alice, bob):
    lead = rich_lead(alice)
    call = call_about(lead, bob)
    made = conversions.convert(lead, {}, None, None, alice)
    assert made.left == 1
    assert Event.get_by_id(call.id).partner_id is None


def test_values_and_people_that_retired_do_not_block(db, alice, carol):
    lead = rich_lead(alice, owner=people.user("bob").id)
    gate.change(Choice.get_by_id(lead.source_id), {"retired": True}, carol)
    users.deactivate(people.user("bob"), access.system("cli"))
    made = conversions.convert(Lead.get_by_id(lead.id), {}, None, {"name": "Mill"}, alice)
    for record in (made.partner, made.contact, made.opportunity):
        assert (record.source_id, record.owner_id) == (None, alice.id)
    assert Lead.get_by_id(lead.id).source_id == lead.source_id


def test_readers_convert_nothing(db, alice):
    lead = rich_lead(alice)
    rita = access.actor(people.user("rita").id, "web")
    with pytest.raises(Forbidden):
        conversions.convert(lead, {}, None, None, rita)
    assert not Partner.select().exists()


def test_customers_are_recognized_by_mail_phone_and_name(db, alice):
    lead = rich_lead(alice)
    mail = make_partner(alice, "Mail", email="INES@azenha.example")
    phone = make_partner(alice, "Phone", mobile_phone="(351) 213-405.510")
    name = make_partner(alice, "AZENHA lda")
    similar = make_partner(alice, "Azenha Lda Norte")
    make_partner(alice, "Other", email="info@azenha.example", phone="+351 21 340 55 19")
    found = matches.likely_partners(lead, [], alice)
    assert [(match.record, match.why) for match in found] == [
        (mail, "same e-mail"), (phone, "same phone"), (name, "same name"), (similar, "similar name"),
    ]  # fmt: skip


def test_a_contact_leads_to_its_customer(db, alice):
    lead, partner = rich_lead(alice), make_partner(alice)
    contact = make_contact(alice, email="ines@azenha.example", partner=partner.id)
    same_name = make_contact(alice, "costa", first_name="Ines")
    known = matches.likely_contacts(lead, alice)
    assert [(match.record, match.why) for match in known] == [(contact, "same e-mail"), (same_name, "same name")]
    assert matches.likely_partners(lead, known, alice) == [matches.Match(partner, "same e-mail", "Moreau")]


def test_a_recycled_lead_remembers_what_it_became(db, alice):
    lead = rich_lead(alice)
    made = conversions.convert(lead, {"name": "Unlike"}, None, None, alice)
    leads.lose(lead, choice("lost_reason", "No budget").id, "", alice)
    leads.recycle(lead, alice)
    known = matches.likely_contacts(lead, alice)
    assert known[0] == matches.Match(made.contact, "became this before")
    assert matches.likely_partners(lead, known, alice)[0] == matches.Match(made.partner, "became this before")


def test_strangers_customers_are_never_offered(db, alice, charlie):
    make_partner(alice, "Azenha Lda", email="ines@azenha.example")
    make_contact(alice, "Costa", first_name="Inês", email="ines@azenha.example")
    lead = rich_lead(charlie)
    assert matches.likely_contacts(lead, charlie) == matches.likely_partners(lead, [], charlie) == []
