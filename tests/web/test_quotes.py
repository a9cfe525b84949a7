"""Quotes over HTTP: list, form, lines, steps, paper, and where they are told."""

import csv
import io
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from crmlite import clock
from crmlite.models.opportunities import Opportunity
from crmlite.models.partners import Partner
from crmlite.models.quotes import Quote, QuoteLine
from crmlite.rules import access, gate, products, quote_lines, quotes, settings
from tests import pdf, people
from tests.conftest import counted_queries
from tests.make import choice, make_contact, make_lead, make_opportunity, make_partner, make_quote, stage
from tests.servers import Visitor


@pytest.fixture
def alices(client_of) -> Visitor:
    return client_of("alice")


def finalized(by, **values):
    return quotes.finalize(make_quote(by, **values), by)


def row(text, quote):
    found = re.search(rf'<tr id="quote-{quote.id}" class="([^"]*)".*?</tr>', text, re.DOTALL)
    return (found[1], found[0]) if found else ("", "")


def value_of(text, name):
    return re.search(rf'<input[^>]* name="{name}" value="([^"]*)"', text)[1]


def line_id(text):
    return int(re.search(r'id="line-(\d+)"', text)[1])


# --- the list


def test_validity_is_marked_with_colour_and_word(alices, alice):
    today = clock.today(alice.zone)
    late = make_quote(alice, valid_until=today - timedelta(days=2))
    last = make_quote(alice, valid_until=today)
    soon = make_quote(alice, valid_until=today + timedelta(days=7))
    fine = make_quote(alice, valid_until=today + timedelta(days=8))
    order = quotes.confirm(finalized(alice), alice)
    text = alices.get("/quotes?view=all").text
    for quote, look, word in (
        (late, "ink-red", "expired 2 d ago"),
        (last, "ink-orange", "valid today"),
        (soon, "ink-orange", "valid 7 d more"),
        (order, "ink-green", "Confirmed"),
    ):
        assert row(text, quote)[0] == look and word in row(text, quote)[1], word
    assert row(text, fine)[0] == "ink-plain" and "valid 8" not in row(text, fine)[1]


def test_each_tab_shows_its_own(alices, alice, bob):
    today = clock.today(alice.zone)
    made = {
        "draft": make_quote(alice),
        "theirs": make_quote(bob),
        "late": make_quote(alice, valid_until=today - timedelta(days=1)),
        "order": quotes.confirm(finalized(alice), alice),
        "cancelled": quotes.cancel(make_quote(alice), None, "Moved away", alice),
    }
    tabs = {
        "open": ("draft", "theirs", "late"), "mine": ("draft", "late"), "orders": ("order",), "expired": ("late",),
        "cancelled": ("cancelled",), "all": tuple(made),
    }  # fmt: skip
    for view, expected in tabs.items():
        text = alices.get(f"/quotes?view={view}").text
        assert {name for name, quote in made.items() if row(text, quote)[0]} == set(expected), view


def test_the_footer_sums_each_currency_for_itself(alices, alice):
    partner = make_partner(alice)
    for currency in ("EUR", "EUR", "CHF"):
        make_quote(alice, partner=partner.id, currency=currency)
    text = alices.part("/quotes/totals?view=all").text
    assert re.search(r"Total <b>€\s240</b>\s*<b>CHF\s120</b>", text), text


def test_a_list_page_takes_as_many_queries_for_many_as_for_few(alices, alice, server):
    make_quote(alice)
    alices.get("/quotes?view=all")
    with counted_queries() as few:
        alices.get("/quotes?view=all")
    for _ in range(12):
        make_quote(alice, contact=make_contact(alice).id)
    alices.get("/quotes?view=all")
    with counted_queries() as many:
        alices.get("/quotes?view=all")
    assert len(many) == len(few)


