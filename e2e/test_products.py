"""Products, taxes, the letterhead and the paper of a quote in the browser."""

import io
import re

from PIL import Image
from playwright.sync_api import expect

from crmlite.models.products import Product
from crmlite.rules import products
from e2e.conftest import accessible
from tests.make import make_quote


def picture() -> dict[str, object]:
    out = io.BytesIO()
    Image.new("RGB", (600, 200), "teal").save(out, "PNG")
    return {"name": "logo.png", "mimeType": "image/png", "buffer": out.getvalue()}


def test_a_tax_and_a_product_are_made_and_the_price_is_changed_in_its_cell(page_of, carol):
    page = page_of("carol")
    page.goto("/taxes")
    page.get_by_role("link", name="New tax").click()
    page.get_by_label("Name").fill("VAT 20 %")
    page.get_by_label("Rate in percent").fill("twenty")
    page.get_by_role("button", name="Add tax").click()
    expect(page.get_by_text("Please enter a percentage between 0 and 100")).to_be_visible()
    page.get_by_label("Rate in percent").fill("20")
    page.get_by_role("button", name="Add tax").click()
    expect(page.locator("#taxes li")).to_contain_text("VAT 20 %")
    accessible(page)
    page.goto("/products")
    page.get_by_role("link", name="New product").first.click()
    page.get_by_label("Name").fill("Oak shelf")
    page.get_by_label("Price").fill("50")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(re.compile(r"/products/\d+$"))
    page.goto("/products")
    cell = page.locator("#rows td", has_text="€\u00a050")
    cell.click()
    page.locator("form.cell input[name=price]").fill("62.5")
    page.keyboard.press("Enter")
    expect(page.locator("#rows")).to_contain_text("€\u00a062.50")
    assert Product.get().price == 6250 and Product.get().tax.name == "VAT 20 %"
    for place in (page.locator("th.num"), page.locator("#rows td", has_text="62.50")):
        expect(place).to_have_css("text-align", "right")
    accessible(page)


def test_a_rep_is_told_why_a_price_stays(page_of, carol, alice):
    products.create({"name": "Oak shelf", "price": 5000}, carol)
    page = page_of("alice")
    page.goto("/products")
    page.locator("#rows td", has_text="€\u00a050").click()
    expect(page.get_by_text("Only owners and managers may change products.")).to_be_visible()
    expect(page.locator("form.cell")).to_have_count(0)


def test_a_quote_prints_with_the_letterhead_and_nothing_else(page_of, alice, db):
    owner = page_of("olive")
    owner.goto("/settings/organisation")
    owner.get_by_label("Name of the organisation").fill("Northlight")
    owner.get_by_label("Postal address").fill("14 Quay Street\n75012 Paris")
    owner.get_by_role("button", name="Save").first.click()
    owner.get_by_label("Picture").set_input_files(picture())
    owner.get_by_role("button", name="Use this picture").click()
    expect(owner.locator(".logo img")).to_be_visible()
    accessible(owner)
    quote = make_quote(alice, lines=3, language="fr")
    page = page_of("alice")
    page.goto(f"/quotes/{quote.id}")
    paper = page.locator("article.on-paper")
    expect(paper).to_be_attached()
    expect(paper).to_be_hidden()
    page.emulate_media(media="print")
    for shown in ("14 Quay Street", "Total TTC", "360,00\u00a0€", "BROUILLON"):
        expect(paper.get_by_text(shown).first).to_be_visible()
    assert paper.locator("img").evaluate("picture => picture.complete && picture.naturalWidth") == 600
    for hidden in (".record.paper", ".record-head", ".rail", ".bar"):
        expect(page.locator(hidden)).to_be_hidden()
