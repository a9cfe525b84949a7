"""The cells of one row of a file -> values of a record."""

import re
from datetime import date, timedelta
from typing import Any, NamedTuple

from crmlite.errors import Invalid
from crmlite.lists import import_further
from crmlite.lists.import_further import Further
from crmlite.lists.import_mapping import SPECS, fields
from crmlite.lists.kinds import Kind
from crmlite.lists.owners import CUSTOMER_PERSON, PERSON, TEAM
from crmlite.lists.reader import Reader
from crmlite.lists.spec import Column
from crmlite.models.base import fold
from crmlite.rules import leads

CHOICES = {"source": "source", "sector": "sector", "job_title": "job_title", "category": "partner_category"}
ABOVE = {"partner": "parent", "contact": "reports_to"}
YES = {"1", "yes", "y", "true", "x", "on", "✓", "✔", "oui", "o", "vrai", "ja", "j", "wahr", "si"}
NO = {"", "0", "no", "n", "false", "off", "non", "faux", "nein", "falsch", "-"}
WORDS = {
    "title": {
        "mr": "mr", "m": "mr", "mister": "mr", "monsieur": "mr", "herr": "mr", "mrs": "ms", "ms": "ms", "miss": "ms",
        "mme": "ms", "madame": "ms", "mlle": "ms", "mademoiselle": "ms", "frau": "ms", "dr": "dr", "docteur": "dr",
        "doktor": "dr", "prof": "prof", "professor": "prof", "professeur": "prof", "pr": "prof",
    },
    "status": {
        "nouveau": "new", "neu": "new", "open": "new", "open not contacted": "new", "assigne": "assigned",
        "zugewiesen": "assigned", "en cours": "in_progress", "in bearbeitung": "in_progress",
        "working": "in_progress", "working contacted": "in_progress", "contacted": "in_progress",
    },
    "kind": {
        "organisation": "company", "organization": "company", "entreprise": "company", "societe": "company",
        "firma": "company", "unternehmen": "company", "person": "individual", "particulier": "individual",
        "individu": "individual", "privatperson": "individual", "personne": "individual",
    },
}  # fmt: skip
EXCEL_BEGAN = date(1899, 12, 30)


class Wanted(NamedTuple):
    """A choice that is not on its list yet."""

    kind: str
    name: str


class Read(NamedTuple):
    """`company` is the name of the partner that a contact belongs to, `above` that of the company or person above;
    `wanted` choices by field; `noted` lines for the notes by field; `problems` by the label of a column.
    Blank cells appear nowhere: they leave alone what is there."""

    values: dict[str, Any]
    wanted: dict[str, Wanted]
    company: str
    reference: str
    problems: list[str]
    further: Further = Further()
    above: str = ""
    noted: dict[str, str] = {}  # noqa: RUF012 - never changed


def read_row(cells: list[str], width: int, target: str, mapping: dict[str, Any], to: Reader) -> Read:
    values: dict[str, Any] = {}
    wanted: dict[str, Wanted] = {}
    cells_of: dict[str, list[str]] = {}
    for name, cell in zip(mapping["columns"], cells, strict=False):
        if name and cell:
            cells_of.setdefault(name, []).append(cell)
    problems: list[str] = []
    if any(cells[width:]):
        problems.append(
            f"This row has {len(cells)} cells and the heading {width}: a text with a separator may lack its quotes."
        )
    further = import_further.read(cells_of, problems)
    texts = {name: found[0] for name, found in cells_of.items()}
    company = texts.pop("partner", "") if target == "contact" else ""
    above = " ".join(texts.pop(ABOVE[target], "").split()) if target in ABOVE else ""
    reference = texts.pop("reference", "")
    full_name = texts.pop("full_name", "")
    noted: dict[str, str] = {}
    for name, text in texts.items():
        try:
            value = _value(name, text, target, mapping, to)
        except Invalid as error:
            if name in CHOICES and mapping["unknown"] == "note":
                noted[name] = f"{fields(target)[name]}: {' '.join(text.split())}"
            else:
                problems.append(f"{fields(target)[name]} “{text[:80]}”: {error.message}")
            continue
        if isinstance(value, Wanted):
            wanted[name] = value
        elif value is not None and value != "":
            values[name] = value
    _name(values, full_name, target)
    return Read(values, wanted, " ".join(company.split()), reference, problems, further, above, noted)


