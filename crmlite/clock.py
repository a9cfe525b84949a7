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
