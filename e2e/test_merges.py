"""Two of the same in the browser: found, compared, made one, and two again."""

import pytest
from playwright.sync_api import expect

from crmlite.models.leads import Lead
from e2e.conftest import accessible
from tests.make import make_lead


@pytest.mark.parametrize("width", [1280, 390])
def test_duplicates_are_found_merged_by_choice_and_taken_apart(page_of, alice, width):
    kept = make_lead(alice, "Costa", first_name="Ana", company="Azenha", city="Porto")
    other = make_lead(alice, "Costa", first_name="Ana", company="Azenha Lda", phone="+351 22 555 0102")
    page = page_of("alice", width=width)
    page.goto("/leads")
    page.get_by_role("main").locator("summary", has_text="Tools").click()
    page.get_by_role("link", name="Check duplicates").click()
    expect(page.get_by_text("2 with the same name Ana Costa")).to_be_visible()
    page.get_by_role("button", name="Merge").click()
    page.locator(f"#kept-{kept.id}").check()
    expect(page.locator(f"#kept-{kept.id}")).to_be_checked()
    company = page.locator("tr", has=page.get_by_role("rowheader", name="Company", exact=True))
    page.locator(f"#company-{other.id}").check()
    expect(company.locator(".result")).to_have_text("Azenha Lda")
    expect(page.locator(f"#company-{other.id}")).to_be_focused()
    accessible(page)
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(page.get_by_text("merged").first).to_be_visible()
    one = Lead.get_by_id(kept.id)
    assert (one.company, one.city, one.phone) == ("Azenha Lda", "Porto", "+351 22 555 0102")
    assert Lead.get_by_id(other.id).deleted_at
    page.goto(f"/leads/{kept.id}")
    accessible(page)
    page.get_by_role("button", name="Undo merge").click()
    expect(page.get_by_role("button", name="Undo merge")).to_have_count(0)
    assert Lead.get_by_id(kept.id).company == "Azenha" and not Lead.get_by_id(other.id).deleted_at
