"""Cards that phones send: what becomes of them, what stays as sent, what is refused (RFC 6352 section 6.3)."""

import base64
import io

import pytest
from PIL import Image

from crmlite.models.addresses import Address
from crmlite.models.cards import Card
from crmlite.models.contact_points import ContactPoint
from crmlite.models.contacts import Contact
from crmlite.models.partners import Partner
from crmlite.rules import cards, contacts, documents, gate, hanging, journal, partners
from tests.make import choice, make_contact, make_partner


def vcard(*lines, uid="card-1", version="3.0"):
    return "\r\n".join(["BEGIN:VCARD", f"VERSION:{version}", f"UID:{uid}", *lines, "END:VCARD", ""])


def put(phone, name, text, **headers):
    given = {key.replace("_", "-"): value for key, value in headers.items()}
    body = text if isinstance(text, bytes) else text.encode()
    return phone.put(f"contacts/{name}", data=body, headers={"Content-Type": "text/vcard; charset=utf-8", **given})


def get(phone, name):
    return phone.get(f"contacts/{name}").content.decode()


APPLE = vcard(
    "PRODID:-//Apple Inc.//iOS 18.1//EN",
    "N:Moreau;Ana;Maria;Dr.;",
    "FN:Dr. Ana Maria Moreau",
    "NICKNAME:Anouk",
    "ORG:Harbour Light;Sales;South",
    "TITLE:Chief of cold rooms",
    "EMAIL;type=INTERNET;type=WORK;type=pref:ana@harbour.example",
    "EMAIL;type=INTERNET;type=HOME:ana@home.example",
    "TEL;type=CELL;type=VOICE;type=pref:+33 6 12 34 56 78",
    "TEL;type=WORK;type=VOICE:+33 4 72 10 48 81",
    "TEL;type=OTHER;type=VOICE:12",
    "item1.TEL:+33 4 72 10 48 99",
    "item1.X-ABLabel:Quay office",
    "item2.ADR;type=WORK;type=pref:;;14 Quay Street;Lyon;;69001;France",
    "item2.X-ABADR:fr",
    "item3.URL;type=pref:https://harbour.example/ana",
    "item3.X-ABLabel:_$!<HomePage>!$_",
    "BDAY;value=date:1985-04-12",
    "X-SOCIALPROFILE;type=mastodon:https://social.example/@ana",
    "NOTE:Likes ships\\, and\\nharbours",
    "X-IMAGEHASH:abc\\;def",
    uid="7D0F3C1E-1111-4D1E-9E0A-0123456789AB",
)


def test_a_new_card_becomes_a_contact_at_a_company(phone, alice):
    company = make_partner(alice, "Harbour Light")
    answer = put(phone, "a.vcf", APPLE, If_None_Match="*")
    assert answer.status_code == 201
    one = Contact.get(Contact.name == "Moreau")
    assert (one.first_name, one.title, one.partner_id, one.department) == (
        "Ana Maria", "dr", company.id, "Sales South",
    )  # fmt: skip
    assert (one.email, one.mobile_phone, one.phone) == (
        "ana@harbour.example", "+33 6 12 34 56 78", "+33 4 72 10 48 81",
    )  # fmt: skip
    assert (one.street, one.city, one.postcode, one.country) == ("14 Quay Street", "Lyon", "69001", "France")
    assert (one.website, one.description) == ("https://harbour.example/ana", "Likes ships, and\nharbours")
    assert one.owner_id == alice.id and one.job_title_id is None
    assert {(point.kind, point.use, point.value) for point in hanging.of(ContactPoint, one, alice)} == {
        ("email", "home", "ana@home.example"),
        ("phone", "Quay office", "+33 4 72 10 48 99"),
    }
    assert get(phone, "a.vcf") == APPLE and phone.get("contacts/a.vcf").headers["ETag"] == answer.headers["ETag"]


def test_a_company_that_is_not_there_is_made(phone):
    put(phone, "a.vcf", APPLE)
    company = Partner.get(Partner.name == "Harbour Light")
    assert company.kind == "company" and Contact.get(Contact.name == "Moreau").partner_id == company.id


def test_a_card_of_a_company_becomes_a_customer(phone):
    put(phone, "c.vcf", vcard("N:;;;;", "FN:Quay & Sons", "ORG:Quay & Sons;", "X-ABShowAs:COMPANY"))
    one = Partner.get(Partner.name == "Quay & Sons")
    assert one.kind == "company" and Contact.select().count() == 0


