"""The lines of a quote as the editor shows them, and what was typed read back."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from crmlite.errors import Invalid, Stale
from crmlite.lists.export import decimal
from crmlite.lists.reader import Reader, money, plain_rate, rate, read_money, read_rate
from crmlite.models.products import Product
from crmlite.models.quotes import Quote, QuoteLine
from crmlite.rules import products, search
from crmlite.rules.access import visible
from crmlite.rules.quote_lines import of_product

TEXTS = ("name", "unit", "description")
LABELS = {
    "name": "Item", "quantity": "Quantity", "unit": "Unit", "unit_price": "Price", "discount": "Discount",
    "tax": "Tax", "description": "Description",
}  # fmt: skip
# A column that refuses, and the control that shows it.
CONTROLS = {"tax_rate": "tax", "tax_name": "tax"}
KEPT_TAX = "kept"
SUGGESTIONS = 8
GROUPED = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
NUMBER = re.compile(r"(-?)(\d+)(?:\.(\d+))?")
NOT_A_QUANTITY = "Please enter a quantity such as 2 or 1.5, with at most three digits after the point."


class Row(NamedTuple):
    """`texts` as the controls hold them, by name; `shown` as a reader sees them. `taxes`: value, word."""

    id: int
    version: int
    kind: str
    product: str
    texts: dict[str, str]
    shown: dict[str, str]
    taxes: list[tuple[str, str]]
    errors: dict[str, str]
    clashes: list[str]


def rows(lines: list[QuoteLine], quote: Quote, to: Reader) -> list[Row]:
    return [row(line, quote, to) for line in lines]


def blank(quote: Quote, to: Reader, kind: str = "line") -> Row:
    """A line that is not there yet, with the usual tax."""
    usual = products.usual_tax()
    tax = {"tax_name": usual.name, "tax_rate": usual.rate} if usual and kind == "line" else {}
    fresh = row(QuoteLine(kind=kind, quote=quote.id, **tax), quote, to)
    return fresh._replace(texts={**fresh.texts, "quantity": "1", "unit_price": ""}, shown={**fresh.shown, "total": ""})


def row(
    line: QuoteLine,
    quote: Quote,
    to: Reader,
    sent: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    clashes: list[str] | None = None,
) -> Row:
    """`sent` is what was typed and refused."""
    taxes, present = _taxes(line, to)
    texts = {
        **{name: getattr(line, name) for name in TEXTS},
        "quantity": quantity_text(line.quantity),
        "unit_price": decimal(line.unit_price, quote.currency),
        "discount": plain_rate(line.discount) if line.discount else "",
        "tax": present,
    }
    if sent is not None:
        texts |= {name: sent[name] for name in texts if name in sent}
    shown = {
        "quantity": shown_quantity(line.quantity, to),
        "unit_price": money(line.unit_price, quote.currency, to, True),
        "discount": rate(line.discount, to) if line.discount else "",
        "tax": line.tax_name or ("" if not line.tax_rate else rate(line.tax_rate, to)),
        "total": money(line.total, quote.currency, to, True),
    }
    shown_errors = {CONTROLS.get(name, name): sentence for name, sentence in (errors or {}).items()}
    product = str((sent or {}).get("product", line.product_id or ""))
    return Row(
        line.id or 0, line.version, line.kind or "line", product, texts, shown, taxes, shown_errors, clashes or []
    )


def read(sent: Mapping[str, str], line: QuoteLine | None, quote: Quote, to: Reader) -> dict[str, Any]:
    """What was sent as values; what was not sent is left alone. Raises Invalid with the sentence of every control. A
    new line that is called like a product, or by its reference, and has no price yet is that product."""
    values: dict[str, Any] = {name: sent[name].strip() for name in TEXTS if name in sent}
    errors: dict[str, str] = {}
    for name, reading in (
        ("quantity", lambda text: read_quantity(text, to)),
        ("unit_price", lambda text: read_money(text, quote.currency) or 0),
        ("discount", read_rate),
    ):
        if name in sent:
            try:
                values[name] = reading(sent[name])
            except Invalid as error:
                errors[name] = error.message
    if "tax" in sent and sent["tax"] != KEPT_TAX:
        values |= _tax(sent["tax"], to, errors)
    if "product" in sent:
        values["product"] = int(sent["product"]) if sent["product"].isdigit() and len(sent["product"]) < 10 else None
    if errors:
        raise Invalid(fields=errors)
    kind = sent.get("kind", "line")
    if line is None:
        values["kind"] = kind if kind == "heading" else "line"
        if kind != "heading" and not values.get("product") and not sent.get("unit_price", "").strip():
            values |= _called(values.get("name", ""), quote, to)
    return values


def offers(text: str, quote: Quote, to: Reader) -> list[dict[str, str]]:
    """The products that are called like what was typed, the likeliest first."""
    hits = search.find(text, to.by, SUGGESTIONS, "product")
    ids = [hit.id for hit in hits if not hit.facts.get("archived")]
    found = {one.id: one for one in visible(Product, to.by).where(Product.id.in_(ids or [0]))}
    return [offered(found[one], quote, to) for one in ids if one in found]


def offered(product: Product, quote: Quote, to: Reader) -> dict[str, str]:
    """What a product gives a line, as the controls hold it. A price in another currency is not carried over."""
    same = product.currency == quote.currency
    return {
        "product": str(product.id),
        "name": product.name,
        "description": product.description,
        "unit": product.unit,
        "unit_price": decimal(product.price, product.currency) if same else "",
        "tax": str(product.tax_id or ""),
        "shown": money(product.price, product.currency, to) + (f" / {product.unit}" if product.unit else ""),
        "reference": product.reference,
    }


def clashes(error: Stale, quote: Quote, to: Reader) -> list[str]:
    """Who wrote what into the same field meanwhile."""
    there = row(error.record, quote, to)
    found = {}
    for name, theirs in error.theirs.items():
        control = CONTROLS.get(name, name)
        if control in LABELS:
            shown = there.shown.get(control) or there.texts.get(control) or "nothing"
            found[control] = f"{theirs.by} changed {LABELS[control].lower()} to {shown} meanwhile."
    return list(found.values())


def read_quantity(text: str, to: Reader) -> int:
    """Typed quantity -> thousandths, 1 where nothing is typed. Takes 2, 1.5, 1,5, 1,250 (thousands in English, not in
    French), -1. Raises Invalid."""
    plain = text.replace("\u202f", "").replace("\u00a0", "").replace(" ", "").replace("−", "-")
    if not plain:
        return 1000
    if to.locale != "fr" and GROUPED.fullmatch(plain.removeprefix("-")):
        plain = plain.replace(",", "")
    found = NUMBER.fullmatch(plain.replace(",", "."))
    if found is None or len(found[3] or "") > 3 or len(found[2]) > 12:
        raise Invalid(NOT_A_QUANTITY)
    amount = int(found[2]) * 1000 + int((found[3] or "").ljust(3, "0"))
    return -amount if found[1] else amount


def quantity_text(thousandths: int) -> str:
    """As the control holds it and `read_quantity` takes it back, in every language."""
    whole, rest = divmod(abs(thousandths), 1000)
    decimals = f".{rest:03d}".rstrip("0") if rest else ""
    return f"{'-' if thousandths < 0 else ''}{whole}{decimals}"


def shown_quantity(thousandths: int, to: Reader) -> str:
    whole, rest = divmod(abs(thousandths), 1000)
    text = f"{whole:,}" + (f".{rest:03d}".rstrip("0") if rest else "")
    if to.locale == "fr":
        text = text.replace(",", "\u202f").replace(".", ",")
    return f"{'−' if thousandths < 0 else ''}{text}"


def _taxes(line: QuoteLine, to: Reader) -> tuple[list[tuple[str, str]], str]:
    """The taxes on offer, and which the line has. One that is no longer called so, or has another rate, stays."""
    options = [("", "No tax"), *((str(tax.id), tax.name) for tax in to.directory.taxes_on_offer())]
    if not line.tax_name and not line.tax_rate:
        return options, ""
    for tax in to.directory.taxes_on_offer():
        if (tax.name, tax.rate) == (line.tax_name, line.tax_rate):
            return options, str(tax.id)
    return [*options, (KEPT_TAX, line.tax_name or rate(line.tax_rate, to))], KEPT_TAX


def _tax(text: str, to: Reader, errors: dict[str, str]) -> dict[str, Any]:
    if not text:
        return {"tax_name": "", "tax_rate": 0}
    tax = to.directory.taxes.get(int(text)) if text.isdigit() and len(text) < 10 else None
    if tax is None:
        errors["tax"] = "Please choose a tax from the list."
        return {}
    return {"tax_name": tax.name, "tax_rate": tax.rate}


def _called(name: str, quote: Quote, to: Reader) -> dict[str, Any]:
    """The values of the one product of this name or reference, if there is exactly one."""
    if not name:
        return {}
    same = (Product.reference == name) | (Product.name == name)
    found = list(visible(Product, to.by).where(same & (Product.archived == False)).limit(2))  # noqa: E712
    return of_product(found[0], quote) if len(found) == 1 else {}
