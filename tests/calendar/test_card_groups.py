"""Groups of the address book, as iPhone and Mac know them: each team and each category of customers, read only."""

import re

import pytest

from crmlite.models.choices import Choice
from crmlite.models.contacts import Contact
from crmlite.models.journal import Entry
from crmlite.models.partners import Partner
from crmlite.models.teams import Team
from crmlite.rules import choices, contacts, gate, partners, settings
from crmlite.rules.access import system
from crmlite.vcf.lines import parse
from tests import people
from tests.calendar.test_card_clients import IOS_GET, IOS_SYNC
from tests.calendar.test_card_writes import APPLE, get, put, vcard
from tests.conftest import counted_queries
from tests.make import make_contact, make_partner

IPHONE = "iOS/17.5.1 (21F90) dataaccessd/1.0"
MAC = "macOS/14.5 (23F79) AddressBookCore/2664.5"
OTHERS = (
    "DAVx5/4.4.1-ose (2024/06; dav4jvm; okhttp/4.12.0) Android/14",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:128.0) Gecko/20100101 Thunderbird/128.0",
    "vdirsyncer/0.21.0",
    "",
)


@pytest.fixture
def iphone(phone):
    phone.headers["User-Agent"] = IPHONE
    return phone


def category(name: str = "VIP") -> Choice:
    """One of the categories of customers."""
    found = Choice.select().where(Choice.kind == "partner_category").order_by(Choice.id).first()
    return gate.change(found, {"name": name}, system("cli"))


def group_of(kind: str, one) -> str:
    return f"group-{kind}-{one.id}.vcf"


def north() -> str:
    return group_of("team", Team.get(Team.name == "North"))


def south() -> str:
    return group_of("team", Team.get(Team.name == "South"))


def uid(device, name: str) -> str:
    return parse(get(device, name)).text("UID")


def held(device, name: str) -> set[str]:
    """UIDs of the cards in a group."""
    return {line.value.removeprefix("urn:uuid:") for line in parse(get(device, name)).all("X-ADDRESSBOOKSERVER-MEMBER")}


def test_a_team_is_a_group_of_its_cards(iphone, alice):
    contact, partner = make_contact(alice, "Moreau"), make_partner(alice, "Harbour Light")
    names = (f"contact-{contact.id}.vcf", f"partner-{partner.id}.vcf")
    text = get(iphone, north())
    for line in ("N:North;;;;", "FN:North", "X-ADDRESSBOOKSERVER-KIND:group", "VERSION:3.0"):
        assert f"\r\n{line}\r\n" in text
    assert held(iphone, north()) == {uid(iphone, name) for name in names}
    listed = iphone.report("contacts/", IOS_SYNC.format(""))
    assert {north(), *names} <= set(listed.names)
    (found,) = iphone.report("contacts/", IOS_GET.format(f"/dav/{iphone.slug}/contacts/{north()}")).found
    assert found.text("CR:address-data") == text
    assert found.text("D:getetag") == iphone.get(f"contacts/{north()}").headers["ETag"]


def test_a_category_is_a_group_of_its_customers_and_of_their_people(iphone, alice):
    vip = category()
    company, other = make_partner(alice, "Harbour Light", category=vip.id), make_partner(alice, "Quiet")
    person = make_contact(alice, "Moreau", partner=company.id)
    make_contact(alice, "Costa", partner=other.id)
    expected = {uid(iphone, f"partner-{company.id}.vcf"), uid(iphone, f"contact-{person.id}.vcf")}
    assert held(iphone, group_of("choice", vip)) == expected
    assert "CATEGORIES:VIP,North" in get(iphone, f"contact-{person.id}.vcf")


def test_a_card_that_a_phone_sent_is_in_the_group_under_its_own_uid(iphone):
    put(iphone, "a.vcf", APPLE)
    assert parse(APPLE).text("UID") in held(iphone, north())


