"""Quotes and orders on paper, page by page."""

import io
import re
from datetime import date
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from crmlite.lists import paper_words, papers
from crmlite.lists.paper_words import Speech
from crmlite.lists.papers import Paper, PaperLine, Sender, TaxSum
from crmlite.models.amounts import add_up, line_total
from crmlite.models.currencies import places
from tests.pdf import Text, texts, words

SENDER = Sender("Northlight Shopworks", ("14 Quay Street", "75011 Paris"), "+33 1 55", registration="VAT FR 40 303")
VAT = "VAT 20 %"


def line(name="Shelf", quantity="2", price=10_000, total=20_000, **values) -> PaperLine:
    return PaperLine(name, quantity=quantity, price=price, total=total, tax=VAT, **values)


def paper(lines=(), **values) -> Paper:
    """A quote in euros whose tax is a fifth."""
    lines = tuple(lines)
    net = sum(one.total or 0 for one in lines)
    plain = {
        "kind": "quote", "number": "Q0012", "date": date(2026, 11, 4), "currency": "EUR", "sender": SENDER,
        "recipient": ("Maison Delorme", "Mme Dupré", "69002 Lyon"), "net": net, "tax": net // 5,
        "total": net + net // 5, "taxes": (TaxSum(VAT, net, net // 5),) if lines else (),
    }  # fmt: skip
    return Paper(**{**plain, "lines": lines, **values})


def many(number: int, **values) -> list[PaperLine]:
    return [line(f"Product {one}", total=20_000 + one, **values) for one in range(number)]


def beside(pages: list[list[Text]], words: str) -> str:
    """What stands last in the line of these words."""
    page, found = next((page, one) for page in pages for one in page if one.text == words)
    return max((one for one in page if abs(one.bottom - found.bottom) < 1), key=lambda one: one.left).text


def printed(text: str) -> int:
    """An amount as it is printed in English, in minor units."""
    digits = re.sub(r"[^\d]", "", text)
    return -int(digits) if text.startswith("−") else int(digits)


class Item(NamedTuple):
    tax_name: str
    tax_rate: int
    total: int


def minor(text: str) -> int:
    """The amount at the end of an English text in a currency of two digits."""
    return int(re.search(r"[\d,]+\.\d\d$", text)[0].replace(",", "").replace(".", ""))


def test_a_quote_says_whose_it_is_whom_it_is_for_and_what_it_comes_to():
    (page,) = words(
        papers.pdf(
            paper(
                [
                    PaperLine("Ground floor"),
                    line("Wall shelving, oak", "12.5", 28_900, 325_125, unit="metre", discount=1000),
                ],
                title="Shelving", valid_until=date(2026, 12, 4), salesperson="Lena Duarte",
                introduction="Dear Ms Dupré,", closing="With kind regards",
                footer="Capital 40 000 €", customer_reference="PO-7",
            )
        )
    )  # fmt: skip
    for said in (
        "Northlight Shopworks", "14 Quay Street", "Maison Delorme", "Mme Dupré", "Quote Q0012", "Shelving",
        "4 November 2026", "4 December 2026", "Lena Duarte", "PO-7", "Dear Ms Dupré,", "Ground floor",
        "Wall shelving, oak", "12.5 metre", "289.00", "10\u00a0%", "VAT 20\u00a0%", "3,251.25", "€\u00a03,251.25",
        "VAT 20\u00a0% on €\u00a03,251.25", "€\u00a0650.25", "€\u00a03,901.50", "With kind regards",
        "Capital 40 000\u00a0€", "VAT FR 40 303", "Quote Q0012 · Page 1 of 1",
        "Accepted: place, date, name and signature",
    ):  # fmt: skip
        assert said in page.split("\n"), said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", ("Devis Q0012, version 2", "4 novembre 2026", "1\u202f234,50\u00a0€", "Total HT", "Total TTC", "2,5 h")),
        ("de", ("Angebot Q0012, Fassung 2", "4. November 2026", "1.234,50\u00a0€", "Summe netto", "2,5 h")),
        ("es", ("Presupuesto Q0012, versión 2", "4 de noviembre de 2026", "1.234,50\u00a0€", "Base imponible")),
        ("en", ("Quote Q0012, version 2", "4 November 2026", "€\u00a01,234.50", "Total without tax", "2.5 h")),
        ("cs", ("Quote Q0012, version 2", "4 November 2026", "€\u00a01,234.50")),
    ],
)
def test_fixed_words_days_and_money_are_in_the_customers_language(language, said):
    made = paper([line(quantity="2.50", unit="h", total=123_450)], language=language, version=2)
    (page,) = words(papers.pdf(made))
    for one in said:
        assert one in page, one


