"""Our words for kinds, statuses and priorities, as calendar text says them, and back."""

import re

from crmlite.ics.read import Fields
from crmlite.models.events import EVENT_KINDS

COMPONENTS = {"meeting": "VEVENT", "call": "VEVENT", "event": "VEVENT", "email": "VEVENT", "task": "VTODO"}
KIND_LINE = re.compile(r"^X-CRMLITE-KIND:([a-z]+)\s*$", re.MULTILINE)

# What each status may look like in the text; the first is what we write. Calendar text has no word for
# realized, pending and reported: these stay as long as the text still agrees with them.
EVENT_STATUSES: dict[str, tuple[str, ...]] = {
    "planned": ("CONFIRMED", "TENTATIVE", ""),
    "realized": ("CONFIRMED", "TENTATIVE", ""),
    "cancelled": ("CANCELLED",),
}
TASK_STATUSES: dict[str, tuple[str, ...]] = {
    "not_started": ("NEEDS-ACTION", ""),
    "ongoing": ("IN-PROCESS",),
    "pending": ("IN-PROCESS",),
    "reported": ("NEEDS-ACTION", ""),
    "finished": ("COMPLETED",),
    "cancelled": ("CANCELLED",),
}
# RFC 5545 3.8.1.9: 1 is the highest, 5 the middle, 9 the lowest; 0 and absence say nothing.
PRIORITIES: dict[int, tuple[int, ...]] = {4: (1,), 3: (3, 2, 4), 2: (5, 0), 1: (9, 6, 7, 8)}


def statuses(component: str) -> dict[str, tuple[str, ...]]:
    return TASK_STATUSES if component == "VTODO" else EVENT_STATUSES


def first_status(kind: str) -> str:
    return "not_started" if kind == "task" else "planned"


def kind_for(fields: Fields, text: str, present: str = "") -> str:
    """The kind of an event that arrives; one that is here keeps its kind, and a to-do is always a task."""
    if fields.component == "VTODO":
        return "task"
    if present and present != "task":
        return present
    said = KIND_LINE.search(text)
    words = [said.group(1)] if said else [category.lower() for category in fields.categories]
    return next((word for word in words if word in EVENT_KINDS and word != "task"), "meeting")


def status_for(fields: Fields, present: str = "") -> str:
    known, said = statuses(fields.component), fields.status
    if fields.component == "VTODO" and not said and (fields.completed_at or fields.percent == 100):
        said = "COMPLETED"
    if said in known.get(present, ()):
        return present
    return next((status for status, words in known.items() if said in words), next(iter(known)))


def status_text(component: str, status: str, present: str = "") -> str:
    """The STATUS to write; the present one where it already says so."""
    words = statuses(component).get(status, ("",))
    return present if present in words else words[0]


def priority_for(said: int | None, present: int = 2) -> int:
    value = said or 0
    if value in PRIORITIES.get(present, ()):
        return present
    return next(priority for priority, values in PRIORITIES.items() if value in values)


def priority_text(priority: int, present: int | None) -> int | None:
    """The PRIORITY to write; the present one where it already says so, None for no line."""
    values = PRIORITIES.get(priority, (0,))
    return present if (present or 0) in values else values[0]
