"""The vocabulary of a list: columns, views, and what a row says about itself. Plain frozen data."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from peewee import Expression

from crmlite.lists.kinds import Kind
from crmlite.lists.reader import Reader
from crmlite.models.base import Record
from crmlite.rules import directory
from crmlite.rules.access import Actor


@dataclass(frozen=True)
class Column:
    """One field of the concept. `sort` is the SQL expression of an index that ends in id; `shown` whether a new
    reader's list has it; `fixed` why it cannot be edited in place (empty: it can). `switch` is the setting that must be
    on for the column to be there at all; from a column that `leads`, the form fills others."""

    name: str
    label: str
    kind: Kind
    sort: str = ""
    shown: bool = False
    total: bool = False
    fixed: str = ""
    hint: str = ""
    switch: str = ""
    leads: bool = False

    @property
    def offered(self) -> bool:
        return not self.switch or directory.is_on(self.switch)


class Sum(NamedTuple):
    """A figure of the footer: the sum of `sql`, in minor units once it is divided. With `column` only where that
    column is shown."""

    label: str
    sql: Any
    divisor: int = 1
    column: str = ""


@dataclass(frozen=True)
class View:
    """A built-in tab. `one` is what people call one of its records, where the list has another word for its own, and
    `begins` what the form of a new one holds already. Views of one `group` stand behind one tab of that name, which
    opens the first of them."""

    name: str
    label: str
    where: Callable[[Actor, Reader], Expression | None]
    one: str = ""
    begins: tuple[tuple[str, str], ...] = ()
    group: str = ""


@dataclass(frozen=True)
class ListSpec:
    """`name` shows a row's name as safe HTML; `marks` what stands behind it; `acts` the row's own buttons with
    {id} and {v} in it. `needs` are columns that ink, name and marks read besides those shown. `groups` order the
    fields of record page and form. `locked` says why a field of this record cannot be changed now. `verbs` are what
    can be done to ticked rows beside what every list offers: from field, value and actor to what happens to each.
    `sums` are further figures of the footer, `mean` the column whose average it shows, `counted` how far it goes.
    `boarded`: it can also be looked at as a board. `applies` says whether the page of a record has use for a field.
    A new one's form shows what it `begins` with."""

    concept: str
    section: str
    title: str
    one: str
    model: type[Record]
    columns: tuple[Column, ...]
    views: tuple[View, ...]
    order: str
    name: Callable[[Any], str]
    needs: tuple[str, ...]
    edit: Callable[..., Any]
    create: Callable[..., Any]
    ink: Callable[[Any, Reader], str]
    marks: Callable[[Any, Reader], str] = lambda row, to: ""
    acts: Callable[[Any, Reader], str] = lambda row, to: ""
    cells: dict[str, Callable[[Any, Reader], str]] = field(default_factory=dict)
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    empty: str = ""
    name_fields: tuple[str, ...] = ("name",)
    begins: Callable[[Reader], dict[str, Any]] = lambda to: {}
    locked: Callable[[Any, str], str] = lambda record, field: ""
    verbs: dict[str, Callable[[str, str, Actor], Callable[[Any], Any]]] = field(default_factory=dict)
    sums: tuple[Sum, ...] = ()
    mean: str = ""
    counted: int = 1000
    boarded: bool = False
    applies: Callable[[Any, str], bool] = lambda record, name: True
    _by_name: dict[str, Column] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._by_name.update({column.name: column for column in self.columns})

    @property
    def offered(self) -> tuple[Column, ...]:
        """The columns of this house: those whose switch is on."""
        return tuple(column for column in self.columns if column.offered)

    def column(self, name: str) -> Column | None:
        column = self._by_name.get(name)
        return column if column and column.offered else None

    def words(self, name: str) -> tuple[str, str]:
        """What a view, by its name, is called, and what one of its records is."""
        view = self.view(name)
        return (view.group or view.label, view.one) if view.one else (self.title, self.one)

    def view(self, name: str) -> View:
        return next((view for view in self.views if view.name == name), self.views[0])

    def tabs(self, present: str) -> list[View]:
        """The views that stand as tabs while `present` is open: of a group its first, or the one that is open. The
        archive has its tab only while one is in it."""
        open_view = self.view(present)
        found: dict[str, View] = {}
        for view in self.views:
            if view.name != "archived" or view == open_view:
                key = view.group or view.name
                found[key] = view if view == open_view else found.get(key, view)
        return list(found.values())

    def beside(self, present: str) -> list[View]:
        """The views of the group that is open."""
        group = self.view(present).group
        return [view for view in self.views if group and view.group == group]
