"""Signing in and out, the first visit, sessions that end."""

import re

import pytest

from crmlite.models.calendars import Calendar
from crmlite.models.choices import Stage
from crmlite.models.users import User
from crmlite.rules import directory, users
from crmlite.rules.access import system
from tests import people

NEW = {
    "name": "Olga Owner",
    "email": "olga@example.com",
    "password": "a fresh passphrase",
    "zone": "Europe/Lisbon",
    "locale": "fr",
    "currency": "CHF",
}


@pytest.fixture
def empty(db):
    """A house that nobody has entered yet."""
    tables = (
        "attempts devices memberships shares calendars teams stages pipelines choices settings entries users"
    )
    for table in tables.split():
        db.execute_sql(f"DELETE FROM {table}")
    db.execute_sql("UPDATE counters SET value = value + 1 WHERE name = 'directory'")
    directory.forget()


def sign_in(visitor, name="alice", password=people.PASSWORD, **more):
    return visitor.post("/sign-in", data={"email": people.email(name), "password": password, **more})


def test_it_works(client_of, db):
    visitor = client_of()
    assert 'type="password"' in visitor.get("/sign-in").text
    answer = sign_in(visitor)
    assert answer.status_code == 303 and answer.headers["Location"] == "/"
    assert "Alice Arden" in visitor.get("/profile").text


def test_a_wrong_password_says_so_keeps_the_address_and_lets_nobody_in(client_of, db):
    visitor = client_of()
    answer = sign_in(visitor, password="wrong")
    assert answer.status_code == 422
    assert "do not match" in answer.text and 'value="alice@example.com"' in answer.text
    assert "wrong" not in answer.text
    assert visitor.get("/profile").status_code == 302


def test_an_unknown_address_gets_the_same_sentence_as_a_wrong_password(client_of, db):
    known = sign_in(client_of(), password="wrong").text
    unknown = client_of().post("/sign-in", data={"email": "nobody@example.com", "password": "wrong"}).text
    assert (
        re.search(r"E-mail address.*again\.", known)[0] == re.search(r"E-mail address.*again\.", unknown)[0]
    )


def test_the_sixth_try_has_to_wait(client_of, db):
    for _ in range(5):
        assert sign_in(client_of(), password="wrong").status_code == 422
    answer = sign_in(client_of())
    assert answer.status_code == 429 and "quarter of an hour" in answer.text


@pytest.mark.parametrize(
    "data", [{}, {"email": "x" * 100_000, "password": "y"}, {"email": "a\x00b", "password": "y"}]
)
def test_odd_input_is_refused_with_a_sentence(client_of, db, data):
    answer = client_of().post("/sign-in", data=data)
    assert answer.status_code == 422 and "do not match" in answer.text


def test_a_remembered_session_outlives_the_browser_and_another_does_not(client_of, db):
    assert "Expires=" in sign_in(client_of(), remember="1").headers["Set-Cookie"]
    assert "Expires=" not in sign_in(client_of()).headers["Set-Cookie"]


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client_of, db):
    cookie = sign_in(client_of()).headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/leads?view=mine", "/leads?view=mine"),
        ("//evil.example", "/"),
        ("https://evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("//[", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_signing_in_leads_to_a_page_of_ours_only(client_of, db, wanted, reached):
    assert sign_in(client_of(), next=wanted).headers["Location"] == reached


def test_signing_out_ends_the_session(client_of, db):
    alice = client_of("alice")
    assert alice.post("/sign-out").headers["Location"] == "/sign-in"
    assert alice.get("/profile").status_code == 302


def test_a_sign_in_from_another_site_is_refused(client_of, db):
    answer = client_of("alice").post("/sign-out", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403 and "another site" in answer.text


def test_a_new_password_ends_the_sessions_everywhere_else(client_of, db):
    here, elsewhere = client_of("alice"), client_of("alice")
    answer = here.post(
        "/profile/password",
        data={"old": people.PASSWORD, "password": NEW["password"], "again": NEW["password"]},
    )
    assert answer.status_code == 303
    assert here.get("/profile").status_code == 200
    assert elsewhere.get("/profile").status_code == 302


def test_a_session_ends_when_the_account_is_deactivated(client_of, db):
    alice = client_of("alice")
    assert alice.get("/profile").status_code == 200
    users.deactivate(people.user("alice"), system("cli"))
    assert alice.get("/profile").status_code == 302
    users.activate(people.user("alice"), system("cli"))
    assert alice.get("/profile").status_code == 302


def test_an_empty_house_welcomes_its_founder(client_of, empty):
    visitor = client_of()
    assert visitor.get("/").headers["Location"] == "/sign-in"
    assert visitor.get("/sign-in").headers["Location"] == "/welcome"
    assert "Welcome to crmlite" in visitor.get("/welcome").text
    assert visitor.post("/welcome", data=NEW).headers["Location"] == "/"
    owner = User.get()
    assert (owner.role, owner.zone, owner.locale) == ("owner", "Europe/Lisbon", "fr")
    assert directory.current().currency == "CHF"
    assert Stage.select().count() == 6 and Calendar.select().where(Calendar.owner == owner.id).count() == 2
    assert visitor.get("/settings/organisation").status_code == 200


def test_the_demo_data_comes_with_one_tick(client_of, empty):
    answer = client_of().post("/welcome", data={**NEW, "demo": "1"})
    assert answer.status_code == 200
    ways_in = re.findall(r"<td>([^<]+@[^<]+)</td><td><code>([^<]+)</code>", answer.text)
    assert len(ways_in) == 5
    visitor = client_of()
    assert (
        visitor.post("/sign-in", data=dict(zip(("email", "password"), ways_in[0], strict=True))).status_code
        == 303
    )
    assert visitor.get("/leads").text.count("<tr id=") > 20


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "Please enter a name"),
        ("name", "x" * 200, "within 120"),
        ("email", "olga", "Please enter an e-mail address"),
        ("password", "short", "at least 8"),
        ("zone", "Mars/Base", "Please choose a time zone"),
        ("locale", "tlh", "English or French"),
        ("currency", "gold", "Please choose a currency"),
    ],
)
def test_a_founder_who_mistypes_is_told_where(client_of, empty, field, value, sentence):
    answer = client_of().post("/welcome", data={**NEW, field: value})
    assert answer.status_code == 422
    assert re.search(rf'id="f-{field}"[^>]* aria-invalid="true"', answer.text)
    assert sentence in answer.text and "Olga" in answer.text or field == "name"
    assert NEW["password"] not in answer.text
    assert not users.exists_any() and Stage.select().count() == 0


def test_a_house_with_an_owner_is_not_founded_twice(client_of, db):
    visitor = client_of()
    assert visitor.get("/welcome").headers["Location"] == "/sign-in"
    answer = visitor.post("/welcome", data=NEW)
    assert answer.status_code == 409 and users.by_email(NEW["email"]) is None


@pytest.mark.parametrize("url", ["/sign-in?next=%00", "/leads?q=a%00b", "/search?q=%00", "/leads/1%00"])
def test_an_address_with_a_null_character_is_refused_with_a_sentence(client_of, db, url):
    answer = client_of("alice").get(url)
    assert answer.status_code == 422 and "cannot be searched for" in answer.text


@pytest.mark.parametrize("url", ["/leads/99999999999", "/leads/" + "9" * 30, "/journal/since/" + "9" * 30])
def test_a_number_beyond_all_records_is_missing(client_of, db, url):
    assert client_of("alice").get(url).status_code == 404
