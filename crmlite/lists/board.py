"""The board of a list: columns of cards, page by page, and sums that never read closed rows."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

from peewee import Expression, ModelSelect, Tuple, fn

from crmlite.errors import Invalid
from crmlite.lists import filters
from crmlite.lists.filters import Filter
from crmlite.lists.query import COUNTED
from crmlite.lists.reader import Reader, short_money
from crmlite.lists.spec import ListSpec
from crmlite.models.base import database, stored_time
from crmlite.rules.access import Actor, visible_where

PAGE = 25
REMEMBERED = 400
LARGEST_RANK = 6e16  # microseconds: far beyond any day that people close something
LOST_MARK = "More of this column cannot be found: please load the page again."
Page = tuple[list[Any], str]
Preset = tuple[str, str, list[tuple[str, str]]]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Stack:
    """A column of the board: the records whose column field holds `key`. `look` is won, lost or nothing.
    Closed ones show what was `closed` since that moment, newest first; open ones keep the order people
    give."""

    key: int
    label: str
    look: str = ""
    closed: datetime | None = None


@dataclass(frozen=True)
class BoardView:
    """A tab. `closed`: whether what is won and lost is shown beside the open ones."""

    name: str
    label: str
    where: Callable[[Actor, Reader], Expression | None]
    closed: bool = True


@dataclass(frozen=True)
class Board:
    """`field` says in which stack a record stands, `noun` is its word in addresses. `is_open` is the
    condition that the index of the sums begins with. `stacks` answers the columns, with won and lost or
    without, with lost or without. `presets` are filters one click away. `select` begins the query of the
    cards and `cards` makes them of its rows. `touched` answers which records are shown differently after a
    change of other concepts."""

    spec: ListSpec
    field: str
    noun: str
    is_open: Expression
    stacks: Callable[[bool, bool, Reader], tuple[Stack, ...]]
    views: tuple[BoardView, ...]
    presets: Callable[[Reader], list[Preset]]
    select: Callable[[Reader], ModelSelect]
    cards: Callable[[list[tuple[Any, ...]], Reader], list[Any]]
    move: Callable[..., Any]
    touched: Callable[[dict[str, list[int]], Reader], list[int]]
    template: str
    place_name: Callable[[int, Reader], str]

    @property
    def model(self) -> Any:
        return self.spec.model

    def view(self, name: str) -> BoardView:
        return next((view for view in self.views if view.name == name), self.views[0])


@dataclass(frozen=True)
class Wish:
    """What the address asks of a board."""

    view: str
    filters: tuple[Filter, ...] = ()
    lost: bool = False


class Sums(NamedTuple):
    """Currency -> minor units; `weighted` by probability."""

    number: int
    amounts: dict[str, int]
    weighted: dict[str, int]


class Shown(NamedTuple):
    """A column as the page shows it. `share` in percent of all columns; `after` marks the next page, empty at
    the end; `cards` is None where only the head is asked for."""

    stack: Stack
    number: int
    amount: str
    weighted: str
    share: int
    cards: list[Any] | None
    after: str


class Look(NamedTuple):
    columns: list[Shown]
    amount: str
    weighted: str


def wish(board: Board, args: Mapping[str, str]) -> Wish:
    """Raises Invalid for a filter that cannot be read."""
    return Wish(board.view(args.get("view", "")).name, filters.parse(board.spec, args), args.get("lost") == "1")


def look(board: Board, asked: Wish, to: Reader, only: Iterable[int] | None = None) -> Look:
    """The whole board; cards only of the stacks in `only` when that is given."""
    stacks = _stacks(board, asked, to)
    sums = _sums(board, asked, stacks, to)
    wanted = {stack.key for stack in stacks} if only is None else set(only)
    pages = _pages(board, asked, [stack for stack in stacks if stack.key in wanted], to)
    whole = sum(sums[stack.key].amounts.get(to.directory.currency, 0) for stack in stacks)
    columns = [_shown(stack, sums[stack.key], whole, pages.get(stack.key), to) for stack in stacks]
    opened = [sums[stack.key] for stack in stacks if stack.closed is None]
    return Look(
        columns,
        _money(_added(one.amounts for one in opened), to),
        _money(_added(one.weighted for one in opened), to),
    )


def find_stack(board: Board, asked: Wish, key: int, to: Reader) -> Stack | None:
    return next((one for one in _stacks(board, asked, to) if one.key == key), None)


def page(board: Board, asked: Wish, stack: Stack, to: Reader, after: str = "") -> Page:
    """Cards of one stack and the mark of the next page."""
    return _cut(board.cards(_page_rows(board, asked, stack, to, after), to))


def some(board: Board, asked: Wish, ids: Iterable[int], to: Reader) -> list[Any]:
    """Those of the records that this board shows, as cards."""
    wanted = sorted(set(ids))
    if not wanted:
        return []
    places = None
    for one in _stacks(board, asked, to):
        place = _inside(board, one)
        places = place if places is None else places | place
    query = board.select(to).where(_where(board, asked, to) & places & board.model.id.in_(wanted))
    return board.cards(database.execute_sql(*query.sql()).fetchall(), to)


def view_counts(board: Board, to: Reader) -> dict[str, str]:
    """How many open records each tab holds, counted up to a thousand."""
    counts = {}
    for view in board.views:
        asked = Wish(view.name)

        def build(asked: Wish = asked) -> ModelSelect:
            matching = board.model.select(board.model.id).where(board.is_open & _where(board, asked, to))
            return board.model.select(fn.COUNT(1)).from_(matching.limit(COUNTED + 1).alias("some"))

        count = _run(board, "count", asked, to, build)[0][0]
        counts[view.name] = f"{COUNTED:,}+" if count > COUNTED else f"{count:,}"
    return counts


def rank(stack_closed: bool, position: float, closed_at: datetime | None) -> float:
    """The number that orders cards in their column, small first: the position, or the age for closed ones."""
    if stack_closed and closed_at:
        return -((closed_at - EPOCH) // timedelta(microseconds=1))
    return position


def _stacks(board: Board, asked: Wish, to: Reader) -> tuple[Stack, ...]:
    return board.stacks(board.view(asked.view).closed, asked.lost, to)


def _pages(board: Board, asked: Wish, stacks: list[Stack], to: Reader) -> dict[int, Page]:
    """First pages. The cards of all are made together, so that what they show of others is asked once."""
    found = [(stack.key, _page_rows(board, asked, stack, to, "")) for stack in stacks]
    cards = iter(board.cards([row for _, rows in found for row in rows], to))
    return {key: _cut(list(islice(cards, len(rows)))) for key, rows in found}


def _cut(cards: list[Any]) -> Page:
    last = cards[PAGE - 1] if len(cards) > PAGE else None
    return cards[:PAGE], (f"{last.rank!r},{last.id}" if last else "")


def _page_rows(board: Board, asked: Wish, stack: Stack, to: Reader, after: str) -> list[tuple[Any, ...]]:
    model = board.model
    place, number = (model.position, model.id) if stack.closed is None else (model.closed_at, model.id)

    def build() -> ModelSelect:
        query = board.select(to).where(_inside(board, stack) & _where(board, asked, to))
        order = (place, number) if stack.closed is None else (place.desc(), number.desc())
        return query.order_by(*order).limit(PAGE + 1)

    if not after:
        return _run(board, f"cards {stack.key}", asked, to, build)
    value, record_id = _read_mark(after)
    if stack.closed is None:
        past = Tuple(place, number) > (value, record_id)
    else:
        moment = stored_time(EPOCH - timedelta(microseconds=int(value)))
        past = Tuple(place, number) < (moment, record_id)
    return database.execute_sql(*build().where(past).sql()).fetchall()


def _read_mark(text: str) -> tuple[float, int]:
    value, _, record_id = text.partition(",")
    try:
        mark = float(value), int(record_id[:12])
    except ValueError as error:
        raise Invalid(LOST_MARK) from error
    if not abs(mark[0]) < LARGEST_RANK:
        raise Invalid(LOST_MARK)
    return mark


def _inside(board: Board, stack: Stack) -> Expression:
    inside = getattr(board.model, board.field) == stack.key
    return inside if stack.closed is None else inside & (board.model.closed_at >= stack.closed)


def _where(board: Board, asked: Wish, to: Reader) -> Expression:
    where = visible_where(board.model, to.by) & (board.model.archived == False)  # noqa: E712 - an SQL expression
    if (in_view := board.view(asked.view).where(to.by, to)) is not None:
        where &= in_view
    for one in filters.conditions(board.spec, asked.filters, to):
        where &= one
    return where


def _sums(board: Board, asked: Wish, stacks: tuple[Stack, ...], to: Reader) -> dict[int, Sums]:
    """Open stacks together, from their index alone; each closed one from what was closed lately."""
    model, field = board.model, getattr(board.model, board.field)
    figures = (
        field, model.currency, fn.COUNT(1), fn.SUM(model.amount), fn.SUM(model.amount * model.probability),
    )  # fmt: skip
    keys = [stack.key for stack in stacks if stack.closed is None]
    parts = [("sums", board.is_open & field.in_(keys))]
    parts += [(f"sums {one.key}", _inside(board, one)) for one in stacks if one.closed is not None]
    found = {stack.key: Sums(0, {}, {}) for stack in stacks}
    for part, inside in parts:

        def build(inside: Expression = inside) -> ModelSelect:
            return model.select(*figures).where(inside & _where(board, asked, to)).group_by(field, model.currency)

        for key, currency, count, amount, weighted in _run(board, part, asked, to, build):
            one = found[key]
            amounts, chances = {**one.amounts, currency: int(amount)}, int(weighted) // 100
            found[key] = Sums(one.number + count, amounts, {**one.weighted, currency: chances})
    return found


def _shown(stack: Stack, sums: Sums, whole: int, page: Page | None, to: Reader) -> Shown:
    share = round(100 * sums.amounts.get(to.directory.currency, 0) / whole) if whole else 0
    cards, after = page if page else (None, "")
    return Shown(stack, sums.number, _money(sums.amounts, to), _money(sums.weighted, to), share, cards, after)


def _added(parts: Iterable[dict[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for part in parts:
        for currency, amount in part.items():
            total[currency] = total.get(currency, 0) + amount
    return total


def _money(amounts: dict[str, int], to: Reader) -> str:
    """The house's currency first; others are named beside it, never added up."""
    own = to.directory.currency
    others = [short_money(amount, one, to) for one, amount in sorted(amounts.items()) if one != own and amount]
    return " + ".join([short_money(amounts.get(own, 0), own, to), *others])


_compiled: "OrderedDict[tuple[Any, ...], tuple[str, list[Any]]]" = OrderedDict()


def _run(board: Board, part: str, asked: Wish, to: Reader, build: Callable[[], ModelSelect]) -> list[Any]:
    """Building SQL costs more than running it, so its text is kept by everything it depends on."""
    key = (board.spec.section, part, asked, to.by, to.directory.epoch, to.today)
    kept = _compiled.get(key)
    if kept is None:
        kept = _compiled[key] = build().sql()
        while len(_compiled) > REMEMBERED:
            _compiled.popitem(last=False)
    return database.execute_sql(*kept).fetchall()
