"""Merging: one record stays, everything follows, and it can be taken back to the byte."""

from datetime import UTC, datetime, timedelta

import pytest

from crmlite import clock
from crmlite.errors import Conflict, Forbidden, Invalid, Missing
from crmlite.models.base import Record, database
from crmlite.models.calendars import Calendar
from crmlite.models.contact_points import ContactPoint
from crmlite.models.contacts import Contact
from crmlite.models.events import Attendee, Event
from crmlite.models.journal import Entry
from crmlite.models.leads import Lead
from crmlite.models.merges import Merge
from crmlite.models.notes import Note
from crmlite.models.opportunities import Opportunity
from crmlite.models.partners import Partner
from crmlite.models.tables import TABLES
from crmlite.rules import (
    access,
    conversions,
    events,
    gate,
    hanging,
    journal,
    links,
    merge_plan,
    merges,
    notes,
    partners,
    search,
)
from tests import people
from tests.make import choice, make_contact, make_lead, make_opportunity, make_partner

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MOVING = {"version", "updated_at", "updated_by_id"}


def meeting(by, **values):
    return events.save(None, {"kind": "meeting", "subject": "Visit", "starts_at": MONDAY, **values}, by)


def merge(kept, *losers, by, **more):
    return merges.merge([kept, *losers], kept.id, by, **more)


def everything():
    """Every row of every table, apart from stamps, history and the marks of merges."""
    found = {}
    for table in TABLES:
        if table in (Entry, Merge):
            continue
        names = [name for name in table._meta.fields if name not in MOVING]
        query = table.select().order_by(table.id)
        if table is ContactPoint:  # those that a merge made stay in the bin after its undo
            query = query.where(ContactPoint.deleted_at.is_null())
        rows = database.execute(query).fetchall()
        columns = [field.name for field in table._meta.sorted_fields]
        found[table.__name__] = [{n: v for n, v in zip(columns, row, strict=True) if n in names} for row in rows]
    found["search"] = sorted(map(str, database.execute_sql("SELECT rowid, label FROM search").fetchall()))
    return found


@pytest.fixture
def crowd(alice):
    """Two customers with everything that can hang on one."""
    kept = make_partner(alice, "Harbour Light", city="Porto", phone="+351 22 123 4567")
    loser = make_partner(
        alice, "Harbour Light Lda", email="hello@harbour.example", phone="+351 22 765 4321", is_supplier=True,
        description="Pays late.", city="Lisboa",
    )  # fmt: skip
    contact = make_contact(alice, partner=loser.id)
    sale = make_opportunity(alice, partner=loser.id, contact=contact.id)
    lead = make_lead(alice)
    gate.change(lead, {"partner": loser.id}, alice)
    child = make_partner(alice, "Harbour Dock", parent=loser.id)
    note = notes.add(loser, "Met them.", alice)
    event = meeting(alice, partner=loser.id, opportunity=sale.id)
    binned = make_contact(alice, "Gone", partner=loser.id)
    gate.discard(binned, alice)
    return kept, loser, {
        "contact": contact, "sale": sale, "lead": lead, "child": child, "note": note, "event": event, "binned": binned,
    }  # fmt: skip


def test_everything_that_points_at_the_loser_follows(alice, crowd):
    """SEED-82"""
    kept, loser, hung = crowd
    fresh, _ = merge(kept, loser, by=alice)
    assert Contact.get_by_id(hung["contact"].id).partner_id == kept.id
    assert Contact.get_by_id(hung["binned"].id).partner_id == kept.id
    assert Opportunity.get_by_id(hung["sale"].id).partner_id == kept.id
    assert Lead.get_by_id(hung["lead"].id).partner_id == kept.id
    assert Partner.get_by_id(hung["child"].id).parent_id == kept.id
    assert Event.get_by_id(hung["event"].id).partner_id == kept.id
    assert Note.get_by_id(hung["note"].id).about_id == kept.id
    assert Partner.get_by_id(loser.id).deleted_at is not None
    assert fresh.id == kept.id and fresh.deleted_at is None


