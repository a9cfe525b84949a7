"""Further phones and e-mails count wherever the main ones do."""

import time

import pytest

from crmlite.models.calendars import Calendar
from crmlite.models.contact_points import ContactPoint
from crmlite.models.contacts import Contact
from crmlite.models.events import Attendee
from crmlite.models.leads import Lead
from crmlite.models.partners import Partner
from crmlite.rules import duplicates, events, hanging, journal, matches, merges, similar_duplicates
from crmlite.rules.access import visible
from tests.conftest import counted_queries
from tests.make import make_contact, make_lead, make_partner

INVITATION = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VEVENT
UID:visit
DTSTAMP:20261101T080000Z
SUMMARY:Visit
DTSTART:20261123T100000Z
DURATION:PT1H
ATTENDEE;CN=Ana:mailto:Ana@Home.example
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")


@pytest.fixture(autouse=True)
def nothing_remembered():
    """PostgreSQL begins each test anew under the same name and numbers."""
    similar_duplicates._known.clear()


def further(record, by, *values, kind=""):
    for value in values:
        word = kind or ("email" if "@" in value else "phone")
        hanging.add(ContactPoint, record, {"kind": word, "value": value}, by)
    return record


def groups(model, names, by, **more):
    return [[record.id for record in group.records] for group in duplicates.page(model, names, by, **more).groups]


@pytest.mark.parametrize("similar", [False, True])
@pytest.mark.parametrize(
    ("field", "main", "typed"),
    [("email", {"email": "ana@home.example"}, "Ana@Home.example"),
     ("phone", {"mobile_phone": "+351 22 123 45 67"}, "22-123.4567")],
)  # fmt: skip
def test_the_check_of_duplicates_compares_them(alice, field, main, typed, similar):
    one = make_contact(alice, "One", **main)
    two = further(make_contact(alice, "Two", email="two@work.example", phone="+351 99 999 99 99"), alice, typed)
    three = further(make_contact(alice, "Three"), alice, typed)
    make_contact(alice, "Four")
    found = duplicates.page(Contact, [field], alice, similar=similar).groups
    assert [[record.id for record in group.records] for group in found] == [[one.id, two.id, three.id]]
    assert list(found[0].shared) == [field] and found[0].shared[field] == next(iter(main.values()))


def test_a_removed_one_and_one_of_another_kind_do_not_count(alice):
    make_contact(alice, "One", email="ana@home.example", phone="0221 55 66 77")
    two = further(make_contact(alice, "Two"), alice, "ana@home.example")
    hanging.remove(hanging.of(ContactPoint, two, alice)[0], alice)
    further(make_partner(alice, "Three"), alice, "ana@home.example")
    assert groups(Contact, ["email"], alice) == groups(Contact, ["email"], alice, similar=True) == []


def test_all_ticked_fields_must_be_the_same_with_further_ones_too(alice):
    one = further(make_lead(alice, "Costa", email="a@x.example"), alice, "0221 55 66 77")
    two = further(make_lead(alice, "Costa", phone="0221 55 66 77"), alice, "a@x.example")
    make_lead(alice, "Costa", phone="0221 55 66 77")
    make_lead(alice, "Costa")
    assert groups(Lead, ["name", "email", "phone"], alice) == [[one.id, two.id]]


def test_who_has_a_further_phone_only_is_not_taken_for_one_without(alice):
    make_lead(alice, "Costa")
    further(make_lead(alice, "Costa"), alice, "0221 55 66 77")
    assert groups(Lead, ["name", "phone"], alice) == []


def test_two_of_one_record_are_no_group(alice):
    further(make_lead(alice, email="a@x.example", phone="0221 55 66 77"), alice, "a@x.example", "+49 221 55 66 77")
    assert groups(Lead, ["email"], alice) == groups(Lead, ["phone"], alice) == []


@pytest.mark.parametrize("typed", [{"email": "ANA@home.example"}, {"phone": "+351 22 123 45 67"}])
def test_the_hint_while_typing_knows_them(alice, typed):
    known = further(make_lead(alice, "Costa"), alice, "ana@home.example", "22-123.4567")
    draft = Lead(name="Somebody", **typed)
    draft.prepare()
    why = matches.EMAIL if "email" in typed else matches.PHONE
    assert [(match.record.id, match.why) for match in matches.lookalikes(draft, alice)] == [(known.id, why)]


def test_conversion_offers_who_shares_one_with_the_lead(alice):
    lead = further(make_lead(alice, "Costa"), alice, "ana@home.example", "0221 55 66 77")
    partner = further(make_partner(alice, "Azenha"), alice, "+49 221 55 66 77")
    contact = further(make_contact(alice, "Reis"), alice, "Ana@Home.example")
    found = matches.likely_contacts(lead, alice)
    assert [(match.record.id, match.why) for match in found] == [(contact.id, matches.EMAIL)]
    assert [match.record.id for match in matches.likely_partners(lead, found, alice)] == [partner.id]


