"""RRULE text: reading it, and the limits of what is taken."""

import re
from dataclasses import dataclass

from crmlite.ics.refusal import Refusal

MAX_COUNT = 5000
WEEKDAYS = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}
FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY")
BYDAY = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)\Z")
INTEGER = re.compile(r"[+-]?[0-9]{1,9}\Z")
RANGES = {
    "BYMONTH": (1, 12, False),
    "BYMONTHDAY": (1, 31, True),
    "BYYEARDAY": (1, 366, True),
    "BYWEEKNO": (1, 53, True),
    "BYHOUR": (0, 23, False),
    "BYMINUTE": (0, 59, False),
    "BYSECOND": (0, 60, False),
    "BYSETPOS": (1, 366, True),
}


@dataclass(frozen=True)
class Rule:
    freq: str
    interval: int = 1
    count: int | None = None
    until: str = ""
    months: frozenset[int] = frozenset()
    month_days: frozenset[int] = frozenset()
    year_days: frozenset[int] = frozenset()
    weeks: frozenset[int] = frozenset()
    weekdays: frozenset[tuple[int, int]] = frozenset()  # (which, 0 for every; Monday is 0)
    hours: frozenset[int] = frozenset()
    minutes: frozenset[int] = frozenset()
    seconds: frozenset[int] = frozenset()
    positions: frozenset[int] = frozenset()
    week_start: int = 0


def parse(text: str) -> Rule:
    """Raises Refusal for a rule that is malformed or hostile."""
    parts = parts_of(text)
    freq = parts.pop("FREQ", "")
    if freq in ("SECONDLY", "MINUTELY"):
        raise Refusal("An event cannot repeat every second or every minute.", "max-instances")
    if freq not in FREQUENCIES:
        raise Refusal("A repeat rule must say how often: yearly, monthly, weekly, daily or hourly.")
    if parts.pop("RSCALE", "GREGORIAN") != "GREGORIAN" or parts.pop("SKIP", "OMIT") != "OMIT":
        raise Refusal("Only repeat rules of the Gregorian calendar can be used.", "supported-calendar-data")
    interval = _number(parts.pop("INTERVAL", "1"), "INTERVAL")
    count = _number(parts.pop("COUNT"), "COUNT") if "COUNT" in parts else None
    if interval < 1 or (count is not None and count < 1):
        raise Refusal("INTERVAL and COUNT of a repeat rule must be 1 or more.")
    if count is not None and count > MAX_COUNT:
        raise Refusal(f"An event can repeat {MAX_COUNT} times at most.", "max-instances")
    week_start = parts.pop("WKST", "MO")
    if week_start not in WEEKDAYS:
        raise Refusal("WKST of the repeat rule is not a weekday.")
    until, weekdays = parts.pop("UNTIL", ""), _weekdays(parts.pop("BYDAY", ""), freq)
    numbers = {name: _numbers(name, parts.pop(name, "")) for name in RANGES}
    if parts:
        raise Refusal(f"The repeat rule has an unknown part, {min(parts)[:20]}.")
    return Rule(
        freq, interval, count, until, numbers["BYMONTH"], numbers["BYMONTHDAY"], numbers["BYYEARDAY"],
        numbers["BYWEEKNO"], weekdays, numbers["BYHOUR"], numbers["BYMINUTE"],
        frozenset(min(second, 59) for second in numbers["BYSECOND"]), numbers["BYSETPOS"],
        WEEKDAYS[week_start],
    )  # fmt: skip


def parts_of(text: str) -> dict[str, str]:
    """RRULE text -> its parts by upper-case name, in the order they were written."""
    parts: dict[str, str] = {}
    for piece in text.strip().strip(";").split(";"):
        name, equals, value = piece.partition("=")
        name = name.strip().upper()
        if not equals or name in parts:
            raise Refusal(f"The repeat rule cannot be read at “{piece[:30]}”.")
        parts[name] = value.strip().upper()
    return parts


def _number(text: str, name: str) -> int:
    if not INTEGER.match(text):
        raise Refusal(f"{name} of the repeat rule is not a number.")
    return int(text)


def _numbers(name: str, text: str) -> frozenset[int]:
    low, high, negative = RANGES[name]
    numbers = frozenset(_number(piece.strip(), name) for piece in text.split(",")) if text else frozenset()
    if any(not (low <= n <= high or (negative and low <= -n <= high)) for n in numbers):
        raise Refusal(f"{name} of the repeat rule is out of range.")
    return numbers


def _weekdays(text: str, freq: str) -> frozenset[tuple[int, int]]:
    days = set()
    for piece in text.split(",") if text else ():
        found = BYDAY.match(piece.strip())
        if not found or (found.group(1) and not 1 <= abs(int(found.group(1))) <= 53):
            raise Refusal(f"“{piece[:10]}” in the repeat rule is not a weekday.")
        which = int(found.group(1) or 0) if freq in ("YEARLY", "MONTHLY") else 0
        days.add((which, WEEKDAYS[found.group(2)]))
    return frozenset(days)
