"""What is typed into a line becomes whole numbers, and comes back as it was meant."""

import csv
import io
import re
from datetime import date
from decimal import Decimal
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmlite.errors import Invalid
from crmlite.lists import export, papers, query, quote_papers
from crmlite.lists import quote_lines as shown
from crmlite.lists.quotes import SPEC
from crmlite.lists.reader import Reader, read_money, read_rate, reader
from crmlite.models.currencies import places
from crmlite.models.quotes import Quote, QuoteLine
from crmlite.rules import directory, products, quote_lines, quotes
from crmlite.rules.access import actor
from tests import pdf, people
from tests.make import make_partner, make_quote

AMOUNT = re.compile(r"\d[\d,]*(?:\.\d+)?")


@pytest.fixture
def to(alice) -> Reader:
    return reader(alice)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 1000), ("2", 2000), ("1.5", 1500), ("1,5", 1500), ("0.125", 125),
        ("1,250", 1_250_000), ("1,250.5", 1_250_500),
        ("1 250", 1_250_000), ("-1", -1000), ("−2,5", -2500), ("0", 0), ("0,001", 1), ("1\u202f000", 1_000_000),
    ],
)  # fmt: skip
def test_a_quantity_is_read_as_people_write_it(to, text, expected):
    assert shown.read_quantity(text, to) == expected


@pytest.mark.parametrize("text", ["two", "1.2345", "1,,2", "1.2.3", "--1", "1e3", "½", "9" * 13])
def test_a_quantity_that_is_none_is_refused(to, text):
    with pytest.raises(Invalid, match="such as 2 or 1.5"):
        shown.read_quantity(text, to)


def test_a_french_comma_is_never_a_thousand(to):
    french = Reader(actor(people.user("alice").id, "web"), to.now, to.today, to.directory)
    object.__setattr__(french.by, "locale", "fr")
    assert shown.read_quantity("1,250", french) == 1250
    assert shown.shown_quantity(1_250_500, french) == "1\u202f250,5"


@given(
    quantity=st.integers(-(10**9), 10**9), currency=st.sampled_from(["EUR", "JPY", "TND"]), price=st.integers(0, 10**12)
)
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_what_the_controls_hold_is_read_back_unchanged(to, quantity, currency, price):
    assert shown.read_quantity(shown.quantity_text(quantity), to) == quantity
    if quantity:
        assert shown.read_quantity(shown.shown_quantity(quantity, to), to) == quantity
    assert (read_money(export.decimal(price, currency), currency) or 0) == price


@pytest.mark.parametrize("currency", ["EUR", "JPY", "TND"])
def test_totals_survive_the_way_into_a_file(alice, to, currency):
    quote = make_quote(alice, lines=0, currency=currency, partner=make_partner(alice).id)
    for text, price, discount, rate in (
        ("2.5", 1999, "10", 2000), ("0.333", 123_457, "", 550), ("-1", 5001, "33.33", 0), ("1", 7, "", 1999),
    ):  # fmt: skip
        values = {
            "name": "Item", "quantity": shown.read_quantity(text, to), "unit_price": price,
            "discount": read_rate(discount), "tax_name": f"Tax {rate}", "tax_rate": rate,
        }  # fmt: skip
        quote_lines.add(quote, values, alice)
    lines = quote_lines.of(quote, alice)
    sums = quote_lines.totals(lines)
    stored = Quote.get_by_id(quote.id)
    assert (stored.untaxed, stored.tax, stored.total) == (sums.untaxed, sums.tax, sums.total)
    assert stored.untaxed == sum(line.total for line in lines)
    asked = query.wish(SPEC, {"columns": "untaxed,tax,total"})
    row = next(csv.DictReader(io.StringIO("".join(export.csv(SPEC, asked, to)).removeprefix("\ufeff"))))
    taken = [Decimal(row[name]) for name in ("Without tax", "Tax", "Total")]
    assert [int(one * 10 ** places(currency)) for one in taken] == [sums.untaxed, sums.tax, sums.total]
    assert taken[0] + taken[1] == taken[2]


