"""Feeds over HTTP: secret addresses that let other programs read a calendar."""

import re
from datetime import timedelta

import pytest

from crmlite import clock
from crmlite.models.feeds import Feed
from crmlite.models.teams import Membership
from crmlite.rules import access, calendars, events, gate
from tests import people


@pytest.fixture
def meeting(alice):
    start = clock.now() + timedelta(days=1)
    times = {"starts_at": start, "ends_at": start + timedelta(hours=1), "alarm_minutes": 10}
    return events.save(None, {"kind": "meeting", "subject": "Contract talk", "location": "Quay 3", **times}, alice)


def subscribed(visitor, by, **values):
    """The path of a new feed of the person's own calendar."""
    calendar = calendars.personal(by.id, "events")
    answer = visitor.post("/feeds", data={"name": "Family calendar", "calendar": calendar.id, **values})
    assert answer.status_code == 200, answer.text
    return re.search(r'id="feed-address">[^<]*(/feeds/[0-9a-f]{40}\.ics)<', answer.text)[1]


def test_whoever_has_the_address_reads_the_calendar_without_signing_in(client_of, alice, meeting):
    path = subscribed(client_of("alice"), alice)
    answer = client_of().get(path)
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "SUMMARY:Contract talk" in answer.text and "X-WR-CALNAME" in answer.text
    assert "VALARM" not in answer.text  # what can only be read could never dismiss it
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT30M" in answer.text


def test_the_secret_is_told_once_and_only_its_hash_is_kept(client_of, alice):
    visitor = client_of("alice")
    secret = subscribed(visitor, alice).removeprefix("/feeds/").removesuffix(".ics")
    assert secret not in visitor.get("/feeds").text
    assert secret not in str(list(Feed.select().dicts()))


def test_a_feed_of_busy_times_says_no_more_than_when(client_of, alice, meeting):
    text = client_of().get(subscribed(client_of("alice"), alice, busy_only="1")).text
    assert "SUMMARY:Busy" in text and "DTSTART" in text
    assert "Contract" not in text and "Quay" not in text


def test_what_was_read_already_does_not_travel_again(client_of, alice, meeting):
    path, stranger = subscribed(client_of("alice"), alice), client_of()
    etag = stranger.get(path).headers["ETag"]
    assert stranger.get(path, headers={"If-None-Match": etag}).status_code == 304
    events.save(meeting, {"subject": "Another talk"}, alice)
    answer = stranger.get(path, headers={"If-None-Match": etag})
    assert answer.status_code == 200 and "Another talk" in answer.text


def test_a_revoked_feed_answers_no_more(client_of, alice):
    visitor = client_of("alice")
    path = subscribed(visitor, alice)
    visitor.post(f"/feeds/{Feed.get().id}/revocation")
    assert client_of().get(path).status_code == 404
    assert "can no longer read" in visitor.get("/feeds").text


def test_a_feed_ends_with_the_account(client_of, alice):
    path = subscribed(client_of("alice"), alice)
    gate.change(people.user("alice"), {"active": False}, access.system("cli"))
    assert client_of().get(path).status_code == 404


def test_a_team_calendar_is_read_only_as_long_as_one_is_in_the_team(client_of, bob):
    team = next(one for one in calendars.seen_by(bob) if one.team_id)
    answer = client_of("bob").post("/feeds", data={"name": "Wall", "calendar": team.id})
    path = re.search(r"/feeds/[0-9a-f]{40}\.ics", answer.text)[0]
    assert client_of().get(path).status_code == 200
    for membership in Membership.select().where(Membership.user == bob.id):
        gate.remove(membership, access.system("cli"))
    assert client_of().get(path).status_code == 404
    assert "no longer see" in client_of("bob").get("/feeds").text


@pytest.mark.parametrize("name", ["bob", "carol", "charlie", "olive"])
def test_a_feed_is_nobody_elses(client_of, alice, name):
    subscribed(client_of("alice"), alice)
    someone = client_of(name)
    assert "Family calendar</" not in someone.get("/feeds").text.replace('"', "")
    assert 'id="feed-' not in someone.get("/feeds").text
    assert someone.post(f"/feeds/{Feed.get().id}/revocation").status_code == 404


def test_the_calendar_of_another_cannot_be_given_away(client_of, alice, charlie):
    data = {"name": "Spy", "calendar": calendars.personal(alice.id, "events").id}
    answer = client_of("charlie").post("/feeds", data=data)
    assert answer.status_code == 422 and "choose a calendar" in answer.text
    assert not Feed.select().exists()


def test_a_feed_without_a_name_is_refused_and_the_choice_is_kept(client_of, alice):
    calendar = calendars.personal(alice.id, "events")
    answer = client_of("alice").post("/feeds", data={"name": "  ", "calendar": calendar.id, "busy_only": "1"})
    assert answer.status_code == 422 and "what reads it" in answer.text
    assert re.search(r'name="busy_only" value="1" checked', answer.text)


def test_guessing_is_slowed_down_but_a_right_address_always_counts(client_of, alice):
    path, stranger = subscribed(client_of("alice"), alice), client_of()
    for number in range(5):
        assert stranger.get(f"/feeds/{number:040x}.ics").status_code == 404
    assert stranger.get(f"/feeds/{9:040x}.ics").status_code == 429
    assert stranger.get(path).status_code == 200


def test_a_private_event_of_another_is_busy_in_the_feed_of_a_shared_calendar(client_of, alice, bob):
    team = next(one for one in calendars.seen_by(bob) if one.team_id)
    start = clock.now() + timedelta(days=1)
    values = {"kind": "meeting", "subject": "Doctor", "private": True, "calendar": team.id}
    events.save(None, {**values, "starts_at": start, "ends_at": start + timedelta(hours=1)}, alice)
    answer = client_of("bob").post("/feeds", data={"name": "Wall", "calendar": team.id})
    text = client_of().get(re.search(r"/feeds/[0-9a-f]{40}\.ics", answer.text)[0]).text
    assert "Doctor" not in text and "SUMMARY:Busy" in text
    assert access.look(type(team), team.id, bob)
