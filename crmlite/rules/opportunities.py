"""What may happen to an opportunity."""

from typing import Any

from peewee import ModelSelect

from crmlite import clock
from crmlite.errors import Invalid
from crmlite.models.choices import Stage
from crmlite.models.currencies import places
from crmlite.models.opportunities import Opportunity
from crmlite.models.statements import statement
from crmlite.rules import directory, gate, origins, positions
from crmlite.rules.access import Actor, visible
from crmlite.rules.directory import Directory
from crmlite.rules.following import followed_by, handed_to, with_currency
from crmlite.rules.losses import lost_values
from crmlite.rules.quote_steps import withdraw

CLOSED = "This opportunity is closed: reopen it by moving it to an open stage before changing it."
AMOUNTS = ("amount", "best_case", "worst_case")


def create(values: dict[str, Any], by: Actor, converting: bool = False) -> Opportunity:
    """Into the first stage, or the one named, below the cards that are there, with the stage's probability
    unless one is given. `converting`: its lead is becoming its customer just now."""
    given = {name: value for name, value in values.items() if value is not None or name in ("owner", "team")}
    with gate.together():
        stage = _stage(given["stage"]) if given.get("stage") else first_stage()
        if stage.outcome == "lost" and not given.get("lost_reason"):
            raise Invalid(fields={"stage": "Please begin in an open stage: Lost asks for its reason later."})
        given = origins.completed(given, by, converting=converting)
        defaults = {
            "reference": f"O{gate.number('opportunity'):04d}",
            "probability": stage.probability,
            "position": positions.below_all(stage.id),
        }
        placed = {"stage": stage.id, "outcome": stage.outcome, "stage_since": clock.now()}
        if stage.outcome != "open":
            placed |= {"probability": stage.probability}
            placed |= _closing(stage, given.get("lost_reason"), given.get("lost_text", ""))
        return gate.create(Opportunity, {**defaults, **with_currency(followed_by(by, given)), **placed}, by)


def edit(opportunity: Opportunity, values: dict[str, Any], by: Actor, seen: int | None = None) -> Opportunity:
    """Change fields. A closed one is read-only until it is reopened; another stage is a move."""
    with gate.together():
        present = gate.locked(opportunity)
        values = _recounted(present, origins.completed(values, by, present))
        if "owner" in values and values["owner"] != present.owner_id:
            values = {**handed_to(present, values["owner"]), **values}
        if "stage" not in values or values["stage"] == present.stage_id:
            refuse_closed(present)
            return gate.change(opportunity, values, by, seen)
        others = {name: value for name, value in values.items() if name != "stage"}
        stage = _stage(values["stage"])
        if stage.outcome == "lost" and not others.get("lost_reason"):
            raise Invalid(fields={"stage": "Please use Lost, which asks for the reason."})
        if stage.outcome != "open" and set(others) - {"lost_reason", "lost_text"}:
            refuse_closed(present)
        return move(opportunity, stage.id, by, seen=seen, others=others)


def take(opportunity: Opportunity, by: Actor, seen: int | None = None) -> Opportunity:
    """Assign to me: the suitcase."""
    with gate.together():
        refuse_closed(gate.locked(opportunity))
        return gate.change(opportunity, handed_to(opportunity, by.id), by, seen, verb="assigned")


def move(
    opportunity: Opportunity,
    stage_id: int | None,
    by: Actor,
    *,
    after: int | None = None,
    before: int | None = None,
    last: bool = False,
    reason_id: int | None = None,
    lost_text: str = "",
    seen: int | None = None,
    others: dict[str, Any] | None = None,
) -> Opportunity:
    """Put the card into a stage, below the card `after` or above the card `before`, first when neither is
    given, or `last`. Its probability follows the stage unless the person chose their own. `others` are fields
    changed in the same breath. Raises Invalid with the field lost_reason when the stage is lost and no reason
    is given."""
    others = others or {}
    with gate.together():
        present = gate.locked(opportunity)
        stage = _stage(stage_id)
        place = positions.below_all(stage.id) if last else positions.at(opportunity.id, stage.id, after, before)
        values: dict[str, Any] = {"position": place}
        verb = "moved"
        if stage.id != present.stage_id:
            reason_id = others.get("lost_reason") or reason_id
            lost_text = others.get("lost_text") or lost_text
            values |= {"stage": stage.id, "outcome": stage.outcome, "stage_since": clock.now()}
            values |= _following_probability(present, stage) | others
            values |= _closing(stage, reason_id, lost_text)
            verb = _verb(present, stage)
        gate.change(opportunity, values, by, seen, verb=verb)
        if verb == "lost":
            withdraw(opportunity, by)
    return opportunity