@pytest.mark.parametrize("agent", OTHERS)
def test_programs_that_would_show_a_group_as_a_person_get_categories_instead(phone, alice, agent):
    phone.headers["User-Agent"] = agent
    company = make_partner(alice, "Harbour Light", category=category().id)
    assert not [name for name in phone.ask("contacts/", "D:getetag", depth="1").names if "group" in name]
    assert not [name for name in phone.report("contacts/", IOS_SYNC.format("")).names if "group" in name]
    assert phone.get(f"contacts/{north()}").status_code == 404
    assert "CATEGORIES:VIP,North\r\n" in get(phone, f"partner-{company.id}.vcf")


@pytest.mark.parametrize("agent", [IPHONE, MAC, "Mac OS X/10.15.7 (19H2) AddressBookCore/2452.2"])
def test_apples_programs_get_them(phone, agent):
    phone.headers["User-Agent"] = agent
    assert north() in phone.ask("contacts/", "D:getetag", depth="1").names


def test_a_sync_tells_a_group_whose_cards_are_others_now(iphone, alice, carol):
    vip = category()
    company = make_partner(alice, "Harbour Light")
    person = make_contact(alice, "Moreau", partner=company.id)
    token, steps = iphone.report("contacts/", IOS_SYNC.format("")).token, []
    steps.append(lambda: partners.edit(Partner.get_by_id(company.id), {"category": vip.id}, alice))
    steps.append(lambda: partners.edit(Partner.get_by_id(company.id), {"category": None}, alice))
    steps.append(lambda: contacts.edit(Contact.get_by_id(person.id), {"partner": None}, alice))
    steps.append(lambda: gate.remove(Contact.get_by_id(person.id), carol))
    steps.append(lambda: gate.restore(Contact.get_by_id(person.id), carol))
    sizes = []
    for step in steps:
        step()
        told = iphone.report("contacts/", IOS_SYNC.format(token))
        assert {north(), group_of("choice", vip)} <= set(told.names)
        token = told.token
        sizes.append((len(held(iphone, north())), len(held(iphone, group_of("choice", vip)))))
    assert sizes == [(2, 2), (2, 0), (2, 0), (1, 0), (2, 0)]


def test_the_etag_of_a_group_changes_with_its_cards_alone(iphone, alice):
    one = make_contact(alice, "Moreau")
    before = iphone.get(f"contacts/{north()}").headers["ETag"]
    token = iphone.report("contacts/", IOS_SYNC.format("")).token
    contacts.edit(one, {"city": "Lyon"}, alice)
    assert iphone.report("contacts/", IOS_SYNC.format(token)).names == [f"contact-{one.id}.vcf"]
    assert iphone.get(f"contacts/{north()}").headers["ETag"] == before
    make_contact(alice, "Costa")
    assert iphone.get(f"contacts/{north()}").headers["ETag"] != before


def test_what_one_may_not_see_is_in_no_group(dav_of, alice, olive):
    hidden = make_contact(olive, "Secret", owner=people.user("charlie").id, team=Team.get(Team.name == "South").id)
    mine, all_seeing = dav_of("alice"), dav_of("olive")
    for device in (mine, all_seeing):
        device.headers["User-Agent"] = IPHONE
    assert mine.get(f"contacts/{south()}").status_code == 404
    told = mine.report("contacts/", IOS_SYNC.format("")).names
    assert north() in told and south() not in told
    assert held(all_seeing, south()) == {uid(all_seeing, f"contact-{hidden.id}.vcf")}
    vip = category()
    partners.edit(make_partner(olive, "Deep", owner=people.user("charlie").id, team=None), {"category": vip.id}, olive)
    assert held(mine, group_of("choice", vip)) == set()


def test_groups_called_otherwise_new_or_retired_begin_the_book_anew(iphone, alice, carol, olive):
    vip = category()
    steps = [
        lambda: gate.change(vip, {"name": "Best"}, carol),
        lambda: gate.change(Team.get(Team.name == "North"), {"name": "Far North"}, olive),
        lambda: choices.add("partner_category", {"name": "Dealers"}, carol),
        lambda: gate.change(vip, {"retired": True}, carol),
        lambda: settings.set_visibility({"rep": {"contact": "all", "partner": "all"}}, olive),
    ]
    for step in steps:
        token = iphone.report("contacts/", IOS_SYNC.format("")).token
        step()
        assert iphone.report("contacts/", IOS_SYNC.format(token)).condition == "D:valid-sync-token"
    names = iphone.report("contacts/", IOS_SYNC.format("")).names
    assert group_of("choice", vip) not in names
    assert "FN:Far North" in get(iphone, group_of("team", Team.get(Team.name == "Far North")))


