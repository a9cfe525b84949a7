"""Ticked rows at a desk and on a phone: a field set, a workbook taken along, and back from the bin."""

from openpyxl import load_workbook
from playwright.sync_api import expect

from crmlite.models.leads import Lead
from crmlite.rules import gate
from e2e.conftest import accessible
from tests.make import make_lead


def test_a_field_is_set_for_ticked_rows_on_a_phone(page_of, alice):
    one, other = make_lead(alice, "Costa"), make_lead(alice, "Brandt")
    page = page_of("alice", width=390)
    page.goto("/leads")
    page.get_by_role("button", name="Select").click()
    page.locator(f"#lead-{one.id} [name=ids]").check()
    page.get_by_role("button", name="Set a field").click()
    page.get_by_label("Which field").select_option("city")
    page.get_by_role("button", name="Next").click()
    page.get_by_label("City").fill("Lyon")
    accessible(page)
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 lead changed")).to_be_visible()
    assert (Lead.get_by_id(one.id).city, Lead.get_by_id(other.id).city) == ("Lyon", "")
    assert not Lead.get_by_id(one.id).archived


def test_ticked_rows_are_taken_along_as_a_workbook(page_of, alice, tmp_path):
    one, _ = make_lead(alice, "Costa"), make_lead(alice, "Brandt")
    page = page_of("alice")
    page.goto("/leads")
    page.locator(f"#lead-{one.id} [name=ids]").check()
    page.locator("#selection summary", has_text="Export").click()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Excel workbook").click()
    taken.value.save_as(tmp_path / "leads.xlsx")
    assert [row[0] for row in load_workbook(tmp_path / "leads.xlsx").active.values] == ["Id", one.id]
    accessible(page)


def test_a_deleted_lead_comes_back_from_the_bin(page_of, alice, carol):
    lead = gate.remove(make_lead(alice, "Costa"), carol)
    page = page_of("alice")
    page.goto("/bin")
    accessible(page)
    page.get_by_role("button", name="Restore Costa").click()
    expect(page.get_by_text("1 lead restored")).to_be_visible()
    assert Lead.get_by_id(lead.id).deleted_at is None
