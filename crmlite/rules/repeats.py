"""How an event repeats, in the words of the form. Rules of a phone that the form has no word for stay as they
are."""

from datetime import date, datetime, time
from typing import NamedTuple

from crmlite import clock
from crmlite.errors import Refused
from crmlite.ics import rule

REPEATS = {
    "": "Does not repeat",
    "daily": "Every day",
    "weekly": "Every week",
    "fortnightly": "Every two weeks",
    "monthly": "Every month",
    "yearly": "Every year",
}
RULES = {
    "daily": "FREQ=DAILY",
    "weekly": "FREQ=WEEKLY",
    "fortnightly": "FREQ=WEEKLY;INTERVAL=2",
    "monthly": "FREQ=MONTHLY",
    "yearly": "FREQ=YEARLY",
}
UNITS = {"HOURLY": "hour", "DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
DAYS = {"MO": "Mon", "TU": "Tue", "WE": "Wed", "TH": "Thu", "FR": "Fri", "SA": "Sat", "SU": "Sun"}
ORDINALS = {"1": "first", "2": "second", "3": "third", "4": "fourth", "-1": "last"}
PLAIN = {"FREQ", "INTERVAL", "UNTIL", "WKST"}


class Repeat(NamedTuple):
    """`word` is a key of REPEATS, or "custom" for a rule the form cannot say; `until` the last day."""

    word: str
    until: date | None


def write(repeat: Repeat, all_day: bool, zone: str) -> str:
    """The RRULE text, "" for none. The last day counts whole in `zone`, that of the event."""
    if repeat.word not in RULES:
        return ""
    if repeat.until is None:
        return RULES[repeat.word]
    if all_day:
        return f"{RULES[repeat.word]};UNTIL={repeat.until:%Y%m%d}"
    moment = clock.to_utc(datetime.combine(repeat.until, time(23, 59, 59)), zone)
    return f"{RULES[repeat.word]};UNTIL={moment:%Y%m%dT%H%M%SZ}"


def read(rrule: str, zone: str) -> Repeat:
    if not rrule:
        return Repeat("", None)
    parts = _parts(rrule)
    until = _day(parts.get("UNTIL", ""), zone)
    if parts.keys() - PLAIN:
        return Repeat("custom", until)
    every = "" if parts.get("INTERVAL", "1") == "1" else f";INTERVAL={parts['INTERVAL']}"
    plain = f"FREQ={parts.get('FREQ', '')}{every}"
    return Repeat(next((word for word, text in RULES.items() if text == plain), "custom"), until)


def sentence(rrule: str, zone: str) -> str:
    """“Every two weeks on Mon and Thu until 2026-12-31”; empty when it does not repeat."""
    if not rrule:
        return ""
    parts = _parts(rrule)
    unit, interval = UNITS.get(parts.get("FREQ", ""), "time"), parts.get("INTERVAL", "1")
    number = {"1": "", "2": "two "}.get(interval, f"{interval} ")
    words = f"Every {number}{unit}{'' if interval == '1' else 's'}"
    if days := _days(parts.get("BYDAY", "")):
        words += f" on {days}"
    if parts.get("BYMONTHDAY"):
        words += f" on day {parts['BYMONTHDAY'].replace(',', ', ')}"
    if until := _day(parts.get("UNTIL", ""), zone):
        words += f" until {until.isoformat()}"
    if parts.get("COUNT"):
        words += f", {parts['COUNT']} times"
    return words


def _days(text: str) -> str:
    named = []
    for piece in text.split(",") if text else ():
        which, day = piece[:-2].lstrip("+"), DAYS.get(piece[-2:], piece[-2:])
        named.append(f"the {ORDINALS.get(which, f'{which}th')} {day}" if which else day)
    return " and ".join((", ".join(named[:-1]), named[-1])) if len(named) > 1 else "".join(named)


def _parts(rrule: str) -> dict[str, str]:
    """The parts of a rule; none when it cannot be read, for the index keeps what a client once sent."""
    try:
        return rule.parts_of(rrule)
    except Refused:
        return {}


def _day(text: str, zone: str) -> date | None:
    try:
        if text.endswith("Z"):
            moment = datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=clock.UTC)
            return clock.to_wall(moment, zone).date()
        return datetime.strptime(text[:8], "%Y%m%d").date() if text else None
    except ValueError:
        return None
