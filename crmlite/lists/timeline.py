"""One record's story: what is planned, then what happened, newest first."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from peewee import ModelSelect, fn

from crmlite.lists import changes, timeline_items
from crmlite.lists.kinds import names
from crmlite.lists.reader import Reader
from crmlite.lists.spec import ListSpec
from crmlite.lists.timeline_items import Item
from crmlite.models.addresses import Address
from crmlite.models.base import Record, stored_time
from crmlite.models.contact_points import ContactPoint
from crmlite.models.contacts import Contact
from crmlite.models.documents import Document
from crmlite.models.events import OPEN_STATUSES, Event
from crmlite.models.journal import Entry
from crmlite.models.leads import Lead
from crmlite.models.merges import Merge
from crmlite.models.notes import Note
from crmlite.models.opportunities import Opportunity
from crmlite.models.quotes import QuoteLine
from crmlite.models.statements import statement
from crmlite.rules import agenda, guests, merges
from crmlite.rules.access import Actor, visible
from crmlite.rules.reach import REACHED

MOST = 40
SITTING = timedelta(minutes=15)  # changes of lines by one person within it are told as one
THROUGH: dict[str, tuple[tuple[Any, Any], ...]] = {
    "partner": ((Contact, Contact.partner), (Opportunity, Opportunity.partner), (Lead, Lead.partner)),
    "contact": ((Lead, Lead.contact),),
}
# What an item shows of each: an event, above all, has much more.
EVENT = (
    Event.id, Event.kind, Event.subject, Event.description, Event.status, Event.starts_at, Event.ends_at, Event.due_at,
    Event.updated_at, Event.all_day, Event.start_date, Event.recurring, Event.alarm_minutes,
    Event.range_end, Event.owner,
)  # fmt: skip
ENTRY = (
    Entry.id, Entry.at, Entry.actor, Entry.door, Entry.concept, Entry.verb, Entry.label, Entry.before, Entry.after,
    Entry.record_id,
)  # fmt: skip


class Page(NamedTuple):
    """`earlier` is where the next page begins; empty where all is told."""

    items: list[Item]
    earlier: str


class Found(NamedTuple):
    """A row that belongs here, and what makes an item of it; None where it has nothing to tell."""

    at: datetime
    tell: Callable[[], Item | None]


def planned(record: Record, to: Reader) -> list[Item]:
    """Open events of this record, the next one first, those without a date last."""
    rows = _planned(record.concept, to.by, id=record.id, now=stored_time(to.now))
    invited = guests.of([event.id for event in rows]) if rows else {}
    return [timeline_items.of_planned(event, to, invited.get(event.id, ())) for event in rows]


def history(
    spec: ListSpec, record: Record, to: Reader, only: str = "", before: str = "", merged: list[Merge] | None = None
) -> Page:
    """What happened, newest first; `only` events, notes, documents or changes; from `before` on, an `earlier`. Whoever
    has asked already what was `merged` into the record hands it on."""
    until = _moment(before)
    values = {"id": record.id} | ({"until": stored_time(until)} if until else {})
    rows: list[Found] = []
    horizons: list[datetime] = []
    for name, source in SOURCES.items():
        if only in ("", name):
            found = source(spec, record, to, values, only)
            rows += found
            if len(found) > MOST:
                horizons.append(found[MOST].at)
    if only in ("", "changes"):
        rows += _merges(merges.into(record) if merged is None else merged, to, until)
    rows.sort(key=lambda row: row.at, reverse=True)
    items = _told(rows, MOST + 1)
    if len(items) > MOST:
        horizons.append(items[MOST].at or to.now)
    if not horizons:
        return Page(items, "")
    # What lies before the last row of the fullest source may not all be here: it is the next page's.
    horizon = max(horizons)
    if above := [item for item in items if not item.at or item.at > horizon]:
        return Page(above, horizon.isoformat())
    at_once = _told([row for row in rows if row.at == horizon], len(rows))
    return Page(at_once, (horizon - timedelta(microseconds=1)).isoformat())


def _told(rows: list[Found], most: int) -> list[Item]:
    items: list[Item] = []
    for row in rows:
        if len(items) == most:
            break
        if item := row.tell():
            items.append(item)
    return items


def _moment(text: str) -> datetime | None:
    """The time an address names; one that cannot be read begins at the top."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo and 1900 < found.year < 9000 else None


def _past_events(spec: ListSpec, record: Record, to: Reader, values: dict[str, Any], only: str) -> list[Found]:
    events = list(_past(record.concept, to.by, **values))
    invited = guests.of([event.id for event in events]) if events else {}

    def tell(event: Event) -> Found:
        at = event.starts_at or event.due_at or event.updated_at
        return Found(at, lambda: timeline_items.of_event(event, to, guests=invited.get(event.id, ())))

    return [tell(event) for event in events]


def _notes(spec: ListSpec, record: Record, to: Reader, values: dict[str, Any], only: str) -> list[Found]:
    rows = _written(Note, record.concept, to.by, **values)
    files: dict[int, list[Document]] = {}
    for one in _files(notes=[note.id for note in rows]) if rows else ():
        files.setdefault(one.note_id, []).append(one)
    leads = _leads_named(rows, record, to)
    return [
        Found(
            note.created_at,
            lambda note=note: timeline_items.of_note(note, files.get(note.id, []), record, leads, to),
        )
        for note in rows
    ]


def _documents(spec: ListSpec, record: Record, to: Reader, values: dict[str, Any], only: str) -> list[Found]:
    """Where all is told, a file of a note stands beneath it already."""
    rows = _written(Document, record.concept, to.by, **values)
    leads = _leads_named(rows, record, to)

    def tell(one: Document) -> Item | None:
        return timeline_items.of_document(one, record, leads, to) if only or one.note_id is None else None

    return [Found(one.created_at, lambda one=one: tell(one)) for one in rows]


