"""One gesture over many rows of a list: at once for some hundred, as a job of the clock door for more. What is
refused for single rows is counted with its reason and does not stop the others."""

from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

from crmlite.errors import Invalid, Refused
from crmlite.lists import contacts, events, leads, opportunities, partners, products
from crmlite.lists.reader import Reader, reader
from crmlite.lists.spec import ListSpec
from crmlite.models.base import Record
from crmlite.models.jobs import Job
from crmlite.rules import access, gate, jobs
from crmlite.rules.access import LARGEST_ID, Actor

KIND = "bulk"
AT_ONCE = 500  # more would let the person wait
IN_ONE_GO = 100  # rows of a job in one transaction: others write in between
MOST = 50_000
SPECS = {module.SPEC.section: module.SPEC for module in (leads, partners, contacts, opportunities, products, events)}
VERBS = ("set", "archive", "unarchive", "delete")


class Wanted(NamedTuple):
    """`did` says it in the past, for the toast."""

    verb: str
    field: str = ""
    value: str = ""
    did: str = "changed"


class Progress(NamedTuple):
    title: str
    done: int
    refused: list[tuple[str, int]]
    total: int
    finished: bool
    failed: str
    did: str
    gesture: int
    back: str

    @property
    def gone_through(self) -> int:
        return self.done + sum(number for _, number in self.refused)


def change_of(spec: ListSpec, wanted: Wanted, to: Reader) -> Callable[[Any], Any]:
    """What is to happen to each row. Raises Invalid."""
    by = to.by
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
    payload = {
        "section": spec.section, "by": to.by.id, "wanted": list(wanted), "ids": ids, "at": 0, "done": 0,
        "refused": {}, "gesture": gate.new_gesture(), "back": back,
    }  # fmt: skip
    with gate.together():
        job_id = jobs.add(KIND, payload)
        jobs.tell(job_id, {**payload, "job": job_id})
    return job_id


def work(payload: dict[str, Any]) -> None:
    """The job. How far it has come is written with each part, so that after a stop it goes on from there."""
    spec, wanted, ids = SPECS[payload["section"]], Wanted(*payload["wanted"]), payload["ids"]
    while payload["at"] < len(ids):
        to = reader(access.actor(payload["by"], "web"))
        part = ids[payload["at"] : payload["at"] + IN_ONE_GO]
        with gate.together(gesture=payload["gesture"]):
            done, refused = _each(spec, part, change_of(spec, wanted, to), to.by)
            payload["at"] += len(part)
            payload["done"] += done
            payload["refused"] = dict(Counter(payload["refused"]) + Counter(refused))
            jobs.tell(payload["job"], payload)


def progress(job_id: int, by: Actor) -> Progress | None:
    """How far a job of this person has come; None where there is none of theirs."""
    job = jobs.look(job_id, KIND) if 0 < job_id <= LARGEST_ID else None
    payload = jobs.payload(job) if job else {}
    if job is None or payload["by"] != by.id:
        return None
    return _told(job, payload)


def _told(job: Job, payload: dict[str, Any]) -> Progress:
    spec, total = SPECS[payload["section"]], len(payload["ids"])
    return Progress(
        spec.title,
        payload["done"],
        Counter(payload["refused"]).most_common(),
        total,
        payload["at"] >= total or job.done_at is not None,
        job.error if payload["at"] < total else "",
        payload["wanted"][3],
        payload["gesture"],
        payload["back"],
    )


def _each(spec: ListSpec, ids: list[int], change: Callable[[Any], Any], by: Actor) -> tuple[int, list[str]]:
    refused = []
    for record_id in ids:
        try:
            record: Record = access.find(spec.model, record_id, by)
            change(record)
        except Refused as error:
            refused.append(error.message)
    return len(ids) - len(refused), refused
