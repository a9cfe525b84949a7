"""A lead becomes a customer in the browser: by keyboard, with a mistake on the way, and back again with Undo."""

import pytest
from playwright.sync_api import expect

from crmlite.models.contacts import Contact
from crmlite.models.leads import Lead
from crmlite.models.opportunities import Opportunity
from crmlite.models.partners import Partner
from e2e.conftest import accessible
from tests.make import make_contact, make_lead, make_partner


@pytest.fixture
def lead(alice):
    return make_lead(alice, first_name="Inês", company="Azenha", email="ines@azenha.example", budget=500_00)


def opened(page, lead):
    page.goto(f"/leads/{lead.id}")
    page.get_by_role("link", name="Convert").click()
    dialog = page.get_by_role("dialog", name="Convert Inês Costa")
    expect(dialog).to_be_visible()
    return dialog


def test_a_lead_is_converted_by_keyboard_and_undo_takes_it_back(page_of, lead):
    page = page_of("alice")
    page.goto(f"/leads/{lead.id}")
    page.get_by_role("link", name="Convert").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Convert Inês Costa")
    expect(dialog.get_by_role("radio", name="New customer")).to_be_focused()
    accessible(page)
    expect(dialog.get_by_label("Amount")).to_be_hidden()
    dialog.get_by_label("Create opportunity").focus()
    page.keyboard.press("Space")
    expect(dialog.get_by_label("Amount")).to_have_value("500")
    accessible(page)
    amount = dialog.get_by_label("Amount")
    amount.fill("a lot")
    page.keyboard.press("Enter")
    expect(amount).to_be_focused()
    expect(amount).to_have_value("a lot")
    expect(amount).to_have_attribute("aria-invalid", "true")
    accessible(page)
    amount.fill("750")
    page.keyboard.press("Enter")
    became = page.locator("#became")
    expect(became.get_by_role("link", name="Azenha")).to_be_visible()
    expect(became.get_by_role("link", name="Inês Costa")).to_be_visible()
    expect(page.get_by_role("link", name="Convert")).to_have_count(0)
    accessible(page)
    assert (Lead.get().status, Partner.get().name, Opportunity.get().amount) == ("converted", "Azenha", 750_00)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="Convert")).to_be_visible()
    expect(became.get_by_role("link")).to_have_count(0)
    assert Lead.get().status == "new"
    assert Partner.get().deleted_at and Contact.get().deleted_at and Opportunity.get().deleted_at


def test_the_customer_we_have_is_offered_or_found_while_typing(page_of, alice, lead):
    sure, other = make_partner(alice, "Mill House"), make_partner(alice, "Harbour Light")
    make_contact(alice, "Costa", first_name="Inês", email="ines@azenha.example", partner=sure.id)
    page = page_of("alice")
    dialog = opened(page, lead)
    expect(dialog.get_by_role("radio", name="Mill House same e-mail")).to_be_checked()
    expect(dialog.get_by_label("Name of the company")).to_be_hidden()
    dialog.get_by_role("radio", name="Another customer").check()
    dialog.get_by_label("Name of the customer").press_sequentially("Harb")
    expect(dialog.locator("#options-customer option")).to_have_attribute("value", f"Harbour Light #{other.id}")
    dialog.get_by_label("Name of the customer").fill(f"Harbour Light #{other.id}")
    dialog.get_by_role("radio", name="New contact").check()
    dialog.get_by_role("button", name="Convert").click()
    expect(page.locator("#became").get_by_role("link", name="Harbour Light")).to_be_visible()
    page.locator("#became").get_by_role("link", name="Harbour Light").click()
    expect(page.get_by_role("heading", name="Leads")).to_be_visible()
    expect(page.get_by_role("link", name="Inês Costa")).to_have_count(2)
    accessible(page)


def test_an_individual_has_no_contact_on_a_phone(page_of, lead):
    page = page_of("alice", width=390, height=844)
    dialog = opened(page, lead)
    dialog.get_by_role("radio", name="Individual").check()
    expect(dialog.get_by_role("radio", name="New contact")).to_be_hidden()
    expect(dialog.get_by_label("Name of the company")).to_be_hidden()
    accessible(page)
    dialog.get_by_role("button", name="Convert").click()
    expect(page.locator("#became").get_by_role("link")).to_have_count(1)
    assert (Partner.get().kind, Contact.select().count()) == ("individual", 0)
