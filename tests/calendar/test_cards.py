"""The address book: discovery, reading, syncing (RFC 6352, RFC 6578), over the real server."""

import pytest

from crmlite.rules import cards, contacts, devices, gate, partners, settings
from tests import people
from tests.calendar.conftest import SPACES, Answer, long
from tests.conftest import counted_queries
from tests.make import make_contact, make_partner


def ask(phone, path, *props, depth="0"):
    wanted = "".join(f"<{prop}/>" for prop in props)
    body = f"<D:propfind {SPACES}><D:prop>{wanted}</D:prop></D:propfind>"
    return Answer(phone.request("PROPFIND", path, data=body, headers={"Depth": depth}))


def query(phone, inside, props="<D:getetag/><CR:address-data/>", more=""):
    return phone.report(
        "contacts/",
        f"<CR:addressbook-query {SPACES}><D:prop>{props}</D:prop>{inside}{more}</CR:addressbook-query>",
    )


def multiget(phone, *hrefs, props="<D:getetag/><CR:address-data/>"):
    inside = "".join(f"<D:href>{href}</D:href>" for href in hrefs)
    return phone.report(
        "contacts/",
        f"<CR:addressbook-multiget {SPACES}><D:prop>{props}</D:prop>{inside}</CR:addressbook-multiget>",
    )


def test_the_book_is_found_from_the_bare_host(phone):
    assert phone.request("PROPFIND", "/.well-known/carddav").headers["Location"] == "/dav/"
    assert "addressbook" in phone.request("OPTIONS", "/dav/").headers["DAV"]
    home = ask(phone, "", "CR:addressbook-home-set").found[0].props[long("CR:addressbook-home-set")]
    assert home[0].text == f"/dav/{phone.slug}/"
    books = [
        one.href for one in ask(phone, "", "D:resourcetype", depth="1").found
        if one.props[long("D:resourcetype")].find(long("CR:addressbook")) is not None
    ]  # fmt: skip
    assert books == [f"/dav/{phone.slug}/contacts/"]


def test_the_book_says_what_it_takes(phone):
    (book,) = ask(
        phone, "contacts/", "CR:supported-address-data", "CR:max-resource-size", "D:displayname", "D:sync-token",
        "CS:getctag", "D:supported-report-set", "D:current-user-privilege-set",
    ).found  # fmt: skip
    versions = [one.get("version") for one in book.props[long("CR:supported-address-data")]]
    assert versions == ["3.0"]
    assert book.text("CR:max-resource-size") == str(1024 * 1024)
    assert book.text("D:sync-token").startswith("urn:crmlite:book:")
    reports = {one[0][0].tag for one in book.props[long("D:supported-report-set")]}
    assert reports >= {long("CR:addressbook-query"), long("CR:addressbook-multiget"), long("D:sync-collection")}
    assert long("D:write-content") in {one[0].tag for one in book.props[long("D:current-user-privilege-set")]}


def test_contacts_and_customers_are_cards(phone, alice):
    company = make_partner(alice, "Harbour Light", email="office@harbour.example")
    contact = make_contact(alice, "Moreau", first_name="Ana", partner=company.id, phone="+33 4 72 10 48 81")
    listed = ask(phone, "contacts/", "D:getetag", "D:getcontenttype", depth="1")
    assert sorted(listed.names) == [f"contact-{contact.id}.vcf", "contacts", f"partner-{company.id}.vcf"]
    text = phone.get(f"contacts/contact-{contact.id}.vcf").text
    assert "FN:Ana Moreau\r\n" in text and "ORG:Harbour Light\r\n" in text
    assert "TEL;TYPE=WORK,VOICE:+33 4 72 10 48 81\r\n" in text
    assert "X-ABSHOWAS:COMPANY" in phone.get(f"contacts/partner-{company.id}.vcf").text


