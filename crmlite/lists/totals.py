"""What the footer of a list says of all rows that match: how many, sums by currency, an average."""

from dataclasses import replace
from typing import Any, NamedTuple

from peewee import ModelSelect, fn

from crmlite.lists import query
from crmlite.lists.reader import Reader
from crmlite.lists.spec import ListSpec, Sum


class Totals(NamedTuple):
    """`count` is exact unless `more`. `sums` (label -> currency -> minor units) and `mean` only where it is exact:
    amounts of different currencies are never added."""

    count: int
    more: bool
    sums: dict[str, dict[str, int]]
    mean: int | None = None


def totals(spec: ListSpec, asked: query.Wish, to: Reader) -> Totals:
    """Counted up to `spec.counted`, so that a footer never costs a full count."""
    found = query.count(spec, asked, to, spec.counted)
    if found > spec.counted:
        return Totals(spec.counted, True, {})
    figures = _figures(spec, asked)
    if not figures or not found:
        return Totals(found, False, {})
    model = spec.model
    mean = getattr(model, spec.mean) if spec.mean else model.id

    def build(slots: dict[str, Any]) -> ModelSelect:
        sums = model.select(model.currency, fn.SUM(mean), *(fn.SUM(one.sql) for one in figures))
        return sums.where(query.where(spec, asked, to, slots)).group_by(model.currency).tuples()

    own, parts = to.directory.currency, query.kept(("sums",), build, spec, replace(asked, after=""), to)
    parts.sort(key=lambda part: (part[0] != own, part[0]))
    sums: dict[str, dict[str, int]] = {}
    for place, one in enumerate(figures, 2):
        by_currency = {part[0]: rounded(int(part[place] or 0), one.divisor) for part in parts}
        sums[one.label] = {currency: minor for currency, minor in by_currency.items() if minor}
    whole = sum(int(part[1]) for part in parts)
    return Totals(found, False, sums, rounded(whole, found) if spec.mean else None)


def rounded(number: int, divisor: int) -> int:
    """Half up, in whole numbers."""
    return (2 * number + divisor) // (2 * divisor)


def _figures(spec: ListSpec, asked: query.Wish) -> list[Sum]:
    """The sums of columns, and the further ones whose column is shown or that have none."""
    own = [Sum(column.label, getattr(spec.model, column.name)) for column in spec.offered if column.total]
    return own + [one for one in spec.sums if not one.column or one.column in asked.columns]
