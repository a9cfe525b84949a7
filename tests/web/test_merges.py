"""Merging over HTTP: the bar of the list, the page side by side, taking it back, and whom it refuses."""

import re

import pytest

from crmlite.models.leads import Lead
from crmlite.models.merges import Merge
from crmlite.rules import notes
from tests.make import make_contact, make_lead, make_partner


@pytest.fixture
def pair(alice):
    kept = make_lead(alice, "Costa", first_name="Inês", city="Porto", email="ines@azenha.example")
    loser = make_lead(alice, "Costa", city="Lisboa", mobile_phone="+351 911 222 333")
    notes.add(loser, "Twice", alice)
    return kept, loser


def ids(pair):
    return "&".join(f"ids={record.id}" for record in pair)


def test_the_bar_of_the_list_offers_to_merge(client_of, pair):
    assert 'formaction="/leads/merges"' in client_of("alice").get("/leads").text
    assert 'formaction="/leads/merges"' not in client_of("rita").get("/leads").text
    assert "/merges" not in client_of("alice").get("/opportunities").text


def test_ticked_rows_lead_to_the_page(client_of, pair):
    answer = client_of("alice").post("/leads/merges", data={"ids": [one.id for one in pair]})
    assert answer.status_code == 303 and answer.headers["Location"].startswith(f"/leads/merges?{ids(pair)}")
    answer = client_of("alice").part("/leads/merges", "POST", data={"ids": [one.id for one in pair]})
    assert answer.headers["HX-Redirect"].startswith("/leads/merges?")
    assert client_of("alice").post("/leads/merges", data={"ids": [pair[0].id]}).status_code == 422


def test_the_page_shows_them_side_by_side(client_of, pair):
    text = client_of("alice").get(f"/leads/merges?{ids(pair)}").text
    assert re.search(rf'name="kept" value="{pair[0].id}" checked', text)
    assert re.search(rf'name="city" value="{pair[0].id}" checked', text) and "Lisboa" in text
    assert "1 notes" in text or "1 note" in text
    other = client_of("alice").get(f"/leads/merges?{ids(pair)}&kept={pair[1].id}").text
    assert re.search(rf'name="city" value="{pair[1].id}" checked', other)


def test_the_preview_says_what_it_becomes(client_of, pair):
    kept, loser = pair
    chosen = f"&kept={kept.id}&drawn={kept.id}&city={loser.id}&both_phones=1"
    text = client_of("alice").get(f"/leads/merges?{ids(pair)}{chosen}").text
    assert re.search(r'<td class="result">Lisboa</td>', text)


def test_a_merge_keeps_what_was_chosen_and_offers_undo(client_of, pair):
    """SEED-82"""
    kept, loser = pair
    visitor = client_of("alice")
    sent = {"ids": [kept.id, loser.id], "kept": kept.id, "drawn": kept.id, "city": loser.id}
    answer = visitor.post("/leads/merges", data=sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/leads/{kept.id}")
    fresh = Lead.get_by_id(kept.id)
    assert (fresh.city, fresh.mobile_phone) == ("Lisboa", "+351 911 222 333")
    page = visitor.get(f"/leads/{kept.id}").text
    assert "was merged into this" in page and "merged “Costa” into this" in page
    assert f"/leads/merges/{Merge.get().id}/reversal" in page and "Twice" in page


def test_the_address_of_a_loser_leads_to_the_kept_record(client_of, pair):
    kept, loser = pair
    visitor = client_of("alice")
    visitor.post("/leads/merges", data={"ids": [kept.id, loser.id], "kept": kept.id})
    answer = visitor.get(f"/leads/{loser.id}")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/leads/{kept.id}")
    assert client_of("charlie").get(f"/leads/{loser.id}").status_code == 404


def test_a_merge_is_undone_from_the_kept_record(client_of, pair):
    kept, loser = pair
    visitor = client_of("alice")
    visitor.post("/leads/merges", data={"ids": [kept.id, loser.id], "kept": kept.id})
    answer = visitor.post(f"/leads/merges/{Merge.get().id}/reversal")
    assert answer.headers["Location"] == f"/leads/{kept.id}"
    assert Lead.get_by_id(loser.id).deleted_at is None
    page = visitor.get(f"/leads/{kept.id}").text
    assert "is undone" in page and "was merged into this" not in page
    assert visitor.post("/leads/merges/1/reversal").status_code == 404


def test_customers_and_contacts_merge_the_same_way(client_of, alice):
    """SEED-82"""
    for section, make in (("partners", make_partner), ("contacts", make_contact)):
        one, two = make(alice), make(alice)
        assert client_of("alice").get(f"/{section}/merges?{ids((one, two))}").status_code == 200
        answer = client_of("alice").post(f"/{section}/merges", data={"ids": [one.id, two.id], "kept": one.id})
        assert answer.headers["Location"] == f"/{section}/{one.id}"


def test_charlie_cannot_merge_what_he_may_not_see(client_of, pair, charlie):
    """No page, no merge, no undo; also not of one of his own with one of Alice's."""
    hers, his = pair[0], make_lead(charlie)
    visitor = client_of("charlie")
    for both in (pair, (hers, his)):
        for kept in both:
            sent = {"ids": [one.id for one in both], "kept": kept.id}
            assert visitor.post("/leads/merges", data=sent).status_code == 404
            assert visitor.get(f"/leads/merges?{ids(both)}&kept={kept.id}").status_code == 404
    client_of("alice").post("/leads/merges", data={"ids": [one.id for one in pair], "kept": pair[0].id})
    assert visitor.post(f"/leads/merges/{Merge.get().id}/reversal").status_code == 404
    assert client_of("rita").post("/leads/merges", data={"ids": [pair[0].id, his.id]}).status_code in (403, 404)
