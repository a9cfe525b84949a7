"""DATE, DATE-TIME, PERIOD and DURATION values: how they are written and which moment they mean."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from crmlite.ics.refusal import Refusal

STAMP = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T([0-9]{2})([0-9]{2})([0-9]{2})(Z?))?\Z")
DURATION = re.compile(
    r"([+-]?)P(?:([0-9]{1,6})W)?(?:([0-9]{1,6})D)?"
    r"(?:T(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})S)?)?\Z"
)
FIRST_YEAR, LAST_YEAR = 1583, 9000
LONGEST = timedelta(days=36525)


@dataclass(frozen=True)
class Moment:
    """A DATE or DATE-TIME as written. `tzid` is the name in the text, `zone` what it was found to mean;
    a date and a floating time are read in the owner's zone."""

    wall: datetime
    zone: tzinfo
    is_date: bool = False
    utc: bool = False
    tzid: str = ""

    @property
    def instant(self) -> datetime:
        return self.wall.replace(tzinfo=self.zone).astimezone(UTC)

    @property
    def day(self) -> date:
        return self.wall.date()

    @property
    def text(self) -> str:
        if self.is_date:
            return self.wall.strftime("%Y%m%d")
        return self.wall.strftime("%Y%m%dT%H%M%S") + ("Z" if self.utc else "")

    @property
    def params(self) -> dict[str, str]:
        if self.is_date:
            return {"VALUE": "DATE"}
        return {"TZID": self.tzid} if self.tzid and not self.utc else {}

    def at(self, wall: datetime) -> "Moment":
        """The same way of writing, at another wall time."""
        wall = wall.replace(fold=0, microsecond=0)
        return replace(self, wall=datetime.combine(wall, time.min) if self.is_date else wall)

    def at_instant(self, instant: datetime) -> "Moment":
        return self.at(instant.astimezone(self.zone).replace(tzinfo=None))


@dataclass(frozen=True)
class Length:
    """A duration: whole days follow the calendar on the wall, the exact part follows the clock."""

    days: int = 0
    exact: timedelta = timedelta()

    def after(self, start: Moment) -> datetime:
        """The moment, aware UTC, this length after `start`."""
        try:
            shifted = start.at(start.wall + timedelta(days=self.days)) if self.days else start
            return shifted.instant + self.exact
        except OverflowError as error:
            raise Refusal("This event reaches beyond the end of the calendar.") from error

    @property
    def total(self) -> timedelta:
        return timedelta(days=self.days) + self.exact

    @property
    def text(self) -> str:
        seconds = round(abs(self.exact.total_seconds()))
        hours, minutes, rest = seconds // 3600, seconds % 3600 // 60, seconds % 60
        clock = "".join(f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M"), (rest, "S")) if n)
        days = f"{abs(self.days)}D" if self.days else ""
        sign = "-" if self.total < timedelta() else ""
        return f"{sign}P{days}{'T' + clock if clock else ''}" if days or clock else "PT0S"


def moment(value: str, zone: tzinfo, tzid: str = "", kind: str = "") -> Moment:
    """`kind` is the VALUE parameter. Raises Refusal for what is neither a date nor a time."""
    found = STAMP.match(value.strip())
    if not found:
        raise Refusal(f"“{value.strip()[:40]}” is not a date or a time.")
    year, month, day, hour, minute, second = (int(part) for part in [*found.groups(default="0")[:6]])
    is_date = found.group(4) is None
    if kind.upper() in ("DATE", "DATE-TIME") and is_date != (kind.upper() == "DATE"):
        raise Refusal(f"“{value.strip()}” is announced as {kind.upper()}, but is not written as one.")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refusal(f"The year {year} is out of reach: years from {FIRST_YEAR} to {LAST_YEAR} can be used.")
    try:
        wall = datetime(year, month, day, hour, minute, min(second, 59) if second <= 60 else second)
    except ValueError as error:
        raise Refusal(f"“{value.strip()}” is not a day of the calendar or not a time of day.") from error
    utc = found.group(7) == "Z"
    return Moment(wall, UTC if utc else zone, is_date, utc, "" if utc or is_date else tzid)


def length(value: str) -> Length:
    """A DURATION; raises Refusal when it is none or longer than a hundred years."""
    found = DURATION.match(value.strip().upper())
    if not found or not any(found.groups()[1:]):
        raise Refusal(f"“{value.strip()[:40]}” is not a duration.")
    sign = -1 if found.group(1) == "-" else 1
    weeks, days, hours, minutes, seconds = (int(part) for part in found.groups(default="0")[1:])
    result = Length(
        sign * (weeks * 7 + days), sign * timedelta(seconds=hours * 3600 + minutes * 60 + seconds)
    )
    if abs(result.total) > LONGEST:
        raise Refusal("A duration of more than a hundred years is not taken.")
    return result