def test_the_kept_values_win_and_empty_ones_are_filled(alice, crowd):
    kept, loser, _ = crowd
    fresh, _ = merge(kept, loser, by=alice)
    assert (fresh.name, fresh.city, fresh.email) == ("Harbour Light", "Porto", "hello@harbour.example")
    assert fresh.is_supplier and fresh.is_prospect
    assert fresh.description == "Pays late."
    assert [point.value for point in hanging.of(ContactPoint, fresh, alice)] == ["+351 22 765 4321"]
    assert fresh.reference == kept.reference


def test_each_field_can_come_from_another(alice, crowd):
    kept, loser, _ = crowd
    fresh, _ = merge(kept, loser, by=alice, sources={"city": loser.id, "phone": loser.id}, both=())
    assert (fresh.city, fresh.phone, fresh.description) == ("Lisboa", "+351 22 765 4321", "Pays late.")


def test_a_merge_is_one_gesture_in_the_name_of_the_person(alice, crowd):
    kept, loser, _ = crowd
    before = journal.last_id()
    _, gesture = merge(kept, loser, by=alice)
    entries = list(Entry.select().where(Entry.id > before))
    assert {entry.gesture for entry in entries} == {gesture} and {entry.actor_id for entry in entries} == {alice.id}


def test_phones_hear_nothing_of_a_merge(alice, crowd):
    kept, loser, hung = crowd
    text = Event.get_by_id(hung["event"].id).ics
    before = list(Calendar.select(Calendar.id, Calendar.seq).order_by(Calendar.id).tuples())
    merge(kept, loser, by=alice)
    assert before == list(Calendar.select(Calendar.id, Calendar.seq).order_by(Calendar.id).tuples())
    event = Event.get_by_id(hung["event"].id)
    assert (event.ics, event.seq) == (text, hung["event"].seq)


def test_undo_brings_everything_back_to_the_byte(alice, crowd):
    kept, loser, _ = crowd
    before = everything()
    _, gesture = merge(kept, loser, by=alice)
    assert everything() != before
    _, undone = journal.undo(gesture, alice)
    assert everything() == before
    journal.undo(undone, alice)
    assert Partner.get_by_id(loser.id).deleted_at is not None
    assert Event.get(Event.partner == kept.id)


def test_guests_of_events_follow_a_contact_and_come_back(alice):
    kept, loser = make_contact(alice, "Moreau"), make_contact(alice, "Moreau", email="moreau@harbour.example")
    text = "\r\n".join(
        ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", "BEGIN:VEVENT", "UID:m", "DTSTAMP:20261101T080000Z",
         "SUMMARY:Visit", "DTSTART:20261123T100000Z", "DURATION:PT1H", "ATTENDEE:mailto:moreau@harbour.example",
         "END:VEVENT", "END:VCALENDAR", ""]
    )  # fmt: skip
    calendar = Calendar.get((Calendar.owner == alice.id) & (Calendar.kind == "events"))
    event = events.receive(calendar, "a.ics", text, alice)
    before = everything()
    merge(kept, loser, by=alice)
    assert Attendee.get(Attendee.event == event.id).contact_id == kept.id
    assert Event.get_by_id(event.id).contact_id == kept.id
    merges.undo(Contact, Merge.get().id, alice)
    assert everything() == before


def test_three_leads_become_one_and_three_again(alice):
    one, two, three = (make_lead(alice, name, phone=phone) for name, phone in
                       (("Costa", ""), ("Costa", "+351 911 111 111"), ("Costa", "+351 922 222 222")))  # fmt: skip
    meeting(alice, lead=two.id)
    make_opportunity(alice, lead=three.id)
    notes.add(three, "Twice", alice)
    before = everything()
    fresh, _ = merge(one, two, three, by=alice)
    assert fresh.phone == "+351 911 111 111"
    assert [point.value for point in hanging.of(ContactPoint, fresh, alice)] == ["+351 922 222 222"]
    assert Opportunity.get().lead_id == Event.get().lead_id == Note.get().about_id == one.id
    merges.undo(Lead, Merge.select().first().id, alice)
    assert everything() == before


