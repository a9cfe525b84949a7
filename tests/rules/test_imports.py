"""Files that people bring: read, judged, let in row by row, and taken back."""

import csv
import io
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest

from crmlite import clock
from crmlite.errors import Conflict, Forbidden, Invalid, Missing
from crmlite.lists import import_mapping
from crmlite.lists import imports as import_lists
from crmlite.models.choices import Choice
from crmlite.models.contacts import Contact
from crmlite.models.imports import Import, ImportRow
from crmlite.models.jobs import Job
from crmlite.models.leads import Lead
from crmlite.models.partners import Partner
from crmlite.rules import access, gate, imports, jobs, leads
from crmlite.rules.access import Actor, system
from crmlite.rules.import_reading import read
from tests import people
from tests.make import make_contact, make_lead, make_partner

LEADS = """Last Name,First Name,Company,E-mail address,Mobile,Lead source,Owner
Ahmed,Nadia,Harbour Light,nadia@harbour.example,+33 6 12 34 56 78,,
Brandt,Jörg,Brandt KG,joerg@brandt.example,,,
"""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "PAUSE", 0)


def bring(text: str | bytes, by: Actor, target: str = "lead", **wishes: Any) -> Import:
    content = text.encode() if isinstance(text, str) else text
    batch = imports.bring(content, "people.csv", target, by)
    samples = [row.cells for row in imports.rows_of(batch)]
    imports.set_mapping(batch, {**import_mapping.proposal(target, batch.header, samples), **wishes}, by)
    return batch


def run(batch: Import, by: Actor) -> dict[str, int]:
    imports.begin(batch, by)
    import_lists.work({"import": batch.id})
    return fresh(batch).counts


def fresh(batch: Import) -> Import:
    return Import.get_by_id(batch.id)


def take_back(batch: Import, by: Actor) -> Import:
    imports.undo(fresh(batch), by)
    imports.take_back(jobs.payload(Job.select().order_by(Job.id.desc()).get()))
    return fresh(batch)


