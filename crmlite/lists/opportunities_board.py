"""Opportunities as cards in the columns of their stages."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from peewee import JOIN, Expression, ModelSelect

from crmlite import clock
from crmlite.lists import next_steps
from crmlite.lists.board import Board, BoardView, Preset, Stack, rank
from crmlite.lists.next_steps import NextStep
from crmlite.lists.opportunities import IS_OPEN, SPEC
from crmlite.lists.reader import Reader, day, money
from crmlite.models.base import read_time
from crmlite.models.events import Event
from crmlite.models.leads import Lead
from crmlite.models.opportunities import Opportunity
from crmlite.models.partners import Partner
from crmlite.rules import agenda, inks, opportunities
from crmlite.rules.access import visible, visible_where
from crmlite.rules.directory import Person

SOON = timedelta(days=15)
URGENCY = {"red": "late", "orange": "soon"}


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
    partner: str | None
    lead: str | None


class Card(NamedTuple):
    """`rank` orders the column; `look` are the classes of edge or fill; `closing_look` is soon or late."""

    id: int
    version: int
    stack: int
    rank: float
    look: str
    name: str
    who: str
    amount: str
    probability: int
    closing: str
    closing_look: str
    closing_words: str
    next: NextStep
    days: int
    idle: bool
    owner: Person | None
    outcome: str
    closed: str


def stacks(with_closed: bool, with_lost: bool, to: Reader) -> tuple[Stack, ...]:
    """The open stages, and what was won this month; lost where it is asked for."""
    month, _ = clock.day_bounds(to.today.replace(day=1), to.by.zone)
    found = []
    for stage in to.directory.stages_on_offer():
        if stage.outcome == "open":
            found.append(Stack(stage.id, stage.name))
        elif (stage.outcome == "won" and with_closed) or (stage.outcome == "lost" and with_lost):
            word = stage.name.removeprefix("Closed ").capitalize()
            found.append(Stack(stage.id, f"{word} this month", stage.outcome, month))
    return tuple(sorted(found, key=lambda one: one.closed is not None))


def presets(to: Reader) -> list[Preset]:
    people = [("", "Anybody"), (f"in:{to.by.id}", "Me"), ("empty", "Nobody")]
    for person in to.directory.people.values():
        if (
            person.active
            and person.id != to.by.id
            and (to.by.scope("opportunity") == "all" or person.id in to.by.mates)
        ):
            people.append((f"in:{person.id}", person.name))
    first, last = _quarter(to.today)
    closing = [
        ("", "Any day"),
        (f"on:..{to.today - timedelta(days=1)}", "Overdue"),
        ("next:7", "Next 7 days"),
        ("next:30", "Next 30 days"),
        (f"on:{first}..{last}", "This quarter"),
        ("empty", "Without a date"),
    ]
    return [("owner", "Owner", people), ("expected_close_date", "Close date", closing)]


def stage_name(stage_id: int, to: Reader) -> str:
    stage = to.directory.stages[stage_id]
    return stage.outcome.capitalize() if stage.outcome != "open" else stage.name


def closing_soon(to: Reader) -> Expression:
    return Opportunity.expected_close_date < to.today + SOON


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


def cards(raw: list[tuple[Any, ...]], to: Reader) -> list[Card]:
    rows = [Row._make(values) for values in raw]
    planned = next_steps.planned([row.id for row in rows if row.outcome == "open"], to)
    return [_card(row, planned.get(row.id), to) for row in rows]


def touched(changed: dict[str, list[int]], to: Reader) -> list[int]:
    """Opportunities whose cards show one of these events, partners or leads."""
    found: set[int] = set()
    if ids := changed.get("event"):
        query = visible(Event, to.by).select(Event.opportunity).where(Event.id.in_(ids))
        found |= {one for (one,) in query.tuples() if one}
    for concept, field in (("partner", Opportunity.partner), ("lead", Opportunity.lead)):
        if ids := changed.get(concept):
            query = visible(Opportunity, to.by).select(Opportunity.id).where(IS_OPEN & field.in_(ids))
            found |= {one for (one,) in query.limit(100).tuples()}
    return sorted(found)


def _card(row: Row, planned: NextStep | None, to: Reader) -> Card:
    stage = to.directory.stages[row.stage_id]
    since, closed_at = read_time(row.stage_since), read_time(row.closed_at)
    closing, is_open = _day(row.expected_close_date), row.outcome == "open"
    colour = inks.urgency(closing, to.today) if is_open else ""
    return Card(
        id=row.id,
        version=row.version,
        stack=row.stage_id,
        rank=rank(not is_open, row.position, closed_at),
        look=f"edge-{inks.edge(row.probability)}" if is_open else CLOSED_LOOKS[row.outcome],
        name=row.name,
        who=row.partner or row.lead or "",
        amount=money(row.amount, row.currency, to),
        probability=row.probability,
        closing=day(closing, to) if is_open else "",
        closing_look=URGENCY.get(colour, ""),
        closing_words=_closing_words(closing, to) if colour else "",
        next=planned or next_steps.in_words(row.next_step),
        days=(to.now - since).days if since else 0,
        idle=is_open and inks.idle(Waiting(since), stage, to.now),
        owner=to.directory.people.get(row.owner_id or 0),
        outcome=row.outcome,
        closed=_closed_words(row, closed_at, to),
    )


CLOSED_LOOKS = {"won": "fill-green edge-green", "lost": "fill-red edge-red"}


class Waiting(NamedTuple):
    stage_since: datetime | None


def _closing_words(closing: date | None, to: Reader) -> str:
    if closing is None:
        return ""
    return "Overdue" if closing < to.today else f"Closes in {(closing - to.today).days} days"


def _closed_words(row: Row, closed_at: datetime | None, to: Reader) -> str:
    if closed_at is None:
        return ""
    on = day(clock.to_wall(closed_at, to.by.zone).date(), to)
    return f"{row.outcome.capitalize()} {on.lower() if on in ('Today', 'Yesterday') else on}"


def _quarter(today: date) -> tuple[date, date]:
    first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    after = (first + timedelta(days=100)).replace(day=1)
    return first, after - timedelta(days=1)


def _day(value: date | str | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


BOARD = Board(
    spec=SPEC,
    field="stage",
    noun="stage",
    is_open=IS_OPEN,
    stacks=stacks,
    views=(
        BoardView("open", "All open", lambda by, to: None),
        BoardView("mine", "Mine", lambda by, to: Opportunity.owner == by.id),
        BoardView("team", "My team", lambda by, to: Opportunity.team.in_(sorted(by.team_ids) or [0])),
        BoardView("idle", "No next step", lambda by, to: agenda.has_no_next_step(by, to.today), closed=False),
        BoardView("closing", "Closing in 15 days", lambda by, to: closing_soon(to), closed=False),
    ),
    presets=presets,
    select=select,
    cards=cards,
    move=opportunities.move,
    touched=touched,
    template="opportunities/card.html",
    place_name=stage_name,
)
