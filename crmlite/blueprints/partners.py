"""The door of partners."""

from typing import Any

from flask import Blueprint
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints.guard import me
from crmlite.blueprints.lists import add_list, seen
from crmlite.blueprints.records import add_records, after_verb
from crmlite.lists.partners import SPEC
from crmlite.lists.reader import Reader
from crmlite.models.contacts import Contact
from crmlite.models.opportunities import Opportunity
from crmlite.models.partners import Partner
from crmlite.rules import access, gate, partners

bp = Blueprint("partners", __name__)


def _context(partner: Partner, to: Reader) -> dict[str, Any]:
    found = access.visible(Opportunity, to.by).where(Opportunity.partner == partner.id)
    people = access.visible(Contact, to.by).where(Contact.partner == partner.id).order_by(Contact.sort_name).limit(50)
    return {"opportunities": found.order_by(Opportunity.id.desc()).limit(20), "people": people}


add_list(bp, SPEC)
add_records(bp, SPEC, _context)


@bp.post("/partners/<int:partner_id>/assignment")
def assignment(partner_id: int) -> AnyResponse:
    partner = access.find(Partner, partner_id, me())
    with gate.together() as gesture:
        partners.take(partner, me(), seen())
    return after_verb(SPEC, partner, f"“{partner.label}” is assigned to you", gesture)
