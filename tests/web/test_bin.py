"""The bin: what was deleted, who sees it there, and the way back."""

import re

from crmlite.models.leads import Lead
from crmlite.models.merges import Merge
from crmlite.models.notes import Note
from crmlite.rules import gate, notes
from tests.make import make_contact, make_lead, make_opportunity, make_partner


def delete(record, carol):
    return gate.remove(record, carol)


def test_an_empty_bin_says_so(client_of, db):
    text = client_of("alice").get("/bin").text
    assert "No deleted lead here" in text
    assert 'href="/bin"' in client_of("alice").get("/settings").text


def test_the_bin_tells_who_deleted_what_and_links_to_it(client_of, alice, carol):
    lead = delete(make_lead(alice, "Costa"), carol)
    for made in (make_partner(alice, "Harbour"), make_contact(alice, "Moreau"), make_opportunity(alice, "Room")):
        delete(made, carol)
    client = client_of("alice")
    text = client.get("/bin?concept=lead").text
    assert "Costa" in text and "Deleted by Carol Cole" in text and f'href="/leads/{lead.id}"' in text
    for concept, name in (("partner", "Harbour"), ("contact", "Moreau"), ("opportunity", "Room")):
        assert name in client.get(f"/bin?concept={concept}").text


def test_one_is_restored_with_what_hung_on_it(client_of, alice, carol):
    lead = make_lead(alice, "Costa")
    notes.add(lead, "A word", alice)
    delete(lead, carol)
    answer = client_of("alice").part("/bin", "POST", data={"concept": "lead", "one": lead.id})
    assert answer.headers["HX-Redirect"] == "/bin?concept=lead"
    assert Lead.get_by_id(lead.id).deleted_at is None and Note.select().count() == 1
    assert "A word" in client_of("alice").get(f"/leads/{lead.id}").text


def test_ticked_ones_are_restored_and_undo_puts_them_back(client_of, alice, carol):
    ids = [delete(make_lead(alice, name), carol).id for name in ("Costa", "Brandt", "Aster")]
    client = client_of("carol")
    client.part("/bin", "POST", data={"concept": "lead", "ids": ids[:2]})
    assert Lead.select().where(Lead.deleted_at.is_null()).count() == 2
    page = client.get("/bin").text
    assert "2 leads restored" in page
    client.part(re.search(r"/gestures/\d+/reversal", page).group(0), "POST")
    assert Lead.select().where(Lead.deleted_at.is_null()).count() == 0


def test_the_address_of_a_deleted_record_offers_the_way_back(client_of, alice, carol):
    lead = delete(make_lead(alice, "Costa"), carol)
    client = client_of("alice")
    answer = client.get(f"/leads/{lead.id}")
    assert answer.status_code == 410
    assert "In the bin" in answer.text and "Carol Cole deleted this lead" in answer.text
    back = client.part("/bin", "POST", data={"concept": "lead", "one": lead.id, "back": "record"})
    assert back.headers["HX-Redirect"] == f"/leads/{lead.id}"
    assert client.get(f"/leads/{lead.id}").status_code == 200


def test_a_reader_sees_the_bin_but_restores_nothing(client_of, alice, carol):
    lead = delete(make_lead(alice, "Costa"), carol)
    rita = client_of("rita")
    assert "Costa" in rita.get("/bin").text and "Restore ticked" not in rita.get("/bin").text
    assert "Ask an owner or a manager" in rita.get(f"/leads/{lead.id}").text
    rita.part("/bin", "POST", data={"concept": "lead", "one": lead.id})
    assert Lead.get_by_id(lead.id).deleted_at is not None


def test_strangers_learn_nothing_from_the_bin(client_of, alice, carol):
    """Nor from the address of what lies in it."""
    lead = delete(make_lead(alice, "Costa"), carol)
    charlie = client_of("charlie")
    assert "Costa" not in charlie.get("/bin").text
    answer = charlie.get(f"/leads/{lead.id}")
    assert answer.status_code == 404 and "Costa" not in answer.text
    assert charlie.part("/bin", "POST", data={"concept": "lead", "one": lead.id}).status_code == 404
    assert Lead.get_by_id(lead.id).deleted_at is not None


def test_what_is_not_in_the_bin_is_refused_with_a_sentence(client_of, alice):
    client = client_of("alice")
    assert client.part("/bin", "POST", data={"concept": "boat", "one": 1}).status_code == 422
    assert client.part("/bin", "POST", data={"concept": "lead"}).status_code == 422
    assert client.get("/leads/99999").status_code == 404


def test_what_was_merged_into_another_is_not_in_the_bin(client_of, alice, carol):
    """Only taking back the merge brings it back."""
    kept, lost = make_lead(alice, "Costa"), make_lead(alice, "Acosta")
    mark = {"about": "lead", "kept": kept.id, "loser": lost.id, "name": "x", "gesture": 1, "carried": {}}
    gate.create(Merge, mark, carol)
    delete(lost, carol)
    assert "Acosta" not in client_of("carol").get("/bin").text
    assert client_of("carol").part("/bin", "POST", data={"concept": "lead", "one": lost.id}).status_code == 404
