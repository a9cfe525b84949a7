"""What may happen to an event over HTTP, and who may do it."""

import json
import re

from crmlite.rules import events
from tests.make import make_lead
from tests.web.test_events import MEETING, form_of, only, planned, tuesday

__all__ = ["tuesday"]


def test_the_zone_is_told_where_it_differs(client_of, alice):
    event = planned(alice, tzid="America/New_York")
    assert "It was planned for 04:00 in New York." in client_of("alice").get(f"/events/{event.id}").text
    other = planned(alice)
    assert "It was planned for" not in client_of("alice").get(f"/events/{other.id}").text


def test_completing_offers_to_plan_the_next_with_the_same_people(client_of, alice):
    lead = make_lead(alice, "Costa")
    event = planned(alice, lead=lead.id)
    answer = client_of("alice").part(f"/events/{event.id}/completion", "POST")
    assert only().status == "realized"
    assert "What comes next?" in answer.text and answer.headers["HX-Retarget"] == "#dialog"
    form = form_of(client_of("alice").part(f"/events/form?kind=call&after={event.id}"))
    assert (form["lead"], form["kind"]) == (f"Costa #{lead.id}", "call")


def test_completing_in_a_row_offers_the_next_too(client_of, alice):
    event, alone = planned(alice, lead=make_lead(alice).id), planned(alice, subject="Alone")
    client = client_of("alice")
    row = client.part(f"/events/{event.id}/completion?as=row", "POST")
    assert row.text.lstrip().startswith(f'<tr id="event-{event.id}"')
    assert json.loads(row.headers["HX-Trigger"])["dialog-open"] == {"url": f"/events/{event.id}/next"}
    assert "dialog-open" not in client.part(f"/events/{alone.id}/completion?as=row", "POST").headers["HX-Trigger"]


def test_completing_without_script_leads_to_the_next(client_of, alice):
    event = planned(alice, lead=make_lead(alice).id)
    answer = client_of("alice").post(f"/events/{event.id}/completion")
    assert answer.headers["Location"] == f"/events/{event.id}/next"
    assert "What comes next?" in client_of("alice").get(f"/events/{event.id}/next").text


def test_a_step_that_does_not_fit_is_refused_with_a_sentence(client_of, alice):
    event = planned(alice, status="cancelled")
    answer = client_of("alice").part(f"/events/{event.id}/completion", "POST")
    assert answer.status_code == 422 and "cannot be" in answer.headers["HX-Trigger"]


def test_cancelling_reopening_and_undo(client_of, alice):
    event = planned(alice)
    client = client_of("alice")
    told = client.part(f"/events/{event.id}/cancellation", "POST").headers["HX-Trigger"]
    assert only().status == "cancelled"
    undo = re.search(r"/gestures/\d+/reversal", told)
    assert client.part(undo.group(), "POST").status_code == 200
    assert only().status == "planned"


def test_deleting_can_be_undone(client_of, alice):
    event = planned(alice)
    client = client_of("alice")
    told = client.part(f"/events/{event.id}/deletion", "POST").headers["HX-Trigger"]
    assert client.get(f"/events/{event.id}").status_code == 410
    client.part(re.search(r"/gestures/\d+/reversal", told).group(), "POST")
    assert client.get(f"/events/{event.id}").status_code == 200


def test_a_mate_reads_but_is_refused_every_change(client_of, alice, bob):
    event = planned(alice)
    assert client_of("bob").get(f"/events/{event.id}").status_code == 200
    for path in ("", "/completion", "/deletion", "/time", "/cancellation"):
        data = {"start": "2026-11-27T15:15"} if path == "/time" else MEETING
        assert client_of("bob").part(f"/events/{event.id}{path}", "POST", data=data).status_code == 403, path
    assert only().version == event.version


def test_a_stranger_sees_nothing(client_of, alice, charlie):
    event = planned(alice)
    for path in ("", "/menu", "/form", "/next", "/row", "/cells/subject"):
        assert client_of("charlie").get(f"/events/{event.id}{path}").status_code == 404, path
    for path in ("", "/completion", "/deletion", "/time", "/assignment"):
        assert client_of("charlie").post(f"/events/{event.id}{path}", data=MEETING).status_code == 404, path
    assert "Quote review" not in client_of("charlie").get("/events?view=all").text
    assert client_of("charlie").get(f"/events/form?after={event.id}").status_code == 404


def test_a_private_event_is_not_there_for_mates(client_of, alice, bob):
    event = planned(alice, private=True)
    assert client_of("bob").get(f"/events/{event.id}").status_code == 404
    assert "Quote review" not in client_of("bob").get("/events?view=all").text


def test_a_reader_finds_no_button_to_change(client_of, alice):
    event = planned(alice)
    page = client_of("rita").get(f"/events/{event.id}").text
    assert "Quote review" in page
    assert "/completion" not in page and "/deletion" not in page and f"/events/{event.id}/form" not in page


def test_a_task_is_started_paused_and_finished_from_its_row(client_of, alice):
    task = events.save(None, {"kind": "task", "subject": "Samples"}, alice)
    client = client_of("alice")
    assert 'data-do="start"' in client.get("/events?view=tasks").text
    assert 'data-do="pause"' in client.part(f"/events/{task.id}/start?as=row", "POST").text
    assert 'data-do="start"' in client.part(f"/events/{task.id}/pause?as=row", "POST").text
    assert "Finished" in client.part(f"/events/{task.id}/completion?as=row", "POST").text


def test_a_meeting_with_a_place_leads_to_the_map(client_of, alice):
    event = planned(alice, location="Rue 9, Nantes")
    page = client_of("alice").get(f"/events/{event.id}").text
    assert "openstreetmap.org/search?query=Rue%209%2C%20Nantes" in page