def test_links_that_the_actor_may_not_change_follow_too(alice, bob, charlie):
    """Bob's private event and what Charlie planned lead to the kept record afterwards; and back."""
    kept, loser = make_lead(alice), make_lead(alice)
    private = meeting(bob, lead=loser.id, private=True)
    assert access.look(Event, private.id, alice) is None and not access.may(alice, "change", private)
    sale = make_opportunity(charlie)
    Opportunity.update(lead=loser.id).where(Opportunity.id == sale.id).execute()
    before = everything()
    merge(kept, loser, by=alice)
    assert Event.get_by_id(private.id).lead_id == Opportunity.get_by_id(sale.id).lead_id == kept.id
    _, _, left = merges.undo(Lead, Merge.get().id, alice)
    assert everything() == before and not left


def test_following_takes_links_only(alice):
    with pytest.raises(ValueError):
        gate.follow(make_lead(alice), {"name": "Taken"}, alice)
    with pytest.raises(ValueError):
        gate.follow(make_lead(alice), {"owner": 1}, alice)


def test_a_later_edit_stays_when_the_merge_is_undone(alice, bob, crowd):
    kept, loser, hung = crowd
    merge(kept, loser, by=alice)
    partners.edit(Partner.get_by_id(kept.id), {"email": "new@harbour.example", "street": "Rua 1"}, bob)
    elsewhere = make_partner(alice, "Elsewhere")
    gate.change(Opportunity.get_by_id(hung["sale"].id), {"partner": elsewhere.id}, alice)
    with pytest.raises(Conflict):
        journal.undo(Merge.get().gesture, alice)
    fresh, _, left = merges.undo(Partner, Merge.get().id, alice)
    assert (fresh.email, fresh.street, fresh.is_supplier) == ("new@harbour.example", "Rua 1", False)
    assert Opportunity.get_by_id(hung["sale"].id).partner_id == elsewhere.id
    assert Partner.get_by_id(loser.id).deleted_at is None
    assert sorted(left) == [
        "“Cold room” keeps what was changed since: partner.", "“Harbour Light” keeps what was changed since: email.",
    ]  # fmt: skip


def test_a_link_that_stays_names_nothing_that_is_hidden(alice, charlie):
    kept, loser = make_lead(alice), make_lead(alice)
    sale = make_opportunity(charlie, "Zanzibar")
    Opportunity.update(lead=loser.id).where(Opportunity.id == sale.id).execute()
    merge(kept, loser, by=alice)
    gate.change(Opportunity.get_by_id(sale.id), {"lead": None}, charlie)
    with pytest.raises(Conflict) as refused:
        journal.undo(Merge.get().gesture, alice)
    assert "Zanzibar" not in refused.value.message
    _, _, left = merges.undo(Lead, Merge.get().id, alice)
    assert left == ["something linked here keeps what was changed since: lead."]


def test_a_merge_can_be_undone_for_thirty_days(alice):
    kept, loser = make_lead(alice), make_lead(alice)
    merge(kept, loser, by=alice)
    with clock.frozen(clock.now() + timedelta(days=31)):
        assert merges.into(kept) == []
        with pytest.raises(Conflict, match="30 days"):
            merges.undo(Lead, Merge.get().id, alice)
    assert [mark.loser for mark in merges.into(kept)] == [loser.id]


def test_a_merge_is_undone_once(alice):
    kept, loser = make_lead(alice), make_lead(alice)
    merge(kept, loser, by=alice)
    mark = Merge.get().id
    merges.undo(Lead, mark, alice)
    with pytest.raises(Missing):
        merges.undo(Lead, mark, alice)


