"""What may happen to a partner."""

from typing import Any

from crmlite.models.partners import Partner
from crmlite.rules import gate
from crmlite.rules.access import Actor
from crmlite.rules.following import followed_by, handed_to, with_currency


def create(values: dict[str, Any], by: Actor) -> Partner:
    with gate.together():
        reference = f"P{gate.number('partner'):04d}"
        return gate.create(
            Partner, {"reference": reference, "kind": "company", **with_currency(followed_by(by, values))}, by
        )


def edit(partner: Partner, values: dict[str, Any], by: Actor, seen: int | None = None) -> Partner:
    """Change fields. Ticking customer clears prospect and the reverse (crm-reference 1.2)."""
    if values.get("is_customer") and "is_prospect" not in values:
        values = {**values, "is_prospect": False}
    elif values.get("is_prospect") and "is_customer" not in values:
        values = {**values, "is_customer": False}
    if "owner" in values and values["owner"] != partner.owner_id:
        values = {**handed_to(partner, values["owner"]), **values}
    return gate.change(partner, values, by, seen)


def take(partner: Partner, by: Actor, seen: int | None = None) -> Partner:
    return gate.change(partner, handed_to(partner, by.id), by, seen, verb="assigned")
