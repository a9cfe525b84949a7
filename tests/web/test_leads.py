"""Leads over HTTP: the list, a cell, a record, the verbs."""

import re

from crmlite.models.leads import Lead
from crmlite.rules import gate, leads, notes
from tests.conftest import counted_queries
from tests.make import choice, make_lead


def test_it_works(client_of, alice):
    """SEED-12"""
    make_lead(alice, "Costa", first_name="Inês", company="Azenha")
    answer = client_of("alice").get("/leads")
    assert answer.status_code == 200
    assert "Costa, Inês" in answer.text
    assert "Content-Security-Policy" in answer.headers


def test_htmx_gets_the_content_without_the_frame(client_of, alice):
    answer = client_of("alice").part("/leads")
    assert "<html" not in answer.text
    assert "HX-Request" in answer.headers["Vary"]


def test_a_stranger_to_the_team_sees_nothing(client_of, alice):
    lead = make_lead(alice, "Costa")
    charlie = client_of("charlie")
    assert "Costa" not in charlie.get("/leads?view=all").text
    for path in ("", "/form", "/row", "/cells/email", "/menu", "/timeline", "/facts", "/loss"):
        assert charlie.get(f"/leads/{lead.id}{path}").status_code == 404, path


def test_somebody_who_is_not_signed_in_is_led_to_the_sign_in(client_of, db):
    answer = client_of().get("/leads?view=mine")
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("/sign-in?next=/leads?view%3Dmine")
    assert client_of().part("/leads").status_code == 401


def test_a_cell_is_edited_in_place(client_of, alice):
    lead = make_lead(alice)
    form = client_of("alice").part(f"/leads/{lead.id}/cells/email")
    assert 'name="email"' in form.text
    row = client_of("alice").part(
        f"/leads/{lead.id}/cells/email", "POST", data={"email": "ines@azenha.example", "seen": lead.version}
    )
    assert row.status_code == 200
    assert "ines@azenha.example" in row.text
    assert Lead.get_by_id(lead.id).email == "ines@azenha.example"


def test_a_refused_cell_keeps_the_text_and_says_why(client_of, alice):
    lead = make_lead(alice)
    answer = client_of("alice").part(f"/leads/{lead.id}/cells/email", "POST", data={"email": "ines at azenha"})
    assert answer.status_code == 422
    assert 'value="ines at azenha"' in answer.text
    assert "Please enter an e-mail address" in answer.text
    assert Lead.get_by_id(lead.id).email == ""


def test_every_kind_of_cell_refuses_nonsense_with_a_sentence(client_of, alice):
    lead = make_lead(alice)
    bad = {
        "phone": "call me",
        "contact_date": "someday",
        "owner": "999999",
        "source": "999999",
        "status": "sleeping",
        "budget": "a lot",
        "website": "no dots",
        "company": "x" * 300,
        "name": "",
    }
    for name, text in bad.items():
        answer = client_of("alice").part(f"/leads/{lead.id}/cells/{name}", "POST", data={name: text})
        assert answer.status_code == 422, name
        assert re.search(r'class="error"[^>]*>[^<]+', answer.text), name
    assert Lead.get_by_id(lead.id).version == lead.version


def test_two_people_in_the_same_cell_are_asked(client_of, alice, bob):
    lead = make_lead(alice, company="Azenha")
    seen = lead.version
    leads.edit(lead, {"company": "Azenha Lda"}, bob, seen)
    answer = client_of("alice").part(
        f"/leads/{lead.id}/cells/company", "POST", data={"company": "Azenha SA", "seen": seen}
    )
    assert answer.status_code == 409
    assert "Bob Birch" in answer.text and "Azenha Lda" in answer.text
    assert 'value="Azenha SA"' in answer.text
    again = re.search(r'name="seen" value="(\d+)"', answer.text)
    kept = client_of("alice").part(
        f"/leads/{lead.id}/cells/company", "POST", data={"company": "Azenha SA", "seen": again.group(1)}
    )
    assert kept.status_code == 200
    assert Lead.get_by_id(lead.id).company == "Azenha SA"


def test_two_people_in_different_cells_both_win(client_of, alice, bob):
    lead = make_lead(alice)
    seen = lead.version
    leads.edit(lead, {"company": "Azenha"}, bob, seen)
    answer = client_of("alice").part(
        f"/leads/{lead.id}/cells/referent", "POST", data={"referent": "Noor", "seen": seen}
    )
    assert answer.status_code == 200
    fresh = Lead.get_by_id(lead.id)
    assert (fresh.company, fresh.referent) == ("Azenha", "Noor")


def test_a_record_that_is_gone_says_so(client_of, alice, carol):
    lead = make_lead(alice)
    gate.remove(lead, carol)
    answer = client_of("alice").part(f"/leads/{lead.id}/cells/email", "POST", data={"email": "a@b.example"})
    assert answer.status_code == 404
    assert "does not exist" in answer.headers["HX-Trigger"]


