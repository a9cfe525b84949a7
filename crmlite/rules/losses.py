"""Losing, the same for leads and opportunities: a reason, and words where the reason asks for them."""

from typing import Any

from crmlite.errors import Invalid
from crmlite.rules import directory


def lost_values(what: str, reason_id: int | None, text: str) -> dict[str, Any]:
    """The columns of a loss. Raises Invalid with the field that is missing."""
    reason = directory.current().choices.get(reason_id or 0)
    if reason is None or reason.kind != "lost_reason":
        raise Invalid(fields={"lost_reason": f"Please choose why the {what} was lost."})
    if reason.asks_text and not text.strip():
        raise Invalid(fields={"lost_text": f"“{reason.name}” asks for a few words of explanation."})
    return {"lost_reason": reason.id, "lost_text": text.strip()}
