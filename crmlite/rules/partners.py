"""What may happen to a partner."""

from collections.abc import Iterator
from typing import Any

from crmlite.models.partners import Partner
from crmlite.rules import above, gate
from crmlite.rules.access import Actor, look, visible
from crmlite.rules.following import followed_by, handed_to, with_currency

DEEPEST = 4  # levels of a group that the page of a company shows
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


def over(partner: Partner, by: Actor) -> list[Partner]:
    """The companies above, the topmost first, up to one that the actor does not see."""
    found: list[Partner] = []
    seen = {partner.id}
    at = partner.parent_id
    while at and at not in seen and len(found) < DEEPEST and (one := look(Partner, at, by)):
        seen.add(at)
        found.insert(0, one)
        at = one.parent_id
    return found


def below(partner: Partner, by: Actor, most: int = 50) -> list[tuple[int, Partner]]:
    """The companies below, each behind its parent with how deep it stands, as far as the actor sees them; by name."""
    children: dict[int, list[Partner]] = {}
    level, seen = [partner.id], {partner.id}
    for _ in range(DEEPEST):
        rows = visible(Partner, by).where(Partner.parent.in_(level)).order_by(Partner.sort_name, Partner.id)
        found = [one for one in rows.limit(most) if one.id not in seen]
        seen |= {one.id for one in found}
        for one in found:
            children.setdefault(one.parent_id, []).append(one)
        level = [one.id for one in found]
        if not level or len(seen) > most:
            break
    return list(_branch(partner.id, children, 1))[:most]


def _branch(parent_id: int, children: dict[int, list[Partner]], depth: int) -> Iterator[tuple[int, Partner]]:
    for one in children.get(parent_id, []):
        yield depth, one
        yield from _branch(one.id, children, depth + 1)
