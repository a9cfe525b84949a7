"""The hand of the gate: row, journal, search row and calendar sequence are written together, and go together. Nobody
else calls this."""

import secrets
from typing import Any, NamedTuple

from peewee import IntegrityError

from crmlite import clock
from crmlite.errors import Conflict, Stale
from crmlite.models import counters, statements
from crmlite.models.base import STAMPS, Record, Table, database, is_sqlite
from crmlite.models.calendars import Calendar
from crmlite.models.cards import Card
from crmlite.models.choices import Setting
from crmlite.models.documents import Document
from crmlite.models.events import Event
from crmlite.models.imports import Import, ImportRow
from crmlite.models.journal import Entry
from crmlite.models.merges import Distinction, Merge
from crmlite.models.tables import TABLES
from crmlite.models.users import User
from crmlite.models.views import SavedView
from crmlite.rules import bodies, invited, links, reach, ringing, search_index, sync
from crmlite.rules.access import ADMINISTRATION, CONFIGURATION, Actor

# Secrets are nobody's history; the text of a card is too large for it.
UNTOLD = STAMPS | {"password_hash", "session_key", "digest", "vcard", "known"}


class Act(NamedTuple):
    """What the journal says of a change beside the change itself."""

    by: Actor
    verb: str
    gesture: int
    reverses: int | None


def make_room(record: Record) -> None:
    """For a record that comes back from the bin. Raises Conflict."""
    if isinstance(record, Event):
        sync.make_room(record)


def write(record: Record, before: dict[str, Any], after: dict[str, Any], act: Act) -> None:
    """A new record where `before` is empty, else the changed one. Raises Conflict, Stale."""
    if isinstance(record, Event):
        sync.stamp(record, before, after)
    try:
        if before:
            _update(record, act.by)
        else:
            if is_sqlite():
                record.id = _fresh_id(type(record))
            record.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(_clash(record)) from error
    if isinstance(record, Event) and any(before.get(name) != after[name] for name in ("ics", "calendar")):
        sync.index(record)
    if isinstance(record, Event) and any(before.get(name) != after[name] for name in ringing.TOLD_IN):
        ringing.index(record)
    if isinstance(record, Event) and any(before.get(name) != after[name] for name in sync.ON_THE_WIRE):
        invited.stamp(record)
    _journal(record, before, after, act)
    for touched in reach.touched(record, before, after):
        if touched is not record or not search_index.stays(record, before, after):
            search_index.stamp(touched)
    if isinstance(record, Merge):
        _carry(record)
    if isinstance(record, (*ADMINISTRATION, *CONFIGURATION, SavedView)):
        _touch_directory()
    if isinstance(record, User) and before and before["zone"] != after["zone"]:
        _index_days(Calendar.owner == record.id)
    if isinstance(record, Setting) and record.key == "zone":
        _index_days(Calendar.owner.is_null())


def _index_days(calendars: Any) -> None:
    sync.index_days(calendars)
    ringing.index_days(calendars)


def erase(record: Record, act: Act) -> None:
    """Drop the row with all that hangs on it and with what the journal holds of both; one line without contents says
    that it was done."""
    search_index.unlearn(record)
    going = [*links.hanging_on(record), record]
    digests = {digest for row in going for digest in _digests(row)}
    for row in going:
        Entry.delete().where((Entry.concept == row.concept) & (Entry.record_id == row.id)).execute()
        type(row).delete().where(type(row).id == row.id).execute()
    _forget_marks(record)
    _count_erasure()
    if digests:
        bodies.drop_unused(digests)
    _tell(act, record, f"{record.concept} {record.id}", record.version + 1, {}, {})


def _digests(row: Record) -> set[str]:
    return {row.digest, row.preview} - {""} if isinstance(row, Document) else set()


def _forget_marks(record: Record) -> None:
    """What stands about the record in rows that hold its id and hang on nothing."""
    concept, number = record.concept, record.id
    marks = {
        Merge: (Merge.about == concept) & ((Merge.kept == number) | (Merge.loser == number)),
        Card: (Card.about == concept) & (Card.card_of == number),
        Distinction: (Distinction.about == concept) & ((Distinction.low == number) | (Distinction.high == number)),
    }
    for model, which in marks.items():
        ids = [row.id for row in model.select(model.id).where(which)]
        Entry.delete().where((Entry.concept == model.concept) & Entry.record_id.in_(ids or [0])).execute()
        model.delete().where(model.id.in_(ids or [0])).execute()
    ended = Import.select(Import.id).where((Import.target == concept) & Import.state.not_in(["running", "undoing"]))
    came = (ImportRow.record_id == number) & ImportRow.batch.in_(ended)
    ImportRow.update(cells=[], record_id=None).where(came).execute()


def _count_erasure() -> None:
    """Phones that still hold the card of what is gone begin anew, since the journal no longer tells of it."""
    counters.following("erasures")


def _carry(merge: Merge) -> None:
    """Rows without a history of their own (guests of events) stand with the kept record while the merge stands."""
    tables: dict[str, type[Table]] = {table._meta.table_name: table for table in TABLES}
    old, new = (merge.loser, merge.kept) if merge.deleted_at is None else (merge.kept, merge.loser)
    for place, ids in merge.carried.items():
        table, _, name = place.partition(".")
        model = tables[table]
        for start in range(0, len(ids), 500):
            which = model.id.in_(ids[start : start + 500]) & (model._meta.fields[name] == old)
            model.update({name: new}).where(which).execute()


def _update(record: Record, by: Actor) -> None:
    model, old = type(record), record.version
    record.version = old + 1
    record.updated_at = clock.now()
    record.updated_by_id = by.id
    values = {name: value for name, value in record.__data__.items() if name != "id"}
    if not statements.update(model, values, id=record.id, version=old):
        raise Stale("Somebody changed this at the same time.", record, {})


def _fresh_id(model: type[Record]) -> int:
    """SQLite would give the highest number again after its row was erased; the journal still knows it."""
    table = model._meta.table_name
    sql = f"SELECT (SELECT MAX(id) FROM {table}), (SELECT MAX(record_id) FROM entries WHERE concept = ?)"
    highest, told = database.execute_sql(sql, (model.concept,)).fetchone()
    return max(highest or 0, told or 0) + 1


def _journal(record: Record, before: dict[str, Any], after: dict[str, Any], act: Act) -> None:
    if before:
        names = [name for name in after if after[name] != before[name] and name not in UNTOLD]
    else:
        names = [name for name in after if name not in UNTOLD and after[name] not in (None, "")]
    old = {name: before[name] for name in names} if before else {}
    _tell(act, record, record.label, record.version, old, {name: after[name] for name in names})


def _tell(
    act: Act, record: Record, label: str, version: int, before: dict[str, Any], after: dict[str, Any]
) -> None:
    statements.insert(
        Entry, at=clock.now(), actor=act.by.id, door=act.by.door, gesture=act.gesture, reverses=act.reverses,
        concept=record.concept, record_id=record.id, version=version, verb=act.verb, label=label[:500],
        before=before, after=after,
    )  # fmt: skip


def _touch_directory() -> None:
    """A random epoch, so that one seen inside a transaction that rolls back is never met again."""
    mark = "?" if is_sqlite() else "%s"
    database.execute_sql(f"UPDATE counters SET value = {mark} WHERE name = 'directory'", (secrets.randbits(62),))


def _clash(record: Record) -> str:
    if isinstance(record, User):
        return f"The e-mail address {record.email} already has an account: please use another."
    return f"A {record.concept} like this already exists."
