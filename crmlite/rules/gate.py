"""The one way to write: permission, validation, version, transaction, journal, search row, calendar sequence."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from peewee import ForeignKeyField, IntegrityError, ModelSelect

from crmlite import clock
from crmlite.errors import Conflict, Invalid, Missing, Stale, Theirs
from crmlite.models.base import STAMPS, Record, database, is_sqlite, revive
from crmlite.models.calendars import Calendar
from crmlite.models.choices import Choice, Stage
from crmlite.models.events import Event
from crmlite.models.journal import Entry
from crmlite.models.merges import Merge
from crmlite.models.products import Tax
from crmlite.models.tables import TABLES
from crmlite.models.teams import Team
from crmlite.models.users import User
from crmlite.models.views import SavedView
from crmlite.rules import assigning, directory, reach, search_index, sync
from crmlite.rules.access import ADMINISTRATION, CONFIGURATION, OWNED, Actor, require, visible

R = TypeVar("R", bound=Record)
CHOICE_KINDS = {
    "source": "source",
    "lost_reason": "lost_reason",
    "category": None,
    "type": "opportunity_type",
    "job_title": "job_title",
    "sector": "sector",
    "cancel_reason": "cancel_reason",
}
UNTOLD = STAMPS | {"password_hash", "session_key", "digest"}  # secrets are nobody's history
_gesture: ContextVar[int | None] = ContextVar("gesture", default=None)
_reverses: ContextVar[int | None] = ContextVar("reverses", default=None)


@contextmanager
def together(reverses: int | None = None, gesture: int | None = None) -> Iterator[int]:
    """Everything written inside happens or nothing does, and is one gesture for Undo; yields its id. Work done in
    parts names the `gesture` that it goes on with."""
    outer = _gesture.get()
    with database.atomic():
        if outer is not None:
            yield outer
            return
        token = _gesture.set(gesture or new_gesture())
        back = _reverses.set(reverses)
        try:
            yield _gesture.get() or 0
        finally:
            _gesture.reset(token)
            _reverses.reset(back)


def new_gesture() -> int:
    return secrets.randbits(52)


def create(model: type[R], values: dict[str, Any], by: Actor, verb: str = "created") -> R:
    """Write a new record. Raises Invalid, Forbidden, Conflict."""
    with together():
        moment = clock.now()
        record = model(**values, created_at=moment, updated_at=moment, created_by_id=by.id, updated_by_id=by.id)
        record.prepare()
        _judge(record, values.keys(), by)
        require(by, "create", record, values.keys())
        after = record.as_values()
        _write(record, {}, after, by, verb)
    return record


def change(record: R, values: dict[str, Any], by: Actor, seen: int | None = None, verb: str = "changed") -> R:
    """Write `values` into the record as it stands now. With `seen`, the version that the person looked at, a field
    that another changed since raises Stale; other fields go through. Raises also Invalid, Forbidden, Missing.
    The record in hand is brought up to date either way; returns it."""
    with together():
        fresh = locked(record)
        before = fresh.as_values()
        if seen is not None and seen < fresh.version:
            refuse_stale(fresh, values, seen)
        require(by, "change", fresh, values.keys())
        for name, value in values.items():
            setattr(fresh, name, value)
        fresh.prepare()
        after = fresh.as_values()
        changed = [name for name in after if after[name] != before[name] and name not in STAMPS]
        if changed:
            _judge(fresh, changed, by)
            require(by, "change", fresh, changed)
            _write(fresh, before, after, by, verb)
        record.__data__ = fresh.__data__
        record.__rel__ = {}
    return record


def remove(record: R, by: Actor, seen: int | None = None) -> R:
    """Put the record into the bin, from which `restore` takes it back with all its links."""
    with together():
        fresh = locked(record)
        if seen is not None and seen < fresh.version:
            raise Stale("This has been changed since you opened it: please look again before deleting.", fresh, {})
        require(by, "delete", fresh)
        return _bin(fresh, record, by)


def discard(record: R, by: Actor) -> R:
    """Undo of a creation: into the bin, also for those who may write but not delete."""
    with together():
        fresh = locked(record)
        require(by, "delete" if isinstance(fresh, ADMINISTRATION) else "change", fresh)
        return _bin(fresh, record, by)


def restore(record: R, by: Actor) -> R:
    with together():
        fresh = locked(record, binned=True)
        before = fresh.as_values()
        fresh.deleted_at = None
        require(by, "restore", fresh)
        _write(fresh, before, fresh.as_values(), by, "restored")
        record.__data__ = fresh.__data__
    return record


def follow(record: R, links: dict[str, Any], by: Actor) -> R:
    """Let links follow the record they lead to, as a merge and its undo ask: also where the actor may not change
    or even see the row, and in the bin. It takes links and nothing else; the caller has made sure that the actor may
    change both ends."""
    fields = type(record)._meta.fields
    for name in links:
        if name != "about_id" and getattr(fields[name], "rel_model", None) not in OWNED.values():
            raise ValueError(f"{name} is no link that could follow.")
    with together():
        fresh = locked(record, binned=record.deleted_at is not None)
        before = fresh.as_values()
        for name, target in links.items():
            setattr(fresh, name, target)
        after = fresh.as_values()
        if after != before:
            _write(fresh, before, after, by, "followed")
    return fresh


def _bin(fresh: R, record: R, by: Actor) -> R:
    before = fresh.as_values()
    fresh.deleted_at = clock.now()
    _write(fresh, before, fresh.as_values(), by, "deleted")
    record.__data__ = fresh.__data__
    return record


def reorder(model: type[Record], ids: list[int], gap: float) -> None:
    """Spread positions evenly in the given order. The order people see stays, so neither version nor journal."""
    for place, record_id in enumerate(ids, 1):
        model.update(position=place * gap).where(model.id == record_id).execute()


def number(name: str) -> int:
    """The next number of a running sequence, which begins with 1; call it inside `together`, so that a refused record
    leaves no gap."""
    mark = "?" if is_sqlite() else "%s"
    sql = (
        f"INSERT INTO counters (name, value) VALUES ({mark}, 1) "
        "ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value"
    )
    return int(database.execute_sql(sql, (name,)).fetchone()[0])


def locked(record: R, binned: bool = False) -> R:
    """The row as it is now, held until the transaction ends (SQLite: the transaction holds all)."""
    model = type(record)
    query = model.select().where(model.id == record.id)
    fresh = (query if is_sqlite() else query.for_update()).first()
    if fresh is None or (fresh.deleted_at is not None) != binned:
        raise Missing(f"This {record.concept} has been deleted in the meantime.")
    return fresh


def refuse_stale(fresh: Record, values: dict[str, Any], seen: int) -> None:
    """Raises Stale when a field of `values` was changed to something else after version `seen`."""
    since = (
        Entry.select(Entry.at, Entry.after, User.name)
        .left_outer_join(User)
        .where((Entry.concept == fresh.concept) & (Entry.record_id == fresh.id) & (Entry.version > seen))
        .order_by(Entry.id)
        .tuples()
    )
    theirs = {
        name: Theirs(revive(type(fresh), name, after[name]), who or "crmlite", at)
        for at, after, who in since
        for name in values
        if name in after and getattr(fresh, _column(fresh, name)) != _plain_id(values[name])
    }
    if theirs:
        raise Stale("Somebody changed this at the same time.", fresh, theirs)


def _column(record: Record, name: str) -> str:
    field = record._meta.fields.get(name)
    return field.object_id_name if isinstance(field, ForeignKeyField) else name


def _plain_id(value: Any) -> Any:
    return value.id if isinstance(value, Record) else value


def _judge(record: Record, names: Any, by: Actor) -> None:
    found = {**record.problems(), **_bad_links(record, names, by)}
    if found:
        raise Invalid(fields=found)


def _bad_links(record: Record, names: Any, by: Actor) -> dict[str, str]:
    """References that lead nowhere, to a retired value, or to a record the actor may not see."""
    found = {}
    now = directory.current()
    for name in names:
        field = record._meta.fields.get(name) or record._meta.columns.get(name)
        if not isinstance(field, ForeignKeyField):
            continue
        target, model = record.__data__.get(field.name), field.rel_model
        if target is None:
            continue
        if model is Choice:
            choice = now.choices.get(target)
            wanted = CHOICE_KINDS.get(field.name)
            if choice is None or choice.retired or (wanted and choice.kind != wanted):
                found[field.name] = "This value is no longer on offer: please choose another from the list."
        elif model is Stage:
            if target not in now.stages or now.stages[target].retired:
                found[field.name] = "This stage is no longer on offer: please choose another."
        elif model is Tax:
            if target not in now.taxes or now.taxes[target].retired:
                found[field.name] = "This tax is no longer on offer: please choose another."
        elif model is User:
            if not isinstance(record, ADMINISTRATION) and (target not in now.people or not now.people[target].active):
                found[field.name] = "This person is no longer active: please choose another."
            elif field.name == "owner" and (sentence := assigning.refusal(record.concept, target)):
                found[field.name] = sentence
        elif model is Team:
            if target not in now.teams or now.teams[target].retired:
                found[field.name] = "This team is no longer on offer: please choose another."
        elif not _within_reach(model, by).where(model.id == target).exists():
            found[field.name] = f"This {model.concept} does not exist: please choose another."
    return found


def _within_reach(model: type[Record], by: Actor) -> ModelSelect:
    """What may be pointed at. Managers plan for others: `require` decides for whom."""
    if model is Calendar and by.leads_people:
        return Calendar.select().where(Calendar.deleted_at.is_null())
    return visible(model, by)


def _write(record: Record, before: dict[str, Any], after: dict[str, Any], by: Actor, verb: str) -> None:
    """Row, journal, search row, calendar sequence: always together."""
    if isinstance(record, Event):
        sync.stamp(record, before, after)
    try:
        if before:
            _update(record, by)
        else:
            record.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(_clash(record)) from error
    if isinstance(record, Event) and any(before.get(name) != after[name] for name in ("ics", "calendar")):
        sync.index(record)
    _journal(record, before, after, by, verb)
    for touched in reach.touched(record, before, after):
        search_index.stamp(touched)
    if isinstance(record, Merge):
        _carry(record)
    if isinstance(record, (*ADMINISTRATION, *CONFIGURATION, SavedView)):
        _touch_directory()
    if isinstance(record, User) and before and before["zone"] != after["zone"]:
        sync.index_days(record.id)


def _carry(merge: Merge) -> None:
    """Rows without a history of their own (guests of events) stand with the kept record while the merge stands."""
    tables = {table._meta.table_name: table for table in TABLES}
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
    values = {model._meta.fields[name]: value for name, value in record.__data__.items() if name != "id"}
    if not model.update(values).where((model.id == record.id) & (model.version == old)).execute():
        raise Stale("Somebody changed this at the same time.", record, {})


def _journal(record: Record, before: dict[str, Any], after: dict[str, Any], by: Actor, verb: str) -> None:
    if before:
        names = [name for name in after if after[name] != before[name] and name not in UNTOLD]
    else:
        names = [name for name in after if name not in UNTOLD and after[name] not in (None, "")]
    Entry.insert(
        at=clock.now(),
        actor=by.id,
        door=by.door,
        gesture=_gesture.get(),
        reverses=_reverses.get(),
        concept=record.concept,
        record_id=record.id,
        version=record.version,
        verb=verb,
        label=record.label[:500],
        before={name: before[name] for name in names} if before else {},
        after={name: after[name] for name in names},
    ).execute()


def _touch_directory() -> None:
    """A random epoch, so that one seen inside a transaction that rolls back is never met again."""
    mark = "?" if is_sqlite() else "%s"
    database.execute_sql(f"UPDATE counters SET value = {mark} WHERE name = 'directory'", (secrets.randbits(62),))


def _clash(record: Record) -> str:
    if isinstance(record, User):
        return f"The e-mail address {record.email} already has an account: please use another."
    return f"A {record.concept} like this already exists."
