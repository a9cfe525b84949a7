"""The story of a record: everything in it, in order, page by page, at the same number of queries."""

from datetime import timedelta

import pytest

from crmlite import clock
from crmlite.lists import next_steps, timeline, timeline_html
from crmlite.lists.contacts import SPEC as CONTACTS
from crmlite.lists.leads import SPEC as LEADS
from crmlite.lists.partners import SPEC as PARTNERS
from crmlite.lists.reader import plain_day, reader
from crmlite.rules import access, documents, events, leads, notes, users
from tests import people
from tests.conftest import counted_queries
from tests.files import sent
from tests.make import make_contact, make_lead, make_opportunity, make_partner

ODD = ("", "nonsense", "2026-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00")


def plan(by, subject, days=1, **links):
    start = clock.now() + timedelta(days=days)
    values = {"kind": "meeting", "subject": subject, "starts_at": start, "ends_at": start + timedelta(hours=1)}
    return events.save(None, values | {"tzid": "Europe/Paris"} | links, by)


def pages(spec, record, to, only=""):
    found, before = [], ""
    while True:
        page = timeline.history(spec, record, to, only, before)
        found.append(page.items)
        if not page.earlier:
            return found
        before = page.earlier


def test_planned_stands_above_and_what_happened_below(alice):
    """SEED-101, SEED-103."""
    lead = make_lead(alice)
    plan(alice, "Tasting", lead=lead.id)
    events.step(plan(alice, "First call", -2, lead=lead.id), "finish", alice)
    notes.add(lead, "Likes figs", alice, [sent("figs.pdf")], 1000)
    documents.attach(lead, [sent("map.pdf")], 1000, alice)
    leads.edit(lead, {"email": "a@example.com"}, alice)
    to = reader(alice)
    assert ["Tasting" in item.title for item in timeline.planned(lead, to)] == [True]
    story = timeline.history(LEADS, lead, to).items
    assert [item.kind for item in story] == ["change", "document", "note", "change", "event"]
    assert "<del>empty</del>" in story[0].title and "a@example.com" in story[0].title
    assert [one.name for one in story[2].documents] == ["figs.pdf"]


def test_what_takes_a_whole_day_stands_on_that_day_wherever_its_reader_is(alice, bob):
    users.edit_user(people.user("alice"), {"zone": "Pacific/Auckland"}, alice)
    users.edit_user(people.user("bob"), {"zone": "America/Los_Angeles"}, bob)
    lead, sale = make_lead(alice), make_opportunity(alice)
    day = clock.today("Pacific/Auckland") + timedelta(days=30)
    for link in ({"lead": lead.id}, {"opportunity": sale.id}):
        events.save(None, {"kind": "task", "subject": "Floor plan", "due_date": day, **link}, alice)
    for person in (alice, bob):
        to = reader(access.actor(person.id, "web"))
        (item,) = timeline.planned(lead, to)
        assert str(timeline_html.moment(item, to)).endswith(f">{plain_day(day, to)}</time>")
        assert next_steps.planned([sale.id], to)[sale.id].text == f"Floor plan {plain_day(day, to)}"


def test_the_next_turn_of_a_series_counts_and_a_day_is_not_over_before_it_ends(alice):
    lead, today = make_lead(alice), clock.today(alice.zone)
    plan(alice, "Every week", -19, rrule="FREQ=WEEKLY", lead=lead.id)
    events.save(None, {"kind": "task", "subject": "Today", "due_date": today, "lead": lead.id}, alice)
    plan(alice, "In an hour and a week", 7, lead=lead.id)
    plan(alice, "Forgotten", -2, lead=lead.id)
    items = timeline.planned(lead, reader(alice))
    assert [(item.event.subject, item.state) for item in items] == [
        ("Forgotten", "late"), ("Today", "planned"), ("Every week", "planned"), ("In an hour and a week", "planned"),
    ]  # fmt: skip
    assert clock.now() < items[2].at < clock.now() + timedelta(days=7)


def test_a_long_story_is_told_page_by_page_to_its_end(alice):
    lead = make_lead(alice)
    for number in range(150):
        notes.add(lead, f"Note {number}", alice)
    told = pages(LEADS, lead, reader(alice), "notes")
    assert [len(page) for page in told] == [40, 40, 40, 30]
    assert [str(item.body) for page in told for item in page] == [f"Note {n}" for n in reversed(range(150))]
    whole = [item.id or item.title for page in pages(LEADS, lead, reader(alice)) for item in page]
    assert len(whole) == len(set(whole)) == 151


def test_a_customer_shows_what_happened_at_its_people_and_sales(alice):
    """SEED-102."""
    partner = make_partner(alice)
    contact = make_contact(alice, partner=partner.id)
    sale = make_opportunity(alice, partner=partner.id)
    plan(alice, "Lunch", contact=contact.id)
    plan(alice, "Handover", opportunity=sale.id)
    titles = " ".join(item.title for item in timeline.planned(partner, reader(alice)))
    assert "Lunch" in titles and "Handover" in titles


def test_a_customer_tells_what_was_written_about_the_lead_it_was(alice):
    partner = make_partner(alice)
    contact = make_contact(alice, partner=partner.id)
    lead = make_lead(alice, "Costa", partner=partner.id, contact=contact.id)
    notes.add(lead, "Met at the fair", alice)
    for spec, record in ((PARTNERS, partner), (CONTACTS, contact)):
        (note,) = timeline.history(spec, record, reader(alice), "notes").items
        assert note.body == "Met at the fair" and "Costa" in note.about


def test_notes_of_a_lead_that_is_not_yours_stay_out_of_the_customers_story(alice, charlie):
    partner = make_partner(charlie)
    lead = make_lead(alice)
    notes.add(lead, "Secret", alice)
    lead.partner = partner.id
    lead.save()
    assert not timeline.history(PARTNERS, partner, reader(charlie), "notes").items


def test_the_number_of_queries_does_not_grow_with_the_story(alice):
    lead = make_lead(alice)

    def queries():
        with counted_queries() as seen:
            timeline.planned(lead, reader(alice))
            timeline.history(LEADS, lead, reader(alice))
        return len(seen)

    counts = []
    for many in (5, 45):
        for number in range(many):
            notes.add(lead, f"Note {number}", alice, [sent()], 1000)
            plan(alice, f"Meeting {number}", lead=lead.id)
        counts.append(queries())
    assert counts[0] == counts[1]


@pytest.mark.parametrize("before", ODD)
def test_a_page_that_nobody_gave_out_begins_at_the_top(alice, before):
    lead = make_lead(alice)
    assert len(timeline.history(LEADS, lead, reader(alice), "", before).items) == 1
