"""Days in words, and the small month beside a calendar."""

from calendar import Calendar
from datetime import date, datetime, timedelta

from crmlite.errors import Missing
from crmlite.lists.reader import NEAR, Reader, weekday

MONTHS = {
    "en": ("January", "February", "March", "April", "May", "June",
           "July", "August", "September", "October", "November", "December"),
    "fr": ("janvier", "février", "mars", "avril", "mai", "juin",
           "juillet", "août", "septembre", "octobre", "novembre", "décembre"),
}  # fmt: skip
WEEK = timedelta(days=7)


def month(day: date, to: Reader) -> str:
    return MONTHS[to.locale][day.month - 1]


def long_day(day: date, to: Reader) -> str:
    """Tue 24 November, with the year only when it is another."""
    year = "" if day.year == to.today.year else f" {day.year}"
    return f"{weekday(day, to)} {day.day} {month(day, to)}{year}"


def near(day: date, to: Reader) -> str:
    """Today, Tomorrow, Yesterday; empty for other days."""
    return NEAR[to.locale].get((day - to.today).days, "")


def span(first: date, last: date, to: Reader) -> str:
    """23 to 29 November 2026; 30 November to 6 December 2026."""
    link = {"fr": "au"}.get(to.locale, "to")
    if first == last:
        return f"{first.day} {month(first, to)} {first.year}"
    start = f"{first.day}"
    if (first.year, first.month) != (last.year, last.month):
        start += f" {month(first, to)}"
    if first.year != last.year:
        start += f" {first.year}"
    return f"{start} {link} {last.day} {month(last, to)} {last.year}"


def weeks(day: date) -> list[list[date]]:
    """The six weeks, from Monday, in which the month of `day` lies."""
    rows = Calendar().monthdatescalendar(day.year, day.month)
    while len(rows) < 6:
        rows.append([last + WEEK for last in rows[-1]])
    return rows


def month_weeks(day: date) -> list[list[date]]:
    """The weeks, from Monday, that hold a day of the month: four to six."""
    return Calendar().monthdatescalendar(day.year, day.month)


def month_title(day: date, to: Reader) -> str:
    """November 2026."""
    name = month(day, to)
    return f"{name[0].upper()}{name[1:]} {day.year}"


def month_name(day: date) -> str:
    """2026-11, ISO 8601."""
    return f"{day.year}-{day.month:02d}"


def read_month(text: str) -> date:
    """The first day of 2026-11. Raises Missing."""
    try:
        return _sane(datetime.strptime(text, "%Y-%m").date())
    except ValueError as error:
        raise Missing("There is no such month: an address such as 2026-11 names one.") from error


def week_name(day: date) -> str:
    """2026-W48, ISO 8601."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def read_week(text: str) -> date:
    """The Monday of 2026-W48. Raises Missing."""
    try:
        monday = datetime.strptime(f"{text}-1", "%G-W%V-%u").date()
    except ValueError as error:
        raise Missing("There is no such week: an address such as 2026-W48 names one.") from error
    return _sane(monday)


def read_day(text: str) -> date:
    """Raises Missing."""
    try:
        return _sane(date.fromisoformat(text))
    except ValueError as error:
        raise Missing("There is no such day: an address such as 2026-11-24 names one.") from error


def _sane(day: date) -> date:
    if not 1970 <= day.year <= 2199:
        raise Missing("The calendar shows the years 1970 to 2199.")
    return day