def test_a_record_page_takes_as_many_queries_for_many_lines_as_for_few(alices, alice):
    small, large = make_quote(alice, lines=1), make_quote(alice, lines=30)
    for quote in (small, large):
        alices.get(f"/quotes/{quote.id}")
    with counted_queries() as few:
        alices.get(f"/quotes/{small.id}")
    with counted_queries() as many:
        alices.get(f"/quotes/{large.id}")
    assert len(many) <= len(few) + 1


def test_what_the_document_says_is_not_edited_in_the_list_once_it_is_finalized(alices, alice):
    quote, draft = finalized(alice), make_quote(alice)
    refused = alices.part(f"/quotes/{quote.id}/cells/name")
    assert refused.status_code == 422 and "revise" in refused.headers["HX-Trigger"]
    assert alices.part(f"/quotes/{draft.id}/cells/name").status_code == 200
    assert alices.part(f"/quotes/{quote.id}/cells/status").status_code == 422
    assert alices.part(f"/quotes/{quote.id}/cells/owner").status_code == 200
    form = alices.get(f"/quotes/{quote.id}/form").text
    assert 'name="owner"' in form and 'name="name"' not in form


def test_ticked_quotes_are_archived_deleted_and_restored(client_of, alice):
    carol, quote = client_of("carol"), make_quote(alice)
    order = quotes.confirm(finalized(alice), alice)
    carol.part("/quotes/bulk", "POST", data={"ids": [quote.id, order.id], "verb": "delete", "back": "/quotes"})
    assert carol.get(f"/quotes/{quote.id}").status_code == 410
    assert Quote.get_by_id(order.id).deleted_at is None, "an order is cancelled first"
    carol.part("/bin", "POST", data={"concept": "quote", "one": quote.id})
    text = carol.get(f"/quotes/{quote.id}").text
    assert "Work" in text and Quote.get_by_id(quote.id).deleted_at is None


# --- being made


def test_the_form_begins_with_what_the_opportunity_knows(alices, alice):
    """SEED-72"""
    customer = make_partner(alice, "Orangerie", city="Lyon")
    contact = make_contact(alice, "Petit", partner=customer.id)
    sale = make_opportunity(alice, "Cold room", partner=customer.id, contact=contact.id)
    assert f"/quotes/form?opportunity={sale.id}" in alices.get(f"/opportunities/{sale.id}").text
    text = alices.get(f"/quotes/form?opportunity={sale.id}").text
    assert value_of(text, "name") == "Cold room" and value_of(text, "contact") == f"Petit #{contact.id}"
    assert f'value="{customer.id}" checked' in text and "Orangerie" in text
    answer = alices.part("/quotes", "POST", data={"customer": customer.id, "opportunity": f"#{sale.id}", "name": ""})
    quote = Quote.get()
    assert answer.headers["HX-Redirect"] == f"/quotes/{quote.id}"
    assert (quote.name, quote.partner_id, quote.opportunity_id) == ("Cold room", customer.id, sale.id)


def test_the_form_asks_before_it_makes_a_customer_from_the_lead(alices, alice):
    """SEED-72"""
    lead = make_lead(alice, "Costa", company="Azenha")
    sale = make_opportunity(alice, "Mill", lead=lead.id)
    text = alices.get(f"/quotes/form?opportunity={sale.id}").text
    assert "No customer is chosen yet. One will be made from the lead “Costa”" in text
    assert 'value="lead" checked' in text and "New prospect from the lead: Azenha" in text
    assert not Partner.select().exists()
    alices.part("/quotes", "POST", data={"customer": "lead", "opportunity": f"#{sale.id}"})
    made = Partner.get()
    assert (made.name, made.is_prospect, Quote.get().partner_id) == ("Azenha", True, made.id)
    other = make_partner(alice, "Moulin")
    second = make_opportunity(alice, "Wheel", lead=make_lead(alice, "Dupré").id)
    sent = {"customer": "other", "customer_record": f"#{other.id}", "opportunity": f"#{second.id}"}
    alices.part("/quotes", "POST", data=sent)
    assert Quote.get(Quote.opportunity == second.id).partner_id == other.id and Partner.select().count() == 2


