"""What becomes of each row of a file: judged for the dry run, and written by the clock."""

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from peewee import fn

from crmlite import clock
from crmlite.errors import Missing, Refused
from crmlite.lists.import_mapping import SPECS
from crmlite.lists.import_values import CHOICES, Read, Wanted, read_row
from crmlite.lists.reader import reader
from crmlite.models.base import STAMPS, Record, database, fold
from crmlite.models.imports import Import, ImportRow
from crmlite.models.leads import STATUSES
from crmlite.models.partners import Partner
from crmlite.models.people import digits
from crmlite.rules import access, choices, directory, gate, imports, jobs, partners
from crmlite.rules.access import Actor, visible
from crmlite.rules.following import followed_by, with_currency

CAME_IN = (*imports.WRITTEN, "unchanged")
EXAMPLES = 5
AT_ONCE = 400
Key = tuple[str, ...]


@dataclass
class Verdict:
    """`record` is the one that matches, `values` what would be written into it or into a new one."""

    row: ImportRow
    outcome: str
    reason: str = ""
    record: Any = None
    values: dict[str, Any] = field(default_factory=dict)
    read: Read | None = None
    label: str = ""


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
                imports.finish(batch)
                return None
            plan = plan.renewed(by) if plan else Plan(batch, by, imports.rows_of(batch, CAME_IN))
            with gate.together(gesture=batch.gesture):
                for verdict in plan.judge(rows):
                    imports.note_row(verdict.row, *plan.carry_out(verdict))
        time.sleep(jobs.PAUSE)
    return clock.now()


def rejected(batch: Import) -> Iterable[list[str]]:
    """The rows that did not come in, in the file's own columns, with the reason behind them."""
    yield [*batch.header, "Reason"]
    for row in imports.rows_of(batch, imports.REJECTED):
        width = max(len(batch.header), len(row.cells))
        yield [*row.cells, *[""] * (width - len(row.cells)), row.reason]


