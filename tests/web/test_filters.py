"""The builder of filters, its grammar in the address, and dates that move with the day."""

import re
from datetime import UTC, date, datetime
from html import unescape

import pytest

from crmlite import clock
from crmlite.lists import filter_values, filters
from crmlite.lists.filters import Filter
from crmlite.lists.leads import SPEC
from crmlite.lists.reader import reader
from tests.conftest import counted_queries
from tests.make import make_contact, make_lead, make_partner

WEDNESDAY = datetime(2026, 4, 15, 10, tzinfo=UTC)


def names(visitor, query: str) -> set[str]:
    answer = visitor.get(f"/leads?view=all&{query}")
    assert answer.status_code == 200, answer.text
    return set(re.findall(r'<a href="/leads/\d+">(\w+)</a>', answer.text))


@pytest.fixture
def four(alice):
    make_lead(alice, "Ada", city="Lyon", company="Zinc 50%~x")
    make_lead(alice, "Ben", city="Paris", company="Iron")
    make_lead(alice, "Cleo", city="Nice", company="Iron")
    make_lead(alice, "Dan", city="Paris", company="Tin")


def test_lines_are_all_asked_and_alternatives_are_any(client_of, four):
    visitor = client_of("alice")
    assert names(visitor, "f=city:is:Lyon~city:is:Nice") == {"Ada", "Cleo"}
    assert names(visitor, "f=city:is:Lyon~city:is:Nice&company=is:Iron") == {"Cleo"}
    assert names(visitor, "f=city:has:i&f=city:lacks:Ni") == {"Ben", "Dan"}
    assert names(visitor, "company=has:50%25~x") == {"Ada"}
    assert names(visitor, "f=company:has:50%2525%257Ex~city:is:Nice") == {"Ada", "Cleo"}


def test_old_addresses_open_as_before(client_of, four):
    visitor = client_of("alice")
    assert names(visitor, "city=is:Paris&company=has:ir") == {"Ben"}
    assert names(visitor, "contact_date=on:2026-03-01..2026-03-31") == {"Ada", "Ben", "Cleo", "Dan"}


def test_filters_are_written_as_they_are_read():
    asked = (
        Filter("company", "has", "a~b%7E|c"),
        Filter("city", "is", "Lyon", 1),
        Filter("city", "is", "50%", 1),
        Filter("contact_date", "this-week", ""),
        Filter("contact_date", "after", "2026-01-01"),
    )
    read = filters.parse(SPEC, filters.written(asked))
    assert [(one.column, one.operator, one.value) for one in read] == [
        (one.column, one.operator, one.value) for one in asked
    ]
    assert [bool(one.group) for one in read] == [False, True, True, False, False]


@pytest.mark.parametrize(
    ("operator", "value", "first", "last"),
    [
        ("today", "", date(2026, 4, 15), date(2026, 4, 15)),
        ("yesterday", "", date(2026, 4, 14), date(2026, 4, 14)),
        ("tomorrow", "", date(2026, 4, 16), date(2026, 4, 16)),
        ("this-week", "", date(2026, 4, 13), date(2026, 4, 19)),
        ("last-week", "", date(2026, 4, 6), date(2026, 4, 12)),
        ("next-week", "", date(2026, 4, 20), date(2026, 4, 26)),
        ("this-month", "", date(2026, 4, 1), date(2026, 4, 30)),
        ("last-month", "", date(2026, 3, 1), date(2026, 3, 31)),
        ("next-month", "", date(2026, 5, 1), date(2026, 5, 31)),
        ("this-quarter", "", date(2026, 4, 1), date(2026, 6, 30)),
        ("last-quarter", "", date(2026, 1, 1), date(2026, 3, 31)),
        ("next-quarter", "", date(2026, 7, 1), date(2026, 9, 30)),
        ("this-year", "", date(2026, 1, 1), date(2026, 12, 31)),
        ("last-year", "", date(2025, 1, 1), date(2025, 12, 31)),
        ("next-year", "", date(2027, 1, 1), date(2027, 12, 31)),
        ("last", "7", date(2026, 4, 8), date(2026, 4, 15)),
        ("next", "7", date(2026, 4, 15), date(2026, 4, 22)),
        ("ago", "7", None, date(2026, 4, 7)),
        ("before", "2026-04-15", None, date(2026, 4, 14)),
        ("after", "2026-04-15", date(2026, 4, 16), None),
        ("on", "2026-04-01..", date(2026, 4, 1), None),
    ],
)
def test_dates_are_told_from_the_day(alice, operator, value, first, last):
    with clock.frozen(WEDNESDAY):
        assert filter_values.span(Filter("contact_date", operator, value), reader(alice)) == (first, last)


