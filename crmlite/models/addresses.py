"""Further addresses, beside the one that a record holds itself."""

from peewee import BooleanField

from crmlite.models.base import text, too_long
from crmlite.models.hanging import Hanging

PARTS = ("street", "postcode", "city", "region", "country")
ADDRESS_USES = ("office", "warehouse", "home", "billing", "delivery")


class Address(Hanging):
    concept = "address"
    carried = ("use", *PARTS, "is_invoicing", "is_delivery")

    street = text(300)
    postcode = text(20)
    city = text(120)
    region = text(120)
    country = text(60)
    is_invoicing = BooleanField(default=False)
    is_delivery = BooleanField(default=False)

    class Meta:
        table_name = "addresses"
        indexes = ((("about", "about_id", "id"), False),)

    def prepare(self) -> None:
        for name in ("use", *PARTS):
            setattr(self, name, " ".join((getattr(self, name) or "").split()))

    def problems(self) -> dict[str, str]:
        found = too_long(self)
        if not (self.street or self.city):
            found["street"] = "Please enter a street or a city."
        return found

    @property
    def label(self) -> str:
        return one_line(self)

    def main_columns(self) -> dict[str, str]:
        return {name: name for name in PARTS}

    @property
    def purposes(self) -> list[str]:
        return [word for word in ("invoicing", "delivery") if getattr(self, f"is_{word}")]


def one_line(place: object) -> str:
    """An address, of its own or of a record, as it is written on an envelope, in one line."""
    town = " ".join(filter(None, (getattr(place, "postcode"), getattr(place, "city"))))  # noqa: B009
    street, region, country = (getattr(place, name) for name in ("street", "region", "country"))
    return ", ".join(filter(None, (street, town, region, country)))
