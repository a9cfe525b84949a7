"""Undo of thousands of changes, and the list of what goes on in the background."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from crmlite.lists import bulk
from crmlite.models.base import database
from crmlite.models.jobs import Job
from crmlite.models.journal import Entry
from crmlite.models.leads import Lead
from crmlite.models.users import User
from crmlite.rules import directory, gate, jobs, journal, leads, merges, notes, undoing
from crmlite.serve import HANDLERS
from tests.make import make_lead, make_partner


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """More than three are many, done two by two."""
    monkeypatch.setattr(undoing, "AT_ONCE", 3)
    monkeypatch.setattr(undoing, "IN_ONE_GO", 2)
    monkeypatch.setattr(bulk, "AT_ONCE", 3)
    monkeypatch.setattr(bulk, "IN_ONE_GO", 2)
    monkeypatch.setattr(jobs, "PAUSE", 0)


def do_the_work():
    job = jobs.claim(HANDLERS, "test")
    assert jobs.finish(job, HANDLERS[job.kind](jobs.payload(job)))


def assigned_to_bob(alice, number=7):
    """The gesture that did it, and the leads."""
    found = [make_lead(alice, f"Lead{one}", company="Old") for one in range(number)]
    with gate.together() as gesture:
        for lead in found:
            leads.edit(lead, {"company": "New"}, alice)
    return gesture, found


def companies():
    return sorted(lead.company for lead in Lead.select())


def test_a_large_undo_goes_on_in_the_background_and_the_toast_leads_there(client_of, alice):
    gesture, _ = assigned_to_bob(alice)
    client = client_of("alice")
    answer = client.part(f"/gestures/{gesture}/reversal", "POST")
    place = re.search(r"/bulk/\d+", answer.headers["HX-Trigger"]).group(0)
    assert "in the background" in answer.headers["HX-Trigger"] and answer.headers["HX-Reswap"] == "none"
    before = client.get(place).text
    assert "Undo of 7 changes to leads" in before and "<b>0</b> of 7 changes" in before
    assert companies() == ["New"] * 7
    do_the_work()
    assert companies() == ["Old"] * 7
    after = client.get(place).text
    assert "7 changes taken back." in after and "every 1s" not in after
    redo = re.search(r"/gestures/\d+/reversal", after).group(0)
    assert client.part(redo, "POST", data={"watch": "1"}).headers["HX-Redirect"].startswith("/bulk/")
    do_the_work()
    assert companies() == ["New"] * 7
    assert redo not in client.get(place).text and "done again since" in client.get(place).text


def test_without_script_a_large_undo_leads_to_its_page(client_of, alice):
    gesture, _ = assigned_to_bob(alice)
    answer = client_of("alice").post(f"/gestures/{gesture}/reversal", data={"back": "//elsewhere"})
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/bulk/")
    assert jobs.payload(Job.get())["back"] == "/"


def test_what_others_changed_since_stays_and_is_told(client_of, alice, bob):
    gesture, found = assigned_to_bob(alice)
    leads.edit(Lead.get_by_id(found[2].id), {"company": "Bobs"}, bob)
    client = client_of("alice")
    client.part(f"/gestures/{gesture}/reversal", "POST")
    do_the_work()
    assert companies() == ["Bobs"] + ["Old"] * 6
    text = client.get(f"/bulk/{Job.get().id}").text
    assert "“Lead2” keeps what was changed since: company." in text and "Left as it is" in text
    assert "6 changes taken back. 1 could not be." in text


def test_killed_in_the_middle_it_goes_on_and_takes_nothing_back_twice(alice, monkeypatch):
    gesture, _ = assigned_to_bob(alice)
    undoing.begin(gesture, alice)
    taken, take_back = [], journal.take_back

    def dies(*rest):
        taken.append(rest)
        if len(taken) == 4:
            raise SystemExit("killed")
        return take_back(*rest)

    job = jobs.claim(HANDLERS, "test")
    monkeypatch.setattr(journal, "take_back", dies)
    with pytest.raises(SystemExit):
        undoing.work(jobs.payload(job))
    assert companies() == ["New"] * 5 + ["Old"] * 2
    undoing.work(jobs.payload(Job.get_by_id(job.id)))
    assert companies() == ["Old"] * 7
    assert Entry.select().where(Entry.reverses == gesture).count() == 7
    assert len({entry.gesture for entry in Entry.select().where(Entry.reverses == gesture)}) == 1


def test_two_workers_with_the_same_undo_share_it(alice):
    """As after a lease that ran out although its worker lived."""
    gesture, _ = assigned_to_bob(alice, 20)
    job_id = undoing.begin(gesture, alice)
    known = jobs.payload(Job.get_by_id(job_id))
    with ThreadPoolExecutor(2) as workers:
        ends = [workers.submit(in_a_thread, known) for _ in range(2)]
    assert [end.result() for end in ends] == [None, None]
    assert companies() == ["Old"] * 20
    assert Entry.select().where(Entry.reverses == gesture).count() == 20
    assert jobs.payload(Job.get_by_id(job_id))["left"] == []


def in_a_thread(known):
    with database.connection_context():
        return undoing.work(known)


def test_it_is_undone_once_whoever_asks(client_of, alice):
    gesture, _ = assigned_to_bob(alice)
    client = client_of("alice")
    client.part(f"/gestures/{gesture}/reversal", "POST")
    again = client.part(f"/gestures/{gesture}/reversal", "POST")
    assert again.status_code == 409 and "being undone already" in again.headers["HX-Trigger"]
    undo = jobs.payload(Job.get())["undone"]
    do_the_work()
    again = client.part(f"/gestures/{gesture}/reversal", "POST")
    assert again.status_code == 409 and "undone already" in again.headers["HX-Trigger"]
    assert client_of("bob").part(f"/gestures/{undo}/reversal", "POST").status_code == 403
    assert client_of("charlie").part(f"/gestures/{gesture}/reversal", "POST").status_code == 403


def test_a_change_that_still_goes_on_is_not_undone_yet(client_of, alice):
    for number in range(7):
        make_lead(alice, f"Lead{number}")
    client = client_of("alice")
    client.part("/leads/bulk?view=all", "POST", data={"all": "1", "verb": "archive"})
    job = jobs.claim(HANDLERS, "test")
    for _ in range(2):
        bulk_part(job)
    gesture = jobs.payload(Job.get())["gesture"]
    answer = client.part(f"/gestures/{gesture}/reversal", "POST")
    assert answer.status_code == 409 and "still goes on" in answer.headers["HX-Trigger"]


def bulk_part(job):
    come = jobs.payload(Job.get_by_id(job.id))
    bulk._part(come)
    Job.update(payload=jobs.json.dumps(come)).where(Job.id == job.id).execute()


def test_an_undo_stops_when_its_person_has_left(alice, client_of):
    gesture, _ = assigned_to_bob(alice)
    undoing.begin(gesture, alice)
    User.update(active=False).where(User.id == alice.id).execute()
    directory.forget()
    do_the_work()
    assert companies() == ["New"] * 7 and "no longer active" in jobs.payload(Job.get())["problem"]


def test_a_merge_with_much_behind_it_comes_back_in_the_background(client_of, alice):
    kept, lost = make_partner(alice, "Harbour"), make_partner(alice, "Harbor")
    for number in range(6):
        notes.add(lost, f"Note {number}", alice)
    merges.merge([kept, lost], kept.id, alice)
    (mark,) = merges.into(kept)
    client = client_of("alice")
    answer = client.part(f"/partners/merges/{mark.id}/reversal", "POST")
    place = answer.headers["HX-Redirect"]
    assert "Undo of the merge into “Harbour”" in client.get(place).text
    do_the_work()
    assert type(lost).get_by_id(lost.id).deleted_at is None
    assert {note.about_id for note in notes.Note.select()} == {lost.id}


def test_the_list_tells_what_goes_on_and_what_became_of_it(client_of, alice):
    client = client_of("alice")
    empty = client.get("/bulk").text
    assert "Nothing goes on in the background" in empty
    gesture, _ = assigned_to_bob(alice)
    client.part("/leads/bulk?view=all", "POST", data={"all": "1", "verb": "archive", "did": "archived"})
    do_the_work()
    client.part(f"/gestures/{gesture}/reversal", "POST")
    text = client.get("/bulk").text
    assert "7 leads archived." in text and "Undo of 7 changes to leads" in text and 'hx-trigger="every 2s"' in text
    assert "Undo all of it" in text and "Running" in text
    assert 'href="/bulk"' in client.get("/settings").text
    assert "Nothing goes on" in client_of("bob").get("/bulk").text
    assert client_of("bob").get(f"/bulk/{Job.get().id}").status_code == 404


def test_what_was_undone_is_not_offered_again(client_of, alice):
    assigned_to_bob(alice)
    client = client_of("alice")
    client.part("/leads/bulk?view=all", "POST", data={"all": "1", "verb": "archive", "did": "archived"})
    do_the_work()
    client.part(re.search(r"/gestures/\d+/reversal", client.get("/bulk").text).group(0), "POST")
    do_the_work()
    text = client.get("/bulk").text
    assert "Undo all of it" not in text and "Undone" in text and "Redo" in text


def test_imports_stand_in_the_same_list(client_of, alice):
    client = client_of("alice")
    sent = {"file": ("people.csv", b"Name,City\nCosta,Lyon\n")}
    place = client.post("/imports", files=sent, data={"of": "leads"}).headers["Location"].rpartition("/")[0]
    assert "people.csv" not in client.get("/bulk").text
    client.post(f"{place}/run")
    assert "Import of people.csv" in client.get("/bulk").text
    do_the_work()
    text = client.get("/bulk").text
    assert "1 new, 0 updated." in text and f'href="{place}"' in text
    assert "people.csv" not in client_of("bob").get("/bulk").text
