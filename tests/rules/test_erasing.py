"""Deleting for good: everything of the record goes, what pointed at it stays without it, nothing else is touched."""

import io
import threading
from datetime import UTC, datetime, timedelta

import pytest

from crmlite import clock
from crmlite.errors import Forbidden, Missing
from crmlite.models.addresses import Address
from crmlite.models.base import database, is_sqlite
from crmlite.models.contact_points import ContactPoint
from crmlite.models.contacts import Contact
from crmlite.models.documents import Document, DocumentBody
from crmlite.models.events import Event, Occurrence
from crmlite.models.imports import ImportRow
from crmlite.models.journal import Entry
from crmlite.models.leads import Lead
from crmlite.models.mentions import Mention
from crmlite.models.merges import Distinction, Merge
from crmlite.models.notes import Note
from crmlite.models.opportunities import Opportunity
from crmlite.models.partners import Partner
from crmlite.models.quotes import Quote, QuoteLine
from crmlite.models.tables import RECORDS, TABLES
from crmlite.rules import (
    bodies,
    documents,
    duplicates,
    erasing,
    events,
    gate,
    hanging,
    imports,
    journal,
    leads,
    merges,
    notes,
    search,
    upkeep,
)
from tests.make import make_contact, make_lead, make_opportunity, make_partner, make_quote

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WORD = "Zanzibar"


def attach(record, by, content=b"far away", name="map.txt"):
    (made,) = documents.attach(record, [documents.Sent(name, io.BytesIO(content))], 10_000, by)
    return made


def furnished(by, name=f"{WORD}ian", **values):
    """A lead with everything that can hang on one."""
    lead = make_lead(by, name, company=WORD, email=f"x@{WORD}.example".lower(), **values)
    note = notes.add(lead, f"@Bob Birch: {WORD} is far", by)
    documents.attach(lead, [documents.Sent(f"{WORD}.txt", io.BytesIO(WORD.encode()))], 10_000, by, note)
    hanging.add(ContactPoint, lead, {"kind": "phone", "value": "+33 1 23 45 67 89"}, by)
    hanging.add(Address, lead, {"city": f"{WORD} City", "street": "1 Quay"}, by)
    return lead


def gone_to_the_bin(record, carol):
    gate.remove(type(record).get_by_id(record.id), carol)


def everything_said():
    """All that the database holds, as text."""
    rows = [str(row) for table in TABLES for row in table.select().tuples()]
    rows += map(str, database.execute_sql("SELECT * FROM search_vocabulary").fetchall())
    rows += map(str, database.execute_sql("SELECT rowid, label FROM search").fetchall())
    return " ".join(rows).lower()


def erase(record, by):
    return erasing.erase(record.concept, [record.id], by)


def test_nothing_of_the_record_is_left_but_a_line_without_contents(alice, carol):
    lead = furnished(alice)
    leads.edit(lead, {"company": f"{WORD} Trading"}, alice)
    gone_to_the_bin(lead, carol)
    assert WORD.lower() in everything_said()
    assert erase(lead, carol) == (1, [])
    assert WORD.lower() not in everything_said()
    for model in (Lead, Note, Document, DocumentBody, ContactPoint, Address, Mention):
        assert model.select().count() == 0, model
    (line,) = Entry.select().where(Entry.concept == "lead")
    assert (line.verb, line.label, line.record_id, line.actor_id) == ("erased", f"lead {lead.id}", lead.id, carol.id)
    assert (line.before, line.after) == ({}, {})


