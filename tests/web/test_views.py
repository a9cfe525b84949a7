"""Saved views: tabs of one's own, shared with a team, and nobody else's business."""

import re

import pytest

from crmlite.models.teams import Team
from crmlite.models.views import Arrangement, SavedView
from crmlite.rules import gate, users
from crmlite.rules.access import Actor, actor
from tests import people
from tests.make import make_lead

FORM = {"section": "leads", "name": "Lyon", "audience": "private", "pinned": "1", "query": "city=is:Lyon&sort=name"}


def save(visitor, **values):
    answer = visitor.request("POST", "/views", data={**FORM, **values})
    assert answer.status_code == 303, answer.text
    return SavedView.select().order_by(SavedView.id.desc()).get()


def team_of(by: Actor) -> str:
    return f"team-{by.active_team_id}"


@pytest.fixture
def two_cities(alice):
    make_lead(alice, "Bernard", city="Lyon")
    make_lead(alice, "Albert", city="Lyon")
    make_lead(alice, "Durand", city="Paris")


def test_a_view_is_saved_and_opens_as_a_tab(client_of, two_cities):
    visitor = client_of("alice")
    view = save(visitor)
    assert view.query == "view=open&sort=name&city=is:Lyon"
    text = visitor.get(f"/leads?view=saved-{view.id}").text
    assert "Durand" not in text and text.index("Albert") < text.index("Bernard")
    assert re.search(rf'href="\?view=saved-{view.id}" aria-current="page"', text)
    count = f'id="count-saved-{view.id}" hx-swap-oob="true">2<'
    assert count in visitor.part(re.search(r'hx-get="(/leads/totals[^"]+)"', text)[1].replace("&amp;", "&")).text
    assert "count-saved" not in visitor.part("/leads/totals?tabs=").text
    assert "Durand" not in visitor.get(f"/leads.csv?view=saved-{view.id}").text


def test_the_button_stands_beside_the_filters(client_of, two_cities):
    visitor = client_of("alice")
    assert "Save view" not in visitor.get("/leads").text
    text = visitor.get("/leads?city=is:Lyon").text
    dialog = re.search(r'href="(/views/form\?[^"]+)"', text)[1].replace("&amp;", "&")
    assert 'value="city=is:Lyon"' in visitor.part(dialog).text


def test_the_address_has_the_last_word_over_a_view(client_of, two_cities):
    visitor = client_of("alice")
    view = save(visitor)
    here = f"/leads?view=saved-{view.id}"
    assert "Durand" in visitor.get(f"{here}&f=-").text
    text = visitor.get(f"{here}&city=is:Paris").text
    assert "Durand" in text and "Bernard" not in text and "Save changes" in text
    text = visitor.get(f"{here}&sort=-name").text
    assert text.index("Bernard") < text.index("Albert") and "Save changes" in text
    assert "Save changes" not in visitor.get(here).text


def test_changes_are_saved_into_the_view(client_of, two_cities):
    visitor = client_of("alice")
    view = save(visitor)
    text = visitor.get(f"/leads?view=saved-{view.id}&city=is:Paris").text
    sent = re.search(r'name="query" value="([^"]+)"', text)[1].replace("&amp;", "&")
    visitor.request("POST", f"/views/{view.id}/query", data={"query": sent})
    assert "Durand" in visitor.get(f"/leads?view=saved-{view.id}").text


def test_a_view_is_renamed_moved_unpinned_and_deleted_with_undo(client_of, two_cities):
    visitor = client_of("alice")
    first, second = save(visitor, name="First"), save(visitor, name="Second")
    visitor.request("POST", f"/views/{second.id}/position", data={"step": "-1"})
    text = visitor.get("/leads").text
    assert text.index(">Second") < text.index(">First")
    visitor.request("POST", f"/views/{first.id}", data={"name": "Other", "audience": "private"})
    text = visitor.get("/leads").text
    assert ">Other" in text and "More views" in text
    answer = visitor.part(f"/views/{first.id}/removal", "POST")
    assert answer.headers["HX-Redirect"] == "/leads"
    text = visitor.get("/leads").text
    assert ">Other" not in text
    undo = re.search(r"/gestures/\d+/reversal", text)[0]
    visitor.request("POST", undo)
    assert ">Other" in visitor.get("/leads").text


def test_a_private_view_is_a_strangers_to_everybody_else(client_of, two_cities, alice):
    view = save(client_of("alice"), name="Zanzibar", query="city=is:Lyon")
    for name in ("bob", "carol", "charlie"):
        visitor = client_of(name)
        text = visitor.get(f"/leads?view=saved-{view.id}").text
        assert "Zanzibar" not in text and "is:Lyon" not in text, name
        assert visitor.part(f"/views/{view.id}/form").status_code == 404
        for noun in ("", "/query", "/position", "/removal"):
            answer = visitor.part(f"/views/{view.id}{noun}", "POST", data={"name": "Taken", "audience": "private"})
            assert answer.status_code == 404 and "Zanzibar" not in answer.text, noun
    assert SavedView.get_by_id(view.id).name == "Zanzibar"


def test_a_shared_view_is_opened_but_not_changed_by_the_team(client_of, two_cities, alice):
    view = save(client_of("alice"), name="Zanzibar", audience=team_of(alice))
    assert "Zanzibar" in client_of("bob").get("/leads").text
    assert "Durand" not in client_of("bob").get(f"/leads?view=saved-{view.id}").text
    assert client_of("bob").part(f"/views/{view.id}/removal", "POST").status_code == 403
    assert client_of("carol").part(f"/views/{view.id}/form").status_code == 200
    assert "Zanzibar" not in client_of("charlie").get(f"/leads?view=saved-{view.id}").text
    assert client_of("charlie").part(f"/views/{view.id}/form").status_code == 404


