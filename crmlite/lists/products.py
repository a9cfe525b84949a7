"""Products as rows."""

import re
from collections.abc import Iterable
from typing import Any

from crmlite.errors import Invalid
from crmlite.lists import marks, people
from crmlite.lists.kinds import LONG_TEXT, MONEY, TAX, TEXT, Kind, show_text
from crmlite.lists.reader import Reader
from crmlite.lists.spec import Column, ListSpec, View
from crmlite.models.currencies import CURRENCIES
from crmlite.models.products import Product
from crmlite.rules import products
from crmlite.rules.access import keeps

LETTERS = re.compile(r"[A-Z]{3}")
BESIDE_THE_PRICE = "Please change the currency in the form of the product, beside its price."



def _currencies(to: Reader, value: Any) -> Iterable[tuple[Any, str]]:
    """The house may count in one that is not in the list."""
    return [(one, one) for one in sorted({to.directory.currency, value or to.directory.currency, *CURRENCIES})]


def _read_currency(text: str, to: Reader, currency: str) -> str:
    if not LETTERS.fullmatch(text.strip()):
        raise Invalid("Please choose a currency from the list.")
    return text.strip()


CURRENCY = Kind("currency", _read_currency, show_text, "select", options=_currencies)


def name(row: Any) -> str:
    return marks.name_link("products", row.id, row.name)


def begins(to: Reader) -> dict[str, Any]:
    usual = products.usual_tax()
    return {"currency": to.directory.currency, "tax": usual.id if usual else None}


def acts(row: Any, to: Reader) -> str:
    return marks.MORE if keeps(to.by, "product") else ""


SPEC = ListSpec(
    concept="product",
    section="products",
    title="Products",
    one="product",
    model=Product,
    order="name",
    columns=(
        Column("reference", "Reference", TEXT, sort="reference", shown=True, hint="Your own article number."),
        Column("name", "Name", TEXT, sort="sort_name"),
        Column("price", "Price", MONEY, sort="price", shown=True, hint="For one unit, without tax."),
        Column("currency", "Currency", CURRENCY, fixed=BESIDE_THE_PRICE),
        Column("unit", "Unit", TEXT, shown=True, hint="Such as hour, day, piece or m²."),
        Column("tax", "Tax", TAX, sort="@", shown=True),
        Column("description", "Description", LONG_TEXT, shown=True, hint="Printed under the name on a quote."),
        *people.STAMPS,
    ),
    views=(
        View("all", "All", lambda by, to: None),
        View("archived", "Archived", lambda by, to: None),
    ),
    name=name,
    needs=("name", "currency"),
    edit=products.edit,
    create=products.create,
    begins=begins,
    ink=lambda row, to: "plain",
    acts=acts,
    groups=(
        ("Product", ("name", "reference", "description")),
        ("Selling", ("price", "currency", "unit", "tax")),
    ),
    empty="No products here yet. A product gives the lines of a quote their text, price and tax.",
)
