"""Finding: in any spelling, with typos, only what is one's own, and an index that can be written again."""

import pytest

from crmlite.models.base import database
from crmlite.models.leads import Lead
from crmlite.rules import gate, leads, search, search_index, terms
from crmlite.rules.demo import rows
from tests.make import choice, make_contact, make_lead, make_opportunity, make_partner


def labels(text, by, **options):
    return [hit.label for hit in search.find(text, by, **options)]


@pytest.mark.parametrize("typed", ["ines@azenha.example", "ines@", "azenha.example", "@azenha", "AZENHA"])
def test_an_email_is_found_whole_and_in_parts(typed, alice):
    make_lead(alice, "Costa", email="ines@azenha.example")
    make_lead(alice, "Other", email="ines.other@elsewhere.example")
    assert "Costa" in labels(typed, alice)


@pytest.mark.parametrize(
    "typed",
    ["+33 4 72 10 48 81", "0033472104881", "04 72 10 48 81", "04 72 10", "0472104881", "+33 (0)4 72 10", "+33 4 72",
     "4881", "48 81", "04.72.10.48.81", "Costa 04 72", "33 472 104 881"],
)  # fmt: skip
@pytest.mark.parametrize("stored", ["+33 4 72 10 48 81", "0033 472 104 881", "+33 (0)4.72.10.48.81"])
def test_a_phone_number_is_found_in_any_format(typed, stored, alice):
    make_lead(alice, "Costa", phone=stored)
    make_lead(alice, "Other", phone="+49 30 1234567")
    assert labels(typed, alice) == ["Costa"]


def test_a_number_kept_without_country_is_found_with_it(alice):
    make_lead(alice, "Costa", phone="04 72 10 48 81")
    assert labels("+33 4 72 10 48 81", alice) == labels("+33 4 72 10", alice) == ["Costa"]


@pytest.mark.parametrize(
    ("stored", "typed"),
    [("Müller", "muller"), ("Müller", "mueller"), ("Mueller", "Müller"), ("Straße", "strasse"), ("Strasse", "straße"),
     ("Łódź", "lodz"), ("Søren", "soren"), ("Søren", "soeren"), ("Œuvre", "oeuvre"), ("Inês", "INES"),
     ("O’Brien", "obrien"), ("O'Brien", "o'br"), ("Ines", "ine\u0302s")],
)  # fmt: skip
def test_accents_case_and_spelling_do_not_matter(stored, typed, alice):
    make_lead(alice, stored)
    assert labels(typed, alice) == [stored]
    assert not search.answer(typed, alice).meant


def test_references_are_found(alice):
    partner, opportunity = make_partner(alice), make_opportunity(alice)
    assert labels(partner.reference, alice) == [partner.label]
    assert labels(opportunity.reference.lower(), alice) == [opportunity.label]


@pytest.mark.parametrize(
    "typed", ["kovalski", "kowlaski", "kowalsky", "kowalskii", "kovalsk", "jowalski", "harbur kowalski"]
)
def test_one_or_two_wrong_letters_are_forgiven_and_told(typed, alice):
    make_lead(alice, "Kowalski", company="Harbour Light")
    answer = search.answer(typed, alice)
    assert [(hit.label, hit.typo) for hit in answer.hits] == [("Kowalski", True)]
    assert set(answer.meant.values()) <= {"kowalski", "harbour"} and answer.meant


def test_a_typo_betrays_nothing_that_somebody_may_not_see(alice, charlie):
    make_lead(alice, "Zanzibar")
    assert search.answer("zanzibor", alice).meant == {"zanzibor": "zanzibar"}
    assert search.answer("zanzibor", charlie) == search.Answer([], terms.asked("zanzibor"), {})
    assert not search.find("zanzibar", charlie) and not search.recent(charlie)


def test_short_words_and_numbers_are_taken_as_typed(alice):
    make_lead(alice, "Lea", phone="+33 4 72 10 48 81")
    assert not labels("lex", alice) and not labels("472105", alice)


