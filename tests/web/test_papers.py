"""What stands on quotes, set over HTTP."""

import io

import pytest
from PIL import Image

from crmlite.rules import organisation
from tests.make import make_lead
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
