"""The clock door: every job is done once, whatever goes wrong with some."""

import os
import subprocess
import threading
import time
from datetime import datetime, timedelta
from typing import Any

import pytest

from crmlite import clock, worker
from crmlite.models import base, schema
from crmlite.models.jobs import Job
from crmlite.models.users import Attempt
from crmlite.rules import jobs, upkeep
from crmlite.settings import Settings


@pytest.fixture(autouse=True)
def house(either: Settings) -> None:
    schema.upgrade(base.open_database(either.database_url), either)


def until(wished: Any) -> None:
    deadline = time.monotonic() + 60
    while not wished():
        assert time.monotonic() < deadline, "waited a minute in vain"
        time.sleep(0.01)


def test_workers_side_by_side_do_each_job_once() -> None:
    done: list[int] = []
    for number in range(60):
        jobs.add("count", {"number": number})
    base.database.close()
    handlers = {"count": lambda payload: done.append(payload["number"])}
    workers = [worker.start(handlers, every=0.02) for _ in range(3)]
    until(lambda: len(done) >= 60)
    for one in workers:
        one.stop()
    assert sorted(done) == list(range(60))
    assert Job.select().where(Job.done_at.is_null()).count() == 0


def test_one_job_is_taken_at_once_also_where_the_database_knows_of_one_alone() -> None:
    """PostgreSQL then looks for the most urgent anew beside each row."""
    jobs.add("count", {"number": 0})
    base.database.execute_sql("ANALYZE jobs")
    for number in range(1, 5):
        jobs.add("count", {"number": number})
    assert jobs.claim(["count"], "me") is not None
    assert Job.select().where(Job.lease_by == "me").count() == 1


def test_a_failing_job_is_put_off_and_the_worker_lives_on(caplog: pytest.LogCaptureFixture) -> None:
    survived = threading.Event()

    def explode(payload: dict[str, Any]) -> None:
        raise KeyError("no such thing")

    jobs.add("bad")
    jobs.add("good")
    base.database.close()
    one = worker.start({"bad": explode, "good": lambda payload: survived.set()}, every=0.02)
    assert survived.wait(60)
    one.stop()
    bad = Job.get(Job.kind == "bad")
    assert (bad.attempts, bad.done_at, bad.error) == (1, None, "KeyError: 'no such thing'")
    assert timedelta(seconds=20) < bad.run_at - clock.now() <= timedelta(seconds=30)
    assert "(bad) failed, try 1" in caplog.text


def test_a_job_is_given_up_after_its_last_try() -> None:
    jobs.add("bad")
    Job.update(attempts=jobs.MOST_ATTEMPTS - 1).execute()
    job = jobs.claim(["bad"], "me")
    assert job is not None
    jobs.fail(job, "never works")
    given_up = Job.get()
    assert given_up.done_at is not None
    assert given_up.error == "never works"


def test_a_lease_that_ran_out_goes_to_another() -> None:
    jobs.add("slow")
    first = jobs.claim(["slow"], "first")
    assert first is not None
    assert jobs.claim(["slow"], "second") is None
    with clock.frozen(clock.now() + jobs.LEASE + timedelta(seconds=1)):
        second = jobs.claim(["slow"], "second")
        assert second is not None
        assert not jobs.finish(first)
        assert jobs.finish(second)


def test_a_job_waits_for_its_time_and_for_a_worker_that_knows_it() -> None:
    jobs.add("later", run_at=clock.now() + timedelta(hours=1))
    jobs.add("unknown")
    assert jobs.claim(["later"], "me") is None
    with clock.frozen(clock.now() + timedelta(hours=2)):
        assert jobs.claim(["later"], "me") is not None


def test_a_job_put_down_in_a_transaction_that_fails_never_existed() -> None:
    with pytest.raises(RuntimeError), base.database.atomic():
        jobs.add("mail")
        raise RuntimeError
    assert Job.select().count() == 0


def test_recurring_work_stands_once_and_comes_again() -> None:
    jobs.ensure("tidy")
    jobs.ensure("tidy")
    again: list[datetime | None] = []
    job = jobs.claim(["tidy"], "me")
    assert job is not None
    again.append(upkeep.tidy({}))
    jobs.finish(job, again[0])
    standing = Job.get()
    assert Job.select().count() == 1
    assert (standing.run_at, standing.attempts, standing.lease_until) == (again[0], 0, None)


def test_tidying_forgets_old_jobs_and_old_failed_sign_ins() -> None:
    jobs.add("old")
    Job.update(done_at=clock.now() - timedelta(days=15)).execute()
    for key, age in (("old", 25), ("young", 1)):
        Attempt.insert(key=key, failures=1, since=clock.now() - timedelta(hours=age)).execute()
    upkeep.tidy({})
    assert Job.select().count() == 0
    assert [attempt.key for attempt in Attempt.select()] == ["young"]


def test_a_lease_is_renewed_while_the_work_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "RENEWED_EVERY", 0.02)
    jobs.add("slow")
    job = jobs.claim(["slow"], "me")
    assert job is not None
    base.database.close()
    with worker.held(job):
        until(lambda: Job.get_by_id(job.id).lease_until > job.lease_until)
    assert jobs.finish(job)
    assert not jobs.renew(job)


def test_the_jobs_of_a_worker_that_is_gone_are_free_at_once() -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    here = f"{worker.MACHINE}:{os.getpid()}"
    names = {
        f"{worker.MACHINE}:{ended.pid}:0abc": True,
        f"{worker.MACHINE}:{ended.pid}:{worker.PROCESS}": True,  # forked from the same program
        f"{here}:0abc": True,  # an earlier process of the same number, as in a container
        f"{here}:{worker.PROCESS}": False,
        f"{worker.MACHINE}:{os.getppid()}:0abc": False,
        f"elsewhere:{ended.pid}:0abc": False,
        "me": False,
    }
    for name in names:
        jobs.add(name)
        jobs.claim([name], name)
    assert jobs.release(worker.is_gone) == 3
    free = {job.kind for job in Job.select().where(Job.lease_until.is_null())}
    assert free == {name for name, gone in names.items() if gone}
