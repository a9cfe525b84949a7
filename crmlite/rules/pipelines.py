"""What may happen to pipelines: there is always one on offer, and no card is left without a board."""

from typing import Any

from crmlite.errors import Conflict, Invalid
from crmlite.models.base import fold
from crmlite.models.choices import Pipeline, Stage
from crmlite.rules import gate, stages
from crmlite.rules.access import Actor

COPIED = ("name", "position", "probability", "idle_days", "outcome", "colour")


def in_order() -> list[Pipeline]:
    """Every pipeline, the retired ones too."""
    found = Pipeline.select().where(Pipeline.deleted_at.is_null())
    return list(found.order_by(Pipeline.position, Pipeline.id))


def add(name: str, like: int | None, by: Actor) -> Pipeline:
    """A new pipeline at the end, with the stages that `like` has, or the first one."""
    with gate.together():
        present = in_order()
        _refuse_twin(name, present)
        position = max(one.position for one in present) + 1
        pipeline = gate.create(Pipeline, {"name": name, "position": position}, by)
        model = next((one for one in present if one.id == like), present[0])
        for stage in stages.in_order(model.id):
            if not stage.retired:
                copy: dict[str, Any] = {name: getattr(stage, name) for name in COPIED}
                gate.create(Stage, {**copy, "pipeline": pipeline.id}, by)
    return pipeline


def rename(pipeline: Pipeline, name: str, by: Actor, seen: int | None = None) -> Pipeline:
    with gate.together():
        _refuse_twin(name, [one for one in in_order() if one.id != pipeline.id])
        return gate.change(pipeline, {"name": name}, by, seen)


def retire(pipeline: Pipeline, by: Actor, move_to: int | None = None) -> Pipeline:
    """Take the board of this pipeline away. Its open opportunities go to `move_to`, an open stage of another one,
    below those that are there; what is closed stays as it was. Raises Conflict, Invalid."""
    with gate.together():
        _refuse_last(pipeline, "retired")
        if count := standing_in(pipeline):
            target = next((stage for stage in refuges(pipeline) if stage.id == move_to), None)
            if target is None:
                stand = "open opportunity stands" if count == 1 else "open opportunities stand"
                sentence = f"{count:,} {stand} in “{pipeline.name}”: please choose a stage for them."
                raise Invalid(fields={"move_to": sentence})
            stages.move_cards(stages.cards_in(_open_stages(pipeline)), target, by)
        return gate.change(pipeline, {"retired": True}, by, verb="retired")


def bring_back(pipeline: Pipeline, by: Actor) -> Pipeline:
    return gate.change(pipeline, {"retired": False}, by, verb="brought back")


def drop(pipeline: Pipeline, by: Actor) -> None:
    """Delete a pipeline that holds no opportunity, be it closed or in the bin. Raises Conflict."""
    with gate.together():
        _refuse_last(pipeline, "deleted")
        used = stages.usage()
        own = stages.in_order(pipeline.id)
        if count := sum(used.get(stage.id, 0) for stage in own):
            have = "opportunity is" if count == 1 else "opportunities are"
            raise Conflict(f"{count:,} {have} in “{pipeline.name}”, so it cannot be deleted: retire it instead.")
        for stage in own:
            gate.remove(stage, by)
        gate.remove(pipeline, by)


def standing_in(pipeline: Pipeline) -> int:
    """How many open opportunities are in it."""
    return stages.cards_in(_open_stages(pipeline)).count()


def refuges(pipeline: Pipeline) -> list[Stage]:
    """Where its open opportunities could go: open stages of the others."""
    return [
        stage
        for stage in stages.in_order()
        if stage.outcome == "open" and stages.on_offer(stage) and stage.pipeline_id != pipeline.id
    ]


def _open_stages(pipeline: Pipeline) -> list[int]:
    return [stage.id for stage in stages.in_order(pipeline.id) if stage.outcome == "open"]


def _refuse_last(pipeline: Pipeline, done: str) -> None:
    if not pipeline.retired and not any(one.id != pipeline.id and not one.retired for one in in_order()):
        raise Conflict(f"“{pipeline.name}” is the only pipeline, so it cannot be {done}: please add another one first.")


def _refuse_twin(name: str, others: list[Pipeline]) -> None:
    if any(fold(other.name) == fold(" ".join(name.split())) for other in others):
        raise Invalid(fields={"name": f"There is a pipeline “{name.strip()}” already: please choose another name."})
