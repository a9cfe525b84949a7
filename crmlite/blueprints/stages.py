"""The door to the stages of the pipeline."""

from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond, settings
from crmlite.blueprints.choices import order_wanted, told
from crmlite.blueprints.guard import me
from crmlite.errors import Conflict, Invalid, Refused
from crmlite.models.choices import COLOURS, OUTCOMES, Stage
from crmlite.rules import access, choices, gate, pipelines, stages

bp = Blueprint("stages", __name__)
HERE = "/stages"
TONES = {"open": "grey", "won": "green", "lost": "red"}
FRESH: dict[str, Any] = {"name": "", "outcome": "open", "probability": 50, "idle_days": 14, "colour": "teal"}


@bp.get("/stages")
def index() -> Response:
    access.require(me(), "change", Stage())
    return _list()


@bp.get("/stages/form")
def new() -> Response:
    access.require(me(), "create", Stage())
    return _form(None, {**FRESH, "pipeline": request.args.get("pipeline", "")})


@bp.post("/stages")
def create() -> AnyResponse:
    access.require(me(), "create", Stage())
    try:
        with gate.together() as gesture:
            stage = stages.add(_values(), me())
    except (Invalid, Conflict) as error:
        return _form(None, request.form, error)
    respond.say(f"“{stage.name}” added.", gesture)
    return respond.done(HERE)


@bp.get("/stages/<int:stage_id>/form")
def edit(stage_id: int) -> Response:
    stage = _find(stage_id)
    return _form(stage, {**stage.as_values(), "pipeline": stage.pipeline_id})


@bp.post("/stages/<int:stage_id>")
def save(stage_id: int) -> AnyResponse:
    stage = _find(stage_id)
    try:
        with gate.together() as gesture:
            stages.edit(stage, _values(), me(), settings.seen())
    except (Invalid, Conflict) as error:
        return _form(_fresh(stage), request.form, error)
    respond.say(f"“{stage.name}” saved.", gesture)
    return respond.done(HERE)


@bp.post("/stages/<int:stage_id>/position")
def position(stage_id: int) -> AnyResponse:
    stage = _find(stage_id)
    among = [one for one in stages.in_order(stage.pipeline_id) if not one.retired]
    choices.shift(stage, -1 if request.form.get("step") == "up" else 1, among, me())
    return _changed()


@bp.post("/stages/order")
def order() -> AnyResponse:
    wanted = order_wanted()
    pipeline_id = next((one.pipeline_id for one in stages.in_order() if one.id == wanted[0]), 0)
    choices.arrange(wanted, stages.in_order(pipeline_id), me())
    return _changed()


@bp.get("/stages/<int:stage_id>/retirement")
def retiring(stage_id: int) -> Response:
    return _retiring(_find(stage_id))


@bp.post("/stages/<int:stage_id>/retirement")
def retirement(stage_id: int) -> AnyResponse:
    stage = _find(stage_id)
    target = request.form.get("move_to", "")
    try:
        with gate.together() as gesture:
            if request.form.get("retired") == "0":
                stages.bring_back(stage, me())
            else:
                stages.retire(stage, me(), int(target) if target.isdecimal() and len(target) < 10 else None)
    except Invalid as error:
        return _retiring(stage, error)
    respond.say(f"“{stage.name}” is {'retired' if stage.retired else 'on the board again'}.", gesture)
    return respond.done(HERE)


@bp.post("/stages/<int:stage_id>/removal")
def removal(stage_id: int) -> AnyResponse:
    stage = _find(stage_id)
    with gate.together() as gesture:
        stages.drop(stage, me())
    respond.say(f"“{stage.name}” deleted.", gesture)
    return respond.done(HERE)


def _find(stage_id: int) -> Stage:
    access.require(me(), "change", Stage())
    return access.find(Stage, stage_id, me())


def _fresh(stage: Stage) -> Stage:
    """The stage as it stands now, so that saving again is a decision made knowing it."""
    return access.find(Stage, stage.id, me())


def _values() -> dict[str, Any]:
    form = request.form
    numbers = {name: _number(form.get(name, ""), name) for name in ("probability", "idle_days")}
    colour = form.get("colour", "")
    if colour not in COLOURS:
        raise Invalid(fields={"colour": "Please choose one of the colours."})
    values = {"name": form.get("name", ""), "outcome": form.get("outcome", ""), "colour": colour, **numbers}
    chosen = form.get("pipeline", "")
    if chosen and chosen not in {str(one.id) for one in pipelines.in_order()}:
        raise Invalid(fields={"pipeline": "Please choose one of the pipelines."})
    return {**values, "pipeline": int(chosen)} if chosen else values


def _number(text: str, name: str) -> int:
    text = text.strip().rstrip("%").strip()
    if not text.isdecimal() or len(text) > 9:
        unit = "a percentage between 0 and 100" if name == "probability" else "a number of days, 0 for never"
        raise Invalid(fields={name: f"Please enter {unit}."})
    return int(text)


def _changed() -> AnyResponse:
    return _list() if request.htmx else respond.done(HERE)


def _list() -> Response:
    everything = stages.in_order()
    context = {
        "title": "Stages",
        "lines": [
            (line, [one for one in everything if one.pipeline_id == line.id and not one.retired])
            for line in pipelines.in_order()
        ],
        "retired": [stage for stage in everything if stage.retired],
        "usage": stages.usage(),
        "outcomes": OUTCOMES,
        "tones": TONES,
    }
    if request.htmx and request.method == "POST":
        return respond.part("stages/list.html", **context)
    return settings.show("stages/index.html", HERE, **context)


def _form(stage: Stage | None, values: Any, error: Refused | None = None) -> Response:
    errors = told(error) if error else {}
    return settings.form(
        "stages/fields.html",
        f"Change “{stage.name}”" if stage else "New stage",
        HERE,
        error.status if error else 200,
        stage=stage,
        values=values,
        errors=errors,
        refusal=error.message if error and not errors else "",
        outcomes=OUTCOMES,
        colours=COLOURS,
        lines=[(one.id, one.name) for one in pipelines.in_order() if not one.retired],
    )


def _retiring(stage: Stage, error: Refused | None = None) -> Response:
    return settings.form(
        "stages/retirement.html",
        f"Retire “{stage.name}”",
        HERE,
        error.status if error else 200,
        stage=stage,
        count=stages.standing_in(stage),
        refuges=[
            (one.id, one.name if one.pipeline_id == stage.pipeline_id else f"{one.pipeline.name}: {one.name}")
            for one in stages.refuges(stage)
        ],
        errors=error.fields if error else {},
    )