def test_without_customer_and_lead_the_form_says_what_to_do_and_keeps_what_was_typed(alices, alice):
    sale = make_opportunity(alice, "Mill")
    answer = alices.part("/quotes", "POST", data={"customer": "lead", "opportunity": f"#{sale.id}", "name": "Typed"})
    assert answer.status_code == 422 and "neither a customer nor a lead" in answer.text
    assert value_of(answer.text, "name") == "Typed" and not Quote.select().exists()
    missing = alices.part("/quotes", "POST", data={"customer": "other", "customer_record": "", "name": "Typed"})
    assert "Please type the name of the customer" in missing.text
    unknown = alices.part("/quotes", "POST", data={"customer": "other", "customer_record": "Nobody"})
    assert "There is no customer called “Nobody”" in unknown.text


def test_a_new_customer_is_made_with_the_quote_or_not_at_all(alices, alice):
    """SEED-77"""
    refused = {"customer": "new", "kind": "company", "customer_name": "Orangerie", "valid_until": "soon"}
    assert alices.part("/quotes", "POST", data=refused).status_code == 422
    assert not Partner.select().exists(), "one gesture: both or none"
    person = {"customer": "new", "kind": "individual", "customer_first_name": "Luc", "customer_last_name": "Petit"}
    alices.part("/quotes", "POST", data=person)
    made = Partner.get()
    assert (made.full_name, made.kind, made.is_prospect) == ("Luc Petit", "individual", True)
    assert Quote.get().name == "Quote for Luc Petit"


def test_the_currency_is_the_customers_unless_another_is_chosen(alices, alice):
    swiss = make_partner(alice, "Orangerie", currency="CHF")
    sent = {"customer": "other", "customer_record": f"#{swiss.id}", "currency": ""}
    assert '<option value="" selected>That of the customer</option>' in alices.get("/quotes/form").text
    alices.part("/quotes", "POST", data=sent)
    alices.part("/quotes", "POST", data={**sent, "currency": "USD"})
    assert [quote.currency for quote in Quote.select().order_by(Quote.id)] == ["CHF", "USD"]


def test_many_who_add_lines_at_once_leave_totals_that_agree(client_of, alice):
    quote = make_quote(alice, lines=0)
    people_there = [client_of(name) for name in ("alice", "bob", "carol", "alice")]

    def add(number):
        sent = {"name": f"Work {number}", "unit_price": "10.01", "quantity": "1"}
        return people_there[number % 4].part(f"/quotes/{quote.id}/lines", "POST", data=sent).status_code

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(add, range(24))) == {200}
    lines = quote_lines.of(quote, alice)
    assert len(lines) == 24 and len({line.position for line in lines}) == 24
    assert Quote.get_by_id(quote.id).untaxed == sum(line.total for line in lines) == 24 * 10_01


def test_a_stranger_begins_no_quote_from_what_is_hidden(client_of, alice):
    charlies = client_of("charlie")
    customer = make_partner(alice)
    sale = make_opportunity(alice, partner=customer.id)
    assert charlies.get(f"/quotes/form?opportunity={sale.id}").status_code == 404
    assert charlies.part("/quotes", "POST", data={"customer": customer.id}).status_code == 404
    assert charlies.part("/quotes", "POST", data={"customer": "lead", "opportunity": f"#{sale.id}"}).status_code == 422
    assert not Quote.select().exists()


def test_a_reader_is_offered_nothing_to_change(client_of, alice):
    ritas, quote = client_of("rita"), make_quote(alice)
    text = ritas.get(f"/quotes/{quote.id}").text
    assert "Work" in text and "data-lines" in text and " data-open" not in text and "/finalization" not in text
    assert ritas.get("/quotes/form").status_code == 403
    assert ritas.part(f"/quotes/{quote.id}/lines", "POST", data={"name": "More"}).status_code == 403