def _changes(spec: ListSpec, record: Record, to: Reader, values: dict[str, Any], only: str) -> list[Found]:
    found = [
        Found(entry.at, lambda entry=entry: changes.of_entry(spec, entry, to))
        for entry in _entries(record.concept, **values)
    ]
    for hanging in (ContactPoint, Address) if record.concept in REACHED else ():
        found += [
            Found(entry.at, lambda entry=entry: changes.of_hanging(entry, to))
            for entry in _hung(hanging, record.concept, **values)
        ]
    if record.concept == "quote":
        found = [*_sittings(_line_entries(**values), to), *found]
    return sorted(found, key=lambda row: row.at, reverse=True)


def _merges(marks: list[Merge], to: Reader, until: datetime | None) -> list[Found]:
    told = [mark for mark in marks if until is None or mark.created_at <= until]
    return [Found(mark.created_at, lambda mark=mark: timeline_items.of_merge(mark, to)) for mark in told]


def _sittings(entries: list[Entry], to: Reader) -> list[Found]:
    """Each sitting as one item; its further entries are rows of this page that tell nothing."""
    runs: list[list[Entry]] = []
    for entry in entries:
        last = runs[-1][-1] if runs else None
        if last is None or last.actor_id != entry.actor_id or last.at - entry.at > SITTING:
            runs.append([])
        runs[-1].append(entry)
    found = [Found(run[0].at, lambda run=run: changes.of_lines(run, to)) for run in runs]
    return found + [Found(entry.at, lambda: None) for run in runs for entry in run[1:]]


SOURCES: dict[str, Callable[[ListSpec, Record, Reader, dict[str, Any], str], list[Found]]] = {
    "events": _past_events,
    "notes": _notes,
    "documents": _documents,
    "changes": _changes,
}


@statement
def _planned(concept: str, by: Actor, id: Any, now: Any) -> ModelSelect:
    moment = agenda.next_moment(now)
    known = _events(concept, by, id).where(Event.status.in_(OPEN_STATUSES)).select_extend(moment.alias("moment"))
    return known.order_by(moment.is_null(), moment, Event.id).limit(MOST)


@statement
def _past(concept: str, by: Actor, id: Any, until: Any = None) -> ModelSelect:
    at = fn.COALESCE(Event.starts_at, Event.due_at, Event.updated_at)
    past = _events(concept, by, id).where(Event.status.not_in(OPEN_STATUSES))
    return _newest(past, at, until).order_by(at.desc(), Event.id.desc())


@statement
def _written(model: Any, concept: str, by: Actor, id: Any, until: Any = None) -> ModelSelect:
    """Notes or files about the record, and about the lead that a customer or contact was before."""
    about = (model.about == concept) & (model.about_id == id)
    if concept in ("partner", "contact"):
        origins = visible(Lead, by).where(getattr(Lead, concept) == id).select(Lead.id)
        about |= (model.about == "lead") & model.about_id.in_(origins)
    if model is Document:
        about &= Document.kind == "file"
    written = model.select().where(model.deleted_at.is_null() & about)
    return _newest(written, model.created_at, until).order_by(model.created_at.desc())


@statement
def _files(notes: Any) -> ModelSelect:
    return Document.select().where(Document.note.in_(notes) & Document.deleted_at.is_null())


@statement
def _entries(concept: str, id: Any, until: Any = None) -> ModelSelect:
    told = Entry.select(*ENTRY).where((Entry.concept == concept) & (Entry.record_id == id))
    return _newest(told, Entry.at, until).order_by(Entry.at.desc(), Entry.id.desc()).namedtuples()


@statement
def _hung(hanging: Any, concept: str, id: Any, until: Any = None) -> ModelSelect:
    """Of what hangs on the record; what lies in the bin tells it too."""
    ids = hanging.select(hanging.id).where((hanging.about == concept) & (hanging.about_id == id))
    told = Entry.select(*ENTRY).where((Entry.concept == hanging.concept) & Entry.record_id.in_(ids))
    return _newest(told, Entry.at, until).order_by(Entry.at.desc(), Entry.id.desc()).namedtuples()


@statement
def _line_entries(id: Any, until: Any = None) -> ModelSelect:
    """Of the lines of a quote; what lies in the bin tells it too."""
    ids = QuoteLine.select(QuoteLine.id).where(QuoteLine.quote == id)
    told = Entry.select(*ENTRY).where((Entry.concept == QuoteLine.concept) & Entry.record_id.in_(ids))
    return _newest(told, Entry.at, until).order_by(Entry.at.desc(), Entry.id.desc()).namedtuples()


def _events(concept: str, by: Actor, id: Any) -> ModelSelect:
    """Events linked to the record, and of a customer those with its people and about its opportunities and the leads
    it was; none where events have no link to its concept."""
    link = Event._meta.fields.get(concept)
    if link is None:
        return visible(Event, by).where(Event.id.is_null()).select(*EVENT)
    linked = link == id
    for model, through in THROUGH.get(concept, ()):
        near = visible(model, by).where(through == id).select(model.id)
        linked |= Event._meta.fields[model.concept].in_(near)
    return visible(Event, by).where(linked).select(*EVENT)


def _newest(query: ModelSelect, at: Any, until: Any) -> ModelSelect:
    """One more than a page holds: it tells that there are earlier ones."""
    return (query.where(at <= until) if until is not None else query).limit(MOST + 1)


def _leads_named(rows: list[Any], record: Record, to: Reader) -> dict[int, str]:
    return names("lead", [row.about_id for row in rows if row.about != record.concept], to)
