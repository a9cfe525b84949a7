"""What an opportunity takes over: from the record it is begun from, from its customer, from another it is copied from;
and that it belongs to a customer or to a lead."""

from typing import Any

from crmlite.errors import Invalid
from crmlite.models.contacts import Contact
from crmlite.models.leads import Lead
from crmlite.models.opportunities import Opportunity
from crmlite.models.partners import Partner
from crmlite.rules import directory
from crmlite.rules.access import Actor, look

DESCRIBED = "customer_description"
COPIED = (
    "name", "partner", "contact", "lead", "currency", "amount", "best_case", "worst_case", "expected_close_date",
    "type", "next_step", "description", DESCRIBED, "memo", "source", "owner", "team",
)  # fmt: skip
LINKED = {"partner": Partner, "contact": Contact, "lead": Lead}


def proposed(origin: Lead | Partner | Contact | None, by: Actor) -> dict[str, Any]:
    """What a new opportunity takes over from the record it is begun from (crm-reference 2.4 and 2.8)."""
    if origin is None:
        return {}
    shared = {"source": origin.source_id, "owner": origin.owner_id, "team": origin.team_id}
    if isinstance(origin, Contact):
        employer = look(Partner, origin.partner_id, by) if origin.partner_id else None
        return {**shared, "contact": origin.id, **(_of_customer(employer) if employer else {})}
    if isinstance(origin, Partner):
        return {**shared, **_of_customer(origin)}
    return {
        **shared,
        "lead": origin.id,
        "partner": origin.partner_id,
        "contact": origin.contact_id,
        "currency": origin.currency,
        "amount": origin.budget,
        **({DESCRIBED: origin.description} if _shows_customers() else {}),
    }


def copied(opportunity: Opportunity, by: Actor) -> dict[str, Any]:
    """What a copy begins with: it stands in the first stage of its pipeline with that stage's probability, and has a
    reference and an order of its own. Values no longer on offer and records that the actor cannot see stay behind."""
    now = directory.current()
    values = {name: opportunity.__data__.get(name) for name in COPIED}
    for name in ("type", "source"):
        choice = now.choices.get(values[name] or 0)
        if choice is None or choice.retired:
            values[name] = None
    for name, model in LINKED.items():
        if values[name] and look(model, values[name], by) is None:
            values[name] = None
    owner, team = now.people.get(values["owner"] or 0), now.teams.get(values["team"] or 0)
    if owner is not None and not owner.active:
        values["owner"] = by.id
    if team is not None and team.retired:
        values["team"] = by.active_team_id
    left = now.stages.get(opportunity.stage_id)
    ahead = [stage.id for stage in now.stages_on_offer() if left and stage.pipeline_id == left.pipeline_id]
    return {**values, "stage": ahead[0]} if ahead else values


def completed(
    values: dict[str, Any], by: Actor, present: Opportunity | None = None, converting: bool = False
) -> dict[str, Any]:
    """The values with what follows from them: whom it belongs to and, from a customer newly chosen, notes where none
    are written and the currency of a new one. Raises Invalid where a customer and a lead are named that do not belong
    together; `converting`: they do in a moment."""
    values = values if converting else _linked(values, present)
    partner_id = values.get("partner")
    if not partner_id or (present is not None and partner_id == present.partner_id):
        return values
    partner = look(Partner, partner_id, by)
    if partner is None:  # which the gate refuses
        return values
    written = values.get(DESCRIBED) or (present.customer_description if present else "")
    if partner.description and not written and _shows_customers():
        values = {**values, DESCRIBED: partner.description}
    return values if present else {"currency": partner.currency, **values}


def _shows_customers() -> bool:
    return bool(directory.current().settings[DESCRIBED])


def _of_customer(partner: Partner) -> dict[str, Any]:
    taken = {"partner": partner.id, "currency": partner.currency}
    return taken | ({DESCRIBED: partner.description} if _shows_customers() else {})


def _linked(values: dict[str, Any], present: Opportunity | None) -> dict[str, Any]:
    """A customer takes the place of the lead and a lead that of the customer (crm-reference 1.3), unless the lead has
    become that customer."""
    chosen = {name: values[name] for name in ("partner", "lead") if values.get(name)}
    if present is not None:
        chosen = {name: target for name, target in chosen.items() if target != present.__data__[name]}
    if len(chosen) == 2:
        if not _became(chosen["lead"], chosen["partner"]):
            sentence = "An opportunity belongs to a customer or to a lead: please empty one of the two."
            raise Invalid(fields={"lead": sentence})
    elif present is not None and chosen:
        (name,) = chosen
        other = "lead" if name == "partner" else "partner"
        kept = values.get(other, present.__data__[other])
        pair = {name: chosen[name], other: kept}
        if kept and not _became(pair["lead"], pair["partner"]):
            return {**values, other: None}
    return values


def _became(lead_id: int, partner_id: int) -> bool:
    return bool(Lead.select(Lead.id).where((Lead.id == lead_id) & (Lead.partner == partner_id)).exists())
