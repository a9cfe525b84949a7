"""Time: the only module that knows zones. Stored times are aware UTC; wall times belong to a reader."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

_frozen: datetime | None = None


def now() -> datetime:
    """The present, aware UTC, whole microseconds."""
    return _frozen or datetime.now(UTC)


def today(zone: str) -> date:
    return now().astimezone(find(zone)).date()


def to_wall(moment: datetime, zone: str) -> datetime:
    """Aware moment -> the naive wall time a clock in `zone` shows."""
    return moment.astimezone(find(zone)).replace(tzinfo=None)


def to_utc(wall: datetime, zone: str) -> datetime:
    """Naive wall time in `zone` -> aware UTC. In the hour that occurs twice the first is meant; a wall
    time that never occurs is read with the offset before the jump, as RFC 5545 3.3.5 asks."""
    return wall.replace(tzinfo=find(zone)).astimezone(UTC)


def day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """First moment of the day and first moment of the next, aware UTC."""
    return (
        to_utc(datetime.combine(day, time.min), zone),
        to_utc(datetime.combine(day + timedelta(days=1), time.min), zone),
    )


def abbreviation(moment: datetime, zone: str) -> str:
    """CET, EST; for zones whose clocks have no name of their own GMT-3, GMT+5:30."""
    name = moment.astimezone(find(zone)).tzname() or ""
    if name[:1] not in ("+", "-"):
        return name
    minutes = name[3:5].replace("00", "")
    return f"GMT{name[0]}{int(name[1:3])}{':' if minutes else ''}{minutes}"


def change_of(day: date, zone: str) -> tuple[datetime, timedelta] | None:
    """Where the clocks of `zone` are changed on that day: the wall time at which what is left out, or occurs twice,
    begins, and by how much they go on (below zero: back)."""
    start, end = day_bounds(day, zone)
    first, last = int(start.timestamp()) - 1, int(end.timestamp()) - 1
    before, after = _offset(first, zone), _offset(last, zone)
    if before == after:
        return None
    while last - first > 1:
        middle = (first + last) // 2
        first, last = (middle, last) if _offset(middle, zone) == before else (first, middle)
    moment = datetime.fromtimestamp(last, UTC) + min(before, after)
    return moment.replace(tzinfo=None), after - before


def _offset(seconds: int, zone: str) -> timedelta:
    return datetime.fromtimestamp(seconds, find(zone)).utcoffset() or timedelta(0)


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


@lru_cache(maxsize=700)
def find(zone: str) -> ZoneInfo:
    """The zone by IANA name; raises ValueError with a sentence for an unknown one."""
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"“{zone}” is not a known time zone.") from error


@lru_cache(maxsize=1)
def zone_names() -> tuple[str, ...]:
    """Names for a picker: places and UTC, without the historic aliases."""
    areas = ("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    return ("UTC", *sorted(name for name in available_timezones() if name.startswith(areas)))


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Stop the clock, for tests and for dated demo data."""
    global _frozen
    before, _frozen = _frozen, moment
    try:
        yield
    finally:
        _frozen = before
