"""Deleting for good at the web door: asked first, owners and managers only, the bin emptied by age."""

import io
import re
from datetime import timedelta

import pytest

from crmlite import clock
from crmlite.models.jobs import Job
from crmlite.models.leads import Lead
from crmlite.models.opportunities import Opportunity
from crmlite.rules import conversions, documents, erasing, events, gate, jobs, merges, notes
from crmlite.rules.access import system
from crmlite.rules.settings import put_setting
from crmlite.serve import HANDLERS
from tests.make import make_lead, make_opportunity, make_partner, make_quote


def binned(record, carol):
    return gate.remove(type(record).get_by_id(record.id), carol)


def furnished(alice, name="Costa"):
    lead = make_lead(alice, name)
    notes.add(lead, "A word", alice)
    documents.attach(lead, [documents.Sent("map.txt", io.BytesIO(b"here"))], 1000, alice)
    return lead


def test_it_is_asked_first_and_names_the_record_and_what_goes_with_it(client_of, alice, carol):
    lead = furnished(alice)
    make_opportunity(alice, lead=lead.id)
    binned(lead, carol)
    client = client_of("carol")
    page = client.get("/bin?concept=lead").text
    (address,) = set(re.findall(r'href="(/bin/erasure[^"]*)"', page))
    dialog = client.part(address.replace("&amp;", "&")).text
    assert "<b>Costa</b>" in dialog and "1 document, 1 note" in dialog
    assert "1 opportunity will stay, without this lead" in dialog and "not even Undo" in dialog
    assert Lead.get_by_id(lead.id)
    answer = client.part("/bin/erasure", "POST", data={"concept": "lead", "ids": lead.id})
    assert answer.headers["HX-Redirect"] == "/bin?concept=lead"
    assert Lead.select().count() == 0 and Opportunity.get().lead_id is None
    assert "1 lead deleted for good" in client.get("/bin").text
    assert client.get(f"/leads/{lead.id}").status_code == 404
    assert client.get(f"/opportunities/{Opportunity.get().id}").status_code == 200


def test_every_page_stands_without_what_is_gone(client_of, alice, carol):
    """A converted lead, an opportunity, a quote, a call and a contact whose customer was deleted for good."""
    lead = make_lead(alice, "Costa", company="Harbour Light")
    made = conversions.convert(lead, {"kind": "company"}, None, {"name": "Cold room"}, alice)
    quote = make_quote(alice, opportunity=made.opportunity.id)
    links = {"partner": made.partner.id, "lead": lead.id}
    planned = {"kind": "call", "subject": "Call", "starts_at": clock.now() + timedelta(days=1)}
    call = events.save(None, {**planned, **links}, alice)
    child = make_partner(alice, "Dock", parent=made.partner.id)
    for record in (made.partner, made.contact):
        assert erasing.erase(record.concept, [binned(record, carol).id], carol) == (1, [])
    pages = [
        f"/leads/{lead.id}", f"/opportunities/{made.opportunity.id}", f"/quotes/{quote.id}", f"/events/{call.id}",
        f"/partners/{child.id}", "/leads", "/partners", "/contacts", "/opportunities", "/opportunities/board",
        "/quotes", "/events", "/calendars/week", "/", "/bin",
    ]  # fmt: skip
    client = client_of("alice")
    answers = {url: client.get(url) for url in pages}
    assert {url: answer.status_code for url, answer in answers.items()} == dict.fromkeys(pages, 200)
    assert not [url for url, answer in answers.items() if f"/partners/{made.partner.id}\"" in answer.text]


def test_the_page_of_a_deleted_record_offers_it_too(client_of, alice, carol):
    lead = binned(make_lead(alice, "Costa"), carol)
    assert f"/bin/erasure?concept=lead&amp;ids={lead.id}" in client_of("carol").get(f"/leads/{lead.id}").text
    assert "/bin/erasure" not in client_of("alice").get(f"/leads/{lead.id}").text


def test_it_works_without_script(client_of, alice, carol):
    leads = [binned(make_lead(alice, name), carol) for name in ("Costa", "Brandt")]
    client = client_of("carol")
    page = client.get(f"/bin/erasure?concept=lead&ids={leads[0].id}&ids={leads[1].id}")
    assert "<html" in page.text and "Delete 2 leads for good?" in page.text
    ids = re.findall(r'name="ids" value="(\d+)"', page.text)
    assert client.post("/bin/erasure", data={"concept": "lead", "ids": ids}).status_code == 303
    assert Lead.select().count() == 0