def test_a_token_of_a_program_with_groups_is_none_of_one_without(phone):
    phone.headers["User-Agent"] = IPHONE
    token = phone.report("contacts/", IOS_SYNC.format("")).token
    phone.headers["User-Agent"] = OTHERS[0]
    assert phone.report("contacts/", IOS_SYNC.format(token)).condition == "D:valid-sync-token"


def test_a_group_that_a_phone_changes_or_deletes_stays_and_the_phone_is_told_why(iphone, alice):
    make_contact(alice, "Moreau")
    before, last = get(iphone, north()), Entry.select().order_by(Entry.id.desc()).first().id
    emptied = re.sub(r"X-ADDRESSBOOKSERVER-MEMBER:.*\r\n", "", before)
    person = vcard("N:Moreau;Ana;;;", "FN:Ana Moreau", uid="other")
    for text in (emptied, before.replace("North", "Friends"), person):
        answer = put(iphone, north(), text, If_Match=iphone.get(f"contacts/{north()}").headers["ETag"])
        assert answer.status_code == 403
        assert "need-privileges" in answer.text and "follows from the teams and categories" in answer.text
    answer = iphone.delete(f"contacts/{north()}")
    assert answer.status_code == 403 and "follows from the teams and categories" in answer.text
    assert get(iphone, north()) == before
    assert Entry.select().order_by(Entry.id.desc()).first().id == last


def test_a_group_made_on_a_phone_is_refused_with_the_reason(iphone):
    text = vcard("N:Friends", "FN:Friends", "X-ADDRESSBOOKSERVER-KIND:group", uid="friends")
    answer = put(iphone, "friends.vcf", text)
    assert answer.status_code == 403 and "supported-address-data" in answer.text
    assert "each team and each category of customers is one already" in answer.text


def test_no_program_may_write_under_the_name_of_a_group(phone):
    assert put(phone, north(), vcard("N:Moreau;Ana;;;", "FN:Ana Moreau")).status_code == 403
    assert not Contact.select().exists()


def test_a_group_says_that_it_is_read_only(iphone, alice):
    one = make_contact(alice, "Moreau")
    found = iphone.ask("contacts/", "D:current-user-privilege-set", depth="1").found
    rights = {
        item.href.rsplit("/", 1)[1]: {part[0].tag.rpartition("}")[2] for part in prop}
        for item in found
        for prop in item.props.values()
    }
    assert rights[north()] == {"read"}
    assert "write-content" in rights[f"contact-{one.id}.vcf"]


def test_who_leaves_a_group_on_an_android_phone_changes_nothing_here(phone, alice):
    one = make_contact(alice, "Moreau")
    name = f"contact-{one.id}.vcf"
    text = get(phone, name)
    assert "CATEGORIES:North\r\n" in text
    assert put(phone, name, text.replace("CATEGORIES:North\r\n", "CATEGORIES:Golf\r\n")).status_code == 204
    fresh = Contact.get_by_id(one.id)
    assert (fresh.team_id, fresh.do_not_call) == (one.team_id, False)
    assert "CATEGORIES:Golf\r\n" in get(phone, name)


def test_a_larger_book_asks_for_no_more_to_tell_its_groups(iphone, alice):
    def queries() -> int:
        with counted_queries() as seen:
            iphone.report("contacts/", IOS_SYNC.format(""))
        return len(seen)

    make_contact(alice, "Moreau", partner=make_partner(alice).id)
    queries()  # the first one fills caches
    few = queries()
    for number in range(12):
        make_contact(alice, f"Person {number}", partner=make_partner(alice, f"Company {number}").id)
    assert queries() == few
