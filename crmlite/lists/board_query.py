"""What a board asks the database: sums that never read closed rows, and pages of cards."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from peewee import SQL, Expression, ModelSelect, Tuple, fn

from crmlite.errors import Invalid
from crmlite.lists import filter_conditions
from crmlite.lists.board_spec import Board, Grouping, Stack, Sums, Wish
from crmlite.lists.reader import Reader
from crmlite.models.base import database, stored_time
from crmlite.rules.access import scope_where, visible_where

PAGE = 25
REMEMBERED = 400
LARGEST_RANK = 6e16  # microseconds: far beyond any day that people close something
LOST_MARK = "More of this column cannot be found: please load the page again."
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST_DAY = date(9999, 12, 31)  # stands for no day, so that it comes last


def open_sums(board: Board, asked: Wish, grouping: Grouping, to: Reader) -> dict[str, Sums]:
    """Stack -> its sums, all open ones together: from those that the database keeps where they can tell."""
    found: dict[str, Sums] = {}
    part = f"sums {grouping.name}"
    view = board.view(asked.view)
    if view.summed and hasattr(board.sums, grouping.column) and not asked.filters and not asked.text:
        rows = run(board, part, asked, to, lambda: _kept_sums(board, asked, grouping, to))
    else:
        field = getattr(board.model, grouping.column)
        rows = _figures(board, part, asked, field, _opened(board, asked, to), to)
    for value, *figures in rows:
        key = grouping.key(value, to)
        found[key] = _plus(found.get(key), *figures)
    return found


def closed_sums(board: Board, asked: Wish, stack: Stack, to: Reader) -> Sums:
    """Of what was closed lately."""
    field = board.model.outcome
    found: Sums | None = None
    for _, *figures in _figures(board, f"sums of {stack.key}", asked, field, _inside(board, asked, stack, to), to):
        found = _plus(found, *figures)
    return found or Sums(0, {}, {})


def rows(board: Board, asked: Wish, stack: Stack, to: Reader, after: str) -> list[tuple[Any, ...]]:
    """One page of a stack and one row more. `after` is the rank and the id of the last card before it. Raises
    Invalid for a mark that nobody gave."""
    model = board.model
    place, number = _order(board, asked, stack), model.id

    def build() -> ModelSelect:
        query = board.select(to).where(_inside(board, asked, stack, to) & where(board, asked, to))
        order = (place, number) if stack.closed is None else (place.desc(), number.desc())
        return query.order_by(*order).limit(PAGE + 1)

    if not after:
        return run(board, f"cards {stack.key}", asked, to, build)
    rank, record_id = _read_mark(after)
    if stack.closed is not None:
        moment = stored_time(EPOCH - timedelta(microseconds=int(rank)))
        past = Tuple(place, number) < (moment, record_id)
    else:
        by_hand = board.grouping(asked.by).by_hand
        past = Tuple(place, number) > (rank if by_hand else _as_day(rank), record_id)
    return database.execute_sql(*build().where(past).sql()).fetchall()


def rows_of(board: Board, asked: Wish, ids: list[int], to: Reader) -> list[tuple[Any, ...]]:
    """Those of the records that stand anywhere on this board. The SQL text has room for a round number of ids, -1,
    -2 ..., whose places are filled, so that it can be kept."""
    if not ids:
        return []
    room = 1 << (len(ids) - 1).bit_length()

    def build() -> ModelSelect:
        places = _opened(board, asked, to)
        for one in board.grouping(asked.by).stacks(asked, set(), to):
            if one.closed is not None:
                places |= _inside(board, asked, one, to)
        some = board.model.id.in_(range(-1, -room - 1, -1))
        return board.select(to).where(where(board, asked, to) & places & some)

    sql, holders = _text(board, f"{room} cards", asked, to, build)
    filled = {-place: one for place, one in enumerate([*ids, *[0] * (room - len(ids))], 1)}
    values = [filled.get(one, one) if type(one) is int else one for one in holders]
    return database.execute_sql(sql, values).fetchall()


def where(board: Board, asked: Wish, to: Reader) -> Expression:
    """What view, filters, text and the reader's rights let through, wherever it stands."""
    found = visible_where(board.model, to.by) & (board.model.archived == False)  # noqa: E712 - an SQL expression
    if (in_view := board.view(asked.view).where(to.by, to)) is not None:
        found &= in_view
    for one in filter_conditions.conditions(board.spec, asked.filters, to):
        found &= one
    return found & board.matching(asked.text, to) if asked.text else found