def test_others_may_not_and_are_offered_nothing(client_of, alice, carol):
    lead = binned(make_lead(alice, "Costa"), carol)
    for name in ("alice", "bob", "rita"):
        client = client_of(name)
        page = client.get("/bin?concept=lead").text
        assert "Costa" in page and "erasure" not in page and "Empty the bin" not in page
        assert client.part(f"/bin/erasure?concept=lead&ids={lead.id}").status_code == 403
        client.part("/bin/erasure", "POST", data={"concept": "lead", "ids": lead.id})
        assert client.part("/bin/emptying").status_code == 403
        assert client.part("/bin/emptying", "POST", data={"days": "0"}).status_code == 403
    assert Lead.get_by_id(lead.id)


def test_strangers_learn_nothing_and_delete_nothing(client_of, alice, carol):
    lead = binned(furnished(alice, "Zanzibar"), carol)
    charlie = client_of("charlie")
    for method in ("GET", "POST"):
        data = {"concept": "lead", "ids": lead.id}
        answer = charlie.part("/bin/erasure", method, params=data if method == "GET" else None, data=data)
        assert answer.status_code in (403, 404) and "Zanzibar" not in answer.text
    assert Lead.get_by_id(lead.id)


def test_a_manager_whose_sight_is_narrowed_deletes_only_what_they_see(client_of, alice, carol):
    """As in every path: what lies outside their scope is not there for them."""
    mine = binned(make_lead(carol, "Mine"), carol)
    hidden = binned(make_lead(alice, "Hidden"), carol)
    put_setting("visibility", {"manager": {"lead": "own"}}, system("cli"))
    client = client_of("carol")
    page = client.part("/bin/erasure", params={"concept": "lead", "ids": [mine.id, hidden.id]}).text
    assert "Mine" in page and "Hidden" not in page
    client.part("/bin/emptying", "POST", data={"days": "0"})
    assert [lead.name for lead in Lead.select()] == ["Hidden"]


def test_what_a_merge_still_needs_is_told(client_of, alice, carol):
    kept, lost = make_partner(alice, "Harbour"), make_partner(alice, "Harbor")
    merges.merge([kept, lost], kept.id, alice)
    binned(kept, carol)
    client = client_of("carol")
    dialog = client.part(f"/bin/erasure?concept=partner&ids={kept.id}").text
    assert "can be undone for 30 days more" in dialog and "Delete for good</button>" not in dialog
    client.part("/bin/erasure", "POST", data={"concept": "partner", "ids": kept.id})
    assert "1 refused" in client.get("/bin").text and kept.get_by_id(kept.id)


def test_the_bin_is_emptied_by_age(client_of, alice, carol):
    with clock.frozen(clock.now() - timedelta(days=40)):
        binned(make_lead(alice, "Old"), carol)
        binned(make_partner(alice), carol)
    binned(make_lead(alice, "Young"), carol)
    client = client_of("carol")
    assert "/bin/emptying" in client.get("/bin").text
    dialog = client.part("/bin/emptying").text
    assert "3 records" in dialog and "2 records" in dialog and "0 records" in dialog
    assert client.part("/bin/emptying", "POST", data={"days": "1"}).status_code == 422
    client.part("/bin/emptying", "POST", data={"days": "30"})
    assert [lead.name for lead in Lead.select()] == ["Young"]
    assert "2 records deleted for good" in client.get("/bin").text


def test_a_full_bin_is_emptied_in_the_background(client_of, alice, carol, monkeypatch):
    monkeypatch.setattr(erasing, "AT_ONCE", 3)
    monkeypatch.setattr(erasing, "IN_ONE_GO", 2)
    monkeypatch.setattr(jobs, "PAUSE", 0)
    for number in range(5):
        binned(make_lead(alice, f"Lead{number}"), carol)
    client = client_of("carol")
    place = client.part("/bin/emptying", "POST", data={"days": "0"}).headers["HX-Redirect"]
    assert "<b>0</b> of 5 records" in client.get(place).text
    job = jobs.claim(HANDLERS, "test")
    assert jobs.finish(job, HANDLERS[job.kind](jobs.payload(job)))
    assert Lead.select().count() == 0
    text = client.get(place).text
    assert "5 records deleted for good." in text and "Undo" not in text
    assert client_of("olive").get(f"/bulk/{Job.get().id}").status_code == 404


def test_an_empty_bin_says_so(client_of, carol):
    assert "The bin is empty." in client_of("carol").part("/bin/emptying").text


@pytest.mark.parametrize(
    "data", [{}, {"concept": "boat", "ids": 1}, {"concept": "lead"}, {"concept": "lead", "ids": "x"}]
)
def test_a_wish_that_cannot_be_read_is_refused_with_a_sentence(client_of, carol, data):
    client = client_of("carol")
    assert client.part("/bin/erasure", "POST", data=data).status_code == 422
    assert client.part("/bin/erasure", params=data).status_code == 422
