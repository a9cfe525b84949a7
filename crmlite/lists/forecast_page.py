"""The page of the forecast: its lines with their bars, and the list behind each figure; the same as CSV."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from crmlite.lists import export, forecast, views
from crmlite.lists.forecast import NOBODY, Figures, Part, Period, Wish
from crmlite.lists.opportunities import SPEC
from crmlite.lists.reader import Reader, money, short_money
from crmlite.lists.totals import rounded
from crmlite.models.currencies import places

MEASURES = {"amount": "Open amount", "weighted": "Weighted", "best": "Best case", "worst": "Worst case", "won": "Won"}
BAR = 1000  # the length of the longest
MANY = 10_000_000  # from here on a tile is short of room
PLAIN = "plain"
LATE = "late"
SHOWN = [column.name for column in SPEC.columns if column.shown]


class Cell(NamedTuple):
    text: str
    url: str


class Line(NamedTuple):
    """`number` counts what is open. `bar` are three lengths of `BAR`: won, weighted, the rest of the amount. `url`
    shows the people of a period; `now` where they are shown. `look` is late, apart or plain."""

    key: str
    label: str
    number: int
    cells: list[Cell]
    bar: tuple[int, int, int]
    url: str = ""
    now: bool = False
    look: str = PLAIN


class Tile(NamedTuple):
    label: str
    text: str
    under: str
    url: str


class Page(NamedTuple):
    currency: str
    currencies: list[tuple[str, str]]
    tiles: list[Tile]
    lines: list[Line]
    total: Line
    people: list[Line]
    people_total: Line
    period: Period | None


def page(asked: Wish, to: Reader) -> Page | None:
    """None where there is nothing at all to add up."""
    everything = forecast.parts(asked, to)
    known = forecast.currencies(everything, to)
    if not known:
        return None
    currency = asked.currency if asked.currency in known else known[0]
    found = [part for part in everything if part.currency == currency]
    links = Links(asked, currency if len(known) > 1 else "", to)
    periods = forecast.periods(asked, to)
    lines = [_line(one, found, links, currency, to) for one in periods]
    chosen = next((one for one in periods if one.key == asked.period), None)
    return Page(
        currency,
        [(one, address(asked, currency=one)) for one in known] if len(known) > 1 else [],
        _tiles(forecast.added(found), asked, links, currency, to),
        _scaled([line for line in lines if line.look == PLAIN or line.number]),
        _total(forecast.added(found), links, None, currency, to),
        _people(found, chosen, links, currency, to),
        _total(forecast.added(_of(found, chosen)), links, chosen, currency, to),
        chosen,
    )


class Links(NamedTuple):
    """Addresses of the lists that the figures are sums of."""

    asked: Wish
    currency: str
    to: Reader

    def behind(self, measure: str, period: Period | None, owner: str = "", team: str = "") -> str:
        """The list of one figure; without a period that of all of them."""
        won = measure == "won"
        args = {"view": "won" if won else "open"}
        if won:
            first, last = (period.month if period and period.month else None) or (self.asked.first, self.asked.last)
            args["closed_at"] = f"on:{first}..{last}"
        elif period:
            ends = f"on:{period.first or ''}..{period.last or ''}"
            args["expected_close_date"] = ends if period.first or period.last else "empty"
        for name, who in (("owner", owner or self.asked.owner), ("team", team or self.asked.team)):
            if who:
                args[name] = "empty" if who == NOBODY else f"in:{who}"
        if self.asked.pipeline is not None:
            stages = forecast.stages(self.asked, self.to, "won" if won else "open")
            args["stage"] = f"in:{','.join(map(str, stages))}"
        if self.currency:
            args["currency"] = f"in:{self.currency}"
        if measure in ("best", "worst"):
            args["columns"] = ",".join([*SHOWN, f"{measure}_case"])
        return f"/{SPEC.section}?{views.encode(args)}"


def address(asked: Wish, **changes: str) -> str:
    """This page with other wishes."""
    now = {
        "from": asked.first.isoformat()[:7], "span": str(asked.span), "owner": asked.owner, "team": asked.team,
        "pipeline": str(asked.pipeline or ""), "currency": asked.currency, "period": asked.period, "per": asked.per,
    }  # fmt: skip
    return f"/forecast?{views.encode({name: text for name, text in {**now, **changes}.items() if text})}"


def csv(asked: Wish, to: Reader) -> Iterator[str]:
    """A line for each month, person, team and currency; all currencies, whichever the page shows."""
    periods = {one.key: one for one in forecast.periods(asked, to)}
    order = list(periods)
    yield "\ufeff" + export.line(
        ["Period", "From", "To", "Assigned to", "Team", "Currency", "Open", "Amount", "Weighted", "Best case",
         "Worst case", "Won", "Won amount"]
    )  # fmt: skip
    found = forecast.parts(asked, to)
    named = [(part, _named("owner", part.owner, to), _named("team", part.team, to)) for part in found]
    for part, owner, team in sorted(named, key=lambda one: (order.index(one[0].period), one[1:], one[0].currency)):
        period, sums = periods[part.period], part.figures
        first, last = period.month or (period.first, period.last)
        amounts = (sums.amount, rounded(sums.weighted, 100), sums.best, sums.worst)
        yield export.line(
            [
                period.label, str(first or ""), str(last or ""), owner, team, part.currency, str(sums.number),
                *(export.decimal(one, part.currency) for one in amounts),
                str(sums.won_number), export.decimal(sums.won, part.currency),
            ]
        )  # fmt: skip


def _line(period: Period, found: list[Part], links: Links, currency: str, to: Reader) -> Line:
    figures = forecast.added(part for part in found if part.period == period.key)
    look = LATE if period.key == "overdue" else PLAIN if period.month else "apart"
    asked = links.asked
    return Line(
        period.key,
        period.label,
        figures.number,
        _cells(figures, lambda measure: links.behind(measure, period), currency, to, bool(period.month)),
        (figures.won, rounded(figures.weighted, 100), figures.amount),
        address(asked, period="" if asked.period == period.key else period.key) + "#people",
        asked.period == period.key,
        look,
    )


def _total(figures: Figures, links: Links, period: Period | None, currency: str, to: Reader) -> Line:
    has_won = period is None or bool(period.month)
    cells = _cells(figures, lambda measure: links.behind(measure, period), currency, to, has_won)
    return Line("total", "Total", figures.number, cells, (0, 0, 0))


def _people(found: list[Part], period: Period | None, links: Links, currency: str, to: Reader) -> list[Line]:
    """A line for each person or team that has any, the one with most weighted first."""
    per, groups = links.asked.per, dict[int | None, list[Part]]()
    for part in _of(found, period):
        groups.setdefault(part.owner if per == "owner" else part.team, []).append(part)
    lines = []
    for who, some in groups.items():
        figures, key = forecast.added(some), str(who or NOBODY)

        def behind(measure: str, key: str = key) -> str:
            return links.behind(measure, period, **{per: key})

        lines.append(
            Line(
                key,
                _named(per, who, to) or ("Nobody" if per == "owner" else "No team"),
                figures.number,
                _cells(figures, behind, currency, to, period is None or bool(period.month)),
                (figures.won, rounded(figures.weighted, 100), figures.amount),
            )
        )
    return _scaled(sorted(lines, key=lambda line: (-line.bar[1], -line.bar[0], line.label)))


def _of(found: list[Part], period: Period | None) -> list[Part]:
    return [part for part in found if period is None or part.period == period.key]


def _named(per: str, who: int | None, to: Reader) -> str:
    if per == "owner":
        return to.directory.person_name(who)
    return to.directory.teams[who].name if who in to.directory.teams else ""


def _cells(
    figures: Figures, behind: Callable[[str], str], currency: str, to: Reader, has_won: bool
) -> list[Cell]:
    """A figure of nothing is a dash and leads nowhere; outside the months nothing counts as won."""
    found = []
    for measure in MEASURES:
        any_there = (has_won and figures.won_number) if measure == "won" else figures.number
        text = money(_value(figures, measure), currency, to) if any_there else "–"
        found.append(Cell(text, behind(measure) if any_there else ""))
    return found


def _value(figures: Figures, measure: str) -> int:
    return rounded(figures.weighted, 100) if measure == "weighted" else int(getattr(figures, measure))


def _tiles(figures: Figures, asked: Wish, links: Links, currency: str, to: Reader) -> list[Tile]:
    share = 100 * rounded(figures.weighted, 100) // figures.amount if figures.amount else 0
    under = {
        "amount": f"{figures.number:,} open",
        "weighted": f"{share} % of the open amount",
        "best": "if all goes well",
        "worst": "if little comes of it",
        "won": f"{figures.won_number:,} in {asked.span} months",
    }
    return [
        Tile(label, _shortly(_value(figures, name), currency, to), under[name], links.behind(name, None))
        for name, label in MEASURES.items()
    ]


def _shortly(minor: int, currency: str, to: Reader) -> str:
    return short_money(minor, currency, to) if minor >= MANY * 10 ** places(currency) else money(minor, currency, to)


def _scaled(lines: list[Line]) -> list[Line]:
    """Bars as lengths, the longest of which is whole."""
    longest = max((line.bar[0] + line.bar[2] for line in lines), default=0) or 1
    scaled = []
    for line in lines:
        won, weighted, amount = line.bar
        bar = tuple(BAR * part // longest for part in (won, weighted, amount - weighted))
        scaled.append(line._replace(bar=(bar[0], bar[1], bar[2])))
    return scaled