def win(opportunity: Opportunity, by: Actor, seen: int | None = None) -> Opportunity:
    return move(opportunity, closing_stage("won", opportunity).id, by, seen=seen)


def lose(opportunity: Opportunity, reason_id: int | None, text: str, by: Actor, seen: int | None = None) -> Opportunity:
    stage = closing_stage("lost", opportunity)
    return move(opportunity, stage.id, by, reason_id=reason_id, lost_text=text, seen=seen)


def of(record: Any, by: Actor, most: int = 20) -> list[Opportunity]:
    """The newest opportunities of a lead, partner or contact that the actor may see."""
    return _of(record.concept, by, most, id=record.id)


@statement
def _of(concept: str, by: Actor, most: int, id: Any) -> ModelSelect:
    linked = visible(Opportunity, by).where(getattr(Opportunity, concept) == id)
    return linked.order_by(Opportunity.id.desc()).limit(most)


def next_stage(opportunity: Opportunity, now: Directory | None = None) -> Stage | None:
    """The open stage after this one, for the row's button; None at the last one or when closed. A list hands
    its own snapshot on, so that rows do not ask for it one by one."""
    now = now or directory.current()
    present = now.stages.get(opportunity.stage_id)
    if present is None or present.outcome != "open":
        return None
    stages = [stage for stage in now.stages_on_offer(present.id) if _beside(stage, present)]
    place = stages.index(present) + 1
    return stages[place] if place < len(stages) else None


def refuse_closed(opportunity: Opportunity) -> None:
    if opportunity.outcome != "open":
        raise Invalid(CLOSED)


def first_stage() -> Stage:
    return next(stage for stage in directory.current().stages_on_offer() if stage.outcome == "open")


def last_open(closed: Stage) -> Stage | None:
    """Where a closed one goes when it is reopened (crm-reference 2.5): the last open stage beside its own."""
    stages = [stage for stage in directory.current().stages_on_offer() if _beside(stage, closed)]
    return stages[-1] if stages else None


def closing_stage(outcome: str, opportunity: Opportunity | None = None, now: Directory | None = None) -> Stage:
    now = now or directory.current()
    stages = [stage for stage in now.stages_on_offer() if stage.outcome == outcome]
    if not stages:
        raise Invalid(f"There is no stage for {outcome} opportunities: please add one in the settings.")
    present = now.stages.get(opportunity.stage_id) if opportunity else None
    return next((s for s in stages if present and s.pipeline_id == present.pipeline_id), stages[0])


def _beside(stage: Stage, present: Stage) -> bool:
    return stage.outcome == "open" and stage.pipeline_id == present.pipeline_id


def _stage(stage_id: int | None) -> Stage:
    stage = next((one for one in directory.current().stages_on_offer() if one.id == stage_id), None)
    if stage is None:
        raise Invalid(fields={"stage": "This stage is no longer on offer: please choose another."})
    return stage


def _recounted(present: Opportunity, values: dict[str, Any]) -> dict[str, Any]:
    """In another currency 12 stays 12, however many digits it has after the point. Raises Invalid where digits would
    be lost."""
    currency = values.get("currency") or present.currency
    further = places(currency) - places(present.currency)
    found = dict(values)
    for name in AMOUNTS if further else ():
        if name not in values and (minor := present.__data__[name]) is not None:
            found[name], lost = divmod(minor * 10 ** max(further, 0), 10 ** max(-further, 0))
            if lost:
                sentence = f"{currency} has {places(currency)} digits after the point: please change the amounts first."
                raise Invalid(fields={"currency": sentence})
    return found


def _verb(opportunity: Opportunity, stage: Stage) -> str:
    if stage.outcome != "open":
        return stage.outcome
    return "moved" if opportunity.outcome == "open" else "reopened"


def _following_probability(opportunity: Opportunity, stage: Stage) -> dict[str, int]:
    """A probability of one's own survives a move between open stages; closing settles it."""
    left = directory.current().stages.get(opportunity.stage_id)
    untouched = left is None or left.outcome != "open" or opportunity.probability == left.probability
    return {"probability": stage.probability} if untouched or stage.outcome != "open" else {}


def _closing(stage: Stage, reason_id: int | None, text: str) -> dict[str, Any]:
    if stage.outcome == "open":
        return {"closed_at": None, "lost_reason": None, "lost_text": ""}
    if stage.outcome == "won":
        return {"closed_at": clock.now(), "lost_reason": None, "lost_text": ""}
    return {"closed_at": clock.now(), **lost_values("opportunity", reason_id, text)}
