"""What the house sells, and the taxes on it."""

from peewee import BigIntegerField, BooleanField, IntegerField

from crmlite.models.base import Record, fold, link, text, too_long

WHOLE = 10_000  # 100 % in hundredths of a percent


class Tax(Record):
    """`rate` in hundredths of a percent: 2000 is 20 %. `usual` marks the one that new lines begin with: one at most."""

    concept = "tax"

    name = text(60)
    rate = IntegerField(default=0)
    usual = BooleanField(default=False)
    position = IntegerField(default=0)
    retired = BooleanField(default=False)

    class Meta:
        table_name = "taxes"

    def prepare(self) -> None:
        self.name = " ".join(self.name.split())

    def problems(self) -> dict[str, str]:
        found = too_long(self)
        if not self.name:
            found["name"] = "Please enter a name, such as “VAT 20 %”."
        if self.rate is None or not 0 <= self.rate <= WHOLE:
            found["rate"] = "Please enter a rate between 0 and 100 %."
        return found


class Product(Record):
    """`price` without tax, for one `unit`, in minor units of `currency`. Without a tax none is added."""

    concept = "product"

    name = text(200)
    sort_name = text(200)
    reference = text(60)
    description = text(5000)
    price = BigIntegerField(default=0)
    currency = text(3)
    unit = text(30)
    tax = link(Tax, "products")

    class Meta:
        table_name = "products"

    def prepare(self) -> None:
        self.name = " ".join(self.name.split())
        self.sort_name = fold(self.name)
        self.reference = " ".join(self.reference.split())
        self.unit = " ".join(self.unit.split())

    def problems(self) -> dict[str, str]:
        found = too_long(self)
        if not self.name:
            found["name"] = "Please enter a name."
        if self.price is None or self.price < 0:
            found["price"] = "Please enter a price of 0 or more."
        if len(self.currency) != 3:
            found["currency"] = "Please choose a currency."
        return found

    def search_text(self) -> str:
        return f"{self.name} {self.reference}"
