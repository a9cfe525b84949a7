"""Third parties: companies and individuals that are customers, prospects, suppliers."""

from peewee import BigIntegerField, BooleanField, IntegerField

from crmlite.models.base import fold, link, text
from crmlite.models.choices import Choice
from crmlite.models.people import LANGUAGES, Reachable

PARTNER_KINDS = {"company": "Company", "individual": "Individual"}


class Partner(Reachable):
    """Prospect and customer exclude each other; supplier is free (crm-reference 1.2). `turnover` in minor units of
    `currency`."""

    concept = "partner"

    reference = text(20, unique=True)
    kind = text(20)
    is_customer = BooleanField(default=False)
    is_prospect = BooleanField(default=False)
    is_supplier = BooleanField(default=False)
    is_employee = BooleanField(default=False)
    parent = link("self", "children")
    category = link(Choice)
    sector = link(Choice)
    employees_count = IntegerField(null=True)
    turnover = BigIntegerField(null=True)
    currency = text(3)
    registration_code = text(60)
    tax_number = text(60)
    language = text(10)
    time_slot = text(120)

    class Meta:
        table_name = "partners"

    def prepare(self) -> None:
        if self.kind == "company":
            self.title = self.first_name = ""
        super().prepare()
        self.sort_name = fold(self.full_name if self.kind == "company" else f"{self.name} {self.first_name}".strip())

    def problems(self) -> dict[str, str]:
        found = super().problems()
        if self.kind not in PARTNER_KINDS:
            found["kind"] = "Please choose company or individual."
        if self.is_customer and self.is_prospect:
            found["is_prospect"] = "A customer is no longer a prospect: please tick only one of the two."
        if self.is_employee and self.kind == "company":
            found["is_employee"] = "Only an individual can be an employee: please choose individual first."
        elif self.is_employee and (self.is_customer or self.is_prospect or self.is_supplier):
            found["is_employee"] = "An employee is no customer, prospect or supplier: please untick these first."
        if self.language not in LANGUAGES:
            found["language"] = "Please choose a language from the list."
        if self.employees_count is not None and self.employees_count < 0:
            found["employees_count"] = "Please enter a number of employees of 0 or more."
        if self.parent_id and self.parent_id == self.id:
            found["parent"] = "A company cannot be its own parent: please choose another."
        return found

    @property
    def flags(self) -> list[str]:
        return [word for word in ("customer", "prospect", "supplier", "employee") if getattr(self, f"is_{word}")]

    def search_text(self) -> str:
        return f"{super().search_text()} {self.reference}"
