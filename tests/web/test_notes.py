"""Notes on a record's page: written, changed and deleted in place."""

from crmlite.models.notes import Note
from crmlite.rules import notes
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
