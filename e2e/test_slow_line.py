"""Where the line is slow: two clicks are one wish, nothing typed meanwhile is lost, no late answer takes the focus."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import APIResponse, Page, Route, expect

from crmlite.models.leads import Lead
from crmlite.models.notes import Note
from crmlite.models.opportunities import Opportunity
from crmlite.rules import leads, notes, opportunities
from e2e.test_events import WEEK, column, planned
from e2e.test_leads import cell
from e2e.test_opportunities import BOARD, card_of
from tests.make import make_lead, make_opportunity, make_partner


@contextmanager
def held(page: Page, pattern: str | re.Pattern[str]) -> Iterator[list[Route]]:
    """Answers to requests of `pattern` do not come before the end of the block."""
    waiting: list[Route] = []
    page.route(pattern, lambda route: waiting.append(route))
    with page.expect_request(pattern):
        yield waiting
    for route in waiting:
        route.continue_()
    page.unroute(pattern)


def test_a_lead_that_is_saved_by_two_clicks_is_one_lead(page_of, alice):
    page = page_of("alice")
    page.goto("/leads")
    page.get_by_role("main").get_by_role("link", name="New lead").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Last name").fill("Haugen")
    save = dialog.get_by_role("button", name="Save")
    with held(page, "**/leads") as sent:
        save.click()
        save.dblclick()
    expect(page.get_by_role("heading", name="Haugen", exact=True)).to_be_visible()
    assert len(sent) == Lead.select().count() == 1


def test_a_dialog_that_was_asked_for_twice_keeps_what_is_typed_in_it(page_of, alice):
    page = page_of("alice")
    page.goto("/leads")
    link = page.get_by_role("main").get_by_role("link", name="New lead").first
    name = page.get_by_role("dialog").get_by_label("Last name")
    with held(page, "**/leads/form*") as sent:
        link.press("Enter")
        link.press("Enter")
        with page.expect_request("**/leads/form*"):
            sent.pop().continue_()
        name.fill("Haugen")
    expect(page.locator(".htmx-request")).to_have_count(0)
    expect(name).to_have_value("Haugen")


def test_a_button_of_a_row_that_is_clicked_twice_is_heard_once(page_of, alice):
    card = make_opportunity(alice, "Kiln")
    page = page_of("alice")
    page.goto("/opportunities")
    row = page.locator(f"#opportunity-{card.id}")
    with held(page, f"**/opportunities/{card.id}/stage*") as sent:
        row.get_by_role("button", name="Next stage: Qualification").dblclick()
    expect(row).to_contain_text("Qualification")
    expect(row.get_by_role("button", name="Next stage: Proposition")).to_be_visible()
    assert len(sent) == 1 and Opportunity.get_by_id(card.id).stage.name == "Qualification"


def test_a_note_that_is_begun_while_another_is_on_its_way_stays(page_of, alice):
    lead = make_lead(alice)
    page = page_of("alice")
    page.goto(f"/leads/{lead.id}")
    note = page.get_by_role("textbox", name="Note")
    note.fill("Wants proof")
    with held(page, "**/notes"):
        page.get_by_role("button", name="Add note").click()
        note.press("End")
        note.press_sequentially(" And a price.")
        file = {"name": "a.txt", "mimeType": "text/plain", "buffer": b"a"}
        page.locator(".composer [type=file]").set_input_files([file])
    expect(page.locator("#timeline")).to_contain_text("Wants proof")
    expect(note).to_have_value("And a price.")
    expect(page.locator(".chosen")).to_contain_text("a.txt")
    assert [one.body for one in Note.select()] == ["Wants proof"]


def test_what_is_typed_into_a_cell_before_its_form_has_come_is_saved_though_one_has_gone_on(page_of, alice):
    other, lead = make_lead(alice, "Brandt"), make_lead(alice, "Costa")
    page = page_of("alice")
    page.goto("/leads")
    with held(page, f"**/leads/{lead.id}/cells/company"):
        cell(page, lead, "Company").click()
        page.keyboard.type("Azenha")
        cell(page, other, "Company").click()
        box = cell(page, other, "Company").locator("input[name=company]")
        expect(box).to_be_focused()
        page.keyboard.type("Mühle")
    expect(cell(page, lead, "Company")).to_have_class(re.compile("saved"))
    expect(cell(page, lead, "Company")).to_have_text("Azenha")
    expect(box).to_be_focused()
    expect(box).to_have_value("Mühle")


def test_what_is_typed_after_enter_goes_into_the_next_cell_though_no_form_has_come(page_of, alice):
    other, lead = make_lead(alice, "Brandt"), make_lead(alice, "Costa")
    page = page_of("alice")
    page.goto("/leads")
    box = cell(page, other, "Company").locator("input[name=company]")
    with held(page, f"**/leads/{lead.id}/cells/company"):
        cell(page, lead, "Company").click()
        page.keyboard.type("Azenha")
        page.keyboard.press("Enter")
        page.keyboard.type("Moulin")
        expect(box).to_have_value("Moulin")
    expect(cell(page, lead, "Company")).to_have_text("Azenha")
    expect(box).to_be_focused()


HOLD_THE_END = """() => {
  const text = Response.prototype.text;
  const end = new Promise((done) => { window.letGo = done; });
  Response.prototype.text = async function () { if (this.url.includes("/cells/")) await end; return text.call(this); };
}"""


def test_old_news_between_the_head_and_the_end_of_an_answer_do_not_take_the_cell_away(page_of, alice):
    lead = make_lead(alice, "Costa")
    page = page_of("alice")
    page.goto("/leads")
    cell(page, lead, "Company").click()
    expect(cell(page, lead, "Company").locator("input[name=company]")).to_be_focused()
    page.evaluate(HOLD_THE_END)
    news: list[tuple[Route, APIResponse]] = []
    page.route(f"**/leads/{lead.id}/row*", lambda route: news.append((route, route.fetch())))
    ask = "id => document.dispatchEvent(new CustomEvent('refresh-row', { detail: document.getElementById(id) }))"
    with page.expect_request(f"**/leads/{lead.id}/row*"):
        page.evaluate(ask, f"lead-{lead.id}")
    page.keyboard.type("Azenha")
    with page.expect_response(f"**/leads/{lead.id}/cells/company*"):
        page.keyboard.press("Tab")
    ((route, old),) = news
    with page.expect_response(f"**/leads/{lead.id}/row*"):
        route.fulfill(response=old)
    page.evaluate("() => new Promise((done) => setTimeout(done))")
    page.evaluate("letGo()")
    expect(cell(page, lead, "Company")).to_have_text("Azenha")
    expect(cell(page, lead, "Phone").locator("input[name=phone]")).to_be_focused()


def test_a_refusal_that_comes_late_does_not_take_the_focus_from_another_cell(page_of, alice):
    other, lead = make_lead(alice, "Brandt"), make_lead(alice, "Costa")
    page = page_of("alice")
    page.goto("/leads")
    cell(page, lead, "E-mail").click()
    box = cell(page, other, "E-mail").locator("input[name=email]")
    page.keyboard.type("ines at azenha")
    with held(page, f"**/leads/{lead.id}/cells/email*"):
        page.keyboard.press("Enter")
        page.keyboard.type("eva@brandt")
        expect(box).to_have_value("eva@brandt")
    expect(cell(page, lead, "E-mail").get_by_role("alert")).to_be_visible()
    expect(box).to_be_focused()
    page.keyboard.type(".example")
    page.keyboard.press("Enter")
    expect(cell(page, other, "E-mail")).to_have_text("eva@brandt.example")
    expect(cell(page, lead, "E-mail").get_by_label("E-mail")).to_have_value("ines at azenha")


def test_another_s_change_while_the_form_of_a_cell_is_on_its_way_loses_nothing_typed(page_of, alice, bob):
    lead = make_lead(alice, company="Azenha")
    page = page_of("alice")
    page.goto("/leads")
    with held(page, f"**/leads/{lead.id}/cells/company"):
        cell(page, lead, "Company").click()
        page.keyboard.type("Moulin")
        leads.edit(Lead.get_by_id(lead.id), {"company": "Azenha Lda", "city": "Porto"}, bob)
        expect(cell(page, lead, "Company")).to_have_text("Azenha Lda")
    box = cell(page, lead, "Company").locator("input[name=company]")
    expect(box).to_have_value("Moulin")
    expect(box).to_be_focused()


def test_a_cell_that_is_left_as_it_was_shows_what_another_made_of_it(page_of, alice, bob):
    lead = make_lead(alice, company="Azenha")
    page = page_of("alice")
    page.goto("/leads")
    cell(page, lead, "Company").click()
    expect(cell(page, lead, "Company").locator("input[name=company]")).to_be_focused()
    with page.expect_response(f"**/leads/{lead.id}/row*"):
        leads.edit(Lead.get_by_id(lead.id), {"company": "Azenha Lda"}, bob)
    expect(page.locator(f"#lead-{lead.id}")).to_have_class(re.compile("fresh"))
    page.keyboard.press("Escape")
    expect(cell(page, lead, "Company")).to_have_text("Azenha Lda")


@contextmanager
def late(page: Page, pattern: str) -> Iterator[Callable[[], None]]:
    """The first request of `pattern` is done at once, which can be waited for; its answer does not come before the end
    of the block."""
    done: list[tuple[Route, APIResponse]] = []
    asked: list[Route] = []

    def keep(route: Route) -> None:
        asked.append(route)
        if len(asked) == 1:
            done.append((route, route.fetch()))
        else:
            route.continue_()

    def is_done() -> None:
        while not done:
            page.wait_for_timeout(50)

    page.route(pattern, keep)
    yield is_done
    is_done()
    ((route, answer),) = done
    route.fulfill(response=answer)


def test_an_answer_is_heard_though_what_asked_was_drawn_anew_before_it_came(page_of, alice):
    event = planned(alice)
    page = page_of("alice")
    page.goto(WEEK)
    talk = column(page, "2026-11-24").get_by_role("link", name="Contract talk")
    with late(page, f"**/events/{event.id}/time"):
        talk.press("Shift+ArrowDown")
        expect(talk).to_have_attribute("data-at", "10:15")
        expect(page.locator(".toast")).to_have_count(0)
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(talk).to_have_attribute("data-at", "10:00")


def test_news_of_a_card_do_not_take_it_away_from_the_answer_to_its_move(page_of, alice, bob):
    card = make_opportunity(alice, "Kiln")
    page = page_of("alice")
    page.goto(BOARD)
    with late(page, f"**/opportunities/{card.id}/stage*") as is_sent:
        with late(page, "**/board/cards*") as is_asked:
            opportunities.edit(Opportunity.get_by_id(card.id), {"next_step": "Call them"}, bob)
            is_asked()
            card_of(page, "Kiln").hover()
            page.get_by_role("link", name="Move or close Kiln").click()
            page.get_by_role("button", name="Lost…").click()
            is_sent()
        expect(page.locator("#board-said")).not_to_have_class(re.compile("htmx-request"))
    expect(page.get_by_role("dialog").get_by_label("Why was it lost?")).to_be_visible()


def test_a_part_hears_of_what_happens_while_it_is_drawn_anew(page_of, alice, bob):
    lead = make_lead(alice)
    page = page_of("alice")
    page.goto(f"/leads/{lead.id}")
    with late(page, f"**/leads/{lead.id}/timeline*") as is_done:
        notes.add(lead, "The first", bob)
        is_done()
        with page.expect_response(lambda answer: "/journal/since" in answer.url and answer.status == 200):
            notes.add(lead, "The second", bob)
    expect(page.locator("#timeline")).to_contain_text("The first")
    expect(page.locator("#timeline")).to_contain_text("The second")


def test_an_undo_without_connection_can_be_tried_again(page_of, alice, bob):
    lead = make_lead(bob)
    page = page_of("alice")
    page.goto("/leads")
    page.locator(f"#lead-{lead.id}").get_by_role("button", name="Assign to me").click()
    expect(cell(page, lead, "Assigned to")).to_contain_text("Alice Arden")
    page.context.set_offline(True)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("alert")).to_contain_text("no connection")
    page.context.set_offline(False)
    page.get_by_role("button", name="Retry").click()
    expect(cell(page, lead, "Assigned to")).to_contain_text("Bob Birch")
    expect(page.locator(".toast", has_text="assigned to")).to_have_count(0)


def test_suggestions_for_what_was_typed_before_do_not_replace_those_for_what_stands_there(page_of, alice):
    make_partner(alice, "Harbour Light")
    make_partner(alice, "Mill House")
    page = page_of("alice")
    page.goto("/opportunities/form")
    box = page.get_by_label("Customer", exact=True)
    options = page.locator(f"#{box.get_attribute('list')} option")
    with held(page, re.compile("[?&]q=Har")):
        with page.expect_request(re.compile("[?&]q=Har")):
            box.press_sequentially("Har")
        box.fill("Mill")
        expect(options).to_have_count(1)
    page.wait_for_load_state("networkidle")
    expect(options).to_have_attribute("value", re.compile("Mill House"))
