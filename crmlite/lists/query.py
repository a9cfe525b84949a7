"""From a spec and what the address asks for to rows: filters, order, keyset pages, totals."""

import base64
import json
from collections import OrderedDict, namedtuple
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from markupsafe import escape
from peewee import SQL, Expression, ForeignKeyField, ModelSelect

from crmlite.errors import Invalid
from crmlite.lists.filters import Filter, conditions, parse
from crmlite.lists.kinds import names
from crmlite.lists.marks import row_html
from crmlite.lists.reader import Reader, money
from crmlite.lists.spec import Column, ListSpec
from crmlite.models.base import UtcDateTime, database, is_sqlite, read_time
from crmlite.models.currencies import places
from crmlite.rules import search
from crmlite.rules.access import visible_where

PAGE = 25
COUNTED = 1000
REMEMBERED = 400
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
    mark = cursor(found[size - 1]) if len(found) > size else ""
    return Page(_rows(spec, asked, found[:size], to), mark)


def row(spec: ListSpec, asked: Wish, record_id: int, to: Reader) -> str | None:
    """One row as this reader's list shows it, whatever the filters; None when it is not theirs to see."""
    only = replace(asked, after="")
    where = visible_where(spec.model, to.by) & (spec.model.id == record_id)
    found = _fetch(spec, only, _select(spec, only, to).where(where), to)
    return _rows(spec, only, found, to)[0] if found else None


def ids(spec: ListSpec, asked: Wish, to: Reader, limit: int) -> list[int]:
    """Ids of all that match, in the order of the list."""
    query = _ordered(spec, asked, spec.model.select(spec.model.id).where(_where(spec, asked, to)), to)
    return [one for (one,) in query.limit(limit).tuples()]


def count(spec: ListSpec, asked: Wish, to: Reader, most: int = COUNTED) -> int:
    """How many match, or one more than is counted."""
    matching = spec.model.select(spec.model.id).where(matches(spec, asked, to))
    return matching.limit(most + 1).count(clear_limit=False)


def matches(spec: ListSpec, asked: Wish, to: Reader) -> Expression:
    """The condition of all rows that match, whatever page is shown."""
    return _where(spec, replace(asked, after=""), to)


def view_counts(spec: ListSpec, present: str, to: Reader) -> dict[str, str]:
    """What each tab that is shown holds; the archive has its tab only while one is in it."""
    names = [view.name for view in spec.views if view.name != ARCHIVED or present == ARCHIVED]
    counts = {name: count(spec, Wish(view=name), to) for name in names}
    return {name: figure(found) for name, found in counts.items()}


def figure(found: int) -> str:
    return f"{COUNTED:,}+" if found > COUNTED else f"{found:,}"


def neighbours(spec: ListSpec, asked: Wish, record_id: int, to: Reader) -> tuple[int | None, int | None]:
    """The records before and after this one in the list one came from."""
    present = _fetch(spec, asked, _select(spec, asked, to).where(spec.model.id == record_id), to)
    if not present:
        return None, None
    following = replace(asked, after=cursor(present[0]))
    backwards = replace(following, sort=_turned(asked.sort))
    after = ids(spec, following, to, 1)
    before = ids(spec, backwards, to, 1)
    return (before[0] if before else None), (after[0] if after else None)


def shown(spec: ListSpec, asked: Wish) -> list[Column]:
    return [column for name in asked.columns if (column := spec.column(name))]


_compiled: "OrderedDict[tuple[Any, ...], tuple[str, list[Any]]]" = OrderedDict()


def records(spec: ListSpec, asked: Wish, to: Reader, size: int) -> list[Any]:
    """The rows of a page. Building SQL costs more than running it, so the text is kept by everything it depends
    on: the actor with their rights, the lists' epoch, the day and the wish itself."""
    key = (spec.section, asked, size, to.by, to.directory.epoch, to.today)
    kept = _compiled.get(key)
    if asked.only:  # met once, and long
        query = _select(spec, asked, to).where(_where(spec, asked, to))
        return _fetch(spec, asked, _ordered(spec, asked, query, to).limit(size), to)
    if kept is None:
        query = _select(spec, asked, to).where(_where(spec, asked, to))
        kept = _compiled[key] = _ordered(spec, asked, query, to).limit(size).sql()
        while len(_compiled) > REMEMBERED:
            _compiled.popitem(last=False)
    return _convert(spec, asked, database.execute_sql(*kept).fetchall())


def _fetch(spec: ListSpec, asked: Wish, query: ModelSelect, to: Reader) -> list[Any]:
    return _convert(spec, asked, database.execute_sql(*query.sql()).fetchall())


def _convert(spec: ListSpec, asked: Wish, raw: list[tuple[Any, ...]]) -> list[Any]:
    shape, converters = _shape(spec, asked.columns)
    if not converters:
        return [shape._make(values) for values in raw]
    found = []
    for values in raw:
        converted = list(values)
        for place, convert in converters:
            if converted[place] is not None:
                converted[place] = convert(converted[place])
        found.append(shape._make(converted))
    return found


_shapes: dict[tuple[str, tuple[str, ...], bool], tuple[Any, list[tuple[int, Callable[[Any], Any]]]]] = {}


