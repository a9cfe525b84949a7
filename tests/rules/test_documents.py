"""What may be attached to a record, and who has it."""

import io

import pytest
from PIL import Image

from crmlite.errors import Forbidden, Invalid
from crmlite.models.documents import Document, DocumentBody
from crmlite.models.notes import Note
from crmlite.rules import access, bodies, documents, gate, images, journal, notes
from tests.files import picture, sent
from tests.make import make_lead, make_opportunity

LIMIT = 2_000_000


def content(document: Document) -> bytes:
    return b"".join(bodies.pieces(document.digest))


def test_a_file_comes_back_as_it_was(alice):
    lead = make_lead(alice)
    large = bytes(range(256)) * 6000  # several pieces
    (document,) = documents.attach(lead, [sent("Offer.pdf", b"%PDF" + large)], LIMIT, alice)
    assert content(document) == b"%PDF" + large and document.size == len(large) + 4
    assert document.media_type == "application/pdf" and not document.preview


def test_the_same_content_is_kept_once(alice):
    lead = make_lead(alice)
    documents.attach(lead, [sent("a.pdf"), sent("b.pdf")], LIMIT, alice)
    assert DocumentBody.select().count() == 1 and len(documents.of(lead, alice)) == 2


def test_all_files_are_attached_or_none(alice):
    lead = make_lead(alice)
    with pytest.raises(Invalid, match="larger than 1 MB"):
        documents.attach(lead, [sent(), sent("b.pdf", b"x" * 1_100_000)], 1024 * 1024, alice)
    assert not documents.of(lead, alice) and not DocumentBody.select().count()


@pytest.mark.parametrize(
    ("name", "start"),
    [("run.EXE", b"x"), ("a.pdf.js", b"x"), ("letter.pdf", b"MZ\x90"), ("notes", b"#!/bin/sh"), ("x.doc", b"\x7fELF")],
)
def test_programs_and_scripts_are_refused_whatever_they_are_called(alice, name, start):
    with pytest.raises(Invalid, match="program or a script"):
        documents.attach(make_lead(alice), [sent(name, start)], LIMIT, alice)


def test_an_empty_file_is_refused(alice):
    with pytest.raises(Invalid, match="is empty"):
        documents.attach(make_lead(alice), [sent("a.txt", b"")], LIMIT, alice)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Temp\\offer.pdf", "offer.pdf"),
        ("gnp\u202efdp.exe", "gnpfdp.exe"),
        ("a\r\nSet-Cookie: x.txt", "aSet-Cookie: x.txt"),
        ("  ..  ", "file"),
        ("x" * 300 + ".pdf", "x" * 130 + ".pdf"),
    ],
)
def test_a_name_is_only_a_name(given, kept):
    assert documents.safe_name(given) == kept


def test_a_picture_is_drawn_anew_small_and_without_what_the_camera_knew(alice):
    exif = Image.Exif()
    exif[0x010F] = "Secret camera"
    (document,) = documents.attach(make_lead(alice), [sent("a.jpg", picture((1200, 900), exif=exif))], LIMIT, alice)
    small = b"".join(bodies.pieces(document.preview))
    assert Image.open(io.BytesIO(small)).size == (480, 360) and b"Secret camera" not in small


def test_a_picture_that_is_none_is_kept_as_a_file_without_a_preview(alice):
    (document,) = documents.attach(make_lead(alice), [sent("a.png", b"\x89PNG not really")], LIMIT, alice)
    assert not document.preview


def test_a_bomb_of_pixels_is_not_drawn():
    bomb = picture((8000, 8000), "PNG")
    assert images.preview(io.BytesIO(bomb)) == b""
    with pytest.raises(Invalid, match="40 million"):
        images.square(io.BytesIO(bomb))


def test_who_sees_the_record_sees_its_files_and_nobody_else(alice, bob, charlie):
    lead = make_lead(alice)
    (document,) = documents.attach(lead, [sent()], LIMIT, alice)
    assert access.look(Document, document.id, bob)
    assert access.look(Document, document.id, charlie) is None
    assert not documents.of(lead, charlie)


def test_only_who_attached_it_or_a_manager_deletes_a_file_and_undo_brings_it_back(alice, bob, carol):
    lead = make_lead(alice)
    (document,) = documents.attach(lead, [sent()], LIMIT, alice)
    with pytest.raises(Forbidden):
        gate.remove(document, bob)
    with gate.together() as gesture:
        gate.remove(document, carol)
    assert not documents.of(lead, alice)
    journal.undo(gesture, carol)
    assert [one.id for one in documents.of(lead, alice)] == [document.id] and content(document)


def test_a_note_goes_and_comes_back_with_its_files(alice):
    opportunity = make_opportunity(alice)
    note = notes.add(opportunity, "See the plan", alice, [sent("plan.pdf")], LIMIT)
    with gate.together() as gesture:
        notes.remove(note, alice)
    assert not documents.of(opportunity, alice)
    journal.undo(gesture, alice)
    assert [one.note_id for one in documents.of(opportunity, alice)] == [note.id]


def test_a_note_is_not_written_when_its_file_is_refused(alice):
    lead = make_lead(alice)
    with pytest.raises(Invalid):
        notes.add(lead, "Look", alice, [sent("a.exe")], LIMIT)
    assert not Note.select().count()


def test_a_note_is_changed_by_its_author_only(alice, bob, carol):
    note = notes.add(make_lead(alice), "First", alice)
    notes.edit(note, "Second", alice)
    assert Note.get_by_id(note.id).body == "Second"
    for other in (bob, carol):
        with pytest.raises(Forbidden):
            notes.edit(note, "Third", other)


def test_a_picture_becomes_a_square_and_gives_way_to_the_next(alice):
    lead = make_lead(alice)
    first = documents.put_picture(lead, sent("me.jpg", picture()), LIMIT, alice)
    assert Image.open(io.BytesIO(content(first))).size == (256, 256)
    with gate.together() as gesture:
        second = documents.put_picture(lead, sent("me.png", picture((90, 300), "PNG")), LIMIT, alice)
    assert documents.picture_of(lead, alice).id == second.id
    journal.undo(gesture, alice)
    assert documents.picture_of(lead, alice).id == first.id
    documents.remove_picture(lead, alice)
    assert documents.picture_of(lead, alice) is None


def test_only_people_and_companies_have_a_picture(alice):
    with pytest.raises(Invalid):
        documents.put_picture(make_opportunity(alice), sent("me.jpg", picture()), LIMIT, alice)
    with pytest.raises(Invalid, match="PNG, JPEG"):
        documents.put_picture(make_lead(alice), sent("me.svg", b"<svg onload='x()'/>"), LIMIT, alice)
