"""One record's story: what is planned, then what happened, newest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup, escape

from crmlite.lists.kinds import record_link, typed
from crmlite.lists.reader import Reader, money
from crmlite.lists.spec import ListSpec
from crmlite.models.addresses import Address
from crmlite.models.base import Record, revive
from crmlite.models.contact_points import ContactPoint
from crmlite.models.events import OPEN_STATUSES, Event
from crmlite.models.journal import Entry
from crmlite.models.merges import Merge
from crmlite.models.notes import Note
from crmlite.rules import merges
from crmlite.rules.access import visible
from crmlite.rules.journal import of_record

MOST = 60
ICONS = {
    "meeting": "calendar",
    "call": "phone",
    "task": "square-check",
    "event": "calendar-days",
    "email": "mail",
    "note": "message-square",
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


@dataclass(frozen=True)
class Item:
    """`kind` is event, note or change; `state` planned, late, done or empty. `title` and `body` are safe HTML."""

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


def planned(record: Record, to: Reader) -> list[Item]:
    """Open events of this record, the next one first, those without a date last."""
    events = _events(record, to).where(Event.status.in_(OPEN_STATUSES))
    when = Event.starts_at.is_null(), Event.starts_at, Event.due_at, Event.id
    return [_event(event, to, planned=True) for event in events.order_by(*when).limit(MOST)]


def history(spec: ListSpec, record: Record, to: Reader, only: str = "") -> list[Item]:
    """What happened; `only` events, notes or changes."""
    found: list[Item] = []
    if only in ("", "events"):
        past = _events(record, to).where(Event.status.not_in(OPEN_STATUSES))
        found += [_event(event, to) for event in past.order_by(Event.starts_at.desc()).limit(MOST)]
    if only in ("", "notes"):
        about = (Note.about == record.concept) & (Note.about_id == record.id) & Note.deleted_at.is_null()
        found += [_note(note, to) for note in Note.select().where(about).order_by(Note.id.desc()).limit(MOST)]
    if only in ("", "changes"):
        found += [item for entry in of_record(record).limit(MOST) if (item := _change(spec, entry, to))]
        found += [_merge(mark, to) for mark in merges.into(record)]
        found += [item for hanging in HANGING for item in _hung(hanging, record, to)]
    found.sort(key=lambda item: item.at or to.now, reverse=True)
    return found[:MOST]


def _hung(hanging: Any, record: Record, to: Reader) -> list[Item]:
    """What was added, changed and taken away of rows that hang on the record; those in the bin tell it too."""
    ids = hanging.select(hanging.id).where((hanging.about == record.concept) & (hanging.about_id == record.id))
    entries = Entry.select().where((Entry.concept == hanging.concept) & Entry.record_id.in_(ids))
    found = []
    for entry in entries.order_by(Entry.id.desc()).limit(MOST):
        who = to.directory.person_name(entry.actor_id) or "crmlite"
        did = HUNG.get(entry.verb, "changed")
        title = Markup("%s %s %s <b>%s</b>") % (who, did, HANGING[hanging], entry.label)
        found.append(Item("change", ICONS.get(entry.verb, ICONS["change"]), title, entry.at, door=entry.door))
    return found


def _events(record: Record, to: Reader) -> Any:
    """Events linked to the record; none where events have no link to its concept."""
    link = Event._meta.fields.get(record.concept)
    return visible(Event, to.by).where((link == record.id) if link else Event.id.is_null())


def _event(event: Event, to: Reader, planned: bool = False) -> Item:
    at = event.starts_at or event.due_at
    late = planned and (event.ends_at or event.due_at or to.now) < to.now
    state = ("late" if late else "planned") if planned else "done"
    title = Markup('<a href="/events/%d">%s</a>') % (event.id, event.label)
    return Item(
        "event",
        ICONS.get(event.kind, "calendar"),
        title,
        at,
        body=escape(event.description[:300]),
        state=state,
        url=f"/events/{event.id}",
        id=f"event-{event.id}",
        event=event,
    )


def _note(note: Note, to: Reader) -> Item:
    author = to.directory.person_name(note.owner_id) or "Somebody"
    return Item("note", ICONS["note"], escape(author), note.created_at, body=escape(note.body), id=f"note-{note.id}")


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
