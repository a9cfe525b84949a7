"""Large gestures in the browser: undone in the background behind the toast, deleted for good behind a question."""

from playwright.sync_api import expect

from crmlite.lists import bulk
from crmlite.models.leads import Lead
from crmlite.rules import gate, jobs, undoing
from crmlite.serve import HANDLERS
from e2e.conftest import accessible
from tests.make import make_lead


def do_the_work():
    job = jobs.claim(HANDLERS, "test")
    assert jobs.finish(job, HANDLERS[job.kind](jobs.payload(job)))


def test_a_large_undo_is_watched_from_its_toast_to_its_end(page_of, alice, monkeypatch):
    monkeypatch.setattr(undoing, "AT_ONCE", 2)
    monkeypatch.setattr(bulk, "AT_ONCE", 10)
    for number in range(4):
        make_lead(alice, f"Lead{number}")
    page = page_of("alice")
    page.goto("/leads")
    page.get_by_label("Select all rows").check()
    page.get_by_role("button", name="Archive").click()
    expect(page.locator(".toast")).to_contain_text("4 leads archived")
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".toast")).to_contain_text("taken back in the background")
    page.locator(".toast").get_by_role("link", name="Watch").click()
    expect(page.get_by_role("heading", name="Undo of 4 changes to leads")).to_be_visible()
    do_the_work()
    expect(page.get_by_text("4 changes taken back.")).to_be_visible()
    assert Lead.select().where(Lead.archived == False).count() == 4  # noqa: E712
    accessible(page)
    page.get_by_role("link", name="Background work").first.click()
    expect(page.get_by_role("button", name="Redo")).to_be_visible()
    accessible(page)


def test_a_record_is_deleted_for_good_from_the_bin(page_of, alice, carol):
    lead = make_lead(alice, "Costa")
    gate.remove(lead, carol)
    gate.remove(make_lead(alice, "Brandt"), carol)
    page = page_of("carol")
    page.goto("/bin?concept=lead")
    page.get_by_label("Delete Costa for good").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Nothing brings it back")
    accessible(page)
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    page.get_by_label("Select Costa").check()
    page.get_by_label("Select Brandt").check()
    page.get_by_role("button", name="Delete ticked").click()
    expect(dialog).to_contain_text("Delete 2 leads for good?")
    dialog.get_by_role("button", name="Delete for good").click()
    expect(page.locator(".toast")).to_contain_text("2 leads deleted for good")
    expect(page.get_by_text("No deleted lead here")).to_be_visible()
    assert Lead.select().count() == 0
