"""Events as rows."""

from typing import Any

from markupsafe import Markup

from crmlite.errors import Invalid
from crmlite.lists import event_views, marks, people
from crmlite.lists.kinds import LONG_TEXT, TEXT, Kind, choice, record, selection
from crmlite.lists.owners import PERSON, TEAM
from crmlite.lists.reader import Reader, day, on_their_clock, when
from crmlite.lists.spec import Column, ListSpec
from crmlite.models.events import (
    CALL_TYPES,
    EVENT_KINDS,
    EVENT_STATUSES,
    OPEN_STATUSES,
    PRIORITIES,
    TASK_STATUSES,
    Event,
)
from crmlite.rules import agenda, events

ICONS = {"meeting": "users", "call": "phone", "task": "square-check", "event": "calendar", "email": "mail"}
TONES = {
    "planned": "orange",
    "realized": "green",
    "cancelled": "red",
    "not_started": "orange",
    "ongoing": "blue",
    "pending": "grey",
    "finished": "green",
    "reported": "grey",
}
IN_THE_FORM = "Please open the event to change this: it has a form that knows dates, zones and repetition."


def _refuse(text: str, to: Reader, currency: str) -> Any:
    raise Invalid(IN_THE_FORM)


MOMENT = Kind("moment", _refuse, when)


def name(row: Any) -> str:
    label = row.subject or EVENT_KINDS.get(row.kind, "Event")
    return Markup('%s <a href="/events/%d">%s</a>') % (
        marks.icon(ICONS.get(row.kind, "calendar")),
        row.id,
        label,
    )


def row_marks(row: Any, to: Reader) -> str:
    """What the colour says, in words."""
    found = Markup()
    if agenda.ink(row, to.now) == "blue" and row.status != "ongoing":
        found += marks.badge("Past" if agenda.is_past(row, to.now) else "Begun", "blue")
    if row.recurring:
        found += marks.sign("refresh-cw", "Repeats")
    if row.private:
        found += marks.sign("lock", "Private")
    return found


# What a task's row offers beside Done.
BEGUN = {
    "not_started": ("start", "Start", "arrow-right"),
    "pending": ("start", "Start", "arrow-right"),
    "ongoing": ("pause", "Pause", "clock"),
}


def acts(row: Any, to: Reader) -> str:
    parts = []
    if to.by.writes and row.status in OPEN_STATUSES and not row.recurring:
        parts.append(marks.does("completion", "Done", "check"))
        parts += [marks.does(*BEGUN[row.status])] if row.kind == "task" and row.status in BEGUN else []
    if to.by.writes and row.owner_id != to.by.id:
        parts.append(marks.ASSIGN)
    parts.append(marks.MORE)
    return Markup("".join(parts))


def starts(row: Any, to: Reader) -> str:
    """The moment, or the day of what takes whole days."""
    moment = row.starts_at or row.due_at
    if moment is None:
        return ""
    if not row.all_day:
        return when(moment, to)
    return day(row.start_date or on_their_clock(moment, row.owner_id, to), to)


SPEC = ListSpec(
    concept="event",
    section="events",
    title="Events",
    one="event",
    model=Event,
    order="-starts_at",
    columns=(
        Column("subject", "Subject", TEXT, sort="lower(subject)"),
        Column(
            "starts_at",
            "Start",
            MOMENT,
            sort="coalesce(range_start, created_at)",
            shown=True,
            fixed=IN_THE_FORM,
        ),
        Column("kind", "Kind", selection("kind", EVENT_KINDS), sort="@", shown=True, fixed=IN_THE_FORM),
        Column(
            "status",
            "Status",
            selection("status", {**EVENT_STATUSES, **TASK_STATUSES}, TONES),
            sort="@",
            shown=True,
        ),
        Column("partner", "Customer", record("partner"), shown=True),
        Column("contact", "Contact", record("contact"), shown=True),
        Column("lead", "Lead", record("lead"), shown=True),
        Column("opportunity", "Opportunity", record("opportunity")),
        Column("owner", "Assigned to", PERSON, sort="@", shown=True),
        Column("team", "Team", TEAM),
        Column("location", "Location", TEXT),
        Column("category", "Category", choice("event_category"), sort="@"),
        Column("priority", "Priority", selection("priority", PRIORITIES), sort="@"),
        Column("call_type", "Direction", selection("call_type", {"": "", **CALL_TYPES})),
        Column("description", "Notes", LONG_TEXT),
        *people.STAMPS,
    ),
    views=event_views.views(),
    name=name,
    name_fields=("subject",),
    needs=(
        "subject",
        "kind",
        "status",
        "starts_at",
        "ends_at",
        "start_date",
        "due_at",
        "range_end",
        "all_day",
        "owner",
        "recurring",
        "private",
    ),  # fmt: skip
    edit=events.save,
    create=lambda values, by: events.save(None, values, by),
    ink=lambda row, to: agenda.ink(row, to.now),
    marks=row_marks,
    acts=acts,
    cells={"starts_at": starts},
    empty="Nothing planned here. Plan a meeting, a call or a task: it also appears on your phone.",
)
