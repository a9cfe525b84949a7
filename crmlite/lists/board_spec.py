"""The vocabulary of a board: columns, ways to group them, tabs. Plain frozen data."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from peewee import Expression, ModelSelect

from crmlite.lists.filters import Filter
from crmlite.lists.reader import Reader
from crmlite.lists.spec import ListSpec
from crmlite.rules.access import Actor
from crmlite.rules.directory import Person

Preset = tuple[str, str, list[tuple[str, str]]]


@dataclass(frozen=True)
class Stack:
    """A column of the board: the records that hold `where`. `look` is won, lost or nothing. Closed ones show what
    was `closed` since that moment, newest first. `takes`: whether cards can be put here; else `full` says what to do
    instead."""

    key: str
    label: str
    where: Expression = field(compare=False, repr=False)
    look: str = ""
    closed: datetime | None = None
    colour: str = ""
    person: Person | None = None
    full: str = ""

    @property
    def takes(self) -> bool:
        return not self.full


@dataclass(frozen=True)
class Wish:
    """What the address asks of a board. `by` names the grouping; `pipeline` 0 is the first one."""

    view: str
    filters: tuple[Filter, ...] = ()
    text: str = ""
    by: str = ""
    pipeline: int = 0
    lost: bool = False


@dataclass(frozen=True)
class Grouping:
    """One way to make columns of the same cards. `column` is the field that says where a card stands and `key` the
    stack of its value. `stacks` answers the columns, given the keys under which there are cards. `values` is what a
    record takes on when it is put into a stack. `by_hand`: people give the order, else the nearest close date is
    first."""

    name: str
    label: str
    column: str
    key: Callable[[Any, Reader], str]
    stacks: Callable[[Wish, set[str], Reader], tuple[Stack, ...]]
    values: Callable[[Any, str, Reader], dict[str, Any]]
    by_hand: bool = False


@dataclass(frozen=True)
class BoardView:
    """A tab, one of the list's views. `summed` is the same condition on the kept sums, where these can tell."""

    name: str
    label: str
    where: Callable[[Actor, Reader], Expression | None]
    summed: Callable[[Actor, Reader], Expression | None] | None = None


@dataclass(frozen=True)
class Board:
    """`noun` is the word of the first grouping in addresses. `is_open` is the condition that the index of the sums
    begins with and `within` that of the pipeline; `queue` is the SQL that orders cards where people do not.
    `sums` are what the open ones come to by stage, owner and team, as the database keeps it.
    `matching` are the records that a typed text finds. `presets` are filters one click away. `select` begins the
    query of the cards and `cards` makes them of its rows. `touched` answers which records are shown differently after
    a change of other concepts."""

    spec: ListSpec
    noun: str
    is_open: Expression
    sums: type[Any]
    within: Callable[[Any, Wish, Reader], Expression]
    queue: str
    groupings: tuple[Grouping, ...]
    pipelines: Callable[[Reader], list[tuple[int, str]]]
    closings: Callable[[Wish, Reader], tuple[Stack, ...]]
    views: tuple[BoardView, ...]
    presets: Callable[[Reader], list[Preset]]
    matching: Callable[[str, Reader], Expression]
    select: Callable[[Reader], ModelSelect]
    cards: Callable[[list[tuple[Any, ...]], Grouping, Reader], list[Any]]
    move: Callable[..., Any]
    change: Callable[..., Any]
    touched: Callable[[dict[str, list[int]], Reader], list[int]]

    @property
    def model(self) -> Any:
        return self.spec.model

    def view(self, name: str) -> BoardView:
        return next((view for view in self.views if view.name == name), self.views[0])

    def grouping(self, name: str) -> Grouping:
        return next((one for one in self.groupings if one.name == name), self.groupings[0])


class Sums(NamedTuple):
    """Currency -> minor units; `weighted` in hundredths of them, for they are multiplied by percents."""

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