# --- lines


def test_lines_are_added_changed_moved_and_removed_without_a_script(alices, alice):
    quote = make_quote(alice, lines=0)
    base = f"/quotes/{quote.id}/lines"
    sent = {"name": "Fitting", "quantity": "2.5", "unit": "h", "unit_price": "40", "discount": "10", "tax": ""}
    first = alices.request("POST", base, data=sent)
    assert first.status_code == 303 and first.headers["Location"].startswith(f"/quotes/{quote.id}#line-")
    alices.request("POST", base, data={"name": "Travel", "unit_price": "15"})
    one, two = quote_lines.of(quote, alice)
    assert (one.quantity, one.unit_price, one.discount, one.total) == (2500, 40_00, 1000, 90_00)
    alices.request("POST", f"{base}/{one.id}", data={**sent, "quantity": "3", "seen": one.version})
    alices.request("POST", f"{base}/{two.id}/position", data={"step": "up"})
    assert [line.name for line in quote_lines.of(quote, alice)] == ["Travel", "Fitting"]
    alices.request("POST", f"{base}/{two.id}/removal")
    assert Quote.get_by_id(quote.id).total == 108_00
    refused = alices.request("POST", f"{base}/{one.id}", data={**sent, "quantity": "lots"})
    assert refused.status_code == 422 and 'value="lots"' in refused.text and "such as 2 or 1.5" in refused.text


def test_the_answer_to_a_line_is_the_line_with_the_totals(alices, alice):
    quote = make_quote(alice, lines=0)
    sent = {"name": "Fitting", "unit_price": "40", "quantity": "2"}
    answer = alices.part(f"/quotes/{quote.id}/lines", "POST", data=sent)
    assert f'action="/quotes/{quote.id}/lines/{line_id(answer.text)}"' in answer.text
    assert "€\xa080.00" in answer.text and 'id="sums"' in answer.text and "saved" in answer.headers["HX-Trigger"]


def test_a_line_of_another_quote_is_not_reached(alices, alice, client_of):
    mine, other = make_quote(alice), make_quote(alice)
    line = QuoteLine.get(QuoteLine.quote == other.id)
    assert alices.part(f"/quotes/{mine.id}/lines/{line.id}", "POST", data={"name": "Taken"}).status_code == 404
    charlies = client_of("charlie")
    assert charlies.part(f"/quotes/{other.id}/lines/{line.id}", "POST", data={"name": "Taken"}).status_code == 404
    assert QuoteLine.get_by_id(line.id).name == "Work"


def test_products_are_offered_with_what_they_carry(alices, alice, carol):
    tax = products.add_tax({"name": "Sales", "rate": 1000}, carol)
    made = products.create(
        {"name": "Oak shelf", "reference": "S-1", "price": 50_50, "unit": "piece", "tax": tax.id}, carol
    )
    quote = make_quote(alice, lines=0)
    for words in ("oak", "S-1"):
        text = alices.part(f"/quotes/{quote.id}/products?q={words}").text
        assert f'data-product="{made.id}"' in text and 'data-price="50.50"' in text
        assert f'data-tax="{tax.id}"' in text and "piece" in text
    alices.part(f"/quotes/{quote.id}/lines", "POST", data={"name": "S-1", "unit_price": "", "tax": ""})
    line = quote_lines.of(quote, alice)[0]
    assert (line.name, line.product_id, line.unit_price, line.tax_rate) == ("Oak shelf", made.id, 50_50, 1000)


def test_a_tax_that_is_gone_stays_on_the_line_that_has_it(alices, alice, carol):
    tax = products.add_tax({"name": "Old duty", "rate": 300}, carol)
    quote = make_quote(alice, lines=0)
    sent = {"name": "Work", "unit_price": "10", "tax": tax.id}
    number = line_id(alices.part(f"/quotes/{quote.id}/lines", "POST", data=sent).text)
    products.retire_tax(tax, carol)
    text = alices.get(f"/quotes/{quote.id}").text
    assert '<option value="kept" selected>Old duty</option>' in text
    alices.part(f"/quotes/{quote.id}/lines/{number}", "POST", data={"quantity": "2", "tax": "kept"})
    assert Quote.get_by_id(quote.id).tax == 60


