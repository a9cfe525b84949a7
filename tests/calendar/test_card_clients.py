"""Address books of real programs against the real server, requests as phones send them, and cards turned upside down."""

import random
import threading

from crmlite.models.contacts import Contact
from crmlite.rules import contacts
from tests.calendar.conftest import Answer
from tests.calendar.programs import Folder
from tests.calendar.test_card_writes import APPLE, get, put, vcard
from tests.make import make_contact

# As iOS asks when an account is set up, and then for what is new.
IOS_HOME = """<?xml version="1.0" encoding="UTF-8"?>
<A:propfind xmlns:A="DAV:"><A:prop><A:current-user-principal/><A:principal-URL/><A:resourcetype/></A:prop></A:propfind>"""
IOS_BOOKS = """<?xml version="1.0" encoding="UTF-8"?>
<A:propfind xmlns:A="DAV:"><A:prop><A:add-member/><C:bulk-requests xmlns:C="http://me.com/_namespace/"/>
<A:current-user-privilege-set/><A:displayname/><B:max-image-size xmlns:B="urn:ietf:params:xml:ns:carddav"/>
<B:max-resource-size xmlns:B="urn:ietf:params:xml:ns:carddav"/><C:me-card xmlns:C="http://calendarserver.org/ns/"/>
<A:owner/><C:push-transports xmlns:C="http://calendarserver.org/ns/"/><A:quota-available-bytes/><A:resource-id/>
<A:resourcetype/><A:supported-report-set/><A:sync-token/></A:prop></A:propfind>"""
IOS_SYNC = """<?xml version="1.0" encoding="UTF-8"?>
<A:sync-collection xmlns:A="DAV:"><A:sync-token>{}</A:sync-token><A:sync-level>1</A:sync-level><A:prop><A:getetag/>
</A:prop></A:sync-collection>"""
IOS_GET = """<?xml version="1.0" encoding="UTF-8"?>
<B:addressbook-multiget xmlns:B="urn:ietf:params:xml:ns:carddav"><A:prop xmlns:A="DAV:"><A:getetag/><B:address-data/>
</A:prop><A:href xmlns:A="DAV:">{}</A:href></B:addressbook-multiget>"""
# As DAVx5 asks for the cards of a book that it has just found.
DAVX5_GET = """<?xml version='1.0' encoding='UTF-8' ?><addressbook-multiget xmlns="urn:ietf:params:xml:ns:carddav"
xmlns:D="DAV:"><D:prop><D:getcontenttype/><D:getetag/><address-data content-type="text/vcard" version="3.0"/></D:prop>
<D:href>{}</D:href></addressbook-multiget>"""
# As Thunderbird looks for books, and as it lists one that offers no sync.
BIRD_BOOKS = """<propfind xmlns="DAV:" xmlns:card="urn:ietf:params:xml:ns:carddav" xmlns:cs="http://calendarserver.org/ns/">
<prop><resourcetype/><displayname/><current-user-privilege-set/><card:supported-address-data/><cs:getctag/></prop>
</propfind>"""


def test_ios_sets_up_syncs_and_edits(phone, alice):
    make_contact(alice, "Moreau", phone="+33 4 72 10 48 81")
    assert phone.slug in phone.request("PROPFIND", "/dav/", data=IOS_HOME, headers={"Depth": "0"}).text
    books = Answer(phone.request("PROPFIND", "", data=IOS_BOOKS, headers={"Depth": "1"}))
    book = next(one for one in books.found if one.href.endswith("/contacts/"))
    assert "{urn:ietf:params:xml:ns:carddav}max-image-size" in book.missing and book.text("D:sync-token")
    first = phone.report("contacts/", IOS_SYNC.format(""))
    (name,) = first.names
    text = phone.report("contacts/", IOS_GET.format(f"/dav/{phone.slug}/contacts/{name}")).found[0]
    changed = text.text("CR:address-data").replace("48 81", "48 82")
    assert put(phone, name, changed, If_Match=text.text("D:getetag")).status_code == 204
    assert Contact.get().phone == "+33 4 72 10 48 82"
    assert phone.report("contacts/", IOS_SYNC.format(first.token)).names == [name]
    patch = '<A:propertyupdate xmlns:A="DAV:"><A:set><A:prop><C:me-card xmlns:C="http://calendarserver.org/ns/"/>'
    answer = phone.request("PROPPATCH", "contacts/", data=f"{patch}</A:prop></A:set></A:propertyupdate>")
    assert answer.status_code in (207, 403)


