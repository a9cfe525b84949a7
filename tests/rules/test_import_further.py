"""What a file says beyond one value for each field: further phones and e-mails, who stands above whom, tick boxes;
and vCards whole, there and back."""

import base64
import io
from datetime import date

import openpyxl
import pytest
from PIL import Image

from crmlite.lists import import_mapping, vcards
from crmlite.lists import imports as import_lists
from crmlite.lists.reader import reader
from crmlite.models.addresses import PARTS, Address
from crmlite.models.choices import Choice
from crmlite.models.contact_points import ContactPoint
from crmlite.models.contacts import Contact
from crmlite.models.documents import Document
from crmlite.models.imports import ImportRow
from crmlite.models.leads import Lead
from crmlite.models.partners import Partner
from crmlite.rules import bodies, documents, gate, hanging, imports, jobs
from crmlite.rules.import_reading import read
from tests import people
from tests.conftest import counted_queries
from tests.files import picture, sent
from tests.make import make_contact, make_lead, make_partner
from tests.rules.test_imports import bring, living, run, take_back

TABLES = (Lead, Contact, Partner, ContactPoint, Address, Document)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "PAUSE", 0)


def points(record, by):
    return [(one.kind, one.use, one.value) for one in hanging.of(ContactPoint, record, by)]


def places(record, by):
    return [(one.use, *(getattr(one, name) for name in PARTS)) for one in hanging.of(Address, record, by)]


def reasons(batch):
    rows = ImportRow.select().where((ImportRow.batch == batch.id) & (ImportRow.reason != ""))
    return [row.reason for row in rows.order_by(ImportRow.number)]


def test_several_values_stand_in_one_cell_or_in_several_columns(alice):
    text = (
        "Name,Phone,E-mail,E-mail 2,E-mail 3,Further phones\n"
        'Costa,"0221 55 66 77; 0221 55 66 78",a@x.example,b@x.example,c@x.example,home: 0221 99 88 77 ; 0221 55 66 77\n'
    )
    assert run(bring(text, alice), alice) == {"created": 1}
    lead = Lead.get()
    assert (lead.phone, lead.email) == ("0221 55 66 77", "a@x.example")
    assert points(lead, alice) == [
        ("phone", "", "0221 55 66 78"), ("phone", "home", "0221 99 88 77"), ("email", "", "b@x.example"),
        ("email", "", "c@x.example"),
    ]  # fmt: skip


def test_a_wrong_one_rejects_the_row_with_a_sentence(alice):
    batch = bring("Name,Email 2,Further phones\nCosta,nobody,\nReis,,12\n", alice)
    assert run(batch, alice) == {"refused": 2}
    assert reasons(batch) == [
        "Further e-mails “nobody”: Please enter an e-mail address such as ana@example.com.",
        "Further phones “12”: Please enter a phone number with at least 7 digits, such as +33 4 72 10 48 81.",
    ]


def test_a_match_gains_what_it_lacks_and_nothing_twice(alice):
    lead = make_lead(alice, "Costa", email="a@x.example", phone="0221 55 66 77")
    hanging.add(ContactPoint, lead, {"kind": "email", "value": "B@x.example"}, alice)
    text = "Name,Email,Email 2,Further phones\nCosta,a@x.example,b@x.example,0221-556677; 0170 123 45 67\n"
    before = {model: living(model) for model in TABLES}
    batch = bring(text, alice)
    assert run(batch, alice) == {"updated": 1}
    assert [value for _, _, value in points(lead, alice)] == ["B@x.example", "0170 123 45 67"]
    assert run(bring(text, alice), alice) == {"unchanged": 1}
    take_back(batch, alice)
    assert {model: living(model) for model in TABLES} == before


def test_a_row_is_matched_by_a_further_e_mail_or_phone(alice):
    lead = make_lead(alice, "Costa", email="a@x.example")
    hanging.add(ContactPoint, lead, {"kind": "email", "value": "b@x.example"}, alice)
    hanging.add(ContactPoint, lead, {"kind": "mobile", "value": "0170 123 45 67"}, alice)
    assert run(bring("Name,Email,Email 2,City\nCosta,c@x.example,B@X.example,Lyon\n", alice), alice) == {"updated": 1}
    assert run(bring("Name,Phone,City\nCosta,+49 170 1234567,Nice\n", alice), alice) == {"updated": 1}
    assert (Lead.get().city, Lead.select().count()) == ("Nice", 1)
    twice = "Name,Email,Email 2\nOne,o@x.example,p@x.example\nTwo,p@x.example,\n"
    assert run(bring(twice, alice), alice) == {"created": 1, "duplicate": 1}


