"""What may happen to the stages of a pipeline. Each pipeline always has an open, a won and a lost stage on offer."""

from typing import Any

from peewee import ModelSelect, fn

from crmlite import clock
from crmlite.errors import Conflict, Invalid
from crmlite.models.base import fold
from crmlite.models.choices import OUTCOMES, Pipeline, Stage
from crmlite.models.opportunities import Opportunity
from crmlite.rules import gate, positions
from crmlite.rules.access import Actor

SETTLED = {"won": 100, "lost": 0}  # a closed stage decides the probability


def in_order(pipeline_id: int | None = None) -> list[Stage]:
    """Every stage, the retired ones too, pipeline by pipeline; or those of one."""
    found = Stage.select(Stage, Pipeline).join(Pipeline).where(Stage.deleted_at.is_null())
    if pipeline_id is not None:
        found = found.where(Stage.pipeline == pipeline_id)
    return list(found.order_by(Pipeline.position, Pipeline.id, Stage.position, Stage.id))


def add(values: dict[str, Any], by: Actor) -> Stage:
    """A new stage of its pipeline (the first one when none is named), in front of the closed ones when it is open,
    else last."""
    with gate.together():
        pipeline_id = values.get("pipeline") or _first_pipeline()
        present = in_order(pipeline_id)
        _refuse_twin(values.get("name", ""), present)
        placed = {"pipeline": pipeline_id, "position": len(present)}
        stage = gate.create(Stage, {**_settled(values), **placed}, by)
        if stage.outcome == "open":
            _put_in_front_of_closed(stage, present, by)
    return stage


def edit(stage: Stage, values: dict[str, Any], by: Actor, seen: int | None = None) -> Stage:
    """Change a stage. With another pipeline its cards go along. Raises Conflict when its kind would change under the
    opportunities that stand in it, or when it is the last of its kind."""
    pipeline_id = values.get("pipeline") or stage.pipeline_id
    with gate.together():
        present = [one for one in in_order(pipeline_id) if one.id != stage.id]
        _refuse_twin(values.get("name", stage.name), present)
        outcome = values.get("outcome", stage.outcome)
        if outcome != stage.outcome:
            _refuse_occupied(stage)
            _refuse_last(stage, "changed")
        values = _settled({**values, "outcome": outcome, "pipeline": pipeline_id})
        if pipeline_id == stage.pipeline_id:
            return gate.change(stage, values, by, seen)
        _refuse_last(stage, "moved")
        gate.change(stage, {**values, "position": len(present)}, by, seen)
        if outcome == "open":
            _put_in_front_of_closed(stage, present, by)
        return stage


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
            move_cards(cards_in([stage.id]), target, by)
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
    """Where the opportunities of this stage could go: stages on offer of the same kind, those of its own pipeline
    first."""
    return sorted(
        (one for one in in_order() if one.outcome == stage.outcome and on_offer(one) and one.id != stage.id),
        key=lambda one: one.pipeline_id != stage.pipeline_id,
    )


def on_offer(stage: Stage) -> bool:
    return not stage.retired and not stage.pipeline.retired


def standing_in(stage: Stage) -> int:
    return cards_in([stage.id]).count()


def cards_in(stage_ids: list[int]) -> ModelSelect:
    """The opportunities of these stages that are not in the bin, from top to bottom."""
    found = Opportunity.select().where(Opportunity.stage.in_(stage_ids) & Opportunity.deleted_at.is_null())
    return found.order_by(Opportunity.stage, Opportunity.position, Opportunity.id)


def move_cards(cards: ModelSelect, target: Stage, by: Actor) -> None:
    """Put them below those that are there. A probability that was only the old stage's becomes the new one's."""
    first = positions.below_all(target.id)
    usual = dict(Stage.select(Stage.id, Stage.probability).tuples())
    for place, card in enumerate(cards):
        values: dict[str, Any] = {
            "stage": target.id,
            "position": first + place * positions.GAP,
            "stage_since": clock.now(),
        }
        if target.outcome == "open" and card.probability == usual[card.stage_id]:
            values["probability"] = target.probability
        gate.change(card, values, by, verb="moved")


def usage() -> dict[int, int]:
    """Stage id -> how many opportunities are in it, those in the bin too."""
    return dict(Opportunity.select(Opportunity.stage, fn.COUNT(Opportunity.id)).group_by(Opportunity.stage).tuples())


def _first_pipeline() -> int:
    found = Pipeline.select().where(Pipeline.deleted_at.is_null() & (Pipeline.retired == False))  # noqa: E712 - SQL
    return found.order_by(Pipeline.position, Pipeline.id).first().id


def _put_in_front_of_closed(stage: Stage, present: list[Stage], by: Actor) -> None:
    open_ones = [s for s in present if s.outcome == "open"]
    closed = [s for s in present if s.outcome != "open"]
    for position, one in enumerate([*open_ones, stage, *closed]):
        if one.position != position:
            gate.change(one, {"position": position}, by, verb="ordered")


def _settled(values: dict[str, Any]) -> dict[str, Any]:
    outcome = values.get("outcome")
    return {**values, "probability": SETTLED[outcome], "idle_days": 0} if outcome in SETTLED else values


def _refuse_occupied(stage: Stage) -> None:
    if count := standing_in(stage):
        stand = "opportunity stands" if count == 1 else "opportunities stand"
        sentence = f"{count:,} {stand} in “{stage.name}”, so its kind cannot change: please move them first."
        raise Invalid(fields={"outcome": sentence})


def _refuse_last(stage: Stage, done: str) -> None:
    beside = in_order(stage.pipeline_id)
    if stage.retired or any(s.outcome == stage.outcome and not s.retired and s.id != stage.id for s in beside):
        return
    kind = OUTCOMES[stage.outcome].lower()
    raise Conflict(f"“{stage.name}” is the only {kind} stage, so it cannot be {done}: please add another one first.")


def _refuse_twin(name: str, others: list[Stage]) -> None:
    if any(fold(other.name) == fold(" ".join(name.split())) for other in others):
        raise Invalid(fields={"name": f"There is a stage “{name.strip()}” already: please choose another name."})
