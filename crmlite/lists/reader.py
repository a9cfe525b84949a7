"""The reader of a page, and how times, dates and money look to them."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from crmlite import clock
from crmlite.errors import Invalid
from crmlite.models.currencies import places
from crmlite.models.products import WHOLE
from crmlite.rules import directory
from crmlite.rules.access import Actor
from crmlite.rules.directory import Directory

SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "CHF": "CHF", "JPY": "¥"}
MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "fr": ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."),
}
DAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "fr": ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."),
}
NEAR = {
    "en": {0: "Today", -1: "Yesterday", 1: "Tomorrow"},
    "fr": {0: "Aujourd’hui", -1: "Hier", 1: "Demain"},
}
LARGEST = 10**15
RATE = re.compile(r"(\d{1,3})(?:[.,](\d{1,2}))?")


@dataclass(frozen=True)
class Reader:
    """One look at the data: whose, when, with which lists. `shown` remembers what was already formatted."""

    by: Actor
    now: datetime
    today: date
    directory: Directory
    shown: dict[tuple[str, object], str] = field(default_factory=dict)

    @property
    def locale(self) -> str:
        return self.by.locale if self.by.locale in MONTHS else "en"


def reader(by: Actor, lists: Directory | None = None) -> Reader:
    return Reader(by, clock.now(), clock.today(by.zone), lists or directory.current())


def on_their_clock(moment: datetime, owner_id: int | None, to: Reader) -> date:
    """The day that a midnight of its owner stands for, wherever the reader is."""
    person = to.directory.people.get(owner_id or 0)
    return clock.to_wall(moment, person.zone if person else to.by.zone).date()


def day(value: date | None, to: Reader) -> str:
    """Relative when near, else with the year only when it is another: Today, 20 Nov, 20 Nov 2025."""
    if value is None:
        return ""
    near = NEAR[to.locale].get((value - to.today).days)
    return near or plain_day(value, to)


def plain_day(value: date, to: Reader) -> str:
    text = f"{value.day} {MONTHS[to.locale][value.month - 1]}"
    return text if value.year == to.today.year else f"{text} {value.year}"


def month(value: date, to: Reader) -> str:
    return f"{MONTHS[to.locale][value.month - 1]} {value.year}"


def weekday(value: date, to: Reader) -> str:
    return DAYS[to.locale][value.weekday()]


def time_of_day(moment: datetime | None, to: Reader) -> str:
    return clock.to_wall(moment, to.by.zone).strftime("%H:%M") if moment else ""


def when(moment: datetime | None, to: Reader) -> str:
    """A moment in the reader's zone: “Today 09:12”, “20 Nov 14:05”."""
    if moment is None:
        return ""
    wall = clock.to_wall(moment, to.by.zone)
    return f"{day(wall.date(), to)} {wall:%H:%M}"


def exact(moment: datetime | None, to: Reader) -> str:
    """For the title of a relative time."""
    return f"{clock.to_wall(moment, to.by.zone):%Y-%m-%d %H:%M} {to.by.zone}" if moment else ""


def ago(moment: datetime | None, to: Reader) -> str:
    if moment is None:
        return "never"
    gone = to.now - moment
    if gone < timedelta(minutes=1):
        return f"{max(int(gone.total_seconds()), 0)} s ago"
    if gone < timedelta(hours=1):
        return f"{int(gone.total_seconds() // 60)} min ago"
    if gone < timedelta(hours=12):
        return f"{int(gone.total_seconds() // 3600)} h ago"
    return when(moment, to)


def money(minor: int | None, currency: str, to: Reader, whole_too: bool = False) -> str:
    """An amount in minor units as the reader writes it; cents only where there are some, with `whole_too` always."""
    if minor is None:
        return ""
    digits = places(currency)
    whole, rest = divmod(abs(minor), 10**digits)
    text = f"{whole:,}"
    if rest or (whole_too and digits):
        text += f".{rest:0{digits}d}"
    sign = "−" if minor < 0 else ""
    symbol = SYMBOLS.get(currency, currency)
    if to.locale == "fr":
        text = text.replace(",", "\u202f").replace(".", ",")
        return f"{sign}{text}\u00a0{symbol}"
    return f"{sign}{symbol}\u00a0{text}"


def rate(hundredths: int | None, to: Reader) -> str:
    """A rate in hundredths of a percent: “20 %”, “5.5 %”."""
    return f"{plain_rate(hundredths or 0).replace('.', ',' if to.locale == 'fr' else '.')}\u00a0%"


def plain_rate(hundredths: int) -> str:
    """As a form holds it, and `read_rate` takes it back: “20”, “5.5”."""
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02d}".rstrip("0") if rest else str(whole)


def read_rate(text: str) -> int:
    """Typed percentage -> hundredths of a percent, 0 where nothing is typed. Takes 20, 5.5, 5,5 %. Raises Invalid."""
    plain = text.replace("\u202f", "").replace("\u00a0", "").strip().rstrip("%").strip()
    if not plain:
        return 0
    found = RATE.fullmatch(plain)
    hundredths = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else -1
    if not 0 <= hundredths <= WHOLE:
        raise Invalid("Please enter a percentage between 0 and 100, such as 20 or 5.5.")
    return hundredths


def short_money(minor: int | None, currency: str, to: Reader) -> str:
    """For headers: € 118 k, € 1.2 M."""
    if minor is None:
        return ""
    whole = minor / 10 ** places(currency)
    for size, letter in ((10**6, "M"), (10**3, "k")):
        if abs(whole) >= size * 10 or (abs(whole) >= size and letter == "M"):
            number = f"{whole / size:.1f}".removesuffix(".0") if letter == "M" else f"{round(whole / size):,}"
            symbol = SYMBOLS.get(currency, currency)
            if to.locale == "fr":
                return f"{number.replace('.', ',')}\u00a0{letter}{symbol}"
            return f"{symbol}\u00a0{number}\u00a0{letter}"
    return money(round(whole) * 10 ** places(currency), currency, to)


def read_money(text: str, currency: str) -> int | None:
    """Typed amount -> minor units. Takes 31000, 31,000.50, 31 000,50, € 31.000. Raises Invalid."""
    cleaned = "".join(c for c in text if c.isdigit() or c in ".,-−").replace("−", "-")
    if not text.strip():
        return None
    strange = [c for c in text if c.isalpha() and text.strip().upper().find(currency) < 0]
    if strange or not any(c.isdigit() for c in cleaned):
        raise Invalid("Please enter an amount such as 31,000 or 31000.50.")
    digits = places(currency)
    last = max(cleaned.rfind("."), cleaned.rfind(","))
    rest = cleaned[last + 1 :]
    separator = cleaned[last] if last >= 0 else ""
    decimal = last >= 0 and 0 < len(rest) <= max(digits, 2) and cleaned.count(separator) == 1
    whole = cleaned[:last] if decimal else cleaned
    number = whole.replace(".", "").replace(",", "") + ("." + rest if decimal else "")
    try:
        minor = Decimal(number) * 10**digits
    except InvalidOperation as error:
        raise Invalid("Please enter an amount such as 31,000 or 31000.50.") from error
    if minor != minor.to_integral_value():
        raise Invalid(f"{currency} has {digits} digits after the point: please enter no more.")
    if abs(minor) > LARGEST:
        raise Invalid("This amount is too large.")
    return int(minor)