def test_whoever_leaves_the_team_loses_its_views(client_of, two_cities, alice):
    view = save(client_of("alice"), name="Zanzibar", audience=team_of(alice))
    visitor = client_of("bob")
    assert "Zanzibar" in visitor.get("/leads").text
    users.leave(people.user("bob"), Team.get(Team.name == "North"), actor(people.user("olive").id, "web"))
    assert "Zanzibar" not in visitor.get(f"/leads?view=saved-{view.id}").text


def test_only_who_leads_people_shares_with_everybody(client_of, two_cities):
    answer = client_of("alice").request("POST", "/views", data={**FORM, "audience": "all"})
    assert answer.status_code == 422 and "Only owners and managers" in answer.text and 'value="Lyon"' in answer.text
    save(client_of("carol"), name="Zanzibar", audience="all")
    assert "Zanzibar" in client_of("charlie").get("/leads").text


def test_nobody_shares_with_a_team_of_others(client_of, two_cities, charlie):
    answer = client_of("alice").request("POST", "/views", data={**FORM, "audience": team_of(charlie)})
    assert answer.status_code == 422 and "a team that you belong to" in answer.text


def test_a_reader_keeps_views_but_shares_none(client_of, two_cities, alice):
    visitor = client_of("rita")
    view = save(visitor)
    assert visitor.get(f"/leads?view=saved-{view.id}").status_code == 200
    answer = visitor.request("POST", "/views", data={**FORM, "audience": team_of(alice)})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "query", ["city=boom:x", "f=nothing:is:x", "contact_date=on:yesterdayish", "budget=between:ten"]
)
def test_a_view_of_nonsense_is_refused_with_what_was_typed(client_of, db, query):
    answer = client_of("alice").request("POST", "/views", data={**FORM, "query": query})
    assert answer.status_code == 422 and 'value="Lyon"' in answer.text
    assert not SavedView.select().count()


def test_a_view_without_a_name_is_refused(client_of, db):
    answer = client_of("alice").request("POST", "/views", data={**FORM, "name": " "})
    assert answer.status_code == 422 and "Please enter a name." in answer.text


def test_a_view_of_a_column_that_is_gone_opens_with_the_rest(client_of, two_cities, alice):
    view = save(client_of("alice"))
    old = "view=open&sort=shoe_size&columns=company,shoe_size,city&city=is:Lyon&f=hat:is:x&source=boom:1"
    gate.change(view, {"query": old}, alice)
    text = client_of("alice").get(f"/leads?view=saved-{view.id}").text
    assert "Bernard" in text and "Durand" not in text
    assert "also asks for shoe size, source, hat" in text and 'data-name="city"' in text


def test_a_hostile_name_is_only_text(client_of, two_cities):
    visitor = client_of("alice")
    view = save(visitor, name="<img src=x onerror=alert(1)>", query='city=is:"><script>alert(2)</script>')
    for url in (f"/leads?view=saved-{view.id}", f"/views/{view.id}/form", f"/leads/filters?view=saved-{view.id}"):
        text = visitor.get(url).text
        assert "<img src=x" not in text and "<script>alert" not in text, url


def test_an_unknown_view_opens_the_default(client_of, two_cities):
    for name in ("saved-999", "saved-", "saved-99999999999", "saved-x"):
        assert "Durand" in client_of("alice").get(f"/leads?view={name}").text


def test_columns_order_and_height_survive_a_new_visit(client_of, two_cities):
    visitor = client_of("alice")
    sent = {"columns": ["city", "company"], "density": "comfortable"}
    answer = visitor.request("POST", "/leads/arrangement?columns=email&city=filled", data=sent)
    assert answer.headers["Location"] == "/leads?city=filled"
    visitor.request("POST", "/leads/arrangement", data={"sort": "-name", "quiet": "1"})
    text = visitor.get("/leads").text
    assert re.findall(r'<th scope="col" data-name="(\w+)"', text) == ["name", "city", "company"]
    assert text.index("Durand") < text.index("Albert") and 'data-density="comfortable"' in text
    assert re.findall(r'<th scope="col" data-name="(\w+)"', visitor.get("/leads?columns=email").text) == [
        "name",
        "email",
    ]
    assert 'data-name="phone"' in client_of("bob").get("/leads").text
    visitor.request("POST", "/leads/arrangement", data={"default": "1"})
    assert 'data-name="phone"' in visitor.get("/leads").text
    assert Arrangement.select().count() == 1


def test_columns_are_moved_one_by_one(client_of, two_cities):
    visitor = client_of("alice")
    text = visitor.part("/leads/columns?columns=city&columns=company&columns=email&step=down-city").text
    assert re.findall(r'value="(\w+)" checked', text) == ["company", "city", "email"]
    text = visitor.part("/leads/columns?columns=city&columns=company&columns=email&step=up-email").text
    assert re.findall(r'value="(\w+)" checked', text) == ["city", "email", "company"]


def test_every_export_takes_a_view_with_its_times(client_of, two_cities):
    visitor = client_of("alice")
    view = save(visitor, query="city=is:Lyon&columns=city,created_at")
    for ending in ("csv", "xlsx"):
        answer = visitor.get(f"/leads.{ending}?view=saved-{view.id}")
        assert answer.status_code == 200 and answer.content, ending
    lines = visitor.get(f"/leads.csv?view=saved-{view.id}").text.splitlines()
    assert len(lines) == 3 and lines[0].endswith("City,Created")
