"""What may happen to an opportunity."""

from datetime import date, datetime, timedelta
from typing import Any

from peewee import fn

from crmlite import clock
from crmlite.errors import Invalid
from crmlite.models.choices import Stage
from crmlite.models.opportunities import Opportunity
from crmlite.rules import directory, gate
from crmlite.rules.access import Actor
from crmlite.rules.following import followed_by, handed_to, with_currency
from crmlite.rules.losses import lost_values

GAP = 1024.0
NARROWEST = 1e-6
OLD = timedelta(days=7)


def create(values: dict[str, Any], by: Actor) -> Opportunity:
    """Into the first stage, or the one named, below the cards that are there, with the stage's probability unless
    one is given."""
    with gate.together():
        stage = _stage(values.get("stage")) if values.get("stage") else first_stage()
        defaults = {
            "reference": f"O{gate.number('opportunity'):04d}",
            "probability": stage.probability,
            "position": _last_position(stage.id) + GAP,
        }
        placed = {"stage": stage.id, "outcome": stage.outcome, "stage_since": clock.now()}
        if stage.outcome != "open":
            placed["closed_at"] = clock.now()
        return gate.create(Opportunity, {**defaults, **with_currency(followed_by(by, values)), **placed}, by)


def edit(opportunity: Opportunity, values: dict[str, Any], by: Actor, seen: int | None = None) -> Opportunity:
    """Change fields. A closed one is read-only until it is reopened; another stage is a move."""
    if "stage" in values and values["stage"] != opportunity.stage_id:
        return move(opportunity, values["stage"], by, seen=seen)
    if opportunity.outcome != "open":
        raise Invalid("This opportunity is closed: reopen it by moving it to an open stage before changing it.")
    if "owner" in values and values["owner"] != opportunity.owner_id:
        values = {**handed_to(opportunity, values["owner"]), **values}
    return gate.change(opportunity, values, by, seen)


def take(opportunity: Opportunity, by: Actor, seen: int | None = None) -> Opportunity:
    return gate.change(opportunity, handed_to(opportunity, by.id), by, seen, verb="assigned")


def move(
    opportunity: Opportunity,
    stage_id: int,
    by: Actor,
    *,
    after: int | None = None,
    before: int | None = None,
    last: bool = False,
    reason_id: int | None = None,
    lost_text: str = "",
    seen: int | None = None,
) -> Opportunity:
    """Put the card into a stage, below the card `after` or above the card `before`, first when neither is given,
    or `last`. Its probability follows the stage unless the person chose their own. Raises Invalid with the field
    lost_reason when the stage is lost and no reason is given."""
    with gate.together():
        stage = _stage(stage_id)
        values: dict[str, Any] = {"position": _position(opportunity.id, stage.id, after, before, last)}
        verb = "moved"
        if stage.id != opportunity.stage_id:
            values |= {"stage": stage.id, "outcome": stage.outcome, "stage_since": clock.now()}
            values |= _following_probability(opportunity, stage) | _closing(opportunity, stage, reason_id, lost_text)
            verb = {"won": "won", "lost": "lost"}.get(stage.outcome, "moved" if opportunity.outcome == "open" else "reopened")
        return gate.change(opportunity, values, by, seen, verb=verb)


def win(opportunity: Opportunity, by: Actor, seen: int | None = None) -> Opportunity:
    return move(opportunity, closing_stage("won", opportunity).id, by, seen=seen)


def lose(
    opportunity: Opportunity, reason_id: int | None, text: str, by: Actor, seen: int | None = None
) -> Opportunity:
    stage = closing_stage("lost", opportunity)
    return move(opportunity, stage.id, by, reason_id=reason_id, lost_text=text, seen=seen)


def next_stage(opportunity: Opportunity) -> Stage | None:
    """The open stage after this one, for the row's button; None at the last one or when closed."""
    stages = [stage for stage in directory.current().stages_on_offer() if stage.outcome == "open"]
    ids = [stage.id for stage in stages]
    if opportunity.stage_id not in ids:
        return None
    place = ids.index(opportunity.stage_id) + 1
    return stages[place] if place < len(stages) else None


def first_stage() -> Stage:
    return next(stage for stage in directory.current().stages_on_offer() if stage.outcome == "open")


