"""The clock door: one thread that takes due jobs and calls the rule that does each."""

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from types import TracebackType
from typing import Any

from crmlite.models.base import database
from crmlite.rules import jobs

log = logging.getLogger("crmlite.worker")

Handler = Callable[[dict[str, Any]], datetime | None]  # given the payload; answers when to run again, if ever


def start(handlers: Mapping[str, Handler], every: float = 5.0) -> "Worker":
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
        self.name = f"{os.uname().nodename}:{os.getpid()}:{id(self):x}"[-60:]

    def run(self) -> None:
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
            with Guard(f"Job {job.id} ({job.kind}) failed, try {job.attempts}") as guard:
                again_at = self.handlers[job.kind](jobs.payload(job))
            if guard.problem:
                jobs.fail(job, f"{type(guard.problem).__name__}: {guard.problem}")
            elif not jobs.finish(job, again_at):
                log.warning("Job %d (%s) outlived its lease and went to another", job.id, job.kind)
            else:
                spent = (time.perf_counter() - began) * 1000
                log.info("Job %d (%s) done in %.0f ms", job.id, job.kind, spent)
        return True

    def stop(self, seconds: float = 5.0) -> None:
        """Take no further job, and wait for the present one."""
        self.stopping.set()
        self.thread.join(seconds)


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
