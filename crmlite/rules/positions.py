"""Where a card stands in its column of the board: an order that the whole team shares."""

from typing import Any

from peewee import Tuple, fn

from crmlite.models.base import is_sqlite
from crmlite.models.choices import Stage
from crmlite.models.opportunities import Opportunity
from crmlite.rules import gate

GAP = 1024.0
NARROWEST = 1e-6


def at(own_id: int, stage_id: int, after: int | None, before: int | None) -> float:
    """Below the card `after` or above the card `before`, first when neither is named: the middle between the
    neighbours; the column is spread anew when the gap has run out."""
    hold(stage_id)
    low, high = _gap(own_id, stage_id, after, before)
    if low is not None and high is not None and high - low < NARROWEST:
        _spread(stage_id)
        low, high = _gap(own_id, stage_id, after, before)
    if low is None:
        return GAP if high is None else high - GAP
    return low + GAP if high is None else (low + high) / 2


def below_all(stage_id: int) -> float:
    hold(stage_id)
    query = Opportunity.select(fn.MAX(Opportunity.position)).where(Opportunity.stage == stage_id)
    return (query.scalar() or 0.0) + GAP


def hold(stage_id: int) -> None:
    """Until the transaction ends nobody else finds a place in this column, else two cards could get the same one
    (SQLite: the transaction holds all). Cards that point at the stage are still written."""
    if not is_sqlite():
        Stage.select(Stage.id).where(Stage.id == stage_id).for_update("FOR NO KEY UPDATE").first()


def _gap(own_id: int, stage_id: int, after: int | None, before: int | None) -> tuple[float | None, float | None]:
    """Positions of the upper and the lower neighbour. A named neighbour that has gone counts as not named."""
    column = Opportunity.select(Opportunity.id, Opportunity.position).where(
        (Opportunity.stage == stage_id) & (Opportunity.id != own_id) & Opportunity.deleted_at.is_null()
    )
    place = Tuple(Opportunity.position, Opportunity.id)
    if upper := column.where(Opportunity.id == (after or 0)).first():
        here = (upper.position, upper.id)
        return upper.position, _place(column.where(place > here).order_by(Opportunity.position, Opportunity.id))
    if lower := column.where(Opportunity.id == (before or 0)).first():
        here = (lower.position, lower.id)
        above = column.where(place < here).order_by(Opportunity.position.desc(), Opportunity.id.desc())
        return _place(above), lower.position
    return None, _place(column.order_by(Opportunity.position, Opportunity.id))


def _place(cards: Any) -> float | None:
    card = cards.first()
    return card.position if card else None


def _spread(stage_id: int) -> None:
    """Give the cards of a column whole gaps again. Order is kept, so versions and history are left alone."""
    column = Opportunity.select(Opportunity.id).where(Opportunity.stage == stage_id)
    gate.reorder(Opportunity, [row.id for row in column.order_by(Opportunity.position, Opportunity.id)], GAP)
