"""The board of opportunities: its tabs, filters one click away, and what changes its cards."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from peewee import Expression

from crmlite.lists import opportunities_cards as cards
from crmlite.lists import opportunities_groupings as groupings
from crmlite.lists.board_spec import Board, BoardView, Preset
from crmlite.lists.opportunities import IS_OPEN, SPEC, closing_soon
from crmlite.lists.reader import Reader
from crmlite.models.events import Event
from crmlite.models.leads import Lead
from crmlite.models.opportunities import OpenSum, Opportunity
from crmlite.models.partners import Partner
from crmlite.rules import agenda, opportunities, search
from crmlite.rules.access import Actor, visible


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


def matching(text: str, to: Reader) -> Expression:
    """By their own words, or those of the customer or lead they are for, as far as the reader sees these."""
    found = Opportunity.id.in_(search.matching("opportunity", text) or [0])
    for model, field in ((Partner, Opportunity.partner), (Lead, Opportunity.lead)):
        named = visible(model, to.by).select(model.id).where(model.id.in_(search.matching(model.concept, text) or [0]))
        found |= field.in_(named)
    return found


def _view(name: str, label: str, where: Callable[[Any, Actor], Expression | None]) -> BoardView:
    """A tab that stage, owner and team decide: its sums are kept."""
    return BoardView(name, label, lambda by, to: where(Opportunity, by), lambda by, to: where(OpenSum, by))


BOARD = Board(
    spec=SPEC,
    noun="stage",
    is_open=IS_OPEN,
    sums=OpenSum,
    within=groupings.within,
    queue="coalesce(expected_close_date, '9999-12-31')",
    groupings=groupings.GROUPINGS,
    pipelines=groupings.pipelines,
    closings=groupings.closings,
    views=(
        _view("open", "All open", lambda model, by: None),
        _view("mine", "Mine", lambda model, by: model.owner == by.id),
        _view("unassigned", "Unassigned", lambda model, by: model.owner.is_null()),
        _view("team", "My team", lambda model, by: model.team.in_(sorted(by.team_ids) or [0])),
        BoardView("idle", "No next step", lambda by, to: agenda.has_no_next_step(by, to.today)),
        BoardView("closing", "Closing in 15 days", lambda by, to: closing_soon(to)),
    ),
    presets=presets,
    matching=matching,
    select=cards.select,
    cards=cards.cards,
    move=opportunities.move,
    change=opportunities.edit,
    touched=touched,
)
