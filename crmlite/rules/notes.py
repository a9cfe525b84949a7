"""Notes about a record."""

from collections.abc import Iterable

from crmlite.models.base import Record
from crmlite.models.documents import Document
from crmlite.models.notes import Note
from crmlite.rules import access, documents, gate, mentions
from crmlite.rules.access import Actor
from crmlite.rules.documents import Sent


def add(record: Record, body: str, by: Actor, sent: Iterable[Sent] = (), limit: int = 0) -> Note:
    """Write a note about a record that the actor may see, with files no larger than `limit` bytes."""
    values = {"about": record.concept, "about_id": record.id, "body": body.strip(), "owner": by.id}
    with gate.together():
        note = gate.create(Note, values, by, verb="noted")
        documents.attach(record, sent, limit, by, note)
        mentions.keep(note, record, by)
    return note


def edit(note: Note, body: str, by: Actor, seen: int | None = None) -> Note:
    with gate.together():
        gate.change(note, {"body": body.strip()}, by, seen)
        mentions.keep(note, access.find(access.OWNED[note.about], note.about_id, by), by)
    return note


def remove(note: Note, by: Actor) -> None:
    """Into the bin, with the files that came with it."""
    with gate.together():
        for document in Document.select().where((Document.note == note.id) & Document.deleted_at.is_null()):
            gate.remove(document, by)
        for mention in mentions.of(note):
            gate.discard(mention, by)
        gate.remove(note, by)
