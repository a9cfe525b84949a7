"""Contacts as rows."""

from typing import Any

from markupsafe import Markup

from crmlite.lists import marks, people
from crmlite.lists.kinds import TEXT, record
from crmlite.lists.reader import Reader
from crmlite.lists.spec import Column, ListSpec, View
from crmlite.models.contacts import Contact
from crmlite.models.people import list_name
from crmlite.rules import assigning, contacts


def name(row: Any) -> str:
    return marks.name_link("contacts", row.id, list_name(row.name, row.first_name))


def row_marks(row: Any, to: Reader) -> str:
    found = Markup()
    if row.do_not_call:
        found += marks.sign("phone-off", "No calls")
    if row.do_not_email:
        found += marks.sign("mail-x", "No e-mails")
    return found


def may_take(to: Reader) -> bool:
    return to.by.writes and assigning.may_hold("contact", to.by.id, to.directory)


def acts(row: Any, to: Reader) -> str:
    email = "" if row.do_not_email else row.email
    return marks.acts("contact", row, row.owner_id == to.by.id, email, take=may_take(to))


SPEC = ListSpec(
    concept="contact",
    section="contacts",
    title="Contacts",
    one="contact",
    model=Contact,
    order="name",
    columns=(
        people.TITLE,
        people.FIRST_NAME,
        Column("name", "Last name", TEXT, sort="sort_name"),
        Column("partner", "Customer", record("partner"), shown=True),
        Column("job_title", "Job title", people.JOB_TITLE.kind, sort="@", shown=True),
        people.DEPARTMENT,
        people.REACH[0],
        people.REACH[1],
        Column("mobile_phone", "Mobile", people.REACH[2].kind, shown=True),
        *people.REACH[3:],
        *people.ADDRESS,
        Column("reports_to", "Reports to", record("contact")),
        people.SOURCE,
        *people.CUSTOMER_FOLLOW_UP,
        people.LANGUAGE,
        people.TIME_SLOT,
        *people.REJECTIONS,
        people.NOTES,
        *people.STAMPS,
    ),
    views=(
        View("all", "All", lambda by, to: None),
        View("mine", "Mine", lambda by, to: Contact.owner == by.id),
        View("team", "My team", lambda by, to: Contact.team.in_(sorted(by.team_ids) or [0])),
        View("alone", "Without customer", lambda by, to: Contact.partner.is_null()),
        View("archived", "Archived", lambda by, to: None),
    ),
    name=name,
    name_fields=("first_name", "name"),
    needs=("name", "first_name", "email", "owner", "do_not_call", "do_not_email"),
    edit=contacts.edit,
    create=contacts.create,
    ink=lambda row, to: "plain",
    marks=row_marks,
    acts=acts,
    cells={"owner": lambda row, to: marks.owner(row, to, may_take(to))},
    groups=(
        ("Person", ("title", "first_name", "name", "partner", "job_title", "department", "reports_to")),
        ("Contact", ("email", "mobile_phone", "phone", "fax", "website")),
        ("Address", people.ADDRESS_FIELDS),
        ("Follow-up", ("owner", "team", "source")),
        ("Preferences", ("language", "time_slot", "do_not_call", "do_not_email")),
        ("Notes", ("description",)),
    ),
    empty="No contacts here yet. A contact is a person at one of your customers.",
)
