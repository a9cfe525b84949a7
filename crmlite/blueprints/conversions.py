"""The door of conversion: one dialog on which a lead becomes a customer."""

from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond
from crmlite.blueprints.asked import seen, sent_texts
from crmlite.blueprints.frame import reader
from crmlite.blueprints.guard import me
from crmlite.errors import Invalid, Refused
from crmlite.lists import fields, kinds
from crmlite.lists.opportunities import SPEC as SALES
from crmlite.lists.reader import Reader
from crmlite.models.contacts import Contact
from crmlite.models.leads import Lead
from crmlite.models.opportunities import Opportunity
from crmlite.models.partners import PARTNER_KINDS, Partner
from crmlite.rules import access, conversions, gate, leads, matches, opportunities, origins

bp = Blueprint("conversions", __name__)
SALE = ("name", "type", "stage", "probability", "amount", "currency", "expected_close_date")
MORE = (
    "next_step", "source", "best_case", "worst_case", "owner", "team", "description", "customer_description",
)  # fmt: skip
STANDINGS = {"prospect": "Prospect", "customer": "Customer", "neither": "Neither"}
TYPE_HINT = "Left open: New for a new customer, Existing for one who has bought before."


@bp.get("/leads/<int:lead_id>/conversion")
def form(lead_id: int) -> Response:
    return _form(_convertible(lead_id))


@bp.post("/leads/<int:lead_id>/conversion")
def convert(lead_id: int) -> AnyResponse:
    lead = _convertible(lead_id)
    try:
        partner, contact, opportunity = _asked(reader())
        with gate.together() as gesture:
            made = conversions.convert(lead, partner, contact, opportunity, me(), seen())
    except Refused as error:
        return _form(lead, error)
    respond.say(f"“{lead.label}” is converted: {made.partner.label} is a customer record now.{_left(made)}", gesture)
    return respond.done(f"/leads/{lead.id}")


def _convertible(lead_id: int) -> Lead:
    """Raises Missing, Forbidden, and Invalid for a lead that is lost or converted already."""
    lead: Lead = access.find(Lead, lead_id, me())
    access.require(me(), "change", lead)
    leads.step(lead, "convert")
    return lead


def _asked(to: Reader) -> tuple[Partner | dict[str, Any], Contact | None, dict[str, Any] | None]:
    """The sent form. Raises Invalid with the sentence of every field that cannot be read."""
    errors: dict[str, str] = {}
    is_new = request.form.get("customer", "new") == "new"
    partner = _new_customer() if is_new else _existing(Partner, "customer", errors, to)
    has_contact = isinstance(partner, Partner) and partner.kind == "company"
    contact = _existing(Contact, "contact", errors, to) if has_contact else None
    opportunity = None
    if request.form.get("create_opportunity"):
        names = (*SALE, *MORE)
        try:
            opportunity = fields.read(SALES, names, sent_texts(SALES, names), None, to)
        except Invalid as error:
            errors |= error.fields
    if errors or partner is None:
        raise Invalid(fields=errors)
    return partner, contact, opportunity


def _new_customer() -> dict[str, Any]:
    standing = request.form.get("standing", "prospect")
    values = {
        "kind": request.form.get("kind", "company"),
        "is_prospect": standing == "prospect",
        "is_customer": standing == "customer",
        "is_supplier": bool(request.form.get("supplier")),
    }
    return values | ({"name": request.form["customer_name"]} if "customer_name" in request.form else {})


def _existing(model: Any, name: str, errors: dict[str, str], to: Reader) -> Any:
    """The record behind a radio button: one of the matches, or another whose name was typed."""
    chosen = request.form.get(name, "new")
    if chosen == "new":
        return None
    called = kinds.CALLED[model.concept]
    if chosen.isdigit():
        found = access.look(model, int(chosen[:10]), to.by)
        if found is None:
            errors[name] = f"This {called} does not exist any more: please choose another."
        return found
    try:
        record_id = kinds.resolve(model.concept, request.form.get(f"{name}_record", ""), to)
    except Invalid as error:
        errors[f"{name}_record"] = error.message
        return None
    if record_id is None:
        errors[f"{name}_record"] = f"Please type the name of the {called} and choose from the suggestions."
        return None
    return access.find(model, record_id, to.by)


def _form(lead: Lead, error: Refused | None = None) -> Response:
    to = reader()
    people = matches.likely_contacts(lead, to.by)
    customers = matches.likely_partners(lead, people, to.by)
    sent = request.form if error else None
    errors = _by_control(error)
    sale, more = (fields.form(SALES, names, _proposed(lead), to, sent, errors) for names in (SALE, MORE))
    return respond.dialog(
        "leads/conversion.html",
        error.status if error else 200,
        title=f"Convert {lead.label}",
        record=lead,
        customers=customers,
        people=[match for match in people if match.record.partner_id],
        employers=kinds.names("partner", [match.record.partner_id or 0 for match in people], to),
        kinds=PARTNER_KINDS,
        standings=STANDINGS,
        sale=[one._replace(hint=TYPE_HINT) if one.name == "type" else one for one in sale],
        more=more,
        more_open=any(one.error for one in more),
        form=sent or _first_choice(lead, customers, people),
        errors=errors,
        message="" if errors else (error.message if error else ""),
    )


def _first_choice(lead: Lead, customers: list[matches.Match], people: list[matches.Match]) -> dict[str, Any]:
    """What is ticked at first: somebody who has the same e-mail or phone is taken to be the same."""
    customer = next((match.record for match in customers if match.is_strong), None)
    at = [match.record for match in people if match.is_strong and customer and match.record.partner_id == customer.id]
    return {
        "customer": str(customer.id) if customer else "new",
        "contact": str(at[0].id) if at else "new",
        "kind": "company" if lead.company else "individual",
        "standing": "prospect",
        "customer_name": lead.company,
    }


def _proposed(lead: Lead) -> Opportunity:
    stage = opportunities.first_stage()
    blank = Opportunity(stage=stage.id, probability=stage.probability)
    for name, value in origins.proposed(lead, me()).items():
        setattr(blank, name, value)
    blank.name = (lead.company or lead.label)[:200]
    return blank


def _by_control(error: Refused | None) -> dict[str, str]:
    """The sentences by the control that shows them. Which record refused stands before the point."""
    shown: dict[str, str] = {}
    for name, sentence in (error.fields if error else {}).items():
        concept, _, field = name.rpartition(".")
        if concept == "partner":
            control = {"name": "customer_name", "kind": "kind"}.get(field, "customer")
            control = "standing" if field.startswith("is_") else control
        elif concept == "contact":
            control = "contact"
        else:
            control = field if field in (*SALE, *MORE) or not concept else "name"
        shown[control] = f"{shown[control]} {sentence}" if control in shown else sentence
    return shown


def _left(made: conversions.Conversion) -> str:
    if not made.left:
        return ""
    what = "One event or opportunity that is" if made.left == 1 else f"{made.left} events or opportunities that are"
    return f" {what} not yours to change stay with the lead."
