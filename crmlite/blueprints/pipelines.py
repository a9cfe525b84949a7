"""The door to pipelines; they are shown with their stages."""

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond, settings
from crmlite.blueprints.choices import told
from crmlite.blueprints.guard import me
from crmlite.errors import Conflict, Invalid, Refused
from crmlite.models.choices import Pipeline
from crmlite.rules import access, choices, gate, pipelines

bp = Blueprint("pipelines", __name__)
HERE = "/stages"


@bp.get("/pipelines/form")
def new() -> Response:
    access.require(me(), "create", Pipeline())
    return _form(None, "")


@bp.post("/pipelines")
def create() -> AnyResponse:
    access.require(me(), "create", Pipeline())
    try:
        with gate.together() as gesture:
            pipeline = pipelines.add(request.form.get("name", ""), _number("like"), me())
    except (Invalid, Conflict) as error:
        return _form(None, request.form.get("name", ""), error)
    respond.say(f"Pipeline “{pipeline.name}” added with the usual stages.", gesture)
    return respond.done(HERE)


@bp.get("/pipelines/<int:pipeline_id>/form")
def edit(pipeline_id: int) -> Response:
    pipeline = _find(pipeline_id)
    return _form(pipeline, pipeline.name)


@bp.post("/pipelines/<int:pipeline_id>")
def save(pipeline_id: int) -> AnyResponse:
    pipeline = _find(pipeline_id)
    try:
        with gate.together() as gesture:
            pipelines.rename(pipeline, request.form.get("name", ""), me(), settings.seen())
    except (Invalid, Conflict) as error:
        return _form(_find(pipeline_id), request.form.get("name", ""), error)
    respond.say(f"“{pipeline.name}” saved.", gesture)
    return respond.done(HERE)


@bp.post("/pipelines/<int:pipeline_id>/position")
def position(pipeline_id: int) -> AnyResponse:
    pipeline = _find(pipeline_id)
    choices.shift(pipeline, -1 if request.form.get("step") == "up" else 1, pipelines.in_order(), me())
    return respond.done(HERE)


@bp.get("/pipelines/<int:pipeline_id>/retirement")
def retiring(pipeline_id: int) -> Response:
    return _retiring(_find(pipeline_id))


@bp.post("/pipelines/<int:pipeline_id>/retirement")
def retirement(pipeline_id: int) -> AnyResponse:
    pipeline = _find(pipeline_id)
    try:
        with gate.together() as gesture:
            if request.form.get("retired") == "0":
                pipelines.bring_back(pipeline, me())
            else:
                pipelines.retire(pipeline, me(), _number("move_to"))
    except Invalid as error:
        return _retiring(pipeline, error)
    respond.say(f"“{pipeline.name}” is {'retired' if pipeline.retired else 'on the board again'}.", gesture)
    return respond.done(HERE)


@bp.post("/pipelines/<int:pipeline_id>/removal")
def removal(pipeline_id: int) -> AnyResponse:
    pipeline = _find(pipeline_id)
    with gate.together() as gesture:
        pipelines.drop(pipeline, me())
    respond.say(f"“{pipeline.name}” deleted.", gesture)
    return respond.done(HERE)


def _find(pipeline_id: int) -> Pipeline:
    access.require(me(), "change", Pipeline())
    return access.find(Pipeline, pipeline_id, me())


def _number(name: str) -> int | None:
    text = request.form.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _form(pipeline: Pipeline | None, name: str, error: Refused | None = None) -> Response:
    errors = told(error) if error else {}
    return settings.form(
        "pipelines/fields.html",
        f"Rename “{pipeline.name}”" if pipeline else "New pipeline",
        HERE,
        error.status if error else 200,
        pipeline=pipeline,
        name=name,
        like=request.form.get("like", ""),
        errors=errors,
        refusal=error.message if error and not errors else "",
        lines=[(one.id, one.name) for one in pipelines.in_order() if not one.retired],
    )


def _retiring(pipeline: Pipeline, error: Invalid | None = None) -> Response:
    return settings.form(
        "pipelines/retirement.html",
        f"Retire “{pipeline.name}”",
        HERE,
        error.status if error else 200,
        pipeline=pipeline,
        count=pipelines.standing_in(pipeline),
        refuges=[(one.id, f"{one.pipeline.name}: {one.name}") for one in pipelines.refuges(pipeline)],
        errors=error.fields if error else {},
    )