def test_what_pointed_at_it_stays_without_it(alice, carol):
    partner, contact = make_partner(alice), make_contact(alice)
    child = make_partner(alice, "Dock", parent=partner.id)
    gate.change(contact, {"partner": partner.id}, alice)
    sale = make_opportunity(alice, partner=partner.id)
    call = events.save(None, {"kind": "call", "subject": "Call", "starts_at": MONDAY, "partner": partner.id}, alice)
    lead = make_lead(alice)
    gate.change(lead, {"partner": partner.id}, alice)
    deleted = make_opportunity(alice, "Old", partner=partner.id)
    gone_to_the_bin(deleted, carol)
    text = Event.get_by_id(call.id).ics
    gone_to_the_bin(partner, carol)
    erase(partner, carol)
    assert Contact.get_by_id(contact.id).partner_id is None
    assert Partner.get_by_id(child.id).parent_id is None
    assert {sale.partner_id for sale in Opportunity.select()} == {None}
    assert (Event.get_by_id(call.id).partner_id, Event.get_by_id(call.id).ics) == (None, text)
    assert Lead.get_by_id(lead.id).partner_id is None
    told = Entry.select().where((Entry.concept == "opportunity") & (Entry.record_id == sale.id))
    assert told.order_by(Entry.id.desc()).get().before == {"partner": partner.id}


def test_lines_go_with_their_quote_and_a_quote_stays_without_its_customer(alice, carol):
    going, stays = make_quote(alice, lines=3), make_quote(alice, lines=2)
    gone_to_the_bin(going, carol)
    assert erasing.foretell("quote", [going.id], carol)[0].goes == {"quote_lines": 3}
    erase(going, carol)
    assert {line.quote_id for line in QuoteLine.select()} == {stays.id} and QuoteLine.select().count() == 2
    customer = Partner.get_by_id(stays.partner_id)
    gone_to_the_bin(customer, carol)
    erase(customer, carol)
    assert Quote.get_by_id(stays.id).partner_id is None


def test_a_recurring_event_goes_with_its_turns(alice, carol):
    values = {"kind": "meeting", "subject": WORD, "starts_at": MONDAY, "rrule": "FREQ=WEEKLY;COUNT=5"}
    event = events.save(None, values, alice)
    assert Occurrence.select().count() > 1
    gone_to_the_bin(event, carol)
    erase(event, carol)
    assert Event.select().count() == Occurrence.select().count() == 0
    assert WORD.lower() not in everything_said()


def test_others_are_not_touched(alice, carol):
    stays, going = furnished(alice, "Costa"), furnished(alice, "Brandt")
    before = {model: list(model.select().where(model.about_id == stays.id).tuples()) for model in
              (Note, Document, ContactPoint, Address, Mention)}  # fmt: skip
    gone_to_the_bin(going, carol)
    erase(going, carol)
    for model, rows in before.items():
        assert list(model.select().tuples()) == rows
    assert [hit.id for hit in search.find("costa", alice)] == [stays.id]
    assert [hit.id for hit in search.find("zanzibrr", alice)] == [stays.id]  # its words are still known
    assert b"".join(bodies.pieces(Document.get().digest)) == WORD.encode()


def test_only_owners_and_managers_may_and_only_from_the_bin(alice, bob, carol, charlie):
    lead = make_lead(alice)
    with pytest.raises(Missing):
        erase(lead, carol)
    gone_to_the_bin(lead, carol)
    for by in (alice, bob):
        assert erase(lead, by) == (0, ["Only owners and managers may delete for good."])
        with pytest.raises(Forbidden):
            erasing.foretell("lead", [lead.id], by)
        with pytest.raises(Forbidden):
            erasing.begin([("lead", lead.id)], by)
    with pytest.raises(Missing):
        erase(lead, charlie)
    assert Lead.get_by_id(lead.id).deleted_at is not None


def test_it_is_foretold_what_goes_and_what_stays(alice, carol):
    lead = furnished(alice, "Costa")
    make_opportunity(alice, lead=lead.id)
    gone_to_the_bin(lead, carol)
    (told,) = erasing.foretell("lead", [lead.id, 99_999], carol)
    assert told.label == "Costa" and not told.refusal
    assert told.goes == {"notes": 1, "documents": 1, "contact_points": 1, "addresses": 1, "mentions": 1}
    assert told.stays == {"opportunities": 1}


