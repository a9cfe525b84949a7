"""Notes about a record."""

from crmlite.models.base import Record
from crmlite.models.notes import Note
from crmlite.rules import gate
from crmlite.rules.access import Actor


def add(record: Record, body: str, by: Actor) -> Note:
    """Write a note about a record that the actor may see."""
    values = {"about": record.concept, "about_id": record.id, "body": body.strip(), "owner": by.id}
    return gate.create(Note, values, by, verb="noted")
