"""Duplicates: which records share what, exactly or nearly, and which were told apart."""

import time

import pytest

from crmlite.errors import Invalid, Missing
from crmlite.models.contacts import Contact
from crmlite.models.leads import Lead
from crmlite.models.merges import Distinction
from crmlite.models.partners import Partner
from crmlite.rules import duplicates, gate, journal
from tests.make import make_contact, make_lead, make_partner


def groups(model, names, by, **more):
    return [[record.id for record in group.records] for group in duplicates.page(model, names, by, **more).groups]


def test_the_same_name_whatever_case_and_accents(alice):
    one, two = make_lead(alice, "Peña", first_name="Inês"), make_lead(alice, "PENA", first_name="Ines")
    make_lead(alice, "Pena", first_name="Rui")
    assert groups(Lead, ["name"], alice) == [[one.id, two.id]]


def test_the_same_phone_in_any_format_and_field(alice):
    one = make_contact(alice, "One", phone="+351 22 123 45 67")
    two = make_contact(alice, "Two", mobile_phone="22-123.4567")
    three = make_contact(alice, "Three", fax="00351 (22) 1234567")
    make_contact(alice, "Four", phone="+351 22 123 45 68")
    make_contact(alice, "Five")
    make_contact(alice, "Six")
    assert groups(Contact, ["phone"], alice) == [[one.id, two.id, three.id]]


def test_all_ticked_fields_must_be_the_same(alice):
    """SEED-81"""
    one = make_partner(alice, "Harbour", city="Porto", email="A@harbour.example")
    two = make_partner(alice, "Harbour", city="porto ", email="a@harbour.example")
    three = make_partner(alice, "Harbour", city="Faro", email="a@harbour.example")
    assert groups(Partner, ["name", "city"], alice) == [[one.id, two.id]]
    assert groups(Partner, ["email"], alice) == [[one.id, two.id, three.id]]
    assert groups(Partner, ["phone", "name", "email"], alice) == [[one.id, two.id, three.id]]


def test_empty_fields_never_count(alice):
    for name in ("One", "Two", "Three"):
        make_lead(alice, name)
    assert groups(Lead, ["email"], alice) == groups(Lead, ["email", "phone", "city"], alice) == []
    assert groups(Lead, ["email"], alice, similar=True) == []
    with pytest.raises(Invalid):
        duplicates.page(Lead, ["owner"], alice)


def test_a_group_says_what_it_shares(alice):
    for _ in range(2):
        make_lead(alice, "Costa", email="a@b.example")
    assert duplicates.page(Lead, ["name", "email"], alice).groups[0].shared == {"name": "Costa", "email": "a@b.example"}


def test_similar_names_are_found_and_others_are_not(alice):
    one = make_partner(alice, "Harbour Light Fisheries")
    two = make_partner(alice, "Harbor Light Fisheries")
    three = make_partner(alice, "Fisheries Harbour Light")
    make_partner(alice, "Mountain Light Bakery")
    assert groups(Partner, ["name"], alice, similar=True) == [[one.id, two.id, three.id]]
    assert groups(Partner, ["name"], alice) == []


def test_similar_ones_must_agree_in_every_field_that_both_have(alice):
    one = make_lead(alice, "Costa", company="Azenha", email="ines@azenha.example")
    two = make_lead(alice, "Costa", company="Azenha Lda")
    make_lead(alice, "Costa", email="somebody@else.example")
    assert groups(Lead, ["name", "email"], alice, similar=True)[0][:2] == [one.id, two.id]


def test_told_apart_is_remembered_and_can_be_undone(alice):
    one, two = make_lead(alice), make_lead(alice)
    with gate.together() as gesture:
        assert duplicates.tell_apart(Lead, [two.id, one.id], alice) == 1
    assert groups(Lead, ["name"], alice) == groups(Lead, ["name"], alice, similar=True) == []
    assert duplicates.tell_apart(Lead, [one.id, two.id], alice) == 0
    journal.undo(gesture, alice)
    assert groups(Lead, ["name"], alice) == [[one.id, two.id]]


def test_a_third_one_still_stands_in_the_group(alice):
    one, two, three = make_lead(alice), make_lead(alice), make_lead(alice)
    duplicates.tell_apart(Lead, [one.id, two.id], alice)
    assert groups(Lead, ["name"], alice) == [[one.id, two.id, three.id]]
    duplicates.tell_apart(Lead, [one.id, two.id, three.id], alice)
    assert groups(Lead, ["name"], alice) == [] and Distinction.select().count() == 3


def test_charlie_sees_no_group_and_tells_nothing_apart(alice, charlie):
    one, two = make_lead(alice), make_lead(alice)
    his = make_lead(charlie)
    assert groups(Lead, ["name"], charlie) == groups(Lead, ["name"], charlie, similar=True) == []
    for ids in ([one.id, two.id], [one.id, his.id]):
        with pytest.raises(Missing):
            duplicates.tell_apart(Lead, ids, charlie)


def test_a_large_group_is_shown_in_part(alice):
    for number in range(25):
        make_lead(alice, f"Number{number}", email="info@azenha.example")
    group = duplicates.page(Lead, ["email"], alice).groups[0]
    assert len(group.records) == 20 and group.more == 5


def test_groups_come_in_pages(alice):
    for number in range(45):
        make_lead(alice, f"Name{number:02d}")
        make_lead(alice, f"Name{number:02d}")
    first = duplicates.page(Lead, ["name"], alice)
    second = duplicates.page(Lead, ["name"], alice, start=first.next)
    third = duplicates.page(Lead, ["name"], alice, start=second.next)
    assert [len(page.groups) for page in (first, second, third)] == [20, 20, 5] and third.next is None


def test_many_records_take_seconds(alice, engine):
    row = Lead.select().where(Lead.id == make_lead(alice).id).dicts().get()
    row.pop("id")
    rows = [{**row, "sort_name": f"{n % 3000:x} name{n}", "email": f"m{n // 2}@x.example"} for n in range(6_000)]
    for start in range(0, len(rows), 500):
        Lead.insert_many(rows[start : start + 500]).execute()
    for similar in (False, True):
        begun = time.process_time()
        assert len(duplicates.page(Lead, ["email"], alice, similar=similar).groups) == 20
        assert time.process_time() - begun < 6
