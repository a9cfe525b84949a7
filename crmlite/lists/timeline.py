"""One record's story: what is planned, then what happened, newest first."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from markupsafe import Markup, escape
from peewee import fn

from crmlite.lists.kinds import names, record_link, typed
from crmlite.lists.reader import Reader, money
from crmlite.lists.spec import ListSpec
from crmlite.models.addresses import Address
from crmlite.models.base import Record, revive, stored_time
from crmlite.models.contact_points import ContactPoint
from crmlite.models.contacts import Contact
from crmlite.models.documents import Document
from crmlite.models.events import OPEN_STATUSES, Event
from crmlite.models.journal import Entry
from crmlite.models.leads import Lead
from crmlite.models.merges import Merge
from crmlite.models.notes import Note
from crmlite.models.opportunities import Opportunity
from crmlite.rules import mentions, merges
from crmlite.rules.access import may, visible
from crmlite.rules.journal import of_record

MOST = 60
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
}
SENTENCES = {
    "created": "created this",
    "assigned": "took this over",
    "started": "started this",
    "converted": "converted this",
    "lost": "marked this as lost",
    "recycled": "took this up again",
    "deleted": "deleted this",
    "restored": "restored this",
    "archived": "archived this",
    "unarchived": "took this out of the archive",
    "won": "marked this as won",
    "reopened": "reopened this",
    "undid": "undid a change",
}
DOORS = {"caldav": ("smartphone", "on a phone"), "cli": ("monitor", "on the command line")}
HANGING = {ContactPoint: "the further contact detail", Address: "the further address"}
HUNG = {"created": "added", "deleted": "removed", "restored": "restored", "undid": "changed back"}
QUIET = {"position", "sort_name", "full_name", "stage_since", "closed_at", "outcome", "version", "currency"}

WEB = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
LINK = Markup('<a href="%s" rel="noopener noreferrer" target="_blank">%s</a>')

PERSON = Markup('<span class="named">%s</span>')


@dataclass(frozen=True)
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


class Page(NamedTuple):
    """`earlier` is where the next page begins; empty where all is told."""

    items: list[Item]
    earlier: str


def planned(record: Record, to: Reader) -> list[Item]:
    """Open events of this record, the next one first, those without a date last."""
    events = _events(record, to).where(Event.status.in_(OPEN_STATUSES))
    when = Event.starts_at.is_null(), Event.starts_at, Event.due_at, Event.id
    return [_event(event, to, planned=True) for event in events.order_by(*when).limit(MOST)]


def history(spec: ListSpec, record: Record, to: Reader, only: str = "", before: str = "") -> Page:
    """What happened, newest first; `only` events, notes, documents or changes; from `before` on, an `earlier`."""
    until = _moment(before)
    found: list[Item] = []
    horizons: list[datetime] = []
    for name, source in SOURCES.items():
        if only in ("", name):
            rows = source(spec, record, to, until)
            # A file of a note stands beneath it already.
            found += [item for _, item in rows if item and (only or not _in_a_note(item))]
            if len(rows) > MOST:
                horizons.append(rows[MOST][0])
    found.sort(key=lambda item: item.at or to.now, reverse=True)
    if len(found) > MOST and found[MOST].at:
        horizons.append(found[MOST].at)
    if not horizons:
        return Page(found, "")
    # What lies before the last row of the fullest source may not all be here: it is the next page's.
    horizon = max(horizons)
    items = [item for item in found if not item.at or item.at > horizon]
    if items:
        return Page(items, horizon.isoformat())
    return Page([item for item in found if item.at == horizon], (horizon - timedelta(microseconds=1)).isoformat())


def spoken(body: str, to: Reader) -> Markup:
    """What somebody wrote: escaped, its addresses as links, the people it names marked."""
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


def _moment(text: str) -> datetime | None:
    """The time an address names; one that cannot be read begins at the top."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo and 1900 < found.year < 9000 else None


Rows = list[tuple[datetime, Item | None]]


def _past_events(spec: ListSpec, record: Record, to: Reader, until: datetime | None) -> Rows:
    at = fn.COALESCE(Event.starts_at, Event.due_at, Event.updated_at)
    past = _events(record, to).where(Event.status.not_in(OPEN_STATUSES))
    rows = _newest(past, at, until).order_by(at.desc(), Event.id.desc())
    return [(event.starts_at or event.due_at or event.updated_at, _event(event, to)) for event in rows]


