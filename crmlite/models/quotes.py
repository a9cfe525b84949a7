"""Quotes and their lines. A confirmed quote is an order."""

from peewee import BigIntegerField, BooleanField, DateField, DoubleField, IntegerField

from crmlite.models.amounts import line_total
from crmlite.models.base import Record, UtcDateTime, fold, link, text, too_long
from crmlite.models.choices import Choice
from crmlite.models.contacts import Contact
from crmlite.models.opportunities import Opportunity
from crmlite.models.partners import Partner
from crmlite.models.people import LANGUAGES
from crmlite.models.products import WHOLE, Product
from crmlite.models.teams import Team
from crmlite.models.users import User

STATUSES = {
    "draft": "Draft",
    "finalized": "Finalized",
    "sent": "Sent",
    "confirmed": "Confirmed",
    "completed": "Completed",
    "cancelled": "Cancelled",
    "superseded": "Superseded",
}
OPEN_STATUSES = ("draft", "finalized", "sent")
ORDER_STATUSES = ("confirmed", "completed")
# What may change although the document has left the house.
NEVER_FROZEN = frozenset({"owner", "team", "opportunity", "note", "archived", "deleted_at"})
LINE_KINDS = ("line", "heading")
MOST_LINES = 300
LARGEST_QUANTITY = 10**9
LARGEST_PRICE = 10**12
LARGEST_TOTAL = 10**15


class Quote(Record):
    """`reference` is given when it is finalized; a new version (`revision`) carries it on. `address` is the
    customer's as it was; `untaxed`, `tax` and `total` in minor units of `currency`. `made_customer`: confirming it
    turned a prospect into a customer."""

    concept = "quote"
    closed_by = "status"

    reference = text(30)
    revision = IntegerField(default=1)
    supersedes = link("self", "superseded_by")
    name = text(200)
    sort_name = text(200)
    partner = link(Partner, "quotes")
    contact = link(Contact, "quotes")
    opportunity = link(Opportunity, "quotes")
    address = text(2000)
    currency = text(3)
    language = text(10)
    introduction = text(10_000)
    closing = text(10_000)
    note = text(50_000)
    quote_date = DateField(null=True)
    valid_until = DateField(null=True)
    status = text(20)
    finalized_at = UtcDateTime(null=True)
    sent_at = UtcDateTime(null=True)
    confirmed_at = UtcDateTime(null=True)
    confirmed_by = link(User)
    completed_at = UtcDateTime(null=True)
    cancelled_at = UtcDateTime(null=True)
    cancel_reason = link(Choice)
    cancel_text = text(2000)
    made_customer = BooleanField(default=False)
    untaxed = BigIntegerField(default=0)
    tax = BigIntegerField(default=0)
    total = BigIntegerField(default=0)
    owner = link(User)
    team = link(Team)

    class Meta:
        table_name = "quotes"

    @property
    def label(self) -> str:
        return f"{self.reference} {self.name}".strip() if self.reference else f"Draft quote {self.name}".strip()

    @property
    def base(self) -> str:
        """The number that all its versions share."""
        return self.reference.removesuffix(f"-{self.revision}") if self.revision > 1 else self.reference

    @property
    def is_order(self) -> bool:
        return self.status in ORDER_STATUSES

    def prepare(self) -> None:
        self.name = " ".join(self.name.split())
        self.sort_name = fold(self.name)

    def problems(self) -> dict[str, str]:
        found = too_long(self)
        if not self.name:
            found["name"] = "Please enter a title."
        if not self.partner_id and self.status in OPEN_STATUSES:
            found["partner"] = "Please choose a customer."
        if len(self.currency) != 3:
            found["currency"] = "Please choose a currency."
        if self.language not in LANGUAGES:
            found["language"] = "Please choose a language from the list."
        if self.status not in STATUSES:
            found["status"] = "Please choose a status from the list."
        if self.valid_until and self.quote_date and self.valid_until < self.quote_date:
            found["valid_until"] = "Please choose a day on or after the date of the quote."
        if self.status == "cancelled" and not self.cancel_reason_id and not self.cancel_text:
            found["cancel_reason"] = "Please choose why it is cancelled, or say it in your words."
        return found

    def search_text(self) -> str:
        return f"{self.name} {self.reference}"


class QuoteLine(Record):
    """`kind` line or heading; a heading has nothing but its name. `quantity` in thousandths, `unit_price` and `total`
    (without tax) in minor units of the quote's currency, `discount` and `tax_rate` in hundredths of a percent. The tax
    is a copy, so that a quote never changes with the list of taxes."""

    concept = "quote_line"
    part_of = "quote"
    part_of = "quote"

    quote = link(Quote, "lines")
    position = DoubleField(default=0.0)
    kind = text(10)
    product = link(Product)
    name = text(300)
    description = text(5000)
    quantity = BigIntegerField(default=1000)
    unit = text(30)
    unit_price = BigIntegerField(default=0)
    discount = IntegerField(default=0)
    tax_name = text(60)
    tax_rate = IntegerField(default=0)
    total = BigIntegerField(default=0)

    class Meta:
        table_name = "quote_lines"

    def prepare(self) -> None:
        self.name = " ".join(self.name.split())
        self.unit = " ".join(self.unit.split())
        if self.kind == "heading":
            self.product = None
            self.quantity = self.unit_price = self.discount = self.tax_rate = 0
            self.unit = self.tax_name = self.description = ""
        self.total = line_total(self.quantity or 0, self.unit_price or 0, self.discount or 0)

    def problems(self) -> dict[str, str]:
        found = too_long(self)
        if not self.quote_id:
            found["quote"] = "A line belongs to a quote."
        if self.kind not in LINE_KINDS:
            found["kind"] = "Please choose a line or a heading."
        if not self.name:
            found["name"] = "Please say what is offered." if self.kind == "line" else "Please enter the heading."
        if self.quantity is None or abs(self.quantity) > LARGEST_QUANTITY:
            found["quantity"] = "Please enter a quantity up to 1,000,000."
        if self.unit_price is None or abs(self.unit_price) > LARGEST_PRICE:
            found["unit_price"] = "Please enter a price that is not quite as large."
        if self.discount is None or not 0 <= self.discount <= WHOLE:
            found["discount"] = "Please enter a discount between 0 and 100 %."
        if self.tax_rate is None or not 0 <= self.tax_rate <= WHOLE:
            found["tax_rate"] = "Please choose a tax between 0 and 100 %."
        if not found and abs(self.total) > LARGEST_TOTAL:
            found["unit_price"] = "Quantity times price is too large: please check both."
        return found


def frozen(quote: Quote, fields: frozenset[str]) -> str:
    """Why these fields of the quote may no longer change, as a sentence; empty where they may. A step to another
    status changes what belongs to it."""
    if quote.status == "draft" or "status" in fields or not fields - NEVER_FROZEN:
        return ""
    if quote.status in ("finalized", "sent"):
        return f"{quote.reference} is {quote.status} and can no longer be changed: please revise it."
    if quote.status == "superseded":
        return f"{quote.reference} was replaced by a later version: please change that one."
    return f"{quote.reference or 'This quote'} is {quote.status} and can no longer be changed: please copy it instead."
