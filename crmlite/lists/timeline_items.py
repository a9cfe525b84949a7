"""One thing in a record's story: an event, a note, a file, a change; what it says, and from whom."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from markupsafe import Markup, escape

from crmlite.lists.guests import shown, told
from crmlite.lists.kinds import record_link
from crmlite.lists.reader import Reader
from crmlite.models.base import Record, read_time
from crmlite.models.documents import Document
from crmlite.models.events import Attendee, Event
from crmlite.models.merges import Merge
from crmlite.models.notes import Note
from crmlite.rules import agenda, mentions
from crmlite.rules.access import may

ICONS = {
    "meeting": "calendar",
    "call": "phone",
    "task": "square-check",
    "event": "calendar-days",
    "email": "mail",
    "note": "message-square",
    "document": "paperclip",
    "change": "pencil",
    "created": "plus",
    "deleted": "trash-2",
    "moved": "arrow-right",
    "converted": "building-2",
    "won": "trophy",
    "lost": "circle-x",
    "merged": "merge",
    "finalized": "file-text",
    "sent": "mail",
    "confirmed": "circle-check",
    "completed": "circle-check",
    "cancelled": "circle-x",
    "superseded": "copy",
}
WEB = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
LINK = Markup('<a href="%s" rel="noopener noreferrer" target="_blank">%s</a>')
PERSON = Markup('<span class="named">%s</span>')


@dataclass(frozen=True, slots=True)
class Item:
    """`kind` is event, note, document or change; `state` planned, late, done or empty. `title` and `body` are safe
    HTML. `about` names another record whose story this belongs to as well."""

    kind: str
    icon: str
    title: str
    at: datetime | None
    body: str = ""
    state: str = ""
    url: str = ""
    id: str = ""
    door: str = ""
    event: Any = None
    note: Any = None
    documents: tuple[Document, ...] = ()
    about: str = ""
    may: frozenset[str] = frozenset()


def of_planned(event: Any, to: Reader, guests: Collection[Attendee] = ()) -> Item:
    """`event` also has the `moment` at which it takes place next; none of a series whose turns are over."""
    moment = read_time(event.moment) or event.starts_at
    late = agenda.is_past(event, to.now)
    return replace(of_event(event, to, guests), at=moment, state="late" if late else "planned")


def of_event(event: Event, to: Reader, guests: Collection[Attendee] = ()) -> Item:
    return Item(
        "event",
        ICONS.get(event.kind, "calendar"),
        Markup(f'<a href="/events/{event.id}">{escape(event.label)}</a>'),
        event.starts_at or event.due_at or event.updated_at,
        body=escape(event.description[:300]) + told(shown(list(guests), to)),
        state="done",
        url=f"/events/{event.id}",
        id=f"event-{event.id}",
        event=event,
    )


def of_note(note: Note, files: list[Document], record: Record, leads: dict[int, str], to: Reader) -> Item:
    return Item(
        "note",
        ICONS["note"],
        escape(to.directory.person_name(note.owner_id) or "Somebody"),
        note.created_at,
        body=spoken(note.body, to),
        id=f"note-{note.id}",
        note=note,
        documents=tuple(files),
        about=_origin(note, record, leads),
        may=frozenset(verb for verb in ("change", "delete") if may(to.by, verb, note)),
    )


def of_document(document: Document, record: Record, leads: dict[int, str], to: Reader) -> Item:
    return Item(
        "document",
        ICONS["document"],
        Markup("%s attached") % (to.directory.person_name(document.owner_id) or "Somebody"),
        document.created_at,
        id=f"document-{document.id}",
        documents=(document,),
        about=_origin(document, record, leads),
    )


def of_merge(mark: Merge, to: Reader) -> Item:
    who = to.directory.person_name(mark.created_by_id) or "crmlite"
    return Item("change", ICONS["merged"], Markup("%s merged “%s” into this") % (who, mark.name), mark.created_at)


def spoken(body: str, to: Reader) -> Markup:
    """What somebody wrote: escaped, its addresses as links, the people it names marked."""
    if "@" not in body and "://" not in body:
        return escape(body)
    marks = [(at, end, PERSON % body[at:end]) for at, end, _ in mentions.named(body, to.directory)]
    for found in WEB.finditer(body):
        address = found[0].rstrip(".,;:!?'\")]}")
        marks.append((found.start(), found.start() + len(address), LINK % (address, address)))
    pieces, last = [], 0
    for at, end, html in sorted(marks, key=lambda mark: mark[0]):
        if at >= last:
            pieces += [escape(body[last:at]), html]
            last = end
    return Markup("").join([*pieces, escape(body[last:])])


def _origin(hanging: Note | Document, record: Record, leads: dict[int, str]) -> str:
    if hanging.about == record.concept:
        return ""
    return record_link("lead", hanging.about_id, leads.get(hanging.about_id, "the lead"))