def test_no_undo_brings_it_back_and_the_rest_of_a_gesture_can_still_be_undone(alice, carol):
    with gate.together() as gesture:
        going, stays = make_lead(alice, "Costa"), make_lead(alice, "Brandt")
    with gate.together() as deletion:
        gone_to_the_bin(going, carol)
    with gate.together() as erasure:
        erase(going, carol)
    with pytest.raises(Missing):
        journal.undo(deletion, carol)
    with pytest.raises(Missing, match="no longer there"):
        journal.undo(erasure, carol)
    journal.undo(gesture, alice)
    assert [lead.id for lead in Lead.select().where(Lead.deleted_at.is_null(False))] == [stays.id]


def test_a_link_back_to_what_is_gone_is_refused_with_a_sentence(alice, carol):
    old, new = make_partner(alice, "Old"), make_partner(alice, "New")
    sale = make_opportunity(alice, partner=old.id)
    with gate.together() as gesture:
        gate.change(sale, {"partner": new.id}, alice)
    gone_to_the_bin(old, carol)
    erase(old, carol)
    with pytest.raises(Exception, match="does not exist"):
        journal.undo(gesture, alice)


def test_its_number_is_never_given_again(alice, carol):
    lead = make_lead(alice)
    gone_to_the_bin(lead, carol)
    erase(lead, carol)
    assert make_lead(alice).id > lead.id


def test_what_the_undo_of_a_merge_needs_stays_until_it_ends(alice, carol):
    kept, lost = furnished(alice, "Costa"), furnished(alice, "Costaz")
    merges.merge([kept, lost], kept.id, alice)
    gone_to_the_bin(kept, carol)
    done, (why,) = erase(kept, carol)
    assert done == 0 and "can be undone for 30 days more" in why
    assert erasing.foretell("lead", [kept.id], carol)[0].refusal == why
    with pytest.raises(Missing):
        erase(lost, carol)
    gate.restore(Lead.get_by_id(kept.id), carol)
    merges.undo(Lead, Merge.get().id, alice)
    gone_to_the_bin(lost, carol)
    assert erase(lost, carol) == (1, [])


def test_with_an_old_merge_both_records_go(alice, carol):
    kept, lost = furnished(alice, "Costa"), furnished(alice, f"{WORD}z")
    third = make_lead(alice, "Other")
    duplicates.tell_apart(Lead, [kept.id, third.id], alice)
    merges.merge([kept, lost], kept.id, alice)
    gone_to_the_bin(kept, carol)
    with clock.frozen(clock.now() + timedelta(days=31)):
        assert erase(kept, carol) == (1, [])
    assert [lead.id for lead in Lead.select()] == [third.id]
    assert Merge.select().count() == Distinction.select().count() == 0
    assert WORD.lower() not in everything_said()


def test_something_that_followed_in_a_merge_may_go_and_the_merge_still_comes_back(alice, carol):
    kept, lost = make_partner(alice, "Harbour"), make_partner(alice, "Harbor")
    sale, other = make_opportunity(alice, partner=lost.id), make_opportunity(alice, partner=lost.id)
    merges.merge([kept, lost], kept.id, alice)
    gone_to_the_bin(sale, carol)
    erase(sale, carol)
    merges.undo(Partner, Merge.get().id, alice)
    assert Opportunity.get_by_id(other.id).partner_id == lost.id


def test_the_rows_of_a_file_that_it_came_from_are_forgotten(alice, carol):
    batch = imports.bring(f"Name\n{WORD}\nCosta\n".encode(), "people.csv", "lead", alice)
    lead = make_lead(alice, WORD)
    ImportRow.update(record_id=lead.id, outcome="created").where(ImportRow.number == 2).execute()
    imports.Import.update(state="done").execute()
    gone_to_the_bin(lead, carol)
    erase(lead, carol)
    assert WORD.lower() not in everything_said() and "costa" in everything_said()
    assert batch.id


