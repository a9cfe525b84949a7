"""Counting the turns of a repeat rule on the wall, in time that grows with the turns and the years only.

Own code, because dateutil looks for the next turn of a rule that has none until the year 9999."""

from calendar import isleap, monthrange
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from crmlite.ics.refusal import Refusal
from crmlite.ics.rule import Rule

MAX_WORK = 400_000

Check = Callable[[date], bool]


class Work:
    """How much counting one rule may cost."""

    def __init__(self, limit: int) -> None:
        self.left = limit

    def spend(self, amount: int = 1) -> None:
        self.left -= amount
        if self.left < 0:
            raise Refusal("This repeat rule has too many turns or too few to be found.", "max-instances")


def expand(
    rule: Rule, start: datetime, until: datetime | None, first: datetime, last: datetime, work: Work
) -> Iterator[datetime]:
    """Wall times in order: `start` itself, which always counts as the first turn, then the rule's turns up to
    `until` or `last`. Turns before `first` may be left out. Raises Refusal when that is too much work."""
    yield start
    end = min(last, until) if until else last
    left = rule.count - 1 if rule.count else None
    for wall in _turns(_completed(rule, start), start, start if rule.count else max(start, first), end, work):
        if left == 0 or wall > end:
            return
        if wall > start:
            yield wall
            left = left - 1 if left is not None else None


def _completed(rule: Rule, start: datetime) -> Rule:
    """What the rule leaves open comes from the start (RFC 5545 3.3.10)."""
    by_day = rule.month_days or rule.year_days or rule.weekdays
    if rule.freq == "YEARLY" and not by_day:
        if rule.weeks:
            rule = replace(rule, weekdays=frozenset({(0, start.weekday())}))
        else:
            rule = replace(
                rule, months=rule.months or frozenset({start.month}), month_days=frozenset({start.day})
            )
    elif rule.freq == "MONTHLY" and not by_day and not rule.weeks:
        rule = replace(rule, month_days=frozenset({start.day}))
    elif rule.freq == "WEEKLY" and not by_day:
        rule = replace(rule, weekdays=frozenset({(0, start.weekday())}))
    hours = rule.hours or (frozenset() if rule.freq == "HOURLY" else frozenset({start.hour}))
    minutes, seconds = rule.minutes or {start.minute}, rule.seconds or {start.second}
    return replace(rule, hours=hours, minutes=frozenset(minutes), seconds=frozenset(seconds))


