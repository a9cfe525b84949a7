"""Files and pictures in the browser: attached to a note that names a colleague, fetched, refused, taken away."""

import pytest
from playwright.sync_api import expect

from crmlite.models.documents import Document
from e2e.conftest import accessible
from tests.files import picture
from tests.make import make_lead


@pytest.mark.parametrize("width", [1280, 390])
def test_a_file_comes_with_a_note_that_names_a_colleague(page_of, alice, bob, width, tmp_path):
    lead = make_lead(alice, "Costa")
    large = tmp_path / "film.mov"
    with large.open("wb") as file:
        file.truncate(300_000_000)
    page = page_of("alice", width=width)
    page.goto(f"/leads/{lead.id}")
    note = page.get_by_role("textbox", name="Note")
    note.press_sequentially("For @bo")
    expect(page.get_by_role("listbox", name="People").get_by_role("option", name="Bob Birch")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.type("to read")
    chooser = page.locator(".composer [type=file]")
    chooser.set_input_files([{"name": "plan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 a plan"}])
    chooser.set_input_files(large)
    expect(page.get_by_role("alert")).to_contain_text("“film.mov” is larger than")
    expect(page.locator(".chosen")).to_contain_text("plan.pdf")
    expect(page.locator(".chosen li")).to_have_count(1)
    expect(note).to_have_value("For @Bob Birch to read")
    accessible(page)
    page.get_by_role("button", name="Add note").click()
    expect(page.locator("#timeline")).to_contain_text("@Bob Birch to read")
    expect(note).to_have_value("")
    expect(page.locator(".chosen li")).to_have_count(0)
    with page.expect_download() as taken:
        page.locator("#timeline").get_by_role("link", name="plan.pdf").click()
    assert taken.value.path().read_bytes() == b"%PDF-1.7 a plan"
    told = page_of("bob", width=width)
    told.goto("/")
    expect(told.get_by_text("to read")).to_be_visible()


def test_a_picture_is_put_on_and_taken_off(page_of, alice):
    lead = make_lead(alice, "Costa")
    page = page_of("alice")
    page.goto(f"/leads/{lead.id}")
    page.get_by_role("link", name="Change the picture").click()
    dialog = page.get_by_role("dialog")
    face = {"name": "face.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    dialog.get_by_label("Picture").set_input_files([{**face, "buffer": b"no picture"}])
    dialog.get_by_role("button", name="Save picture").click()
    expect(page.get_by_role("alert")).to_be_visible()
    dialog.get_by_label("Picture").set_input_files([face])
    accessible(page)
    dialog.get_by_role("button", name="Save picture").click()
    expect(page.locator("img.avatar")).to_have_js_property("complete", True)
    assert page.locator("img.avatar").evaluate("one => one.naturalWidth")
    page.get_by_role("link", name="Change the picture").click()
    page.get_by_role("button", name="Remove picture").click()
    expect(page.locator("span.avatar.a40")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    assert Document.select().where(Document.kind == "picture").count() == 1
