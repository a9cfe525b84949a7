"""The door of opportunities."""

from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond
from crmlite.blueprints.asked import seen
from crmlite.blueprints.boards import add_board, begun_on
from crmlite.blueprints.frame import reader
from crmlite.blueprints.guard import me
from crmlite.blueprints.lists import add_list
from crmlite.blueprints.records import add_records, after_verb
from crmlite.errors import Refused
from crmlite.lists import fields, form_followers
from crmlite.lists.opportunities import SPEC, ink
from crmlite.lists.opportunities_board import BOARD
from crmlite.lists.reader import Reader
from crmlite.lists.relations import related
from crmlite.models.contacts import Contact
from crmlite.models.leads import Lead
from crmlite.models.opportunities import Opportunity
from crmlite.models.partners import Partner
from crmlite.rules import access, gate, inks, opportunities, origins, quotes

bp = Blueprint("opportunities", __name__)
ORIGINS = {"lead": Lead, "partner": Partner, "contact": Contact}


def _context(opportunity: Opportunity, to: Reader) -> dict[str, Any]:
    present = to.directory.stages[opportunity.stage_id]
    beside = [s for s in to.directory.stages_on_offer(present.id) if s.pipeline_id == present.pipeline_id]
    return {
        "present": present,
        "path": [stage for stage in beside if stage.outcome == "open" or stage == present],
        "reopened": opportunities.last_open(present),
        "won": opportunities.closing_stage("won", opportunity),
        "ink": ink(opportunity, to),
        "edge": inks.edge(opportunity.probability),
        "related": related(opportunity, ("partner", "contact", "lead"), to),
        "quotes": quotes.of(opportunity, to.by),
        "days": (to.now - opportunity.stage_since).days,
        "idle": opportunity.outcome == "open" and inks.idle(opportunity, present, to.now),
    }


def _question(opportunity: Opportunity, error: Refused) -> tuple[str, dict[str, Any]] | None:
    """Lost asks for its reason before anything moves."""
    return ("shared/loss.html", _loss_context(opportunity)) if "lost_reason" in error.fields else None


@bp.get("/opportunities/form")
def begin() -> Response:
    """The form of a new one, with what the record it is begun from knows."""
    to, by = reader(), me()
    blank = Opportunity(owner=by.id, team=by.active_team_id, currency=to.directory.currency)
    for name, value in _begun(to).items():
        setattr(blank, name, value)
    return respond.dialog(
        "shared/form.html",
        title=f"New {SPEC.one}",
        spec=SPEC,
        record=None,
        groups=fields.grouped(SPEC, blank, to),
        message="",
        clashes=[],
    )


@bp.get("/opportunities/form/followed")
def followed() -> Response:
    """Fields of the form that follow from the one just changed."""
    to = reader()
    values = form_followers.of(request.headers.get("HX-Trigger-Name", ""), request.args, to)
    found = fields.form(SPEC, values, Opportunity(**values), to)
    return respond.part("opportunities/followed.html", fields=found)


add_list(bp, SPEC)
add_records(bp, SPEC, _context)
add_board(bp, BOARD, _question)


@bp.get("/opportunities/loss")
def loss_of_many() -> Response:
    """The reason for the ticked rows of the list, which the script behind lists sends with it."""
    return respond.dialog("opportunities/losses.html", title="Lose the ticked rows", reasons=_reasons())


@bp.post("/opportunities/<int:opportunity_id>/assignment")
def assignment(opportunity_id: int) -> AnyResponse:
    opportunity = access.find(Opportunity, opportunity_id, me())
    with gate.together() as gesture:
        opportunities.take(opportunity, me(), seen())
    return after_verb(SPEC, opportunity, f"“{opportunity.label}” is assigned to you", gesture)


@bp.get("/opportunities/<int:opportunity_id>/loss")
def loss_form(opportunity_id: int) -> Response:
    opportunity = access.find(Opportunity, opportunity_id, me())
    return respond.dialog("shared/loss.html", **_loss_context(opportunity))


@bp.post("/opportunities/<int:opportunity_id>/loss")
def loss(opportunity_id: int) -> AnyResponse:
    opportunity = access.find(Opportunity, opportunity_id, me())
    reason = request.form.get("lost_reason", "")
    try:
        with gate.together() as gesture:
            reason_id = int(reason) if reason.isdigit() and len(reason) < 10 else None
            opportunities.lose(opportunity, reason_id, request.form.get("lost_text", ""), me(), seen())
    except Refused as error:
        return respond.dialog("shared/loss.html", error.status, **_loss_context(opportunity, error))
    told = f"“{opportunity.label}” moved to Lost"
    if request.args.get("as") == "board":
        respond.say(told, gesture)
        return respond.nothing(
            {"dialog-close": True, "changed": {"changes": [["opportunity", opportunity.id]]}}
        )
    return after_verb(SPEC, opportunity, told, gesture)


def _begun(to: Reader) -> dict[str, Any]:
    begun = begun_on(BOARD, to)
    if number := _digits("copy"):
        begun |= origins.copied(access.find(Opportunity, number, me()), me())
    for name, model in ORIGINS.items():
        if number := _digits(name):
            begun |= origins.proposed(access.find(model, number, me()), me())
            break
    stage = to.directory.stages.get(_digits("stage") or begun["stage"])
    return begun | ({"stage": stage.id, "probability": stage.probability} if stage else {})


def _digits(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isdigit() and len(text) < 10 else None


def _loss_context(opportunity: Opportunity, error: Refused | None = None) -> dict[str, Any]:
    on_board = request.args.get("as") == "board"
    return {
        "title": f"Lose {opportunity.label}",
        "action": f"/opportunities/{opportunity.id}/loss{'?as=board' if on_board else ''}",
        "record": opportunity,
        "reasons": _reasons(),
        "error": error,
        "form": request.form,
    }


def _reasons() -> list[tuple[Any, str]]:
    return [("", "Please choose"), *((c.id, c.name) for c in reader().directory.choices_of("lost_reason"))]
