"""Ticked rows at a desk and on a phone: a field set, a workbook taken along, and back from the bin."""

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from crmlite.lists import bulk
from crmlite.models.leads import Lead
from crmlite.rules import gate, jobs
from crmlite.serve import HANDLERS
from e2e.conftest import accessible, at_rest
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


def a_part_of_the_work():
    """What the worker does in one go."""
    job = jobs.claim(HANDLERS, "test")
    again_at = HANDLERS[job.kind](jobs.payload(job))
    assert jobs.finish(job, again_at)


@pytest.mark.parametrize("width", [1280, 390])
def test_all_that_match_are_changed_while_one_watches_and_undone(page_of, alice, monkeypatch, width):
    monkeypatch.setattr(bulk, "AT_ONCE", 10)
    for number in range(30):
        make_lead(alice, f"Lead {number}", city="Paris" if number < 28 else "Lyon")
    page = page_of("alice", width=width)
    page.goto("/leads?city=is:Paris")
    if width < 640:
        page.get_by_role("button", name="Select").click()
        page.locator("tbody [name=ids]").first.check()
    else:
        page.get_by_label("Select all rows shown").check()
    page.get_by_role("button", name="Select all that match").click()
    expect(page.get_by_text("All that match", exact=True)).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Set a field").click()
    page.get_by_label("Which field").select_option("region")
    page.get_by_role("button", name="Next").click()
    page.get_by_label("Region").fill("North")
    page.keyboard.press("Enter")
    expect(page.get_by_text("0 of 28 leads gone through")).to_be_visible()
    accessible(page)
    a_part_of_the_work()
    expect(page.get_by_text("28 leads changed")).to_be_visible()
    assert Lead.select().where(Lead.region == "North").count() == 28
    page.get_by_role("button", name="Undo all of it").click()
    expect(page.get_by_text("28 records are as they were")).to_be_visible()
    assert not Lead.select().where(Lead.region == "North").count()


@pytest.mark.parametrize("width", [1280, 390])
def test_a_list_is_printed_whole(page_of, alice, width):
    made = [make_lead(alice, f"Lead {number}") for number in range(30)]
    page = page_of("alice", width=width)
    page.add_init_script("window.print = () => { document.documentElement.dataset.printed = '1'; }")
    page.goto("/leads?sort=name")
    menu = page.locator("#bar summary", has_text="Export")
    menu.scroll_into_view_if_needed()
    at_rest(menu)
    menu.click()
    page.get_by_role("link", name="Print the list").click()
    expect(page.locator("html")).to_have_attribute("data-printed", "1")
    expect(page.locator("tbody tr")).to_have_count(30)
    accessible(page)
    page.emulate_media(media="print")
    expect(page.locator("tbody tr").last).to_be_visible()
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    page.emulate_media(media="screen")
    page.get_by_role("link", name="Back to the list").click()
    if width < 640:
        page.get_by_role("button", name="Select").click()
    for lead in made[:2]:
        page.locator(f"#lead-{lead.id} [name=ids]").check()
    page.locator("#selection summary", has_text="Export").click()
    page.get_by_role("button", name="Print the ticked rows").click()
    expect(page.locator("tbody tr")).to_have_count(2)
