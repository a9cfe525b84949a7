"""Notes on a record's page: written, changed and deleted in place."""

from crmlite.models.mentions import Mention
from crmlite.models.notes import Note
from crmlite.rules import gate, journal, mentions, notes
from tests import people
from tests.make import make_lead


def test_a_note_is_changed_in_place(client_of, alice):
    lead, client = make_lead(alice), client_of("alice")
    note = notes.add(lead, "Call on Monday", alice)
    assert "Call on Monday" in client.part(f"/notes/{note.id}/form").text
    answer = client.part(f"/notes/{note.id}", "POST", data={"body": "Call on <b>Tuesday</b>", "seen": "1"})
    assert "Call on &lt;b&gt;Tuesday&lt;/b&gt;" in answer.text
    assert "edited" in client.part(f"/leads/{lead.id}/timeline").text


def test_a_note_without_words_is_refused_with_what_was_typed(client_of, alice):
    lead, client = make_lead(alice), client_of("alice")
    note = notes.add(lead, "Call", alice)
    answer = client.part(f"/notes/{note.id}", "POST", data={"body": "  "})
    assert answer.status_code == 422 and "write something" in answer.text and "<form" in answer.text
    assert client.part("/notes", "POST", data={"about": "lead", "about_id": lead.id, "body": ""}).status_code == 422


def test_a_note_is_deleted_with_undo(client_of, alice):
    lead, client = make_lead(alice), client_of("alice")
    note = notes.add(lead, "Call on Monday", alice)
    answer = client.part(f"/notes/{note.id}/deletion", "POST")
    assert "undo" in answer.headers["HX-Trigger"]
    assert "Call on Monday" not in client.get(f"/leads/{lead.id}").text


def test_without_script_a_note_is_changed_on_a_page_of_its_own(client_of, alice):
    lead, client = make_lead(alice), client_of("alice")
    note = notes.add(lead, "Call", alice)
    assert "<html" in client.get(f"/notes/{note.id}/form").text
    answer = client.post(f"/notes/{note.id}", data={"body": "Write"})
    assert answer.status_code == 303 and answer.headers["Location"] == f"/leads/{lead.id}"


def test_bob_reads_but_does_not_change_and_charlie_finds_nothing(client_of, alice):
    lead = make_lead(alice)
    note = notes.add(lead, "Call", alice)
    page = client_of("bob").get(f"/leads/{lead.id}").text
    assert "Call" in page and f"/notes/{note.id}/form" not in page
    for name, status in (("bob", 403), ("charlie", 404)):
        client = client_of(name)
        assert client.get(f"/notes/{note.id}/form").status_code == status
        assert client.post(f"/notes/{note.id}", data={"body": "x"}).status_code == status
        assert client.post(f"/notes/{note.id}/deletion").status_code == status
    assert Note.get_by_id(note.id).body == "Call"


def test_addresses_in_a_note_are_links_and_nothing_else_is(client_of, alice):
    lead, client = make_lead(alice), client_of("alice")
    notes.add(lead, 'See https://example.com/a?b=1&c=2. Not javascript:alert(1)\n"http://x.com" <b>', alice)
    page = client.get(f"/leads/{lead.id}").text
    link = "https://example.com/a?b=1&amp;c=2"
    assert f'<a href="{link}" rel="noopener noreferrer" target="_blank">{link}</a>.' in page
    assert '<a href="http://x.com" rel' in page
    assert 'href="javascript' not in page and "&lt;b&gt;" in page


def test_who_is_named_in_a_note_finds_it_on_the_first_page_until_it_is_read(client_of, alice):
    lead, client, bob = make_lead(alice), client_of("alice"), client_of("bob")
    notes.add(lead, "Ask @Bob Birch, or bob@bob.example. <i>", alice)
    assert (
        '<span class="named">@Bob Birch</span>, or bob@bob.example. &lt;i&gt;' in client.get(f"/leads/{lead.id}").text
    )
    assert "Mentions" in bob.get("/").text and "Mentions" not in client.get("/").text
    (mention,) = Mention.select()
    answer = bob.post(f"/mentions/{mention.id}/reading")
    assert answer.headers["Location"] == f"/leads/{lead.id}#note-{mention.note_id}"
    assert "Mentions" not in bob.get("/").text


def test_nobody_is_named_who_may_not_see_the_record(client_of, alice):
    lead, client = make_lead(alice), client_of("alice")
    name = people.user("charlie").name
    answer = client.part("/notes", "POST", data={"about": "lead", "about_id": lead.id, "body": f"Ask @{name}"})
    assert answer.status_code == 422 and "may not see this lead" in answer.headers["HX-Trigger"]
    assert not Note.select().count() and not Mention.select().count()


def test_only_those_who_see_the_record_are_suggested(client_of, alice):
    lead = make_lead(alice)
    url = f"/notes/people?about=lead&about_id={lead.id}&q="
    offered = client_of("alice").part(url).text
    assert people.user("bob").name in offered and people.user("charlie").name not in offered
    assert client_of("charlie").part(url).status_code == 404


def test_a_mention_follows_its_note(client_of, alice, bob):
    note = notes.add(make_lead(alice), "Ask @Bob Birch", alice)
    notes.edit(note, "Ask nobody", alice)
    assert not mentions.waiting(bob)
    notes.edit(note, "Ask @bob birch", alice)
    assert len(mentions.waiting(bob)) == 1
    with gate.together() as gesture:
        notes.remove(note, alice)
    assert not mentions.waiting(bob)
    journal.undo(gesture, alice)
    assert len(mentions.waiting(bob)) == 1


def test_a_mention_is_read_by_whom_it_names_only(client_of, alice):
    notes.add(make_lead(alice), "Ask @Bob Birch", alice)
    (mention,) = Mention.select()
    for name in ("alice", "charlie"):
        assert client_of(name).post(f"/mentions/{mention.id}/reading").status_code == 404