def test_what_the_web_changes_is_patched_and_the_rest_stays(phone, alice):
    """Nothing that a phone wrote is lost by an edit on the web."""
    put(phone, "a.vcf", APPLE)
    one = Contact.get(Contact.name == "Moreau")
    before = phone.get("contacts/a.vcf").headers["ETag"]
    contacts.edit(one, {"name": "Costa", "phone": "+33 4 00 00 00 01", "street": "15 Quay Street"}, alice)
    wanted = APPLE.replace("N:Moreau;", "N:Costa;").replace("FN:Dr. Ana Maria Moreau", "FN:Ana Maria Costa")
    wanted = wanted.replace("VOICE:+33 4 72 10 48 81", "VOICE:+33 4 00 00 00 01").replace("14 Quay", "15 Quay")
    assert get(phone, "a.vcf") == wanted
    assert phone.get("contacts/a.vcf").headers["ETag"] != before
    contacts.edit(one, {"description": "", "email": ""}, alice)
    text = get(phone, "a.vcf")
    assert "NOTE" not in text and "ana@harbour" not in text and "ana@home.example" in text and "BDAY" in text


def test_what_the_phone_does_not_change_stays_in_the_record(phone, alice):
    company = make_partner(alice, "Harbour Light")
    one = make_contact(
        alice, "Moreau", partner=company.id, job_title=choice("job_title", "Project lead").id, language="fr"
    )
    name = f"contact-{one.id}.vcf"
    text = get(phone, name).replace("N:Moreau;", "N:Moreau;Ana").replace("FN:Moreau", "FN:Ana Moreau")
    assert put(phone, name, text.replace("END:", "X-SKYPE:ana\r\nEND:")).status_code == 204
    one = Contact.get_by_id(one.id)
    assert (one.first_name, one.partner_id, one.language, one.job_title.name) == (
        "Ana",
        company.id,
        "fr",
        "Project lead",
    )
    assert "X-SKYPE:ana" in get(phone, name)


def test_numbers_are_changed_in_place_added_and_taken_away(phone, alice):
    one = make_contact(alice, "Moreau", phone="+33 4 72 10 48 81", email="ana@example.com")
    point = hanging.add(ContactPoint, one, {"kind": "mobile", "use": "home", "value": "+33 6 12 34 56 78"}, alice)
    name = f"contact-{one.id}.vcf"
    text = get(phone, name).replace("48 81", "48 82").replace("56 78", "56 79")
    text = text.replace("EMAIL;TYPE=INTERNET,WORK:ana@example.com\r\n", "")
    put(phone, name, text.replace("END:", "EMAIL:ana@new.example\r\nEMAIL:anna@new.example\r\nEND:"))
    one = Contact.get_by_id(one.id)
    assert (one.phone, one.email) == ("+33 4 72 10 48 82", "ana@new.example")
    assert ContactPoint.get_by_id(point.id).value in ("+33 6 12 34 56 79",) or one.mobile_phone
    values = {point.value for point in hanging.of(ContactPoint, one, alice)} | {one.mobile_phone}
    assert values - {""} == {"+33 6 12 34 56 79", "anna@new.example"}


def test_further_addresses_travel_both_ways(phone, alice):
    one = make_contact(alice, "Moreau", street="1 Quay", city="Lyon")
    name = f"contact-{one.id}.vcf"
    put(phone, name, get(phone, name).replace("END:", "ADR;TYPE=HOME:;;2 Hill;Nice;;06000;France\r\nEND:"))
    (place,) = hanging.of(Address, one, alice)
    assert (place.use, place.street, place.city, place.country) == ("home", "2 Hill", "Nice", "France")
    hanging.edit(place, {"street": "3 Hill"}, alice)
    assert "ADR;TYPE=HOME:;;3 Hill;Nice;;06000;France" in get(phone, name)
    put(phone, name, get(phone, name).replace("ADR;TYPE=HOME:;;3 Hill;Nice;;06000;France\r\n", ""))
    assert hanging.of(Address, one, alice) == [] and Contact.get_by_id(one.id).street == "1 Quay"


def test_a_photo_travels_both_ways(phone, alice):
    one = make_contact(alice, "Moreau")
    name = f"contact-{one.id}.vcf"
    photo = base64.b64encode(drawn("red")).decode()
    sent = get(phone, name).replace("END:", f"PHOTO;ENCODING=b;TYPE=PNG:{photo}\r\nEND:")
    put(phone, name, sent)
    assert documents.picture_of(one, alice) and get(phone, name) == sent
    documents.put_picture(one, documents.Sent("p.png", io.BytesIO(drawn("blue"))), 10**6, alice)
    text = get(phone, name)
    assert "PHOTO;ENCODING=b;TYPE=JPEG:" in text and text.count("PHOTO") == 1
    documents.remove_picture(one, alice)
    assert "PHOTO" not in get(phone, name)


