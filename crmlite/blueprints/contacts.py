"""The door of contacts."""

from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond
from crmlite.blueprints.asked import seen
from crmlite.blueprints.duplicates import add_duplicates
from crmlite.blueprints.exports import add_cards
from crmlite.blueprints.guard import me
from crmlite.blueprints.lists import add_list
from crmlite.blueprints.merges import add_merges
from crmlite.blueprints.records import add_records, after_verb
from crmlite.lists.contacts import SPEC
from crmlite.lists.reader import Reader
from crmlite.models.contacts import Contact
from crmlite.rules import access, contacts, gate, leads, opportunities, quotes

bp = Blueprint("contacts", __name__)


def _context(contact: Contact, to: Reader) -> dict[str, Any]:
    return {
        "opportunities": opportunities.of(contact, to.by),
        "quotes": quotes.of(contact, to.by),
        "origins": leads.of(contact, to.by),
        "boss": access.look(Contact, contact.reports_to_id or 0, to.by),
        "reports": contacts.reports(contact, to.by),
    }


add_list(bp, SPEC)
add_merges(bp, SPEC)
add_duplicates(bp, SPEC)
add_records(bp, SPEC, _context)
add_cards(bp, SPEC)


@bp.post("/contacts/<int:contact_id>/assignment")
def assignment(contact_id: int) -> AnyResponse:
    contact = access.find(Contact, contact_id, me())
    with gate.together() as gesture:
        contacts.take(contact, me(), seen())
    return after_verb(SPEC, contact, f"“{contact.label}” is assigned to you", gesture)


@bp.get("/contacts/names")
def names() -> Response:
    """Suggestions while a name is typed. `alone`: contacts without a company, told apart by their number."""
    alone = bool(request.args.get("alone"))
    found = contacts.named(request.args.get("q", "")[:200], me(), alone)
    return respond.part("contacts/names.html", found=found, numbered=alone)
