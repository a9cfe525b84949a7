"""The figures beside the entries of the rail: what waits, counted up to a thousand."""

from crmlite import clock
from crmlite.lists.leads import SPEC as LEADS
from crmlite.lists.opportunities import SPEC as OPPORTUNITIES
from crmlite.lists.query import COUNTED, Wish, count
from crmlite.lists.reader import Reader
from crmlite.models.events import OPEN_STATUSES, Event
from crmlite.rules.access import visible


def waiting(to: Reader) -> dict[str, str]:
    """Section -> its figure; empty where nothing waits."""
    return {
        "today": _written(_today(to)),
        "leads": _written(count(LEADS, Wish(view="open"), to)),
        "opportunities": _written(count(OPPORTUNITIES, Wish(view="open"), to)),
    }


def _today(to: Reader) -> int:
    """My open events that begin or fall due today, and the overdue ones."""
    _, end = clock.day_bounds(to.today, to.by.zone)
    due = (Event.starts_at < end) | (Event.starts_at.is_null() & (Event.due_at < end))
    mine = (Event.owner == to.by.id) & Event.status.in_(OPEN_STATUSES) & (Event.archived == False) & due  # noqa: E712
    return visible(Event, to.by).where(mine).select(Event.id).limit(COUNTED + 1).count(clear_limit=False)


def _written(number: int) -> str:
    if not number:
        return ""
    return f"{COUNTED:,}+" if number > COUNTED else f"{number:,}"