def test_parent_companies_are_found_in_the_file_and_among_those_there(alice):
    old = make_partner(alice, "Old House")
    text = (
        "Name,Parent company,City\nDock,Harbour,Porto\nHarbour,old house,Porto\n"
        f"Yard,{old.reference},Porto\nLost,Nowhere,Porto\nOwn,Own,Porto\n"
    )
    batch = bring(text, alice, "partner")
    assert dict(import_lists.preview(batch, alice).counts) == {"created": 3, "refused": 2}
    assert import_lists.preview(batch, alice).examples["created"][0].more == ["parent company Harbour"]
    assert run(batch, alice) == {"created": 3, "refused": 2}
    dock, harbour, yard = (Partner.get(Partner.name == name) for name in ("Dock", "Harbour", "Yard"))
    assert (dock.parent_id, harbour.parent_id, yard.parent_id) == (harbour.id, old.id, old.id)
    assert "there is none in this file or among your customers" in reasons(batch)[0]
    assert run(bring(text, alice, "partner"), alice) == {"unchanged": 3, "refused": 2}
    assert take_back(batch, alice).kept == []
    assert [partner.name for partner in Partner.select().where(Partner.deleted_at.is_null())] == ["Old House"]


def test_whom_people_report_to_is_found_by_name_in_any_order_and_by_e_mail(alice):
    boss = make_contact(alice, "van der Berg", first_name="Anna", email="anna@x.example")
    text = (
        "First name,Last name,Reports to,Email\nRui,Reis,Anna van der Berg,r@x.example\n"
        'Bo,Li,"Reis, Rui",b@x.example\nIda,Lund,ANNA@x.example,i@x.example\n'
    )
    batch = bring(text, alice, "contact")
    assert run(batch, alice) == {"created": 3}
    rui, bo, ida = Contact.select().where(Contact.id != boss.id).order_by(Contact.id)
    assert (rui.reports_to_id, bo.reports_to_id, ida.reports_to_id) == (boss.id, rui.id, boss.id)


def test_of_two_with_one_name_the_colleague_is_meant(alice):
    make_contact(alice, "Reis", first_name="Rui")
    partner = make_partner(alice, "Azenha")
    colleague = make_contact(alice, "Reis", first_name="Rui", partner=partner.id)
    text = "Name,Company,Reports to,Email\nBo Li,Azenha,Rui Reis,b@x.example\nIda Lund,,Rui Reis,i@x.example\n"
    batch = bring(text, alice, "contact")
    assert run(batch, alice) == {"created": 1, "refused": 1}
    assert Contact.get(Contact.email == "b@x.example").reports_to_id == colleague.id
    assert "there are several" in reasons(batch)[0]


def test_a_circle_is_left_open_and_told(alice):
    text = "Name,Parent company\nOne,Two\nTwo,One\n"
    batch = bring(text, alice, "partner")
    assert run(batch, alice) == {"created": 2}
    one, two = Partner.select().order_by(Partner.id)
    assert (one.parent_id, two.parent_id) == (two.id, None)
    (told,) = imports.remarks(batch, 50)
    assert told.record_id == two.id and "stands below this one already" in told.reason


def test_hidden_companies_are_never_parents(alice, charlie):
    make_partner(alice, "Secret House")
    batch = bring("Name,Parent company\nDock,Secret House\n", charlie, "partner")
    assert run(batch, charlie) == {"refused": 1}


def test_cut_off_before_linking_it_links_later(alice, monkeypatch):
    batch = bring("Name,Parent company\nDock,Harbour\nHarbour,\n", alice, "partner")
    imports.begin(batch, alice)
    real = import_lists.link

    def dies(*_):
        raise SystemExit("killed")

    monkeypatch.setattr(import_lists, "link", dies)
    with pytest.raises(SystemExit):
        import_lists.work({"import": batch.id})
    assert imports.counts(imports.held(batch.id)) == {"created": 2}
    monkeypatch.setattr(import_lists, "link", real)
    import_lists.work({"import": batch.id})
    dock, harbour = Partner.select().order_by(Partner.id)
    assert dock.parent_id == harbour.id and imports.held(batch.id).state == "done"


def test_tick_boxes_owner_and_team_are_understood(carol):
    text = (
        "Name,Customer,Prospect,Supplier,Assigned to,Team\n"
        "One,x,,1,bob@example.com,North\nTwo,no,yes,0,,South\nThree,maybe,,,,\nFour,1,1,,,\n"
    )
    batch = bring(text, carol, "partner")
    columns = import_mapping.proposal("partner", batch.header, [])["columns"]
    assert columns == ["name", "is_customer", "is_prospect", "is_supplier", "owner", "team"]
    assert run(batch, carol) == {"created": 2, "refused": 2}
    one, two = Partner.select().order_by(Partner.id)
    assert (one.flags, one.owner_id, one.team.name) == (["customer", "supplier"], people.user("bob").id, "North")
    assert (two.flags, two.team.name) == (["prospect"], "South")
    assert "please write yes or no" in reasons(batch)[0] and "tick only one of the two" in reasons(batch)[1]


