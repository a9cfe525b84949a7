"""The clock door: one thread that takes due jobs and calls the rule that does each."""

import logging
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from types import TracebackType
from typing import Any

from crmlite.models.base import database
from crmlite.models.jobs import Job
from crmlite.rules import jobs

log = logging.getLogger("crmlite.worker")

Handler = Callable[[dict[str, Any]], datetime | None]  # given the payload; answers when to run again, if ever
MACHINE = os.uname().nodename[:30]
PROCESS = secrets.token_hex(4)  # numbers of processes are given out again, in a container the same one at every start


def start(handlers: Mapping[str, Handler], every: float = 1.0) -> "Worker":
    """Begin to work, looking for due jobs each `every` seconds."""
    worker = Worker(handlers, every)
    worker.thread.start()
    return worker


class Worker:
    def __init__(self, handlers: Mapping[str, Handler], every: float) -> None:
        self.handlers = handlers
        self.every = every
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run, name="worker", daemon=True)
        self.name = f"{MACHINE}:{os.getpid()}:{PROCESS}"

    def run(self) -> None:
        with Guard("The worker could not free the jobs of one that is gone"), database.connection_context():
            if freed := jobs.release(is_gone):
                log.info("Going on with %d jobs that were cut off", freed)
        trouble = 0
        while not self.stopping.is_set():
            with Guard("The worker could not look for jobs") as guard:
                while self.turn() and not self.stopping.is_set():
                    pass
            trouble = trouble + 1 if guard.problem else 0
            self.stopping.wait(min(self.every * 2**trouble, 60))

    def turn(self) -> bool:
        """Do one due job; False when there is none."""
        with database.connection_context():
            job = jobs.claim(self.handlers, self.name)
            if job is None:
                return False
            began = time.perf_counter()
            with held(job), Guard(f"Job {job.id} ({job.kind}) failed, try {job.attempts}") as guard:
                again_at = self.handlers[job.kind](jobs.payload(job))
            if guard.problem:
                jobs.fail(job, f"{type(guard.problem).__name__}: {guard.problem}")
            elif not jobs.finish(job, again_at):
                log.warning("Job %d (%s) outlived its lease and went to another", job.id, job.kind)
            else:
                spent = (time.perf_counter() - began) * 1000
                level = logging.DEBUG if again_at else logging.INFO  # what comes again each minute would drown the rest
                log.log(level, "Job %d (%s) done in %.0f ms", job.id, job.kind, spent)
        return True

    def stop(self, seconds: float = 5.0) -> None:
        """Take no further job, and wait for the present one."""
        self.stopping.set()
        self.thread.join(seconds)


@contextmanager
def held(job: Job) -> Iterator[None]:
    """The lease is renewed as long as this lasts, by a thread of its own: the work itself may be busy for minutes."""
    over = threading.Event()

    def renew() -> None:
        while not over.wait(jobs.RENEWED_EVERY):
            with Guard(f"The lease of job {job.id} could not be renewed"), database.connection_context():
                jobs.renew(job)

    beat = threading.Thread(target=renew, name="lease", daemon=True)
    beat.start()
    try:
        yield
    finally:
        over.set()
        beat.join(1)


def is_gone(name: str) -> bool:
    """Whether a worker of this name ran here in a process that has ended."""
    machine, _, rest = name.partition(":")
    number, _, process = rest.partition(":")
    if machine != MACHINE or not number.isdecimal():
        return False
    return process != PROCESS if int(number) == os.getpid() else not _runs(int(number))


def _runs(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


class Guard:
    """Logs whatever goes wrong inside and remembers it: a failing job may not end the thread.
    Wishes to end the process pass through."""

    problem: Exception | None = None

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence

    def __enter__(self) -> "Guard":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if isinstance(problem, Exception):
            self.problem = problem
            log.error("%s: %s", self.sentence, problem, exc_info=problem)
        return self.problem is not None
