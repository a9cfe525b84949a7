"""What comes by mail, in a real browser."""

from playwright.sync_api import expect

from e2e.conftest import accessible
from tests import people


def test_reminders_and_the_digest_are_chosen_and_tried(page_of, alice, post):
    page = page_of("alice", width=390)
    page.goto("/profile/mail")
    page.get_by_label("Reminders come by e-mail too").uncheck()
    page.get_by_label("Digest of the day").select_option(label="On working days")
    page.get_by_label("At", exact=True).select_option(label="08:00")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_label("Digest of the day")).to_have_value("working")
    wanted = people.user("alice")
    assert (wanted.reminder_mail, wanted.digest_days, wanted.digest_hour) == (False, "working", 8)
    accessible(page)
    page.get_by_role("button", name="Send me one now").click()
    expect(page.get_by_text("Sent to alice@example.com.")).to_be_visible()
    assert [message["To"] for message in post.taken] == ["alice@example.com"]
    post.refusal = "554 No"
    page.get_by_role("button", name="Send me one now").click()
    expect(page.get_by_role("alert")).to_contain_text("nothing was sent (554 No)")
