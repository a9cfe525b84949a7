"""What may happen to the stages of the pipeline. There is always one open, one won and one lost stage on
offer."""

from typing import Any

from peewee import fn

from crmlite import clock
from crmlite.errors import Conflict, Invalid
from crmlite.models.base import fold
from crmlite.models.choices import OUTCOMES, Pipeline, Stage
from crmlite.models.opportunities import Opportunity
from crmlite.rules import gate, positions
from crmlite.rules.access import Actor

SETTLED = {"won": 100, "lost": 0}  # a closed stage decides the probability


def in_order() -> list[Stage]:
    """Every stage, the retired ones too."""
    found = Stage.select().where(Stage.deleted_at.is_null())
    return list(found.order_by(Stage.pipeline, Stage.position, Stage.id))


def add(values: dict[str, Any], by: Actor) -> Stage:
    """A new stage, in front of the closed ones when it is open, else last."""
    with gate.together():
        present = in_order()
        _refuse_twin(values.get("name", ""), present)
        stage = gate.create(Stage, {**_settled(values), "pipeline": _pipeline(by).id, "position": len(present)}, by)
        if stage.outcome == "open":
            _put_in_front_of_closed(stage, present, by)
    return stage


def edit(stage: Stage, values: dict[str, Any], by: Actor, seen: int | None = None) -> Stage:
    """Change a stage. Raises Conflict when its kind would change under the opportunities that stand in it, or
    when it is the last of its kind."""
    with gate.together():
        _refuse_twin(values.get("name", stage.name), [s for s in in_order() if s.id != stage.id])
        if values.get("outcome", stage.outcome) != stage.outcome:
            if count := standing_in(stage):
                stand = "opportunity stands" if count == 1 else "opportunities stand"
                sentence = f"{count:,} {stand} in “{stage.name}”, so its kind cannot change: please move them first."
                raise Invalid(fields={"outcome": sentence})
            _refuse_last(stage, "changed")
        return gate.change(stage, _settled({"outcome": stage.outcome, **values}), by, seen)


def retire(stage: Stage, by: Actor, move_to: int | None = None) -> Stage:
    """Take the stage off the board. Opportunities that stand in it go to `move_to`, a stage of the same kind,
    below those that are there; without it they are in the way. Raises Conflict, Invalid."""
    with gate.together():
        _refuse_last(stage, "retired")
        if count := standing_in(stage):
            target = next((s for s in refuges(stage) if s.id == move_to), None)
            if target is None:
                stand = "opportunity stands" if count == 1 else "opportunities stand"
                sentence = f"{count:,} {stand} in “{stage.name}”: please choose a stage for them."
                raise Invalid(fields={"move_to": sentence})
            _empty(stage, target, by)
        return gate.change(stage, {"retired": True}, by, verb="retired")


def bring_back(stage: Stage, by: Actor) -> Stage:
    return gate.change(stage, {"retired": False}, by, verb="brought back")


def drop(stage: Stage, by: Actor) -> None:
    """Delete a stage that no opportunity was left in, be it in the bin. Raises Conflict."""
    with gate.together():
        _refuse_last(stage, "deleted")
        if count := usage().get(stage.id, 0):
            have = "opportunity is" if count == 1 else "opportunities are"
            raise Conflict(f"{count:,} {have} in “{stage.name}”, so it cannot be deleted: retire it instead.")
        gate.remove(stage, by)


def refuges(stage: Stage) -> list[Stage]:
    """Where the opportunities of this stage could go: stages on offer of the same kind."""
    return [s for s in in_order() if s.outcome == stage.outcome and not s.retired and s.id != stage.id]


def standing_in(stage: Stage) -> int:
    return Opportunity.select().where((Opportunity.stage == stage.id) & Opportunity.deleted_at.is_null()).count()


def usage() -> dict[int, int]:
    """Stage id -> how many opportunities are in it, those in the bin too."""
    return dict(Opportunity.select(Opportunity.stage, fn.COUNT(Opportunity.id)).group_by(Opportunity.stage).tuples())


def _pipeline(by: Actor) -> Pipeline:
    found = Pipeline.select().where(Pipeline.deleted_at.is_null()).order_by(Pipeline.position, Pipeline.id).first()
    return found or gate.create(Pipeline, {"name": "Sales pipeline"}, by)


def _put_in_front_of_closed(stage: Stage, present: list[Stage], by: Actor) -> None:
    open_ones = [s for s in present if s.outcome == "open"]
    closed = [s for s in present if s.outcome != "open"]
    for position, one in enumerate([*open_ones, stage, *closed]):
        if one.position != position:
            gate.change(one, {"position": position}, by, verb="ordered")


def _settled(values: dict[str, Any]) -> dict[str, Any]:
    outcome = values.get("outcome")
    return {**values, "probability": SETTLED[outcome], "idle_days": 0} if outcome in SETTLED else values


def _refuse_last(stage: Stage, done: str) -> None:
    if stage.retired or refuges(stage):
        return
    kind = OUTCOMES[stage.outcome].lower()
    raise Conflict(f"“{stage.name}” is the only {kind} stage, so it cannot be {done}: please add another one first.")


def _empty(stage: Stage, target: Stage, by: Actor) -> None:
    first = positions.below_all(target.id)
    cards = Opportunity.select().where((Opportunity.stage == stage.id) & Opportunity.deleted_at.is_null())
    for place, card in enumerate(cards.order_by(Opportunity.position, Opportunity.id)):
        values: dict[str, Any] = {
            "stage": target.id,
            "position": first + place * positions.GAP,
            "stage_since": clock.now(),
        }
        if target.outcome == "open" and card.probability == stage.probability:
            values["probability"] = target.probability
        gate.change(card, values, by, verb="moved")


def _refuse_twin(name: str, others: list[Stage]) -> None:
    if any(fold(other.name) == fold(" ".join(name.split())) for other in others):
        raise Invalid(fields={"name": f"There is a stage “{name.strip()}” already: please choose another name."})
