"""Leads in the browser: editing in place by keyboard, refusals, conflicts, selections, undo."""

import re

from playwright.sync_api import expect

from crmlite.models.leads import Lead
from crmlite.rules import leads
from e2e.conftest import accessible
from tests.make import make_lead


def cell(page, lead, label):
    """The cell of a lead below the column head `label`."""
    heads = page.locator("table.list thead th").all_inner_texts()
    return page.locator(f"#lead-{lead.id} > *").nth(heads.index(label) + 1)


def test_a_cell_is_edited_by_keyboard_and_the_next_row_follows(page_of, alice):
    second, first = make_lead(alice, "Brandt"), make_lead(alice, "Costa")
    page = page_of("alice")
    page.goto("/leads")
    cell(page, first, "Company").click()
    page.keyboard.type("Azenha")
    page.keyboard.press("Enter")
    expect(cell(page, first, "Company")).to_have_text("Azenha")
    expect(cell(page, second, "Company")).to_be_focused()
    page.keyboard.type("Brandt & Sohn")
    page.keyboard.press("Tab")
    expect(cell(page, second, "Company")).to_have_text("Brandt & Sohn")
    expect(cell(page, second, "Phone").locator("input[name=phone]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(cell(page, second, "Phone")).to_be_focused()
    assert [lead.company for lead in Lead.select().order_by(Lead.id)] == ["Brandt & Sohn", "Azenha"]


def test_first_and_last_name_are_edited_together(page_of, alice):
    lead = make_lead(alice, "Costa", first_name="Inês")
    page = page_of("alice")
    page.goto("/leads")
    name = cell(page, lead, "Name")
    cell(page, lead, "Company").focus()
    page.keyboard.press("ArrowLeft")
    expect(name).to_be_focused()
    page.keyboard.press("F2")
    expect(name.get_by_label("First name")).to_be_focused()
    page.keyboard.press("Tab")
    expect(name.get_by_label("Last name")).to_be_focused()
    page.keyboard.type("Coelho")
    page.keyboard.press("Enter")
    expect(name).to_have_text("Coelho, Inês")
    expect(name).to_have_class(re.compile("saved"))


def test_a_refused_value_stays_with_its_reason(page_of, alice):
    lead = make_lead(alice)
    page = page_of("alice")
    page.goto("/leads")
    cell(page, lead, "E-mail").click()
    page.keyboard.type("ines at azenha")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").first).to_contain_text("Please enter an e-mail address")
    box = cell(page, lead, "E-mail").get_by_label("E-mail")
    expect(box).to_have_value("ines at azenha")
    expect(box).to_be_focused()
    accessible(page)
    box.fill("ines@azenha.example")
    page.keyboard.press("Enter")
    expect(cell(page, lead, "E-mail")).to_have_text("ines@azenha.example")


def test_leaving_a_cell_saves_what_was_typed(page_of, alice):
    lead = make_lead(alice)
    page = page_of("alice")
    page.goto("/leads")
    cell(page, lead, "Company").click()
    page.keyboard.type("Azenha")
    page.get_by_role("heading", name="Leads").click()
    expect(cell(page, lead, "Company")).to_have_class(re.compile("saved"))
    expect(cell(page, lead, "Company")).to_have_text("Azenha")
    assert Lead.get_by_id(lead.id).company == "Azenha"


def test_a_lost_connection_keeps_the_text_and_offers_retry(page_of, alice):
    lead = make_lead(alice)
    page = page_of("alice")
    page.goto("/leads")
    cell(page, lead, "Company").click()
    page.keyboard.type("Azenha")
    page.context.set_offline(True)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Not saved: no connection. Your text is kept.")).to_be_visible()
    expect(cell(page, lead, "Company").locator("input[name=company]")).to_have_value("Azenha")
    page.context.set_offline(False)
    page.get_by_role("button", name="Retry").click()
    expect(cell(page, lead, "Company")).to_have_text("Azenha")


def test_two_people_in_one_cell_keep_mine_or_take_theirs(page_of, alice, bob):
    lead = make_lead(alice, company="Azenha")
    page = page_of("alice")
    page.goto("/leads")
    cell(page, lead, "Company").click()
    expect(cell(page, lead, "Company").locator("input[name=company]")).to_be_focused()
    leads.edit(Lead.get_by_id(lead.id), {"company": "Azenha Lda"}, bob)
    page.keyboard.type("Azenha SA")
    page.keyboard.press("Enter")
    clash = page.get_by_text("Bob Birch changed this to Azenha Lda")
    expect(clash).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Take theirs").click()
    expect(cell(page, lead, "Company")).to_have_text("Azenha Lda")
    cell(page, lead, "Company").click()
    expect(cell(page, lead, "Company").locator("input[name=company]")).to_be_focused()
    leads.edit(Lead.get_by_id(lead.id), {"company": "Again theirs"}, bob)
    page.keyboard.type("Mine")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Keep mine").click()
    expect(cell(page, lead, "Company")).to_have_text("Mine")


def test_changes_of_others_appear_without_reload(page_of, alice, bob):
    lead = make_lead(alice, company="Azenha")
    page = page_of("alice")
    page.goto("/leads")
    page.evaluate("window.kept = true")
    leads.edit(Lead.get_by_id(lead.id), {"company": "Azenha Lda"}, bob)
    expect(cell(page, lead, "Company")).to_have_text("Azenha Lda")
    assert page.evaluate("window.kept")


def test_the_suitcase_takes_a_lead_and_undo_gives_it_back(page_of, alice, bob):
    lead = make_lead(bob, "Costa")
    page = page_of("alice")
    page.goto("/leads")
    page.locator(f"#lead-{lead.id}").get_by_role("button", name="Assign to me").click()
    expect(cell(page, lead, "Assigned to")).to_contain_text("Alice Arden")
    page.get_by_role("button", name="Undo").click()
    expect(cell(page, lead, "Assigned to")).to_contain_text("Bob Birch")


def test_a_selection_swaps_the_bar_and_is_assigned(page_of, alice, bob):
    made = [make_lead(alice, name) for name in ("Costa", "Brandt", "Haugen")]
    page = page_of("alice")
    page.goto("/leads")
    page.locator(f"#lead-{made[0].id} [name=ids]").check()
    page.locator(f"#lead-{made[1].id} [name=ids]").check()
    expect(page.get_by_text("2 selected")).to_be_visible()
    accessible(page)
    page.get_by_role("toolbar").get_by_role("button", name="Assign").click()
    page.get_by_role("button", name="Bob Birch").click()
    expect(page.get_by_text("2 leads assigned to Bob Birch")).to_be_visible()
    expect(cell(page, made[1], "Assigned to")).to_contain_text("Bob Birch")
    expect(cell(page, made[2], "Assigned to")).to_contain_text("Alice Arden")


def test_a_lead_is_made_in_the_dialog_and_read_on_its_page(page_of, alice):
    page = page_of("alice")
    page.goto("/leads")
    accessible(page)
    page.get_by_role("main").get_by_role("link", name="New lead").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("First name")).to_be_focused()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("Please enter a name.")).to_be_visible()
    expect(dialog.get_by_label("Last name")).to_be_focused()
    accessible(page)
    dialog.get_by_label("Last name").fill("Haugen")
    dialog.get_by_label("Company").fill("Nordlys")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Haugen", exact=True)).to_be_visible()
    expect(page.get_by_text("“Haugen” added")).to_be_visible()
    accessible(page)


