"""What a person wants by mail, over HTTP."""

import pytest

from crmlite.models.digests import Digest
from tests import people
from tests.make import make_opportunity

WANTED = {"reminder_mail": "1", "digest_days": "working", "digest_hour": "8"}


def wish(name: str) -> tuple[bool, str, int]:
    person = people.user(name)
    return person.reminder_mail, person.digest_days, person.digest_hour


def test_reminders_come_by_mail_and_the_digest_does_not_until_somebody_chooses(client_of, alice, post):
    assert wish("alice") == (True, "", 7)
    page = client_of("alice").get("/profile/mail").text
    assert "What crmlite sends to alice@example.com." in page and "In your time zone, Europe/Paris." in page


@pytest.mark.parametrize("name", ["alice", "rita", "olive"])
def test_everybody_chooses_for_themselves(client_of, db, post, name):
    client = client_of(name)
    assert client.post("/profile/mail", data=WANTED).headers["Location"] == "/profile/mail"
    assert wish(name) == (True, "working", 8)
    page = client.get("/profile/mail").text
    assert "Saved." in page and '<option value="8" selected>08:00' in page
    client.post("/profile/mail", data={"digest_days": "", "digest_hour": "8"})
    assert wish(name) == (False, "", 8)
    assert wish("bob") == (True, "", 7)


@pytest.mark.parametrize(
    ("field", "value"), [("digest_days", "hourly"), ("digest_hour", "24"), ("digest_hour", "x"), ("digest_hour", "")]
)
def test_what_does_not_fit_is_told_at_its_place(client_of, db, post, field, value):
    answer = client_of("alice").post("/profile/mail", data={**WANTED, field: value})
    assert answer.status_code == 422 and f'id="f-{field}-error"' in answer.text
    assert wish("alice") == (True, "", 7)


def test_a_choice_made_meanwhile_on_another_device_is_told(client_of, db, post):
    seen = people.user("alice").version
    client = client_of("alice")
    client.post("/profile/mail", data={**WANTED, "seen": seen})
    answer = client.post("/profile/mail", data={**WANTED, "digest_days": "daily", "seen": seen})
    assert answer.status_code == 409 and "in the meantime" in answer.text
    assert wish("alice") == (True, "working", 8)


def test_one_is_sent_at_once_to_try_it(client_of, alice, post):
    make_opportunity(alice, "Forklifts")
    client = client_of("alice")
    assert client.post("/profile/mail/digest").headers["Location"] == "/profile/mail"
    [message] = post.taken
    assert message["To"] == "alice@example.com" and "sales without a next step" in message["Subject"]
    assert "Sent to alice@example.com." in client.get("/profile/mail").text
    assert not Digest.select().exists()


def test_what_the_server_says_is_told_when_it_refuses(client_of, db, post):
    post.refusal = "554 5.7.1 Not from here"
    answer = client_of("alice").post("/profile/mail/digest")
    assert answer.status_code == 422
    assert "The mail server did not take it, so nothing was sent (554 5.7.1 Not from here)." in answer.text
    assert "Please tell Olive Owen." in answer.text


def test_without_a_mail_server_the_page_says_whom_to_ask(client_of, db):
    page = client_of("alice").get("/profile/mail").text
    assert "Please ask Olive Owen to have one set up." in page and 'name="digest_days"' not in page
    assert "setting SMTP_URL" in client_of("olive").get("/profile/mail").text
    answer = client_of("alice").post("/profile/mail/digest")
    assert answer.status_code == 422 and "Please ask Olive Owen" in answer.text


def test_the_bell_and_the_settings_lead_there(client_of, db):
    client = client_of("alice")
    for page in ("/reminders", "/settings", "/profile"):
        assert 'href="/profile/mail"' in client.get(page).text, page