def test_a_time_belongs_to_the_day_of_the_reader(client_of, alice):
    """Half past eleven in the evening, in UTC, is tomorrow in Paris."""
    with clock.frozen(datetime(2026, 4, 14, 22, 30, tzinfo=UTC)):
        make_lead(alice, "Late")
    visitor = client_of("alice")
    with clock.frozen(WEDNESDAY):
        assert names(visitor, "created_at=today") == {"Late"}
        assert names(visitor, "created_at=yesterday") == set()
        assert names(visitor, "created_at=on:2026-04-15") == {"Late"}
        assert names(visitor, "updated_at=before:2026-04-15") == set()
        assert names(visitor, "updated_at=this-week&sort=-updated_at&columns=created_at,updated_at") == {"Late"}


def test_created_and_changed_are_kept_by_the_program(client_of, alice):
    lead = make_lead(alice)
    answer = client_of("alice").part(f"/leads/{lead.id}/cells/created_at", "POST", data={"created_at": "2020-01-01"})
    assert answer.status_code == 422 and "kept by the program" in answer.headers["HX-Trigger"]


def test_the_builder_shows_what_is_asked_and_leads_to_its_address(client_of, four):
    visitor = client_of("alice")
    text = visitor.part("/leads/filters?view=all&f=city:is:Lyon~city:is:Nice&company=is:Iron").text
    assert text.count("<fieldset") == 4  # and one to be filled
    sent = {
        "view": "all",
        "sort": "name",
        "line-0-column": "city",
        "line-0-operator": "is",
        "line-0-value": "Lyon",
        "line-1-joiner": "or",
        "line-1-column": "city",
        "line-1-operator": "is",
        "line-1-value": "Nice",
        "line-2-joiner": "and",
        "line-2-column": "contact_date",
        "line-2-operator": "before",
        "line-2-value": "2026-12-31",
        "line-3-column": "",
        "step": "done",
    }
    answer = visitor.get("/leads/filters", params=sent)
    assert answer.status_code == 303
    assert (
        answer.headers["Location"]
        == "/leads?view=all&sort=name&contact_date=before:2026-12-31&f=city:is:Lyon~city:is:Nice"
    )
    assert visitor.part("/leads/filters?" + "&".join(f"{k}={v}" for k, v in sent.items())).headers["HX-Redirect"]


def test_a_refused_value_is_told_at_its_line_and_nothing_is_lost(client_of, four):
    sent = {
        "line-0-column": "city",
        "line-0-operator": "is",
        "line-0-value": 'Ly"on',
        "line-1-joiner": "or",
        "line-1-column": "contact_date",
        "line-1-operator": "last",
        "line-1-value": "many",
        "step": "done",
    }
    answer = client_of("alice").get("/leads/filters", params=sent)
    text = unescape(answer.text)
    assert answer.status_code == 422
    assert "Please enter a number of days" in text and 'value="many"' in text and 'value="Ly"on"' in text


def test_lines_are_added_and_taken_away_without_losing_the_others(client_of, four):
    visitor = client_of("alice")
    sent = {"line-0-column": "city", "line-0-operator": "has", "line-0-value": "Ly", "line-1-column": "company"}
    text = visitor.get("/leads/filters", params={**sent, "step": "add"}).text
    assert text.count("<fieldset") == 3 and 'value="Ly"' in text
    text = visitor.get("/leads/filters", params={**sent, "step": "remove-0"}).text
    assert text.count("<fieldset") == 1 and 'value="company" selected' in text and 'value="Ly"' not in text


