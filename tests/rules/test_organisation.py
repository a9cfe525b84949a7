"""The house as it stands on paper."""

import io

import pytest
from PIL import Image

from crmlite.errors import Forbidden, Invalid
from crmlite.models.choices import Setting
from crmlite.rules import bodies, images, organisation
from crmlite.rules.documents import Sent

ADDRESS = {"address": "14 Quay Street \r\n75012 Paris\r\n", "email": "office@example.com", "website": "example.com"}


def sent(size=(900, 300), kind="PNG", mode="RGBA", **options):
    out = io.BytesIO()
    Image.new(mode, size, "teal").save(out, kind, **options)
    return Sent(f"logo.{kind.lower()}", out)


def test_only_an_owner_sets_what_is_printed(carol, alice):
    for someone in (carol, alice):
        for attempt in (
            lambda by=someone: organisation.set_sender(ADDRESS, by),
            lambda by=someone: organisation.set_logo(sent(), by),
            lambda by=someone: organisation.remove_logo(by),
            lambda by=someone: organisation.set_texts("en", {}, by),
            lambda by=someone: organisation.set_quote_days("30", by),
        ):
            with pytest.raises(Forbidden):
                attempt()


def test_an_address_is_kept_line_by_line(olive):
    organisation.set_sender(ADDRESS, olive)
    assert organisation.sender()["address"] == "14 Quay Street\n75012 Paris"
    assert organisation.sender()["phone"] == ""


@pytest.mark.parametrize(
    ("field", "text"),
    [("email", "nobody"), ("website", "not one"), ("address", "\n".join("1234567")), ("bank", "x" * 201)],
)
def test_what_cannot_be_printed_is_refused_at_its_field(olive, field, text):
    with pytest.raises(Invalid) as refused:
        organisation.set_sender({**ADDRESS, field: text}, olive)
    assert list(refused.value.fields) == [field]


def test_a_language_without_texts_begins_with_the_english_ones(olive):
    organisation.set_texts("en", {"introduction": "Thank you", "closing": "Regards"}, olive)
    assert organisation.texts("fr").introduction == "Thank you"
    organisation.set_texts("fr", {"introduction": "Merci"}, olive)
    assert organisation.texts("fr") == ("Merci", "", "")
    assert organisation.texts("cs").closing == "Regards" and organisation.texts("").closing == "Regards"
    organisation.set_texts("fr", {"introduction": " \r\n"}, olive)
    assert organisation.texts("fr").introduction == "Thank you"
    with pytest.raises(Invalid):
        organisation.set_texts("cs", {"introduction": "Děkujeme"}, olive)
    with pytest.raises(Invalid) as refused:
        organisation.set_texts("en", {"footer": "x" * 1001}, olive)
    assert "within 1,000" in refused.value.fields["footer"]


@pytest.mark.parametrize("text", ["", "-1", "731", "1.5", "soon", "9" * 30])
def test_validity_is_a_number_of_days(olive, text):
    assert organisation.quote_days() == 30
    with pytest.raises(Invalid):
        organisation.set_quote_days(text, olive)
    organisation.set_quote_days("0", olive)
    organisation.set_quote_days("730", olive)
    assert organisation.quote_days() == 730


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "RGBA"), ("JPEG", "RGB"), ("WEBP", "RGBA"), ("GIF", "P")])
def test_a_logo_is_drawn_anew_within_what_print_needs(olive, kind, mode):
    organisation.set_logo(sent((3000, 600), kind, mode), olive)
    drawn = organisation.logo()
    assert drawn.startswith(b"\x89PNG") and images.size(drawn) == (1200, 240)
    organisation.remove_logo(olive)
    assert organisation.logo() == b""


def test_a_logo_carries_nothing_but_its_pixels(olive):
    said = Image.Exif()
    said[0x010E] = "Where it was taken"
    organisation.set_logo(sent(kind="JPEG", mode="RGB", exif=said), olive)
    assert b"taken" not in organisation.logo()


@pytest.mark.parametrize("body", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_is_refused(olive, body):
    with pytest.raises(Invalid) as refused:
        organisation.set_logo(Sent("logo.png", io.BytesIO(body)), olive)
    assert "logo" in refused.value.fields and organisation.logo() == b""


def test_what_is_too_large_is_refused(olive):
    with pytest.raises(Invalid) as refused:
        organisation.set_logo(Sent("logo.png", io.BytesIO(b"\0" * (organisation.LARGEST_LOGO + 1))), olive)
    assert "at most 5 MB" in refused.value.fields["logo"]


def test_saving_the_same_again_writes_nothing(olive):
    organisation.set_sender(ADDRESS, olive)
    version = Setting.get(Setting.key == "sender").version
    organisation.set_sender(ADDRESS, olive)
    assert Setting.get(Setting.key == "sender").version == version


def test_the_logo_outlives_the_upkeep_of_files(olive):
    organisation.set_logo(sent(), olive)
    digest = organisation.logo_digest()
    bodies.drop_unused()
    assert b"".join(bodies.pieces(digest)) == organisation.logo()
    organisation.remove_logo(olive)
    assert bodies.drop_unused() == 1
