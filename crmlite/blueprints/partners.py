"""The door of partners."""

from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond
from crmlite.blueprints.asked import seen
from crmlite.blueprints.duplicates import add_duplicates
from crmlite.blueprints.exports import add_cards
from crmlite.blueprints.frame import reader
from crmlite.blueprints.guard import me
from crmlite.blueprints.lists import add_list
from crmlite.blueprints.merges import add_merges
from crmlite.blueprints.records import add_records, after_verb
from crmlite.errors import Invalid, Refused
from crmlite.lists import kinds
from crmlite.lists.partners import SPEC
from crmlite.lists.people import JOB_TITLE
from crmlite.lists.reader import Reader
from crmlite.models.contacts import Contact
from crmlite.models.leads import STATUSES
from crmlite.models.partners import Partner
from crmlite.rules import access, assigning, contacts, gate, leads, opportunities, partners, quotes

bp = Blueprint("partners", __name__)


def _context(partner: Partner, to: Reader) -> dict[str, Any]:
    return {
        "opportunities": opportunities.of(partner, to.by),
        "quotes": quotes.of(partner, to.by),
        "people": contacts.at(partner, to.by),
        "origins": leads.of(partner, to.by),
        "above": partners.over(partner, to.by),
        "below": partners.below(partner, to.by),
        "statuses": STATUSES,
        "may_take": assigning.may_hold("partner", to.by.id, to.directory),
    }


add_list(bp, SPEC)
add_merges(bp, SPEC)
add_duplicates(bp, SPEC)
add_records(bp, SPEC, _context)
add_cards(bp, SPEC)


@bp.post("/partners/<int:partner_id>/assignment")
def assignment(partner_id: int) -> AnyResponse:
    partner = access.find(Partner, partner_id, me())
    with gate.together() as gesture:
        partners.take(partner, me(), seen())
    return after_verb(SPEC, partner, f"“{partner.label}” is assigned to you", gesture)


@bp.get("/partners/<int:partner_id>/people")
def people_there(partner_id: int) -> AnyResponse:
    partner = access.find(Partner, partner_id, me())
    if not request.htmx:
        return respond.done(f"/partners/{partner_id}")
    return respond.part("partners/people.html", record=partner, people=contacts.at(partner, me()))


@bp.get("/partners/<int:partner_id>/people/form")
def people_form(partner_id: int) -> Response:
    return _people_form(access.find(Partner, partner_id, me()), {})


@bp.post("/partners/<int:partner_id>/people")
def add_person(partner_id: int) -> AnyResponse:
    """A new contact of the company, or one who had none; the page stays where it is."""
    partner = access.find(Partner, partner_id, me())
    access.require(me(), "change", partner)
    try:
        with gate.together() as gesture:
            contact = _person(partner)
    except Refused as error:
        return _people_form(partner, request.form, error)
    respond.say(f"“{contact.label}” added", gesture)
    if not request.htmx:
        return respond.done(f"/partners/{partner.id}")
    answer = respond.part("partners/people.html", record=partner, people=contacts.at(partner, me()))
    answer.headers["HX-Retarget"] = "#people"
    return answer


def _person(partner: Partner) -> Contact:
    to, sent = reader(), request.form
    if existing := sent.get("existing", "").strip():
        try:
            found = kinds.resolve("contact", existing, to)
            return contacts.join(access.find(Contact, found or 0, me()), partner, me())
        except Invalid as error:
            raise Invalid(fields={"existing": error.message}) from error
    try:
        job_title = JOB_TITLE.kind.read(sent.get("job_title", ""), to, "")
    except Invalid as error:
        raise Invalid(fields={"job_title": error.message}) from error
    texts = {name: sent.get(name, "") for name in ("first_name", "name", "email", "phone")}
    return contacts.create({**texts, "job_title": job_title, "partner": partner.id}, me())


def _people_form(partner: Partner, form: Any, error: Refused | None = None) -> Response:
    access.require(me(), "change", partner)
    return respond.dialog(
        "partners/people_form.html",
        error.status if error else 200,
        title=f"Add a person at {partner.label}",
        record=partner,
        form=form,
        errors=error.fields if error else {},
        message=error.message if error and not error.fields else "",
        job_titles=list(JOB_TITLE.kind.options(reader(), None)) if JOB_TITLE.kind.options else [],
    )