@pytest.mark.parametrize("currency", ["EUR", "JPY", "TND"])
def test_totals_survive_the_way_onto_paper(alice, to, currency):
    """Whatever the lines: each total, each tax and the sums stand on the page, and what is read there adds up."""
    chance, digits = Random(f"quotes {currency}"), places(currency)
    for _ in range(4):
        quote = make_quote(alice, lines=0, currency=currency, partner=make_partner(alice).id)
        for _ in range(chance.randint(1, 7)):
            name, rate = chance.choice([("VAT 20 %", 2000), ("VAT 5.5 %", 550), ("Odd", 1999)])
            figures = {
                "quantity": chance.randint(-5000, 90_000), "unit_price": chance.randint(0, 10**6),
                "discount": chance.choice([0, 0, 1000, 3333]), "tax_name": name, "tax_rate": rate,
            }  # fmt: skip
            quote_lines.add(quote, {"name": "Item", **figures}, alice)
        stored, sums = Quote.get_by_id(quote.id), quote_lines.totals(quote_lines.of(quote, alice))
        page = " ".join(pdf.words(papers.pdf(quote_papers.paper(stored, to)))).replace("\u2212", "-")
        printed = {int(one.replace(",", "").replace(".", "")) for one in AMOUNT.findall(page)} | {0}
        expected = [line.total for line in quote_lines.of(quote, alice)] + [one.tax for one in sums.taxes]
        assert {abs(one) for one in (*expected, stored.untaxed, stored.total)} <= printed, (digits, page)
        assert stored.total == stored.untaxed + sum(one.tax for one in sums.taxes)


# --- lines and their quote


def test_each_change_of_a_line_settles_the_totals(alice):
    quote = make_quote(alice, lines=2)
    first, second = quote_lines.of(quote, alice)
    quote_lines.edit(first, {"quantity": 3000, "discount": 1000}, alice)
    assert Quote.get_by_id(quote.id).untaxed == 270_00 + 100_00
    quote_lines.remove(second, alice)
    assert (Quote.get_by_id(quote.id).untaxed, Quote.get_by_id(quote.id).total) == (270_00, 324_00)


def test_a_heading_has_nothing_but_its_name(alice):
    quote = make_quote(alice)
    heading = quote_lines.add(quote, {"kind": "heading", "name": "Works", "unit_price": 5, "tax_rate": 2000}, alice)
    assert (heading.total, heading.unit_price, heading.tax_rate) == (0, 0, 0)
    assert Quote.get_by_id(quote.id).untaxed == 100_00


def test_a_later_change_of_the_tax_or_the_product_changes_no_quote(alice, carol, to):
    tax = products.add_tax({"name": "Sales", "rate": 1000}, carol)
    product = products.create({"name": "Shelf", "price": 50_00, "unit": "piece", "tax": tax.id}, carol)
    quote = make_quote(alice, lines=0)
    line = quote_lines.add(quote, quote_lines.of_product(product, quote), alice)
    products.edit_tax(tax, {"rate": 2500}, carol)
    products.edit(product, {"price": 99_00, "name": "Board"}, carol)
    fresh = QuoteLine.get_by_id(line.id)
    assert (fresh.name, fresh.unit_price, fresh.tax_name, fresh.tax_rate) == ("Shelf", 50_00, "Sales", 1000)
    options, present = shown.row(fresh, quote, reader(alice)).taxes, shown.row(fresh, quote, reader(alice)).texts["tax"]
    assert present == shown.KEPT_TAX and (shown.KEPT_TAX, "Sales") in options


