"""What may happen to products and taxes: managers and owners keep them, everybody sells them."""

from typing import Any

from peewee import fn

from crmlite.errors import Conflict, Invalid
from crmlite.models.base import fold
from crmlite.models.products import Product, Tax
from crmlite.models.tables import RECORDS
from crmlite.rules import directory, gate
from crmlite.rules.access import Actor
from crmlite.rules.following import with_currency


def create(values: dict[str, Any], by: Actor) -> Product:
    """Without a currency the house's; where no tax is named the usual one."""
    usual = usual_tax()
    given = {name: value for name, value in values.items() if name != "price" or value is not None}
    begun = {"tax": usual.id if usual else None, **with_currency(given)}
    with gate.together():
        _refuse_reference(str(begun.get("reference", "")), 0)
        return gate.create(Product, begun, by)


def edit(product: Product, values: dict[str, Any], by: Actor, seen: int | None = None) -> Product:
    """Quotes that have the product already keep what they took over from it."""
    with gate.together():
        if "reference" in values:
            _refuse_reference(values["reference"], product.id)
        return gate.change(product, values, by, seen)


def usual_tax() -> Tax | None:
    """The tax that new products and free lines begin with."""
    return next((tax for tax in directory.current().taxes_on_offer() if tax.usual), None)


def taxes() -> list[Tax]:
    """Every tax in the order of its list, the retired ones too."""
    return list(directory.current().taxes.values())


def add_tax(values: dict[str, Any], by: Actor) -> Tax:
    with gate.together():
        present = taxes()
        _refuse_twin(values.get("name", ""), present)
        if values.get("usual"):
            _no_longer_usual(0, by)
        position = max((tax.position for tax in present), default=-1) + 1
        return gate.create(Tax, {**values, "position": position}, by)


def edit_tax(tax: Tax, values: dict[str, Any], by: Actor, seen: int | None = None) -> Tax:
    """The rate of a tax that is in use stays: whoever printed it yesterday must find it tomorrow."""
    with gate.together():
        _refuse_twin(values.get("name", tax.name), [one for one in taxes() if one.id != tax.id])
        if values.get("usual"):
            _no_longer_usual(tax.id, by)
        return gate.change(tax, values, by, seen)


def retire_tax(tax: Tax, by: Actor) -> Tax:
    """No longer on offer; products and lines that have it keep it."""
    return gate.change(tax, {"retired": True, "usual": False}, by, verb="retired")


def bring_back_tax(tax: Tax, by: Actor) -> Tax:
    return gate.change(tax, {"retired": False}, by, verb="brought back")


def drop_tax(tax: Tax, by: Actor) -> None:
    """Raises Conflict while something has it, be it in the bin."""
    with gate.together():
        if count := tax_usage().get(tax.id, 0):
            records = "record uses" if count == 1 else "records use"
            raise Conflict(f"{count:,} {records} “{tax.name}”, so it cannot be deleted: retire it instead.")
        gate.remove(tax, by)


def tax_usage() -> dict[int, int]:
    """Tax id -> how many records have it, those in the bin too: they may come back."""
    found: dict[int, int] = {}
    for column in [column for model in RECORDS.values() for column in model._meta.refs if column.rel_model is Tax]:
        counted = column.model.select(column, fn.COUNT(column.model.id)).where(column.is_null(False)).group_by(column)
        for tax_id, count in counted.tuples():
            found[tax_id] = found.get(tax_id, 0) + count
    return found


def _no_longer_usual(but: int, by: Actor) -> None:
    for tax in Tax.select().where(Tax.usual & Tax.deleted_at.is_null() & (Tax.id != but)):
        gate.change(tax, {"usual": False}, by)


def _refuse_reference(reference: str, own_id: int) -> None:
    reference = " ".join(reference.split())
    if not reference:
        return
    same = (fn.LOWER(Product.reference) == reference.lower()) & Product.deleted_at.is_null()
    other = Product.select().where(same & (Product.id != own_id)).first()
    if other:
        sentence = f"“{other.name}” has the reference {other.reference} already: please choose another."
        raise Invalid(fields={"reference": sentence})


def _refuse_twin(name: str, others: list[Tax]) -> None:
    if any(fold(other.name) == fold(" ".join(name.split())) for other in others):
        raise Invalid(fields={"name": f"There is a tax “{name.strip()}” already: please choose another name."})
