"""One's own account over HTTP."""

import re

import pytest

from tests import people

MINE = {"name": "Alice Arden", "zone": "Europe/Lisbon", "locale": "fr", "theme": "dark", "colour": "3"}


@pytest.fixture
def alice(client_of, db):
    return client_of("alice")


def test_it_works(alice):
    assert 'value="Alice Arden"' in alice.get("/profile").text
    assert alice.post("/profile", data=MINE).headers["Location"] == "/profile"
    me = people.user("alice")
    assert (me.zone, me.locale, me.theme, me.colour) == ("Europe/Lisbon", "fr", "dark", 3)
    page = alice.get("/profile").text
    assert 'data-theme="dark"' in page and "Saved." in page


@pytest.mark.parametrize("name", ["rita", "charlie", "olive", "carol"])
def test_everybody_has_one_readers_too(client_of, db, name):
    someone = client_of(name)
    assert someone.post("/profile", data={**MINE, "name": "Renamed Me"}).status_code == 303
    assert people.user(name).name == "Renamed Me"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "x" * 121),
        ("zone", "Mars/Base"),
        ("locale", "tlh"),
        ("theme", "neon"),
        ("colour", "8"),
        ("colour", "-1"),
        ("colour", "x"),
    ],
)
def test_what_does_not_fit_is_told_at_its_place(alice, field, value):
    answer = alice.post("/profile", data={**MINE, field: value})
    assert answer.status_code == 422 and 'class="error"' in answer.text
    if field != "name":
        assert 'value="Alice Arden"' in answer.text
    assert people.user("alice").zone == "Europe/Paris"


def test_a_profile_changed_meanwhile_on_another_device_is_told(alice):
    seen = people.user("alice").version
    alice.post("/profile", data={**MINE, "name": "Alice Ash", "seen": seen})
    answer = alice.post("/profile", data={**MINE, "name": "Alice Elm", "seen": seen})
    assert answer.status_code == 409 and "changed this to “Alice Ash”" in answer.text
    assert 'value="Alice Elm"' in answer.text


def test_role_and_address_cannot_be_slipped_in(alice):
    alice.post("/profile", data={**MINE, "role": "owner", "email": "boss@example.com", "active": "0"})
    me = people.user("alice")
    assert (me.role, me.email, me.active) == ("rep", "alice@example.com", True)


def test_the_theme_is_kept_from_the_menu(alice):
    answer = alice.part("/profile/theme", "POST", data={"theme": "light"})
    assert answer.status_code == 200 and answer.headers["HX-Reswap"] == "none"
    assert people.user("alice").theme == "light"
    assert alice.post("/profile/theme", data={"theme": "dark"}).status_code == 303
    assert alice.part("/profile/theme", "POST", data={"theme": "neon"}).status_code == 422
    assert people.user("alice").theme == "dark"


HOURS = {"work_days": ["1", "3", "2"], "work_from": "07:30", "work_until": "16:00", "second_zone": "America/New_York"}


def test_working_hours_and_a_second_zone_are_set_for_the_calendar(alice):
    assert alice.post("/profile/calendar", data=HOURS).headers["Location"] == "/profile#calendar"
    me = people.user("alice")
    assert (me.work_days, me.work_from, me.work_until, me.second_zone) == ("123", "07:30", "16:00", "America/New_York")
    page = alice.get("/profile").text
    assert 'name="work_days" value="3" checked' in page and 'name="work_days" value="4">' in page
    assert 'value="07:30"' in page


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("work_days", "8", "choose days of the week"),
        ("work_from", "25:00", "a time such as 08:30"),
        ("work_until", "soon", "a time such as 08:30"),
        ("work_until", "07:30", "a time after the start"),
        ("second_zone", "Mars/Base", "time zone from the list"),
    ],
)
def test_hours_that_do_not_fit_are_told_at_their_place(alice, field, value, sentence):
    answer = alice.post("/profile/calendar", data={**HOURS, field: value})
    assert answer.status_code == 422 and sentence in answer.text
    assert people.user("alice").work_days == "12345"


@pytest.mark.parametrize(
    ("data", "field", "sentence"),
    [
        ({"old": "wrong"}, "old", "not your present password"),
        ({"password": "short", "again": "short"}, "password", "at least 8"),
        ({"password": "x" * 300, "again": "x" * 300}, "password", "within 200"),
        ({"again": "something else"}, "again", "differ"),
    ],
)
def test_a_refused_password_is_told_where(alice, data, field, sentence):
    good = {"old": people.PASSWORD, "password": "a fresh passphrase", "again": "a fresh passphrase"}
    key = people.user("alice").session_key
    answer = alice.post("/profile/password", data={**good, **data})
    assert answer.status_code == 422 and sentence in answer.text
    assert re.search(rf'id="f-{field}"[^>]* aria-invalid="true"', answer.text)
    assert "a fresh passphrase" not in answer.text
    assert people.user("alice").session_key == key


def test_guessing_ends_in_a_pause(alice):
    for _ in range(5):
        alice.post(
            "/profile/password", data={"old": "wrong", "password": "a fresh one", "again": "a fresh one"}
        )
    data = {"old": people.PASSWORD, "password": "a fresh one", "again": "a fresh one"}
    answer = alice.post("/profile/password", data=data)
    assert answer.status_code == 429 and "quarter of an hour" in answer.text


def test_a_changed_password_stays_remembered_here(client_of, db):
    visitor = client_of()
    signing = {"email": "alice@example.com", "password": people.PASSWORD, "remember": "1"}
    assert "Expires=" in visitor.post("/sign-in", data=signing).headers["Set-Cookie"]
    data = {"old": people.PASSWORD, "password": "a fresh one", "again": "a fresh one"}
    assert "Expires=" in visitor.post("/profile/password", data=data).headers["Set-Cookie"]