_compiled: "OrderedDict[tuple[Any, ...], tuple[str, list[Any]]]" = OrderedDict()


def run(board: Board, part: str, asked: Wish, to: Reader, build: Callable[[], ModelSelect]) -> list[Any]:
    """Building SQL costs more than running it, so its text is kept by everything it depends on."""
    return database.execute_sql(*_text(board, part, asked, to, build)).fetchall()


def _text(board: Board, part: str, asked: Wish, to: Reader, build: Callable[[], ModelSelect]) -> tuple[str, list[Any]]:
    key = (board.spec.section, part, asked, to.by, to.directory.epoch, to.today)
    if key not in _compiled:
        _compiled[key] = build().sql()
        while len(_compiled) > REMEMBERED:
            _compiled.popitem(last=False)
    return _compiled[key]


def _opened(board: Board, asked: Wish, to: Reader) -> Expression:
    return board.is_open & board.within(board.model, asked, to)


def _inside(board: Board, asked: Wish, stack: Stack, to: Reader) -> Expression:
    if stack.closed is not None:
        return stack.where & (board.model.closed_at >= stack.closed)
    return stack.where if board.grouping(asked.by).by_hand else _opened(board, asked, to) & stack.where


def _kept_sums(board: Board, asked: Wish, grouping: Grouping, to: Reader) -> ModelSelect:
    kept = board.sums
    field, number = getattr(kept, grouping.column), fn.SUM(kept.number)
    query = kept.select(field, kept.currency, number, fn.SUM(kept.amount), fn.SUM(kept.chances))
    query = query.where(board.within(kept, asked, to)).group_by(field, kept.currency).having(number != 0)
    if to.by.id is not None and to.by.scope(board.spec.concept) != "all":
        query = query.where(scope_where(kept, to.by))
    view = board.view(asked.view)
    in_view = view.summed(to.by, to) if view.summed else None
    return query if in_view is None else query.where(in_view)


def _figures(
    board: Board, part: str, asked: Wish, field: Any, inside: Expression, to: Reader
) -> Iterable[tuple[Any, ...]]:
    model = board.model

    def build() -> ModelSelect:
        sums = (fn.COUNT(1), fn.SUM(model.amount), fn.SUM(model.amount * model.probability))
        query = model.select(field, model.currency, *sums).where(inside & where(board, asked, to))
        return query.group_by(field, model.currency)

    return run(board, part, asked, to, build)


def _plus(sums: Sums | None, currency: str, count: int, amount: int, chances: int) -> Sums:
    before = sums or Sums(0, {}, {})
    amounts = {**before.amounts, currency: before.amounts.get(currency, 0) + int(amount)}
    weighted = {**before.weighted, currency: before.weighted.get(currency, 0) + int(chances)}
    return Sums(before.number + count, amounts, weighted)


def _order(board: Board, asked: Wish, stack: Stack) -> Any:
    if stack.closed is not None:
        return board.model.closed_at
    return board.model.position if board.grouping(asked.by).by_hand else SQL(board.queue)


def _read_mark(text: str) -> tuple[float, int]:
    value, _, record_id = text.partition(",")
    try:
        mark = float(value), int(record_id[:12])
    except ValueError as error:
        raise Invalid(LOST_MARK) from error
    if not abs(mark[0]) < LARGEST_RANK:
        raise Invalid(LOST_MARK)
    return mark


def _as_day(rank: float) -> str:
    if not 1 <= rank <= LAST_DAY.toordinal():
        raise Invalid(LOST_MARK)
    return date.fromordinal(int(rank)).isoformat()
