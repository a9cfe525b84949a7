"""Turns of events as the reader's calendar shows them: wall times, a look by kind, a line of who and
where."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from urllib.parse import quote

from crmlite import clock
from crmlite.lists import kinds
from crmlite.lists.planner import DAY, Item
from crmlite.lists.reader import Reader
from crmlite.rules.turns import Turn

LOOKS = {"call": "call", "task": "task", "event": "other", "email": "other"}
TASK_LENGTH = timedelta(minutes=30)
WHO = ("contact", "partner", "lead", "opportunity")


def items(turns: Iterable[Turn], to: Reader, writable: Collection[int], zones: dict[int, str]) -> list[Item]:
    """`writable`: ids of the calendars the reader may change; `zones`: whose clock whole days of a calendar
    follow, by calendar id, where it is not that of the event's owner."""
    turns = list(turns)
    known = names_of(turns, to)
    return [_item(turn, to, _may_move(turn, to, writable), _zone(turn, to, zones), known) for turn in turns]


def names_of(rows: Iterable[Turn], to: Reader) -> dict[tuple[str, int], str]:
    """Names of the linked records that the reader may see: a query for each concept."""
    rows = list(rows)
    found = {}
    for concept in WHO:
        ids = [record_id for row in rows if (record_id := getattr(row, f"{concept}_id"))]
        found.update(
            {(concept, record_id): name for record_id, name in kinds.names(concept, ids, to).items()}
        )
    return found


def who(row: Turn, known: dict[tuple[str, int], str]) -> str:
    """With whom: the contact, else the customer, else the lead, else what it is about."""
    return next(
        (known[key] for concept in WHO if (key := (concept, getattr(row, f"{concept}_id"))) in known), ""
    )


def _item(turn: Turn, to: Reader, movable: bool, zone: str, known: dict[tuple[str, int], str]) -> Item:
    start, end = _span(turn, to, zone)
    last = max((end - timedelta(microseconds=1)).date(), start.date())
    whose = to.directory.person_name(turn.owner_id) if turn.owner_id != to.by.id else ""
    about = whose if turn.hidden else who(turn, known) or turn.location or whose
    mark = quote(turn.recurrence_id) if turn.recurrence_id else ""
    return Item(
        id=turn.id,
        version=turn.version,
        start=start,
        end=end,
        all_day=turn.all_day,
        first=start.date(),
        last=last,
        kind=turn.kind,
        status=turn.status,
        subject=turn.subject or "Without a subject",
        look=_look(turn),
        told=about,
        url="" if turn.hidden else f"/events/{turn.id}" + (f"?occurrence={mark}" if mark else ""),
        occurrence=turn.recurrence_id,
        movable=movable,
        recurring=turn.recurring,
    )


def _look(turn: Turn) -> str:
    if turn.hidden:
        return "busy"
    if turn.status == "cancelled":
        return "cancelled"
    look = LOOKS.get(turn.kind, "")
    return f"{look} done" if turn.status == "finished" else look


def _span(turn: Turn, to: Reader, zone: str) -> tuple[datetime, datetime]:
    """Wall times; whole days are dates wherever the reader is, and a task takes half an hour from when it is
    due."""
    if turn.all_day:
        first = turn.start_date if turn.kind != "task" else None
        first = first or _date(turn, zone, to)
        last = turn.end_date if turn.kind != "task" else None
        midnight = datetime.combine(first, time.min)
        return midnight, datetime.combine(last, time.min) if last and last > first else midnight + DAY
    if turn.kind == "task":
        start = clock.to_wall(turn.due_at or turn.starts_at or to.now, to.by.zone)
        return start, start + TASK_LENGTH
    starts_at = turn.starts_at or to.now
    start = clock.to_wall(starts_at, to.by.zone)
    length = (turn.ends_at or starts_at) - starts_at
    end = clock.to_wall(turn.ends_at or starts_at, to.by.zone)
    return start, end if end >= start else start + length


def _date(turn: Turn, zone: str, to: Reader) -> date:
    return clock.to_wall(turn.due_at or turn.starts_at or to.now, zone).date()


def _zone(turn: Turn, to: Reader, zones: dict[int, str]) -> str:
    person = to.directory.people.get(turn.owner_id or 0)
    return zones.get(turn.calendar_id) or (person.zone if person else to.by.zone)


def _may_move(turn: Turn, to: Reader, writable: Collection[int]) -> bool:
    if turn.hidden or not to.by.writes:
        return False
    return turn.calendar_id in writable or (to.by.leads_people and not turn.private)
