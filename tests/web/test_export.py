"""Lists and records taken along as CSV, workbook and vCards."""

import io
from datetime import date

import vobject
from openpyxl import load_workbook

from crmlite.models.addresses import Address
from crmlite.models.contact_points import ContactPoint
from crmlite.rules import contacts, hanging
from crmlite.rules.access import actor
from tests import people
from tests.make import make_contact, make_lead, make_opportunity, make_partner


def rows_of(answer):
    sheet = load_workbook(io.BytesIO(answer.content)).active
    return sheet, [list(row) for row in sheet.iter_rows()]


def cards_of(answer):
    return list(vobject.readComponents(answer.content.decode()))


def test_a_workbook_has_days_and_amounts_as_such(client_of, alice):
    lead = make_lead(alice, "Costa", company="Costa & fils", budget=1_250_050)
    answer = client_of("alice").get("/leads.xlsx?columns=company,budget,contact_date,status,owner")
    assert "spreadsheetml" in answer.headers["Content-Type"]
    assert answer.headers["Content-Disposition"] == "attachment; filename=leads.xlsx"
    sheet, (head, row) = rows_of(answer)
    names = ["Id", "First name", "Last name", "Company", "Budget", "Contact date", "Status", "Assigned to"]
    assert [cell.value for cell in head] == names
    assert all(cell.font.bold for cell in head) and sheet.freeze_panes == "A2"
    assert sheet.column_dimensions["D"].width > 20
    values = dict(zip(names, row, strict=True))
    assert values["Id"].value == lead.id
    assert values["Budget"].value == 12500.50 and values["Budget"].number_format == "[$€] #,##0.00"
    assert values["Contact date"].value.date() == date(2026, 3, 2) and values["Contact date"].is_date
    assert values["Assigned to"].value == "Alice Arden" and values["Status"].value == "New"


def test_text_is_never_run_as_a_formula(client_of, alice):
    make_lead(alice, "Costa", company="=1+1", referent="+cmd|calc", description="bell\x07 rings")
    _, (_, row) = rows_of(client_of("alice").get("/leads.xlsx?columns=company,referent,description"))
    assert row[3].value == "=1+1" and row[3].data_type == "s"
    assert row[4].value == "+cmd|calc" and row[5].value == "bell rings"


def test_every_list_has_a_workbook(client_of, alice):
    make_opportunity(alice, "Cold room", amount=100, probability=40)
    for section in ("leads", "partners", "contacts", "opportunities", "events"):
        assert rows_of(client_of("alice").get(f"/{section}.xlsx"))[1]
    _, (head, row) = rows_of(client_of("alice").get("/opportunities.xlsx?columns=probability"))
    assert row[-1].value == 0.4 and row[-1].number_format == "0%"


def test_filters_of_the_view_hold_and_all_rows_come(client_of, alice):
    for number in range(510):
        make_lead(alice, f"Lead{number}", city="Lyon" if number else "Nice")
    client = client_of("alice")
    assert len(rows_of(client.get("/leads.xlsx"))[1]) == 511
    assert len(rows_of(client.get("/leads.xlsx?q=Nice"))[1]) == 2


def test_ticked_rows_alone_are_exported(client_of, alice):
    ids = [make_lead(alice, name).id for name in ("Costa", "Brandt", "Aster")]
    client = client_of("alice")
    for kind in ("csv", "xlsx", "vcf"):
        answer = client.request("POST", f"/leads.{kind}?view=mine", data={"ids": ids[:2]})
        assert answer.status_code == 200
        if kind == "csv":
            assert "Costa" in answer.text and "Aster" not in answer.text
        if kind == "xlsx":
            assert [row[0].value for row in rows_of(answer)[1][1:]] == sorted(ids[:2], reverse=True)
        if kind == "vcf":
            assert len(cards_of(answer)) == 2
    assert len(rows_of(client.request("POST", "/leads.xlsx", data={"ids": ids[0], "all": "1"}))[1]) == 4
    assert client.request("POST", "/leads.xlsx").status_code == 422


