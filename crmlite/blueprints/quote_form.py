"""The form of a new quote: begun from an opportunity, a customer, a contact or nothing, with a customer that is there,
one made from the lead, or a new one typed in place."""

from typing import Any

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond
from crmlite.blueprints.asked import sent_texts
from crmlite.blueprints.frame import reader
from crmlite.blueprints.guard import me
from crmlite.errors import Invalid, Refused
from crmlite.lists import fields, kinds
from crmlite.lists.quotes import SPEC
from crmlite.lists.reader import Reader
from crmlite.models.contacts import Contact
from crmlite.models.leads import Lead
from crmlite.models.opportunities import Opportunity
from crmlite.models.partners import PARTNER_KINDS, Partner
from crmlite.models.quotes import Quote
from crmlite.rules import access, gate, partners, quote_origins, quotes

ORIGINS = {"opportunity": Opportunity, "partner": Partner, "contact": Contact}
MAIN = ("name", "contact", "opportunity", "valid_until", "currency", "language")
MORE = ("quote_date", "owner", "team", "introduction", "closing", "note")
NEW_CUSTOMER = ("name", "first_name", "email", "phone")


def begin() -> Response:
    """The dialog, with what the record it is begun from knows."""
    access.require(me(), "create", Quote(owner=me().id, status="draft"))
    values = quote_origins.proposed(_origin())
    blank = Quote(valid_until=quote_origins.valid_until(me()), owner=me().id, team=me().active_team_id)
    for name, value in values.items():
        setattr(blank, name, value)
    return _form(blank)


def create() -> AnyResponse:
    to = reader()
    names = (*MAIN, *MORE)
    try:
        values, errors = _values(names, to)
        with gate.together() as gesture:
            values["partner"] = _customer(errors, to)
            if errors:
                raise Invalid(fields=errors)
            quote = quotes.create(values, me())
    except Refused as error:
        return _form(Quote(), error)
    respond.say(f"“{quote.label}” added", gesture)
    return respond.done(f"/quotes/{quote.id}")


def _values(names: tuple[str, ...], to: Reader) -> tuple[dict[str, Any], dict[str, str]]:
    sent = sent_texts(SPEC, names)
    if not sent.get("currency"):  # left to the customer
        sent.pop("currency", None)
    try:
        return fields.read(SPEC, names, sent, None, to), {}
    except Invalid as error:
        return {}, dict(error.fields)


def _customer(errors: dict[str, str], to: Reader) -> int | None:
    """The customer that was chosen, typed or made; None leaves it to the lead of the opportunity."""
    chosen = request.form.get("customer", "")
    if chosen == "lead":
        return None
    if chosen.isdigit():
        return int(access.find(Partner, int(chosen[:10]), to.by).id)
    if chosen == "new":
        return _new_customer(errors)
    try:
        found = kinds.resolve("partner", request.form.get("customer_record", request.form.get("partner", "")), to)
    except Invalid as error:
        errors["customer_record"] = error.message
        return None
    if found is None and not _leads_to_customer(to):
        errors["customer_record"] = "Please type the name of the customer and choose from the suggestions."
    return found


def _leads_to_customer(to: Reader) -> bool:
    """Whether the opportunity or contact that was sent brings a customer along."""
    names = [name for name in ("opportunity", "contact") if request.form.get(name, "").strip()]
    return bool(names) and "customer" not in request.form


def _new_customer(errors: dict[str, str]) -> int | None:
    form = request.form
    kind = form.get("kind", "company")
    texts = {name: form.get(f"customer_{name}", "") for name in NEW_CUSTOMER}
    if kind == "individual":
        texts["name"] = form.get("customer_last_name", "")
    try:
        return int(partners.create({**texts, "kind": kind, "is_prospect": True}, me()).id)
    except Invalid as error:
        individual = {"name": "customer_last_name"} if kind == "individual" else {}
        errors |= {individual.get(name, f"customer_{name}"): text for name, text in error.fields.items()}
        return None


def _origin() -> Any:
    for name, model in ORIGINS.items():
        text = request.args.get(name, "")
        if text.isdigit() and len(text) < 10:
            return access.find(model, int(text), me())
    return None


def _form(blank: Quote, error: Refused | None = None) -> Response:
    to = reader()
    sent = request.form if error else None
    errors = dict(error.fields) if error else {}
    if "partner" in errors:
        errors["customer"] = errors.pop("partner")
    main, more = (fields.form(SPEC, names, blank, to, sent, errors) for names in (MAIN, MORE))
    main = [_with_customers_own(one) if one.name == "currency" else one for one in main]
    customer, lead = _choices(blank, sent, to)
    shown = {one.name for one in (*main, *more)} | {"customer", "customer_record", "kind"}
    shown |= {f"customer_{name}" for name in (*NEW_CUSTOMER, "last_name")}
    unshown = [sentence for name, sentence in errors.items() if name not in shown]
    return respond.dialog(
        "quotes/form.html",
        error.status if error else 200,
        title="New quote",
        main=main,
        more=more,
        more_open=any(one.error for one in more),
        customer=customer,
        lead=lead,
        kinds=PARTNER_KINDS,
        form=sent or {"customer": customer.id if customer else "lead" if lead else "other", "kind": "company"},
        errors=errors,
        message=" ".join(unshown) or (error.message if error and not errors else ""),
    )


def _choices(blank: Quote, sent: Any, to: Reader) -> tuple[Partner | None, Lead | None]:
    """The customer and the lead that the form offers: of the record it was begun from, also when it is shown again."""
    number = blank.partner_id or 0
    sale_id = blank.opportunity_id or 0
    if sent is not None:
        offered = sent.get("offered", "")
        number = int(offered) if offered.isdigit() and len(offered) < 10 else 0
        sale_id = _opportunity_of(sent.get("opportunity", ""), to)
    sale = access.look(Opportunity, sale_id, to.by)
    return access.look(Partner, number, to.by), quote_origins.asks_for_customer(sale, to.by) if sale else None


def _with_customers_own(field: fields.Field) -> fields.Field:
    return field._replace(options=(("", "That of the customer"), *field.options))


def _opportunity_of(text: str, to: Reader) -> int:
    try:
        return kinds.resolve("opportunity", text, to) or 0
    except Invalid:
        return 0
