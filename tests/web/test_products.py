"""Products and taxes over HTTP."""

import csv
import io
import re

import pytest

from crmlite.models.products import Product, Tax
from crmlite.rules import gate, products
from tests.conftest import counted_queries


@pytest.fixture
def manager(client_of, carol):
    return client_of("carol")


@pytest.fixture
def tax(carol):
    return products.add_tax({"name": "VAT 20 %", "rate": 2000, "usual": True}, carol)


def make(by, name="Display plinth", **values):
    return products.create({"name": name, "price": 13500, **values}, by)


def test_a_product_is_made_in_its_form(manager, tax):
    form = manager.get("/products/form").text
    assert "For one unit, without tax." in form
    assert '<option value="EUR" selected>' in form and f'<option value="{tax.id}" selected>VAT 20 %' in form
    sent = {
        "name": "Track light", "reference": "TL-3", "price": "1.234,50", "currency": "EUR", "unit": "piece",
        "tax": str(tax.id), "description": "LED\r\n3000 K",
    }  # fmt: skip
    answer = manager.post("/products", data=sent)
    light = Product.get()
    assert answer.status_code == 303 and answer.headers["Location"] == f"/products/{light.id}"
    assert (light.price, light.currency, light.unit, light.tax_id) == (123450, "EUR", "piece", tax.id)
    page = manager.get(f"/products/{light.id}").text
    assert "LED\n3000 K" in page and "€\u00a01,234.50 / piece" in page and "VAT 20 %" in page


@pytest.mark.parametrize(
    ("currency", "typed", "minor"), [("JPY", "1000", 1000), ("TND", "1.250", 1250), ("EUR", "10", 1000)]
)
def test_a_price_is_read_in_the_currency_beside_it(manager, currency, typed, minor):
    manager.post("/products", data={"name": "Light", "price": typed, "currency": currency})
    light = Product.get()
    assert (light.price, light.currency) == (minor, currency)
    again = {"name": "Light", "price": "5", "currency": "JPY", "seen": light.version}
    manager.post(f"/products/{light.id}", data=again)
    assert (Product.get().price, Product.get().currency) == (5, "JPY")


def test_everybody_reads_the_list_and_managers_change_it(client_of, manager, carol):
    plinth = make(carol)
    for name in ("alice", "rita", "charlie"):
        someone = client_of(name)
        page = someone.get("/products").text
        assert "Display plinth" in page and "New product" not in page and 'value="delete"' not in page
        assert 'data-fixed="' in page and 'hx-get="/products/change"' not in page
        record = someone.get(f"/products/{plinth.id}").text
        assert "Edit all fields" not in record and 'class="edit"' not in record
        assert "Edit all fields" not in someone.part(f"/products/{plinth.id}/menu").text
        assert someone.get("/products/form").status_code == 403
        assert someone.post("/products", data={"name": "Mine"}).status_code == 403
        assert someone.part(f"/products/{plinth.id}/cells/price", "POST", data={"price": "1"}).status_code == 403
        assert "/products" in someone.get("/settings").text and "/taxes" not in someone.get("/settings").text
    page = manager.get("/products").text
    assert "New product" in page and "Assign" not in page and 'hx-get="/products/change"' in page
    assert "Write a note" not in manager.get(f"/products/{plinth.id}").text
    assert Product.get_by_id(plinth.id).price == 13500


def test_a_price_is_edited_in_place(manager, carol):
    plinth = make(carol)
    cell = f"/products/{plinth.id}/cells/price"
    assert 'value="135"' in manager.part(cell).text
    answer = manager.part(cell, "POST", data={"price": "140.5", "seen": plinth.version})
    assert answer.status_code == 200 and "€\u00a0140.50" in answer.text
    assert manager.part(f"/products/{plinth.id}/cells/currency").status_code == 422


def test_a_used_reference_is_refused_beside_its_field(manager, carol):
    make(carol, reference="PL-45")
    answer = manager.post("/products", data={"name": "Other", "reference": "pl-45"})
    assert answer.status_code == 422 and "has the reference PL-45 already" in answer.text


def test_the_tax_of_many_products_is_set_at_once(manager, carol, tax):
    ids = [make(carol, f"Product {one}", tax=None).id for one in range(3)]
    assert "VAT 20 %" in manager.part("/products/change?field=tax").text
    sent = {"ids": ids, "verb": "set", "field": "tax", "value": str(tax.id)}
    assert manager.part("/products/bulk", "POST", data=sent).status_code == 200
    assert {one.tax_id for one in Product.select()} == {tax.id}


