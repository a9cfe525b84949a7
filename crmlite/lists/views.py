"""What a list's address asks for once a saved view and the reader's own arrangement are counted in. The address has
the last word: any filter in it stands for all filters of the view; sort, columns and text count one by one."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qs, parse_qsl, urlencode

from crmlite.errors import Invalid
from crmlite.lists import filter_conditions, filters, query
from crmlite.lists.filters import LINES
from crmlite.lists.reader import Reader
from crmlite.lists.spec import ListSpec
from crmlite.models.views import SavedView
from crmlite.rules import views
from crmlite.rules.access import Actor

PREFIX = "saved-"


class Opened(NamedTuple):
    """`args` are complete; `said` lack what only the reader's arrangement brings; `gone` names
    what the view asked for and the list no longer has."""

    args: dict[str, str]
    said: dict[str, str]
    view: SavedView | None
    density: str
    gone: tuple[str, ...]


def open_list(spec: ListSpec, args: Mapping[str, str], to: Reader) -> Opened:
    columns, sort, density = views.arrangement(spec.section, to.by)
    view = find(spec, args.get("view", ""), to)
    kept, gone = read(spec, view, to) if view else ({}, ())
    arranged = {name: text for name, text in (("columns", columns), ("sort", sort)) if text}
    said = dict(args)
    if view:
        said["view"] = kept.get("view", "")
    if is_filtered(spec, args):
        kept = {name: text for name, text in kept.items() if not is_filter(spec, name)}
    said = {**kept, **said}
    return Opened({**arranged, **said}, said, view, density, gone)


def find(spec: ListSpec, name: str, to: Reader) -> SavedView | None:
    """The saved view that an address names, if it is this reader's to open."""
    number = name.removeprefix(PREFIX)
    if number == name or not number.isdigit() or len(number) > 9:
        return None
    return next((view for view in tabs(spec, to) if view.id == int(number)), None)


def tabs(spec: ListSpec, to: Reader) -> list[SavedView]:
    return views.of(spec.section, to.by, to.directory)


def read(spec: ListSpec, view: SavedView, to: Reader) -> tuple[dict[str, str], tuple[str, ...]]:
    """The arguments a view keeps, without those that the list can no longer answer, which are named."""
    kept, gone = split(view.query), []
    known = [name for name in kept.get("columns", "").split(",") if name]
    gone += [name for name in known if not spec.column(name)]
    if "columns" in kept:
        kept["columns"] = ",".join(name for name in known if spec.column(name))
    column = spec.column(kept.get("sort", "").lstrip("-"))
    if "sort" in kept and not (column and column.sort):
        gone.append(kept.pop("sort").lstrip("-"))
    for name in [name for name in kept if name not in filters.RESERVED]:
        if not _stands(spec, {name: kept[name]}, to):
            gone.append(name)
            del kept[name]
    lines = kept.pop(LINES, "").splitlines()
    standing = [line for line in lines if _stands(spec, {LINES: line}, to)]
    gone += [line.partition(":")[0] for line in lines if line not in standing]
    if standing:
        kept[LINES] = "\n".join(standing)
    words = (name.replace("_", " ") for name in gone)
    return {name: text for name, text in kept.items() if text}, tuple(dict.fromkeys(words))


def _stands(spec: ListSpec, args: dict[str, str], to: Reader) -> bool:
    try:
        found = filters.parse(spec, args)
        filter_conditions.conditions(spec, found, to)
    except Invalid:
        return False
    return bool(found)


def count(spec: ListSpec, view: SavedView, to: Reader) -> int:
    return query.count(spec, query.wish(spec, read(spec, view, to)[0]), to)


def canonical(spec: ListSpec, args: Mapping[str, str], to: Reader) -> str:
    """What a view keeps of a list: the query string as the list itself would write it. Raises Invalid for a filter
    that cannot be read."""
    asked = query.wish(spec, args)
    filter_conditions.conditions(spec, asked.filters, to)
    kept = {"view": asked.view}
    if args.get("sort"):
        kept["sort"] = asked.sort
    if args.get("columns"):
        kept["columns"] = ",".join(asked.columns)
    if asked.text:
        kept["q"] = asked.text
    kept |= {name: args[name] for name in filters.BESIDE if spec.boarded and args.get(name)}
    return encode({**kept, **filters.written(asked.filters)})


def differs(spec: ListSpec, view: SavedView, args: Mapping[str, str], to: Reader) -> bool:
    """Whether the address has moved away from the view it began with."""
    now, then = canonical(spec, args, to), canonical(spec, read(spec, view, to)[0], to)
    return _unordered(now) != _unordered(then)


def _unordered(text: str) -> dict[str, list[str]]:
    return {name: sorted(value.splitlines()) for name, value in split(text).items()}


def encode(args: Mapping[str, str]) -> str:
    """A query string that `split` reads back."""
    pairs = [(name, line) for name, text in args.items() for line in (text.splitlines() if name == LINES else [text])]
    return urlencode(pairs, safe=":,")


def split(text: str) -> dict[str, str]:
    """A query string as arguments; repeated lines stand below each other."""
    found = parse_qs(text.removeprefix("?"), keep_blank_values=True, max_num_fields=500)
    return {name: "\n".join(values) for name, values in found.items()}


def split_pairs(text: str) -> list[tuple[str, str]]:
    """For the hidden fields of a form."""
    return parse_qsl(text, keep_blank_values=True, max_num_fields=500)


def is_filter(spec: ListSpec, name: str) -> bool:
    return name == LINES or (name not in filters.RESERVED and spec.column(name) is not None)


def is_filtered(spec: ListSpec, args: Mapping[str, str]) -> bool:
    return any(is_filter(spec, name) and text for name, text in args.items())


def is_arranged(spec: ListSpec, args: Mapping[str, str]) -> bool:
    """Whether an address asks for more than a tab: worth a view of its own."""
    return is_filtered(spec, args) or any(args.get(name) for name in ("sort", "columns", "q", "by", "lost"))


def may_share_with(by: Actor, to: Reader) -> list[tuple[str, str]]:
    """The answers to “Who sees it”: value and word."""
    found = [("private", "Only me")]
    if by.writes:
        teams = (to.directory.teams[team] for team in sorted(by.team_ids) if team in to.directory.teams)
        found += [(f"team-{team.id}", f"Team {team.name}") for team in teams]
    if by.leads_people:
        found.append(("all", "Everybody"))
    return found
