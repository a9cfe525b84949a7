"""How a kind of value is read from what a person types, shown in a cell, and edited."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape
from peewee import ModelSelect

from crmlite.errors import Invalid
from crmlite.lists.reader import Reader, day, money, read_money, when
from crmlite.models.base import Record
from crmlite.models.currencies import places
from crmlite.models.statements import statement
from crmlite.rules.access import LISTED, Actor, visible

KEPT = 4096
NOT_DIALLED = re.compile(r"[^+0-9]")
Options = Callable[[Reader, Any], Iterable[tuple[Any, str]]]


@dataclass(frozen=True)
class Kind:
    """`read` raises Invalid with a sentence. `show` answers safe HTML. `widget` is the form control; a select has
    `options` (value, label). `concept` is that of the records a reference points at; `suggests` an address that
    answers options while a free text is typed."""

    name: str
    read: Callable[[str, Reader, str], Any]
    show: Callable[[Any, Reader], str]
    widget: str = "text"
    number: bool = False
    options: Options | None = None
    concept: str = ""
    suggests: str = ""


def read_text(text: str, to: Reader, currency: str) -> str:
    return text.strip()


@lru_cache(maxsize=KEPT)
def safe(text: Any) -> Markup:
    """Escaped text, kept: the first pages of lists are drawn again and again."""
    return escape(text)


def show_text(value: Any, to: Reader) -> str:
    return safe(value) if value else ""


def _show_email(value: str, to: Reader) -> str:
    return _email_html(value) if value else ""


@lru_cache(maxsize=KEPT)
def _email_html(value: str) -> Markup:
    return Markup(f'<a href="mailto:{escape(value)}">{escape(value)}</a>')


def _show_phone(value: str, to: Reader) -> str:
    return _phone_html(value) if value else ""


@lru_cache(maxsize=KEPT)
def _phone_html(value: str) -> Markup:
    return Markup(f'<a href="tel:{NOT_DIALLED.sub("", value)}">{escape(value)}</a>')


def _show_site(value: str, to: Reader) -> str:
    if not value:
        return ""
    address = value if "://" in value else f"https://{value}"
    shown = value.removeprefix("https://").removeprefix("http://").rstrip("/")
    return Markup('<a href="%s" rel="noreferrer noopener" target="_blank">%s</a>') % (address, shown)


def _read_date(text: str, to: Reader, currency: str) -> date | None:
    text = text.strip()
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise Invalid("Please enter a day as year-month-day, such as 2026-03-31.") from error
    if not 1900 <= found.year <= 2200:
        raise Invalid("Please enter a day between the years 1900 and 2200.")
    return found


def _show_date(value: date | str | None, to: Reader) -> str:
    if not value:
        return ""
    key = ("date", value)
    if key not in to.shown:
        found = date.fromisoformat(value) if isinstance(value, str) else value
        to.shown[key] = Markup('<time datetime="%s">%s</time>') % (found.isoformat(), day(found, to))
    return to.shown[key]


def _read_number(text: str, to: Reader, currency: str) -> int | None:
    text = text.replace("\u202f", "").replace("\u00a0", "").replace(" ", "").replace(",", "").rstrip("%").strip()
    if not text:
        return None
    try:
        found = int(text)
    except ValueError as error:
        raise Invalid("Please enter a whole number.") from error
    if abs(found) > 2**31 - 1:
        raise Invalid("This number is too large.")
    return found


def _read_percent(text: str, to: Reader, currency: str) -> int:
    found = _read_number(text, to, currency)
    if found is None or not 0 <= found <= 100:
        raise Invalid("Please enter a percentage between 0 and 100.")
    return found


def _read_money(text: str, to: Reader, currency: str) -> int | None:
    return read_money(text, currency)


def _refuse(text: str, to: Reader, currency: str) -> None:
    raise Invalid("This time is kept by the program, or changed in the form of the record.")


def _read_flag(text: str, to: Reader, currency: str) -> bool:
    return text.strip().lower() in ("1", "on", "true", "yes")


TEXT = Kind("text", read_text, show_text)
LONG_TEXT = Kind("long_text", lambda text, to, currency: text.replace("\r\n", "\n").strip(), show_text, "textarea")
EMAIL = Kind("email", read_text, _show_email, "email")
PHONE = Kind("phone", read_text, _show_phone, "tel")
SITE = Kind("site", read_text, _show_site, "text")
DATE = Kind("date", _read_date, _show_date, "date")
MOMENT = Kind("moment", _refuse, lambda value, to: escape(when(value, to)))
NUMBER = Kind("number", _read_number, lambda value, to: "" if value is None else f"{value:,}", "text", True)
PERCENT = Kind("percent", _read_percent, lambda value, to: "" if value is None else f"{value} %", "text", True)
FLAG = Kind("flag", _read_flag, lambda value, to: "Yes" if value else "", "checkbox")
# An amount is shown with the currency of its row, so its text is made where the row is at hand.
MONEY = Kind("money", _read_money, lambda value, to: escape(money(value, to.directory.currency, to)), "text", True)


def selection(name: str, words: dict[Any, str], tones: dict[Any, str] | None = None) -> Kind:
    """A fixed set of values; with `tones` shown as a badge in that colour."""

    def read(text: str, to: Reader, currency: str) -> Any:
        found = next((value for value in words if str(value) == text.strip()), None)
        if found is None:
            raise Invalid(f"Please choose one of: {', '.join(filter(None, words.values()))}.")
        return found

    badges = {
        value: Markup('<span class="badge dot %s">%s</span>') % (tones.get(value, "grey"), word)
        if tones
        else escape(word)
        for value, word in words.items()
    }
    return Kind(
        name, read, lambda value, to: badges.get(value, ""), "select", options=lambda to, value: tuple(words.items())
    )


def choice(kind: str) -> Kind:
    """A value of a configured list."""

    def options(to: Reader, value: Any) -> Iterable[tuple[Any, str]]:
        yield ("", "—")
        for one in to.directory.choices_of(kind, value):
            yield (one.id, one.name)

    return Kind("choice", read_id, lambda value, to: _choice_text(value, to), "select", options=options)


def _choice_text(value: int | None, to: Reader) -> str:
    return safe(to.directory.choice_name(value)) if value else ""


def read_id(text: str, to: Reader, currency: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if not text.isdigit() or len(text) > 9:
        raise Invalid("Please choose a value from the list.")
    return int(text)


CONTACT_NAME = Kind("text", read_text, show_text, suggests="/contacts/names?")


def _taxes(to: Reader, value: Any) -> Iterable[tuple[Any, str]]:
    yield ("", "No tax")
    for tax in to.directory.taxes_on_offer(value):
        yield (tax.id, tax.name)


TAX = Kind(
    "tax",
    read_id,
    lambda value, to: safe(to.directory.taxes[value].name) if value in to.directory.taxes else "",
    "select",
    options=_taxes,
)


def record(concept: str) -> Kind:
    """A reference to another record: typed by name (or picked from suggestions), read back by name or “#12”."""

    def read(text: str, to: Reader, currency: str) -> int | None:
        return resolve(concept, text, to)

    return Kind("record", read, show_text, "record", concept=concept)


