"""Further ways to reach somebody and further addresses."""

import pytest

from crmlite.errors import Forbidden, Invalid, Missing
from crmlite.models.addresses import Address
from crmlite.models.contact_points import ContactPoint
from crmlite.rules import access, conversions, gate, hanging, journal, leads, merges, search
from tests.make import choice, make_contact, make_lead, make_partner

HOME = {"kind": "phone", "use": "home", "value": "+33 4 72 10 48 81"}
STORE = {"use": "warehouse", "street": "Quai Sud 4", "postcode": "13002", "city": "Marseille", "is_delivery": True}


@pytest.fixture(params=["lead", "partner", "contact"])
def somebody(request, alice):
    return {"lead": make_lead, "partner": make_partner, "contact": make_contact}[request.param](alice)


def values_of(record, by):
    return [point.value for point in hanging.of(ContactPoint, record, by)]


def found(text, by):
    return [(hit.concept, hit.id) for hit in search.find(text, by)]


def test_somebody_has_any_number_of_further_phones(somebody, alice):
    for number in ("+33 4 72 10 48 81", "0221 55 66 77"):
        hanging.add(ContactPoint, somebody, {**HOME, "value": number}, alice)
    assert values_of(somebody, alice) == ["+33 4 72 10 48 81", "0221 55 66 77"]


@pytest.mark.parametrize(
    ("kind", "value"),
    [("phone", "12"), ("fax", "call me"), ("email", "ana"), ("website", "no site"), ("phone", ""), ("pigeon", "x")],
)
def test_they_are_judged_like_the_main_ones(alice, kind, value):
    with pytest.raises(Invalid):
        hanging.add(ContactPoint, make_contact(alice), {"kind": kind, "value": value}, alice)


@pytest.mark.parametrize("typed", ["+33472104881", "33472104881", "ana@home.example", "home.example"])
def test_their_record_is_found_by_them(alice, typed):
    lead = make_lead(alice)
    hanging.add(ContactPoint, lead, HOME, alice)
    hanging.add(ContactPoint, lead, {"kind": "email", "value": "ana@home.example"}, alice)
    assert found(typed, alice) == [("lead", lead.id)]


def test_what_is_removed_is_no_longer_found_but_can_be_taken_back(alice):
    contact = make_contact(alice)
    point = hanging.add(ContactPoint, contact, {"kind": "email", "value": "ana@home.example"}, alice)
    with gate.together() as gesture:
        hanging.remove(point, alice)
    assert not found("ana@home.example", alice)
    journal.undo(gesture, alice)
    assert found("ana@home.example", alice) == [("contact", contact.id)]


def test_a_change_of_the_record_keeps_what_it_is_found_by(alice):
    contact = make_contact(alice)
    hanging.add(ContactPoint, contact, {"kind": "email", "value": "ana@home.example"}, alice)
    gate.change(contact, {"first_name": "Ana"}, alice)
    assert found("ana@home.example", alice)


def test_making_one_main_swaps_the_two_and_undo_swaps_back(alice):
    contact = make_contact(alice, email="ana@work.example")
    point = hanging.add(ContactPoint, contact, {"kind": "email", "use": "home", "value": "ana@home.example"}, alice)
    with gate.together() as gesture:
        contact = hanging.make_main(point, alice)
    assert (contact.email, values_of(contact, alice)) == ("ana@home.example", ["ana@work.example"])
    journal.undo(gesture, alice)
    again = access.find(type(contact), contact.id, alice)
    assert (again.email, values_of(again, alice)) == ("ana@work.example", ["ana@home.example"])


def test_where_there_is_no_main_one_nothing_is_left_over(alice):
    contact = make_contact(alice)
    point = hanging.add(ContactPoint, contact, {"kind": "mobile", "value": "0170 123 45 67"}, alice)
    contact = hanging.make_main(point, alice)
    assert (contact.mobile_phone, values_of(contact, alice)) == ("0170 123 45 67", [])


def test_a_stranger_neither_sees_nor_changes_them(alice, charlie):
    lead = make_lead(alice)
    point, place = hanging.add(ContactPoint, lead, HOME, alice), hanging.add(Address, lead, STORE, alice)
    assert access.look(ContactPoint, point.id, charlie) is None and access.look(Address, place.id, charlie) is None
    for verb in (hanging.remove, hanging.make_main):
        with pytest.raises(Missing):
            verb(point, charlie)
    with pytest.raises(Forbidden):
        hanging.add(ContactPoint, lead, HOME, charlie)
    assert not found("0472104881", charlie)


def test_who_may_change_the_record_may_change_and_remove_them(alice, bob):
    lead = make_lead(alice)
    point = hanging.add(ContactPoint, lead, HOME, alice)
    hanging.edit(point, {"use": "work"}, bob)
    hanging.remove(point, bob)
    assert values_of(lead, alice) == []


def test_a_closed_lead_can_only_be_read(alice):
    lead = make_lead(alice)
    point = hanging.add(ContactPoint, lead, HOME, alice)
    leads.lose(lead, choice("lost_reason", "No budget").id, "", alice)
    with pytest.raises(Invalid, match="can only be read"):
        hanging.remove(point, alice)


def test_conversion_takes_them_along(alice):
    lead = make_lead(alice, company="Harbour Light")
    hanging.add(ContactPoint, lead, HOME, alice)
    hanging.add(Address, lead, STORE, alice)
    made = conversions.convert(lead, {"is_prospect": True}, None, None, alice)
    assert values_of(made.contact, alice) == [HOME["value"]]
    assert [place.city for place in hanging.of(Address, made.partner, alice)] == ["Marseille"]


def test_an_address_becomes_the_main_one_and_the_main_one_a_further_one(alice):
    partner = make_partner(alice, street="Elm Street 1", city="Graz")
    place = hanging.add(Address, partner, STORE, alice)
    partner = hanging.make_main(place, alice)
    assert (partner.street, partner.city) == ("Quai Sud 4", "Marseille")
    assert [(one.street, one.city) for one in hanging.of(Address, partner, alice)] == [("Elm Street 1", "Graz")]


def test_an_address_needs_a_street_or_a_city(alice):
    with pytest.raises(Invalid) as refused:
        hanging.add(Address, make_partner(alice), {"country": "Austria"}, alice)
    assert refused.value.fields["street"] == "Please enter a street or a city."


def test_a_record_is_found_by_the_city_of_a_further_address(alice):
    partner = make_partner(alice)
    hanging.add(Address, partner, STORE, alice)
    assert found("Marseille", alice) == [("partner", partner.id)]


def test_a_merge_takes_them_along(alice, carol):
    kept, loser = make_contact(alice), make_contact(alice)
    hanging.add(ContactPoint, loser, HOME, alice)
    merges.merge([kept, loser], kept.id, carol)
    assert values_of(kept, alice) == [HOME["value"]] and found("33472104881", alice) == [("contact", kept.id)]
