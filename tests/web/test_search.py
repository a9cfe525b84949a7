"""The search over HTTP: one box for records and commands, and suggestions in forms."""

import re

import pytest

from crmlite.rules import leads
from tests.conftest import counted_queries
from tests.make import make_contact, make_lead, make_opportunity, make_partner


def test_hits_are_grouped_with_a_second_line_and_marked(client_of, alice):
    partner = make_partner(alice, "Marina Foods", city="Lyon")
    make_lead(alice, "Costa", company="Marin & Sons", email="costa@example.com")
    make_contact(alice, "Marino", partner=partner.id)
    make_opportunity(alice, "Marin freezer", partner=partner.id)
    text = client_of("alice").get("/search?q=marin").text
    for group in ("Customers", "Leads", "Contacts", "Opportunities"):
        assert f'aria-label="{group}"' in text
    assert "<mark>Marin</mark>a Foods" in text and "Lyon · P0001" in text
    assert "<mark>Marin</mark> &amp; Sons · costa@example.com · New" in text
    assert f'href="/partners/{partner.id}"' in text


def test_the_number_that_was_looked_for_is_shown(client_of, alice):
    make_lead(alice, "Costa", email="costa@example.com", phone="+33 4 72 10 48 81")
    for typed in ("04 72 10", "4881", "0033472"):
        text = client_of("alice").get("/search", params={"q": typed}).text
        assert "+33 4 72 10 48 81" in text.replace("<mark>", "").replace("</mark>", ""), typed


def test_a_typo_is_answered_with_what_may_be_meant(client_of, alice):
    make_lead(alice, "Kowalski")
    text = client_of("alice").get("/search?q=kovalsky").text
    assert "Did you mean" in text and 'href="/search?q=kowalski"' in text
    assert "Did you mean" not in client_of("alice").get("/search?q=kowal").text


def test_charlie_learns_nothing(client_of, alice):
    make_lead(alice, "Zanzibar", email="z@azenha.example")
    visitor = client_of("charlie")
    for typed in ("zanz", "zanzibor", "z@azenha.example"):
        text = visitor.get("/search", params={"q": typed}).text
        assert "Zanzibar" not in text and "Did you mean" not in text and "/leads/1" not in text
        assert "Zanzibar" not in visitor.get("/search/options", params={"concept": "lead", "q": typed}).text
    assert "Zanzibar" not in visitor.get("/search").text


def test_before_typing_stand_recent_records_and_commands(client_of, alice):
    lead = make_lead(alice, "Costa")
    leads.edit(lead, {"company": "Azenha"}, alice)
    text = client_of("alice").get("/search").text
    assert f'href="/leads/{lead.id}"' in text and "Recent" in text and "New lead" in text
    assert "Recent" not in client_of("rita").get("/search").text


@pytest.mark.parametrize(
    ("typed", "command"),
    [("new lead", "/leads/form"), ("new l", "/leads/form"), ("create customer", "/partners/form"),
     ("go to board", "/opportunities/board"), ("bord", "/opportunities/board"), ("calender", "/calendars"),
     ("dark", "/profile/theme"), ("switch theme", "/profile/theme"), ("sign out", "/sign-out"),
     ("log off", "/sign-out")],
)  # fmt: skip
def test_commands_are_found_by_their_words(client_of, db, typed, command):
    text = client_of("alice").get("/search", params={"q": typed}).text
    found = text.partition('class="results')[2].partition("</main>")[0]
    assert f'href="{command}' in found or f'action="{command}' in found


def test_commands_are_those_of_the_role(client_of, db):
    assert "New lead" not in found(client_of("rita"), "new lead")
    assert "/users" not in found(client_of("alice"), "users") and "/users" in found(client_of("olive"), "users")


def test_every_command_leads_somewhere(client_of, db):
    visitor = client_of("olive")
    for typed in "newgoabcdeflmprstuv":
        for url in re.findall(r'class="hit" href="([^"]+)"', found(visitor, typed)):
            assert visitor.get(url).status_code == 200, url


def test_many_hits_lead_to_the_list_with_the_same_words(client_of, alice):
    for number in range(22):
        make_lead(alice, f"Marin {number}", phone="+33 4 72 10 48 81")
    visitor = client_of("alice")
    assert "/leads?view=all&amp;q=04+72" in found(visitor, "04 72")
    assert len(re.findall('href="/leads/', visitor.get("/search?q=marin&glance=1").text.partition("results")[2])) == 6
    assert "Marin 3" in visitor.get("/leads?view=all&q=04+72+10").text
    assert "Marin 3" not in visitor.get("/leads?view=all&q=04+73").text


def test_a_word_that_many_hold_takes_few_questions(client_of, alice):
    for number in range(45):
        make_lead(alice, f"Marin {number}")
        make_partner(alice, f"Marin {number}")
        make_contact(alice, f"Marin {number}")
    visitor = client_of("alice")
    for address in ("/search?q=marin&glance=1", "/search?q=marin"):
        visitor.get(address)
        with counted_queries() as queries:
            visitor.get(address)
        assert len(queries) == 8, address


def test_nothing_found_says_what_to_do(client_of, db):
    assert "Try fewer words" in client_of("alice").get("/search?q=xyzzyx").text


def test_suggestions_are_of_one_concept(client_of, alice):
    for number in range(20):
        make_lead(alice, f"Marin {number}")
    partner = make_partner(alice, "Old Marin")
    visitor = client_of("alice")
    assert f"Old Marin #{partner.id}" in visitor.get("/search/options?concept=partner&q=marin").text
    assert visitor.get("/search/options?concept=lead&q=marin").text.count("<option") == 12
    assert visitor.get("/search/options?concept=user&q=alice").text.strip() == ""


def found(visitor, typed):
    return visitor.get("/search", params={"q": typed}).text.partition('class="results')[2].partition("</main>")[0]
