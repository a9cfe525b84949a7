"""Filters in the address: `status=not:lost`, `contact_date=last:90`, `company=has:gmbh`, `budget=1000..5000`.
Several on one column, or alternatives, are lines: `f=city:has:Lyon~city:has:Paris&f=contact_date:this-week` asks for
one of the two cities and for this week. Inside a line % and ~ of a value are written %25 and %7E."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from crmlite.errors import Invalid
from crmlite.lists.kinds import Kind
from crmlite.lists.spec import ListSpec

LINES = "f"
NOTHING = "-"  # takes away the filters that a saved view brings
MOST = 40
BESIDE = ("by", "pipeline", "lost", "show")  # of a list that is also a board
RESERVED = ("view", "sort", "columns", "after", "q", "rows", LINES, *BESIDE)
TEXTS = ("text", "long_text", "email", "phone", "site")
DAYS = {"today": "is today", "yesterday": "is yesterday", "tomorrow": "is tomorrow"}
PERIODS = {
    f"{turn}-{period}": f"is in {turn if turn == 'this' else f'the {turn}'} {period}"
    for period in ("week", "month", "quarter", "year")
    for turn in ("this", "last", "next")
}
OPERATORS: dict[str, dict[str, str]] = {
    "text": {"has": "contains", "lacks": "does not contain", "is": "is", "empty": "is empty", "filled": "is filled"},
    "pick": {"in": "is", "not": "is not", "empty": "is empty", "filled": "is filled"},
    "date": {
        "on": "between",
        "before": "before",
        "after": "after",
        "last": "in the last … days",
        "next": "in the next … days",
        "ago": "more than … days ago",
        **DAYS,
        **PERIODS,
        "empty": "is empty",
        "filled": "is filled",
    },
    "number": {"between": "between", "empty": "is empty", "filled": "is filled"},
    "flag": {"yes": "is ticked", "no": "is not ticked"},
}
WITHOUT_VALUE = ("empty", "filled", "yes", "no", *DAYS, *PERIODS)
IN_DAYS = ("last", "next", "ago")


class Filter(NamedTuple):
    """Those of the same `group` are alternatives; those of group 0 stand alone."""

    column: str
    operator: str
    value: str
    group: int = 0


def family(kind: Kind) -> str:
    if kind.name in TEXTS or kind.concept:
        return "text" if not kind.concept else "pick"
    if kind.name in ("date", "moment"):
        return "date"
    if kind.number:
        return "number"
    return "flag" if kind.name == "flag" else "pick"


def parse(spec: ListSpec, args: Mapping[str, str]) -> tuple[Filter, ...]:
    found = []
    for name, text in args.items():
        if name not in RESERVED and text and spec.column(name) and (one := _read(spec, name, text)):
            found.append(one)
    for number, line in enumerate(args.get(LINES, "").splitlines(), 1):
        if line == NOTHING:
            continue
        parts = line.split("~")
        for part in parts:
            name, _, text = part.partition(":")
            if spec.column(name) is None:
                raise Invalid("A filter asks for a column that this list does not have: please remove it.")
            text = text.replace("%7E", "~").replace("%25", "%")
            if one := _read(spec, name, text):
                found.append(one._replace(group=number if len(parts) > 1 else 0))
    if len(found) > MOST:
        raise Invalid(f"Please use at most {MOST} conditions.")
    return tuple(found)


def _read(spec: ListSpec, name: str, text: str) -> Filter | None:
    column = spec.column(name)
    operator, _, value = text.partition(":")
    if column is None or operator not in OPERATORS[family(column.kind)]:
        label = column.label if column else name
        raise Invalid(f"The filter on {label} cannot be read: please remove it and set it again.")
    return Filter(name, operator, value) if value or operator in WITHOUT_VALUE else None


def written(asked: Iterable[Filter]) -> dict[str, str]:
    """As arguments of an address; `parse` reads them back. Lines stand below each other."""
    groups = gathered(asked)
    alone = [group[0].column for group in groups if len(group) == 1]
    found: dict[str, str] = {}
    lines = []
    for group in groups:
        one = group[0]
        if len(group) == 1 and alone.count(one.column) == 1:
            found[one.column] = _text_of(one)
        else:
            lines.append("~".join(f"{each.column}:{_escaped(_text_of(each))}" for each in group))
    return {**found, LINES: "\n".join(lines)} if lines else found


def gathered(asked: Iterable[Filter]) -> list[list[Filter]]:
    """All of these, each any of its own."""
    groups: list[list[Filter]] = []
    for one in asked:
        if one.group and groups and groups[-1][0].group == one.group:
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _text_of(one: Filter) -> str:
    return f"{one.operator}:{one.value}" if one.value else one.operator


def _escaped(text: str) -> str:
    return " ".join(text.replace("%", "%25").replace("~", "%7E").splitlines())