def living(model: Any) -> list[dict[str, Any]]:
    """Rows outside the bin, as a backup would hold them, without stamps."""
    stamps = {"version", "updated_at", "updated_by_id"}
    rows = model.select().where(model.deleted_at.is_null()).order_by(model.id).dicts()
    return [{name: value for name, value in row.items() if name not in stamps} for row in rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1", "mac_roman"])
def test_any_usual_encoding_is_read(encoding):
    text = "Nom;Prénom;Ville\nMüller;Zoë;Besançon\nGüneş;Éric;Orléans\n".replace("ş", "s")
    sheet = read(text.encode(encoding))
    assert sheet.header == ["Nom", "Prénom", "Ville"]
    assert [cells for _, cells in sheet.rows] == [["Müller", "Zoë", "Besançon"], ["Günes", "Éric", "Orléans"]]


def test_lines_of_another_encoding_are_mended_one_by_one():
    content = "Nom;Ville\nMüller;Besançon\n".encode() + "Lévêque;Orléans\n".encode("cp1252")
    sheet = read(content)
    assert [cells for _, cells in sheet.rows] == [["Müller", "Besançon"], ["Lévêque", "Orléans"]]
    assert sheet.told == "UTF-8 with 1 lines of Windows-1252, columns between semicolons"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_and_quotes_may_hold_anything(delimiter):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerows([["Name", "Notes", "Budget"], ["Costa", f"one{delimiter} two\nthree", "1,5"], ["", "", ""]])
    sheet = read(out.getvalue().encode())
    assert sheet.header == ["Name", "Notes", "Budget"]
    assert [cells for _, cells in sheet.rows] == [["Costa", f"one{delimiter} two\nthree", "1,5"]]


def test_a_spreadsheet_gives_days_and_whole_numbers_from_its_first_sheet_that_holds_something():
    book = openpyxl.Workbook()
    sheet = book.create_sheet("People")
    sheet.append(["Name", "Date", "Budget", "Phone"])
    sheet.append(["Costa", date(2026, 3, 2), 31000.0, 33472104881])
    out = io.BytesIO()
    book.save(out)
    found = read(out.getvalue())
    assert found.rows == [(2, ["Costa", "2026-03-02", "31000", "33472104881"])]
    assert found.told == "XLSX, sheet “People”"


def test_a_zip_bomb_is_not_unpacked(monkeypatch):
    monkeypatch.setattr("crmlite.rules.import_reading.LARGEST_UNPACKED", 1000)
    book = openpyxl.Workbook()
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(Invalid, match="unpacks to more"):
        read(out.getvalue())


@pytest.mark.parametrize(
    "content", [b"", b"Name\n", b"%PDF-1.7", b"\xd0\xcf\x11\xe0rest", b"PK\x03\x04broken", b'a,b\n"c,\x00d\n']
)
def test_what_is_no_table_is_refused_with_a_sentence(content):
    with pytest.raises(Invalid) as refusal:
        read(content)
    assert refusal.value.message.endswith(".")


CARDS = """BEGIN:VCARD
VERSION:3.0
N:Moreau;Claire;;Dr.;
FN:Dr. Claire Moreau
ORG:Harbour Light;Sales
EMAIL;TYPE=INTERNET:claire@harbour.example
TEL;TYPE=CELL:+33 6 12 34 56 78
TEL;TYPE=WORK:+33 4 72 10 48 81
ADR;TYPE=WORK:;;1 Quai\\, Nord;Lyon;;69002;France
END:VCARD
BEGIN:VCARD
VERSION:4.0
FN:Tom Adler
EMAIL:tom@adler.example
TEL;VALUE=uri;TYPE="voice,cell":tel:+49-30-123456
END:VCARD
BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=B6rg
TEL;CELL:+49 151 234567
END:VCARD
"""


def test_cards_of_every_version_become_contacts(alice):
    batch = bring(CARDS.replace("\n", "\r\n"), alice, "contact")
    assert run(batch, alice) == {"created": 3}
    claire, tom, joerg = Contact.select().order_by(Contact.id)
    assert (claire.full_name, claire.title, claire.city, claire.department) == ("Claire Moreau", "dr", "Lyon", "Sales")
    assert (claire.mobile_phone, claire.phone) == ("+33 6 12 34 56 78", "+33 4 72 10 48 81")
    assert claire.partner.name == "Harbour Light"
    assert (tom.first_name, tom.name, tom.mobile_phone) == ("Tom", "Adler", "+49-30-123456")
    assert (joerg.full_name, joerg.mobile_phone) == ("Jörg Müller", "+49 151 234567")


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        (["Last Name", "First Name", "Company", "E-mail address", "Mobile"],
         "name first_name company email mobile_phone"),
        (["Nachname", "Vorname", "Firma", "E-Mail", "Telefon", "PLZ", "Ort"],
         "name first_name company email phone postcode city"),
        (["Nom", "Prénom", "Société", "Courriel", "Portable", "Code postal", "Ville", "Civilité"],
         "name first_name company email mobile_phone postcode city title"),
        (["Full Name", "Account Name", "Email", "Phone", "Lead Source"], "full_name company email phone source"),
        (["Name", "Company", "Shoe size"], "full_name company "),
        (["Nom", "Société"], "full_name company"),
    ],
)  # fmt: skip
def test_headings_of_other_programs_and_languages_are_known(header, wanted):
    assert import_mapping.proposal("lead", header, [])["columns"] == wanted.split(" ")


def test_leads_go_to_whoever_imports_them(alice):
    assert run(bring(LEADS, alice), alice) == {"created": 2}
    nadia = Lead.get(Lead.name == "Ahmed")
    assert (nadia.owner_id, nadia.team_id, nadia.status) == (alice.id, alice.active_team_id, "new")
    assert nadia.mobile_phone == "+33 6 12 34 56 78"
    assert access.look(Lead, nadia.id, alice)


def test_the_dry_run_writes_nothing_and_says_what_the_run_then_does(alice):
    make_lead(alice, "Ahmed", email="nadia@harbour.example")
    text = LEADS + "Brandt,J.,,joerg@brandt.example,,,\n,,,nobody@x.example,,,\nLong,A,,no mail,,,\nOff,B,,,12,,\n"
    batch = bring(text, alice)
    before = living(Lead)
    found = import_lists.preview(batch, alice)
    assert living(Lead) == before
    assert dict(found.counts) == {"updated": 1, "created": 1, "duplicate": 1, "refused": 3}
    assert found.examples["duplicate"][0].reason == "Row 3 of this file has the same e-mail."
    assert run(batch, alice) == dict(found.counts)


def test_importing_again_makes_no_copies(alice):
    text = LEADS + "Nameless,Ida,No Mail Ltd,,+33 1 22 33 44 55,,\n"
    assert run(bring(text, alice), alice) == {"created": 3}
    assert run(bring(text, alice), alice) == {"unchanged": 3}
    assert run(bring(text.replace("Brandt KG", "Brandt AG"), alice), alice) == {"unchanged": 2, "updated": 1}
    assert Lead.select().count() == 3


