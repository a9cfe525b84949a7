"""Fields of the form of an opportunity that follow from the one just changed, while it is filled in."""

from collections.abc import Mapping
from typing import Any

from crmlite.errors import Invalid
from crmlite.lists.kinds import resolve
from crmlite.lists.reader import Reader
from crmlite.models.leads import Lead
from crmlite.models.partners import Partner
from crmlite.rules.access import find


def of(changed: str, sent: Mapping[str, str], to: Reader) -> dict[str, Any]:
    """Field -> new value. `sent` are the texts of the form."""
    if changed == "stage":
        return _of_stage(sent, to)
    partner_id, lead_id = (_named(concept, sent, to) for concept in ("partner", "lead"))
    lead: Lead | None = find(Lead, lead_id, to.by) if lead_id else None
    if changed == "partner" and partner_id:
        partner: Partner = find(Partner, partner_id, to.by)
        untouched = sent.get("currency", "") == to.directory.currency
        currency = {"currency": partner.currency} if untouched and partner.currency else {}
        return currency | ({"lead": None} if lead is None or lead.partner_id != partner_id else {})
    if changed == "lead" and lead and lead.partner_id != partner_id:
        return {"partner": lead.partner_id}
    return {}


def _of_stage(sent: Mapping[str, str], to: Reader) -> dict[str, Any]:
    """The stage's probability, unless the person wrote one of their own."""
    text = sent.get("stage", "")
    stage = to.directory.stages.get(int(text)) if text.isdigit() and len(text) < 10 else None
    typed = sent.get("probability", "").rstrip("% ")
    defaults = {str(one.probability) for one in to.directory.stages.values()}
    return {"probability": stage.probability} if stage and (not typed or typed in defaults) else {}


def _named(concept: str, sent: Mapping[str, str], to: Reader) -> int | None:
    try:
        return resolve(concept, sent.get(concept, ""), to)
    except Invalid:
        return None