def _turns(rule: Rule, start: datetime, first: datetime, end: datetime, work: Work) -> Iterator[datetime]:
    for days, times in _periods(rule, start, first, end, work):
        if not rule.positions:
            for day in days:
                for moment in times:
                    work.spend()
                    yield datetime.combine(day, moment)
            continue
        work.spend(len(days) * len(times))
        size = len(days) * len(times)
        places = {place - 1 if place > 0 else size + place for place in rule.positions}
        for place in sorted(place for place in places if 0 <= place < size):
            yield datetime.combine(days[place // len(times)], times[place % len(times)])


def _periods(
    rule: Rule, start: datetime, first: datetime, end: datetime, work: Work
) -> Iterator[tuple[list[date], list[time]]]:
    """Each year, month, week, day or hour of the rule: its days and the times on each of them."""
    if rule.freq == "HOURLY":
        yield from _hours(rule, start, first, end, work)
        return
    times = [
        time(h, m, s) for h in sorted(rule.hours) for m in sorted(rule.minutes) for s in sorted(rule.seconds)
    ]
    checks = _checks(rule)
    for candidates in PERIODS[rule.freq](rule, start.date(), first.date(), end.date()):
        work.spend(1 + len(candidates))
        days = [day for day in candidates if all(check(day) for check in checks)] if checks else candidates
        if days:
            yield days, times


def _years(rule: Rule, start: date, first: date, end: date) -> Iterator[list[date]]:
    months = sorted(rule.months) or range(1, 13)
    for year in _steps(start.year, first.year, end.year, rule.interval):
        yield [day for month in months for day in _month(rule, year, month)]


def _months(rule: Rule, start: date, first: date, end: date) -> Iterator[list[date]]:
    from_, at, to = (day.year * 12 + day.month - 1 for day in (start, first, end))
    for index in _steps(from_, at, to, rule.interval):
        year, month = index // 12, index % 12 + 1
        yield _month(rule, year, month) if not rule.months or month in rule.months else []


def _weeks(rule: Rule, start: date, first: date, end: date) -> Iterator[list[date]]:
    wanted = {weekday for _, weekday in rule.weekdays} or set(range(7))
    offsets = sorted((weekday - rule.week_start) % 7 for weekday in wanted)
    from_, at, to = (day.toordinal() - (day.weekday() - rule.week_start) % 7 for day in (start, first, end))
    for ordinal in _steps(from_, at, to, rule.interval * 7):
        yield [date.fromordinal(ordinal + offset) for offset in offsets]


def _days(rule: Rule, start: date, first: date, end: date) -> Iterator[list[date]]:
    for ordinal in _steps(start.toordinal(), first.toordinal(), end.toordinal(), rule.interval):
        yield [date.fromordinal(ordinal)]


def _hours(
    rule: Rule, start: datetime, first: datetime, end: datetime, work: Work
) -> Iterator[tuple[list[date], list[time]]]:
    checks = _checks(rule)
    hour, at, to = (moment.toordinal() * 24 + moment.hour for moment in (start, first, end))
    hour += max(0, at - hour) // rule.interval * rule.interval
    checked, fits = None, False
    while hour <= to:
        work.spend()
        ordinal, clock = divmod(hour, 24)
        if ordinal != checked:
            day = date.fromordinal(ordinal)
            checked, fits = ordinal, all(check(day) for check in checks)
        if fits and (not rule.hours or clock in rule.hours):
            yield [day], [time(clock, m, s) for m in sorted(rule.minutes) for s in sorted(rule.seconds)]
        missing = 1 if fits else (ordinal + 1) * 24 - hour
        hour += -(-missing // rule.interval) * rule.interval


PERIODS = {"YEARLY": _years, "MONTHLY": _months, "WEEKLY": _weeks, "DAILY": _days}


def _steps(start: int, first: int, end: int, interval: int) -> range:
    return range(start + max(0, first - start) // interval * interval, end + 1, interval)


def _month(rule: Rule, year: int, month: int) -> list[date]:
    size = monthrange(year, month)[1]
    if not rule.month_days:
        return [date(year, month, day) for day in range(1, size + 1)]
    days = {day if day > 0 else size + 1 + day for day in rule.month_days}
    return [date(year, month, day) for day in sorted(days) if 1 <= day <= size]


def _checks(rule: Rule) -> list[Check]:
    """The limits that the candidates of the frequency do not already keep."""
    checks: list[Check] = []
    if rule.months and rule.freq not in ("YEARLY", "MONTHLY"):
        checks.append(lambda day: day.month in rule.months)
    if rule.month_days and rule.freq not in ("YEARLY", "MONTHLY"):
        checks.append(
            lambda day: bool({day.day, day.day - 1 - monthrange(day.year, day.month)[1]} & rule.month_days)
        )
    if rule.year_days:
        checks.append(lambda day: bool(set(_year_day(day)) & rule.year_days))
    if rule.weeks:
        checks.append(lambda day: bool(set(_week_number(day, rule.week_start)) & rule.weeks))
    if rule.weekdays and rule.freq != "WEEKLY":
        in_year = rule.freq == "YEARLY" and not rule.months
        checks.append(lambda day: _weekday_fits(day, rule.weekdays, in_year))
    return checks


def _weekday_fits(day: date, wanted: frozenset[tuple[int, int]], in_year: bool) -> bool:
    weekday = day.weekday()
    if (0, weekday) in wanted:
        return True
    if not any(weekday == other for _, other in wanted):
        return False
    if in_year:
        number, back = _year_day(day)
    else:
        number, back = day.day, day.day - 1 - monthrange(day.year, day.month)[1]
    return ((number - 1) // 7 + 1, weekday) in wanted or (-((-back - 1) // 7 + 1), weekday) in wanted


def _year_day(day: date) -> tuple[int, int]:
    """Counted from the start (1) and from the end (-1) of the year."""
    number = day.timetuple().tm_yday
    return number, number - 367 if isleap(day.year) else number - 366


def _week_number(day: date, week_start: int) -> tuple[int, int]:
    """Counted from both ends of the year that holds the greater part of the week."""
    middle = day + timedelta(days=3 - (day.weekday() - week_start) % 7)
    number, back = _year_day(middle)
    return (number - 1) // 7 + 1, -((-back - 1) // 7 + 1)
