"""A stretch of days as a calendar draws it: bars across days, blocks in a day, lanes where they overlap."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

DAY = timedelta(days=1)
STEP = 5  # minutes: the grid of the style sheet
SHORTEST = 25  # minutes a block is drawn at least, so that its name can be read
MOST_LANES = 8


@dataclass(frozen=True)
class Item:
    """One turn of an event as its reader sees it. `start` and `end` are wall times in the reader's zone,
    `end` exclusive; `first` and `last` the days it lies on. `look` is the class of its kind, `told` the line
    under its name, `occurrence` the recurrence id of the turn."""

    id: int
    version: int
    start: datetime
    end: datetime
    all_day: bool
    first: date
    last: date
    kind: str
    status: str
    subject: str
    look: str
    told: str
    url: str
    occurrence: str
    movable: bool
    recurring: bool

    @property
    def is_bar(self) -> bool:
        """Drawn across the days, above the hours: whole days, and whatever lasts a day or longer."""
        return self.all_day or self.end - self.start >= DAY

    @property
    def times(self) -> str:
        if self.all_day:
            return "all day"
        if self.start == self.end:
            return f"{self.start:%H:%M}"
        return f"{self.start:%H:%M} – {self.end:%H:%M}"


@dataclass(frozen=True)
class Block:
    """An item in a day's column. `at` (“09:15”) and `length` (“1:30”) are data of the style sheet; `lane` the
    class of its place beside others; `goes_on` and `began` tell of midnight."""

    item: Item
    at: str
    length: str
    lane: str
    began: bool
    goes_on: bool


@dataclass(frozen=True)
class Bar:
    """An item across days: `column` of the first day shown (1 for the first), `span` in days."""

    item: Item
    column: int
    span: int
    began: bool
    goes_on: bool


@dataclass(frozen=True)
class Day:
    date: date
    blocks: tuple[Block, ...]
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Plan:
    days: tuple[Day, ...]
    bars: tuple[Bar, ...]


def plan(items: Iterable[Item], first: date, days: int) -> Plan:
    """Lay the items out over `days` days from `first`."""
    items = sorted(items, key=lambda item: (item.start, item.first - item.last, item.id))
    shown = [first + DAY * number for number in range(days)]
    return Plan(
        tuple(
            Day(day, _blocks(items, day), tuple(i for i in items if i.first <= day <= i.last))
            for day in shown
        ),
        tuple(bars(items, shown[0], shown[-1])),
    )


def bars(items: Iterable[Item], first: date, last: date, everything: bool = False) -> Iterable[Bar]:
    """What stretches over the days from `first` to `last`; with `everything` also what has its hour in one of them."""
    for item in items:
        if (everything or item.is_bar) and item.first <= last and item.last >= first:
            start, end = max(item.first, first), min(item.last, last)
            yield Bar(
                item, (start - first).days + 1, (end - start).days + 1, item.first < first, item.last > last
            )


def _blocks(items: list[Item], day: date) -> tuple[Block, ...]:
    parts = [
        (*_extent(item, day), item) for item in items if not item.is_bar and item.first <= day <= item.last
    ]
    parts.sort(key=lambda part: (part[0], -part[1]))
    blocks: list[Block] = []
    for group in _touching(parts):
        lanes = _lanes(group)
        many = min(max(lanes) + 1, MOST_LANES)
        for (start, end, item), lane in zip(group, lanes, strict=True):
            place = f"lane-{min(lane, MOST_LANES - 1) + 1}-of-{many}" if many > 1 else ""
            length = end - start
            blocks.append(
                Block(
                    item,
                    f"{start // 60:02d}:{start % 60:02d}",
                    f"{length // 60}:{length % 60:02d}",
                    place,
                    item.first < day,
                    item.last > day,
                )
            )
    return tuple(blocks)


def _extent(item: Item, day: date) -> tuple[int, int]:
    """Minutes of this day the item takes, on the five-minute grid; midnight cuts it, and the other day has
    the rest."""
    midnight = datetime.combine(day, time.min)
    start = max((item.start - midnight) // timedelta(minutes=1), 0)
    end = min(-((midnight - item.end) // timedelta(minutes=1)), 24 * 60)
    start, end = start // STEP * STEP, -(-end // STEP) * STEP
    end = max(end, start + SHORTEST)
    return (start, end) if end <= 24 * 60 else (24 * 60 - SHORTEST, 24 * 60)


def _touching(parts: list[tuple[int, int, Item]]) -> list[list[tuple[int, int, Item]]]:
    """Groups that overlap among themselves and with no other."""
    groups: list[list[tuple[int, int, Item]]] = []
    until = -1
    for part in parts:
        if part[0] >= until:
            groups.append([])
        groups[-1].append(part)
        until = max(until, part[1])
    return groups


def _lanes(group: list[tuple[int, int, Item]]) -> list[int]:
    """The first lane that is free again for each, in order."""
    ends: list[int] = []
    lanes = []
    for start, end, _ in group:
        lane = next((number for number, busy in enumerate(ends) if busy <= start), len(ends))
        ends[lane : lane + 1] = [end]
        lanes.append(lane)
    return lanes
