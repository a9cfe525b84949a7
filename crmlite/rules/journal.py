"""Readers of the journal: what happened to a record, what happened lately, and taking a gesture back."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, NamedTuple

from peewee import ModelSelect, fn

from crmlite import clock
from crmlite.errors import Conflict, Forbidden, Missing
from crmlite.models.base import Record, database, is_sqlite, revive
from crmlite.models.choices import Choice
from crmlite.models.hanging import Hanging
from crmlite.models.journal import Entry
from crmlite.models.tables import RECORDS
from crmlite.rules import gate
from crmlite.rules.access import ABOUT, LISTED, Actor, look, visible
from crmlite.rules.directory import current

OVERLAP = timedelta(seconds=10)
MOST_AT_ONCE = 200
DERIVED = ("full_name", "sort_name")


class Change(NamedTuple):
    concept: str
    id: int


def of_record(record: Record) -> ModelSelect:
    """Entries about one record, newest first."""
    return (
        Entry.select()
        .where((Entry.concept == record.concept) & (Entry.record_id == record.id))
        .order_by(Entry.id.desc())
    )


def last_id() -> int:
    return database.execute_sql("SELECT MAX(id) FROM entries").fetchone()[0] or 0


def since(entry_id: int, by: Actor) -> tuple[int, list[Change]]:
    """The newest entry id and the visible records changed after `entry_id`. On PostgreSQL a lower id may become
    visible after a higher one, so entries of the last seconds are told again."""
    newest = last_id()
    recent = Entry.select(fn.MIN(Entry.id)).where((Entry.id > entry_id - 500) & (Entry.at > clock.now() - OVERLAP))
    start = entry_id if newest == entry_id else min(entry_id, (recent.scalar() or newest) - 1)
    if newest <= start:
        return newest, []
    by_concept: dict[str, set[int]] = {}
    for concept, record_id in [*_changed(start), *(one for hanging in ABOUT for one in _hung(hanging, start))]:
        by_concept.setdefault(concept, set()).add(record_id)
    seen = [
        Change(concept, row[0])
        for concept, ids in by_concept.items()
        for row in visible(LISTED[concept], by).where(LISTED[concept].id.in_(ids)).select(LISTED[concept].id).tuples()
    ]
    return newest, seen


def _changed(start: int) -> Iterable[tuple[str, int]]:
    query = Entry.select(Entry.concept, Entry.record_id).where((Entry.id > start) & Entry.concept.in_(list(LISTED)))
    return query.distinct().order_by(Entry.record_id).limit(MOST_AT_ONCE).tuples()


def _hung(hanging: Any, start: int) -> Iterable[tuple[str, int]]:
    """The records on which something hangs that was written: a note, a further address."""
    written = Entry.select(Entry.record_id).where((Entry.id > start) & (Entry.concept == hanging.concept))
    return hanging.select(hanging.about, hanging.about_id).where(hanging.id.in_(written)).limit(MOST_AT_ONCE).tuples()


def undo(gesture: int, by: Actor, leaving: list[str] | None = None) -> tuple[list[Entry], int]:
    """Take a gesture back, newest change first, all or nothing; returns what was taken back and the gesture that
    did it. Raises Missing when there is no such gesture of theirs, Conflict when somebody has changed the same fields
    since or it was undone. With a list `leaving`, what was changed since stays instead, and the list is told so in
    sentences. For thousands of changes there is `undoing.begin`."""
    with gate.together(reverses=gesture) as undone:
        undoable(gesture, by)
        entries = list(Entry.select().where(Entry.gesture == gesture).order_by(Entry.id.desc()))
        for entry in entries:
            take_back(entry, by, leaving)
    return entries, undone


def undoable(gesture: int, by: Actor) -> Entry:
    """The newest change of a gesture that the actor may take back now, held so that nobody else does meanwhile.
    Raises Missing, Forbidden, Conflict."""
    of_it = Entry.select().where(Entry.gesture == gesture)
    newest = of_it.order_by(Entry.id.desc()).limit(1)
    found = (newest if is_sqlite() else newest.for_update()).first()
    if found is None:
        raise Missing("There is nothing to undo here.")
    others = of_it.where(Entry.actor.is_null() | (Entry.actor != by.id)) if by.id else of_it
    if not by.leads_people and others.exists():
        raise Forbidden("Only the person who did this, an owner or a manager can undo it.")
    if undone([gesture]):
        raise Conflict("This has been undone already.")
    return found


def undone(gestures: Iterable[int]) -> set[int]:
    """Those of these gestures that were undone, unless that was itself undone last."""
    undos = (
        Entry.select(Entry.reverses, Entry.gesture)
        .where(Entry.reverses.in_(list(gestures) or [0]))
        .group_by(Entry.reverses, Entry.gesture)
        .order_by(fn.MAX(Entry.id))
    )
    latest = dict(undos.tuples())
    redone = Entry.select(Entry.reverses).where(Entry.reverses.in_(list(latest.values()) or [0])).distinct()
    again = {row[0] for row in redone.tuples()}
    return {gesture for gesture, undo_of_it in latest.items() if undo_of_it not in again}


def take_back(entry: Entry, by: Actor, leaving: list[str] | None) -> None:
    """Undo one change, inside the gesture that undoes. What others changed since is refused, or with `leaving` left
    and told there."""
    model = RECORDS[entry.concept]
    record = model.get_or_none(model.id == entry.record_id)
    if record is None:
        raise Missing(f"“{entry.label}” is no longer there.")
    if sentence := _closed_since(entry, record):
        _leave(sentence, leaving)
        return
    if entry.verb == "deleted":
        if leaving is None or record.deleted_at is not None:
            gate.restore(record, by)
        return
    if entry.version == 1 and leaving is not None:
        _drop_unless_changed(entry, record, by, leaving)
        return
    overtaken = _overtaken(entry, record)
    if overtaken and leaving is None:
        _refuse_overtaken(entry, record, overtaken, by)
    if entry.version == 1 or entry.verb == "restored":
        gate.discard(record, by)
        return
    if overtaken and leaving is not None:
        leaving.append(f"{called(record, by)} keeps what was changed since: {_words(overtaken)}.")
        if record.closed_by in entry.before and entry.verb != "merged":
            return  # a step is taken back whole or not at all
    values = {name: revive(model, name, value) for name, value in entry.before.items() if name not in overtaken}
    if entry.verb == "followed":
        gate.follow(record, values, by)
    else:
        gate.change(record, values, by, verb="undid")


def _closed_since(entry: Entry, record: Record) -> str:
    """Why this change can no longer be taken back, where what it was made in can only be read since; links that
    followed a merge follow back, and a record itself goes to the bin and comes back."""
    closed = record
    if isinstance(record, Hanging):
        owner = RECORDS[record.about]
        closed = owner.get_or_none(owner.id == record.about_id) or record
    elif entry.version == 1 or entry.verb in ("deleted", "restored") or closed.closed_by in entry.before:
        return ""
    sentence = closed.closed_refusal() if entry.verb != "followed" and set(entry.before) != {"archived"} else ""
    if not sentence:
        return ""
    later = (Entry.concept == closed.concept) & (Entry.record_id == closed.id) & (Entry.id > entry.id)
    steps = Entry.select(Entry.after, Entry.gesture).where(later).tuples()
    return sentence if any(closed.closed_by in after and gesture != entry.gesture for after, gesture in steps) else ""


def _leave(sentence: str, leaving: list[str] | None) -> None:
    """Raises Conflict where nothing may be left alone."""
    if leaving is None:
        raise Conflict(sentence)
    leaving.append(sentence)


def _drop_unless_changed(entry: Entry, record: Record, by: Actor, leaving: list[str]) -> None:
    """The undo of a creation that leaves alone what somebody went on with."""
    ours = (Entry.gesture == entry.gesture) | (Entry.reverses.is_null(False) & (Entry.reverses == entry.gesture))
    same = (Entry.concept == entry.concept) & (Entry.record_id == entry.record_id) & (Entry.id > entry.id)
    if isinstance(record, Hanging):  # what was made with its record stays with it
        about = (Entry.concept == record.about) & (Entry.record_id == record.about_id)
        if Entry.select().where(about & (Entry.gesture == entry.gesture) & (Entry.version == 1)).exists():
            same |= about & (Entry.id > entry.id)
    if record.deleted_at is not None:
        return
    if Entry.select().where(same & ~ours).exists():
        leaving.append(f"{called(record, by)} was changed since and stays.")
    elif isinstance(record, Choice) and _in_use(record):
        leaving.append(f"“{record.label}” stays on its list, since records use it.")
    else:
        gate.discard(record, by)


def _in_use(choice: Choice) -> bool:
    """Whether a record outside the bin has it."""
    columns = [column for model in RECORDS.values() for column in model._meta.refs if column.rel_model is Choice]
    return any(
        column.model.select().where((column == choice.id) & column.model.deleted_at.is_null()).exists()
        for column in columns
    )


def _overtaken(entry: Entry, record: Record) -> list[str]:
    """The fields that are neither as this change left them nor as they were before."""
    now, before = record.as_values(), entry.before
    changed = [name for name, value in entry.after.items() if now.get(name) != value]
    return [name for name in changed if name not in before or now.get(name) != before[name]]


def called(record: Record, by: Actor) -> str:
    """Links of what the actor may not see followed too; its name is not told."""
    return f"“{record.label}”" if look(type(record), record.id, by) else "something linked here"


def _words(names: list[str]) -> str:
    told = [name for name in names if name not in DERIVED] or names
    return ", ".join(name.replace("_", " ") for name in told[:3])


def _refuse_overtaken(entry: Entry, record: Record, overtaken: list[str], by: Actor) -> None:
    later = Entry.select().where(
        (Entry.concept == entry.concept) & (Entry.record_id == entry.record_id) & (Entry.id > entry.id)
    )
    last = later.order_by(Entry.id.desc()).first()
    who = current().person_name(last.actor_id) if last and last.actor_id else "Somebody"
    what = f"{called(record, by)} since ({_words(overtaken)})"
    raise Conflict(f"{who} has changed {what}, so this can no longer be undone.")
