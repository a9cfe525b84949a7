"""Calendars over HTTP: made, named, ordered, shared and deleted by those they belong to."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from crmlite.models.calendars import Calendar, Share
from crmlite.models.events import Event
from crmlite.rules import calendars, events, journal, shares
from tests.conftest import counted_queries

BLUE = "#1a5fb4"


@pytest.fixture
def mine(alice):
    return calendars.add("visits", "events", "Visits", alice, colour=BLUE)


def names(text):
    return re.findall(r'<li class="item" id="calendar-\d+".*?class="name"[^>]*>([^<]+)<', text, re.S)


def test_a_new_calendar_stands_in_the_list_and_on_phones(client_of, alice):
    visitor = client_of("alice")
    values = {"name": "Trade fairs", "kind": "events", "colour": BLUE, "description": "Where we exhibit"}
    assert visitor.post("/calendars", data=values).headers["Location"] == "/calendars"
    text = visitor.get("/calendars").text
    assert "Trade fairs" in names(text) and "Where we exhibit" in text and 'fill="#1a5fb4"' in text
    made = Calendar.get(Calendar.name == "Trade fairs")
    assert made.slug in calendars.home(alice) and calendars.home(alice)[made.slug].writable


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"name": "", "colour": BLUE, "kind": "events"}, "enter a name"),
        ({"name": "x" * 201, "colour": BLUE, "kind": "events"}, "characters long"),
        ({"name": "Fairs", "colour": "red;x", "kind": "events"}, "choose a colour"),
        ({"name": "Fairs", "colour": BLUE, "kind": "cards"}, "choose events or tasks"),
    ],
)
def test_bad_values_are_refused_at_their_field_and_kept(client_of, alice, values, sentence):
    before = Calendar.select().count()
    answer = client_of("alice").part("/calendars", "POST", data=values)
    assert answer.status_code == 422 and sentence in answer.text and values["name"] in answer.text
    assert Calendar.select().count() == before


def test_phones_hear_of_a_new_name(client_of, alice, mine):
    before = Calendar.get_by_id(mine.id).seq
    client_of("alice").post(f"/calendars/{mine.id}", data={"name": "Tours", "colour": BLUE, "description": ""})
    after = Calendar.get_by_id(mine.id)
    assert (after.name, after.seq) == ("Tours", before + 1)


def test_the_order_is_the_persons_own(client_of, alice, mine):
    visitor = client_of("alice")
    own = [one.id for one in calendars.seen_by(alice) if one.owner_id == alice.id]
    turned = own[::-1]
    visitor.part("/calendars/order", "POST", data={"ids": ",".join(map(str, turned))})
    assert [one.id for one in calendars.seen_by(alice) if one.owner_id == alice.id] == turned
    visitor.post(f"/calendars/{turned[0]}/position", data={"step": "down"})
    assert [one.id for one in calendars.seen_by(alice) if one.owner_id == alice.id][:2] == [turned[1], turned[0]]
    assert visitor.part("/calendars/order", "POST", data={"ids": "999999"}).status_code == 422


def test_a_calendar_is_deleted_with_its_events_and_undo_brings_both_back(client_of, alice, mine):
    noon = datetime(2027, 3, 10, 12, tzinfo=UTC)
    times = {"starts_at": noon, "ends_at": noon + timedelta(hours=1)}
    event = events.save(None, {"kind": "meeting", "subject": "Tour", "calendar": mine.id, **times}, alice)
    visitor = client_of("alice")
    assert "1 event in it goes to the bin" in visitor.part(f"/calendars/{mine.id}/deletion").text
    visitor.post(f"/calendars/{mine.id}/deletion")
    assert Event.get_by_id(event.id).deleted_at and "visits" not in calendars.home(alice)
    journal.undo(journal.of_record(mine).get().gesture, alice)
    assert Event.get_by_id(event.id).deleted_at is None and "visits" in calendars.home(alice)


def test_the_calendar_of_the_account_stays(client_of, alice):
    own = calendars.personal(alice.id, "events")
    answer = client_of("alice").post(f"/calendars/{own.id}/deletion")
    assert answer.status_code == 403 and "cannot be deleted" in answer.text


def test_sharing_shows_the_calendar_to_the_other_with_the_right_given(client_of, alice, bob, mine):
    visitor = client_of("alice")
    data = {"person": bob.id, "right": "read"}
    assert "Bob Birch" in visitor.part(f"/calendars/{mine.id}/shares", "POST", data=data).text
    place = calendars.home(bob)[f"shared-{mine.id}"]
    assert not place.writable
    assert "Visits" in client_of("bob").get("/calendars").text
    share = Share.get(Share.calendar == mine.id)
    visitor.part(f"/shares/{share.id}", "POST", data={"right": "write"})
    assert calendars.home(bob)[f"shared-{mine.id}"].writable
    visitor.part(f"/shares/{share.id}/deletion", "POST")
    assert f"shared-{mine.id}" not in calendars.home(bob)


def test_who_was_let_out_can_be_let_in_again(alice, bob, mine):
    shares.stop(shares.share(mine, bob.id, "write", alice), alice)
    assert shares.share(mine, bob.id, "read", alice).right == "read"
    assert Share.select().where(Share.calendar == mine.id).count() == 1


@pytest.mark.parametrize(
    ("data", "sentence"),
    [({"person": "0", "right": "read"}, "choose a person"), ({"right": "read"}, "choose a person"),
     ({"person": "bob", "right": "own"}, "read only or read and write")],
)  # fmt: skip
def test_a_share_that_makes_no_sense_is_refused(client_of, alice, bob, mine, data, sentence):
    if data.get("person") == "bob":
        data = {**data, "person": bob.id}
    answer = client_of("alice").part(f"/calendars/{mine.id}/shares", "POST", data=data)
    assert answer.status_code == 422 and sentence in answer.text
    assert not Share.select().exists()


def test_nobody_is_given_the_same_calendar_twice(client_of, alice, bob, mine):
    shares.share(mine, bob.id, "read", alice)
    answer = client_of("alice").part(f"/calendars/{mine.id}/shares", "POST", data={"person": bob.id, "right": "write"})
    assert answer.status_code == 409 and "has this calendar already" in answer.text


@pytest.mark.parametrize("name", ["charlie", "carol", "olive"])
def test_a_calendar_of_ones_own_is_nobody_elses(client_of, alice, bob, mine, name):
    share = shares.share(mine, bob.id, "read", alice)
    someone = client_of(name)
    assert "Visits" not in someone.get("/calendars").text
    of_calendar = [f"/calendars/{mine.id}{noun}" for noun in ("", "/deletion", "/shares")]
    for url in (*of_calendar, f"/shares/{share.id}", f"/shares/{share.id}/deletion"):
        assert someone.post(url, data={"name": "Mine now", "right": "write"}).status_code == 404, url
    assert Share.get_by_id(share.id).right == "read"


def test_who_shares_it_may_not_hand_it_on(client_of, alice, bob, mine, charlie):
    shares.share(mine, bob.id, "write", alice)
    answer = client_of("bob").post(f"/calendars/{mine.id}/shares", data={"person": charlie.id, "right": "read"})
    assert answer.status_code == 403
    assert "Share with people" not in client_of("bob").get("/calendars").text.split("Shared with you")[1]


def test_managers_keep_the_calendar_of_a_team(client_of, bob, carol):
    team = next(one for one in calendars.seen_by(bob) if one.team_id)
    values = {"name": "Northerners", "colour": BLUE, "description": ""}
    assert client_of("bob").post(f"/calendars/{team.id}", data=values).status_code == 403
    assert client_of("carol").post(f"/calendars/{team.id}", data=values).status_code == 303
    assert Calendar.get_by_id(team.id).name == "Northerners"


def test_the_list_asks_as_much_for_many_calendars_as_for_few(client_of, alice, bob, mine):
    visitor = client_of("alice")
    visitor.get("/calendars")
    with counted_queries() as few:
        visitor.get("/calendars")
    for number in range(6):
        one = calendars.add(f"more-{number}", "events", f"More {number}", alice)
        shares.share(one, bob.id, "read", alice)
    with counted_queries() as many:
        visitor.get("/calendars")
    assert len(many) == len(few)