def test_nothing_of_others_is_exported(client_of, alice):
    lead, contact = make_lead(alice, "Costa"), make_contact(alice, "Moreau")
    partner = make_partner(alice, "Harbour Light")
    charlie = client_of("charlie")
    assert len(rows_of(charlie.request("POST", "/leads.xlsx", data={"ids": lead.id}))[1]) == 1
    for section, one in (("leads", lead), ("contacts", contact), ("partners", partner)):
        assert charlie.get(f"/{section}/{one.id}.vcf").status_code == 404
        assert charlie.request("POST", f"/{section}.vcf", data={"ids": one.id}).text == ""


def test_a_contact_as_a_card(client_of, alice):
    partner = make_partner(alice, "Łódź; Söhne, Ltd")
    contact = make_contact(
        alice, "Moreau", first_name="Zoë", title="ms", partner=partner.id, email="zoe@example.com",
        phone="+33 4 72 10 48 81", mobile_phone="+33 6 12 34 56 78", street="1, rue Haute", city="Lyon",
        postcode="69001", country="France", website="example.com", department="Sales",
        description="First line\nsecond, with ; and \\ " + "é" * 90,
    )  # fmt: skip
    (card,) = cards_of(client_of("alice").get(f"/contacts/{contact.id}.vcf"))
    assert card.version.value == "3.0"
    assert (card.n.value.family, card.n.value.given, card.n.value.prefix) == ("Moreau", "Zoë", "Ms")
    assert card.fn.value == "Zoë Moreau" and card.org.value == ["Łódź; Söhne, Ltd", "Sales"]
    numbers = {tuple(one.params["TYPE"]): one.value for one in card.contents["tel"]}
    assert numbers == {("WORK", "VOICE"): "+33 4 72 10 48 81", ("CELL",): "+33 6 12 34 56 78"}
    assert card.email.value == "zoe@example.com" and card.url.value == "https://example.com"
    assert (card.adr.value.street, card.adr.value.code) == ("1, rue Haute", "69001")
    assert card.note.value == contact.description


def test_further_numbers_and_addresses_are_on_the_card(client_of, alice):
    contact = make_contact(alice, "Moreau", phone="+33 4 72 10 48 81")
    hanging.add(ContactPoint, contact, {"kind": "mobile", "value": "+33 6 12 34 56 78"}, alice)
    hanging.add(ContactPoint, contact, {"kind": "email", "value": "zoe@home.example", "use": "home"}, alice)
    hanging.add(Address, contact, {"street": "2, rue Basse", "city": "Nice", "use": "home"}, alice)
    for url in (f"/contacts/{contact.id}.vcf", "/contacts.vcf"):
        (card,) = cards_of(client_of("alice").get(url))
        assert [one.value for one in card.contents["tel"]] == ["+33 4 72 10 48 81", "+33 6 12 34 56 78"]
        assert card.email.params["TYPE"] == ["INTERNET", "HOME"] and card.adr.value.city == "Nice"


def test_a_card_keeps_its_uid_when_the_contact_changes(client_of, alice):
    contact = make_contact(alice, "Moreau")
    client = client_of("alice")
    before = cards_of(client.get(f"/contacts/{contact.id}.vcf"))[0].uid.value
    contacts.edit(contact, {"name": "Martin"}, alice)
    after = cards_of(client.get("/contacts.vcf"))[0]
    assert after.uid.value == before and after.fn.value == "Martin"


def test_a_company_is_a_company_in_either_version(client_of, alice):
    partner = make_partner(alice, "Harbour Light", phone="+33 4 72 10 48 81")
    client = client_of("alice")
    (card,) = cards_of(client.get(f"/partners/{partner.id}.vcf"))
    assert card.contents["x-abshowas"][0].value == "COMPANY" and card.org.value == ["Harbour Light"]
    newer = client.get(f"/partners/{partner.id}.vcf?version=4.0").text.splitlines()
    assert "VERSION:4.0" in newer and "KIND:org" in newer
    assert 'TEL;TYPE="work,voice":+33 4 72 10 48 81' in newer


def test_the_company_of_a_contact_stays_hidden_from_who_may_not_see_it(client_of, alice, charlie):
    partner = make_partner(alice, "Harbour Light")
    contact = make_contact(alice, "Moreau", partner=partner.id)
    contacts.edit(contact, {"team": charlie.active_team_id}, client_actor("carol"))
    text = client_of("charlie").get(f"/contacts/{contact.id}.vcf").text
    assert "Moreau" in text and "Harbour" not in text


def client_actor(name):
    return actor(people.user(name).id, "web")