def test_get_and_multiget_tell_the_same_etag_and_text(phone, alice):
    contact = make_contact(alice, "Moreau")
    name = f"contact-{contact.id}.vcf"
    got = phone.get(f"contacts/{name}")
    answer = multiget(phone, f"/dav/{phone.slug}/contacts/{name}", f"/dav/{phone.slug}/contacts/none.vcf", "/x/y.vcf")
    (one,) = [found for found in answer.found if "404" not in found.status]
    assert (one.text("D:getetag"), one.text("CR:address-data")) == (got.headers["ETag"], got.text)
    assert answer.gone == ["none.vcf", "y.vcf"]
    assert phone.get(f"contacts/{name}", headers={"If-None-Match": got.headers["ETag"]}).status_code == 304
    assert got.headers["Content-Type"].startswith("text/vcard")


def test_a_query_finds_by_name_and_e_mail(phone, alice):
    make_contact(alice, "Moreau", first_name="Ána", email="ana@example.com")
    make_contact(alice, "Costa", email="rui@example.org")

    def names(filter_, **options):
        return [found.props[long("CR:address-data")].text.split("FN:")[1].split("\r\n")[0]
                for found in query(phone, filter_, **options).found if "507" not in found.status]  # fmt: skip

    fn = '<CR:prop-filter name="FN"><CR:text-match {}>{}</CR:text-match></CR:prop-filter>'
    assert names(f"<CR:filter>{fn.format('', 'MOR')}</CR:filter>") == ["Ána Moreau"]
    assert names(f"<CR:filter>{fn.format('', 'nobody')}</CR:filter>") == []
    other = fn.format('match-type="ends-with" negate-condition="yes"', "costa")
    assert names(f"<CR:filter>{other}</CR:filter>") == ["Ána Moreau"]
    both = fn.format("", "moreau") + '<CR:prop-filter name="EMAIL"><CR:text-match>.org</CR:text-match></CR:prop-filter>'
    assert len(names(f"<CR:filter>{both}</CR:filter>")) == 2
    assert names(f'<CR:filter test="allof">{both}</CR:filter>') == []
    assert names('<CR:filter><CR:prop-filter name="TEL"/></CR:filter>') == []
    missing = '<CR:filter><CR:prop-filter name="TEL"><CR:is-not-defined/></CR:prop-filter></CR:filter>'
    assert len(names(missing)) == 2
    cut = query(phone, missing, more="<CR:limit><CR:nresults>1</CR:nresults></CR:limit>")
    assert [found.status for found in cut.found if found.status] == ["HTTP/1.1 507 Insufficient Storage"]


def test_a_query_may_ask_for_some_properties_only(phone, alice):
    make_contact(alice, "Moreau", email="ana@example.com")
    wanted = '<CR:address-data><CR:prop name="FN"/></CR:address-data>'
    (one,) = query(phone, '<CR:filter><CR:prop-filter name="FN"/></CR:filter>', props=wanted).found
    assert one.text("CR:address-data") == "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Moreau\r\nEND:VCARD\r\n"


@pytest.mark.parametrize(
    ("inside", "condition"),
    [
        ('<CR:filter><CR:prop-filter name="FN"><CR:text-match collation="i;klingon">x</CR:text-match></CR:prop-filter>'
         "</CR:filter>", "supported-collation"),
        ('<CR:filter><CR:comp-filter name="X"/></CR:filter>', "supported-filter"),
        ("<CR:filter><CR:prop-filter/></CR:filter>", "valid-filter"),
    ],
)  # fmt: skip
def test_a_filter_that_is_not_understood_is_refused(phone, inside, condition):
    answer = query(phone, inside)
    assert answer.status == 403 and condition in answer.response.text


def test_version_4_is_not_promised(phone):
    answer = query(phone, "", props='<CR:address-data content-type="text/vcard" version="4.0"/>')
    assert answer.status == 403 and "supported-address-data" in answer.response.text


def test_a_sync_tells_what_changed_and_what_left(phone, alice, carol):
    first, second = make_contact(alice, "Moreau"), make_contact(alice, "Costa")
    answer = phone.changes("contacts/")
    assert len(answer.names) == 2
    assert phone.changes("contacts/", answer.token).found == []
    contacts.edit(first, {"phone": "+33 4 72 10 48 81"}, alice)
    gate.remove(second, carol)
    third = make_contact(alice, "Novak")
    later = phone.changes("contacts/", answer.token)
    assert sorted(later.names) == [f"contact-{first.id}.vcf", f"contact-{third.id}.vcf"]
    assert later.gone == [f"contact-{second.id}.vcf"]
    gate.restore(second, carol)
    assert phone.changes("contacts/", later.token).names == [f"contact-{second.id}.vcf"]