def test_labels_that_begin_with_the_words_come_first_then_words_then_beginnings_then_typos(alice):
    for name, company in (("Zed", "Marin"), ("Jo Marina", ""), ("Ana Marin", ""), ("Marin Bay", "")):
        make_lead(alice, name, company=company)
    assert labels("marin", alice) == ["Marin Bay", "Ana Marin", "Jo Marina", "Zed"]
    make_lead(alice, "Kowal")
    make_lead(alice, "Kowel")
    assert labels("kowal", alice) == ["Kowal", "Kowel"]


def test_open_comes_before_closed_and_recent_before_old(alice):
    first, second, third = (make_lead(alice, "Marin", first_name=name) for name in ("A", "B", "C"))
    leads.lose(third, choice("lost_reason", "No budget").id, "", alice)
    assert labels("marin", alice) == ["B Marin", "A Marin", "C Marin"]
    leads.edit(Lead.get_by_id(first.id), {"company": "Azenha"}, alice)
    assert labels("marin", alice) == ["A Marin", "B Marin", "C Marin"]


def test_a_rep_in_a_large_house_finds_their_own_behind_those_of_others(alice, charlie):
    mine = make_lead(alice, "Ann", company="Marin")
    partner = make_partner(alice, "Marin")
    stamps = {"created_by_id": charlie.id, "created_at": mine.created_at, "updated_at": mine.updated_at}
    values = {"status": "new", "contact_date": mine.contact_date, "owner": charlie.id, "currency": "EUR", **stamps}
    others = [Lead(name=f"Marin {number}", **values) for number in range(700)]
    with gate.together() as gesture:
        rows.insert(others, gesture, {charlie.id: charlie})
    assert labels("marin", alice) == [partner.label, "Ann"]
    assert len(labels("marin", charlie)) == 20
    assert mine.id in search.matching_ids("lead", "marin", 2000)


def test_a_finder_of_one_concept_is_not_crowded_out_by_another(alice):
    for number in range(30):
        make_lead(alice, f"Marin {number}")
    partner = make_partner(alice, "Old Marin")
    make_contact(alice, "Marina")
    assert labels("marin", alice, concept="partner") == [partner.label]
    assert labels("marin", alice, concept="contact", limit=5) == ["Marina"]


def test_what_was_changed_last_is_recent(alice, bob):
    first, second = make_lead(alice, "First"), make_partner(alice, "Second")
    make_lead(bob, "Bob's")
    leads.edit(Lead.get_by_id(first.id), {"company": "Azenha"}, alice)
    assert [hit.label for hit in search.recent(alice)] == ["First", "Second"]
    gate.discard(Lead.get_by_id(first.id), alice)
    assert [hit.label for hit in search.recent(alice)] == [second.label]


def test_rebuilding_writes_the_rows_that_the_gate_wrote(alice):
    lead = make_lead(alice, "Müller", email="o.m@azenha.example", phone="+33 4 72 10 48 81")
    make_partner(alice, "O’Brien & Söhne")
    make_contact(alice, "Łukasz")
    make_opportunity(alice, "Cold room")
    gate.discard(make_lead(alice, "Gone"), alice)
    leads.edit(Lead.get_by_id(lead.id), {"company": "Harbour"}, alice)
    before, words = index(), vocabulary()
    database.execute_sql(f"INSERT INTO search (rowid, label) VALUES ({search.SPAN + 10**6}, 'nobody')")
    database.execute_sql(f"UPDATE search SET label = 'wrong' WHERE rowid = {search_index.row_id(lead)}")
    assert list(search_index.rebuild())[-1] == len(before) == 4
    assert index() == before
    assert vocabulary() == words - {"gone"}


def test_a_question_of_signs_is_no_question(alice):
    make_lead(alice, "Costa")
    for typed in (
        "",
        "  ",
        "'",
        '"',
        "* OR",
        "-:*&|!()",
        "a" * 3000,
        "%",
        "\\",
        "(((",
        "+",
        "00",
        "0 0 0 0",
        "²³",
        "1 2 3",
    ):
        assert isinstance(search.find(typed, alice), list), typed


def index():
    return sorted(
        (row, label, str(words)) for row, label, words in database.execute_sql("SELECT rowid, label, words FROM search")
    )


def vocabulary():
    return {word for (word,) in database.execute_sql("SELECT word FROM search_vocabulary")}