def test_a_reader_changes_nothing(client_of, alice):
    lead = make_lead(alice)
    answer = client_of("rita").part(f"/leads/{lead.id}/cells/email", "POST", data={"email": "a@b.example"})
    assert answer.status_code == 403
    assert "can read but not change" in answer.text
    assert "New lead" not in client_of("rita").get("/leads").text


def test_the_suitcase_assigns_to_me(client_of, alice, bob):
    """SEED-38"""
    lead = make_lead(alice)
    answer = client_of("bob").part(f"/leads/{lead.id}/assignment?as=row", "POST", data={"seen": lead.version})
    assert "Bob Birch" in answer.text
    assert "reversal" in answer.headers["HX-Trigger"]
    assert Lead.get_by_id(lead.id).status == "assigned"


def test_a_lead_is_lost_with_a_reason_and_recycled(client_of, alice):
    """SEED-03, SEED-30"""
    lead = make_lead(alice)
    visitor = client_of("alice")
    bare = visitor.part(f"/leads/{lead.id}/loss", "POST", data={"lost_reason": ""})
    assert bare.status_code == 422
    assert "Please choose why the lead was lost" in bare.text
    reason = choice("lost_reason", "No budget")
    visitor.part(f"/leads/{lead.id}/loss", "POST", data={"lost_reason": reason.id})
    assert Lead.get_by_id(lead.id).status == "lost"
    visitor.part(f"/leads/{lead.id}/recycling", "POST")
    fresh = Lead.get_by_id(lead.id)
    assert (fresh.status, fresh.recycled) == ("in_progress", True)


def test_a_new_lead_is_its_creators_and_new(client_of, alice):
    """SEED-01, SEED-12, SEED-32"""
    answer = client_of("alice").post(
        "/leads", data={"name": "Haugen", "first_name": "Sigrid", "contact_date": "2026-03-02"}
    )
    assert answer.status_code == 303
    lead = Lead.get(Lead.name == "Haugen")
    assert (lead.owner_id, lead.status) == (alice.id, "new")
    assert answer.headers["Location"] == f"/leads/{lead.id}"


def test_a_form_with_errors_keeps_every_text(client_of, alice):
    answer = client_of("alice").post("/leads", data={"name": "", "company": "Nordlys", "email": "nope", "phone": "12"})
    assert answer.status_code == 422
    for text in ("Please enter a name", "Nordlys", 'value="nope"', "e-mail address such as", "at least 7 digits"):
        assert text in answer.text
    assert not Lead.select().exists()


def test_views_filters_and_sort_are_in_the_address(client_of, alice, bob):
    make_lead(alice, "Costa", company="Azenha")
    make_lead(bob, "Brandt", company="Brandt & Söhne")
    visitor = client_of("alice")
    assert "Brandt" not in visitor.get("/leads?view=mine").text
    assert "Costa" not in visitor.get("/leads?company=has:söhne").text
    assert "Brandt" in visitor.get("/leads?company=has:Söhne").text
    rows = re.findall(r'href="/leads/\d+">(\w+)</a>', visitor.get("/leads?sort=name").text)
    assert rows == ["Brandt", "Costa"]
    assert re.findall(r'href="/leads/\d+">(\w+)</a>', visitor.get("/leads?sort=-name").text) == ["Costa", "Brandt"]


def test_a_filter_that_cannot_be_read_is_told(client_of, alice):
    answer = client_of("alice").get("/leads?contact_date=last:soon")
    assert answer.status_code == 422
    assert "number of days" in answer.text


def test_pages_follow_each_other_without_gaps(client_of, alice):
    for number in range(95):
        make_lead(alice, f"Lead{number:03d}")
    visitor, seen, address = client_of("alice"), [], "/leads/rows?sort=name"
    while address:
        text = visitor.part(address).text
        seen += re.findall(r">(Lead\d+)</a>", text)
        more = re.search(r'hx-get="([^"]+)" hx-trigger="intersect', text)
        address = more.group(1).replace("&amp;", "&") if more else ""
    assert seen == [f"Lead{number:03d}" for number in range(95)]


def test_every_sort_pages_to_the_end(client_of, alice):
    for number in range(50):
        make_lead(alice, f"Lead{number:02d}", budget=number % 3 or None, owner=None if number % 2 else alice.id)
    for sort in (
        "name",
        "-contact_date",
        "company",
        "owner",
        "-owner",
        "status",
        "source",
        "budget",
        "-budget",
        "email",
    ):
        text = client_of("alice").get(f"/leads?sort={sort}").text
        more = re.search(r'hx-get="([^"]+)" hx-trigger="intersect', text)
        rest = client_of("alice").part(more.group(1).replace("&amp;", "&")).text
        names = re.findall(r">(Lead\d+)</a>", text) + re.findall(r">(Lead\d+)</a>", rest)
        assert len(set(names)) == 50, sort


