"""The one way to write: permission, validation, version, transaction, journal, search row, calendar sequence."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from peewee import ModelSelect

from crmlite import clock
from crmlite.errors import Missing, Stale
from crmlite.models import counters
from crmlite.models.base import STAMPS, Record, database, is_sqlite
from crmlite.models.statements import statement
from crmlite.rules import links, writing
from crmlite.rules.access import ADMINISTRATION, LISTED, Actor, require
from crmlite.rules.soundness import judge, refuse_stale
from crmlite.rules.writing import Act

R = TypeVar("R", bound=Record)
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
        judge(record, values.keys(), by)
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
            judge(fresh, changed, by)
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
        writing.make_room(fresh)
        _write(fresh, before, fresh.as_values(), by, "restored")
        record.__data__ = fresh.__data__
    return record


def erase(record: Record, by: Actor) -> None:
    """Drop for good what lies in the bin, with all that hangs on it; what pointed at it points at nothing then. No Undo
    brings it back, and the journal keeps no more than that it was done."""
    with together():
        fresh = locked(record, binned=True)
        require(by, "erase", fresh)
        for row, name in links.pointing_at(fresh):
            follow(row, {name: None}, by)
        writing.erase(fresh, _act(by, "erased"))


def follow(record: R, targets: dict[str, Any], by: Actor) -> R:
    """Let links follow the record they lead to, as a merge and its undo ask: also where the actor may not change
    or even see the row, and in the bin. It takes links and nothing else; the caller has made sure that the actor may
    change both ends."""
    fields = type(record)._meta.fields
    for name in targets:
        if name != "about_id" and getattr(fields[name], "rel_model", None) not in LISTED.values():
            raise ValueError(f"{name} is no link that could follow.")
    with together():
        fresh = locked(record, binned=record.deleted_at is not None)
        before = fresh.as_values()
        for name, target in targets.items():
            setattr(fresh, name, target)
        after = fresh.as_values()
        if after != before:
            _write(fresh, before, after, by, "followed")
    return fresh


def reply(event: R, columns: dict[str, Any], by: Actor) -> R:
    """Let a guest's answer into an event that they may not change. It takes another text and what that hashes to, and
    nothing else; the caller has made sure that no more than the guest's own answer is new in it."""
    with together():
        fresh = locked(event)
        before = fresh.as_values()
        for name, value in columns.items():
            setattr(fresh, name, value)
        after = fresh.as_values()
        changed = {name for name in after if after[name] != before[name]}
        if not changed <= {"ics", "etag"}:
            raise ValueError(f"{', '.join(sorted(changed))}: more than an answer.")
        if changed:
            _write(fresh, before, after, by, "answered")
    return fresh


def reorder(model: type[Record], ids: list[int], gap: float) -> None:
    """Spread positions evenly in the given order. The order people see stays, so neither version nor journal."""
    for place, record_id in enumerate(ids, 1):
        model.update(position=place * gap).where(model.id == record_id).execute()


def number(name: str) -> int:
    """The next number of a running sequence, which begins with 1; call it inside `together`, so that a refused record
    leaves no gap."""
    return counters.following(name)


def locked(record: R, binned: bool = False) -> R:
    """The row as it is now, held until the transaction ends (SQLite: the transaction holds all)."""
    fresh = next(iter(_held(type(record), id=record.id)), None)
    if fresh is None or (fresh.deleted_at is not None) != binned:
        raise Missing(f"This {record.concept} has been deleted in the meantime.")
    return fresh


@statement
def _held(model: type[R], id: Any) -> ModelSelect:
    query = model.select().where(model.id == id)
    return query if is_sqlite() else query.for_update()


def _bin(fresh: R, record: R, by: Actor) -> R:
    before = fresh.as_values()
    fresh.deleted_at = clock.now()
    _write(fresh, before, fresh.as_values(), by, "deleted")
    record.__data__ = fresh.__data__
    return record


def _write(record: Record, before: dict[str, Any], after: dict[str, Any], by: Actor, verb: str) -> None:
    writing.write(record, before, after, _act(by, verb))


def _act(by: Actor, verb: str) -> Act:
    return Act(by, verb, _gesture.get() or 0, _reverses.get())
