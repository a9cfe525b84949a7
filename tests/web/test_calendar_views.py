"""Calendar views over HTTP: made by managers and owners, found in the menu by those they are for."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from crmlite.models.calendar_views import CalendarView
from crmlite.models.calendars import Calendar
from crmlite.rules import calendar_views, calendars, directory
from tests.conftest import counted_queries


@pytest.fixture
def team(alice):
    return next(one for one in calendars.seen_by(alice) if one.team_id)


@pytest.fixture
def form(alice, team):
    mine = calendars.personal(alice.id, "events")
    return {"name": "Tours", "team": team.team_id, "calendars": [team.id, mine.id], "parent": "leads", "in_menu": "1"}


def entries(text):
    """Of the rail: entry -> the views below it."""
    rail = text.split('aria-label="Main"')[1].split("</nav>")[0]
    return re.findall(r'<li><a href="(/calendar-views/\d+)" title="([^"]+)"', rail)


def test_a_view_has_a_name_and_belongs_to_a_person_or_a_team(client_of, bob, form):
    """SEED-89."""
    carol = client_of("carol")
    assert carol.post("/calendar-views", data=form).headers["Location"] == "/calendar-views"
    of_bob = {**form, "name": "Bob’s tours", "team": "", "user": bob.id}
    assert carol.post("/calendar-views", data=of_bob).status_code == 303
    text = carol.get("/calendar-views").text
    assert "Tours" in text and "team North" in text and "for Bob Birch" in text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": " "}, "enter a name"),
        ({"team": ""}, "a person or a team"),
        ({"calendars": []}, "tick the calendars"),
        ({"calendars": [99999]}, "tick the calendars"),
        ({"parent": "nowhere"}, "choose the menu"),
        ({"team": "99999"}, "no longer on offer"),
    ],
)
def test_what_is_missing_is_said_at_its_field(client_of, form, change, sentence):
    answer = client_of("carol").part("/calendar-views", "POST", data={**form, **change})
    assert answer.status_code == 422 and sentence in answer.text
    assert not CalendarView.select().exists()


def test_a_view_opens_the_calendar_with_what_it_follows(client_of, alice, carol, team, form):
    """SEED-90: a colleague's calendar that is not shared shows as far as the reader sees the colleague's events."""
    client_of("carol").post("/calendar-views", data=form)
    view = CalendarView.get()
    mine = calendars.personal(alice.id, "events")
    to = {name: client_of(name).get(f"/calendar-views/{view.id}").headers["Location"] for name in ("alice", "bob")}
    asked = {name: parse_qs(urlsplit(url).query) for name, url in to.items()}
    assert asked["alice"] == {"layers": ["1"], "calendar": [str(one) for one in sorted((mine.id, team.id))]}
    assert asked["bob"] == {"layers": ["1"], "calendar": [str(team.id)], "person": [str(alice.id)]}
    assert client_of("bob").get(to["bob"]).status_code == 200


def test_the_button_makes_an_entry_of_the_menu_below_the_chosen_one(client_of, form):
    """SEED-91."""
    carol = client_of("carol")
    carol.post("/calendar-views", data={name: value for name, value in form.items() if name != "in_menu"})
    view = CalendarView.get()
    assert not entries(client_of("bob").get("/").text)
    carol.post(f"/calendar-views/{view.id}/menu", data={"in_menu": "1"})
    text = client_of("bob").get("/").text
    assert entries(text) == [(f"/calendar-views/{view.id}", "Tours")]
    assert text.index('title="Leads"') < text.index('title="Tours"') < text.index('title="Customers"')


def test_only_those_it_is_for_find_it_in_their_menu(client_of, bob, form):
    """SEED-92."""
    client_of("carol").post("/calendar-views", data=form)
    assert entries(client_of("bob").get("/").text) and entries(client_of("carol").get("/").text)
    for name in ("charlie", "olive"):
        assert not entries(client_of(name).get("/").text), name
    view = CalendarView.get()
    assert client_of("charlie").get(f"/calendar-views/{view.id}").status_code == 404
    client_of("carol").post(f"/calendar-views/{view.id}", data={**form, "team": "", "user": bob.id})
    assert entries(client_of("bob").get("/").text) and not entries(client_of("alice").get("/").text)


def test_the_entry_of_the_menu_can_be_taken_away_and_the_view_deleted(client_of, form):
    """SEED-93."""
    carol = client_of("carol")
    carol.post("/calendar-views", data=form)
    view = CalendarView.get()
    carol.post(f"/calendar-views/{view.id}/menu", data={"in_menu": "0"})
    assert not entries(client_of("bob").get("/").text)
    assert "Tours" in carol.get("/calendar-views").text
    carol.post(f"/calendar-views/{view.id}/deletion")
    assert "No calendar views yet" in carol.get("/calendar-views").text


@pytest.mark.parametrize("name", ["alice", "bob", "charlie", "rita"])
def test_only_managers_and_owners_make_views(client_of, form, name):
    someone = client_of(name)
    assert someone.get("/calendar-views").status_code == 403
    assert someone.post("/calendar-views", data=form).status_code == 403
    assert not CalendarView.select().exists()


def test_a_view_of_nothing_that_one_may_see_says_whom_to_ask(client_of, alice, carol, charlie, form):
    values = {"name": "Tours", "user": charlie.id, "parent": "calendar", "in_menu": True}
    view = calendar_views.add(values, [calendars.personal(alice.id, "events").id], carol)
    answer = client_of("charlie").get(f"/calendar-views/{view.id}")
    assert answer.status_code == 404 and "follows nothing that you may see" in answer.text


def test_a_deleted_calendar_leaves_the_view(client_of, alice, carol, form):
    extra = calendars.add("visits", "events", "Visits", alice)
    values = {"name": "Tours", "user": alice.id, "parent": "calendar", "in_menu": True}
    view = calendar_views.add(values, [extra.id, calendars.personal(alice.id, "events").id], carol)
    calendars.delete(extra, alice)
    assert calendar_views.layers(view, alice).calendars == [calendars.personal(alice.id, "events").id]
    assert Calendar.get_by_id(extra.id).deleted_at


def test_the_menu_asks_the_database_nothing(carol, form):
    values = {"name": "Tours", "user": carol.id, "parent": "leads", "in_menu": True}
    calendar_views.add(values, form["calendars"], carol)
    now = directory.current()
    with counted_queries() as asked:
        assert [view.name for view in calendar_views.in_menu(now.people[carol.id], now)] == ["Tours"]
    assert not asked
