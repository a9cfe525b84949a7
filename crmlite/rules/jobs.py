"""Work for later: put down in the transaction that wants it, taken by a lease, done at least once."""

import json
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from crmlite import clock
from crmlite.models.base import database, is_sqlite
from crmlite.models.jobs import Job

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 8
KEPT = timedelta(days=14)


def add(kind: str, payload: dict[str, Any] | None = None, run_at: datetime | None = None) -> int:
    """Put down a job; inside a transaction it appears only if that is committed. Returns its id."""
    return Job.insert(kind=kind, payload=json.dumps(payload or {}), run_at=run_at or clock.now()).execute()


def tell(job_id: int, payload: dict[str, Any]) -> None:
    """Write down how far a long job has come, and hold its lease for longer."""
    Job.update(payload=json.dumps(payload)).where(Job.id == job_id).execute()
    Job.update(lease_until=clock.now() + LEASE).where(Job.id == job_id, Job.lease_until.is_null(False)).execute()


def look(job_id: int, kind: str) -> Job | None:
    return Job.get_or_none((Job.id == job_id) & (Job.kind == kind))


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
    return next(iter(taking.where(Job.id.in_(due)).returning(Job)), None)


def payload(job: Job) -> dict[str, Any]:
    return json.loads(job.payload)


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
    ours = (Job.id == job.id) & (Job.lease_by == job.lease_by) & (Job.attempts == job.attempts)
    return Job.update(**values).where(ours, Job.done_at.is_null()).execute() == 1