# --- steps


def test_a_quote_goes_its_way_by_its_buttons(alices, alice):
    """SEED-56, SEED-74"""
    sale = make_opportunity(alice, partner=make_partner(alice, "Orangerie").id)
    quote = make_quote(alice, opportunity=sale.id)
    page = f"/quotes/{quote.id}"
    for noun, status in (
        ("finalization", "finalized"), ("dispatch", "sent"), ("confirmation", "confirmed"), ("completion", "completed"),
    ):  # fmt: skip
        answer = alices.part(f"{page}/{noun}", "POST", data={"seen": Quote.get_by_id(quote.id).version})
        assert answer.headers["HX-Redirect"] == page
        assert Quote.get_by_id(quote.id).status == status
    text = alices.get(page).text
    assert "confirmed this as an order" in text and "is an order, Orangerie is a customer now" in text
    assert Opportunity.get_by_id(sale.id).outcome == "open"


def test_the_setting_is_switched_on_its_page(client_of, alice):
    """SEED-73"""
    olives = client_of("olive")
    assert "Close the opportunity when a linked order is confirmed" in olives.get("/settings/sales").text
    olives.request("POST", "/settings/sales", data={"order_closes_opportunity": "1"})
    sale = make_opportunity(alice, "Cold room", partner=make_partner(alice).id)
    quote = finalized(alice, opportunity=sale.id)
    told = client_of("alice").part(f"/quotes/{quote.id}/confirmation?as=row", "POST", data={"seen": quote.version})
    assert "Cold room" in told.headers["HX-Trigger"] and "is won" in told.headers["HX-Trigger"]
    assert Opportunity.get_by_id(sale.id).outcome == "won"


def test_an_order_is_confirmed_from_its_row_and_undone(alices, alice):
    """SEED-49"""
    quote = finalized(alice)
    text = alices.get("/quotes").text
    assert 'data-do="confirmation"' in row(text, quote)[1]
    answer = alices.part(f"/quotes/{quote.id}/confirmation?as=row", "POST", data={"seen": quote.version})
    assert "ink-green" in answer.text
    undo = re.search(r"/gestures/\d+/reversal", answer.headers["HX-Trigger"])[0]
    alices.part(undo, "POST")
    assert Quote.get_by_id(quote.id).status == "finalized" and Partner.get_by_id(quote.partner_id).is_prospect


def test_cancelling_asks_for_the_reason(alices, alice):
    quote = make_quote(alice)
    page = f"/quotes/{quote.id}/cancellation"
    assert "Made by mistake" in alices.part(page).text
    refused = alices.part(page, "POST", data={"seen": quote.version})
    assert refused.status_code == 422 and "in your words" in refused.text
    alices.part(page, "POST", data={"cancel_reason": choice("cancel_reason", "Made by mistake").id})
    assert "Made by mistake" in alices.get(f"/quotes/{quote.id}").text
    assert alices.part(page).status_code == 422, "it is cancelled already"


def test_losing_the_opportunity_on_its_page_cancels_the_quote(alices, alice):
    sale = make_opportunity(alice, partner=make_partner(alice).id)
    quote = make_quote(alice, opportunity=sale.id)
    reason = choice("lost_reason", "No budget").id
    alices.part(f"/opportunities/{sale.id}/loss", "POST", data={"lost_reason": reason})
    assert Quote.get_by_id(quote.id).status == "cancelled"
    assert "The opportunity was lost: No budget." in alices.get(f"/quotes/{quote.id}").text


