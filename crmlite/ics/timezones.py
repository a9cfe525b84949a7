"""VTIMEZONE in both directions: a private one read into a zone, a well-known zone written out."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

from crmlite import clock
from crmlite.ics import lines, recurrence, rule, spelling, values
from crmlite.ics.lines import Component
from crmlite.ics.refusal import Refusal

HORIZON = datetime(2060, 1, 1)
WORK = 30_000
WRITTEN_YEARS = 12
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class RulesZone(tzinfo):
    """A zone made of a VTIMEZONE's observances, in no table shared with other texts."""

    def __init__(
        self, name: str, before: timedelta, changes: list[tuple[datetime, timedelta, timedelta]]
    ) -> None:
        """`changes`: (wall time by the old offset, old offset, new offset), in order."""
        self._name = name
        self._offsets = [before, *(new for _, _, new in changes)]
        self._moments = [onset - old for onset, old, _ in changes]
        self._first = [onset + max(timedelta(), new - old) for onset, old, new in changes]
        self._second = [onset + min(timedelta(), new - old) for onset, old, new in changes]

    def utcoffset(self, moment: datetime | None) -> timedelta:
        if moment is None:
            return self._offsets[-1]
        onsets = self._second if moment.fold else self._first
        return self._offsets[bisect_right(onsets, moment.replace(tzinfo=None, fold=0))]

    def dst(self, moment: datetime | None) -> timedelta:
        return timedelta()

    def tzname(self, moment: datetime | None) -> str:
        return self._name

    def fromutc(self, moment: datetime) -> datetime:
        offset = self._offsets[bisect_right(self._moments, moment.replace(tzinfo=None))]
        wall = moment + offset
        return wall.replace(fold=1) if self.utcoffset(wall.replace(fold=0)) != offset else wall


@lru_cache(maxsize=64)
def read(text: str) -> RulesZone | None:
    """The zone a VTIMEZONE text describes, None when it is broken. The whole text is the key, so two
    people's zones of the same name stay apart."""
    try:
        zone = next(lines.parse(f"BEGIN:VCALENDAR\r\n{text}\r\nEND:VCALENDAR\r\n").children)
        work = recurrence.Work(WORK)
        changes = sorted(change for part in zone.children for change in _changes(part, work))
        if not changes:
            return None
        return RulesZone(zone.value("TZID"), changes[0][1], changes)
    except (Refusal, OverflowError):
        return None


@lru_cache(maxsize=64)
def write(tzid: str, year: int, eol: str) -> str:
    """A VTIMEZONE for a well-known zone that is right from `year` on, for as long as the zone keeps its
    rules; a zone without yearly rules is written out change by change."""
    zone = clock.find(tzid)
    years = [list(_jumps(zone, y)) for y in range(year - 1, year + WRITTEN_YEARS)]
    patterns = [[_pattern(*jump) for jump in jumps] for jumps in years]
    if any(years) and all(pattern == patterns[0] for pattern in patterns):
        parts = [
            _observance(_kind(old, new), onset, old, new, _yearly(onset)) for onset, old, new in years[0]
        ]
    else:
        steady = _at(zone, datetime(year - 1, 1, 1, tzinfo=UTC))
        parts = [_observance("STANDARD", datetime(1970, 1, 1), steady, steady, "")]
        parts += [
            _observance(_kind(old, new), onset, old, new, "") for jumps in years for onset, old, new in jumps
        ]
    text = [
        "BEGIN:VTIMEZONE",
        f"TZID:{tzid}",
        *(line for part in parts for line in part),
        "END:VTIMEZONE",
        "",
    ]
    return eol.join(text)


def _changes(part: Component, work: recurrence.Work) -> Iterator[tuple[datetime, timedelta, timedelta]]:
    onset = values.moment(part.value("DTSTART"), UTC).wall
    old, new = _offset(part.value("TZOFFSETFROM")), _offset(part.value("TZOFFSETTO"))
    yield onset, old, new
    for line in part.all("RDATE"):
        for value in spelling.split_values(line.value):
            yield values.moment(value.partition("/")[0], UTC).wall, old, new
    for line in part.all("RRULE"):
        turns = rule.parse(line.value)
        until = None
        if turns.until:
            last = values.moment(turns.until, UTC)
            until = last.wall + old if last.utc else last.wall
        for wall in recurrence.expand(turns, onset, until, onset, HORIZON, work):
            yield wall, old, new


def _offset(text: str) -> timedelta:
    text = text.strip()
    digits = text[1:]
    if text[:1] not in ("+", "-") or len(digits) not in (4, 6) or not (digits.isascii() and digits.isdigit()):
        raise Refusal(f"“{text[:20]}” is not an offset from UTC.")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]), seconds=int(digits[4:] or 0))
    if size >= timedelta(hours=24):
        raise Refusal(f"“{text[:20]}” is more than a day away from UTC.")
    return -size if text[0] == "-" else size


def _jumps(zone: tzinfo, year: int) -> Iterator[tuple[datetime, timedelta, timedelta]]:
    """The year's changes of offset: (wall time by the old offset, old, new)."""
    moment, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    while moment < end:
        later = min(moment + timedelta(days=7), end)
        old, new = _at(zone, moment), _at(zone, later)
        if old != new:
            low, high = moment, later
            while high - low > timedelta(seconds=1):
                middle = (low + (high - low) / 2).replace(microsecond=0)
                low, high = (middle, high) if _at(zone, middle) == old else (low, middle)
            yield high.replace(tzinfo=None) + old, old, new
        moment = later


def _at(zone: tzinfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _kind(old: timedelta, new: timedelta) -> str:
    return "DAYLIGHT" if new > old else "STANDARD"


def _week(onset: datetime) -> int:
    """Which weekday of its month, as BYDAY counts; -1 for the last."""
    last = (onset + timedelta(days=7)).month != onset.month
    return -1 if last else (onset.day - 1) // 7 + 1


def _pattern(onset: datetime, old: timedelta, new: timedelta) -> tuple[object, ...]:
    return onset.month, onset.weekday(), _week(onset), onset.time(), old, new


def _yearly(onset: datetime) -> str:
    return f"FREQ=YEARLY;BYMONTH={onset.month};BYDAY={_week(onset)}{DAYS[onset.weekday()]}"


def _observance(kind: str, onset: datetime, old: timedelta, new: timedelta, yearly: str) -> list[str]:
    start = f"DTSTART:{onset:%Y%m%dT%H%M%S}"
    offsets = [f"TZOFFSETFROM:{_offset_text(old)}", f"TZOFFSETTO:{_offset_text(new)}"]
    return [f"BEGIN:{kind}", start, *offsets, *([f"RRULE:{yearly}"] if yearly else []), f"END:{kind}"]


def _offset_text(offset: timedelta) -> str:
    seconds = round(abs(offset.total_seconds()))
    text = f"{seconds // 3600:02}{seconds % 3600 // 60:02}" + (f"{seconds % 60:02}" if seconds % 60 else "")
    return ("-" if offset < timedelta() else "+") + text