def test_a_picture_that_cannot_be_drawn_stays_in_the_card(phone, alice):
    sent = vcard("FN:Ana Moreau", "N:Moreau;Ana;;;", "PHOTO;ENCODING=b;TYPE=TIFF:AAAA")
    assert put(phone, "a.vcf", sent).status_code == 201
    assert get(phone, "a.vcf") == sent
    assert documents.picture_of(Contact.get(Contact.name == "Moreau"), alice) is None


def drawn(colour):
    out = io.BytesIO()
    Image.new("RGB", (40, 40), colour).save(out, "PNG")
    return out.getvalue()


def test_wishes_are_categories(phone, alice):
    one = make_contact(alice, "Moreau", do_not_call=True)
    name = f"contact-{one.id}.vcf"
    assert "CATEGORIES:No calls" in get(phone, name)
    put(phone, name, get(phone, name).replace("CATEGORIES:No calls", "CATEGORIES:Friends,No e-mails"))
    one = Contact.get_by_id(one.id)
    assert (one.do_not_call, one.do_not_email) == (False, True)
    contacts.edit(one, {"do_not_email": False}, alice)
    assert "CATEGORIES:Friends,North\r\n" in get(phone, name)


def test_preconditions(phone, alice):
    assert put(phone, "a.vcf", APPLE, If_Match='"x"').status_code == 412
    etag = put(phone, "a.vcf", APPLE, If_None_Match="*").headers["ETag"]
    assert put(phone, "a.vcf", APPLE, If_None_Match="*").status_code == 412
    changed = APPLE.replace("Anouk", "Nou")
    later = put(phone, "a.vcf", changed, If_Match=etag)
    assert later.status_code == 204 and later.headers["ETag"] != etag
    assert put(phone, "a.vcf", APPLE, If_Match=etag).status_code == 412 and get(phone, "a.vcf") == changed
    contacts.edit(Contact.get(Contact.name == "Moreau"), {"city": "Nice"}, alice)
    assert put(phone, "a.vcf", APPLE, If_Match=later.headers["ETag"]).status_code == 412


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("hello", "valid-address-data"),
        (vcard("FN:Ana", "N:;Ana;;;", version="4.0"), "supported-address-data"),
        (vcard("FN:Ana", version="2.1"), "supported-address-data"),
        (vcard("NOTE:nobody"), "valid-address-data"),
        (vcard("FN:Ana").replace("UID:card-1\r\n", ""), "valid-address-data"),
        (vcard("FN:Ana") * 2, "valid-address-data"),
        (vcard("FN:Ana\x07"), "valid-address-data"),
        (vcard(f"FN:{'A' * 200}", f"N:{'A' * 200};;;;"), "valid-address-data"),
        (vcard("FN:Team", "N:Team;;;;", "X-ADDRESSBOOKSERVER-KIND:group"), "supported-address-data"),
        (vcard("FN:Ana", f"NOTE:{'x' * 1024 * 1024}"), "max-resource-size"),
        (vcard("FN:Ana").encode("utf-16"), "valid-address-data"),
    ],
)
def test_what_is_no_card_is_refused_with_the_reason(phone, text, condition):
    answer = put(phone, "a.vcf", text)
    assert answer.status_code == 403 and condition in answer.text
    assert Contact.select().count() == 0


def test_a_uid_stands_once_in_the_book(phone, alice):
    put(phone, "a.vcf", APPLE)
    answer = put(phone, "b.vcf", APPLE)
    assert answer.status_code == 409 and "no-uid-conflict" in answer.text and "contacts/a.vcf" in answer.text
    assert put(phone, "a.vcf", vcard("FN:Other", uid="other")).status_code == 409
    made = make_contact(alice, "Costa")
    text = get(phone, f"contact-{made.id}.vcf")
    assert put(phone, "copy.vcf", text).status_code == 409


def test_a_rep_deletes_nothing_and_a_manager_into_the_bin(phone, dav_of):
    put(phone, "a.vcf", APPLE)
    refused = phone.delete("contacts/a.vcf")
    assert refused.status_code == 403 and "need-privileges" in refused.text
    carol = dav_of("carol")
    assert carol.delete("contacts/a.vcf", headers={"If-Match": '"old"'}).status_code == 412
    assert carol.delete("contacts/a.vcf").status_code == 204
    assert Contact.get(Contact.name == "Moreau").deleted_at
    assert carol.delete("contacts/").status_code == 403