def test_the_bin_is_emptied_by_age_in_portions_and_only_of_what_one_sees(alice, carol, monkeypatch):
    monkeypatch.setattr(erasing, "IN_ONE_GO", 2)
    monkeypatch.setattr(erasing.jobs, "PAUSE", 0)
    with clock.frozen(clock.now() - timedelta(days=40)):
        old = [make_lead(alice, f"Old {n}") for n in range(4)] + [make_partner(alice), make_opportunity(alice)]
        for record in old:
            gone_to_the_bin(record, carol)
    young = make_lead(alice, "Young")
    gone_to_the_bin(young, carol)
    going = erasing.older(30, carol)
    assert len(going) == 6 and len(erasing.older(0, carol)) == 7
    job_id = erasing.begin(going, carol)
    gate.restore(Lead.get_by_id(old[3].id), carol)
    erasing.work({"job": job_id})
    assert sorted(lead.label for lead in Lead.select()) == ["Old 3", "Young"]
    come = erasing.jobs.payload(erasing.jobs.Job.get_by_id(job_id))
    assert (come["done"], come["refused"]) == (5, {"This was restored meanwhile.": 1})


def test_bytes_stay_as_long_as_any_document_names_them(alice, carol):
    one, two = make_lead(alice), make_lead(alice, "Brandt")
    attach(one, alice, b"shared"), attach(two, alice, b"shared")
    alone = attach(one, alice, b"alone")
    gate.discard(alone, alice)  # in the bin: Undo may bring it back
    assert bodies.drop_unused() == 0 and DocumentBody.select().count() == 2
    gone_to_the_bin(one, carol)
    assert bodies.drop_unused() == 0
    erase(one, carol)
    assert {body.piece.tobytes() if hasattr(body.piece, "tobytes") else bytes(body.piece) for body in
            DocumentBody.select()} == {b"shared"}  # fmt: skip
    gone_to_the_bin(two, carol)
    erase(two, carol)
    assert DocumentBody.select().count() == 0


def test_a_file_taken_off_its_record_goes_for_good_after_thirty_days(alice):
    lead = make_lead(alice)
    document, stays = attach(lead, alice), attach(lead, alice, b"here")
    gate.discard(document, alice)
    upkeep.tidy({})
    assert Document.select().count() == DocumentBody.select().count() == 2
    with clock.frozen(clock.now() + timedelta(days=31)):
        upkeep.tidy({})
    assert [one.id for one in Document.select()] == [stays.id]
    assert [body.digest for body in DocumentBody.select()] == [stays.digest]


def test_bytes_attached_again_while_they_are_dropped_are_there(alice, carol):
    """PostgreSQL: whoever drops waits for those who attach."""
    if is_sqlite():
        return  # one writes at a time
    lead = make_lead(alice)
    first = attach(lead, alice, b"again")
    gate.discard(first, alice)
    gate.erase(Document.get_by_id(first.id), carol)
    DocumentBody.insert(digest=first.digest, place=0, piece=b"again").execute()
    dropped = threading.Event()

    def drop():
        with database.connection_context():
            bodies.drop_unused()
        dropped.set()

    with database.atomic():
        attach(lead, alice, b"again")
        other = threading.Thread(target=drop)
        other.start()
        assert not dropped.wait(0.5)
    other.join(10)
    assert dropped.is_set() and DocumentBody.select().count() == 1


def test_every_kind_of_record_that_can_hang_is_known():
    """A table that comes later hangs by `about` and `about_id`, or it is told here why it does not."""
    apart = {"merge", "distinction", "card"}  # a card stays with its record when that is merged into another
    hung = {name for name, model in RECORDS.items() if "about" in model._meta.fields} - apart
    assert hung == {name for name, model in RECORDS.items() if "about_id" in model._meta.fields}