class Plan:
    """Reads the rows of a file for one person, chunk by chunk. `done` are rows that came in before."""

    def __init__(self, batch: Import, by: Actor, done: Iterable[ImportRow] = ()) -> None:
        self.batch, self.by, self.to = batch, by, reader(by)
        self.spec = SPECS[batch.target]
        self.mapping = batch.mapping
        self.taken: dict[Key, int] = {}
        self.companies: dict[str, int | None] = {}
        for row in done:
            read = self._read(row)
            if key := self._key(self._new(read), read.reference):
                self.taken.setdefault(key, row.number)

    def renewed(self, by: Actor) -> "Plan":
        """Permissions and lists as they are now."""
        self.by, self.to, self.companies = by, reader(by), {}
        return self

    def partner_of(self, company: str) -> int | None:
        return self.companies.get(fold(company))

    def judge(self, rows: list[ImportRow]) -> list[Verdict]:
        """What is to become of each row, in order: a row counts against those behind it."""
        reads = [self._read(row) for row in rows]
        news = [self._new(read) for read in reads]
        keys = [self._key(new, read.reference) for new, read in zip(news, reads, strict=True)]
        present = self._present({key for key in keys if key})
        self._look_up({fold(read.company): read.company for read in reads if read.company})
        verdicts = []
        for row, read, new, key in zip(rows, reads, news, keys, strict=True):
            verdict = self._verdict(row, read, new, key, present.get(key, []) if key else [])
            verdict.read, verdict.label = verdict.read or read, new.label or " ".join(filter(None, row.cells))[:80]
            if key and verdict.outcome not in imports.REJECTED:
                self.taken.setdefault(key, row.number)
            verdicts.append(verdict)
        return verdicts

    def carry_out(self, verdict: Verdict) -> tuple[str, str, int | None]:
        """Write it; answers outcome, reason and the id of the record. Call it inside the gesture of the import."""
        if verdict.outcome not in imports.WRITTEN or verdict.read is None:
            return verdict.outcome, verdict.reason, verdict.record.id if verdict.record else None
        fresh: dict[str, int] = {}
        try:
            with gate.together():
                values = {**verdict.values, **self._chosen(verdict.read)}
                if company := verdict.read.company:
                    values |= self._company(company, verdict, fresh)
                if verdict.record:
                    record = self.spec.edit(verdict.record, values, self.by)
                else:
                    record = self.spec.create(values, self.by)
        except Refused as error:
            return "refused", error.message, None
        self.companies |= fresh
        return verdict.outcome, "", record.id

    def _read(self, row: ImportRow) -> Read:
        return read_row(row.cells, len(self.batch.header), self.batch.target, self.mapping, self.to)

    def _new(self, read: Read) -> Any:
        """The record that the row describes, not yet written."""
        return self._prepared(self.spec.model(**read.values))

    def _prepared(self, record: Any) -> Any:
        record.prepare()
        return record

    def _key(self, record: Any, reference: str) -> Key | None:
        """What two rows, or a row and a record, have in common when they are the same."""
        if self.mapping["key"] == "none":
            return None
        if self.mapping["key"] == "reference":
            return ("reference", reference.upper()) if reference else None
        if self.mapping["key"] == "email" and record.email:
            return "email", record.email.lower()
        if not record.sort_name:
            return None
        number = digits(record.mobile_phone) or digits(record.phone)
        return "name", record.sort_name, number, fold(getattr(record, "company", ""))

    def _present(self, keys: set[Key]) -> dict[Key, list[Any]]:
        """Key -> the records that this person sees, all looked up at once. Others stay hidden: for this person they
        do not exist, here as everywhere."""
        model, found = self.spec.model, {}
        columns = {"email": fn.LOWER(model.email), "name": model.sort_name}
        if self.batch.target == "partner":
            columns["reference"] = Partner.reference
        for sort, column in columns.items():
            wanted = sorted({key[1] for key in keys if key[0] == sort})
            if wanted:
                for record in visible(model, self.by).where(column.in_(wanted)).order_by(model.id):
                    key = self._key(record, getattr(record, "reference", ""))
                    if key and key[0] == sort:
                        found.setdefault(key, []).append(record)
        return found

    def _look_up(self, companies: dict[str, str]) -> None:
        """Partners by name, those that are not known yet."""
        wanted = sorted(set(companies) - set(self.companies))
        self.companies |= dict.fromkeys(wanted)
        if wanted:
            query = visible(Partner, self.by).where(Partner.sort_name.in_(wanted)).order_by(Partner.id.desc())
            self.companies |= {partner.sort_name: partner.id for partner in query}

    def _verdict(self, row: ImportRow, read: Read, new: Any, key: Key | None, present: list[Any]) -> Verdict:
        if read.problems:
            return Verdict(row, "refused", " ".join(read.problems))
        if key and key in self.taken and self.taken[key] != row.number:
            same = {"email": "e-mail", "reference": "reference", "name": "name and phone"}[key[0]]
            return Verdict(row, "duplicate", f"Row {self.taken[key]} of this file has the same {same}.")
        if len(present) > 1 and self.mapping["match"] != "skip":
            return Verdict(row, "refused", f"There are several {self.spec.title.lower()} like this: please merge them.")
        if present:
            return self._match(row, read, present[0])
        return self._creation(row, read, new)

    def _creation(self, row: ImportRow, read: Read, new: Any) -> Verdict:
        extra = {"status": "new", "contact_date": clock.today(self.by.zone)} if self.batch.target == "lead" else {}
        extra |= {"kind": "company", "reference": "P"} if self.batch.target == "partner" else {}
        values = {**read.values}
        if "owner" in values:
            values["team"] = values.get("team", self._team_of(values["owner"]))
        draft = self._prepared(self.spec.model(**with_currency(followed_by(self.by, {**extra, **values}))))
        if problem := self._problem(draft, "create", values):
            return Verdict(row, "refused", problem)
        return Verdict(row, "created", values=values)

    def _match(self, row: ImportRow, read: Read, record: Any) -> Verdict:
        if self.mapping["match"] == "skip":
            return Verdict(row, "unchanged", record=record)
        values = {name: value for name, value in read.values.items() if name != "status"}
        if self.mapping["match"] == "fill":
            values = {name: value for name, value in values.items() if record.__data__.get(name) in (None, "", False)}
            read = self._without_present(read, record)
        draft = self._prepared(type(record)(**{**record.__data__, **values}))
        before = record.as_values()
        changed = [name for name, value in draft.as_values().items() if value != before[name] and name not in STAMPS]
        company = bool(read.company) and (
            self.partner_of(read.company) is None or self.partner_of(read.company) != record.partner_id
        )
        if not changed and not read.wanted and not company:
            return Verdict(row, "unchanged", record=record)
        if getattr(record, "status", "") in ("converted", "lost"):
            word = STATUSES[record.status].lower()
            return Verdict(row, "refused", f"This lead is {word} already, so it can only be read.", record)
        if problem := self._problem(draft, "change", changed):
            return Verdict(row, "refused", problem, record)
        values = {name: value for name, value in values.items() if name in changed}
        return Verdict(row, "updated", record=record, values=values, read=read)

    def _without_present(self, read: Read, record: Any) -> Read:
        wanted = {name: one for name, one in read.wanted.items() if record.__data__.get(name) is None}
        company = "" if getattr(record, "partner_id", None) else read.company
        return read._replace(wanted=wanted, company=company)

    def _problem(self, draft: Record, verb: str, fields: Iterable[str]) -> str:
        if found := draft.problems():
            columns = ((self.spec.column(name), sentence) for name, sentence in found.items())
            return " ".join(f"{column.label if column else 'Row'}: {sentence}" for column, sentence in columns)
        return access.refusal(self.by, verb, draft, fields)

    def _team_of(self, person_id: int) -> int | None:
        return self.to.directory.people[person_id].active_team_id

    def _chosen(self, read: Read) -> dict[str, int]:
        """Ids of choices that were not on their lists; added now unless a row before did."""
        found = {}
        for name, wanted in read.wanted.items():
            present = directory.current().choices_of(CHOICES[name])
            same = [choice.id for choice in present if fold(choice.name) == fold(wanted.name)]
            found[name] = same[0] if same else choices.add(wanted.kind, {"name": wanted.name}, self.by).id
        return found

    def _company(self, name: str, verdict: Verdict, fresh: dict[str, int]) -> dict[str, int]:
        """The partner of a contact, made where there is none of this name."""
        partner_id = self.partner_of(name)
        if partner_id is None:
            follows = {key: value for key, value in verdict.values.items() if key in ("owner", "team")}
            made = partners.create({"name": name, "kind": "company", "is_prospect": True, **follows}, self.by)
            partner_id = fresh[fold(name)] = made.id
        return {"partner": partner_id}
