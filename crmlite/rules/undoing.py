"""Undo of gestures too large to wait for: a job takes them back part by part, newest change first."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from crmlite import clock
from crmlite.errors import Conflict, Missing, Refused
from crmlite.models.journal import Entry
from crmlite.models.tables import RECORDS
from crmlite.rules import access, gate, jobs, journal
from crmlite.rules.access import Actor

KIND = "undo"
AT_ONCE = 500  # more would let the person wait
IN_ONE_GO = 50  # changes in one transaction: others write in between
MOST_TOLD = 100
STOPPED = "Whoever undid this is no longer active, so it was stopped."


def is_large(gesture: int) -> bool:
    return Entry.select(Entry.id).where(Entry.gesture == gesture).limit(AT_ONCE + 1).count() > AT_ONCE


def begin(gesture: int, by: Actor, back: str = "/", about: str = "") -> int:
    """Leave it to the worker; returns the id of the job. `about` says what is undone, `back` where to go afterwards.
    Raises Missing, Forbidden, Conflict as `journal.undo` does, but for what was changed since: that stays, and the
    job tells it."""
    with gate.together():
        newest = journal.undoable(gesture, by)
        _refuse_running(gesture)
        return jobs.add(KIND, {**wish(gesture, newest, by), "back": back, "about": about}, person=by.id)


def wish(gesture: int, newest: Entry, by: Actor) -> dict[str, Any]:
    """What the job begins with: `cursor` is the entry that it has come down to, `left` are sentences about what
    stays."""
    total = Entry.select().where(Entry.gesture == gesture).count()
    return {
        "by": by.id, "gesture": gesture, "undone": gate.new_gesture(), "cursor": newest.id + 1, "total": total,
        "gone": 0, "concept": newest.concept, "began": clock.now().isoformat(), "stayed": 0, "left": [], "problem": "",
        "ended": False,
    }  # fmt: skip


def work(payload: dict[str, Any]) -> datetime | None:
    """The job."""
    return jobs.in_parts(payload["job"], part)


def part(come: dict[str, Any]) -> bool:
    """Take back the next changes; whether there are more. Brings `come` up to date."""
    try:
        by = access.actor(come["by"], "web")
    except Missing:
        come |= {"ended": True, "problem": STOPPED}
        return False
    before = (Entry.gesture == come["gesture"]) & (Entry.id < come["cursor"])
    entries = list(Entry.select().where(before).order_by(Entry.id.desc()).limit(IN_ONE_GO))
    with gate.together(reverses=come["gesture"], gesture=come["undone"]):
        for entry in entries:
            left: list[str] = []
            _refusal(lambda entry=entry, left=left: journal.take_back(entry, by, left), entry, by, left)
            come["stayed"] += bool(left)
            come["left"] = [*come["left"], *left][:MOST_TOLD]
    come["gone"] += len(entries)
    come["cursor"] = entries[-1].id if entries else come["cursor"]
    come["ended"] = len(entries) < IN_ONE_GO
    return not come["ended"]


def _refusal(do: Callable[[], None], entry: Entry, by: Actor, left: list[str]) -> None:
    """What is refused for one change does not stop the others."""
    try:
        with gate.together():
            do()
    except Refused as error:
        model = RECORDS[entry.concept]
        record = model.get_or_none(model.id == entry.record_id)
        left[:] = [f"{journal.called(record, by) if record else entry.label}: {error.message}"]


def _refuse_running(gesture: int) -> None:
    if jobs.open_with((KIND,), gesture=gesture):
        raise Conflict("This is being undone already.")
    if jobs.open_with(("bulk",), gesture=gesture) or jobs.open_with((KIND,), undone=gesture):
        raise Conflict("This still goes on in the background: please wait until it has ended.")
