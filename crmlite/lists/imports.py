"""What becomes of a file: the dry run, and the run, which the clock does."""

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crmlite import clock
from crmlite.errors import Missing
from crmlite.lists.import_links import link
from crmlite.lists.import_plan import Plan, Verdict
from crmlite.lists.import_values import Wanted
from crmlite.models.base import database
from crmlite.models.imports import Import
from crmlite.rules import access, gate, imports, jobs
from crmlite.rules.access import Actor

CAME_IN = (*imports.WRITTEN, "unchanged")
EXAMPLES = 5
AT_ONCE = 400


@dataclass
class Preview:
    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[Verdict]] = field(default_factory=dict)
    choices: set[Wanted] = field(default_factory=set)
    companies: set[str] = field(default_factory=set)


def preview(batch: Import, by: Actor) -> Preview:
    """The dry run: every row is judged, nothing is written."""
    plan, found = Plan(batch, by), Preview()
    rows = imports.rows_of(batch)
    for start in range(0, len(rows), AT_ONCE):
        for verdict in plan.judge(rows[start : start + AT_ONCE]):
            found.counts[verdict.outcome] += 1
            examples = found.examples.setdefault(verdict.outcome, [])
            if len(examples) < EXAMPLES * (4 if verdict.outcome in imports.REJECTED else 1):
                examples.append(verdict)
            if verdict.outcome in imports.WRITTEN and verdict.read:
                found.choices |= set(verdict.read.wanted.values())
                if verdict.read.company and plan.partner_of(verdict.read.company) is None:
                    found.companies.add(verdict.read.company)
    return found


def work(payload: dict[str, Any]) -> datetime | None:
    """A job: let waiting rows in, one transaction a chunk, until all are or its slice of time is over. A row and
    its outcome are written together, so that no row comes in twice, whenever this is cut off."""
    began = time.monotonic()
    plan: Plan | None = None
    while time.monotonic() - began < jobs.SLICE:
        with database.atomic():
            batch = imports.held(payload["import"])
            if batch.state != "running":
                return None
            try:
                by = access.actor(batch.owner_id or 0, "web")
            except Missing:
                imports.finish(batch, "stopped", "Whoever brought this file is no longer active, so it was stopped.")
                return None
            rows = imports.rows_of(batch, ("",), imports.CHUNK)
            if not rows:
                if unlinked := imports.rows_to_link(batch, imports.CHUNK):
                    with gate.together(gesture=batch.gesture):
                        link(batch, unlinked, by)
                    continue
                imports.finish(batch)
                return None
            plan = plan.renewed(by) if plan else Plan(batch, by, imports.rows_of(batch, CAME_IN))
            with gate.together(gesture=batch.gesture):
                for verdict in plan.judge(rows):
                    outcome, reason, record_id = plan.carry_out(verdict)
                    above = verdict.read.above if verdict.read and outcome in imports.WRITTEN else ""
                    imports.note_row(verdict.row, outcome, reason, record_id, above)
        time.sleep(jobs.PAUSE)
    return clock.now()


def rejected(batch: Import) -> Iterable[list[str]]:
    """The rows that did not come in, in the file's own columns, with the reason behind them."""
    yield [*batch.header, "Reason"]
    for row in imports.rows_of(batch, imports.REJECTED):
        width = max(len(batch.header), len(row.cells))
        yield [*row.cells, *[""] * (width - len(row.cells)), row.reason]
