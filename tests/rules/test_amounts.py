"""Totals of a document: exact, rounded once where it is said, and always adding up."""

from decimal import ROUND_HALF_UP, Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlite.models.amounts import add_up, half_up, line_total

QUANTITIES = st.integers(-(10**9), 10**9)
PRICES = st.integers(-(10**9), 10**9)
SHARES = st.integers(0, 10_000)
TAXES = st.sampled_from([("VAT 20 %", 2000), ("VAT 5.5 %", 550), ("Exempt", 0), ("Reverse", 0), ("Odd", 1999), ("", 0)])
LINES = st.lists(st.tuples(QUANTITIES, PRICES, SHARES, TAXES), max_size=30)


def lines_of(drawn):
    return [
        SimpleNamespace(tax_name=name, tax_rate=rate, total=line_total(quantity, price, discount))
        for quantity, price, discount, (name, rate) in drawn
    ]


def rounded(value):
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


@given(QUANTITIES, PRICES, SHARES)
def test_a_line_is_quantity_times_price_less_discount_rounded_half_up_once(quantity, price, discount):
    exact = Decimal(quantity) * price * (10_000 - discount) / (1000 * 10_000)
    assert line_total(quantity, price, discount) == rounded(exact)


@given(QUANTITIES, PRICES, SHARES)
def test_a_line_and_its_credit_are_the_same_amount(quantity, price, discount):
    assert line_total(-quantity, price, discount) == -line_total(quantity, price, discount)


@given(LINES)
def test_lines_taxes_and_total_always_agree(drawn):
    lines = lines_of(drawn)
    sums = add_up(lines)
    assert sums.untaxed == sum(line.total for line in lines) == sum(one.base for one in sums.taxes)
    assert sums.tax == sum(one.tax for one in sums.taxes)
    assert sums.total == sums.untaxed + sums.tax
    for one in sums.taxes:
        mine = [line.total for line in lines if (line.tax_name, line.tax_rate) == (one.name, one.rate)]
        assert one.base == sum(mine)
        assert one.tax == rounded(Decimal(one.base) * one.rate / 10_000)
    assert len({(one.name, one.rate) for one in sums.taxes}) == len(sums.taxes)


@given(LINES, st.randoms())
def test_the_order_of_the_lines_does_not_matter(drawn, chance):
    mixed = list(drawn)
    chance.shuffle(mixed)
    assert add_up(lines_of(mixed)) == add_up(lines_of(drawn))


@pytest.mark.parametrize(
    ("number", "divisor", "expected"), [(5, 10, 1), (4, 10, 0), (-5, 10, -1), (-4, 10, 0), (15, 10, 2), (25, 10, 3)]
)
def test_halves_go_away_from_zero(number, divisor, expected):
    assert half_up(number, divisor) == expected


def test_a_tax_is_taken_once_on_the_sum_of_its_lines():
    """Three lines of 0.05 with 20 % are 0.03 of tax, not three times a cent that was rounded."""
    lines = lines_of([(1000, 5, 0, ("VAT 20 %", 2000))] * 3)
    sums = add_up(lines)
    assert (sums.untaxed, sums.tax, sums.total) == (15, 3, 18)


def test_nothing_adds_up_to_nothing():
    assert add_up([]) == (0, (), 0, 0)