def _shape(spec: ListSpec, columns: tuple[str, ...]) -> tuple[Any, list[tuple[int, Callable[[Any], Any]]]]:
    """The named tuple of a row and, for SQLite, which places are text to be read as time or day."""
    key = (spec.section, columns, is_sqlite())
    if key not in _shapes:
        fields = _fields(spec, columns)
        shape = namedtuple("Record", [getattr(f, "object_id_name", f.name) for f in fields] + ["order_value"])
        converters: list[tuple[int, Callable[[Any], Any]]] = []
        for place, one in enumerate(fields):
            if isinstance(one, UtcDateTime):
                converters.append((place, read_time))
            elif one.field_type == "DATE" and is_sqlite():
                converters.append((place, date.fromisoformat))
        _shapes[key] = (shape, converters)
    return _shapes[key]


def _fields(spec: ListSpec, columns: tuple[str, ...]) -> list[Any]:
    wanted = dict.fromkeys(("id", "version", *spec.needs, *columns))
    known = spec.model._meta.fields
    return [known[name] for name in wanted if name in known]


def _select(spec: ListSpec, asked: Wish, to: Reader) -> ModelSelect:
    return spec.model.select(*_fields(spec, asked.columns), _order(spec, asked, to)[0])


def _where(spec: ListSpec, asked: Wish, to: Reader) -> Expression:
    model = spec.model
    where = visible_where(model, to.by)
    if asked.only:
        where &= model.id.in_(asked.only)
        return where & _behind(spec, asked, to) if asked.after else where
    where &= model.archived == (asked.view == ARCHIVED)
    if (in_view := spec.view(asked.view).where(to.by, to)) is not None:
        where &= in_view
    for one in conditions(spec, asked.filters, to):
        where &= one
    if asked.text:
        where &= model.id.in_(search.matching(spec.concept, asked.text) or [0])
    return where & _behind(spec, asked, to) if asked.after else where


def _order(spec: ListSpec, asked: Wish, to: Reader) -> tuple[Any, bool]:
    name = asked.sort or spec.order
    column = spec.column(name.lstrip("-"))
    if column is None or not column.sort:
        raise Invalid("This column cannot be sorted.")
    return (_ranked(spec, column, to) if column.sort == "@" else SQL(column.sort)), name.startswith("-")


def _ranked(spec: ListSpec, column: Column, to: Reader) -> Any:
    """Order of a choice, person or status: as its list orders the values."""
    options = column.kind.options(to, None) if column.kind.options else ()
    cases = " ".join(
        f"WHEN {value if isinstance(value, int) else repr(value)} THEN {place}"
        for place, (value, _) in enumerate(options)
        if value != ""
    )
    name = spec.model._meta.fields[column.name].column_name
    return SQL(f"CASE {name} {cases} ELSE 9999 END" if cases else "0")


def _ordered(spec: ListSpec, asked: Wish, query: ModelSelect, to: Reader) -> ModelSelect:
    order, descending = _order(spec, asked, to)
    if descending:
        return query.order_by(order.desc(), spec.model.id.desc())
    return query.order_by(order.asc(), spec.model.id.asc())


def _behind(spec: ListSpec, asked: Wish, to: Reader) -> Expression:
    order, descending = _order(spec, asked, to)
    return _past(spec.model, order, descending, asked.after)


def _past(model: Any, order: Any, descending: bool, after: str) -> Expression:
    """Strictly behind the mark, in a form that both databases walk along the index."""
    value, record_id = _read_cursor(after)
    if descending:
        return (order <= value) & ((order < value) | (model.id < record_id))
    return (order >= value) & ((order > value) | (model.id > record_id))


def cursor(record: Any) -> str:
    value = record.order_value
    if isinstance(value, datetime | date):
        value = value.isoformat()
    return base64.urlsafe_b64encode(json.dumps([value, record.id]).encode()).decode().rstrip("=")


def decimal(minor: int, currency: str) -> str:
    """An amount for other programs: 31000.50."""
    digits = places(currency)
    whole, rest = divmod(abs(minor), 10**digits)
    return ("-" if minor < 0 else "") + (f"{whole}.{rest:0{digits}d}" if digits else str(whole))


def _read_cursor(text: str) -> tuple[Any, int]:
    try:
        value, record_id = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError as error:
        raise Invalid("This page of the list cannot be found again: please start from its beginning.") from error
    if not isinstance(value, str | int | float) or not isinstance(record_id, int):
        raise Invalid("This page of the list cannot be found again: please start from its beginning.")
    return value, record_id


def _turned(sort: str) -> str:
    return sort[1:] if sort.startswith("-") else f"-{sort}"


def _rows(spec: ListSpec, asked: Wish, found: list[Any], to: Reader) -> list[str]:
    writers = [writer(spec, column, found, to) for column in shown(spec, asked)]
    return [
        row_html(
            spec.concept,
            record,
            spec.ink(record, to),
            spec.name(record) + spec.marks(record, to),
            [write(record) for write in writers],
            spec.acts(record, to),
        )
        for record in found
    ]


def writer(spec: ListSpec, column: Column, records: list[Any], to: Reader) -> Callable[[Any], str]:
    """What turns a record into the text of one column."""
    if own := spec.cells.get(column.name):
        return lambda record: own(record, to)
    field = spec.model._meta.fields[column.name]
    attribute = field.object_id_name if isinstance(field, ForeignKeyField) else column.name
    if column.kind.name == "money":
        return lambda record: escape(money(getattr(record, attribute), record.currency, to))
    if column.kind.concept:
        known = names(column.kind.concept, (getattr(r, attribute) for r in records if getattr(r, attribute)), to)
        return lambda record: escape(known.get(getattr(record, attribute), ""))
    show = column.kind.show
    return lambda record: show(getattr(record, attribute), to)
