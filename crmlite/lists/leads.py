"""Leads as rows."""

from typing import Any

from markupsafe import Markup

from crmlite.lists import marks, people
from crmlite.lists.kinds import CONTACT_NAME, DATE, MONEY, TEXT, selection
from crmlite.lists.reader import Reader
from crmlite.lists.spec import Column, ListSpec, View
from crmlite.models.leads import STATUSES, Lead
from crmlite.models.people import list_name
from crmlite.rules import leads

TONES = {"new": "blue", "assigned": "grey", "in_progress": "grey", "converted": "green", "lost": "red"}
CLOSED = ("converted", "lost")
OPEN = Lead.status.in_(leads.OPEN_STATUSES)


def name(row: Any) -> str:
    return marks.name_link("leads", row.id, list_name(row.name, row.first_name))


def ink(row: Any, to: Reader) -> str:
    return leads.ink(row, to.now)


def row_marks(row: Any, to: Reader) -> str:
    """What the colour says, in words, and what the person has asked for."""
    found = Markup()
    colour = leads.ink(row, to.now)
    if colour in ("orange", "red"):
        found += marks.badge(f"{leads.idle_days(row, to.now)} d idle", colour)
    if row.recycled:
        found += marks.sign("rotate-ccw", "Recycled")
    if row.do_not_call:
        found += marks.sign("phone-off", "No calls")
    if row.do_not_email:
        found += marks.sign("mail-x", "No e-mails")
    return found


def acts(row: Any, to: Reader) -> str:
    closed = row.status in CLOSED
    email = "" if row.do_not_email or closed else row.email
    return marks.acts("lead", row, row.owner_id == to.by.id, email, take=to.by.writes and not closed)


SPEC = ListSpec(
    concept="lead",
    section="leads",
    title="Leads",
    one="lead",
    model=Lead,
    order="-contact_date",
    columns=(
        people.TITLE,
        Column("name", "Last name", TEXT, sort="sort_name"),
        people.FIRST_NAME,
        Column("company", "Company", TEXT, sort="lower(company)", shown=True),
        people.REACH[1],
        people.REACH[0],
        *people.REACH[2:],
        Column("source", "Source", people.SOURCE.kind, sort="@", shown=True),
        Column("contact_date", "Contact date", DATE, sort="contact_date", shown=True),
        *people.FOLLOW_UP,
        Column("status", "Status", selection("status", STATUSES, TONES), sort="@", shown=True),
        people.JOB_TITLE,
        people.DEPARTMENT,
        *people.ADDRESS,
        Column("referent", "Referent", CONTACT_NAME, hint="Who recommended this lead."),
        Column("budget", "Budget", MONEY, sort="coalesce(budget, 0)", total=True),
        people.SECTOR,
        *people.REJECTIONS,
        people.NOTES,
        *people.STAMPS,
    ),
    views=(
        View("open", "Open", lambda by, to: OPEN),
        View("mine", "Mine", lambda by, to: OPEN & (Lead.owner == by.id)),
        View("unassigned", "Unassigned", lambda by, to: OPEN & Lead.owner.is_null()),
        View("team", "My team", lambda by, to: OPEN & Lead.team.in_(sorted(by.team_ids) or [0])),
        View("converted", "Converted", lambda by, to: Lead.status == "converted"),
        View("lost", "Lost", lambda by, to: Lead.status == "lost"),
        View("all", "All", lambda by, to: None),
        View("archived", "Archived", lambda by, to: None),
    ),
    name=name,
    name_fields=("first_name", "name"),
    needs=(
        "name", "first_name", "email", "status", "owner", "contact_date", "created_at", "updated_at", "recycled",
        "do_not_call", "do_not_email", "currency",
    ),  # fmt: skip
    edit=leads.edit,
    create=leads.create,
    ink=ink,
    marks=row_marks,
    acts=acts,
    cells={"owner": lambda row, to: marks.owner(row, to, to.by.writes and row.status not in CLOSED)},
    groups=(
        ("Person", ("title", "first_name", "name", "company", "job_title", "department")),
        ("Contact", ("email", "mobile_phone", "phone", "fax", "website")),
        ("Address", people.ADDRESS_FIELDS),
        ("Follow-up", ("owner", "team", "source", "referent", "contact_date", "budget", "sector")),
        ("Preferences", ("do_not_call", "do_not_email")),
        ("About", ("description",)),
    ),
    empty="No leads here yet. A lead is a person or company you are in touch with for the first time.",
)