def test_the_footer_counts_and_sums(client_of, alice):
    make_lead(alice, "Costa", budget=1_250_050)
    make_lead(alice, "Brandt", budget=100_000)
    text = client_of("alice").part("/leads/totals").text
    assert "<b>2</b> leads" in text
    assert "€\u00a013,500.50" in text


def test_a_selection_is_assigned_and_taken_back_at_once(client_of, alice, bob):
    ids = [make_lead(alice, name).id for name in ("Costa", "Brandt")]
    data = {"ids": ids, "verb": "set", "field": "owner", "value": bob.id}
    visitor = client_of("alice")
    assert visitor.part("/leads/bulk", "POST", data=data).status_code == 200
    assert {lead.owner_id for lead in Lead.select()} == {bob.id}
    undo = re.search(r"/gestures/\d+/reversal", visitor.get("/leads").text).group(0)
    visitor.part(undo, "POST")
    assert {lead.owner_id for lead in Lead.select()} == {alice.id}


def test_only_managers_delete(client_of, alice):
    lead = make_lead(alice)
    answer = client_of("alice").part("/leads/bulk", "POST", data={"ids": lead.id, "verb": "delete"})
    assert Lead.get_by_id(lead.id).deleted_at is None
    assert answer.status_code == 200
    client_of("carol").part("/leads/bulk", "POST", data={"ids": lead.id, "verb": "delete"})
    assert Lead.get_by_id(lead.id).deleted_at is not None


def test_all_that_match_are_archived(client_of, alice):
    for number in range(60):
        make_lead(alice, f"Lead{number}")
    client_of("alice").part("/leads/bulk?view=mine", "POST", data={"all": "1", "verb": "archive"})
    assert Lead.select().where(Lead.archived == True).count() == 60  # noqa: E712
    assert "Lead59" not in client_of("alice").get("/leads").text
    assert "Lead59" in client_of("alice").get("/leads?view=archived").text


def test_csv_is_what_the_view_shows(client_of, alice):
    make_lead(alice, "Costa", company="=cmd()", budget=1_250_050)
    answer = client_of("alice").get("/leads.csv?columns=company,budget,status")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "First name,Last name,Company,Budget,Status"
    assert lines[1] == ",Costa,'=cmd(),12500.50,New"


def test_colours_come_with_a_word(client_of, alice):
    """SEED-41"""
    make_lead(alice, "Fresh")
    text = client_of("alice").get("/leads").text
    assert 'class="ink-blue"' in text
    assert ">New</span>" in text


def test_the_list_asks_the_database_the_same_few_times_for_any_number_of_rows(client_of, alice):
    visitor = client_of("alice")
    counts = []
    for wanted in (1, 39):
        while Lead.select().count() < wanted:
            make_lead(alice, f"Lead{Lead.select().count()}")
        visitor.get("/leads")
        with counted_queries() as queries:
            visitor.get("/leads")
        counts.append(len(queries))
    assert counts == [3, 3]


def test_the_page_of_a_record_asks_the_same_number_of_times_however_much_there_is_to_tell(client_of, alice):
    lead = make_lead(alice)
    visitor = client_of("alice")
    counts = []
    for many in (1, 50):
        for number in range(many):
            notes.add(lead, f"Note {number}", alice)
            leads.edit(Lead.get_by_id(lead.id), {"city": f"Lyon {number}"}, alice)
        visitor.get(f"/leads/{lead.id}")
        with counted_queries() as queries:
            visitor.get(f"/leads/{lead.id}")
        counts.append(len(queries))
    assert counts == [19, 19]


def test_the_record_page_tells_the_story(client_of, alice, bob):
    """SEED-11"""
    lead = make_lead(alice, "Costa", company="Azenha")
    client_of("bob").part("/notes", "POST", data={"about": "lead", "about_id": lead.id, "body": "Wants <b>proof</b>"})
    leads.edit(lead, {"company": "Azenha Lda"}, bob)
    text = client_of("alice").get(f"/leads/{lead.id}").text
    assert "Wants &lt;b&gt;proof&lt;/b&gt;" in text
    assert "<del>Azenha</del> → Azenha Lda" in text
    assert "Alice Arden created this" in text


def test_changes_from_another_site_are_refused(client_of, alice):
    lead = make_lead(alice)
    visitor = client_of("alice")
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": None, "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": None},
    ):
        answer = visitor.request("POST", f"/leads/{lead.id}/start", headers=headers)
        assert answer.status_code == 403, headers
    assert Lead.get_by_id(lead.id).status == "new"
