"""The forecast: what is open by close month and by person, what it may bring, and what was won. Every figure is the
sum of a list that it leads to (SEED-57, crm-reference 9 A7)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from peewee import SQL, Case, Expression, fn

from crmlite import clock
from crmlite.lists.opportunities import CASES, IS_OPEN
from crmlite.lists.reader import Reader
from crmlite.models.base import database
from crmlite.models.opportunities import Opportunity
from crmlite.rules.access import visible_where

SPANS = {3: "3 months", 6: "6 months", 12: "12 months"}
USUAL_SPAN = 6
FARTHEST = 120  # months from today
NOBODY = "-"
DAY = timedelta(days=1)
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


class Period(NamedTuple):
    """Days on which opportunities are expected to close, `first` and `last` among them; None where there is no end.
    A month also holds what was won in it."""

    key: str
    label: str
    first: date | None = None
    last: date | None = None
    month: tuple[date, date] | None = None


class Wish(NamedTuple):
    """What the address asks: months from `first`, narrowed to a person, a team, a pipeline and one currency.
    `period` is the one that the table of people is about, `per` what its lines are."""

    first: date
    span: int = USUAL_SPAN
    owner: str = ""
    team: str = ""
    pipeline: int | None = None
    currency: str = ""
    period: str = ""
    per: str = "owner"

    @property
    def last(self) -> date:
        return months_on(self.first, self.span) - DAY


@dataclass
class Figures:
    """Minor units; `weighted` in hundredths of them, so that sums are rounded once."""

    number: int = 0
    amount: int = 0
    weighted: int = 0
    best: int = 0
    worst: int = 0
    won_number: int = 0
    won: int = 0

    def add(self, other: "Figures") -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


class Part(NamedTuple):
    """The smallest group that is added up."""

    period: str
    owner: int | None
    team: int | None
    currency: str
    figures: Figures


def wish(args: Mapping[str, str], to: Reader) -> Wish:
    """Read the query string; what it cannot mean falls back to the usual, so that an old link still opens."""
    this_month = to.today.replace(day=1)
    span, pipeline = _number(args.get("span", "")), _number(args.get("pipeline", ""))
    found = Wish(
        first=_month(args.get("from", ""), this_month),
        span=span if span in SPANS else USUAL_SPAN,
        owner=_who(args.get("owner", ""), to.directory.people),
        team=_who(args.get("team", ""), to.directory.teams),
        pipeline=pipeline if pipeline in to.directory.pipelines else None,
        currency=args.get("currency", "")[:3].upper(),
        per="team" if args.get("per") == "team" else "owner",
    )
    known = [one.key for one in periods(found, to)]
    return found._replace(period=args.get("period", "") if args.get("period") in known else "")


def periods(asked: Wish, to: Reader) -> list[Period]:
    """What is late, the months, and what lies outside them: nothing that is open is left out."""
    found = [Period("overdue", "Overdue", None, to.today - DAY)]
    if asked.first > to.today:
        found.append(Period("before", "Before", to.today, asked.first - DAY))
    for number in range(asked.span):
        first = months_on(asked.first, number)
        last = months_on(first, 1) - DAY
        key, label = first.isoformat()[:7], f"{MONTHS[first.month - 1]} {first.year}"
        found.append(Period(key, label, max(first, to.today), last, (first, last)))
    found.append(Period("later", "Later", max(asked.last + DAY, to.today), None))
    return [*found, Period("undated", "No close date")]


def parts(asked: Wish, to: Reader) -> list[Part]:
    """Everything the page adds up, in two queries: open ones, and those won in the months asked for."""
    return [*_open(asked, to), *_won(asked, to)]


def added(found: Iterable[Part]) -> Figures:
    total = Figures()
    for part in found:
        total.add(part.figures)
    return total


def currencies(found: list[Part], to: Reader) -> list[str]:
    """Those that occur, the house's own first."""
    own = to.directory.currency
    return sorted({part.currency for part in found}, key=lambda one: (one != own, one))


def stages(asked: Wish, to: Reader, outcome: str) -> list[int]:
    """The stages of the pipeline that have this outcome."""
    return [
        stage.id
        for stage in to.directory.stages.values()
        if stage.outcome == outcome and (asked.pipeline is None or stage.pipeline_id == asked.pipeline)
    ]


def months_on(first: date, number: int) -> date:
    """The first of the month that many months later."""
    month = first.year * 12 + first.month - 1 + number
    return date(month // 12, month % 12 + 1, 1)


def _open(asked: Wish, to: Reader) -> list[Part]:
    model, closing = Opportunity, Opportunity.expected_close_date
    bounds = [(_within(closing, one), one.key) for one in periods(asked, to)]
    rows = _grouped(
        Case(None, bounds, ""),
        (
            fn.COUNT(model.id),
            fn.SUM(model.amount),
            fn.SUM(model.amount * model.probability),
            fn.SUM(CASES["best_case"]),
            fn.SUM(CASES["worst_case"]),
        ),
        IS_OPEN & _where(asked, "open", to),
    )
    return [Part(*row[:4], Figures(*(int(one) for one in row[4:]))) for row in rows]


def _won(asked: Wish, to: Reader) -> list[Part]:
    model, zone = Opportunity, to.by.zone
    months = [one for one in periods(asked, to) if one.month]
    ends = [(one, clock.day_bounds(one.month[1], zone)[1]) for one in months if one.month]
    since, until = clock.day_bounds(asked.first, zone)[0], clock.day_bounds(asked.last, zone)[1]
    rows = _grouped(
        Case(None, [(model.closed_at < end, one.key) for one, end in ends], ""),
        (fn.COUNT(model.id), fn.SUM(model.amount)),
        (model.outcome == "won")
        & (model.closed_at >= since)
        & (model.closed_at < until)
        & _where(asked, "won", to),
    )
    return [Part(*row[:4], Figures(won_number=int(row[4]), won=int(row[5]))) for row in rows]


def _grouped(period: Any, figures: tuple[Any, ...], where: Expression) -> list[tuple[Any, ...]]:
    model = Opportunity
    query = model.select(period.alias("period"), model.owner, model.team, model.currency, *figures).where(where)
    query = query.group_by(SQL("period"), model.owner, model.team, model.currency)
    return list(database.execute_sql(*query.sql()).fetchall())


def _where(asked: Wish, outcome: str, to: Reader) -> Expression:
    model = Opportunity
    where = visible_where(model, to.by) & (model.archived == False)  # noqa: E712 - an SQL expression
    if asked.pipeline is not None:
        where &= model.stage.in_(stages(asked, to, outcome))
    for field, who in ((model.owner, asked.owner), (model.team, asked.team)):
        if who:
            where &= field.is_null() if who == NOBODY else field == int(who)
    return where


def _within(field: Any, one: Period) -> Expression:
    if one.first is None and one.last is None:
        return field.is_null()
    if one.first is None:
        return field <= one.last
    return field >= one.first if one.last is None else field.between(one.first, one.last)


def _month(text: str, usual: date) -> date:
    year, _, month = text.partition("-")
    if not (len(year) == 4 and len(month) == 2 and (year + month).isdecimal() and 1 <= int(month) <= 12):
        return usual
    away = int(year) * 12 + int(month) - (usual.year * 12 + usual.month)
    return months_on(usual, away) if abs(away) <= FARTHEST else usual


def _who(text: str, known: Mapping[int, Any]) -> str:
    return text if text == NOBODY or _number(text) in known else ""


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None
