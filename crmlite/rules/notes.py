"""Notes about a record."""

from collections.abc import Iterable

from crmlite.models.base import Record
from crmlite.models.documents import Document
from crmlite.models.notes import Note
from crmlite.rules import documents, gate
from crmlite.rules.access import Actor
from crmlite.rules.documents import Sent


def add(record: Record, body: str, by: Actor, sent: Iterable[Sent] = (), limit: int = 0) -> Note:
    """Write a note about a record that the actor may see, with files no larger than `limit` bytes."""
    values = {"about": record.concept, "about_id": record.id, "body": body.strip(), "owner": by.id}
    with gate.together():
        note = gate.create(Note, values, by, verb="noted")
        documents.attach(record, sent, limit, by, note)
    return note


def edit(note: Note, body: str, by: Actor, seen: int | None = None) -> Note:
    return gate.change(note, {"body": body.strip()}, by, seen)


def remove(note: Note, by: Actor) -> None:
    """Into the bin, with the files that came with it."""
    with gate.together():
        for document in Document.select().where((Document.note == note.id) & Document.deleted_at.is_null()):
            gate.remove(document, by)
        gate.remove(note, by)
