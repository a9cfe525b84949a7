"""The forecast over HTTP: every figure against the list behind it, periods, currencies, people, CSV."""

import csv
import html
import io
import re
from datetime import UTC, date, datetime, timedelta

import pytest

from crmlite import clock
from crmlite.models.choices import Pipeline, Stage
from crmlite.models.opportunities import Opportunity
from crmlite.models.teams import Team
from crmlite.rules import gate, opportunities
from crmlite.rules.access import system
from tests.conftest import counted_queries
from tests.make import choice, make_opportunity, stage

TODAY = datetime(2026, 11, 24, 10, tzinfo=UTC)
FOOTER = {"Open amount": "Amount", "Weighted": "Weighted", "Best case": "Best case", "Worst case": "Worst case"}


@pytest.fixture(autouse=True)
def today():
    with clock.frozen(TODAY):
        yield


@pytest.fixture
def pipeline(alice, bob, carol):
    """Something for every period, person, currency and outcome, and what belongs nowhere."""
    days = {
        "Late": date(2026, 11, 23), "Today": date(2026, 11, 24), "End": date(2026, 11, 30),
        "New Year": date(2027, 1, 1), "Far": date(2028, 5, 1), "Undated": None,
    }  # fmt: skip
    for place, (name, day) in enumerate(days.items(), 1):
        by = (alice, bob, carol)[place % 3]
        make_opportunity(by, name, expected_close_date=day, amount=1_000_33 * place, probability=7 * place)
    make_opportunity(alice, "Cases", expected_close_date=days["End"], amount=500_00, best_case=900_00, worst_case=1_01)
    make_opportunity(carol, "Nobody’s", expected_close_date=days["End"], amount=77_00, owner=None, team=None)
    make_opportunity(bob, "Swiss", expected_close_date=days["End"], amount=4_000_00, currency="CHF")
    make_opportunity(bob, "Yen", amount=90_000, currency="JPY")
    gate.change(make_opportunity(alice, "Kept away", amount=5_00), {"archived": True}, alice)
    opportunities.lose(make_opportunity(alice, "Lost", amount=6_00), choice("lost_reason", "No budget").id, "", alice)
    for moment, by, amount in ((TODAY, alice, 3_000_00), (TODAY - timedelta(days=60), bob, 9_00)):
        with clock.frozen(moment):
            opportunities.win(make_opportunity(by, "Won", amount=amount), by)


def table(text, caption):
    """Line -> heading -> (text, address or nothing)."""
    found = re.search(rf'aria-label="{caption}">(<table.*?</table>)', text, re.DOTALL)[1]
    heads = [words(one) for one in re.findall(r'<th scope="col"[^>]*>(.*?)</th>', found)][2:]
    lines = {}
    for line in re.findall(r"<tr[^>]*>\s*<th scope=\"row\">(.*?)</tr>", found, re.DOTALL):
        name, _, rest = line.partition("</th>")
        cells = re.findall(r'<td class="num">(.*?)</td>', rest)
        shown = [(words(cell), html.unescape((re.findall(r'href="([^"]*)"', cell) or [""])[0])) for cell in cells[1:]]
        lines[words(name)] = dict(zip(heads, shown, strict=True)) | {"Open": (words(cells[0]), "")}
    return lines


def words(markup):
    return html.unescape(re.sub(r"<[^>]*>", "", markup)).strip()


def footer(client, url, label):
    """What the footer of the list at this address says."""
    section, _, query = url.partition("?")
    text = client.part(f"{section}/totals?{query}").text
    found = re.search(rf"<span>{label} (.*?)</span>", text)
    return (words(found[1]) if found else ""), int(re.search(r"<b>([\d,]+)</b>", text)[1].replace(",", ""))


def months(client, **asked):
    return table(client.get("/forecast", params=asked).text, "By close month")


def people(client, **asked):
    return table(client.get("/forecast", params=asked).text, "By person or team")


