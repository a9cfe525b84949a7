"""What the footer of a list says of all rows that match: how many, sums by currency, an average."""

from dataclasses import replace
from typing import Any, NamedTuple

from peewee import SQL, ModelSelect, fn

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
    figures = _figures(spec, asked)
    if not figures:
        found = query.count(spec, asked, to, spec.counted)
        return Totals(min(found, spec.counted), found > spec.counted, {})
    parts = _parts(spec, asked, figures, to)
    found = sum(part[1] for part in parts)
    if found > spec.counted:
        return Totals(spec.counted, True, {})
    sums = {
        one.label: {part[0]: minor for part in parts if (minor := rounded(int(part[place] or 0), one.divisor))}
        for place, one in enumerate(figures, 3)
    }
    whole = sum(int(part[2]) for part in parts)
    return Totals(found, False, sums, rounded(whole, found) if spec.mean and found else None)


def _parts(spec: ListSpec, asked: query.Wish, figures: list[Sum], to: Reader) -> list[tuple[Any, ...]]:
    """For each currency: itself, how many, the sum of the mean's column, the figures. Counting and adding up go over
    the rows once."""
    model = spec.model
    mean = getattr(model, spec.mean) if spec.mean else model.id
    names = [f"figure_{number}" for number in range(len(figures))]

    def build(slots: dict[str, Any]) -> ModelSelect:
        columns = [model.currency.alias("unit"), mean.alias("mean")]
        columns += [one.sql.alias(name) for one, name in zip(figures, names, strict=True)]
        some = model.select(*columns).where(query.where(spec, asked, to, slots)).limit(spec.counted + 1).alias("some")
        sums = (fn.SUM(SQL(name)) for name in ("mean", *names))
        return model.select(SQL("unit"), fn.COUNT(SQL("1")), *sums).from_(some).group_by(SQL("unit")).tuples()

    parts = query.kept(("sums",), build, spec, replace(asked, after=""), to)
    return sorted(parts, key=lambda part: (part[0] != to.directory.currency, part[0]))


def rounded(number: int, divisor: int) -> int:
    """Half up, in whole numbers."""
    return (2 * number + divisor) // (2 * divisor)


def _figures(spec: ListSpec, asked: query.Wish) -> list[Sum]:
    """The sums of columns, and the further ones whose column is shown or that have none."""
    own = [Sum(column.label, getattr(spec.model, column.name)) for column in spec.offered if column.total]
    return own + [one for one in spec.sums if not one.column or one.column in asked.columns]
