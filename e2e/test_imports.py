"""A file as it comes, from upload to customer, without a page of instructions; and the way back."""

import re

import pytest
from playwright.sync_api import expect

from crmlite.models.leads import Lead
from crmlite.models.partners import Partner
from crmlite.rules import jobs
from crmlite.serve import HANDLERS
from e2e.conftest import accessible
from tests.make import make_lead

FILE = """Nachname;Vorname;Firma;E-Mail;Telefon;Bemerkung
Müller;Jörg;Mühle GmbH;joerg@muehle.example;+49 30 555 0101;ruft zurück
Costa;Ana;Azenha;ana@azenha.example;+351 22 555 0102;
Brandt;Eva;Brandt AG;not an address;+49 30 555 0103;
;;;;;
Costa;Ana;Azenha;ana@azenha.example;;twice in the file
Haugen;Liv;Nordlys;liv@nordlys.example;+47 555 0104;
"""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "PAUSE", 0)


def do_the_work():
    job = jobs.claim(HANDLERS, "test")
    HANDLERS[job.kind](jobs.payload(job))
    assert jobs.finish(job)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_file_of_mixed_quality_becomes_leads_and_a_customer(page_of, alice, tmp_path, width):
    make_lead(alice, "Haugen", email="liv@nordlys.example")
    path = tmp_path / "fair.csv"
    path.write_bytes(FILE.encode("cp1252"))
    page = page_of("alice", width=width)
    page.goto("/leads")
    page.get_by_role("link", name="Import", exact=True).click()
    page.get_by_label("File", exact=False).last.set_input_files(path)
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_label("Nachname").locator("option:checked")).to_have_text("Last name")
    expect(page.get_by_label("E-Mail").locator("option:checked")).to_have_text("E-mail")
    expect(page.get_by_label("Bemerkung").locator("option:checked")).to_have_text("Notes")
    accessible(page)
    page.get_by_label("Is it here already?").select_option("email")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("Nothing has been written yet.")).to_be_visible()
    expect(page.get_by_text("Please enter an e-mail address")).to_be_visible()
    assert Lead.select().count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    accessible(page)
    page.get_by_role("button", name="Import 3 rows").click()
    expect(page.get_by_text("0 of 5 rows")).to_be_visible()
    do_the_work()
    expect(page.get_by_role("button", name="Undo this import")).to_be_visible()
    accessible(page)
    page.get_by_role("link", name="Go to the leads").click()
    page.get_by_role("link", name="Müller, Jörg").click()
    expect(page.locator("dd[data-name=description]")).to_have_text("ruft zurück")
    page.get_by_role("link", name="Convert").click()
    dialog = page.get_by_role("dialog", name="Convert Jörg Müller")
    dialog.get_by_role("button", name="Convert").click()
    page.locator("#became").get_by_role("link", name="Mühle GmbH").click()
    expect(page.get_by_role("heading", name="Mühle GmbH")).to_be_visible()
    assert Partner.get().name == "Mühle GmbH"


def test_an_import_is_undone(page_of, alice, tmp_path):
    (tmp_path / "fair.csv").write_text(FILE)
    page = page_of("alice")
    page.goto("/imports/form?of=leads")
    page.locator("[type=file]").set_input_files(tmp_path / "fair.csv")
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Check").click()
    page.get_by_role("button", name=re.compile("Import . rows")).click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    do_the_work()
    page.get_by_role("button", name="Undo this import").click()
    do_the_work()
    expect(page.get_by_text("This import was undone")).to_be_visible()
    assert not Lead.select().where(Lead.deleted_at.is_null()).count()