@pytest.mark.parametrize("name", paper_words.WORDS)
def test_every_word_is_there_in_every_language(name):
    assert tuple(paper_words.WORDS[name]) == paper_words.LANGUAGES


@pytest.mark.parametrize(
    ("currency", "amount", "shown"),
    [
        ("EUR", 5, "€\u00a00.05"), ("EUR", -123_456, "−€\u00a01,234.56"), ("JPY", 1234, "¥\u00a01,234"),
        ("TND", 1_234_567, "TND\u00a01,234.567"), ("XOF", 0, "XOF\u00a00"), ("EUR", 10**17 + 1, None),
    ],
)  # fmt: skip
def test_amounts_keep_every_digit_of_their_currency(currency, amount, shown):
    said = Speech("en").money(amount, currency)
    assert said == shown if shown else said == "€\u00a01,000,000,000,000,000.01"


@pytest.mark.parametrize(
    ("text", "shown"), [("2.500", "2,5"), ("1000", "1\u202f000"), ("0", "0"), ("-0.25", "−0,25"), ("-0", "0")]
)
def test_quantities_are_exact(text, shown):
    assert Speech("fr").number(text) == shown


def test_lines_go_on_over_pages_with_their_head_and_what_was_carried():
    lines = many(90, description="Made to measure. " * 12)
    pages = words(papers.pdf(paper(lines)))
    assert len(pages) > 3
    for before, after in zip(pages, pages[1:], strict=False):
        left, began = before.split("\n"), after.split("\n")
        carried = left[left.index("Carried over") + 1]
        assert began[began.index("Brought forward") + 1] == carried
        assert began.index("Description") < began.index("Brought forward")
    assert "Brought forward" not in pages[0] and "Carried over" not in pages[-1]
    # What is carried is what the lines above it come to.
    shown = 0
    for page in pages[:-1]:
        shown += sum(one.total for one in lines if one.name in page.split("\n"))
        left = page.split("\n")
        assert minor(left[left.index("Carried over") + 1]) == shown
    for at, page in enumerate(pages, 1):
        assert "Northlight Shopworks" in page and f"Page {at} of {len(pages)}" in page


@pytest.mark.parametrize("number", range(8, 34))
def test_totals_never_stand_alone_on_a_page(number):
    """Wherever the lines end on the page."""
    for page in words(papers.pdf(paper(many(number), closing=""))):
        if "Total without tax" in page:
            last = page.split("\n").index("Total without tax")
            assert any(text.startswith("Product ") for text in page.split("\n")[:last])
            assert "€" in page[page.index("Total without tax") :] and "Accepted" in page


@pytest.mark.parametrize("number", range(5, 40, 3))
def test_a_heading_stays_with_its_first_line(number):
    lines = [*many(number), PaperLine("Upper floor"), line("Lamp"), line("Lamp on the stairs")]
    for page in words(papers.pdf(paper(lines))):
        if "Upper floor" in page:
            assert page.split("\n")[page.split("\n").index("Upper floor") + 1 :].count("Lamp")


@pytest.mark.parametrize("length", range(200, 900, 50))
def test_the_place_to_sign_stays_with_the_end_of_the_text(length):
    pages = words(papers.pdf(paper([line()], closing="Word " * length + "\nthe end")))
    assert "the end" in next(page for page in pages if "Accepted" in page)


def test_nothing_leaves_the_paper_or_runs_into_the_figures():
    long = line("x" * 300, "1234567.125", 10**14, 10**15, unit="containers of forty feet", discount=9999,
                description="word " * 900 + "\n\n" + "y" * 500)  # fmt: skip
    pages = texts(papers.pdf(paper([long, line()], title="T" * 200, introduction="i" * 900, footer="f" * 3000)))
    assert len(pages) > 2
    for page in pages:
        for one in page:
            assert 56 <= one.left < 540 and 20 < one.bottom < 830
        amounts = [one for one in page if re.fullmatch(r"[\d,]+\.\d\d", one.text)]
        names = [one for one in page if set(one.text) in ({"x"}, {"y"})]
        assert all(name.left + len(name.text) * name.size * 0.6 < one.left for name in names for one in amounts)


