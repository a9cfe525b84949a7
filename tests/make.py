"""Records for tests: each takes only what matters there."""

from datetime import date
from typing import Any

from crmlite.models.choices import Choice, Stage
from crmlite.models.contacts import Contact
from crmlite.models.leads import Lead
from crmlite.models.opportunities import Opportunity
from crmlite.models.partners import Partner
from crmlite.models.quotes import Quote
from crmlite.rules import contacts, leads, opportunities, partners, quote_lines, quotes
from crmlite.rules.access import Actor


def make_lead(by: Actor, name: str = "Costa", **values: Any) -> Lead:
    return leads.create({"name": name, "contact_date": date(2026, 3, 2), **values}, by)


def make_partner(by: Actor, name: str = "Harbour Light", **values: Any) -> Partner:
    return partners.create({"name": name, "kind": "company", "is_prospect": True, **values}, by)


def make_contact(by: Actor, name: str = "Moreau", **values: Any) -> Contact:
    return contacts.create({"name": name, **values}, by)


def make_opportunity(by: Actor, name: str = "Cold room", **values: Any) -> Opportunity:
    return opportunities.create({"name": name, **values}, by)


def make_quote(by: Actor, lines: int = 1, **values: Any) -> Quote:
    """A draft with lines of 100.00 without and 120.00 with tax, of a customer of its own where none is named."""
    if not values.keys() & {"partner", "opportunity"}:
        values["partner"] = make_partner(by).id
    quote = quotes.create(values, by)
    for _ in range(lines):
        priced = {"unit_price": 100_00, "tax_name": "VAT 20 %", "tax_rate": 2000}
        quote_lines.add(quote, {"name": "Work", "unit": "h", **priced}, by)
    return quote


def stage(name: str) -> Stage:
    """That of the first pipeline that has one of this name."""
    return Stage.select().where(Stage.name == name).order_by(Stage.id).get()


def choice(kind: str, name: str) -> Choice:
    return Choice.get((Choice.kind == kind) & (Choice.name == name))
