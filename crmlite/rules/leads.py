"""What may happen to a lead."""

from datetime import datetime, timedelta
from typing import Any

from peewee import ModelSelect, fn

from crmlite import clock
from crmlite.errors import Invalid
from crmlite.models.leads import STATUSES, Lead
from crmlite.rules import gate
from crmlite.rules.access import Actor, visible
from crmlite.rules.following import followed_by, handed_to, with_currency
from crmlite.rules.losses import lost_values

# crm-reference 2.1: from each status, the verbs that are open and where they lead.
TRANSITIONS: dict[str, dict[str, str]] = {
    "new": {"assign": "assigned", "start": "in_progress", "convert": "converted", "lose": "lost"},
    "assigned": {"assign": "assigned", "start": "in_progress", "convert": "converted", "lose": "lost"},
    "in_progress": {"assign": "in_progress", "convert": "converted", "lose": "lost"},
    "converted": {"lose": "lost"},
    "lost": {"recycle": "in_progress"},
}
PARTICIPLES = {
    "assign": "assigned",
    "start": "started",
    "convert": "converted",
    "lose": "lost",
    "recycle": "recycled",
}
OPEN_STATUSES = ("new", "assigned", "in_progress")
IDLE = timedelta(days=15)


def create(values: dict[str, Any], by: Actor) -> Lead:
    """A new lead is its creator's and stays New (crm-reference 9, A1)."""
    first_day = {"contact_date": clock.today(by.zone), "status": "new"}
    return gate.create(Lead, {**first_day, **with_currency(followed_by(by, values))}, by)


def edit(lead: Lead, values: dict[str, Any], by: Actor, seen: int | None = None) -> Lead:
    """Change fields. Naming another person is an assignment; a status is reached through its verb only."""
    with gate.together():
        present = gate.locked(lead)
        refuse_closed(present)
        if "status" in values and values["status"] != present.status:
            return _towards(lead, str(values["status"]), by, seen)
        values = {name: value for name, value in values.items() if name != "status"}
        if "owner" in values and values["owner"] != present.owner_id:
            values = {**handed_to(present, values["owner"]), **values}
            if values["owner"] is None:
                values["status"] = "new" if present.status == "assigned" else present.status
            else:
                values["status"] = step(present, "assign")
        return gate.change(lead, values, by, seen)


def refuse_closed(lead: Lead) -> None:
    if lead.status in ("converted", "lost"):
        raise Invalid(f"A lead that is {STATUSES[lead.status].lower()} can only be read. {_way_back(lead)}")


def take(lead: Lead, by: Actor, seen: int | None = None) -> Lead:
    """Assign to me: the suitcase (SEED-38)."""
    with gate.together():
        present = gate.locked(lead)
        values = {**handed_to(present, by.id), "status": step(present, "assign")}
        return gate.change(lead, values, by, seen, verb="assigned")


def start(lead: Lead, by: Actor, seen: int | None = None) -> Lead:
    with gate.together():
        return gate.change(lead, {"status": step(gate.locked(lead), "start")}, by, seen, verb="started")


def lose(lead: Lead, reason_id: int | None, text: str, by: Actor, seen: int | None = None) -> Lead:
    with gate.together():
        values = {"status": step(gate.locked(lead), "lose"), **lost_values("lead", reason_id, text)}
        return gate.change(lead, values, by, seen, verb="lost")


def recycle(lead: Lead, by: Actor, seen: int | None = None) -> Lead:
    with gate.together():
        values = {"status": step(gate.locked(lead), "recycle"), "recycled": True, "lost_reason": None, "lost_text": ""}
        return gate.change(lead, values, by, seen, verb="recycled")


def step(lead: Lead, verb: str) -> str:
    """The status that `verb` leads to. Raises Invalid with a sentence where it does not fit."""
    target = TRANSITIONS[lead.status].get(verb)
    if target is None:
        raise Invalid(
            f"A lead that is {STATUSES[lead.status].lower()} cannot be {PARTICIPLES[verb]}. {_way_back(lead)}"
        )
    return target


def of(record: Any, by: Actor, most: int = 20) -> ModelSelect:
    """The newest leads that became this partner or contact, or name this company, and that the actor may see."""
    belongs = getattr(Lead, record.concept) == record.id
    if getattr(record, "kind", "") == "company":
        belongs |= fn.LOWER(Lead.company) == fn.LOWER(record.name)
    return visible(Lead, by).where(belongs).order_by(Lead.id.desc()).limit(most)


def verbs(lead: Lead) -> list[str]:
    return list(TRANSITIONS[lead.status])


def ink(lead: Any, now: datetime) -> str:
    """Colour of the row, first match wins (crm-reference 3.1): orange new and unattended, blue New, red stalled,
    green Converted."""
    if lead.status == "new":
        unattended = lead.owner_id is None or lead.contact_date is None
        return "orange" if unattended and now - lead.created_at > IDLE else "blue"
    if lead.status in ("assigned", "in_progress") and now - lead.updated_at > IDLE:
        return "red"
    return "green" if lead.status == "converted" else "plain"


def idle_days(lead: Any, now: datetime) -> int:
    """Whole days without a change, for the mark beside an orange or red name."""
    return (now - lead.updated_at).days


def _towards(lead: Lead, status: str, by: Actor, seen: int | None) -> Lead:
    if status == "assigned":
        return take(lead, by, seen)
    if status == "in_progress":
        return start(lead, by, seen)
    if status == "lost":
        raise Invalid(fields={"status": "Please use Lose, which asks for the reason."})
    if status == "converted":
        raise Invalid(fields={"status": "Please use Convert, which asks what the lead becomes."})
    raise Invalid(fields={"status": "A lead does not become New again: please choose another status."})


def _way_back(lead: Lead) -> str:
    return "Recycle it to work on it again." if lead.status == "lost" else "Please edit the customer it became."