def test_a_quote_without_lines_says_so():
    (page,) = words(papers.pdf(paper()))
    assert "No lines yet." in page and "€\u00a00.00" in page and "Total without tax" not in page


@pytest.mark.parametrize(("status", "word"), [("draft", "ENTWURF"), ("cancelled", "STORNIERT")])
def test_what_does_not_hold_says_so_across_every_page(status, word):
    pages = words(papers.pdf(paper(many(60), language="de", status=status)))
    assert len(pages) > 1 and all(word in page and "Angenommen" not in page for page in pages)


def test_an_order_waits_for_no_signature_and_has_no_end():
    (page,) = words(papers.pdf(paper([line()], kind="order", valid_until=date(2026, 12, 4))))
    assert "Order confirmation Q0012" in page and "Accepted" not in page and "Valid until" not in page


def test_every_letter_of_europe_is_printed(caplog):
    said = "Łuczak Ğ Ñandú Œuvre Žižkov ẞ Ωμέγα Жук € £ ¥ ₺ zł № – “” ½ m²"
    (page,) = words(papers.pdf(paper([line()], title=said, recipient=("Œuvre E\u0301té",))))
    assert said in page and "Œuvre Été" in page and "missing" not in caplog.text.lower()


def test_control_characters_are_left_out():
    (page,) = words(papers.pdf(paper([line("Shelf\x07\u202e, oak\tlight")])))
    assert "Shelf, oak    light" in page


@pytest.mark.parametrize("size", [(900, 300), (40, 400), (2000, 10)])
def test_a_logo_keeps_its_shape_and_its_place(size):
    out = io.BytesIO()
    Image.new("RGBA", size, (20, 110, 110, 90)).save(out, "PNG")
    sender = Sender("Northlight", logo=out.getvalue())
    made = papers.pdf(paper([line()], sender=sender))
    assert made.count(b"/Subtype /Image") == 2  # the picture and its transparency
    assert "Northlight" in words(made)[0]


ITEM = st.tuples(
    st.integers(-(10**6), 10**9), st.integers(0, 10**8), st.integers(0, 10_000), st.sampled_from([0, 550, 1000, 1999])
)


@given(items=st.lists(ITEM, min_size=1, max_size=40), currency=st.sampled_from(["EUR", "JPY", "TND"]))
@settings(max_examples=40, deadline=None)
def test_line_tax_and_document_totals_survive_print_to_the_last_digit(items, currency):
    """Whatever is sold: what is printed is what was computed, and adds up."""
    amounts = [line_total(quantity, price, off) for quantity, price, off, _ in items]
    sums = add_up(Item(f"Tax {rate}", rate, total) for (*_, rate), total in zip(items, amounts, strict=True))
    lines = [
        PaperLine(f"Item {place}.", quantity="1", price=1, tax=f"Tax {items[place][3]}", total=total)
        for place, total in enumerate(amounts)
    ]  # fmt: skip
    taxes = tuple(TaxSum(one.name, one.base, one.tax) for one in sums.taxes)
    made = paper(lines, currency=currency, net=sums.untaxed, tax=sums.tax, total=sums.total, taxes=taxes)
    pages, say = texts(papers.pdf(made)), Speech("en")
    assert [printed(beside(pages, f"Item {place}.")) for place in range(len(lines))] == amounts
    shown = [printed(beside(pages, f"{one.label} on {say.money(one.base, currency)}")) for one in taxes]
    net, total = (printed(beside(pages, word)) for word in ("Total without tax", "Total"))
    assert (net, shown, total) == (sum(amounts), [one.tax for one in sums.taxes], net + sum(shown))
    assert places(currency) == len(beside(pages, "Total").partition(".")[2])


def test_the_same_paper_is_the_same_bytes():
    assert papers.pdf(paper(many(30))) == papers.pdf(paper(many(30)))