def test_a_fact_is_edited_on_the_record_and_the_story_grows(page_of, alice):
    lead = make_lead(alice, "Costa", company="Azenha")
    page = page_of("alice")
    page.goto(f"/leads/{lead.id}")
    page.locator("dd[data-name=company]").click()
    page.keyboard.type("Azenha Lda")
    page.keyboard.press("Enter")
    expect(page.locator("dd[data-name=company]")).to_have_text("Azenha Lda")
    expect(page.locator("#timeline")).to_contain_text("Azenha → Azenha Lda")
    page.get_by_role("textbox", name="Note").fill("Wants proof")
    page.get_by_role("button", name="Add note").click()
    expect(page.locator("#timeline")).to_contain_text("Wants proof")
    expect(page.get_by_role("textbox", name="Note")).to_have_value("")


def test_losing_asks_for_the_reason_first(page_of, alice):
    lead = make_lead(alice, "Costa")
    page = page_of("alice")
    page.goto(f"/leads/{lead.id}")
    page.get_by_role("link", name="Lose").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Mark as lost").click()
    expect(dialog.get_by_text("Please choose why the lead was lost.")).to_be_visible()
    dialog.get_by_label("Why was it lost?").select_option(label="No budget")
    dialog.get_by_role("button", name="Mark as lost").click()
    expect(page.get_by_text("Lost: No budget")).to_be_visible()
    page.get_by_role("button", name="Recycle").click()
    expect(page.get_by_text("Recycled").first).to_be_visible()


