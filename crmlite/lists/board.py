"""The board of a list: columns of cards, page by page, with what they hold together."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from peewee import fn

from crmlite.lists import board_query, filters
from crmlite.lists.board_query import EPOCH, LAST_DAY, PAGE, run, where
from crmlite.lists.board_spec import Board, Grouping, Look, Shown, Stack, Sums, Wish
from crmlite.lists.query import COUNTED, figure
from crmlite.lists.reader import Reader, short_money

Page = tuple[list[Any], str]


def wish(board: Board, args: Mapping[str, str], to: Reader) -> Wish:
    """Raises Invalid for a filter that cannot be read; unknown tabs, groupings and pipelines are the first ones."""
    known = [number for number, _ in board.pipelines(to)]
    pipeline = args.get("pipeline", "")
    asked = int(pipeline) if pipeline.isdigit() and len(pipeline) < 10 else 0
    return Wish(
        view=board.view(args.get("view", "")).name,
        filters=filters.parse(board.spec, args),
        text=args.get("q", "").strip()[:200],
        by=board.grouping(args.get("by", "")).name,
        pipeline=asked if asked in known else known[0],
        lost=args.get("lost") == "1",
    )


def look(board: Board, asked: Wish, to: Reader, only: Iterable[str] | None = None) -> Look:
    """The whole board; cards only of the stacks in `only` when that is given."""
    grouping = board.grouping(asked.by)
    sums = board_query.open_sums(board, asked, grouping, to)
    stacks = grouping.stacks(asked, set(sums), to)
    sums |= {one.key: board_query.closed_sums(board, asked, one, to) for one in stacks if one.closed is not None}
    wanted = {stack.key for stack in stacks} if only is None else set(only)
    pages = _pages(board, asked, [stack for stack in stacks if stack.key in wanted], to)
    found = [(stack, sums.get(stack.key, Sums(0, {}, {}))) for stack in stacks]
    whole = sum(each.amounts.get(to.directory.currency, 0) for _, each in found)
    opened = [each for stack, each in found if stack.closed is None]
    return Look(
        [_shown(stack, each, whole, pages.get(stack.key), to) for stack, each in found],
        _money(_added(one.amounts for one in opened), to),
        _money(_hundredth(_added(one.weighted for one in opened)), to),
    )


def find_stack(board: Board, asked: Wish, key: str, to: Reader) -> Stack | None:
    return next((one for one in board.grouping(asked.by).stacks(asked, {key}, to) if one.key == key), None)


def page(board: Board, asked: Wish, stack: Stack, to: Reader, after: str = "") -> Page:
    """Cards of one stack and the mark of the next page."""
    rows = board_query.rows(board, asked, stack, to, after)
    return _cut(board.cards(rows, board.grouping(asked.by), to))


def some(board: Board, asked: Wish, ids: Iterable[int], to: Reader) -> list[Any]:
    """Those of the records that this board shows, as cards."""
    rows = board_query.rows_of(board, asked, sorted(set(ids)), to)
    return board.cards(rows, board.grouping(asked.by), to)


def view_counts(board: Board, asked: Wish, to: Reader) -> dict[str, str]:
    """How many open records each tab holds in this pipeline, counted up to a thousand."""
    counts = {}
    for view in board.views:
        tab = Wish(view.name, pipeline=asked.pipeline)

        def build(tab: Wish = tab) -> Any:
            inside = board.is_open & board.within(board.model, tab, to) & where(board, tab, to)
            matching = board.model.select(board.model.id).where(inside).limit(COUNTED + 1)
            return board.model.select(fn.COUNT(1)).from_(matching.alias("some"))

        counts[view.name] = figure(run(board, "count", tab, to, build)[0][0])
    return counts


def rank(grouping: Grouping, position: float, closing: date | None, closed_at: datetime | None) -> float:
    """The number that orders cards in their column, small first: the age of closed ones, else the position that
    people gave, or the close date."""
    if closed_at:
        return -((closed_at - EPOCH) // timedelta(microseconds=1))
    return position if grouping.by_hand else (closing or LAST_DAY).toordinal()


def _pages(board: Board, asked: Wish, stacks: list[Stack], to: Reader) -> dict[str, Page]:
    """First pages. The cards of all are made together, so that what they show of others is asked once."""
    found = [(stack.key, board_query.rows(board, asked, stack, to, "")) for stack in stacks]
    cards = iter(board.cards([row for _, rows in found for row in rows], board.grouping(asked.by), to))
    return {key: _cut(list(islice(cards, len(rows)))) for key, rows in found}


def _cut(cards: list[Any]) -> Page:
    last = cards[PAGE - 1] if len(cards) > PAGE else None
    return cards[:PAGE], (f"{last.rank!r},{last.id}" if last else "")


def _shown(stack: Stack, sums: Sums, whole: int, page: Page | None, to: Reader) -> Shown:
    share = round(100 * sums.amounts.get(to.directory.currency, 0) / whole) if whole else 0
    cards, after = page if page else (None, "")
    weighted = _money(_hundredth(sums.weighted), to)
    return Shown(stack, sums.number, _money(sums.amounts, to), weighted, share, cards, after)


def _added(parts: Iterable[dict[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for part in parts:
        for currency, amount in part.items():
            total[currency] = total.get(currency, 0) + amount
    return total


def _hundredth(amounts: dict[str, int]) -> dict[str, int]:
    return {currency: amount // 100 for currency, amount in amounts.items()}


def _money(amounts: dict[str, int], to: Reader) -> str:
    """The house's currency first; others are named beside it, never added up."""
    own = to.directory.currency
    others = [short_money(amount, one, to) for one, amount in sorted(amounts.items()) if one != own and amount]
    return " + ".join([short_money(amounts.get(own, 0), own, to), *others])
