"""What a calendar holds, as clients that sync ask for it."""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from peewee import Case, Expression, ModelSelect, Value

from crmlite.ics.occurrences import WINDOW, occurrences
from crmlite.ics.read import Fields, read
from crmlite.models import statements
from crmlite.models.base import read_time, stored_time
from crmlite.models.calendars import Calendar, Tombstone
from crmlite.models.events import Attendee, Event, Occurrence
from crmlite.models.statements import statement
from crmlite.rules import invited, sync
from crmlite.rules.access import Actor

CHUNK = 500
EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
LATEST = datetime(9999, 12, 30, tzinfo=UTC)


class Object(NamedTuple):
    """`etag` is of the text as stored; `text` is empty where it was not asked for. `hidden`: private and
    another's. Times are as the database returned them (thousands are read for a few that are looked at):
    `base.read_time` makes moments of them."""

    id: int
    href: str
    uid: str
    etag: str
    component: str
    updated: str | datetime
    private: bool
    owner_id: int | None
    recurring: bool
    starts: str | datetime | None
    due: str | datetime | None
    first: str | datetime | None
    last: str | datetime | None
    text: str = ""
    hidden: bool = False

    @property
    def undated(self) -> bool:
        return self.first is None


class InvalidToken(ValueError):
    """The sync token is not one of this calendar, or too old."""


COLUMNS = (
    Event.id, Event.href, Event.uid, Event.etag, Event.component, Event.updated_at, Event.private, Event.owner,
    Event.recurring, Event.starts_at, Event.due_at, Event.range_start, Event.range_end,
)  # fmt: skip


def every(calendar: Calendar, by: Actor, texts: bool = False) -> list[Object]:
    return _ask(calendar, by, texts, _in_order)


def named(calendar: Calendar, hrefs: Collection[str], by: Actor, texts: bool = False) -> list[Object]:
    """Those of the names that are there."""
    found: list[Object] = []
    made = invited.is_made_of_them(calendar)
    for some in _chunks(sorted(set(hrefs))):
        if made:
            found += _ask(calendar, by, texts, _numbered, ids=invited.ids(some))
        elif len(some) == 1:
            found += _ask(calendar, by, texts, _called, href=some[0])
        else:
            found += _ask(calendar, by, texts, _called_one_of, hrefs=some)
    return found


def has_uid(calendar: Calendar, uid: str) -> bool:
    return sync.twin(calendar.id, uid) is not None


def changed_since(calendar: Calendar, seq: int, by: Actor, texts: bool = False) -> tuple[list[Object], list[str]]:
    """What was written after `seq`, and the names of what left. Raises InvalidToken."""
    if not calendar.floor_seq <= seq <= calendar.seq:
        raise InvalidToken(f"{seq} is not between {calendar.floor_seq} and {calendar.seq}.")
    if invited.is_made_of_them(calendar):
        heard = invited.heard_since(seq, by)
        rows = {row.id: row for row in named(calendar, [invited.href(one) for one in heard], by, texts)}
        return [rows[one] for one in heard if one in rows], [invited.href(one) for one in heard if one not in rows]
    if seq == calendar.seq:
        return [], []
    written = _ask(calendar, by, texts, _newer, seq=seq)
    return written, [href for (href,) in _left(calendar=calendar.id, seq=seq)]


def in_range(
    calendar: Calendar,
    component: str,
    start: datetime | None,
    end: datetime | None,
    by: Actor,
    texts: bool = False,
) -> list[Object]:
    """Those of a kind ("" for all) that stand between `start` and `end` (None: open), by RFC 4791 section
    9.9. A task without start and due date is always among them: its text must decide."""
    if start is None and end is None:
        return _ask(calendar, by, texts, _of_component, component)
    low, high = start or EARLIEST, end or LATEST
    moments = {"low": stored_time(low), "high": stored_time(high)}
    rows = _ask(calendar, by, texts, _around, component, **moments)
    kept = [row for row in rows if row.recurring or _stands(row, low, high)]
    if (end and end > WINDOW[1]) or (start and start < WINDOW[0]):
        kept += _beyond({row.id for row in kept}, calendar, component, low, high, by)
    return sorted(kept, key=lambda row: row.id)


def busy(calendar: Calendar, start: datetime, end: datetime, by: Actor) -> Iterator[tuple[datetime, datetime, str]]:
    """Taken times with their FBTYPE (RFC 4791 section 7.10), cut to the window, for a free-busy report."""
    said = _standing(calendar, by) & (Event.component == "VEVENT")
    telling = Event.ics.contains("TENTATIVE") | Event.ics.contains("RECURRENCE-ID")
    facts = (Event.free, Event.status, Case(None, [(telling, Event.ics)], ""))
    once = Event.select(Event.starts_at, Event.ends_at, Value(""), *facts).where(
        said & (Event.recurring == False) & (Event.range_start < end) & (Event.range_end > start)  # noqa: E712
    )
    turns = (
        Event.select(Occurrence.starts_at, Occurrence.ends_at, Occurrence.recurrence_id, *facts)
        .join(Occurrence)
        .where(said & (Occurrence.starts_at < end) & (Occurrence.ends_at > start))
    )
    zone = sync.zone_of(calendar)
    for query in (once, turns):
        for first, last, turn, free, status, text in query.tuples():
            kind = "" if free or status == "cancelled" else "BUSY"
            if text:
                kind = _busy_kind(read(text, zone, turn))
            if kind and first < end and last > start:
                yield max(first, start), min(last, end), kind


