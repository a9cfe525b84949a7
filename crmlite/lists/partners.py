"""Partners as rows."""

from typing import Any

from markupsafe import Markup

from crmlite.lists import marks, people
from crmlite.lists.kinds import FLAG, MONEY, NUMBER, TEXT, choice, record, selection
from crmlite.lists.reader import Reader
from crmlite.lists.spec import Column, ListSpec, View
from crmlite.models.partners import PARTNER_KINDS, Partner
from crmlite.models.people import list_name
from crmlite.rules import assigning, partners

FLAG_TONES = {"customer": "green", "prospect": "blue", "supplier": "orange", "employee": "grey"}
TICKED = True
OF_PEOPLE = ("title", "first_name", "is_employee")
# What the form of a new one of a view holds already.
CUSTOMER, PROSPECT, SUPPLIER = (((f"is_{flag}", "yes"),) for flag in ("customer", "prospect", "supplier"))
COMPANY, INDIVIDUAL = (("kind", "company"),), (("kind", "individual"),)
EMPLOYEE = (*INDIVIDUAL, ("is_employee", "yes"))


def name(row: Any) -> str:
    return marks.name_link("partners", row.id, list_name(row.name, row.first_name))


def row_marks(row: Any, to: Reader) -> str:
    found = Markup()
    for flag, tone in FLAG_TONES.items():
        if getattr(row, f"is_{flag}"):
            found += marks.badge(flag.capitalize(), tone)
    if row.do_not_call:
        found += marks.sign("phone-off", "No calls")
    if row.do_not_email:
        found += marks.sign("mail-x", "No e-mails")
    return found


def may_take(to: Reader) -> bool:
    return to.by.writes and assigning.may_hold("partner", to.by.id, to.directory)


def acts(row: Any, to: Reader) -> str:
    email = "" if row.do_not_email else row.email
    return marks.acts("partner", row, row.owner_id == to.by.id, email, take=may_take(to))


SPEC = ListSpec(
    concept="partner",
    section="partners",
    title="Customers",
    one="customer",
    model=Partner,
    order="name",
    columns=(
        Column(
            "reference", "Reference", TEXT, sort="reference", fixed="References are given by the program.", shown=True
        ),
        Column("kind", "Kind", selection("kind", PARTNER_KINDS), sort="@"),
        people.TITLE,
        people.FIRST_NAME,
        Column("name", "Name", TEXT, sort="sort_name"),
        people.REACH[1],
        people.REACH[0],
        *people.REACH[2:],
        *people.ADDRESS[:2],
        Column("city", "City", TEXT, sort="lower(city)", shown=True),
        *people.ADDRESS[3:],
        Column("category", "Category", choice("partner_category"), sort="@", shown=True),
        people.SECTOR,
        people.SOURCE,
        *people.CUSTOMER_FOLLOW_UP,
        Column("is_customer", "Customer", FLAG, hint="Buys from us. A customer is no longer a prospect."),
        Column("is_prospect", "Prospect", FLAG, hint="May buy from us."),
        Column("is_supplier", "Supplier", FLAG, hint="Sells to us."),
        Column("is_employee", "Employee", FLAG, hint="Works for us: an individual who is none of the others."),
        Column("parent", "Parent company", record("partner")),
        Column("employees_count", "Employees", NUMBER, sort="coalesce(employees_count, 0)"),
        Column("turnover", "Turnover", MONEY, sort="coalesce(turnover, 0)"),
        Column("registration_code", "Registration code", TEXT),
        Column("tax_number", "Tax number", TEXT),
        people.LANGUAGE,
        people.TIME_SLOT,
        *people.REJECTIONS,
        people.NOTES,
        *people.STAMPS,
    ),
    views=(
        View(
            "clients",
            "Customers and prospects",
            lambda by, to: (Partner.is_customer == TICKED) | (Partner.is_prospect == TICKED),
        ),
        View("customers", "Customers", lambda by, to: Partner.is_customer == TICKED, "customer", CUSTOMER),
        View("prospects", "Prospects", lambda by, to: Partner.is_prospect == TICKED, "prospect", PROSPECT),
        View("suppliers", "Suppliers", lambda by, to: Partner.is_supplier == TICKED, "supplier", SUPPLIER),
        View("employees", "Employees", lambda by, to: Partner.is_employee == TICKED, "employee", EMPLOYEE),
        View("companies", "Companies", lambda by, to: Partner.kind == "company", "company", COMPANY),
        View("individuals", "Individuals", lambda by, to: Partner.kind == "individual", "individual", INDIVIDUAL),
        View("all", "All", lambda by, to: None),
        View("archived", "Archived", lambda by, to: None),
    ),
    name=name,
    name_fields=("first_name", "name"),
    needs=(
        "name",
        "first_name",
        "email",
        "owner",
        "is_customer",
        "is_prospect",
        "is_supplier",
        "is_employee",
        "do_not_call",
        "do_not_email",
        "currency",
    ),  # fmt: skip
    edit=partners.edit,
    create=partners.create,
    ink=lambda row, to: "plain",
    marks=row_marks,
    acts=acts,
    applies=lambda record, name: record.kind != "company" or name not in OF_PEOPLE,
    cells={"owner": lambda row, to: marks.owner(row, to, may_take(to))},
    groups=(
        ("Identity", ("kind", "title", "first_name", "name", "parent", "category", "sector")),
        ("Relation", ("is_customer", "is_prospect", "is_supplier", "is_employee")),
        ("Contact", ("email", "phone", "mobile_phone", "fax", "website")),
        ("Address", people.ADDRESS_FIELDS),
        ("Follow-up", ("owner", "team", "source")),
        ("Company", ("employees_count", "turnover", "registration_code", "tax_number")),
        ("Preferences", ("language", "time_slot", "do_not_call", "do_not_email")),
        ("Notes", ("description",)),
    ),
    empty="No customers here yet. Add a company or a person that you do business with, or convert a lead.",
)
