"""The door of partners."""

from typing import Any

from flask import Blueprint
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints.asked import seen
from crmlite.blueprints.guard import me
from crmlite.blueprints.lists import add_list
from crmlite.blueprints.merges import add_merges
from crmlite.blueprints.records import add_records, after_verb
from crmlite.lists.partners import SPEC
from crmlite.lists.reader import Reader
from crmlite.models.partners import Partner
from crmlite.rules import access, contacts, gate, leads, opportunities, partners

bp = Blueprint("partners", __name__)


def _context(partner: Partner, to: Reader) -> dict[str, Any]:
    return {
        "opportunities": opportunities.of(partner, to.by),
        "people": contacts.at(partner, to.by),
        "origins": leads.of(partner, to.by),
    }


add_list(bp, SPEC)
add_merges(bp, SPEC)
add_records(bp, SPEC, _context)


@bp.post("/partners/<int:partner_id>/assignment")
def assignment(partner_id: int) -> AnyResponse:
    partner = access.find(Partner, partner_id, me())
    with gate.together() as gesture:
        partners.take(partner, me(), seen())
    return after_verb(SPEC, partner, f"“{partner.label}” is assigned to you", gesture)