def closing_stage(outcome: str, opportunity: Opportunity | None = None) -> Stage:
    stages = [stage for stage in directory.current().stages_on_offer() if stage.outcome == outcome]
    if not stages:
        raise Invalid(f"There is no stage for {outcome} opportunities: please add one in the settings.")
    present = directory.current().stages.get(opportunity.stage_id) if opportunity else None
    return next((s for s in stages if present and s.pipeline_id == present.pipeline_id), stages[0])


def ink(opportunity: Any, today: date, now: datetime) -> str:
    """Colour word of the row (SEED-62 to 67, crm-reference 9 A2): won and lost fill the row; then red at 7 days or
    overdue, orange below 15 days, blue older than 7 days, else plain."""
    if opportunity.outcome in ("won", "lost"):
        return f"fill-{'green' if opportunity.outcome == 'won' else 'red'}"
    if opportunity.expected_close_date is not None:
        left = (opportunity.expected_close_date - today).days
        if left <= 7:
            return "red"
        if left < 15:
            return "orange"
    return "blue" if now - opportunity.created_at > OLD else "plain"


def edge(probability: int | None) -> str:
    """Colour word of the card's left edge (SEED-68 to 71, crm-reference 9 A3)."""
    percent = probability or 0
    if percent <= 25:
        return "red"
    if percent >= 75:
        return "green"
    return "black" if percent >= 50 else "orange"


def idle(opportunity: Any, stage: Stage, now: datetime) -> bool:
    return bool(stage.idle_days) and (now - opportunity.stage_since).days > stage.idle_days


def _stage(stage_id: int) -> Stage:
    stage = directory.current().stages.get(stage_id)
    if stage is None or stage.retired:
        raise Invalid(fields={"stage": "This stage is no longer on offer: please choose another."})
    return stage


def _following_probability(opportunity: Opportunity, stage: Stage) -> dict[str, int]:
    """A probability of one's own survives a move between open stages; closing settles it."""
    left = directory.current().stages.get(opportunity.stage_id)
    untouched = left is None or left.outcome != "open" or opportunity.probability == left.probability
    return {"probability": stage.probability} if untouched or stage.outcome != "open" else {}


def _closing(opportunity: Opportunity, stage: Stage, reason_id: int | None, text: str) -> dict[str, Any]:
    if stage.outcome == "open":
        return {"closed_at": None, "lost_reason": None, "lost_text": ""}
    if stage.outcome == "won":
        return {"closed_at": clock.now(), "lost_reason": None, "lost_text": ""}
    return {"closed_at": clock.now(), **lost_values("opportunity", reason_id, text)}


def _position(own_id: int, stage_id: int, after: int | None, before: int | None, last: bool) -> float:
    """The middle between the neighbours; the column is spread anew when the gap has run out."""
    if last:
        return _last_position(stage_id) + GAP
    low, high = _gap(own_id, stage_id, after, before)
    if low is not None and high is not None and high - low < NARROWEST:
        _spread(stage_id)
        low, high = _gap(own_id, stage_id, after, before)
    if low is None:
        return (high if high is not None else GAP) - (GAP if high is not None else 0)
    return low + GAP if high is None else (low + high) / 2


def _gap(own_id: int, stage_id: int, after: int | None, before: int | None) -> tuple[float | None, float | None]:
    """Positions of the upper and the lower neighbour. A named neighbour that has gone counts as not named."""
    column = Opportunity.select(Opportunity.position).where(
        (Opportunity.stage == stage_id) & (Opportunity.id != own_id) & Opportunity.deleted_at.is_null()
    )
    upper = column.where(Opportunity.id == after).scalar() if after else None
    if upper is not None:
        return upper, column.where(Opportunity.position > upper).order_by(Opportunity.position).scalar()
    lower = column.where(Opportunity.id == before).scalar() if before else None
    if lower is None:
        return None, column.order_by(Opportunity.position).scalar()
    return column.where(Opportunity.position < lower).order_by(Opportunity.position.desc()).scalar(), lower


def _last_position(stage_id: int) -> float:
    query = Opportunity.select(fn.MAX(Opportunity.position)).where(Opportunity.stage == stage_id)
    return query.scalar() or 0.0


def _spread(stage_id: int) -> None:
    """Give the cards of a column whole gaps again. Order is kept, so versions and history are left alone."""
    rows = Opportunity.select(Opportunity.id).where(Opportunity.stage == stage_id).order_by(Opportunity.position)
    gate.reorder(Opportunity, [row.id for row in rows], GAP)