def test_nobody_merges_or_undoes_what_they_may_not_change(alice, bob, charlie):
    kept, loser = make_lead(alice), make_lead(alice)
    hers = make_lead(charlie)
    with pytest.raises(Missing):
        merge(kept, loser, by=charlie)
    with pytest.raises(Missing):
        merge(hers, kept, by=charlie)
    with pytest.raises(Forbidden):
        merge(kept, loser, by=access.actor(people.user("rita").id, "web"))
    merge(kept, loser, by=alice)
    with pytest.raises(Missing):
        merges.undo(Lead, Merge.get().id, charlie)
    with pytest.raises(Forbidden):
        merges.undo(Lead, Merge.get().id, bob)


def test_a_rep_merges_without_the_right_to_delete(alice):
    kept, loser = make_lead(alice), make_lead(alice)
    with pytest.raises(Forbidden):
        gate.remove(loser, alice)
    merge(kept, loser, by=alice)
    assert merges.successor(Lead, loser.id, alice) == kept.id


def test_the_address_of_a_loser_leads_on_through_several_merges(alice, charlie):
    one, two, three = make_lead(alice), make_lead(alice), make_lead(alice)
    merge(two, one, by=alice)
    merge(three, two, by=alice)
    assert merges.successor(Lead, one.id, alice) == three.id
    assert merges.successor(Lead, one.id, charlie) is None
    assert merges.successor(Lead, three.id, alice) is None


def test_a_converted_lead_is_kept_and_two_are_refused(alice):
    done, other, more = make_lead(alice), make_lead(alice), make_lead(alice)
    for lead in (done, more):
        conversions.convert(lead, {"kind": "individual"}, None, None, alice)
    with pytest.raises(Invalid, match="keep that lead"):
        merge(other, done, by=alice)
    with pytest.raises(Invalid, match="Two of these leads"):
        merge(done, more, by=alice)
    fresh, _ = merge(done, other, by=alice)
    assert fresh.status == "converted" and fresh.partner_id
    assert merge_plan.likeliest([Lead.get_by_id(more.id), make_lead(alice, email="a@b.example")], alice) == more.id


def test_parents_never_run_in_a_circle(alice):
    top = make_partner(alice, "Top")
    middle = make_partner(alice, "Middle", parent=top.id)
    bottom = make_partner(alice, "Bottom", parent=middle.id)
    before = everything()
    fresh, _ = merge(bottom, top, by=alice)
    assert fresh.parent_id is None and Partner.get_by_id(middle.id).parent_id == bottom.id
    merges.undo(Partner, Merge.get().id, alice)
    assert everything() == before
    assert merge(Partner.get_by_id(top.id), Partner.get_by_id(middle.id), by=alice)[0].parent_id is None


def test_a_retired_value_is_nobodys_default(alice):
    kept, loser = make_lead(alice), make_lead(alice, source=choice("source", "Website").id)
    gate.change(choice("source", "Website"), {"retired": True}, access.system("cli"))
    assert merge(kept, loser, by=alice)[0].source_id is None


def test_a_record_without_an_owner_takes_one_and_is_assigned(alice):
    kept, loser = make_lead(alice, owner=None), make_lead(alice)
    fresh, _ = merge(kept, loser, by=alice)
    assert (fresh.owner_id, fresh.status) == (alice.id, "assigned")


def test_the_same_twice_is_no_merge(alice):
    lead = make_lead(alice)
    with pytest.raises(Invalid, match="at least two"):
        merges.chosen(Lead, [lead.id, lead.id], alice)
    with pytest.raises(Invalid, match="at most"):
        merges.chosen(Lead, range(1, 20), alice)


def test_the_search_finds_the_kept_one_only(alice):
    kept, loser = make_lead(alice, "Costa"), make_lead(alice, "Costaz")
    merge(kept, loser, by=alice)
    assert [hit.id for hit in search.find("costa", alice)] == [kept.id]


def test_every_column_that_can_hold_a_link_is_known():
    found = {(place.table.__name__, place.field.name) for place in links.places(Partner)}
    assert found >= {
        ("Contact", "partner"), ("Lead", "partner"), ("Opportunity", "partner"), ("Event", "partner"),
        ("Partner", "parent"), ("Note", "about_id"),
    }  # fmt: skip
    assert all(issubclass(place.table, Record) for place in links.places(Lead))