def test_every_column_can_be_asked_everything_its_kind_knows(client_of, alice):
    make_partner(alice)
    visitor = client_of("alice")
    for section in ("leads", "partners", "contacts", "opportunities", "events"):
        text = visitor.part(f"/{section}/filters").text
        for name in re.findall(r'<option value="(\w+)">', text):
            text = visitor.part(f"/{section}/filters?line-0-column={name}&step=again-0").text
            assert "line-0-operator" in text, name
            for operator in re.findall(
                r'<option value="([\w-]+)"', text.split("line-0-operator", 1)[1].split("</select>")[0]
            ):
                if operator in filters.WITHOUT_VALUE:
                    assert visitor.part(f"/{section}?{name}={operator}").status_code == 200, (name, operator)


def test_a_chip_is_a_door_to_its_line_and_has_a_way_out(client_of, four):
    text = unescape(client_of("alice").get("/leads?view=all&f=city:is:Lyon~city:is:Nice&company=is:Iron").text)
    assert "filters?view=all&f=city:is:Lyon~city:is:Nice&company=is:Iron&at=2" in text
    assert 'href="/leads?view=all&company=is:Iron&city=is:Nice"' in text
    assert 'href="/leads?view=all&f=city:is:Lyon~city:is:Nice"' in text
    assert '<span class="or">or</span>' in text


def test_a_record_is_chosen_by_name_and_shown_by_name(client_of, alice, charlie):
    partner = make_partner(alice, "Harbour")
    make_contact(alice, "Moreau", partner=partner.id)
    visitor = client_of("alice")
    sent = {"line-0-column": "partner", "line-0-operator": "in", "line-0-value": "Harbour", "step": "done"}
    answer = visitor.get("/contacts/filters", params=sent)
    assert answer.headers["Location"] == f"/contacts?partner=in:{partner.id}"
    assert "is Harbour" in visitor.get(answer.headers["Location"]).text
    assert "Harbour" not in client_of("charlie").get(answer.headers["Location"]).text
    refused = client_of("charlie").get("/contacts/filters", params=sent)
    assert refused.status_code == 422 and "There is no customer called" in refused.text


def test_nonsense_in_the_address_is_told(client_of, four):
    for query in (
        "f=boom",
        "f=city",
        "f=city:is:x~hat:is:y",
        "created_at=on:soon",
        "created_at=last:x",
        "f=" + "~".join(["city:is:x"] * 50),
    ):
        answer = client_of("alice").get(f"/leads?{query}")
        assert answer.status_code == 422 and "lease" in answer.text, query


def test_any_number_of_rows_costs_the_same_queries(client_of, alice):
    visitor = client_of("alice")
    asked = "/leads?f=city:has:Ly~city:has:Pa&created_at=this-year&sort=city"
    counts = []
    for wanted in (5, 25):
        for number in range(wanted - (5 if counts else 0)):
            make_lead(alice, f"Lead{number}", city="Lyon")
        visitor.get(asked)
        with counted_queries() as queries:
            visitor.get(asked)
        counts.append(len(queries))
    assert counts == [3, 3]


def test_each_value_of_a_row_becomes_the_filter_that_finds_it(client_of, alice):
    """Whatever its kind, and an empty one finds the empty ones."""
    visitor = client_of("alice")
    lead = make_lead(alice, "Ada", city="Lyon", budget=1_250_50, description="One\nTwo", referent="Zoë ~ 5%")
    make_lead(alice, "Ben", city="Lyon", budget=7, do_not_call=True, owner=None, email="ben@example.com")
    for column in SPEC.columns:
        answer = visitor.get(f"/leads/{lead.id}/cells/{column.name}/filter?view=all&city=is:Lyon&sort=name")
        assert answer.status_code == 303, column.name
        place = answer.headers["Location"]
        assert "view=all" in place and "sort=name" in place and column.name in place, place
        assert f'href="/leads/{lead.id}"' in visitor.get(place).text, place
    assert visitor.get(f"/leads/{lead.id}/cells/nonsense/filter").status_code == 404


def test_an_address_that_cannot_be_read_is_told_once(client_of, four):
    """Its figures are those of the tab, which is what the page shows."""
    visitor = client_of("alice")
    answer = visitor.get("/leads?view=all&budget=1000..")
    assert answer.status_code == 422 and "cannot be read" in answer.text
    figures = visitor.part(re.search(r'hx-get="(/leads/totals[^"]+)"', answer.text)[1])
    assert figures.status_code == 200 and "<b>4</b> leads" in figures.text
