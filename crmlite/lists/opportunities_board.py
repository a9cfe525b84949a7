"""Opportunities as cards in the columns of their stages."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from peewee import JOIN, Expression, ModelSelect

from crmlite import clock
from crmlite.lists import next_steps
from crmlite.lists import opportunities_groupings as groupings
from crmlite.lists.board import rank
from crmlite.lists.board_spec import Board, BoardView, Grouping, Preset
from crmlite.lists.next_steps import NextStep
from crmlite.lists.opportunities import IS_OPEN, SPEC, closing_soon
from crmlite.lists.reader import Reader, day, money
from crmlite.models.base import read_time
from crmlite.models.events import Event
from crmlite.models.leads import Lead
from crmlite.models.opportunities import Opportunity
from crmlite.models.partners import Partner
from crmlite.rules import agenda, inks, opportunities, search
from crmlite.rules.access import visible, visible_where
from crmlite.rules.directory import Person

COLUMNS = {name: f"{name}_id" for name in ("stage", "owner", "team", "type")}
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
    team_id: int | None
    type_id: int | None
    partner: str | None
    lead: str | None


class Card(NamedTuple):
    """`rank` orders the column; `look` are the classes of edge or fill; `closing_look` is soon or late."""

    id: int
    version: int
    stack: str
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


def presets(to: Reader) -> list[Preset]:
    people = [("", "Anybody"), (f"in:{to.by.id}", "Me"), ("empty", "Nobody")]
    for person in to.directory.people.values():
        if (
            person.active
            and person.id != to.by.id
            and (to.by.scope("opportunity") == "all" or person.id in to.by.mates)
        ):
            people.append((f"in:{person.id}", person.name))
    closing = [
        ("", "Any day"),
        (f"on:..{to.today - timedelta(days=1)}", "Overdue"),
        ("next:7", "Next 7 days"),
        ("next:30", "Next 30 days"),
        ("this-quarter", "This quarter"),
        ("empty", "Without a date"),
    ]
    return [("owner", "Owner", people), ("expected_close_date", "Close date", closing)]


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


def _card(row: Row, planned: NextStep | None, grouping: Grouping, stands: Any, to: Reader) -> Card:
    stage = to.directory.stages[row.stage_id]
    since, closed_at = read_time(row.stage_since), read_time(row.closed_at)
    closing, is_open = _day(row.expected_close_date), row.outcome == "open"
    colour = inks.urgency(closing, to.today) if is_open else ""
    return Card(
        id=row.id,
        version=row.version,
        stack=grouping.key(stands, to) if is_open else str(row.stage_id),
        rank=rank(grouping, row.position, closing, None if is_open else closed_at),
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


def _day(value: date | str | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def matching(text: str, to: Reader) -> Expression:
    """By their own words, or those of the customer or lead they are for, as far as the reader sees these."""
    found = Opportunity.id.in_(search.matching("opportunity", text) or [0])
    for model, field in ((Partner, Opportunity.partner), (Lead, Opportunity.lead)):
        named = visible(model, to.by).select(model.id).where(model.id.in_(search.matching(model.concept, text) or [0]))
        found |= field.in_(named)
    return found


BOARD = Board(
    spec=SPEC,
    noun="stage",
    is_open=IS_OPEN,
    within=groupings.within,
    queue="coalesce(expected_close_date, '9999-12-31')",
    groupings=groupings.GROUPINGS,
    pipelines=groupings.pipelines,
    closings=groupings.closings,
    views=(
        BoardView("open", "All open", lambda by, to: None),
        BoardView("mine", "Mine", lambda by, to: Opportunity.owner == by.id),
        BoardView("unassigned", "Unassigned", lambda by, to: Opportunity.owner.is_null()),
        BoardView("team", "My team", lambda by, to: Opportunity.team.in_(sorted(by.team_ids) or [0])),
        BoardView("idle", "No next step", lambda by, to: agenda.has_no_next_step(by, to.today)),
        BoardView("closing", "Closing in 15 days", lambda by, to: closing_soon(to)),
    ),
    presets=presets,
    matching=matching,
    select=select,
    cards=cards,
    move=opportunities.move,
    change=opportunities.edit,
    touched=touched,
    template="opportunities/card.html",
)
