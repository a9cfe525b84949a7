"""Naming colleagues in a note: who can be named, and what waits to be read."""

from collections.abc import Iterable
from typing import Any

from crmlite.errors import Invalid
from crmlite.models.base import Record, fold
from crmlite.models.mentions import Mention
from crmlite.models.notes import Note
from crmlite.rules import access, gate
from crmlite.rules.access import Actor, visible
from crmlite.rules.directory import Directory, Person, current

WAITING = 20


def named(body: str, now: Directory) -> list[tuple[int, int, Person]]:
    """Where people stand after an @ in a text: start, end, person. The longest name that fits is meant."""
    at = body.find("@")
    if at < 0:
        return []
    people = sorted((one for one in now.people.values() if one.active), key=lambda one: -len(one.name))
    found = []
    while at >= 0:
        start = end = at + 1
        inside = body[:at][-1:].isalnum()  # of an e-mail address
        one = None if inside else next((one for one in people if _begins(body, start, one.name)), None)
        if one:
            end = start + len(one.name)
            found.append((at, end, one))
        at = body.find("@", end)
    return found


def _begins(body: str, start: int, name: str) -> bool:
    end = start + len(name)
    return bool(name) and body[start:end].casefold() == name.casefold() and not body[end:][:1].isalnum()


def readers(record: Record, text: str) -> list[Person]:
    """Who may see the record and is called like `text`, for suggestions."""
    wanted = fold(text.strip())
    called = [one for one in current().people.values() if one.active and any(
        part.startswith(wanted) for part in (fold(one.name), *fold(one.name).split())
    )]  # fmt: skip
    return [one for one in called[:30] if _sees(one, record)][:8]


def keep(note: Note, record: Record, by: Actor) -> None:
    """Bring the mentions of a note in line with its text. Raises Invalid where somebody may not see the record."""
    wanted = {one.id: one for _, _, one in named(note.body, current()) if one.id != by.id}
    blind = [one.name for one in wanted.values() if not _sees(one, record)]
    if blind:
        raise Invalid(
            fields={"body": f"{blind[0]} may not see this {record.concept}: please take the name out of the note."}
        )
    standing = {one.person_id: one for one in of(note)}
    for person_id in wanted.keys() - standing.keys():
        values = {"about": note.about, "about_id": note.about_id, "note": note.id, "person": person_id}
        gate.create(Mention, values, by, verb="mentioned")
    for person_id in standing.keys() - wanted.keys():
        gate.discard(standing[person_id], by)


def of(note: Note) -> list[Mention]:
    return list(Mention.select().where((Mention.note == note.id) & Mention.deleted_at.is_null()))


def waiting(by: Actor) -> list[Mention]:
    """What the actor has not read, newest first, each with its note."""
    unread = visible(Mention, by).where(Mention.unread == True)  # noqa: E712 - an SQL expression
    query = unread.select(Mention, Note).join(Note).where(Note.deleted_at.is_null())
    return list(query.order_by(Mention.id.desc()).limit(WAITING))


def read(found: Iterable[Mention], by: Actor) -> None:
    for mention in found:
        gate.change(mention, {"unread": False}, by, verb="read")


def _sees(person: Person, record: Any) -> bool:
    return access.look(type(record), record.id, access.actor(person.id, "web")) is not None