def test_open_figures_stand_in_the_month_they_may_close(client_of, alice, pipeline):
    """SEED-57"""
    found = months(client_of("carol"))
    assert list(found) == [
        "Overdue", "November 2026", "December 2026", "January 2027", "February 2027", "March 2027", "April 2027",
        "Later", "No close date", "Total",
    ]  # fmt: skip
    assert found["Overdue"]["Open amount"][0] == "€\u00a01,000.33"
    november = found["November 2026"]
    assert november["Open"][0] == "4" and november["Open amount"][0] == "€\u00a05,578.65"
    assert november["Best case"][0] == "€\u00a05,978.65" and november["Worst case"][0] == "€\u00a05,079.66"
    assert november["Won"][0] == "€\u00a03,000"
    assert found["December 2026"]["Open amount"] == ("–", "")
    assert found["Total"]["Open"][0] == "8"


@pytest.mark.parametrize(
    "asked",
    [
        {}, {"from": "2026-09", "span": "3"}, {"from": "2027-01"}, {"currency": "CHF"}, {"currency": "JPY"},
        {"owner": "-"}, {"owner": "alice"}, {"team": "North"}, {"pipeline": "usual"}, {"per": "team"},
        {"period": "2026-11"}, {"period": "overdue", "per": "team"}, {"period": "undated"},
    ],
)  # fmt: skip
def test_every_figure_is_the_sum_of_the_list_behind_it(client_of, alice, carol, pipeline, asked):
    """SEED-57"""
    named = {"alice": str(alice.id), "North": str(alice.active_team_id), "usual": str(stage("New").pipeline_id)}
    asked = {name: named.get(value, value) for name, value in asked.items()}
    client, checked = client_of("carol"), 0
    for lines in (months(client, **asked), people(client, **asked)):
        for name, cells in lines.items():
            for head, (text, url) in cells.items():
                if not url:
                    continue
                shown, count = footer(client, url, FOOTER.get(head, "Amount"))
                assert shown == text, (name, head, url)
                if head == "Open amount":
                    assert str(count) == cells["Open"][0], (name, url)
                checked += 1
    assert checked > 4


def test_what_closed_at_midnight_counts_in_the_readers_month(client_of, alice):
    """In Paris it is December already."""
    with clock.frozen(datetime(2026, 11, 30, 23, 30, tzinfo=UTC)):
        opportunities.win(make_opportunity(alice, amount=5_00), alice)
    found = months(client_of("alice"))
    assert found["December 2026"]["Won"][0] == "€\u00a05" and found["November 2026"]["Won"][0] == "–"
    assert footer(client_of("alice"), found["December 2026"]["Won"][1], "Amount") == ("€\u00a05", 1)


def test_currencies_stand_apart(client_of, alice, pipeline):
    client = client_of("alice")
    text = client.get("/forecast").text
    switch = re.search(r'<nav class="segments push" aria-label="Currency">(.*?)</nav>', text)[1]
    assert re.findall(r">(\w+)</a>", switch) == ["EUR", "CHF", "JPY"]
    assert "never added up" in text
    swiss = months(client, currency="CHF")
    assert swiss["November 2026"]["Open amount"][0] == swiss["Total"]["Open amount"][0] == "CHF\u00a04,000"
    assert months(client, currency="GBP") == months(client)


def test_one_currency_asks_for_no_choice(client_of, alice):
    make_opportunity(alice, amount=5_00)
    text = client_of("alice").get("/forecast").text
    assert 'aria-label="Currency"' not in text and "currency=in" not in text


def test_a_month_shows_the_people_behind_it(client_of, alice, bob, pipeline):
    found = people(client_of("carol"), period="overdue")
    assert list(found) == ["Bob Birch", "Total"]
    everybody = people(client_of("carol"))
    assert {"Alice Arden", "Bob Birch", "Carol Cole", "Nobody", "Total"} == set(everybody)
    teams = people(client_of("carol"), per="team")
    assert Team.get_by_id(alice.active_team_id).name in teams and "No team" in teams


