"""What the form of an event fills in when a record is chosen in it (crm-reference 2.9); never over what is there."""

from collections.abc import Mapping
from typing import Any

from crmlite.errors import Invalid
from crmlite.lists.event_form import LINKS, Texts, met, picked, place
from crmlite.lists.kinds import resolve
from crmlite.lists.reader import Reader
from crmlite.rules.access import OWNED, look
from crmlite.rules.places import may_plan_for

BROUGHT = {"opportunity": ("partner", "contact", "lead"), "contact": ("partner",), "lead": ("partner",)}


def of(changed: str, sent: Mapping[str, str], to: Reader) -> Texts:
    """Control -> text. `sent` are the texts of the form, `changed` names the link that was just chosen."""
    record = _chosen(changed, sent, to) if changed in LINKS else None
    if record is None:
        return {}
    brought = {
        concept: found
        for concept in BROUGHT.get(changed, ())
        if not sent.get(concept, "").strip() and (found := look(OWNED[concept], _id(record, concept), to.by))
    }
    filled = {concept: picked(concept, found.id, to) for concept, found in brought.items()}
    where = next(filter(None, (place(one, to) for one in (record, *brought.values()))), "")
    if where and not sent.get("location", "").strip() and sent.get("kind") != "task":
        filled["location"] = where
    if sent.get("kind") == "meeting" and not sent.get("guests", "").strip():
        filled |= met({**sent, **filled, changed: picked(changed, record.id, to)}, to)
    return filled | _owner(record, sent, to)


def _owner(record: Any, sent: Mapping[str, str], to: Reader) -> Texts:
    """A new meeting goes to whoever the record belongs to, where the person may plan for them and has not chosen."""
    owner = record.owner_id
    untouched = sent.get("seen") is None and sent.get("owner") == str(to.by.id) and not sent.get("calendar")
    if sent.get("kind") != "meeting" or not untouched or owner in (None, to.by.id):
        return {}
    person = to.directory.people.get(owner)
    return {"owner": str(owner)} if person and person.active and may_plan_for(owner, to.by) else {}


def _chosen(concept: str, sent: Mapping[str, str], to: Reader) -> Any:
    try:
        record_id = resolve(concept, sent.get(concept, ""), to)
    except Invalid:
        return None  # half a name, or one of several: the form says so when it is saved
    return look(OWNED[concept], record_id, to.by) if record_id else None


def _id(record: Any, concept: str) -> int:
    return getattr(record, f"{concept}_id", None) or 0