def test_a_match_is_updated_or_filled_or_left(alice):
    lead = make_lead(alice, "Ahmed", email="nadia@harbour.example", company="Old")
    run(bring(LEADS, alice, match="skip"), alice)
    assert Lead.get_by_id(lead.id).company == "Old"
    run(bring(LEADS, alice, match="fill"), alice)
    assert (Lead.get_by_id(lead.id).company, Lead.get_by_id(lead.id).first_name) == ("Old", "Nadia")
    run(bring(LEADS, alice, match="update"), alice)
    assert Lead.get_by_id(lead.id).company == "Harbour Light"


def test_labels_dates_money_and_people_are_understood(carol):
    text = (
        "Nom;Prénom;Civilité;Source;Statut;Date;Budget;Responsable\n"
        "Costa;Ana;Mme;website;En cours;31/03/2026;31 000,50;bob@example.com\n"
        "Reis;Rui;Herr;Moon;New;46112;€ 1.200;Alice Arden\n"
    )
    source = Choice.select().where(Choice.kind == "source").first()
    text = text.replace("website", source.name.upper())
    assert run(bring(text, carol, unknown="create"), carol) == {"created": 2}
    costa, reis = Lead.select().order_by(Lead.id)
    assert (costa.title, costa.status, costa.contact_date, costa.budget) == (
        "ms",
        "in_progress",
        date(2026, 3, 31),
        3100050,
    )
    assert costa.owner_id == people.user("bob").id
    assert (reis.title, reis.contact_date, reis.budget) == ("mr", date(2026, 3, 31), 120000)
    assert (reis.source.name, reis.owner_id) == ("Moon", people.user("alice").id)


def test_an_unknown_label_rejects_the_row_where_the_person_may_not_add_it(alice):
    batch = bring("Name,Source\nCosta,Moon\n", alice, unknown="refuse")
    assert run(batch, alice) == {"refused": 1}
    assert "not on the list of choices" in ImportRow.get(ImportRow.batch == batch.id).reason
    assert import_mapping.unknown(alice).keys() == {"refuse", "note"}


def test_companies_of_contacts_are_found_by_name_or_made_once(alice):
    known = make_partner(alice, "Harbour Light")
    text = (
        "Name,Company,Email\nAna Costa,HARBOUR LIGHT,a@x.example\nRui Reis,Nova,b@x.example\nBo Li,nova,c@x.example\n"
    )
    assert run(bring(text, alice, "contact"), alice) == {"created": 3}
    ana, rui, bo = Contact.select().order_by(Contact.id)
    assert ana.partner_id == known.id and rui.partner_id == bo.partner_id
    assert sorted(partner.name for partner in Partner.select()) == ["Harbour Light", "Nova"]


def test_customers_are_found_by_their_reference(alice):
    partner = make_partner(alice, "Harbour Light")
    text = f"Reference,Name,City\n{partner.reference},Harbour Light,Lyon\nX1,Nova,Nice\n"
    batch = bring(text, alice, "partner", key="reference")
    assert run(batch, alice) == {"updated": 1, "created": 1}
    assert Partner.get_by_id(partner.id).city == "Lyon"


def test_records_that_the_importer_may_not_see_do_not_exist_for_the_import(alice, charlie):
    """What stays hidden on every page is not told by a match either."""
    lead = make_lead(alice, "Ahmed", email="nadia@harbour.example")
    make_partner(alice, "Harbour Light")
    batch = bring(LEADS, charlie)
    assert dict(import_lists.preview(batch, charlie).counts) == {"created": 2}
    assert run(batch, charlie) == {"created": 2}
    assert Lead.get_by_id(lead.id).first_name == ""
    contact = bring("Name,Company\nAna Costa,Harbour Light\n", charlie, "contact")
    run(contact, charlie)
    assert Contact.get().partner.owner_id == charlie.id
    named = bring("Name,Owner\nDoe,Alice Arden\nRoe,Zoe Nobody\n", charlie)
    assert run(named, charlie) == {"refused": 2}
    reasons = {row.reason.split(": ", 1)[1] for row in imports.rows_of(named)}
    assert len(reasons) == 1


def test_an_import_belongs_to_its_person_and_managers_see_it(alice, charlie, carol, bob):
    batch = bring(LEADS, alice)
    for stranger in (charlie, bob):
        with pytest.raises(Missing):
            access.find(Import, batch.id, stranger)
    assert access.find(Import, batch.id, carol).id == batch.id
    with pytest.raises(Forbidden):
        imports.begin(batch, carol)


def test_a_reader_imports_nothing(db):
    rita = access.actor(people.user("rita").id, "web")
    with pytest.raises(Forbidden):
        imports.bring(LEADS.encode(), "x.csv", "lead", rita)


def test_an_inactive_person_stops_the_import_with_a_sentence(alice):
    batch = bring(LEADS, alice)
    imports.begin(batch, alice)
    gate.change(people.user("alice"), {"active": False}, system("cli"))
    import_lists.work({"import": batch.id})
    assert fresh(batch).state == "stopped" and "no longer active" in fresh(batch).problem
    assert Lead.select().count() == 0