def test_revision_and_copy_lead_to_the_new_draft(alices, alice):
    quote = finalized(alice)
    answer = alices.part(f"/quotes/{quote.id}/revision", "POST")
    fresh = Quote.get(Quote.supersedes == quote.id)
    assert answer.headers["HX-Redirect"] == f"/quotes/{fresh.id}"
    assert f'href="/quotes/{quote.id}">{quote.reference}' in alices.get(f"/quotes/{fresh.id}").text
    assert "Superseded" in alices.get(f"/quotes/{quote.id}").text
    copy = alices.part(f"/quotes/{fresh.id}/copies", "POST").headers["HX-Redirect"]
    assert Quote.get_by_id(int(copy.rsplit("/", 1)[1])).reference == ""


def test_sending_offers_the_address_and_warns_of_a_rejection(alices, alice):
    customer = make_partner(alice, "Orangerie", email="office@orangerie.example")
    contact = make_contact(alice, "Petit", email="luc@orangerie.example", partner=customer.id, do_not_email=True)
    quote = finalized(alice, partner=customer.id, contact=contact.id, name="Cold & dry")
    text = alices.part(f"/quotes/{quote.id}/dispatch").text
    assert "mailto:luc@orangerie.example?subject=Quote%20" in text and "Cold%20%26%20dry" in text
    assert "Petit has asked not to be written to" in text
    plain = finalized(alice, partner=customer.id)
    text = alices.part(f"/quotes/{plain.id}/dispatch").text
    assert "mailto:office@orangerie.example" in text and "asked not" not in text
    nobody = finalized(alice)
    assert "send it by another way" in alices.part(f"/quotes/{nobody.id}/dispatch").text
    assert alices.part(f"/quotes/{make_quote(alice).id}/dispatch").status_code == 422


# --- paper, files, and where it is told