def test_davx5_and_thunderbird_find_and_fetch(phone, alice):
    one = make_contact(alice, "Moreau")
    href = f"/dav/{phone.slug}/contacts/contact-{one.id}.vcf"
    (found,) = phone.report("contacts/", DAVX5_GET.format(href)).found
    assert "FN:Moreau" in found.text("CR:address-data") and found.text("D:getcontenttype").startswith("text/vcard")
    books = Answer(phone.request("PROPFIND", "", data=BIRD_BOOKS, headers={"Depth": "1"}))
    book = next(one for one in books.found if one.href.endswith("/contacts/"))
    assert book.text("CS:getctag") and book.text("D:displayname") == "Contacts and customers"


def test_vdirsyncer_syncs_both_ways(phone, alice, tmp_path):
    one = make_contact(alice, "Moreau", first_name="Ana")
    program = Folder(phone, tmp_path, "carddav", 'conflict_resolution = "b wins"')
    folder = program.sync() / "contacts"
    (local,) = folder.glob("*.vcf")
    local.write_bytes(local.read_bytes().replace(b"END:VCARD", b"X-SKYPE:ana\r\nTEL:+33 4 72 10 48 81\r\nEND:VCARD"))
    (folder / "new.vcf").write_bytes(APPLE.encode())
    program.sync()
    assert Contact.get_by_id(one.id).phone == "+33 4 72 10 48 81"
    assert Contact.get(Contact.first_name == "Ana Maria").email == "ana@harbour.example"
    contacts.edit(Contact.get_by_id(one.id), {"city": "Lyon"}, alice)
    program.sync()
    assert b"Lyon" in local.read_bytes() and b"X-SKYPE:ana" in local.read_bytes()
    contacts.edit(Contact.get_by_id(one.id), {"city": "Nice"}, alice)
    local.write_bytes(local.read_bytes().replace(b"X-SKYPE:ana", b"X-SKYPE:anna"))
    program.sync()
    assert b"Nice" in local.read_bytes() and Contact.get_by_id(one.id).city == "Nice"
    assert Contact.select().count() == 2


def test_of_writers_at_once_one_wins(phone, alice):
    etag = put(phone, "a.vcf", APPLE).headers["ETag"]
    said: list[int] = []

    def write(number: int) -> None:
        with_note = APPLE.replace("Anouk", f"Anouk {number}")
        said.append(put(phone, "a.vcf", with_note, If_Match=etag).status_code)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for one in writers:
        one.start()
    for one in writers:
        one.join(20)
    assert sorted(said) == [204, 412, 412, 412]


def test_cards_turned_upside_down_are_kept_or_refused(phone, alice):
    """Never an error of the server, and what was taken comes back byte for byte, also beside an edit on the web."""
    chance = random.Random(20261124)
    known = ["\\", ";", ",", '"', ":", "=", "\r\n ", "\r\n", "é", "日本", "\\n", "\x01", "BEGIN:VCARD\r\n", "item1."]
    kept = 0
    for number in range(60):
        text = APPLE.replace("7D0F3C1E", f"{number:08d}")
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(text))
            cut = chance.choice((0, 1, 1, 7))
            text = text[:at] + chance.choice(known) + text[at + cut :]
        answer = put(phone, f"f{number}.vcf", text)
        assert answer.status_code in (201, 403, 409), (answer.status_code, text)
        if answer.status_code == 201:
            kept += 1
            assert get(phone, f"f{number}.vcf") == text
            one = Contact.select().order_by(Contact.id.desc()).first()
            if one:
                contacts.edit(one, {"fax": "+33 4 72 10 48 00"}, alice)
                assert phone.get(f"contacts/f{number}.vcf").status_code == 200
    assert kept > 10 and phone.changes("contacts/", props="<D:getetag/><CR:address-data/>").status == 207


def test_a_line_that_nobody_asked_for_is_never_touched(phone, alice):
    put(phone, "a.vcf", vcard("FN:Ana Moreau", "N:Moreau;Ana;;;", 'x-Odd;A=b;type="q;r":  kept  \\; as is'))
    contacts.edit(Contact.get(), {"phone": "+33 4 72 10 48 81", "description": "Hello"}, alice)
    text = get(phone, "a.vcf")
    assert 'x-Odd;A=b;type="q;r":  kept  \\; as is\r\n' in text and "NOTE:Hello" in text