def test_cut_off_in_the_middle_it_goes_on_without_losing_or_doubling_a_row(alice, monkeypatch):
    rows = "".join(f"Person{n},P,,p{n}@x.example,,,\n" for n in range(25))
    batch = bring(LEADS.splitlines(keepends=True)[0] + rows + "Twice,T,,p3@x.example,,,\n", alice)
    imports.begin(batch, alice)
    monkeypatch.setattr(imports, "CHUNK", 10)
    real, written = import_lists.Plan.carry_out, []

    def dies(plan: Any, verdict: Any) -> Any:
        written.append(verdict)
        if len(written) == 15:
            raise SystemExit("killed")
        return real(plan, verdict)

    monkeypatch.setattr(import_lists.Plan, "carry_out", dies)
    with pytest.raises(SystemExit):
        import_lists.work({"import": batch.id})
    assert Lead.select().count() == 10
    assert imports.counts(fresh(batch)) == {"created": 10, "": 16}
    import_lists.work({"import": batch.id})
    assert fresh(batch).counts == {"created": 25, "duplicate": 1}
    assert Lead.select().count() == 25


def test_a_slice_of_time_ends_between_rows_and_comes_again(alice, monkeypatch):
    monkeypatch.setattr(jobs, "SLICE", -1)
    batch = bring(LEADS, alice)
    imports.begin(batch, alice)
    assert import_lists.work({"import": batch.id}) is not None
    assert fresh(batch).state == "running"


def test_undo_puts_every_table_back_as_it_was(alice, carol):
    lead = make_lead(carol, "Ahmed", email="nadia@harbour.example", company="Old", budget=500)
    make_contact(carol, "Moreau", email="m@x.example")
    before = {model: living(model) for model in (Lead, Contact, Partner, Choice)}
    first = bring(LEADS.replace("78,,", "78,Moon,"), carol, unknown="create")
    assert run(first, carol) == {"updated": 1, "created": 1}
    second = bring("Name,Company,Email\nClaire Moreau,Nova,m@x.example\nBo Li,Nova,b@x.example\n", carol, "contact")
    run(second, carol)
    assert Lead.get_by_id(lead.id).source.name == "Moon"
    for batch in (second, first):
        undone = take_back(batch, carol)
        assert (undone.state, undone.kept) == ("undone", [])
    for model, rows in before.items():
        assert living(model) == rows, model
    with pytest.raises(Conflict):
        imports.undo(fresh(first), carol)


def test_undo_keeps_what_people_changed_since_and_says_so(alice, bob):
    lead = make_lead(alice, "Ahmed", email="nadia@harbour.example", company="Old")
    batch = bring(LEADS, alice)
    run(batch, alice)
    leads.edit(Lead.get_by_id(lead.id), {"company": "Newer"}, bob)
    brandt = Lead.get(Lead.name == "Brandt")
    leads.edit(brandt, {"city": "Kiel"}, bob)
    undone = take_back(batch, alice)
    ahmed = Lead.get_by_id(lead.id)
    assert (ahmed.company, ahmed.first_name, ahmed.mobile_phone) == ("Newer", "", "")
    assert Lead.get_by_id(brandt.id).deleted_at is None
    assert sorted(undone.kept) == [
        "“Jörg Brandt” was changed since and stays.",
        "“Nadia Ahmed” keeps what was changed since: company.",
    ]


def test_undo_ends_after_thirty_days(alice):
    batch = bring(LEADS, alice)
    run(batch, alice)
    with clock.frozen(clock.now() + timedelta(days=31)):
        assert not imports.can_undo(fresh(batch), alice)
        with pytest.raises(Conflict):
            imports.undo(fresh(batch), alice)
        imports.purge()
    assert ImportRow.select().count() == 0
    assert fresh(batch).counts == {"created": 2}


def test_rejected_rows_come_back_in_their_own_columns(alice):
    batch = bring("Name,Email,Shoes\nCosta,none,42\nReis,r@x.example,40\n", alice)
    run(batch, alice)
    header, row = import_lists.rejected(fresh(batch))
    assert header == ["Name", "Email", "Shoes", "Reason"]
    assert row == ["Costa", "none", "42", "E-mail: Please enter an e-mail address such as ana@example.com."]


def test_dropping_one_that_has_not_begun_leaves_no_rows(alice):
    batch = bring(LEADS, alice)
    assert imports.cancel(batch, alice) == "dropped"
    assert ImportRow.select().count() == 0
    with pytest.raises(Missing):
        access.find(Import, batch.id, alice)
