"""A possible sale."""

from peewee import BigIntegerField, DateField, DoubleField, IntegerField

from crmlite.models.base import Record, Table, UtcDateTime, fold, link, text, too_long
from crmlite.models.choices import Choice, Stage
from crmlite.models.contacts import Contact
from crmlite.models.leads import Lead
from crmlite.models.partners import Partner
from crmlite.models.teams import Team
from crmlite.models.users import User


class Opportunity(Record):
    """Amounts in minor units of `currency`; `probability` in percent. `position` orders a column of the board and
    is shared by the team. `outcome` repeats the stage's so that totals never read closed rows."""

    concept = "opportunity"
    closed_by = "outcome"

    reference = text(20, unique=True)
    name = text(200)
    sort_name = text(200)
    partner = link(Partner, "opportunities")
    contact = link(Contact, "opportunities")
    lead = link(Lead, "opportunities")
    currency = text(3)
    amount = BigIntegerField(default=0)
    best_case = BigIntegerField(null=True)
    worst_case = BigIntegerField(null=True)
    probability = IntegerField(default=0)
    stage = link(Stage)
    stage_since = UtcDateTime()
    outcome = text(10)
    position = DoubleField(default=0.0)
    expected_close_date = DateField(null=True)
    closed_at = UtcDateTime(null=True)
    type = link(Choice)
    next_step = text(300)
    description = text(50_000)
    customer_description = text(50_000)
    memo = text(10_000)
    source = link(Choice)
    lost_reason = link(Choice)
    lost_text = text(2000)
    owner = link(User)
    team = link(Team)

    class Meta:
        table_name = "opportunities"

    def prepare(self) -> None:
        self.name = " ".join(self.name.split())
        self.sort_name = fold(self.name)

    def problems(self) -> dict[str, str]:
        found = too_long(self)
        if not self.name:
            found["name"] = "Please enter a name."
        if self.amount is None or self.amount < 0:
            found["amount"] = "Please enter an amount of 0 or more."
        if self.probability is None or not 0 <= self.probability <= 100:
            found["probability"] = "Please enter a probability between 0 and 100."
        if not self.stage_id:
            found["stage"] = "Please choose a stage."
        if self.outcome == "lost" and not self.lost_reason_id:
            found["lost_reason"] = "Please choose why the opportunity was lost."
        return found

    def closed_refusal(self) -> str:
        return "" if self.outcome == "open" else f"“{self.label}” has been closed since: please reopen it first."

    def search_text(self) -> str:
        return f"{self.name} {self.reference}"


class OpenSum(Table):
    """A share in what the open opportunities come to; those of the same stage, currency, owner and team are added
    up. Triggers in the database write them (migration 0024). `chances` is minor units times percent."""

    concept = Opportunity.concept

    stage = IntegerField(column_name="stage_id")
    currency = text(3)
    owner = IntegerField(null=True, column_name="owner_id")
    team = IntegerField(null=True, column_name="team_id")
    number = IntegerField()
    amount = BigIntegerField()
    chances = BigIntegerField()

    class Meta:
        table_name = "opportunity_sums"
