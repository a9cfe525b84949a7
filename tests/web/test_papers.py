"""What stands on quotes, set over HTTP."""

import io

import pytest
from PIL import Image

from crmlite.rules import organisation, quotes
from tests.make import make_lead, make_quote
from tests.pdf import words

HOUSE = {"organisation": "Northlight", "currency": "EUR", "zone": "Europe/Paris"}


def picture(size=(600, 200)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def owner(client_of, olive):
    return client_of("olive")


def test_the_organisation_has_an_address_and_a_number(owner):
    sent = {**HOUSE, "address": "14 Quay Street\r\n75012 Paris", "email": "office@example.com", "registration": "VAT 7"}
    assert owner.post("/settings/organisation", data=sent).status_code == 303
    page = owner.get("/settings/organisation").text
    assert "14 Quay Street\n75012 Paris</textarea>" in page and 'value="VAT 7"' in page
    answer = owner.post("/settings/organisation", data={**sent, "organisation": "Southlight", "email": "nobody"})
    assert answer.status_code == 422 and 'value="nobody"' in answer.text and "e-mail address such as" in answer.text
    assert 'value="Northlight"' in owner.get("/settings/organisation").text  # all or nothing


def test_a_logo_is_put_shown_and_taken_away(owner, client_of):
    assert owner.get("/settings/logo").status_code == 404
    assert owner.post("/settings/logo", files={"logo": ("us.png", picture())}).status_code == 303
    assert "/settings/logo?v=" in owner.get("/settings/organisation").text
    shown = client_of("charlie").get("/settings/logo")
    assert shown.headers["Content-Type"] == "image/png" and shown.content == organisation.logo()
    assert client_of("charlie").post("/settings/logo", files={"logo": ("us.png", picture())}).status_code == 403
    assert client_of("charlie").post("/settings/logo/removal").status_code == 403
    assert owner.post("/settings/logo/removal").status_code == 303
    assert owner.get("/settings/logo").status_code == 404


def test_what_is_no_picture_is_told_beside_the_control(owner):
    answer = owner.post("/settings/logo", files={"logo": ("us.png", b"%PDF-1.7")})
    assert answer.status_code == 422 and "Please choose a PNG" in answer.text
    assert owner.post("/settings/logo", files={}).status_code == 422


def test_the_logo_stands_on_lead_sheets(owner, alice, client_of):
    lead = make_lead(alice)
    sheet = f"/leads/{lead.id}.pdf"
    assert b"/Subtype /Image" not in client_of("alice").get(sheet).content
    owner.post("/settings/logo", files={"logo": ("us.png", picture())})
    assert b"/Subtype /Image" in client_of("alice").get(sheet).content


def test_a_quote_is_printed_from_the_browser_as_the_pdf_has_it(owner, alice, client_of):
    owner.post("/settings/organisation", data={**HOUSE, "address": "14 Quay Street\n75012 Paris"})
    owner.post("/settings/papers/fr", data={"introduction": "Merci <3", "footer": "Capital 40 000 €"})
    quote = make_quote(alice, lines=2, language="fr", name="Réfection")
    page = client_of("alice").get(f"/quotes/{quote.id}").text
    assert f'hx-get="/quotes/{quote.id}/paper"' in page
    printed = client_of("alice").part(f"/quotes/{quote.id}/paper").text
    pdf = "\n".join(words(client_of("alice").get(f"/quotes/{quote.id}.pdf").content))
    both = ("Devis", "Réfection", "14 Quay Street", "Harbour Light", "BROUILLON", "240,00\u00a0€", "Total TTC")
    for said in both:
        assert said in printed and said in pdf, said
    assert "Merci &lt;3" in printed and "Merci <3" in pdf and 'lang="fr"' in printed
    assert "Bon pour accord" not in printed  # a draft has no place to sign
    assert client_of("charlie").part(f"/quotes/{quote.id}/paper").status_code == 404


def test_a_version_that_was_replaced_says_so(alice, client_of):
    quote = quotes.finalize(make_quote(alice), alice)
    sheet = f"/quotes/{quote.id}"
    assert "Accepted" in client_of("alice").part(f"{sheet}/paper").text
    quotes.finalize(quotes.revise(quote, alice), alice)
    (page,) = words(client_of("alice").get(f"{sheet}.pdf").content)
    assert "REPLACED" in page and "Accepted" not in page
    printed = client_of("alice").part(f"{sheet}/paper").text
    assert "REPLACED" in printed and "Accepted" not in printed


def test_each_language_has_its_texts(owner):
    assert owner.post("/settings/papers/en", data={"introduction": "Thank you"}).status_code == 303
    page = owner.get("/settings/papers?language=fr").text
    assert "Nothing in French yet" in page and ">Thank you<" not in page
    owner.post("/settings/papers/fr", data={"introduction": "Merci", "footer": "Capital 40 000 €"})
    assert ">Merci</textarea>" in owner.get("/settings/papers?language=fr").text
    (sample,) = words(owner.get("/settings/papers/fr.pdf").content)
    assert "Merci" in sample and "Devis Q0042" in sample and "Capital 40 000\u00a0€" in sample
    assert "Thank you" in words(owner.get("/settings/papers/de.pdf").content)[0]
    assert owner.get("/settings/papers/xx.pdf").status_code == 404


def test_a_house_without_name_or_address_is_told_before_its_customers_are(owner, alice, client_of):
    assert "Quotes go out without your name." in owner.get("/settings/papers").text
    (page,) = words(client_of("alice").get(f"/quotes/{make_quote(alice).id}.pdf").content)
    assert "crmlite" not in page
    owner.post("/settings/organisation", data=HOUSE)
    assert "Quotes go out without your address." in owner.get("/settings/papers").text
    owner.post("/settings/organisation", data={**HOUSE, "address": "14 Quay Street"})
    assert "Quotes go out" not in owner.get("/settings/papers").text


def test_a_text_that_is_too_long_stays_typed(owner):
    answer = owner.post("/settings/papers/de", data={"footer": "x" * 1001, "closing": "Bis bald"})
    assert answer.status_code == 422 and "within 1,000" in answer.text and ">Bis bald</textarea>" in answer.text


def test_validity_is_set_in_days(owner):
    assert 'value="30"' in owner.get("/settings/papers").text
    assert owner.post("/settings/papers/validity", data={"quote_days": "14"}).status_code == 303
    assert organisation.quote_days() == 14
    answer = owner.post("/settings/papers/validity", data={"quote_days": "soon"})
    assert answer.status_code == 422 and 'value="soon"' in answer.text


@pytest.mark.parametrize("name", ["alice", "carol", "rita", "charlie"])
def test_others_keep_off(client_of, db, name):
    someone = client_of(name)
    for path in ("/settings/papers", "/settings/papers/en.pdf", "/settings/organisation"):
        assert someone.get(path).status_code == 403
    for path, data in (
        ("/settings/papers/en", {"introduction": "Mine"}),
        ("/settings/papers/validity", {"quote_days": "3"}),
        ("/settings/organisation", HOUSE),
    ):
        assert someone.post(path, data=data).status_code == 403
    assert organisation.quote_days() == 30 and not organisation.texts("en").introduction