def test_the_paper_says_what_the_quote_says(alices, alice):
    customer = make_partner(alice, "Café Žižkov", city="Praha")
    quote = finalized(alice, partner=customer.id, name="Réfection", language="fr", lines=3)
    answer = alices.get(f"/quotes/{quote.id}.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert f"{quote.reference}.pdf" in answer.headers["Content-Disposition"]
    text = "\n".join(pdf.words(answer.content))
    for words in ("Devis", quote.reference, "Café Žižkov", "Réfection", "Work", "300,00", "60,00", "360,00"):
        assert words in text, words
    assert "BROUILLON" in "\n".join(pdf.words(alices.get(f"/quotes/{make_quote(alice, language='fr').id}.pdf").content))


def test_the_lines_are_taken_along_with_sums_that_agree(alices, alice):
    quote = make_quote(alice, lines=2)
    quote_lines.add(quote, {"name": "=SUM(A1)", "quantity": 1500, "unit_price": 9_99}, alice)
    text = alices.get(f"/quotes/{quote.id}.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    items = [one["Item"] for one in rows]
    assert items == ["Work", "Work", "'=SUM(A1)", "Without tax", "VAT 20 %", "Total"]
    amounts = {one["Item"]: one["Total without tax"] for one in rows}
    assert (amounts["'=SUM(A1)"], amounts["Without tax"], amounts["VAT 20 %"]) == ("14.99", "214.99", "40.00")
    assert amounts["Total"] == "254.99"


def test_quotes_are_told_on_every_record_they_belong_to(alices, alice):
    """SEED-56"""
    customer = make_partner(alice, "Orangerie")
    contact = make_contact(alice, "Petit", partner=customer.id)
    lead = make_lead(alice, "Costa")
    gate.change(lead, {"partner": customer.id}, alice)
    sale = make_opportunity(alice, "Cold room", partner=customer.id, contact=contact.id, lead=lead.id)
    quote = finalized(alice, opportunity=sale.id, name="First offer")
    for page in (
        f"/opportunities/{sale.id}",
        f"/partners/{customer.id}",
        f"/contacts/{contact.id}",
        f"/leads/{lead.id}",
    ):
        text = alices.get(page).text
        assert "First offer" in text and quote.reference in text and "Finalized" in text, page
    for concept, record in (("opportunity", sale), ("partner", customer), ("contact", contact)):
        section = {"opportunity": "opportunities"}.get(concept, f"{concept}s")
        assert f"/quotes/form?{concept}={record.id}" in alices.get(f"/{section}/{record.id}").text


def test_the_story_tells_lines_once_and_no_sums(alices, alice):
    quote = make_quote(alice, lines=0)
    for number in range(5):
        quote_lines.add(quote, {"name": f"Work {number}", "unit_price": 10_00}, alice)
    text = alices.get(f"/quotes/{quote.id}").text
    assert "changed 5 lines" in text and "Without tax</b> <del>" not in text
    assert "created this" in text


def test_an_event_is_planned_from_a_quote_with_its_links(alices, alice):
    customer = make_partner(alice, "Orangerie")
    sale = make_opportunity(alice, "Cold room", partner=customer.id)
    quote = make_quote(alice, opportunity=sale.id)
    text = alices.get(f"/events/form?quote={quote.id}").text
    assert (
        value_of(text, "opportunity") == f"Cold room #{sale.id}"
        and value_of(text, "partner") == f"Orangerie #{customer.id}"
    )


def test_the_search_finds_a_quote_and_the_way_to_orders(alices, alice):
    quote = finalized(alice, name="Cold room", partner=make_partner(alice, "Orangerie").id)
    for words in (quote.reference, "cold", "orangerie"):
        assert f"/quotes/{quote.id}" in alices.get(f"/search?q={words}").text, words
    assert "/quotes?view=orders" in alices.get("/search?q=orders").text


def test_the_visibility_of_quotes_is_set_like_that_of_others(client_of, alice):
    owner = access.actor(people.user("olive").id, "web")
    quote = make_quote(alice)
    assert client_of("bob").get(f"/quotes/{quote.id}").status_code == 200
    settings.set_visibility({"rep": {"quote": "own"}}, owner)
    assert client_of("bob").get(f"/quotes/{quote.id}").status_code == 404
    assert "Quotes" in client_of("olive").get("/settings/visibility").text


@pytest.mark.parametrize("way", ["ticked rows", "the board", "the form"])
def test_losing_by_any_way_cancels_the_quotes_and_one_undo_takes_all_back(alices, alice, way):
    sale = make_opportunity(alice, partner=make_partner(alice).id)
    quote = make_quote(alice, opportunity=sale.id)
    reason, lost = choice("lost_reason", "No budget").id, stage("Closed lost").id
    version = Opportunity.get_by_id(sale.id).version
    if way == "ticked rows":
        sent = {"ids": sale.id, "verb": "lose", "field": reason, "value": "", "back": "/opportunities"}
        answer = alices.request("POST", "/opportunities/bulk", data=sent)
        told = alices.get(answer.headers["Location"]).text
    elif way == "the board":
        sent = {"lost_reason": reason, "seen": version}
        told = alices.part(f"/opportunities/{sale.id}/loss?as=board", "POST", data=sent).headers["HX-Trigger"]
    else:
        sent = {"stage": lost, "lost_reason": reason, "seen": version}
        alices.part(f"/opportunities/{sale.id}/loss", "POST", data=sent)
        told = alices.get(f"/opportunities/{sale.id}").text
    assert Quote.get_by_id(quote.id).status == "cancelled"
    alices.part(re.search(r"/gestures/\d+/reversal", told)[0], "POST")
    assert Quote.get_by_id(quote.id).status == "draft" and Opportunity.get_by_id(sale.id).outcome == "open"


def test_orders_are_a_tab_and_a_command(alices, alice):
    order = quotes.confirm(finalized(alice, name="Racks"), alice)
    text = alices.get("/quotes?view=orders").text
    assert row(text, order)[0] and "Orders" in text
    found = alices.get("/quotes.csv?view=orders").content.decode("utf-8-sig")
    assert order.reference in found and "120.00" in found
