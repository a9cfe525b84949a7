"""Work for later: put down in the transaction that wants it, taken by a lease, done at least once."""

import json
import time
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

from crmlite import clock
from crmlite.models.base import database, is_sqlite
from crmlite.models.jobs import Job

LEASE = timedelta(seconds=20)  # the worker renews it while it works, so it runs out only when the worker is gone
RENEWED_EVERY = 5.0  # seconds
MOST_ATTEMPTS = 8
KEPT = timedelta(days=14)
SLICE = 30.0  # seconds a long job works before it lets others have a turn
PAUSE = 0.1  # seconds between its parts, for people who wait to write


def add(
    kind: str, payload: dict[str, Any] | None = None, run_at: datetime | None = None, person: int | None = None
) -> int:
    """Put down a job; inside a transaction it appears only if that is committed. Returns its id."""
    text = json.dumps(payload or {})
    return Job.insert(kind=kind, payload=text, run_at=run_at or clock.now(), person=person).execute()


def look(job_id: int, kinds: Collection[str]) -> Job | None:
    return Job.get_or_none((Job.id == job_id) & Job.kind.in_(list(kinds)))


def of_person(person: int | None, kinds: Collection[str], most: int) -> list[Job]:
    """What this person wanted, newest first, as long as it is kept."""
    query = Job.select().where((Job.person == person) & Job.kind.in_(list(kinds)))
    return list(query.order_by(Job.id.desc()).limit(most))


def open_with(kinds: Collection[str], **wanted: Any) -> Job | None:
    """A job of these kinds that is not done and has all of this in its payload."""
    for job in Job.select().where(Job.done_at.is_null(), Job.kind.in_(list(kinds))):
        found = payload(job)
        if all(found.get(name) == value for name, value in wanted.items()):
            return job
    return None


def ensure(kind: str) -> None:
    """Make sure one job of this recurring kind stands."""
    with database.atomic():
        if not Job.select().where(Job.kind == kind, Job.done_at.is_null()).exists():
            add(kind)


def claim(kinds: Collection[str], by: str) -> Job | None:
    """Take the most urgent due job of these kinds, if any; it is ours until its lease runs out."""
    now = clock.now()
    free = (Job.lease_until.is_null()) | (Job.lease_until < now)
    due = Job.select(Job.id).where(Job.done_at.is_null(), Job.run_at <= now, free, Job.kind.in_(list(kinds)))
    due = due.order_by(Job.run_at, Job.id).limit(1)
    if is_sqlite():
        if not due.exists():  # looking costs nothing; the update below would take the write lock
            return None
    else:
        due = due.for_update(skip_locked=True)
    taking = Job.update(lease_until=now + LEASE, lease_by=by, attempts=Job.attempts + 1)
    # Equal to it, not in it: PostgreSQL may ask anew for each row what it is in, and so take several at once.
    return next(iter(taking.where(Job.id == due).returning(Job)), None)


def renew(job: Job) -> bool:
    """Hold the lease for longer; False when it is no longer ours."""
    return _settle(job, lease_until=clock.now() + LEASE)


def release(gone: Callable[[str], bool]) -> int:
    """Free the jobs of workers that are gone, which the caller tells by their names; how many those were."""
    held = Job.select(Job.id, Job.lease_by, Job.attempts).where(Job.done_at.is_null(), Job.lease_until.is_null(False))
    return sum(_settle(job, lease_until=None) for job in held if gone(job.lease_by))


def payload(job: Job) -> dict[str, Any]:
    """What was put down with the job, and its id as `job`."""
    return {**json.loads(job.payload), "job": job.id}


def in_parts(job_id: int, part: Callable[[dict[str, Any]], bool]) -> datetime | None:
    """Do a long job part by part; answers when to go on, if ever. Each part has a transaction of its own: it is given
    how far the job has come, changes that, and says whether there is more. So the job goes on where it was cut off,
    and nothing is done twice even if two workers hold it."""
    began = time.monotonic()
    while time.monotonic() - began < SLICE:
        with database.atomic():
            query = Job.select().where(Job.id == job_id)
            come = payload((query if is_sqlite() else query.for_update()).get())
            more = part(come)
            Job.update(payload=json.dumps(come)).where(Job.id == job_id).execute()
        if not more:
            return None
        time.sleep(PAUSE)
    return clock.now()


def finish(job: Job, again_at: datetime | None = None) -> bool:
    """The job is done; a recurring one gets its next time. False when the lease was lost to another."""
    if again_at:
        return _settle(job, run_at=again_at, lease_until=None, attempts=0, error="")
    return _settle(job, done_at=clock.now(), error="")


def fail(job: Job, problem: str) -> bool:
    """Put the job off, longer each time; after MOST_ATTEMPTS it is left for a person to look at."""
    if job.attempts >= MOST_ATTEMPTS:
        return _settle(job, done_at=clock.now(), error=problem[:2000])
    wait = timedelta(seconds=30 * 2 ** (job.attempts - 1))
    return _settle(job, run_at=clock.now() + wait, lease_until=None, error=problem[:2000])


def purge() -> int:
    """Drop jobs done long ago."""
    return Job.delete().where(Job.done_at < clock.now() - KEPT).execute()


def _settle(job: Job, **values: Any) -> bool:
    """Write into a job that is still ours: not done, not given back, not taken by another."""
    ours = (Job.id == job.id) & (Job.lease_by == job.lease_by) & (Job.attempts == job.attempts)
    standing = Job.done_at.is_null() & Job.lease_until.is_null(False)
    return Job.update(**values).where(ours & standing).execute() == 1
