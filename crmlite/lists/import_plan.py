"""Rows of a file, judged one by one: new, known, twice or wrong; and written as judged."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from crmlite import clock
from crmlite.errors import Refused
from crmlite.lists import import_further, import_keys
from crmlite.lists.import_keys import Key
from crmlite.lists.import_links import WHOM, Links, spellings
from crmlite.lists.import_mapping import SPECS
from crmlite.lists.import_values import ABOVE, CHOICES, Read, read_row
from crmlite.lists.reader import reader
from crmlite.models.base import STAMPS, Record, fold
from crmlite.models.imports import Import, ImportRow
from crmlite.models.leads import STATUSES
from crmlite.models.partners import Partner
from crmlite.rules import access, choices, directory, gate, imports, partners
from crmlite.rules.access import Actor, visible
from crmlite.rules.following import followed_by, with_currency


@dataclass
class Verdict:
    """`record` is the one that matches, `values` what would be written into it or into a new one; `whom` says what
    is above it."""

    row: ImportRow
    outcome: str
    reason: str = ""
    record: Any = None
    values: dict[str, Any] = field(default_factory=dict)
    read: Read | None = None
    label: str = ""
    whom: str = ""

    @property
    def more(self) -> list[str]:
        """What comes beside the fields, in words."""
        if self.read is None:
            return []
        above = f"{self.whom.lower()} {self.read.above}" if self.read.above else ""
        return [*import_further.told(self.read.further), *filter(None, [above]), *self.read.noted.values()]


class Plan:
    """Reads the rows of a file for one person, chunk by chunk. `done` are rows that came in before."""

    def __init__(self, batch: Import, by: Actor, done: Iterable[ImportRow] = ()) -> None:
        self.batch, self.by, self.to = batch, by, reader(by)
        self.spec = SPECS[batch.target]
        self.mapping = batch.mapping
        self.taken: dict[Key, int] = {}
        self.companies: dict[str, int | None] = {}
        self.links = Links(batch.target, by)
        self.begun = self._begun()
        self.named = self._named() if ABOVE.get(batch.target) in self.mapping["columns"] else {}
        for row in done:
            read = self._read(row)
            for key in self._keys(self._new(read), read):
                self.taken.setdefault(key, row.number)

    def renewed(self, by: Actor) -> "Plan":
        """Permissions and lists as they are now."""
        self.by, self.to, self.companies, self.links = by, reader(by), {}, Links(self.batch.target, by)
        self.begun = self._begun()
        return self

    def partner_of(self, company: str) -> int | None:
        return self.companies.get(fold(company))

    def judge(self, rows: list[ImportRow]) -> list[Verdict]:
        """What is to become of each row, in order: a row counts against those behind it."""
        reads = [self._read(row) for row in rows]
        news = [self._new(read) for read in reads]
        keys = [self._keys(new, read) for new, read in zip(news, reads, strict=True)]
        present = import_keys.present(self.spec.model, {key for some in keys for key in some}, self.by)
        ids = sorted({record.id for records in present.values() for record in records})
        self.there = import_further.present(self.batch.target, ids, self.by)
        self._look_up({fold(read.company): read.company for read in reads if read.company})
        self.links.look_up(read.above for read in reads if read.above)
        verdicts = []
        for row, read, new, some in zip(rows, reads, news, keys, strict=True):
            same = {record.id: record for key in some for record in present.get(key, [])}
            verdict = self._verdict(row, read, new, some, list(same.values()))
            verdict.read, verdict.label = verdict.read or read, new.label or " ".join(filter(None, row.cells))[:80]
            verdict.whom = WHOM.get(self.batch.target, "")
            if verdict.outcome not in imports.REJECTED:
                for key in some:
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
                import_further.add(record, verdict.read.further, self.by)
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

    def _begun(self) -> dict[str, Any]:
        """What a new record has before its row is read."""
        extra = {"status": "new", "contact_date": clock.today(self.by.zone)} if self.batch.target == "lead" else {}
        extra |= {"kind": "company", "reference": "P"} if self.batch.target == "partner" else {}
        return with_currency(followed_by(self.by, extra, self.batch.target))

    def _keys(self, record: Any, read: Read) -> list[Key]:
        points = [(kind, value) for kind, _, value in read.further.points]
        return import_keys.of_row(record, points, read.reference, self.mapping["key"])

    def _named(self) -> dict[str, set[int]]:
        """Names and e-mails -> the places of the rows that have them, to know whom the file itself holds."""
        found: dict[str, set[int]] = {}
        for row in imports.rows_of(self.batch):
            new = self._new(self._read(row))
            for name in filter(None, (new.sort_name, new.email.lower())):
                found.setdefault(name, set()).add(row.number)
        return found

    def _look_up(self, companies: dict[str, str]) -> None:
        """Partners by name, those that are not known yet."""
        wanted = sorted(set(companies) - set(self.companies))
        self.companies |= dict.fromkeys(wanted)
        if wanted:
            query = visible(Partner, self.by).where(Partner.sort_name.in_(wanted)).order_by(Partner.id.desc())
            self.companies |= {partner.sort_name: partner.id for partner in query}

    def _verdict(self, row: ImportRow, read: Read, new: Any, keys: list[Key], present: list[Any]) -> Verdict:
        if read.problems:
            return Verdict(row, "refused", " ".join(read.problems))
        for key in keys:
            if self.taken.get(key, row.number) != row.number:
                same = import_keys.WORDS[key[0]]
                return Verdict(row, "duplicate", f"Row {self.taken[key]} of this file has the same {same}.")
        if len(present) > 1 and self.mapping["match"] != "skip":
            return Verdict(row, "refused", f"There are several {self.spec.title.lower()} like this: please merge them.")
        record = present[0] if present else None
        if record and self.mapping["match"] == "skip":
            return Verdict(row, "unchanged", record=record)
        above, reason = self._above(row, read, record)
        if reason:
            return Verdict(row, "refused", reason, record)
        read = read._replace(above=above)
        return self._match(row, read, record) if record else self._creation(row, read)

    def _above(self, row: ImportRow, read: Read, record: Any) -> tuple[str, str]:
        """The name to link when all rows are in, empty where it stands there already; else why there is none."""
        present = record.__data__[ABOVE[self.batch.target]] if record and read.above else None
        if not read.above or (present and self.mapping["match"] == "fill"):
            return "", ""
        partner_id = self.partner_of(read.company) or getattr(record, "partner_id", None)
        found, reason = self.links.choose(read.above, record.id if record else None, partner_id)
        if found and found.id == present:
            return "", ""
        names = [*spellings(read.above), read.above.lower()]
        in_file = any(self.named.get(name, set()) - {row.number} for name in names)
        return read.above, "" if in_file else reason

    def _creation(self, row: ImportRow, read: Read) -> Verdict:
        values = {**read.values}
        if read.noted:
            values["description"] = "\n".join(filter(None, [values.get("description", ""), *read.noted.values()]))
        if "owner" in values:
            values["team"] = values.get("team", self._team_of(values["owner"]))
        draft = self._prepared(self.spec.model(**{**self.begun, **values}))
        if problem := self._problem(draft, "create", values):
            return Verdict(row, "refused", problem)
        further = import_further.missing(read.further, draft, self.there)
        return Verdict(row, "created", values=values, read=read._replace(further=further))

    def _match(self, row: ImportRow, read: Read, record: Any) -> Verdict:
        values = {name: value for name, value in read.values.items() if name != "status"}
        if self.mapping["match"] == "fill":
            values = {name: value for name, value in values.items() if record.__data__.get(name) in (None, "", False)}
            read = self._without_present(read, record)
        values |= self._noted(read, record, values)
        if self.batch.target == "partner":
            values = partners.ticked(values)
        draft = self._prepared(type(record)(**{**record.__data__, **values}))
        read = read._replace(further=import_further.missing(read.further, draft, self.there))
        before = record.as_values()
        changed = [name for name, value in draft.as_values().items() if value != before[name] and name not in STAMPS]
        company = bool(read.company) and (
            self.partner_of(read.company) is None or self.partner_of(read.company) != record.partner_id
        )
        if not (changed or read.wanted or company or read.further or read.above):
            return Verdict(row, "unchanged", record=record)
        if getattr(record, "status", "") in ("converted", "lost"):
            word = STATUSES[record.status].lower()
            return Verdict(row, "refused", f"This lead is {word} already, so it can only be read.", record)
        if problem := self._problem(draft, "change", changed):
            return Verdict(row, "refused", problem, record)
        values = {name: value for name, value in values.items() if name in changed}
        return Verdict(row, "updated", record=record, values=values, read=read)

    def _noted(self, read: Read, record: Any, values: dict[str, Any]) -> dict[str, str]:
        """The notes with the lines that they do not hold yet."""
        text = values.get("description", record.description)
        lines = [line for name, line in read.noted.items() if record.__data__[name] is None and line not in text]
        return {"description": "\n".join(filter(None, [text, *lines]))} if lines else {}

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