def test_products_are_filtered_searched_and_exported(manager, carol, tax):
    make(carol, reference="PL-45", unit="piece")
    make(carol, "Fitting", price=9900, unit="hour", tax=None)
    assert "Fitting" not in manager.get(f"/products?tax=in:{tax.id}").text
    assert "Fitting" not in manager.get("/products?q=plinth").text
    found = manager.get("/search?q=PL-45").text
    assert "/products/" in found and "PL-45" in found and "€\u00a0135" in found
    rows = list(csv.DictReader(io.StringIO(manager.get("/products.csv").text.removeprefix("\ufeff"))))
    assert [(row["Name"], row["Price"], row["Tax"]) for row in rows] == [
        ("Display plinth", "135.00", "VAT 20 %"),
        ("Fitting", "99.00", ""),
    ]


def test_an_old_product_is_archived_and_a_deleted_one_comes_back(manager, carol):
    plinth = make(carol)
    manager.part("/products/bulk", "POST", data={"ids": plinth.id, "verb": "archive"})
    assert "Display plinth" not in manager.get("/products").text
    assert "Display plinth" in manager.get("/products?view=archived").text
    gate.remove(plinth, carol)
    assert manager.get(f"/products/{plinth.id}").status_code == 410
    assert "Display plinth" in manager.get("/bin?concept=product").text
    manager.post("/bin", data={"concept": "product", "one": plinth.id})
    assert manager.get(f"/products/{plinth.id}").status_code == 200


def test_a_list_of_products_asks_the_same_for_few_and_many(client_of, carol, tax):
    visitor = client_of("alice")
    make(carol)
    visitor.get("/products")
    with counted_queries() as few:
        visitor.get("/products")
    for one in range(20):
        make(carol, f"Product {one}")
    visitor.get("/products")
    with counted_queries() as many:
        visitor.get("/products")
    assert len(many) == len(few)


def test_a_tax_is_added_changed_and_put_into_order(manager):
    assert "No taxes yet" in manager.get("/taxes").text
    assert "checked" in manager.get("/taxes/form").text
    assert manager.post("/taxes", data={"name": "VAT 20 %", "rate": "20", "usual": "1"}).status_code == 303
    manager.post("/taxes", data={"name": "Reduced", "rate": "5,5 %"})
    usual, reduced = Tax.select().order_by(Tax.id)
    assert (usual.rate, usual.usual, reduced.rate, reduced.usual) == (2000, True, 550, False)
    page = manager.get("/taxes").text
    assert page.index("VAT 20 %") < page.index("Reduced") and "5.5\u00a0%" in page and "Usual" in page
    assert 'value="5.5"' in manager.get(f"/taxes/{reduced.id}/form").text
    manager.post(f"/taxes/{reduced.id}", data={"name": "Reduced", "rate": "7", "seen": reduced.version})
    assert Tax.get_by_id(reduced.id).rate == 700
    answer = manager.part("/taxes/order", "POST", data={"ids": f"{reduced.id},{usual.id}"})
    assert answer.text.index("Reduced") < answer.text.index("VAT 20 %")
    answer = manager.part(f"/taxes/{usual.id}/position", "POST", data={"step": "up"})
    assert answer.text.index("VAT 20 %") < answer.text.index("Reduced")


@pytest.mark.parametrize("rate", ["101", "-1", "abc", "5.555", "1e1"])
def test_a_rate_that_is_none_is_refused_and_stays_typed(manager, rate):
    answer = manager.part("/taxes", "POST", data={"name": "VAT", "rate": rate})
    assert answer.status_code == 422 and "between 0 and 100" in answer.text and f'value="{rate}"' in answer.text
    assert not Tax.select().exists()


def test_a_tax_in_use_is_retired_and_brought_back(manager, carol, tax):
    make(carol)
    refused = manager.part(f"/taxes/{tax.id}/removal", "POST")
    assert refused.status_code == 409 and "retire it instead" in refused.headers["HX-Trigger"]
    assert "in use by 1 record" in manager.get("/taxes").text
    answer = manager.part(f"/taxes/{tax.id}/retirement", "POST", data={"retired": "1"})
    assert "Retired" in answer.text and re.search(r"/gestures/\d+/reversal", answer.headers["HX-Trigger"])
    manager.part(f"/taxes/{tax.id}/retirement", "POST", data={"retired": "0"})
    assert not Tax.get_by_id(tax.id).retired


@pytest.mark.parametrize("name", ["alice", "rita", "charlie"])
def test_others_keep_off_the_taxes(client_of, tax, name):
    someone = client_of(name)
    for path in ("/taxes", "/taxes/form", f"/taxes/{tax.id}/form"):
        assert someone.get(path).status_code == 403
    for path in ("", "/order", *(f"/{tax.id}{end}" for end in ("", "/position", "/retirement", "/removal"))):
        assert someone.post(f"/taxes{path}", data={"name": "Mine", "rate": "1", "ids": tax.id}).status_code == 403
    assert Tax.get().name == "VAT 20 %"