def test_charlie_learns_nothing_of_them(alice, charlie):
    further(make_lead(alice, "Costa"), alice, "ana@home.example", "22-123.4567")
    draft = Lead(name="Somebody", email="ana@home.example", phone="221234567")
    draft.prepare()
    assert matches.lookalikes(draft, charlie) == []
    make_lead(charlie, "Own", email="ana@home.example", phone="22-123.4567")
    assert groups(Lead, ["email"], charlie) == groups(Lead, ["phone"], charlie, similar=True) == []


def test_looking_for_matches_costs_the_same_however_many_there_are(alice):
    lead = further(make_lead(alice, "Costa", email="a@x.example"), alice, "0221 55 66 77")
    for _ in range(2):
        further(make_lead(alice, "Reis", phone="0221 55 66 77"), alice, "a@x.example")
    with counted_queries() as few:
        matches.lookalikes(lead, alice)
    further(lead, alice, *(f"0221 77 66 5{n}" for n in range(8)), *(f"p{n}@x.example" for n in range(8)))
    for number in range(8):
        further(make_lead(alice, f"Reis{number}", phone=f"0221 77 66 5{number}"), alice, f"p{number}@x.example")
    with counted_queries() as many:
        assert len(matches.lookalikes(lead, alice)) == matches.MOST
    assert len(many) == len(few)


def test_a_guest_of_an_event_is_known_by_one(alice, charlie):
    partner = make_partner(alice)
    contact = further(make_contact(alice, "Costa", partner=partner.id), alice, "ana@home.example")
    calendar = visible(Calendar, alice).where((Calendar.owner == alice.id) & (Calendar.kind == "events")).get()
    event = events.receive(calendar, "a.ics", INVITATION, alice)
    assert (event.contact_id, event.partner_id) == (contact.id, partner.id)
    assert Attendee.get(Attendee.event == event.id).contact_id == contact.id
    his = visible(Calendar, charlie).where((Calendar.owner == charlie.id) & (Calendar.kind == "events")).get()
    assert events.receive(his, "a.ics", INVITATION, charlie).contact_id is None


def test_inviting_many_asks_no_more_queries_than_inviting_two(alice):
    calendar = visible(Calendar, alice).where((Calendar.owner == alice.id) & (Calendar.kind == "events")).get()

    def invite(count):
        lines = "".join(f"ATTENDEE:mailto:g{n}@x.example\r\n" for n in range(count))
        text = INVITATION.replace("UID:visit", f"UID:{count}").replace("END:VEVENT", f"{lines}END:VEVENT")
        with counted_queries() as seen:
            events.receive(calendar, f"{count}.ics", text, alice)
        return len(seen)

    assert invite(2) == invite(60)
    assert Attendee.select().count() == 64


def test_a_merge_keeps_both_once(alice):
    kept = further(make_contact(alice, phone="0221 55 66 77", email="a@x.example"), alice, "b@x.example")
    loser = make_contact(alice, phone="0221-556677", mobile_phone="0170 123 45 67", email="B@x.example")
    further(loser, alice, "A@x.example", "c@x.example", "0170 123 45 67")
    before = list(ContactPoint.select().order_by(ContactPoint.id).dicts())
    fresh, gesture = merges.merge([kept, loser], kept.id, alice)
    assert [point.value for point in hanging.of(ContactPoint, fresh, alice)] == ["b@x.example", "c@x.example"]
    assert fresh.mobile_phone == "0170 123 45 67"
    journal.undo(gesture, alice)
    after = ContactPoint.select().where(ContactPoint.deleted_at.is_null()).order_by(ContactPoint.id).dicts()
    stamps = ("version", "updated_at", "updated_by_id")
    assert [{n: v for n, v in row.items() if n not in stamps} for row in after] == [
        {n: v for n, v in row.items() if n not in stamps} for row in before
    ]


def test_many_with_further_ones_take_seconds(alice, engine):
    row = Partner.select().where(Partner.id == make_partner(alice).id).dicts().get()
    point = further(Partner.get(), alice, "x@x.example") and ContactPoint.select().dicts().get()
    row.pop("id"), point.pop("id")
    names = [{"reference": f"N{n}", "sort_name": f"{n % 2000:x} n{n}", "email": f"m{n}@x.example"} for n in range(4000)]
    for start in range(0, 4_000, 500):
        Partner.insert_many([{**row, **name} for name in names[start : start + 500]]).execute()
    ids = [record_id for (record_id,) in Partner.select(Partner.id).order_by(Partner.id).tuples()][1:]
    points = [{**point, "about_id": one, "value": f"p{one // 2}@x.example"} for one in ids]
    for start in range(0, 4_000, 500):
        ContactPoint.insert_many(points[start : start + 500]).execute()
    for similar in (False, True):
        begun = time.process_time()
        assert len(duplicates.page(Partner, ["email"], alice, similar=similar).groups) == 20
        assert time.process_time() - begun < 6


def test_a_page_of_groups_costs_the_same_however_many_there_are(alice):
    def cost():
        with counted_queries() as seen:
            assert duplicates.page(Lead, ["email", "phone"], alice).groups
        return len(seen)

    for _ in range(2):
        make_lead(alice, email="a@x.example", phone="0221 55 66 77")
    few = cost()
    for number in range(10):
        for _ in range(2):
            make_lead(alice, email=f"b{number}@x.example", phone=f"0221 55 66 {number:02}")
    assert cost() == few