def test_leads_on_a_phone(page_of, alice):
    lead = make_lead(alice, "Costa", company="Azenha", phone="+351 22 555 86 08")
    page = page_of("alice", width=390, height=844, has_touch=True)
    page.goto("/leads")
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    cell(page, lead, "Company").tap()
    box = cell(page, lead, "Company").locator("input[name=company]")
    box.fill("Azenha Lda")
    page.get_by_role("heading", name="Leads").tap()
    expect(cell(page, lead, "Company")).to_have_text("Azenha Lda")
    page.get_by_role("link", name="Costa").tap()
    expect(page.get_by_role("heading", name="Costa")).to_be_visible()
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_search_box_opens_with_a_key_and_finds(page_of, alice):
    make_lead(alice, "Costa", first_name="Inês", company="Azenha")
    page = page_of("alice")
    page.goto("/leads")
    page.keyboard.press("/")
    page.keyboard.type("azen")
    expect(page.get_by_role("option", name="Inês Costa")).to_be_visible()
    accessible(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Inês Costa")).to_be_visible()


def test_without_script_the_page_answers_in_full(page_of, alice):
    lead = make_lead(alice, "Costa")
    page = page_of("alice", java_script_enabled=False)
    page.goto("/leads")
    page.get_by_role("link", name="Costa").click()
    page.goto(f"/leads/{lead.id}/form")
    page.get_by_label("Company").fill("Azenha")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Costa")).to_be_visible()
    assert Lead.get_by_id(lead.id).company == "Azenha"


def come_back(page):
    """To the tab, which looks at once for what others have changed."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_two_browsers_on_one_record_lose_nothing(page_of, alice, bob):
    lead = make_lead(alice, "Costa", company="Azenha", city="Braga")
    hers, his = page_of("alice"), page_of("bob", width=390)
    for page in (hers, his):
        page.goto(f"/leads/{lead.id}")
    hers.locator("dd[data-name=company]").click()
    hers.keyboard.type("Azenha Lda")
    his.locator("dd[data-name=city]").click()
    his.locator("dd[data-name=city] input[name=city]").fill("Porto")
    his.keyboard.press("Enter")
    expect(his.locator("dd[data-name=city]")).to_have_text("Porto")
    come_back(hers)
    expect(hers.locator("dd[data-name=city]")).to_have_text("Porto")
    expect(hers.locator("dd[data-name=company] input[name=company]")).to_have_value("Azenha Lda")
    hers.keyboard.press("Enter")
    expect(hers.locator("dd[data-name=company]")).to_have_text("Azenha Lda")
    come_back(his)
    expect(his.locator("dd[data-name=company]")).to_have_text("Azenha Lda")
    his.locator(".record-head summary", has_text="Tools").click()
    his.get_by_role("link", name="Edit all fields").click()
    form = his.get_by_role("dialog")
    form.get_by_label("Company").fill("Azenha SA")
    form.get_by_label("Street").fill("Rua Nova 3")
    hers.locator("dd[data-name=company]").click()
    hers.keyboard.type("Azenha e Filhos")
    hers.keyboard.press("Enter")
    expect(hers.locator("dd[data-name=company]")).to_have_text("Azenha e Filhos")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_text("Alice Arden changed “Company” to “Azenha e Filhos” meanwhile")).to_be_visible()
    expect(form.get_by_label("Company")).to_have_value("Azenha SA")
    accessible(his)
    form.get_by_role("button", name="Save").click()
    expect(his.locator("dd[data-name=street]")).to_have_text("Rua Nova 3")
    come_back(hers)
    expect(hers.locator("dd[data-name=street]")).to_have_text("Rua Nova 3")
    kept = Lead.get_by_id(lead.id)
    assert (kept.company, kept.city, kept.street) == ("Azenha SA", "Porto", "Rua Nova 3")
