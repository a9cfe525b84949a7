"""What may happen to a partner."""

from typing import Any

from peewee import ModelSelect

from crmlite.models.partners import Partner
from crmlite.rules import above, gate
from crmlite.rules.access import Actor, visible
from crmlite.rules.following import followed_by, handed_to, with_currency

RELATIONS = ("is_customer", "is_prospect", "is_supplier", "is_employee")
# What ticking one clears (crm-reference 1.2).
EXCLUDES = {
    "is_customer": ("is_prospect", "is_employee"),
    "is_prospect": ("is_customer", "is_employee"),
    "is_supplier": ("is_employee",),
    "is_employee": ("is_customer", "is_prospect", "is_supplier"),
}


def create(values: dict[str, Any], by: Actor) -> Partner:
    if values.get("is_employee"):
        values = {**values, **dict.fromkeys(EXCLUDES["is_employee"], False)}
    with gate.together():
        reference = f"P{gate.number('partner'):04d}"
        begun = {"reference": reference, "kind": "company", **with_currency(followed_by(by, values, "partner"))}
        return gate.create(Partner, begun, by)


def edit(partner: Partner, values: dict[str, Any], by: Actor, seen: int | None = None) -> Partner:
    """Change fields. Ticking one relation clears those that exclude it."""
    above.refuse_circle(partner, "parent", values)
    values = ticked(values)
    if "owner" in values and values["owner"] != partner.owner_id:
        values = {**handed_to(partner, values["owner"]), **values}
    return gate.change(partner, values, by, seen)


def ticked(values: dict[str, Any]) -> dict[str, Any]:
    """The values of a change with those that they clear."""
    for name in [name for name in RELATIONS if values.get(name)]:
        values = {**dict.fromkeys(EXCLUDES[name], False), **values}
    if values.get("kind") == "company" and "is_employee" not in values:
        values = {**values, "is_employee": False}
    return values


def take(partner: Partner, by: Actor, seen: int | None = None) -> Partner:
    return gate.change(partner, handed_to(partner, by.id), by, seen, verb="assigned")


def below(partner: Partner, by: Actor, most: int = 50) -> ModelSelect:
    """The companies whose parent this is, as far as the actor sees them, by name."""
    return visible(Partner, by).where(Partner.parent == partner.id).order_by(Partner.sort_name).limit(most)