def test_a_new_line_called_like_a_product_is_that_product(alice, carol):
    tax = products.add_tax({"name": "Sales", "rate": 1000}, carol)
    product = products.create(
        {"name": "Shelf", "reference": "S-1", "price": 50_00, "unit": "piece", "tax": tax.id}, carol
    )
    quote = make_quote(alice, lines=0)
    for text in ("S-1", "Shelf"):
        values = shown.read({"name": text, "unit_price": ""}, None, quote, reader(alice))
        assert (values["product"], values["unit_price"], values["unit"]) == (product.id, 50_00, "piece")
    assert "product" not in shown.read({"name": "Shelf", "unit_price": "12"}, None, quote, reader(alice))


def test_a_price_in_another_currency_is_not_carried_over(alice, carol):
    product = products.create({"name": "Shelf", "price": 50_00, "currency": "USD"}, carol)
    quote = make_quote(alice, lines=0)
    assert "unit_price" not in quote_lines.of_product(product, quote)
    assert shown.offered(product, quote, reader(alice))["unit_price"] == ""


def test_lines_keep_the_order_they_are_put_into(alice):
    quote = make_quote(alice, lines=0)
    first, second, third = (quote_lines.add(quote, {"name": name}, alice) for name in ("A", "B", "C"))

    def order():
        return "".join(line.name for line in quote_lines.of(quote, alice))

    quote_lines.shift(third, -1, alice)
    assert order() == "ACB"
    quote_lines.place(third, None, alice)
    assert order() == "CAB"
    quote_lines.place(third, second.id, alice)
    assert order() == "ABC"
    quote_lines.shift(first, -1, alice)
    quote_lines.shift(third, 1, alice)
    assert order() == "ABC"
    quote_lines.add(quote, {"name": "D"}, alice, after=first.id)
    assert order() == "ADBC"


def test_the_gap_between_two_lines_never_runs_out(alice):
    quote = make_quote(alice, lines=0)
    first = quote_lines.add(quote, {"name": "first"}, alice)
    quote_lines.add(quote, {"name": "last"}, alice)
    for number in range(40):
        quote_lines.add(quote, {"name": str(number)}, alice, after=first.id)
    names = [line.name for line in quote_lines.of(quote, alice)]
    assert names == ["first", *(str(number) for number in reversed(range(40))), "last"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "A", "quantity": 10**10}, "quantity"),
        ({"name": "A", "unit_price": 10**13}, "unit_price"),
        ({"name": "A", "discount": 10_001}, "discount"),
        ({"name": "A", "discount": -1}, "discount"),
        ({"name": "A", "quantity": 10**9, "unit_price": 10**12}, "unit_price"),
        ({"kind": "heading", "name": ""}, "name"),
        ({"kind": "poem", "name": "A"}, "kind"),
    ],
)
def test_a_line_that_is_not_sound_is_refused_at_its_field(alice, values, field):
    quote = make_quote(alice, lines=0)
    with pytest.raises(Invalid) as refusal:
        quote_lines.add(quote, values, alice)
    assert field in refusal.value.fields and Quote.get_by_id(quote.id).total == 0


def test_a_quote_holds_so_many_lines(alice, monkeypatch):
    monkeypatch.setattr(quote_lines, "MOST_LINES", 2)
    quote = make_quote(alice, lines=2)
    with pytest.raises(Invalid, match="at most 2 lines"):
        quote_lines.add(quote, {"name": "More"}, alice)


def test_the_currency_changes_only_where_prices_stay_what_they_are(alice):
    quote = make_quote(alice)
    quotes.edit(quote, {"currency": "USD"}, alice)
    with pytest.raises(Invalid) as refusal:
        quotes.edit(quote, {"currency": "JPY"}, alice)
    assert "remove the lines" in refusal.value.fields["currency"]
    quotes.edit(make_quote(alice, lines=0), {"currency": "JPY"}, alice)


def test_a_validity_before_the_date_is_refused(alice):
    with pytest.raises(Invalid) as refusal:
        make_quote(alice, quote_date=date(2031, 3, 2), valid_until=date(2031, 3, 1))
    assert "valid_until" in refusal.value.fields
    assert directory.current().currency == "EUR"
