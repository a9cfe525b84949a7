"""The lines of a quote: each change settles the totals in the same breath."""

from typing import Any

from peewee import ModelSelect, Tuple, fn

from crmlite.errors import Invalid
from crmlite.models.amounts import Totals, add_up
from crmlite.models.currencies import places
from crmlite.models.products import Product
from crmlite.models.quotes import MOST_LINES, Quote, QuoteLine, frozen
from crmlite.rules import directory, gate
from crmlite.rules.access import Actor, find, visible

GAP = 1024.0
NARROWEST = 1e-6
COPIED = (
    "position", "kind", "product", "name", "description", "quantity", "unit", "unit_price", "discount", "tax_name",
    "tax_rate",
)  # fmt: skip


def of(quote: Quote, by: Actor) -> list[QuoteLine]:
    """In their order."""
    return list(_ordered(visible(QuoteLine, by).where(QuoteLine.quote == quote.id)))


def add(quote: Quote, values: dict[str, Any], by: Actor, after: int | None = None) -> QuoteLine:
    """Below the line `after`, else at the end."""
    with gate.together():
        fresh = _open(quote)
        if _alive(fresh).count() >= MOST_LINES:
            raise Invalid(f"A quote holds at most {MOST_LINES} lines: please begin another.")
        place = _between(fresh, 0, after) if after else _last(fresh) + GAP
        line = gate.create(QuoteLine, {"kind": "line", **values, "quote": fresh.id, "position": place}, by)
        _settle(quote, by)
    return line


def of_product(product: Product, quote: Quote) -> dict[str, Any]:
    """What a line takes over from a product. A price in another currency is not carried over."""
    tax = directory.current().taxes.get(product.tax_id or 0)
    values = {name: getattr(product, name) for name in ("name", "description", "unit")}
    price = {"unit_price": product.price} if product.currency == quote.currency else {}
    copied = {"tax_name": tax.name if tax else "", "tax_rate": tax.rate if tax else 0}
    return {**values, **price, **copied, "product": product.id}


def edit(line: QuoteLine, values: dict[str, Any], by: Actor, seen: int | None = None) -> QuoteLine:
    with gate.together():
        quote = _open(_quote(line, by))
        gate.change(line, values, by, seen)
        _settle(quote, by)
    return line


def place(line: QuoteLine, after: int | None, by: Actor) -> QuoteLine:
    """Put it below the line `after`, first where none is named."""
    with gate.together():
        quote = _open(_quote(line, by))
        return gate.change(line, {"position": _between(quote, line.id, after)}, by, verb="moved")


def shift(line: QuoteLine, steps: int, by: Actor) -> QuoteLine:
    """One up (-1) or down (1); at an end it stays."""
    with gate.together():
        quote = _open(_quote(line, by))
        ids = [one.id for one in _ordered(_alive(quote))]
        at = ids.index(line.id)
        rest = [one for one in ids if one != line.id]
        to = min(max(at + steps, 0), len(rest))
        return place(line, rest[to - 1] if to else None, by)


def remove(line: QuoteLine, by: Actor) -> Quote:
    """Into the bin of the quote, from which Undo takes it back."""
    with gate.together():
        quote = _open(_quote(line, by))
        gate.remove(line, by)
        return _settle(quote, by)


def carry(source: Quote, target: Quote, by: Actor) -> None:
    """The target gets the same lines."""
    with gate.together():
        lines = list(_ordered(_alive(source)))
        wanted = [line.product_id for line in lines if line.product_id]
        known = {
            one for (one,) in visible(Product, by).where(Product.id.in_(wanted or [0])).select(Product.id).tuples()
        }
        for line in lines:
            values = {name: line.__data__[name] for name in COPIED}
            if line.product_id not in known:  # no longer kept: the line stays what it says
                values["product"] = None
            gate.create(QuoteLine, {**values, "quote": target.id}, by)
        _settle(target, by)


def totals(lines: list[QuoteLine]) -> Totals:
    return add_up(line for line in lines if line.kind == "line")


def any_of(quote: Quote) -> bool:
    return bool(_alive(quote).where(QuoteLine.kind == "line").exists())


def refuse_other_digits(quote: Quote, currency: str) -> None:
    """Prices are whole minor units: with another number of digits they would become other prices."""
    if any_of(quote) and places(quote.currency) != places(currency):
        sentence = f"Its prices are in {quote.currency} and would change in {currency}: please remove the lines first."
        raise Invalid(fields={"currency": sentence})


def _open(quote: Quote) -> Quote:
    """The quote as it stands, held, so that two who add lines at once wait for each other."""
    fresh = gate.locked(quote)
    if sentence := frozen(fresh, frozenset({"lines"})):
        raise Invalid(sentence)
    return fresh


def _quote(line: QuoteLine, by: Actor) -> Quote:
    quote: Quote = find(Quote, line.quote_id or 0, by)
    return quote


def _settle(quote: Quote, by: Actor) -> Quote:
    sums = totals(list(_alive(quote)))
    return gate.change(quote, {"untaxed": sums.untaxed, "tax": sums.tax, "total": sums.total}, by, verb="settled")


def _alive(quote: Quote) -> ModelSelect:
    return QuoteLine.select().where((QuoteLine.quote == quote.id) & QuoteLine.deleted_at.is_null())


def _ordered(lines: ModelSelect) -> ModelSelect:
    return lines.order_by(QuoteLine.position, QuoteLine.id)


def _last(quote: Quote) -> float:
    return _alive(quote).select(fn.MAX(QuoteLine.position)).scalar() or 0.0


def _between(quote: Quote, own_id: int, after: int | None) -> float:
    """The middle between the neighbours; the lines are spread anew when the gap has run out."""
    low, high = _gap(quote, own_id, after)
    if low is not None and high is not None and high - low < NARROWEST:
        gate.reorder(QuoteLine, [line.id for line in _ordered(_alive(quote))], GAP)
        low, high = _gap(quote, own_id, after)
    if low is None:
        return GAP if high is None else high - GAP
    return low + GAP if high is None else (low + high) / 2


def _gap(quote: Quote, own_id: int, after: int | None) -> tuple[float | None, float | None]:
    """Positions of the line above and the line below. A line that has gone counts as not named."""
    others = _alive(quote).where(QuoteLine.id != own_id)
    above = others.where(QuoteLine.id == (after or 0)).first()
    below = _ordered(others)
    if above is not None:
        below = below.where(Tuple(QuoteLine.position, QuoteLine.id) > (above.position, above.id))
    following = below.first()
    return (above.position if above else None), (following.position if following else None)