def test_several_pipelines_are_looked_at_one_by_one(client_of, alice):
    by = system("cli")
    other = gate.create(Pipeline, {"name": "Renewals", "position": 2}, by)
    values = {"pipeline": other.id, "outcome": "open", "probability": 20, "name": "Asked", "position": 1}
    asked = gate.create(Stage, values, by)
    make_opportunity(alice, "Renewal", amount=10_00, stage=asked.id)
    make_opportunity(alice, "Kiln", amount=1_00)
    client = client_of("alice")
    assert months(client)["Total"]["Open amount"][0] == "€\u00a011"
    renewals = months(client, pipeline=other.id)["Total"]["Open amount"]
    assert renewals[0] == "€\u00a010" and footer(client, renewals[1], "Amount") == ("€\u00a010", 1)


def test_only_what_one_may_see_is_added_up(client_of, alice, charlie, pipeline):
    make_opportunity(charlie, "Far", amount=999_00)
    assert months(client_of("charlie"))["Total"]["Open amount"][0] == "€\u00a0999"
    assert "999" not in client_of("alice").get("/forecast").text
    assert "Bob Birch" not in client_of("charlie").get("/forecast.csv").text


def test_the_csv_has_a_line_for_each_month_person_and_currency(client_of, alice, pipeline):
    text = client_of("carol").get("/forecast.csv").text
    lines = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    assert {line["Currency"] for line in lines} == {"EUR", "CHF", "JPY"}
    euros = [line for line in lines if line["Currency"] == "EUR"]
    cents = sum(int(line["Amount"].replace(".", "")) for line in euros)
    open_ones = Opportunity.select().where(Opportunity.outcome == "open", Opportunity.currency == "EUR")
    stood = [one for one in open_ones if not one.archived]
    assert cents == sum(one.amount for one in stood)
    assert sum(int(line["Open"]) for line in euros) == len(stood)
    (won,) = [line for line in euros if line["Won"] != "0"]
    assert (won["Period"], won["From"], won["Assigned to"], won["Won amount"]) == (
        "November 2026", "2026-11-01", "Alice Arden", "3000.00",
    )  # fmt: skip
    assert next(line for line in lines if line["Currency"] == "JPY")["Amount"] == "90000"


def test_an_empty_forecast_says_what_to_do(client_of, db):
    text = client_of("alice").get("/forecast").text
    assert "Nothing to look ahead to yet" in text and 'href="/opportunities/form"' in text
    assert 'href="/opportunities/form"' not in client_of("rita").get("/forecast").text.partition('<main')[2]


def test_what_cannot_be_meant_falls_back_to_the_usual(client_of, alice, pipeline):
    client = client_of("alice")
    usual = months(client)
    for asked in (
        {"from": "soon"}, {"from": "9999-12"}, {"from": "2026-13"}, {"span": "5"}, {"owner": "x"}, {"team": "999"},
        {"pipeline": "-1"}, {"currency": "gold"}, {"period": "yesterday"}, {"per": "planet"},
    ):  # fmt: skip
        assert months(client, **asked) == usual, asked


def test_the_forecast_is_found_among_the_reports(client_of, db):
    client = client_of("alice")
    text = client.get("/forecast").text
    assert re.search(r'<a href="/forecast" title="Reports" aria-current="page">', text)
    assert 'href="/forecast"' in client.get("/opportunities").text
    assert 'href="/forecast"' in client.get("/opportunities/board").text
    assert "Go to Forecast" in client.part("/search?q=forecast").text


def test_more_opportunities_cost_no_more_queries(client_of, alice, bob, pipeline):
    client = client_of("alice")
    client.get("/forecast")
    with counted_queries() as few:
        client.get("/forecast")
    for number in range(40):
        make_opportunity((alice, bob)[number % 2], expected_close_date=date(2026, 12, 1), amount=number)
    client.get("/forecast")
    with counted_queries() as many:
        client.get("/forecast")
    assert len(many) == len(few)
    assert sum("opportunities" in sql for sql in many) == 2
