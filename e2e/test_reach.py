"""Further ways to reach somebody, and people of a company, in the browser: added, swapped, taken back."""

from playwright.sync_api import expect

from crmlite.models.contact_points import ContactPoint
from crmlite.models.contacts import Contact
from crmlite.models.partners import Partner
from crmlite.rules import hanging
from e2e.conftest import accessible
from tests.make import make_partner


def test_a_phone_is_added_made_the_main_one_and_taken_back(page_of, alice):
    partner = make_partner(alice, phone="0221 55 66 77")
    page = page_of("alice")
    page.goto(f"/partners/{partner.id}")
    page.get_by_role("link", name="Phone, e-mail or website").click()
    form = page.get_by_role("form", name="New contact detail")
    form.get_by_label("Number or address").fill("12")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_text("at least 7 digits")).to_be_visible()
    accessible(page)
    form.get_by_label("Number or address").fill("+33 4 72 10 48 81")
    form.get_by_label("Used for").fill("home")
    form.get_by_role("button", name="Save").click()
    further = page.get_by_role("list", name="Further contact details")
    expect(further.get_by_role("link", name="+33 4 72 10 48 81")).to_have_attribute("href", "tel:+33472104881")
    further.get_by_label("More for +33 4 72 10 48 81").click()
    further.get_by_role("button", name="Make main").click()
    expect(page.locator('dd[data-name="phone"]')).to_have_text("+33 4 72 10 48 81")
    expect(further.get_by_role("link", name="0221 55 66 77")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Undo").last.click()
    expect(page.locator('dd[data-name="phone"]')).to_have_text("0221 55 66 77")
    expect(further.get_by_role("link", name="+33 4 72 10 48 81")).to_be_visible()
    assert [point.value for point in hanging.of(ContactPoint, partner, alice)] == ["+33 4 72 10 48 81"]


def test_a_person_is_added_on_the_page_of_the_company_on_a_phone(page_of, alice):
    partner = make_partner(alice)
    page = page_of("alice", width=390, height=844)
    page.goto(f"/partners/{partner.id}")
    page.get_by_role("link", name="Add a person").click()
    form = page.get_by_role("form", name=f"Add a person at {partner.label}")
    form.get_by_label("First name").fill("Ana")
    form.get_by_label("Last name").fill("Silva")
    accessible(page)
    form.get_by_role("button", name="Add").click()
    expect(page.locator("#people").get_by_role("link", name="Ana Silva")).to_be_visible()
    expect(form).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#people").get_by_text("Nobody yet.")).to_be_visible()
    assert not Contact.select().where(Contact.deleted_at.is_null()).exists()


def test_an_employee_is_asked_for_no_other_relation(page_of, alice):
    page = page_of("alice")
    page.goto("/partners/form")
    expect(page.get_by_label("Employee", exact=True)).to_be_hidden()
    page.get_by_label("Kind").select_option("individual")
    page.get_by_label("Customer", exact=True).check()
    page.get_by_label("Employee", exact=True).check()
    expect(page.get_by_label("Customer", exact=True)).to_be_hidden()
    page.get_by_label("Name *", exact=True).fill("Worker")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Worker")).to_be_visible()
    assert Partner.get(Partner.name == "Worker").flags == ["employee"]


def test_a_company_is_not_asked_what_only_a_person_has(page_of, alice):
    partner = make_partner(alice, "Moreau")
    page = page_of("alice", width=390)
    page.goto(f"/partners/{partner.id}")
    page.get_by_role("link", name="All fields").click()
    form = page.get_by_role("dialog")
    expect(form.get_by_label("Parent company")).to_be_visible()
    expect(form.get_by_label("First name")).to_be_hidden()
    form.get_by_label("Kind").select_option("individual")
    form.get_by_label("First name").fill("Ana")
    form.get_by_role("button", name="Save").click()
    expect(page.locator("dd[data-name=first_name]")).to_have_text("Ana")