def _notes(spec: ListSpec, record: Record, to: Reader, until: datetime | None) -> Rows:
    about = _hangs(Note, record, to)
    rows = list(_newest(Note.select().where(about), Note.created_at, until).order_by(Note.created_at.desc()))
    ids = [note.id for note in rows]
    files: dict[int, list[Document]] = {}
    for one in Document.select().where(Document.note.in_(ids) & Document.deleted_at.is_null()) if ids else ():
        files.setdefault(one.note_id, []).append(one)
    names = _leads_named([note.about_id for note in rows if note.about != record.concept], to)
    return [(note.created_at, _note(note, files.get(note.id, []), record, names, to)) for note in rows]


def _documents(spec: ListSpec, record: Record, to: Reader, until: datetime | None) -> Rows:
    about = _hangs(Document, record, to) & (Document.kind == "file")
    newest = _newest(Document.select().where(about), Document.created_at, until)
    rows = list(newest.order_by(Document.created_at.desc()))
    names = _leads_named([one.about_id for one in rows if one.about != record.concept], to)
    return [(one.created_at, _document(one, record, names, to)) for one in rows]


def _in_a_note(item: Item) -> bool:
    return item.kind == "document" and item.documents[0].note_id is not None


def _changes(spec: ListSpec, record: Record, to: Reader, until: datetime | None) -> Rows:
    rows = _newest(of_record(record), Entry.at, until).order_by(Entry.at.desc(), Entry.id.desc())
    marks = [mark for mark in merges.into(record) if until is None or mark.created_at <= until]
    merged: Rows = [(mark.created_at, _merge(mark, to)) for mark in marks]
    hung = [row for hanging in HANGING for row in _hung(hanging, record, to, until)]
    told = [(entry.at, _change(spec, entry, to)) for entry in rows]
    return sorted([*merged, *hung, *told], key=lambda row: row[0], reverse=True)


SOURCES: dict[str, Callable[[ListSpec, Record, Reader, datetime | None], Rows]] = {
    "events": _past_events,
    "notes": _notes,
    "documents": _documents,
    "changes": _changes,
}


def _newest(query: Any, at: Any, until: datetime | None) -> Any:
    """One more than a page holds: it tells that there are earlier ones."""
    return (query.where(at <= stored_time(until)) if until else query).limit(MOST + 1)


def _hangs(model: Any, record: Record, to: Reader) -> Any:
    """Rows about the record, and about the lead that a customer or contact was before."""
    about = (model.about == record.concept) & (model.about_id == record.id)
    if record.concept in ("partner", "contact"):
        origins = visible(Lead, to.by).where(getattr(Lead, record.concept) == record.id).select(Lead.id)
        about |= (model.about == "lead") & model.about_id.in_(origins)
    return model.deleted_at.is_null() & about


def _hung(hanging: Any, record: Record, to: Reader, until: datetime | None) -> Rows:
    """What was added, changed and taken away of rows that hang on the record; those in the bin tell it too."""
    ids = hanging.select(hanging.id).where((hanging.about == record.concept) & (hanging.about_id == record.id))
    entries = Entry.select().where((Entry.concept == hanging.concept) & Entry.record_id.in_(ids))
    found: Rows = []
    for entry in _newest(entries, Entry.at, until).order_by(Entry.at.desc(), Entry.id.desc()):
        who = to.directory.person_name(entry.actor_id) or "crmlite"
        did = HUNG.get(entry.verb, "changed")
        title = Markup("%s %s %s <b>%s</b>") % (who, did, HANGING[hanging], entry.label)
        icon = ICONS.get(entry.verb, ICONS["change"])
        found.append((entry.at, Item("change", icon, title, entry.at, door=entry.door)))
    return found


def _events(record: Record, to: Reader) -> Any:
    """Events linked to the record, and of a customer those with its people and about its opportunities and the leads
    it was; none where events have no link to its concept."""
    link = Event._meta.fields.get(record.concept)
    if link is None:
        return visible(Event, to.by).where(Event.id.is_null())
    linked = link == record.id
    for model, through in THROUGH.get(record.concept, ()):
        near = visible(model, to.by).where(through == record.id).select(model.id)
        linked |= Event._meta.fields[model.concept].in_(near)
    return visible(Event, to.by).where(linked)