def test_a_company_called_otherwise_reaches_its_people(phone, alice):
    company = make_partner(alice, "Harbour Light")
    contact = make_contact(alice, "Moreau", partner=company.id)
    answer = phone.changes("contacts/")
    partners.edit(company, {"name": "Harbour Dark"}, alice)
    assert sorted(phone.changes("contacts/", answer.token).names) == [
        f"contact-{contact.id}.vcf", f"partner-{company.id}.vcf",
    ]  # fmt: skip
    assert "ORG:Harbour Dark" in phone.get(f"contacts/contact-{contact.id}.vcf").text


def test_what_is_handed_on_leaves_the_phone_and_strangers_hear_nothing(phone, dav_of, alice, olive):
    charlie = dav_of("charlie")
    contact = make_contact(alice, "Moreau")
    hers, his = phone.changes("contacts/").token, charlie.changes("contacts/").token
    contacts.edit(contact, {"phone": "+33 4 72 10 48 81"}, alice)
    assert charlie.changes("contacts/", his).found == []
    contacts.edit(contact, {"owner": people.user("charlie").id, "team": None}, olive)
    assert phone.changes("contacts/", hers).gone == [f"contact-{contact.id}.vcf"]
    assert charlie.changes("contacts/", his).names == [f"contact-{contact.id}.vcf"]


def test_charlie_sees_nothing(dav_of, alice):
    contact = make_contact(alice, "Moreau")
    charlie = dav_of("charlie")
    assert ask(charlie, "contacts/", "D:getetag", depth="1").names == ["contacts"]
    assert charlie.get(f"contacts/contact-{contact.id}.vcf").status_code == 404
    assert charlie.delete(f"contacts/contact-{contact.id}.vcf").status_code == 404
    assert multiget(charlie, f"/dav/{charlie.slug}/contacts/contact-{contact.id}.vcf").gone
    assert query(charlie, "").found == []


def test_other_rules_of_sight_begin_the_book_anew(phone, alice, olive):
    token = phone.changes("contacts/").token
    settings.set_visibility({"rep": {"contact": "own"}}, olive)
    refused = phone.changes("contacts/", token)
    assert refused.status == 403 and refused.condition == "D:valid-sync-token"


def test_a_record_deleted_for_good_begins_the_book_anew(phone, alice, carol):
    contact = make_contact(alice, "Moreau")
    token = phone.changes("contacts/").token
    gate.remove(contact, carol)
    gate.erase(contact, carol)
    assert phone.changes("contacts/", token).condition == "D:valid-sync-token"


@pytest.mark.parametrize("token", ["urn:crmlite:book:x:1", "nonsense", "urn:crmlite:book:", "http://x/ns/sync/1"])
def test_a_strange_token_is_refused(phone, token):
    assert phone.changes("contacts/", token).condition == "D:valid-sync-token"


def test_a_sync_without_news_does_not_ask_more_of_a_large_book(phone, alice):
    for number in range(30):
        make_contact(alice, f"Moreau {number}")
    token = cards.token(alice)
    with counted_queries() as queries:
        assert cards.changes(token, alice).written == []
    assert len(queries) <= 6 and not any("contacts" in one for one in queries)


def test_the_scope_of_a_device_opens_calendars_or_contacts(dav_of, alice):
    make_contact(alice, "Moreau")
    phone = dav_of("alice")
    for scope, sees in (("calendar", {"events", "tasks"}), ("contacts", {"contacts"})):
        _, password = devices.add_device(people.user("alice"), scope, alice, scope)
        phone.auth = (people.email("alice"), password)
        names = set(ask(phone, "", "D:resourcetype", depth="1").names) - {phone.slug}
        assert (names & {"events", "tasks", "contacts"}) == sees
        closed = "events/" if scope == "contacts" else "contacts/"
        assert phone.request("PROPFIND", closed, headers={"Depth": "0"}).status_code in (403, 404)
        assert phone.put(f"{closed}x", data="x").status_code == 403