def resolve(concept: str, text: str, to: Reader) -> int | None:
    """The one visible record of this name, reference or “#id”. Raises Invalid when there is none or several."""
    text = text.strip()
    if not text:
        return None
    model = LISTED[concept]
    query = visible(model, to.by).select(model.id)
    if text.startswith("#") and text[1:].isdigit():
        rows = list(query.where(model.id == int(text[1:10])).tuples())
    else:
        name, _, mark = text.rpartition(" #")
        if name and mark.isdigit():
            rows = list(query.where(model.id == int(mark[:9])).tuples())
        else:
            rows = list(query.where(_name_of(model) == text).limit(2).tuples())
    if not rows:
        raise Invalid(f"There is no {CALLED[concept]} called “{text}”: please choose one from the suggestions.")
    if len(rows) > 1:
        raise Invalid(f"There are several called “{text}”: please choose one from the suggestions.")
    return rows[0][0]


def names(concept: str, ids: Iterable[int], to: Reader) -> dict[int, str]:
    """Names of the visible ones among these records, in one query."""
    wanted = sorted(set(ids))
    return dict(_names(concept, to.by, ids=wanted)) if wanted else {}


@statement
def _names(concept: str, by: Actor, ids: Any) -> ModelSelect:
    model = LISTED[concept]
    return visible(model, by).select(model.id, _name_of(model)).where(model.id.in_(ids)).tuples()


CALLED = {
    "lead": "lead",
    "partner": "customer",
    "contact": "contact",
    "opportunity": "opportunity",
    "event": "event",
    "product": "product",
    "quote": "quote",
}
SECTIONS = {
    "lead": "leads",
    "partner": "partners",
    "contact": "contacts",
    "opportunity": "opportunities",
    "event": "events",
    "product": "products",
    "quote": "quotes",
}


def record_link(concept: str, record_id: int | None, name: str) -> str:
    return Markup('<a href="/%s/%d">%s</a>') % (SECTIONS[concept], record_id, name) if record_id and name else ""


def _name_of(model: type[Record]) -> Any:
    return getattr(model, "full_name", None) or getattr(model, "name", None) or model.subject


def typed(kind: Kind, value: Any, currency: str, to: Reader) -> str:
    """A value as the text its form control holds; `read` takes it back unchanged."""
    if value is None or value is False or value == "":
        return ""
    if value is True:
        return "1"
    if kind.name == "money":
        digits = places(currency)
        whole, rest = divmod(value, 10**digits)
        return f"{whole}.{rest:0{digits}d}" if rest else str(whole)
    if kind.concept:
        name = names(kind.concept, [value], to).get(value, "")
        return f"{name} #{value}" if name else ""
    return value.isoformat() if isinstance(value, date) else str(value)
