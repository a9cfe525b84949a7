"""Repeating events over HTTP: one turn, this and following, all of them."""

from tests.web.test_events import MEETING, form_of, only, tuesday, weekly

__all__ = ["tuesday"]


def test_one_turn_is_edited_alone_or_all_of_them(client_of, alice):
    event = weekly(alice)
    turn = "20261203T100000"
    form = form_of(client_of("alice").part(f"/events/{event.id}/form?occurrence={turn}"))
    assert (form["day"], form["scope"], form["repeat"]) == ("2026-12-03", "this", "custom")
    client_of("alice").part(f"/events/{event.id}", "POST", data={**form, "start": "11:00", "end": "12:00"})
    page = client_of("alice").get("/calendars/week/2026-W49")
    assert 'data-at="11:00"' in page.text
    assert 'data-at="10:00"' in client_of("alice").get("/calendars/week/2026-W50").text
    form = form_of(client_of("alice").part(f"/events/{event.id}/form?occurrence=20261210T100000"))
    client_of("alice").part(f"/events/{event.id}", "POST", data={**form, "scope": "all", "subject": "Monday start"})
    assert "Monday start" in client_of("alice").get("/calendars/week/2026-W51").text


def test_a_repetition_is_chosen_in_the_form(client_of, alice):
    client_of("alice").post("/events", data={**MEETING, "repeat": "fortnightly", "until": "2026-12-31"})
    event = only()
    assert event.rrule == "FREQ=WEEKLY;INTERVAL=2;UNTIL=20261231T225959Z"
    assert "Every two weeks until 2026-12-31" in client_of("alice").get(f"/events/{event.id}").text
    form = form_of(client_of("alice").part(f"/events/{event.id}/form"))
    assert (form["repeat"], form["until"]) == ("fortnightly", "2026-12-31")


def test_a_turn_that_is_gone_is_said_so(client_of, alice):
    event = weekly(alice)
    assert client_of("alice").get(f"/events/{event.id}?occurrence=20200101T000000").status_code == 404


def test_one_turn_is_deleted_and_the_others_stay(client_of, alice):
    event = weekly(alice)
    client = client_of("alice")
    client.part(f"/events/{event.id}/deletion", "POST", data={"occurrence": "20261203T100000", "scope": "this"})
    assert "Week start" not in client.get("/calendars/week/2026-W49").text
    assert "Week start" in client.get("/calendars/week/2026-W50").text
