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
    assert "<li>1 note</li>" in text and "Alice Arden" in text
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


def test_tools_of_a_list_lead_to_its_duplicates(client_of, alice):
    """SEED-79, SEED-80, SEED-83: leads, customers in whatever view, contacts."""
    visitor = client_of("alice")
    for page in ("/leads", "/partners", "/partners?view=suppliers", "/partners?view=customers", "/contacts"):
        section = page.partition("?")[0]
        assert f'href="{section}/duplicates"' in visitor.get(page).text, page
        assert visitor.get(f"{section}/duplicates").status_code == 200


def test_the_fields_to_compare_are_ticked(client_of, alice):
    """SEED-81"""
    for name in ("Costa", "Moreau"):
        make_lead(alice, name, email="office@azenha.example", city="Porto")
    visitor = client_of("alice")
    text = visitor.get("/leads/duplicates?field=email&field=city").text
    assert "office@azenha.example" in text and "Moreau" in text and 'name="field" value="company"' in text
    assert "Moreau" not in visitor.get("/leads/duplicates?field=name").text
    assert visitor.get("/leads/duplicates?field=owner").status_code == 422


def test_a_group_merges_and_comes_back_to_the_page(client_of, pair):
    """SEED-82"""
    kept, loser = pair
    back = "/leads/duplicates?field=phone"
    sent = {"ids": [kept.id, loser.id], "kept": kept.id, "back": back}
    assert client_of("alice").post("/leads/merges", data=sent).headers["Location"] == back
    assert Lead.get_by_id(loser.id).deleted_at is not None


def test_not_duplicates_is_remembered(client_of, alice):
    one, two = make_lead(alice), make_lead(alice)
    visitor = client_of("alice")
    assert f'value="{two.id}"' in visitor.get("/leads/duplicates").text
    answer = visitor.post("/leads/distinctions", data={"ids": [one.id, two.id], "back": "/leads/duplicates"})
    assert answer.headers["Location"] == "/leads/duplicates"
    assert f'value="{two.id}"' not in visitor.get("/leads/duplicates").text
    assert "Nothing here" in visitor.part(f"/leads/{one.id}/duplicates").text
    assert client_of("rita").post("/leads/distinctions", data={"ids": [one.id, two.id]}).status_code == 403


def test_a_record_shows_who_it_may_be(client_of, pair):
    kept, loser = pair
    visitor = client_of("alice")
    assert f"/leads/{kept.id}/duplicates" in visitor.get(f"/leads/{kept.id}").text
    text = visitor.part(f"/leads/{loser.id}/duplicates").text
    assert f'value="{kept.id}"' in text and "similar name" in text


def test_the_form_of_a_new_record_warns_while_it_is_typed(client_of, pair):
    visitor = client_of("alice")
    assert 'hx-get="/leads/lookalikes"' in visitor.part("/leads/form").text
    assert "lookalikes" not in visitor.part(f"/leads/{pair[0].id}/form").text
    text = visitor.part("/leads/lookalikes?name=Nobody&email=INES@azenha.example").text
    assert f"/leads/{pair[0].id}" in text and "same e-mail" in text
    assert "same phone" in visitor.part("/leads/lookalikes?phone=%2B351 911 222 333").text
    assert visitor.part("/leads/lookalikes?name=&email=").text.strip() == ""


def test_charlie_sees_no_duplicate_of_alices(client_of, pair, charlie):
    make_lead(charlie, "Costa", email="ines@azenha.example")
    visitor = client_of("charlie")
    for address in (
        "/leads/duplicates?field=name",
        "/leads/duplicates?field=email&how=similar",
        "/leads/lookalikes?name=Costa&email=ines@azenha.example",
    ):
        text = visitor.get(address).text
        assert f"/leads/{pair[0].id}" not in text and f"/leads/{pair[1].id}" not in text, address
    assert visitor.get(f"/leads/{pair[0].id}/duplicates").status_code == 404
    assert visitor.post("/leads/distinctions", data={"ids": [one.id for one in pair]}).status_code == 404
