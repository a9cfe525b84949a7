"""From a spec and what the address asks for to records: filters, order, keyset pages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from markupsafe import Markup
from peewee import SQL, Expression, ModelSelect, fn

from crmlite.lists import keyset
from crmlite.lists.filter_conditions import conditions
from crmlite.lists.filters import Filter, parse
from crmlite.lists.reader import Reader
from crmlite.lists.rows import drawn
from crmlite.lists.spec import Column, ListSpec
from crmlite.models import statements
from crmlite.models.base import stored_time
from crmlite.rules import search
from crmlite.rules.access import visible_where

PAGE = 25
COUNTED = 1000
ARCHIVED = "archived"


@dataclass(frozen=True)
class Wish:
    """What the address asks of a list. `sort` is a column name, with a hyphen in front for descending. `only` are
    ticked records: those, whatever view and filters say."""

    view: str = ""
    sort: str = ""
    columns: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    text: str = ""
    after: str = ""
    only: tuple[int, ...] = ()


class Page(NamedTuple):
    """`rows` are the rows as safe HTML."""

    rows: list[str]
    after: str

    @property
    def html(self) -> Markup:
        return Markup("".join(self.rows))


def wish(spec: ListSpec, args: Mapping[str, str]) -> Wish:
    """Read the query string. Raises Invalid for a filter that cannot be read; unknown views, columns and sorts
    fall back to the defaults, so that an old link still opens."""
    sort = args.get("sort", "")
    column = spec.column(sort.lstrip("-"))
    chosen = tuple(name for name in args.get("columns", "").split(",") if spec.column(name))
    return Wish(
        view=spec.view(args.get("view", "")).name,
        sort=sort if column and column.sort else spec.order,
        columns=chosen or tuple(column.name for column in spec.offered if column.shown),
        filters=parse(spec, args),
        text=args.get("q", "").strip()[:200],
        after=args.get("after", ""),
    )


def page(spec: ListSpec, asked: Wish, to: Reader, size: int = PAGE) -> Page:
    """One page of rows and the mark of the next; empty mark: the end."""
    found = records(spec, asked, to, size + 1)
    mark = keyset.cursor(found[size - 1]) if len(found) > size else ""
    return Page(drawn(spec, shown(spec, asked), found[:size], to), mark)


def row(spec: ListSpec, asked: Wish, record_id: int, to: Reader) -> str | None:
    """One row as this reader's list shows it, whatever the filters; None when it is not theirs to see."""
    found = _one(spec, asked, record_id, to)
    return drawn(spec, shown(spec, asked), found, to)[0] if found else None


def records(spec: ListSpec, asked: Wish, to: Reader, size: int) -> list[Any]:
    """The rows of a page, as named tuples with the `order_value` that stands in its cursor."""

    def build(slots: dict[str, Any]) -> ModelSelect:
        query = _select(spec, asked, to).where(_behind(where(spec, asked, to, slots), spec, asked, to, slots))
        return keyset.ordered(spec, asked.sort, query, to).limit(size)

    return kept(("records", size), build, spec, asked, to)


def ids(spec: ListSpec, asked: Wish, to: Reader, limit: int) -> list[int]:
    """Ids of all that match, in the order of the list."""

    def build(slots: dict[str, Any]) -> ModelSelect:
        matching = spec.model.select(spec.model.id).where(
            _behind(where(spec, asked, to, slots), spec, asked, to, slots)
        )
        return keyset.ordered(spec, asked.sort, matching, to).limit(limit).tuples()

    return [one for (one,) in kept(("ids", limit), build, spec, asked, to)]


def count(spec: ListSpec, asked: Wish, to: Reader, most: int = COUNTED) -> int:
    """How many match, or one more than is counted."""

    def build(slots: dict[str, Any]) -> ModelSelect:
        matching = spec.model.select(spec.model.id).where(where(spec, asked, to, slots)).limit(most + 1)
        return matching.select_from(fn.COUNT(SQL("1"))).tuples()

    return kept(("count", most), build, spec, replace(asked, after=""), to)[0][0]


def view_counts(spec: ListSpec, present: str, to: Reader) -> dict[str, str]:
    """What each tab that is shown holds."""
    return {view.name: figure(count(spec, Wish(view=view.name), to)) for view in spec.tabs(present)}


def figure(found: int) -> str:
    return f"{COUNTED:,}+" if found > COUNTED else f"{found:,}"


def neighbours(spec: ListSpec, asked: Wish, record_id: int, to: Reader) -> tuple[int | None, int | None]:
    """The records before and after this one in the list one came from."""
    present = _one(spec, asked, record_id, to)
    if not present:
        return None, None
    following = replace(asked, after=keyset.cursor(present[0]))
    backwards = replace(following, sort=keyset.turned(asked.sort))
    after = ids(spec, following, to, 1)
    before = ids(spec, backwards, to, 1)
    return (before[0] if before else None), (after[0] if after else None)


def shown(spec: ListSpec, asked: Wish) -> list[Column]:
    return [column for name in asked.columns if (column := spec.column(name))]


def where(spec: ListSpec, asked: Wish, to: Reader, slots: dict[str, Any]) -> Expression:
    """All that match, on whatever page."""
    model = spec.model
    found = visible_where(model, to.by)
    if asked.only:
        return found & model.id.in_(slots["only"])
    found &= model.archived == (asked.view == ARCHIVED)
    # A view that looks at the clock gets the moment of each question, not that at which its text was made.
    if (in_view := spec.view(asked.view).where(to.by, replace(to, now=slots["now"]))) is not None:
        found &= in_view
    for one in conditions(spec, asked.filters, to):
        found &= one
    if asked.text:
        found &= model.id.in_(search.matching(spec.concept, asked.text) or [0])
    return found


def kept(
    what: tuple[Any, ...], build: Callable[[dict[str, Any]], ModelSelect], spec: ListSpec, asked: Wish, to: Reader
) -> list[Any]:
    """What the query finds. Its text hangs on the wish, the actor with their rights, the lists' epoch and the day; only
    the moment, the place of the page and ticked records are new each time."""
    values: dict[str, Any] = {"now": stored_time(to.now)}
    if asked.only:
        values["only"] = list(asked.only)
    if asked.after:
        values["value"], values["id"] = keyset.read(asked.after)
    hangs_on = replace(asked, after="", only=()) if len(values) > 1 else asked
    key = (*what, spec.section, hangs_on, to.by, to.directory.epoch, to.today)
    return statements.rows(key, build, values)


def _behind(matching: Expression, spec: ListSpec, asked: Wish, to: Reader, slots: dict[str, Any]) -> Expression:
    return matching & keyset.behind(spec, asked.sort, to, slots) if asked.after else matching


def _one(spec: ListSpec, asked: Wish, record_id: int, to: Reader) -> list[Any]:
    def build(slots: dict[str, Any]) -> ModelSelect:
        return _select(spec, asked, to).where(visible_where(spec.model, to.by) & (spec.model.id == slots["id"]))

    key = ("one", spec.section, asked.columns, asked.sort, to.by, to.directory.epoch)
    return statements.rows(key, build, {"id": record_id})


def _select(spec: ListSpec, asked: Wish, to: Reader) -> ModelSelect:
    order, _ = keyset.order(spec, asked.sort, to)
    return spec.model.select(*_fields(spec, asked.columns), order.alias("order_value")).namedtuples()


def _fields(spec: ListSpec, columns: tuple[str, ...]) -> list[Any]:
    wanted = dict.fromkeys(("id", "version", *spec.needs, *columns))
    known = spec.model._meta.fields
    return [known[name] for name in wanted if name in known]