def test_ticking_customer_in_a_file_ends_being_a_prospect(alice):
    partner = make_partner(alice, "Harbour", email="a@x.example")
    batch = bring("Name,Email,Customer\nHarbour,a@x.example,yes\n", alice, "partner")
    assert dict(import_lists.preview(batch, alice).counts) == {"updated": 1}
    assert run(batch, alice) == {"updated": 1}
    assert Partner.get_by_id(partner.id).flags == ["customer"]
    take_back(batch, alice)
    assert Partner.get_by_id(partner.id).flags == ["prospect"]


def test_a_spreadsheet_brings_the_same(alice):
    book = openpyxl.Workbook()
    book.active.append(["Name", "Supplier", "Parent company", "Further phones", "Created"])
    book.active.append(["Dock", True, "Harbour", "0221 55 66 77; 0221 55 66 78", date(2026, 3, 2)])
    book.active.append(["Harbour", False, None, 33472104881, None])
    out = io.BytesIO()
    book.save(out)
    assert run(bring(out.getvalue(), alice, "partner"), alice) == {"created": 2}
    dock, harbour = Partner.select().order_by(Partner.id)
    assert import_mapping.proposal("partner", ["Created", "Changed"], [])["columns"] == ["", ""]
    assert dock.is_supplier and dock.parent_id == harbour.id
    assert len(points(dock, alice)) == 2 and points(harbour, alice)[0][2] == "33472104881"


def test_a_label_on_no_list_goes_into_the_notes_where_that_is_wished(alice):
    text = "Name,Email,Job title,Notes\nCosta,a@x.example,Harbour master,Met at the fair\n"
    assert run(bring(text, alice, "contact", unknown="note"), alice) == {"created": 1}
    assert Contact.get().description == "Met at the fair\nJob title: Harbour master"
    assert run(bring(text, alice, "contact", unknown="note", match="fill"), alice) == {"unchanged": 1}
    later = "Name,Email,Job title\nCosta,a@x.example,Pilot\n"
    run(bring(later, alice, "contact", unknown="note"), alice)
    assert Contact.get().description.endswith("Job title: Harbour master\nJob title: Pilot")


def test_judging_rows_costs_the_same_however_many_there_are(alice):
    def cost(count):
        lines = "".join(f"P{n},p{n}@x.example,q{n}@x.example,0221 55 66 {n:02},P0\n" for n in range(count))
        batch = bring(f"Last name,Email,Email 2,Further phones,Reports to\n{lines}", alice, "contact")
        with counted_queries() as seen:
            import_lists.preview(batch, alice)
        return len(seen)

    assert cost(3) == cost(40)


CARD = """BEGIN:VCARD
VERSION:{version}
N:Moreau;Claire;;;
FN:Claire Moreau
TEL;TYPE=CELL:+33 6 12 34 56 78
TEL;TYPE=WORK,VOICE;TYPE=pref:+33 4 72 10 48 81
TEL;TYPE=HOME:+33 4 72 10 48 82
item1.TEL;TYPE=CELL:+33 6 99 99 99 99
item1.X-ABLabel:Assistant
TEL;TYPE=FAX:+33 4 72 10 48 83
EMAIL:claire@harbour.example
EMAIL;TYPE=HOME:claire@home.example
URL:https://harbour.example
URL:claire.example
ADR;TYPE=WORK:;;1 Quai\\, Nord;Lyon;;69002;France
ADR;TYPE=HOME:;;2 Rue Basse;Nice;;;France
TITLE:Harbour master
NOTE:First line\\nsecond\\, with commas
{photo}
END:VCARD
"""


def card(photo="", version="3.0"):
    return CARD.format(photo=photo, version=version).replace("\n\n", "\n").replace("\n", "\r\n")


def photo_lines(content, head="PHOTO;ENCODING=b;TYPE=JPEG:"):
    text = head + base64.b64encode(content).decode()
    return "\n ".join(text[at : at + 74] for at in range(0, len(text), 74))


def test_a_card_comes_in_whole(alice):
    batch = bring(card(photo_lines(picture((64, 64)))), alice, "contact")
    assert run(batch, alice) == {"created": 1}, reasons(batch)
    claire = Contact.get()
    assert (claire.phone, claire.mobile_phone, claire.fax) == (
        "+33 4 72 10 48 81", "+33 6 12 34 56 78", "+33 4 72 10 48 83",
    )  # fmt: skip
    assert points(claire, alice) == [
        ("phone", "home", "+33 4 72 10 48 82"), ("mobile", "assistant", "+33 6 99 99 99 99"),
        ("email", "home", "claire@home.example"), ("website", "", "claire.example"),
    ]  # fmt: skip
    assert (claire.email, claire.website) == ("claire@harbour.example", "https://harbour.example")
    assert (claire.street, claire.city) == ("1 Quai, Nord", "Lyon")
    assert places(claire, alice) == [("home", "2 Rue Basse", "", "Nice", "", "France")]
    assert claire.description == "First line\nsecond, with commas\nJob title: Harbour master"
    drawn = b"".join(bodies.pieces(documents.picture_of(claire, alice).digest))
    assert Image.open(io.BytesIO(drawn)).size == (256, 256)
    take_back(batch, alice)
    assert all(living(model) == [] for model in TABLES)