def _busy_kind(said: Fields) -> str:
    """ "" for what takes no time."""
    if said.free or said.status == "CANCELLED":
        return ""
    return "BUSY-TENTATIVE" if said.status == "TENTATIVE" else "BUSY"


def _ask(
    calendar: Calendar, by: Actor, texts: bool, among: Callable[..., ModelSelect], *hangs_on: Any, **values: Any
) -> list[Object]:
    made = invited.is_made_of_them(calendar)

    def build(slots: dict[str, Any]) -> ModelSelect:
        here = invited.standing(by) if made else _in_calendar(slots.pop("calendar"))
        query = Event.select(*COLUMNS, *([Event.ics] if texts else [])).where(here)
        return among(query, here, *hangs_on, **slots)

    if not made:
        values["calendar"] = calendar.id
    rows = statements.raw((among, by if made else None, texts, *hangs_on), build, values)
    return _read([Object(*row) for row in rows], calendar, by)


def _in_order(query: ModelSelect, here: Expression) -> ModelSelect:
    return query.order_by(Event.id)


def _called(query: ModelSelect, here: Expression, href: Any) -> ModelSelect:
    return query.where(Event.href == href)


def _called_one_of(query: ModelSelect, here: Expression, hrefs: Any) -> ModelSelect:
    return query.where(Event.href.in_(hrefs))


def _numbered(query: ModelSelect, here: Expression, ids: Any) -> ModelSelect:
    return query.where(Event.id.in_(ids))


def _newer(query: ModelSelect, here: Expression, seq: Any) -> ModelSelect:
    return query.where(Event.seq > seq).order_by(Event.seq)


def _of_component(query: ModelSelect, here: Expression, component: str) -> ModelSelect:
    return (query.where(Event.component == component) if component else query).order_by(Event.id)


def _recurring(query: ModelSelect, here: Expression, component: str) -> ModelSelect:
    return _of_component(query, here, component).where(Event.recurring == True)  # noqa: E712 - an SQL expression


def _around(query: ModelSelect, here: Expression, component: str, low: Any, high: Any) -> ModelSelect:
    once = (Event.range_start <= high) & (Event.range_end >= low) & (Event.recurring == False)  # noqa: E712
    undated = (Event.component == "VTODO") & Event.range_start.is_null()
    lasting = (Occurrence.ends_at > low) | (
        (Occurrence.starts_at == Occurrence.ends_at) & (Occurrence.starts_at >= low)
    )
    within = here & (Event.recurring == True)  # noqa: E712 - an SQL expression
    turning = Occurrence.select(Occurrence.event).join(Event).where(within & (Occurrence.starts_at < high) & lasting)
    return (query.where(Event.component == component) if component else query).where(
        once | undated | Event.id.in_(turning)
    )


@statement
def _left(calendar: Any, seq: Any) -> ModelSelect:
    return Tombstone.select(Tombstone.href).where((Tombstone.calendar == calendar) & (Tombstone.seq > seq)).tuples()


def _standing(calendar: Calendar, by: Actor) -> Expression:
    if invited.is_made_of_them(calendar):
        return invited.standing(by)
    return _in_calendar(calendar.id)


def _in_calendar(calendar_id: Any) -> Expression:
    return (Event.calendar == calendar_id) & Event.deleted_at.is_null()


def _read(rows: list[Object], calendar: Calendar, by: Actor) -> list[Object]:
    if invited.is_made_of_them(calendar):
        return [row._replace(href=invited.href(row.id)) for row in rows]
    if calendar.owner_id == by.id:
        return rows
    others = {row.id for row in rows if row.private and row.owner_id != by.id}
    for some in _chunks(sorted(others)):
        guest = Attendee.select(Attendee.event).where((Attendee.user == by.id) & Attendee.event.in_(some))
        others -= {event for (event,) in guest.tuples()}
    return [row._replace(hidden=True) if row.id in others else row for row in rows] if others else rows


def _stands(row: Object, low: datetime, high: datetime) -> bool:
    """RFC 4791 section 9.9 for one that does not repeat. `low` and `high` are far away where the query was
    open."""
    first, last = read_time(row.first), read_time(row.last)
    if first is None or last is None:
        return True
    if row.component == "VEVENT":
        return first < high and last > low if last > first else low <= first < high
    if row.starts is None:
        return low < last <= high
    if row.due is None:
        return low <= first < high
    return (low < last or low <= first) and (high > first or high >= last)


def _beyond(
    known: set[int], calendar: Calendar, component: str, low: datetime, high: datetime, by: Actor
) -> list[Object]:
    """Turns outside of the years that the index holds are counted out."""
    zone = sync.zone_of(calendar)
    rows = _ask(calendar, by, True, _recurring, component)
    return [row for row in rows if row.id not in known and occurrences(row.text, zone, low, high)]


def _chunks(values: list) -> Iterable[list]:
    return (values[at : at + CHUNK] for at in range(0, len(values), CHUNK))