def _name(values: dict[str, Any], full_name: str, target: str) -> None:
    """The last word is the last name, unless a comma says otherwise."""
    full_name = " ".join(full_name.split())
    if full_name and "name" not in values:
        if target == "partner" and values.get("kind", "company") == "company":
            values["name"] = full_name
        elif "," in full_name:
            last, _, first = full_name.partition(",")
            values["name"] = last.strip()
            values.setdefault("first_name", first.strip())
        else:
            first, _, values["name"] = full_name.rpartition(" ")
            values.setdefault("first_name", first)
    if "name" not in values and values.get("first_name"):
        values["name"] = values.pop("first_name")
    if target == "lead" and "name" not in values and values.get("company"):
        values["name"] = values["company"][:120]
    if target == "partner" and values.get("first_name") and "kind" not in values:
        values["kind"] = "individual"


def _value(name: str, text: str, target: str, mapping: dict[str, Any], to: Reader) -> Any:
    column = SPECS[target].column(name)
    assert column is not None
    kind = column.kind
    if name in CHOICES:
        return _choice(CHOICES[name], text, mapping["unknown"] == "create", to)
    if kind.name in WORDS:
        return _word(column, text)
    if kind in (PERSON, CUSTOMER_PERSON):
        return _person(kind, text, to)
    if kind is TEAM:
        return _team(text, to)
    if kind.name == "flag":
        return _flag(text)
    if kind.name == "date":
        return _date(text, mapping["dates"] == "month")
    if kind.name == "email":
        text = text.removeprefix("mailto:")
    return kind.read(text, to, to.directory.currency)


def _choice(kind: str, text: str, create: bool, to: Reader) -> int | Wanted:
    wanted = fold(" ".join(text.split()))
    for choice in to.directory.choices_of(kind):
        if wanted in (fold(choice.name), fold(choice.code)):
            return choice.id
    if create:
        return Wanted(kind, " ".join(text.split()))
    raise Invalid("this is not on the list of choices. Add it there, or choose to have it added.")


def _word(column: Column, text: str) -> str:
    """One of a fixed set, by its value, its label or a word of another language."""
    wanted = " ".join(re.findall(r"\w+", fold(text).replace("_", " ")))
    offered = dict(column.kind.options(None, None)) if column.kind.options else {}  # type: ignore[arg-type]
    if column.name == "status":
        offered = {value: word for value, word in offered.items() if value in leads.OPEN_STATUSES}
    for value, word in offered.items():
        if value and wanted in (value.replace("_", " "), " ".join(re.findall(r"\w+", fold(word)))):
            return value
    found = WORDS[column.kind.name].get(wanted, "")
    if found in offered and found:
        return found
    raise Invalid(f"please write one of {', '.join(filter(None, offered.values()))}.")


def _person(kind: Kind, text: str, to: Reader) -> int:
    """By name or e-mail, among those whom the reader may assign to: others stay unknown."""
    wanted = fold(" ".join(text.split()))
    offered = {key for key, _ in kind.options(to, None)} if kind.options else set()
    found = [
        person.id
        for person in to.directory.people.values()
        if person.id in offered and wanted in (fold(person.name), person.email.lower())
    ]
    if len(found) != 1:
        several = "there are several of this name: please write the e-mail address."
        raise Invalid(several if found else "there is nobody of this name or e-mail whom you can assign to.")
    return found[0]


def _team(text: str, to: Reader) -> int:
    wanted = fold(" ".join(text.split()))
    for team in to.directory.teams.values():
        if not team.retired and fold(team.name) == wanted:
            return team.id
    raise Invalid("there is no team of this name.")


def _flag(text: str) -> bool:
    word = fold(text)
    if word not in YES | NO:
        raise Invalid("please write yes or no.")
    return word in YES


def _date(text: str, month_first: bool) -> date:
    """ISO, numbers in either order, or the day count of a spreadsheet; a time of day is left out."""
    text = re.split(r"[T ]", text.strip())[0]
    try:
        if re.fullmatch(r"\d{5}(\.\d+)?", text):
            return EXCEL_BEGAN + timedelta(days=int(float(text)))
        if parts := re.fullmatch(r"(\d{4})[-./]?(\d{1,2})[-./]?(\d{1,2})", text):
            return _plausible(date(int(parts[1]), int(parts[2]), int(parts[3])))
        if parts := re.fullmatch(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4}|\d{2})", text):
            first, second, year = int(parts[1]), int(parts[2]), int(parts[3])
            day, month = (second, first) if month_first else (first, second)
            return _plausible(date(year + 2000 if year < 100 else year, month, day))
    except ValueError as error:
        if isinstance(error, Invalid):
            raise
        raise Invalid("this day does not exist: please check the order of day and month.") from error
    raise Invalid("please write a day such as 2026-03-31 or 31/03/2026.")


def _plausible(found: date) -> date:
    if not 1900 <= found.year <= 2200:
        raise Invalid("please write a day between the years 1900 and 2200.")
    return found