@pytest.mark.parametrize(
    ("head", "version"),
    [
        ("PHOTO;ENCODING=BASE64;JPEG:", "2.1"),
        ("PHOTO:data:image/jpeg;base64,", "4.0"),
        ("item3.photo;encoding=B:", "3.0"),
    ],
)
def test_pictures_of_every_version_are_read(head, version):
    sheet = read(card(photo_lines(picture((32, 32)), head), version).encode())
    assert sheet.header[-1] == "Picture"
    assert base64.b64decode(sheet.rows[0][1][-1]) == picture((32, 32))


def test_a_large_picture_is_drawn_small_and_a_link_to_one_is_not_followed():
    noise = io.BytesIO()
    Image.effect_noise((900, 900), 90).convert("RGB").save(noise, "JPEG", quality=95)
    cell = read(card(photo_lines(noise.getvalue())).encode()).rows[0][1][-1]
    assert Image.open(io.BytesIO(base64.b64decode(cell))).size == (256, 256)
    assert read(card("PHOTO;VALUE=uri:https://pictures.example/claire.jpg").encode()).header[-1] != "Picture"


def test_a_broken_picture_rejects_the_card_until_its_column_is_left_out(alice):
    broken = card(photo_lines(b"no picture at all"))
    assert run(bring(broken, alice, "contact"), alice) == {"refused": 1}
    mapping = import_mapping.proposal("contact", read(broken.encode()).header, [])
    columns = ["" if name == "picture" else name for name in mapping["columns"]]
    assert run(bring(broken, alice, "contact", columns=columns), alice) == {"created": 1}


def test_a_picture_that_is_there_stays(alice):
    contact = make_contact(alice, "Moreau", first_name="Claire", email="claire@harbour.example")
    own = documents.put_picture(contact, sent("me.png", picture((50, 50), "PNG")), 10**6, alice)
    run(bring(card(photo_lines(picture((64, 64)))), alice, "contact"), alice)
    assert documents.picture_of(contact, alice).id == own.id


@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_out_and_in_again_is_the_same(alice, carol, version):
    partner = make_partner(alice, "Łódź; Söhne, Ltd")
    contact = make_contact(
        alice, "Moreau", first_name="Zoë", title="ms", partner=partner.id, email="zoe@example.com",
        phone="+33 4 72 10 48 81", mobile_phone="+33 6 12 34 56 78", fax="+33 4 72 10 48 80", street="1, rue Haute",
        city="Lyon", postcode="69001", region="Rhône", country="France", website="https://example.com",
        department="Sales", description="First line\nsecond, with ; and \\ " + "é" * 90,
        job_title=Choice.get(Choice.kind == "job_title").id, do_not_call=True,
    )  # fmt: skip
    for kind, use, value in [
        ("phone", "home", "+33 4 72 10 48 82"), ("mobile", "assistant", "+33 6 99 99 99 99"),
        ("fax", "", "0221 556677"),
        ("email", "billing", "bills@example.com"), ("email", "home", "zoe@home.example"),
        ("phone", "work", "0221 556678"),
        ("website", "", "https://zoe.example"),
    ]:  # fmt: skip
        hanging.add(ContactPoint, contact, {"kind": kind, "use": use, "value": value}, alice)
    hanging.add(Address, contact, {"use": "home", "street": "2 Rue Basse", "city": "Nice"}, alice)
    hanging.add(Address, contact, {"use": "warehouse", "street": "Quai | Sud", "city": "Sète"}, alice)
    documents.put_picture(contact, sent("me.png", picture((50, 50), "PNG")), 10**6, alice)
    text = vcards.card(contact, reader(alice), version)
    before = contact.as_values(), sorted(points(contact, alice)), places(contact, alice)
    gate.discard(contact, carol)
    assert run(bring(text, alice, "contact"), alice) == {"created": 1}
    again = Contact.get(Contact.deleted_at.is_null())
    left = {"id", "created_at", "updated_at", "version", "deleted_at", "team"}
    told = {name: value for name, value in again.as_values().items() if name not in left}
    assert told == {name: value for name, value in before[0].items() if name not in left}
    assert sorted(points(again, alice)) == before[1]
    assert places(again, alice) == [(use, street.replace("|", "/"), *rest) for use, street, *rest in before[2]]
    assert documents.picture_of(again, alice)
