"""The door of leads."""

from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond
from crmlite.blueprints.asked import seen
from crmlite.blueprints.duplicates import add_duplicates
from crmlite.blueprints.exports import add_cards, add_reports
from crmlite.blueprints.frame import reader
from crmlite.blueprints.guard import me
from crmlite.blueprints.lists import add_list
from crmlite.blueprints.merges import add_merges
from crmlite.blueprints.records import add_records, after_verb
from crmlite.errors import Refused
from crmlite.lists.leads import SPEC, TONES, ink
from crmlite.lists.reader import Reader
from crmlite.lists.relations import related
from crmlite.models.leads import STATUSES, Lead
from crmlite.rules import access, gate, leads, opportunities, quotes

bp = Blueprint("leads", __name__)


def _context(lead: Lead, to: Reader) -> dict[str, Any]:
    found = opportunities.of(lead, to.by)
    return {
        "statuses": STATUSES,
        "tones": TONES,
        "verbs": leads.verbs(lead),
        "ink": ink(lead, to),
        "opportunities": found,
        "quotes": quotes.of(lead, to.by),
        "became": related(lead, ("partner", "contact"), to),
    }


add_list(bp, SPEC)
add_merges(bp, SPEC)
add_duplicates(bp, SPEC)
add_records(bp, SPEC, _context)
add_cards(bp, SPEC)
add_reports(bp, SPEC)


@bp.post("/leads/<int:lead_id>/assignment")
def assignment(lead_id: int) -> AnyResponse:
    lead = access.find(Lead, lead_id, me())
    with gate.together() as gesture:
        leads.take(lead, me(), seen())
    return after_verb(SPEC, lead, f"“{lead.label}” is assigned to you", gesture)


@bp.post("/leads/<int:lead_id>/start")
def start(lead_id: int) -> AnyResponse:
    lead = access.find(Lead, lead_id, me())
    with gate.together() as gesture:
        leads.start(lead, me(), seen())
    return after_verb(SPEC, lead, f"“{lead.label}” is in progress", gesture)


@bp.get("/leads/<int:lead_id>/loss")
def loss_form(lead_id: int) -> Response:
    return _loss_form(access.find(Lead, lead_id, me()))


@bp.post("/leads/<int:lead_id>/loss")
def loss(lead_id: int) -> AnyResponse:
    lead = access.find(Lead, lead_id, me())
    reason = request.form.get("lost_reason", "")
    try:
        with gate.together() as gesture:
            reason_id = int(reason) if reason.isdigit() else None
            leads.lose(lead, reason_id, request.form.get("lost_text", ""), me(), seen())
    except Refused as error:
        return _loss_form(lead, error)
    return after_verb(SPEC, lead, f"“{lead.label}” is lost", gesture)


@bp.post("/leads/<int:lead_id>/recycling")
def recycling(lead_id: int) -> AnyResponse:
    lead = access.find(Lead, lead_id, me())
    with gate.together() as gesture:
        leads.recycle(lead, me(), seen())
    return after_verb(SPEC, lead, f"“{lead.label}” is in progress again", gesture)


def _loss_form(lead: Lead, error: Refused | None = None) -> Response:
    return respond.dialog(
        "shared/loss.html",
        error.status if error else 200,
        title=f"Lose {lead.label}",
        action=f"/leads/{lead.id}/loss",
        record=lead,
        reasons=[("", "Please choose"), *((one.id, one.name) for one in reader().directory.choices_of("lost_reason"))],
        error=error,
        form=request.form,
    )