def test_what_was_deleted_can_be_sent_again_and_both_can_live(phone, dav_of, carol):
    phone = dav_of("carol")
    put(phone, "a.vcf", APPLE)
    old = Contact.get(Contact.name == "Moreau")
    phone.delete("contacts/a.vcf")
    assert put(phone, "a.vcf", APPLE).status_code == 201
    gate.restore(Contact.get_by_id(old.id), carol)
    assert get(phone, "a.vcf") == APPLE
    again = get(phone, f"contact-{old.id}.vcf")
    assert f"UID:{cards.made_uid('contact', old.id, old.created_at)}\r\n" in again and "BDAY" in again
    assert len(phone.changes("contacts/").names) == 3 - (Partner.select().count() == 0)


def test_a_reader_reads_only(dav_of, alice):
    one = make_contact(alice, "Moreau")
    rita = dav_of("rita")
    text = get(rita, f"contact-{one.id}.vcf")
    assert put(rita, f"contact-{one.id}.vcf", text.replace("FN:Moreau", "FN:Costa")).status_code == 403
    assert put(rita, "a.vcf", APPLE).status_code == 403
    assert "D:write" not in rita.changes("contacts/", props="<D:current-user-privilege-set/>").response.text.replace(
        "/D:write", ""
    )


def test_a_stranger_can_neither_change_nor_take_the_name_of_a_card(dav_of, alice):
    one = make_contact(alice, "Moreau")
    put(dav_of("alice"), "a.vcf", APPLE)
    charlie = dav_of("charlie")
    assert put(charlie, f"contact-{one.id}.vcf", vcard("FN:Mine", uid="mine")).status_code == 403
    assert put(charlie, "a.vcf", vcard("FN:Mine", uid="mine")).status_code == 403
    assert Contact.get_by_id(one.id).name == "Moreau"


def test_a_company_that_the_reader_does_not_see_stays_unnamed_and_linked(dav_of, alice, olive):
    hidden = make_partner(olive, "Secret House")
    one = make_contact(alice, "Moreau")
    contacts.edit(one, {"partner": hidden.id}, olive)
    phone, name = dav_of("alice"), f"contact-{one.id}.vcf"
    text = get(phone, name)
    assert "Secret" not in text
    put(phone, name, text.replace("END:", "TEL:+33 4 72 10 48 81\r\nEND:"))
    assert Contact.get_by_id(one.id).partner_id == hidden.id


def test_undo_takes_a_card_back(phone, alice):
    put(phone, "a.vcf", APPLE)
    one = Contact.get(Contact.name == "Moreau")
    put(phone, "a.vcf", APPLE.replace("Moreau", "Costa"))
    entry = next(iter(journal.of_record(one)))
    assert entry.door == "caldav" and Contact.get_by_id(one.id).name == "Costa"
    journal.undo(entry.gesture, alice)
    assert Contact.get_by_id(one.id).name == "Moreau" and "N:Moreau;Ana;Maria;Dr.;" in get(phone, "a.vcf")


def test_a_change_of_what_is_not_known_here_reaches_other_phones(phone, dav_of):
    put(phone, "a.vcf", APPLE)
    other = dav_of("bob")
    token = other.changes("contacts/").token
    put(phone, "a.vcf", APPLE.replace("1985-04-12", "1985-04-13"))
    assert other.changes("contacts/", token).names == ["a.vcf"]
    assert "1985-04-13" in get(other, "a.vcf")


def test_a_card_goes_with_its_record_for_good(phone, carol, dav_of):
    put(phone, "a.vcf", APPLE)
    one = Contact.get(Contact.name == "Moreau")
    gate.remove(one, carol)
    gate.erase(one, carol)
    assert Card.select().count() == 0


def test_a_customer_is_renamed_from_the_phone(phone, alice):
    one = make_partner(alice, "Harbour Light")
    name = f"partner-{one.id}.vcf"
    put(phone, name, get(phone, name).replace("Harbour Light", "Harbour Dark"))
    assert Partner.get_by_id(one.id).name == "Harbour Dark"
    partners.edit(Partner.get_by_id(one.id), {"name": "Harbour Dusk"}, alice)
    assert "N:Harbour Dusk;" in get(phone, name) and "ORG:Harbour Dusk" in get(phone, name)


def test_a_card_is_moved_nowhere(phone):
    put(phone, "a.vcf", APPLE)
    to = f"{phone.server.url}/dav/{phone.slug}/events/a.vcf"
    assert phone.request("MOVE", "contacts/a.vcf", headers={"Destination": to}).status_code == 403
