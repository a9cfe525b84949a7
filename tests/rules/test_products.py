"""What may happen to products and taxes."""

import pytest

from crmlite.errors import Conflict, Forbidden, Invalid
from crmlite.models.products import Product, Tax
from crmlite.rules import directory, journal, products, search
from crmlite.rules.access import visible


def vat(by, name="VAT 20 %", rate=2000, **values):
    return products.add_tax({"name": name, "rate": rate, **values}, by)


def test_everybody_finds_a_product_that_a_manager_made(carol, alice, charlie):
    products.create({"name": "Display plinth", "reference": "PL-45", "price": 13500}, carol)
    for someone in (alice, charlie):
        assert [one.name for one in visible(Product, someone)] == ["Display plinth"]
        assert [hit.label for hit in search.find("pl-45", someone)] == ["Display plinth"]


def test_only_managers_and_owners_keep_products_and_taxes(alice, carol):
    plinth, tax = products.create({"name": "Plinth"}, carol), vat(carol)
    for attempt in (
        lambda: products.create({"name": "Mine"}, alice),
        lambda: products.edit(plinth, {"price": 1}, alice),
        lambda: products.add_tax({"name": "Mine", "rate": 0}, alice),
        lambda: products.edit_tax(tax, {"rate": 0}, alice),
        lambda: products.retire_tax(tax, alice),
        lambda: products.drop_tax(tax, alice),
    ):
        with pytest.raises(Forbidden):
            attempt()


def test_a_product_begins_with_the_house_currency_and_the_usual_tax(carol):
    vat(carol, "Reduced", 550)
    usual = vat(carol, usual=True)
    plinth = products.create({"name": "Plinth", "price": None}, carol)
    assert (plinth.currency, plinth.tax_id, plinth.price) == ("EUR", usual.id, 0)
    assert products.create({"name": "Stamp", "tax": None}, carol).tax_id is None


def test_a_reference_is_given_once(carol):
    first = products.create({"name": "Plinth", "reference": "PL-45"}, carol)
    with pytest.raises(Invalid) as refused:
        products.create({"name": "Other", "reference": " pl-45 "}, carol)
    assert "“Plinth” has the reference PL-45 already" in refused.value.fields["reference"]
    second = products.create({"name": "Other"}, carol)
    products.create({"name": "Without one too"}, carol)
    with pytest.raises(Invalid):
        products.edit(second, {"reference": "PL-45"}, carol)
    assert products.edit(first, {"reference": "PL-45", "price": 5}, carol).price == 5


def test_a_price_is_not_below_nothing(carol):
    with pytest.raises(Invalid) as refused:
        products.create({"name": "Plinth", "price": -1}, carol)
    assert "price" in refused.value.fields


@pytest.mark.parametrize("rate", [-1, 10_001, None])
def test_a_rate_is_within_a_hundred_percent(carol, rate):
    with pytest.raises(Invalid):
        vat(carol, rate=rate)


@pytest.mark.parametrize("rate", [0, 1, 550, 10_000])
def test_rates_are_kept_to_the_hundredth(carol, rate):
    assert Tax.get_by_id(vat(carol, rate=rate).id).rate == rate


def test_one_tax_is_the_usual_one(carol):
    first = vat(carol, "First", usual=True)
    second = vat(carol, "Second", usual=True)
    assert products.usual_tax().id == second.id
    products.edit_tax(first, {"usual": True}, carol)
    assert [tax.name for tax in Tax.select().where(Tax.usual)] == ["First"]


def test_a_retired_tax_is_no_longer_usual_nor_on_offer(carol):
    tax = vat(carol, usual=True)
    plinth = products.create({"name": "Plinth"}, carol)
    products.retire_tax(tax, carol)
    assert products.usual_tax() is None and not directory.current().taxes_on_offer()
    assert [one.id for one in directory.current().taxes_on_offer(tax.id)] == [tax.id]
    assert products.edit(plinth, {"price": 7}, carol).tax_id == tax.id
    with pytest.raises(Invalid) as refused:
        products.create({"name": "Other", "tax": tax.id}, carol)
    assert "no longer on offer" in refused.value.fields["tax"]
    products.bring_back_tax(tax, carol)
    assert products.create({"name": "Other", "tax": tax.id}, carol).tax_id == tax.id


def test_a_tax_in_use_is_not_deleted(carol):
    tax, unused = vat(carol), vat(carol, "Unused")
    plinth = products.create({"name": "Plinth", "tax": tax.id}, carol)
    assert products.tax_usage() == {tax.id: 1}
    with pytest.raises(Conflict) as refused:
        products.drop_tax(tax, carol)
    assert "1 record uses “VAT 20 %”" in refused.value.message
    products.edit(plinth, {"tax": None}, carol)
    products.drop_tax(tax, carol)
    products.drop_tax(unused, carol)
    assert not products.taxes()


def test_two_taxes_have_two_names(carol):
    vat(carol)
    with pytest.raises(Invalid):
        vat(carol, " vat 20 % ")


def test_a_change_of_a_product_is_told_to_open_pages(carol, charlie):
    before = journal.last_id()
    plinth = products.create({"name": "Plinth"}, carol)
    assert journal.since(before, charlie)[1] == [journal.Change("product", plinth.id)]