THROUGH: dict[str, tuple[tuple[Any, Any], ...]] = {
    "partner": ((Contact, Contact.partner), (Opportunity, Opportunity.partner), (Lead, Lead.partner)),
    "contact": ((Lead, Lead.contact),),
}


def _leads_named(ids: list[int], to: Reader) -> dict[int, str]:
    return names("lead", ids, to) if ids else {}


def _origin(hanging: Any, record: Record, leads: dict[int, str]) -> str:
    if hanging.about == record.concept:
        return ""
    return record_link("lead", hanging.about_id, leads.get(hanging.about_id, "the lead"))


def _event(event: Event, to: Reader, planned: bool = False) -> Item:
    at = event.starts_at or event.due_at
    late = planned and (event.ends_at or event.due_at or to.now) < to.now
    state = ("late" if late else "planned") if planned else "done"
    title = Markup('<a href="/events/%d">%s</a>') % (event.id, event.label)
    return Item(
        "event",
        ICONS.get(event.kind, "calendar"),
        title,
        at if planned else at or event.updated_at,
        body=escape(event.description[:300]),
        state=state,
        url=f"/events/{event.id}",
        id=f"event-{event.id}",
        event=event,
    )


def _note(note: Note, files: list[Document], record: Record, leads: dict[int, str], to: Reader) -> Item:
    author = to.directory.person_name(note.owner_id) or "Somebody"
    return Item(
        "note",
        ICONS["note"],
        escape(author),
        note.created_at,
        body=spoken(note.body, to),
        id=f"note-{note.id}",
        note=note,
        documents=tuple(files),
        about=_origin(note, record, leads),
        may=frozenset(verb for verb in ("change", "delete") if may(to.by, verb, note)),
    )


def _document(document: Document, record: Record, leads: dict[int, str], to: Reader) -> Item:
    who = to.directory.person_name(document.owner_id) or "Somebody"
    title = Markup("%s attached") % who
    about = _origin(document, record, leads)
    id = f"document-{document.id}"
    return Item("document", ICONS["document"], title, document.created_at, id=id, documents=(document,), about=about)


def _merge(mark: Merge, to: Reader) -> Item:
    who = to.directory.person_name(mark.created_by_id) or "crmlite"
    return Item("change", ICONS["merged"], Markup("%s merged “%s” into this") % (who, mark.name), mark.created_at)


def _change(spec: ListSpec, entry: Entry, to: Reader) -> Item | None:
    who = to.directory.person_name(entry.actor_id) or "crmlite"
    icon = ICONS.get(entry.verb, ICONS["change"])
    if entry.verb in SENTENCES and entry.verb != "undid":
        return Item("change", icon, Markup("%s %s") % (who, SENTENCES[entry.verb]), entry.at, door=entry.door)
    parts = [part for name in entry.after if name not in QUIET and (part := _difference(spec, entry, name, to))]
    if not parts:
        return None
    lead_in = "undid: " if entry.verb == "undid" else "changed "
    title = Markup("%s %s%s") % (who, lead_in, Markup(", ").join(parts))
    return Item("change", icon, title, entry.at, door=entry.door)


def _difference(spec: ListSpec, entry: Entry, name: str, to: Reader) -> Markup | None:
    column = spec.column(name)
    if column is None:
        return None
    old, new = (_words(spec, column, values.get(name), entry, to) for values in (entry.before, entry.after))
    if column.kind.name == "long_text":
        return Markup("<b>%s</b>") % column.label
    return Markup("<b>%s</b> <del>%s</del> → %s") % (column.label, old or "empty", new or "empty")


def _words(spec: ListSpec, column: Any, value: Any, entry: Entry, to: Reader) -> str:
    if value in (None, ""):
        return ""
    if column.kind.name == "money":
        return escape(money(value, to.directory.currency, to))
    if column.kind.concept:
        return record_link(column.kind.concept, value, typed(column.kind, value, "", to).rpartition(" #")[0])
    if column.kind.options:
        return escape(next((word for key, word in column.kind.options(to, value) if key == value), value))
    return column.kind.show(revive(spec.model, column.name, value), to)
