"""One gesture over many rows of a list: at once for some hundred, as a job of the clock door for more. What is
refused for single rows is counted with its reason and does not stop the others."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from crmlite import clock
from crmlite.errors import Invalid, Refused
from crmlite.lists import contacts, events, leads, opportunities, partners, products, quotes
from crmlite.lists.reader import Reader, reader
from crmlite.lists.spec import ListSpec
from crmlite.models.base import Record
from crmlite.rules import access, gate, jobs
from crmlite.rules.access import Actor

KIND = "bulk"
AT_ONCE = 500  # more would let the person wait
IN_ONE_GO = 50  # rows of a job in one transaction: others write in between
MOST = 50_000
LISTS = (leads, partners, contacts, opportunities, products, quotes, events)
SPECS = {module.SPEC.section: module.SPEC for module in LISTS}
VERBS = ("set", "archive", "unarchive", "delete")


# What a toast says of a verb that was not told otherwise.
DONE = {
    "archive": "archived", "unarchive": "taken out of the archive", "delete": "deleted", "take": "assigned to you",
    "lose": "marked as lost",
}  # fmt: skip


class Wanted(NamedTuple):
    """`did` says it in the past, for the toast."""

    verb: str
    field: str = ""
    value: str = ""
    did: str = "changed"


def change_of(spec: ListSpec, wanted: Wanted, to: Reader) -> Callable[[Any], Any]:
    """What is to happen to each row. Raises Invalid."""
    by = to.by
    if verb := spec.verbs.get(wanted.verb):
        return verb(wanted.field, wanted.value, by)
    if wanted.verb == "delete":
        return lambda record: gate.remove(record, by)
    if wanted.verb in ("archive", "unarchive"):
        values = {"archived": wanted.verb == "archive"}
        return lambda record: gate.change(record, values, by, verb=f"{wanted.verb}d")
    column = spec.column(wanted.field)
    if wanted.verb != "set" or column is None or column.fixed:
        raise Invalid("Please choose what to do with the ticked rows.")
    value = column.kind.read(wanted.value, to, to.directory.currency)
    return lambda record: spec.edit(record, {column.name: value}, by)


def do(spec: ListSpec, ids: list[int], wanted: Wanted, to: Reader) -> tuple[int, list[str], int]:
    """Now, in one transaction: how many were changed, the refusals, and the gesture."""
    with gate.together() as gesture:
        done, refused = _each(spec, ids, change_of(spec, wanted, to), to.by)
    return done, refused, gesture


def put_off(spec: ListSpec, ids: list[int], wanted: Wanted, to: Reader, back: str) -> int:
    """As a job; returns its id. Raises Invalid for what cannot be done at all."""
    change_of(spec, wanted, to)
    come = {
        "section": spec.section, "by": to.by.id, "wanted": list(wanted), "ids": ids, "total": len(ids), "done": 0,
        "refused": {}, "gesture": gate.new_gesture(), "back": back, "began": clock.now().isoformat(),
    }  # fmt: skip
    return jobs.add(KIND, come, person=to.by.id)


def work(payload: dict[str, Any]) -> datetime | None:
    """The job."""
    return jobs.in_parts(payload["job"], _part)


def _part(come: dict[str, Any]) -> bool:
    """Change the next rows, `ids` being those still to come."""
    spec, wanted = SPECS[come["section"]], Wanted(*come["wanted"])
    to = reader(access.actor(come["by"], "web"))
    with gate.together(gesture=come["gesture"]):
        done, refused = _each(spec, come["ids"][:IN_ONE_GO], change_of(spec, wanted, to), to.by)
    come["ids"] = come["ids"][IN_ONE_GO:]
    come["done"] += done
    come["refused"] = dict(Counter(come["refused"]) + Counter(refused))
    return bool(come["ids"])


def _each(spec: ListSpec, ids: list[int], change: Callable[[Any], Any], by: Actor) -> tuple[int, list[str]]:
    refused = []
    for record_id in ids:
        try:
            record: Record = access.find(spec.model, record_id, by)
            change(record)
        except Refused as error:
            refused.append(error.message)
    return len(ids) - len(refused), refused
