"""Files over HTTP: attached, listed, fetched, refused."""

import io

import pytest
from PIL import Image

from crmlite.models.documents import Document
from crmlite.models.notes import Note
from crmlite.rules import documents, gate
from tests.files import picture, sent
from tests.make import make_contact, make_lead, make_opportunity, make_partner

LIMIT = 2_000_000


def attach(client, record, *files, body="", part=True):
    send = client.part if part else client.request
    data = {"about": record.concept, "about_id": record.id, "body": body}
    url = "/notes" if body else "/documents"
    options = {"data": data, "files": [("files", one) for one in files]}
    return send(url, "POST", **options) if part else send("POST", url, **options)


def test_several_files_come_with_a_note_and_stand_beneath_it(client_of, alice):
    lead, client = make_lead(alice), client_of("alice")
    answer = attach(client, lead, ("plan.pdf", b"%PDF"), ("Übersicht.txt", b"text"), body="Here they are")
    assert answer.status_code == 200 and "Note added" in answer.headers["HX-Trigger"]
    page = client.get(f"/leads/{lead.id}").text
    assert page.count("plan.pdf</a>") == 2 and "Übersicht.txt" in page  # beneath the note, and at the side
    assert "Übersicht.txt" in client.part(f"/leads/{lead.id}/timeline?only=documents").text
    assert "plan.pdf" in client.part(f"/documents?about=lead&about_id={lead.id}").text


@pytest.mark.parametrize("make", [make_lead, make_partner, make_contact, make_opportunity])
def test_a_file_is_attached_straight_to_a_record_without_script(client_of, alice, make):
    record, client = make(alice), client_of("alice")
    answer = attach(client, record, ("plan.pdf", b"%PDF"), part=False)
    assert answer.status_code == 303
    assert "plan.pdf" in client.get(answer.headers["Location"]).text


def test_a_file_is_only_ever_saved_never_shown(client_of, alice):
    lead, client = make_lead(alice), client_of("alice")
    evil = b"<html><script>alert(1)</script>"
    (document,) = documents.attach(lead, [sent('a "b"; c€.html', evil)], LIMIT, alice)
    answer = client.get(f"/documents/{document.id}")
    assert answer.content == evil and answer.headers["Content-Length"] == str(len(evil))
    said = answer.headers["Content-Disposition"]
    assert said == "attachment; filename=\"a _b__ c_.html\"; filename*=UTF-8''a%20%22b%22%3B%20c%E2%82%AC.html"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox;default-src 'none'")
    assert client.get(f"/documents/{document.id}/thumbnail").status_code == 404


def test_the_bytes_travel_once(client_of, alice):
    client = client_of("alice")
    (document,) = documents.attach(make_lead(alice), [sent()], LIMIT, alice)
    tag = client.get(f"/documents/{document.id}").headers["ETag"]
    again = client.request("GET", f"/documents/{document.id}", headers={"If-None-Match": tag})
    assert again.status_code == 304 and not again.content
    assert again.headers["Content-Security-Policy"].startswith("sandbox")


def test_a_picture_is_shown_small(client_of, alice):
    client = client_of("alice")
    (document,) = documents.attach(make_lead(alice), [sent("a.png", picture((900, 900), "PNG"))], LIMIT, alice)
    answer = client.get(f"/documents/{document.id}/thumbnail")
    assert answer.headers["Content-Type"] == "image/webp" and "Content-Disposition" not in answer.headers
    assert Image.open(io.BytesIO(answer.content)).size == (480, 480)


def test_what_is_refused_is_told_in_a_sentence_and_nothing_is_kept(client_of, alice):
    lead, client = make_lead(alice), client_of("alice")
    answer = attach(client, lead, ("setup.exe", b"MZ"), body="Typed text")
    assert answer.status_code == 422 and "program or a script" in answer.headers["HX-Trigger"]
    assert answer.headers["HX-Reswap"] == "none"  # what was typed stays
    assert not Note.select().count() and not Document.select().count()


def test_a_file_larger_than_the_limit_is_refused_with_the_limit(client_of, alice):
    lead, client = make_lead(alice), client_of("alice")
    answer = attach(client, lead, ("big.pdf", b"x" * (21 * 1024 * 1024)), body="Typed text")
    assert answer.status_code == 422 and "larger than 20 MB" in answer.headers["HX-Trigger"]
    assert attach(client, lead, ("fits.pdf", b"x" * (12 * 1024 * 1024))).status_code == 200
    assert attach(client, lead).status_code == 422


def test_charlie_gets_nothing_through_any_door(client_of, alice):
    lead = make_lead(alice)
    (document,) = documents.attach(lead, [sent("a.png", picture(form="PNG"))], LIMIT, alice)
    face = documents.put_picture(lead, sent("a.png", picture(form="PNG")), LIMIT, alice)
    charlie = client_of("charlie")
    for one in (document, face):
        for end in ("", "/thumbnail"):
            assert charlie.get(f"/documents/{one.id}{end}").status_code == 404
        assert charlie.post(f"/documents/{one.id}/deletion").status_code == 404
    assert charlie.get(f"/documents?about=lead&about_id={lead.id}").status_code == 404
    assert attach(charlie, lead, ("x.pdf", b"x")).status_code == 404
    data = {"about": "lead", "about_id": lead.id}
    answer = charlie.post("/documents/picture", data=data, files={"files": ("a.png", picture(form="PNG"))})
    assert answer.status_code == 404
    assert Document.select().count() == 2


def test_a_reader_fetches_but_neither_attaches_nor_deletes(client_of, alice):
    lead = make_lead(alice)
    (document,) = documents.attach(lead, [sent()], LIMIT, alice)
    reader = client_of("rita")
    assert reader.get(f"/documents/{document.id}").status_code == 200
    assert reader.post(f"/documents/{document.id}/deletion").status_code == 403
    assert attach(reader, lead, ("x.pdf", b"x")).status_code == 403
    assert 'name="files"' not in reader.get(f"/leads/{lead.id}").text


def test_a_deleted_file_is_gone_and_undo_brings_it_back(client_of, alice):
    client = client_of("alice")
    (document,) = documents.attach(make_lead(alice), [sent()], LIMIT, alice)
    answer = client.part(f"/documents/{document.id}/deletion", "POST")
    assert client.get(f"/documents/{document.id}").status_code == 404
    undo = answer.headers["HX-Trigger"].split('"undo": "')[1].split('"')[0]
    client.part(undo, "POST")
    assert client.get(f"/documents/{document.id}").status_code == 200


def test_a_picture_is_put_shown_and_taken_away(client_of, alice):
    contact, client = make_contact(alice), client_of("alice")
    url = f"/documents/picture?about=contact&about_id={contact.id}"
    assert "Save picture" in client.part(url).text
    data = {"about": "contact", "about_id": contact.id}
    answer = client.post("/documents/picture", data=data, files={"files": ("a.jpg", picture())})
    assert answer.status_code == 303
    face = documents.picture_of(contact, alice)
    assert f"/documents/{face.id}/thumbnail" in client.get(f"/contacts/{contact.id}").text
    assert "a.jpg" not in client.part(f"/documents?about=contact&about_id={contact.id}").text
    assert client.post(f"/documents/{face.id}/deletion").status_code == 303
    assert "/thumbnail" not in client.get(f"/contacts/{contact.id}").text


def test_a_file_of_a_record_in_the_bin_is_not_served(client_of, alice, carol):
    lead, client = make_lead(alice), client_of("alice")
    (document,) = documents.attach(lead, [sent()], LIMIT, alice)
    gate.remove(lead, carol)
    assert client.get(f"/documents/{document.id}").status_code == 404
