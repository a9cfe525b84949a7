"""Opportunities as cards of the board. A page draws more than a hundred, so they are text and no template."""

from datetime import date, datetime
from typing import Any, NamedTuple

from markupsafe import Markup, escape
from peewee import JOIN, ModelSelect

from crmlite import clock
from crmlite.lists import next_steps
from crmlite.lists.board import rank
from crmlite.lists.board_spec import Grouping
from crmlite.lists.marks import icon
from crmlite.lists.next_steps import NextStep
from crmlite.lists.reader import Reader, day, money
from crmlite.models.base import read_time
from crmlite.models.leads import Lead
from crmlite.models.opportunities import Opportunity
from crmlite.models.partners import Partner
from crmlite.rules import inks
from crmlite.rules.access import visible_where

COLUMNS = {name: f"{name}_id" for name in ("stage", "owner", "team", "type")}
URGENCY = {"red": "late", "orange": "soon"}
CLOSED = {"won": ("fill-green edge-green", "trophy"), "lost": ("fill-red edge-red", "circle-x")}


class Row(NamedTuple):
    """What the query of the cards answers, in its order."""

    id: int
    version: int
    name: str
    currency: str
    amount: int
    probability: int
    stage_id: int
    stage_since: Any
    outcome: str
    position: float
    expected_close_date: Any
    closed_at: Any
    next_step: str
    owner_id: int | None
    team_id: int | None
    type_id: int | None
    partner: str | None
    lead: str | None


class Card(NamedTuple):
    """`rank` orders the column; `html` is safe."""

    id: int
    rank: float
    html: Markup


def select(to: Reader) -> ModelSelect:
    model = Opportunity
    by_partner = (model.partner == Partner.id) & visible_where(Partner, to.by)
    by_lead = (model.lead == Lead.id) & visible_where(Lead, to.by)
    columns = [getattr(model, name.removesuffix("_id")) for name in Row._fields[:-2] if name != "id"]
    return (
        model.select(model.id, *columns, Partner.full_name, Lead.full_name)
        .join_from(model, Partner, JOIN.LEFT_OUTER, on=by_partner)
        .join_from(model, Lead, JOIN.LEFT_OUTER, on=by_lead)
    )


def cards(raw: list[tuple[Any, ...]], grouping: Grouping, to: Reader) -> list[Card]:
    rows = [Row._make(values) for values in raw]
    planned = next_steps.planned([row.id for row in rows if row.outcome == "open"], to)
    stands = COLUMNS.get(grouping.column, grouping.column)
    return [_card(row, planned.get(row.id), grouping, getattr(row, stands), to) for row in rows]


def _card(row: Row, planned: NextStep | None, grouping: Grouping, stands: Any, to: Reader) -> Card:
    is_open = row.outcome == "open"
    closing = row.expected_close_date
    closing = date.fromisoformat(closing) if isinstance(closing, str) else closing
    closed_at = None if is_open else read_time(row.closed_at)
    place = rank(grouping, row.position, closing, closed_at)
    stack = grouping.key(stands, to) if is_open else row.stage_id
    look = f"edge-{inks.edge(row.probability)}" if is_open else CLOSED[row.outcome][0]
    name, who = escape(row.name), escape(row.partner or row.lead or "")
    figures = _open_figures(row, closing, to) if is_open else _closed_figures(row, closed_at, to)
    foot = _foot(row, planned or next_steps.in_words(row.next_step), to) if is_open else ""
    return Card(
        row.id,
        place,
        Markup(
            f'<article class="card {look}" id="opportunity-{row.id}" data-v="{row.version}" data-p="{place}"'
            f' data-stack="{stack}" tabindex="0" aria-label="{name}" aria-describedby="board-keys">'
            f'<h3><a href="/opportunities/{row.id}">{name}</a></h3><p class="who">{who}</p>'
            f'<a class="icon small menu" href="/opportunities/{row.id}/stage" aria-label="Move or close {name}">'
            f'{icon("ellipsis")}</a>\n<p class="figures"><b>{escape(money(row.amount, row.currency, to))}</b>'
            f" {figures}</p>{foot}</article>\n"
        ),
    )


def _open_figures(row: Row, closing: date | None, to: Reader) -> str:
    return f"<span>{row.probability} %</span>{_closing(closing, to) if closing else ''}"


def _closing(closing: date, to: Reader) -> str:
    """The day, and when it is near or over how near, in colour and words."""
    key = ("closing", closing)
    if key not in to.shown:
        look, left = URGENCY.get(inks.urgency(closing, to.today), ""), (closing - to.today).days
        words = "Overdue" if left < 0 else f"Closes in {left} day{'s' if left != 1 else ''}" if left else "Closes today"
        marked = f' class="{look}" title="{words}"' if look else ""
        to.shown[key] = f"<time{marked}>{day(closing, to)}</time>"
    return to.shown[key]


def _closed_figures(row: Row, closed_at: datetime | None, to: Reader) -> str:
    on = day(clock.to_wall(closed_at, to.by.zone).date(), to) if closed_at else ""
    when = on.lower() if on in ("Today", "Yesterday") else on
    return f'<span class="outcome">{icon(CLOSED[row.outcome][1])}{row.outcome.capitalize()} {when}</span>'


def _foot(row: Row, step: NextStep, to: Reader) -> str:
    """What comes next, how long it stands here, and whose it is."""
    what = f'{step.icon}<span class="cut">{escape(step.text)}</span>'
    following = (
        f'<a class="next {step.look}" href="{step.url}">{what}</a>' if step.url else f'<span class="next">{what}</span>'
    )
    days = (to.now - read_time(row.stage_since)).days
    idle = inks.is_idle(days, to.directory.stages[row.stage_id])
    mark, look, words = (f"{icon('clock')} ", " soon", ", longer than it should be") if idle else ("", "", "")
    title = f"{days} day{'s' if days != 1 else ''} in this stage{words}"
    return (
        f'<footer>{following}<span class="days{look}" title="{title}">{mark}{days} d</span>'
        f"{_owner(row.owner_id, to)}</footer>"
    )


def _owner(owner_id: int | None, to: Reader) -> str:
    key = ("avatar", owner_id)
    if key not in to.shown:
        person = to.directory.people.get(owner_id or 0)
        name = escape(person.name) if person else ""
        to.shown[key] = (
            f'<span class="avatar k{person.colour}" role="img" aria-label="{name}" title="{name}">'
            f"{escape(person.initials)}</span>"
            if person
            else ""
        )
    return to.shown[key]
