"""Arithmetic of quotes: whole numbers in, whole numbers out, one way of rounding."""

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from crmlite.models.products import WHOLE

THOUSANDTHS = 1000  # a quantity of 1


class Counted(Protocol):
    """What a line must know to be added up."""

    tax_name: str
    tax_rate: int
    total: int


class TaxSum(NamedTuple):
    """One tax of a document: `base` is the sum of its lines without tax."""

    name: str
    rate: int
    base: int
    tax: int


class Totals(NamedTuple):
    untaxed: int
    taxes: tuple[TaxSum, ...]
    tax: int
    total: int


def line_total(quantity: int, unit_price: int, discount: int) -> int:
    """A line without tax, in minor units: `quantity` in thousandths, `unit_price` in minor units, `discount` in
    hundredths of a percent. Rounded once, at the end."""
    return half_up(quantity * unit_price * (WHOLE - discount), THOUSANDTHS * WHOLE)


def add_up(lines: Iterable[Counted]) -> Totals:
    """The totals of a document from its lines, all in minor units.

    Rounding: each line without tax is rounded half up to whole minor units (`line_total`); a tax is taken once, on
    the sum of the lines that carry it (same name and rate), and rounded half up. The document's tax is the sum of
    its taxes and its total the sum of both, so what is printed always adds up. Half up means away from zero, so that
    a line and its credit are the same amount. How many digits a minor unit has does not matter here."""
    bases: dict[tuple[int, str], int] = {}
    for line in lines:
        key = (line.tax_rate, line.tax_name)
        bases[key] = bases.get(key, 0) + line.total
    taxes = tuple(TaxSum(name, rate, base, half_up(base * rate, WHOLE)) for (rate, name), base in sorted(bases.items()))
    untaxed, tax = sum(one.base for one in taxes), sum(one.tax for one in taxes)
    return Totals(untaxed, taxes, tax, untaxed + tax)


def half_up(number: int, divisor: int) -> int:
    """number / divisor to the nearest whole number, halves away from zero."""
    rounded = (2 * abs(number) + divisor) // (2 * divisor)
    return rounded if number >= 0 else -rounded
