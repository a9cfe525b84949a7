"""The settings pages over HTTP."""

import re

import pytest

from crmlite.rules import directory
from tests.make import make_lead

HOUSE = {"organisation": "Harbour Light", "currency": "CHF", "zone": "Europe/Zurich"}


@pytest.fixture
def olive(client_of, db):
    return client_of("olive")


@pytest.mark.parametrize(
    ("name", "seen", "unseen"),
    [
        ("olive", ("/profile", "/devices", "/stages", "/users", "/settings/visibility"), ()),
        (
            "carol",
            ("/profile", "/devices", "/stages", "/choices/source"),
            ("/users", "/settings/organisation"),
        ),
        ("alice", ("/profile", "/devices"), ("/stages", "/choices/source", "/users", "/teams")),
        ("rita", ("/profile", "/devices"), ("/stages", "/choices/source", "/users", "/teams")),
    ],
)
def test_everybody_finds_what_they_may_change(client_of, db, name, seen, unseen):
    someone = client_of(name)
    page = someone.get("/settings").text
    for url in seen:
        assert f'href="{url}"' in page and someone.get(url).status_code == 200
    for url in unseen:
        assert f'href="{url}"' not in page and someone.get(url).status_code == 403


def test_the_organisation_is_saved(olive):
    assert olive.post("/settings/organisation", data=HOUSE).headers["Location"] == "/settings/organisation"
    now = directory.current().settings
    assert (now["organisation"], now["currency"], now["zone"]) == tuple(HOUSE.values())
    assert 'value="Harbour Light"' in olive.get("/settings/organisation").text


@pytest.mark.parametrize(
    ("field", "value"), [("organisation", "x" * 121), ("currency", "gold"), ("zone", "Mars/Base")]
)
def test_a_refused_organisation_is_told_where(olive, field, value):
    answer = olive.post("/settings/organisation", data={**HOUSE, field: value})
    assert answer.status_code == 422
    assert re.search(rf'id="f-{field}"[^>]* aria-invalid="true"', answer.text)
    assert directory.current().settings["organisation"] == ""


def test_visibility_holds_at_once(olive, client_of, charlie):
    make_lead(charlie, "Farland")
    alice = client_of("alice")
    assert "Farland" not in alice.get("/leads?view=all").text
    assert olive.post("/settings/visibility", data={"rep.lead": "all"}).status_code == 303
    assert "Farland" in alice.get("/leads?view=all").text
    assert re.search(r'name="rep\.lead"[^>]*>.*?value="all" selected', olive.get("/settings/visibility").text)


@pytest.mark.parametrize(
    "data", [{"owner.lead": "own"}, {"king.lead": "all"}, {"rep.planet": "all"}, {"rep.lead": "some"}]
)
def test_a_visibility_that_does_not_exist_is_refused(olive, data):
    assert olive.post("/settings/visibility", data=data).status_code == 422
    assert directory.current().settings["visibility"] == {}


@pytest.mark.parametrize("name", ["carol", "alice", "charlie"])
def test_only_owners_change_the_house(client_of, db, name):
    someone = client_of(name)
    for path, data in (
        ("organisation", HOUSE),
        ("visibility", {"rep.lead": "all"}),
        ("sales", {"customer_description": "1"}),
        ("demo", {}),
        ("demo/removal", {}),
    ):
        answer = someone.post(f"/settings/{path}", data=data)
        assert answer.status_code == 403 and "Only an owner may change this." in answer.text, path
    assert directory.current().settings["visibility"] == {}
    assert directory.current().settings["customer_description"] is False


def test_a_switch_of_sales_is_turned_on_and_off(olive):
    for sent, now in (({"customer_description": "1"}, True), ({}, False)):
        assert olive.post("/settings/sales", data=sent).headers["Location"] == "/settings/sales"
        assert directory.current().settings["customer_description"] is now
        ticked = r'name="customer_description" value="1" checked'
        assert bool(re.search(ticked, olive.get("/settings/sales").text)) is now


def test_demo_data_comes_and_goes(olive, alice):
    lead = make_lead(alice, "Costa")
    answer = olive.post("/settings/demo")
    assert answer.status_code == 200 and answer.text.count("<code>") == 5
    assert olive.post("/settings/demo").status_code == 409
    assert "Remove the demo data" in olive.get("/settings/organisation").text
    assert olive.post("/settings/demo/removal").status_code == 303
    assert "Fill with demo data" in olive.get("/settings/organisation").text
    assert olive.get(f"/leads/{lead.id}").status_code == 200
