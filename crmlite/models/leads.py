"""A person or company at the first stage."""

from peewee import BigIntegerField, BooleanField, DateField

from crmlite.models.base import link, text
from crmlite.models.choices import Choice
from crmlite.models.contacts import Contact
from crmlite.models.partners import Partner
from crmlite.models.people import Reachable

STATUSES = {
    "new": "New",
    "assigned": "Assigned",
    "in_progress": "In progress",
    "converted": "Converted",
    "lost": "Lost",
}


class Lead(Reachable):
    """`budget` in minor units of `currency`. `partner` and `contact` are set by conversion."""

    concept = "lead"
    closed_by = "status"

    company = text(200)
    status = text(20)
    recycled = BooleanField(default=False)
    contact_date = DateField()
    referent = text(200)
    budget = BigIntegerField(null=True)
    currency = text(3)
    sector = link(Choice)
    lost_reason = link(Choice)
    lost_text = text(2000)
    partner = link(Partner, "leads")
    contact = link(Contact, "leads")

    class Meta:
        table_name = "leads"

    def problems(self) -> dict[str, str]:
        found = super().problems()
        if self.status not in STATUSES:
            found["status"] = "Please choose a status from the list."
        if self.contact_date is None:
            found["contact_date"] = "Please enter the day of first contact."
        if self.budget is not None and self.budget < 0:
            found["budget"] = "Please enter a budget of 0 or more."
        if self.status == "lost" and not self.lost_reason_id:
            found["lost_reason"] = "Please choose why the lead was lost."
        return found

    def closed_refusal(self) -> str:
        if self.status == "lost":
            return f"“{self.label}” has been marked as lost since: please recycle it first."
        if self.status == "converted":
            return f"“{self.label}” has been converted since: please edit the customer it became."
        return ""

    def search_text(self) -> str:
        return f"{super().search_text()} {self.company}"
