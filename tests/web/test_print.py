"""Leads on paper."""

import re

from crmlite.lists import reports
from tests.make import make_lead


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", pdf))


def title(pdf: bytes) -> str:
    raw = re.search(rb"/Title \((.*?)\)\n", pdf, re.DOTALL).group(1)
    raw = re.sub(rb"\\([()\\])", rb"\1", raw)
    return raw.decode("utf-16") if raw.startswith(b"\xfe\xff") else raw.decode("latin-1")


def test_a_lead_is_printed_by_its_reports_button(client_of, alice):
    """SEED-34."""
    lead = make_lead(alice, "Costa", first_name="Ana", budget=1_250_050, description="Szczęście, Iğdır, 5 €")
    client = client_of("alice")
    page = client.get(f"/leads/{lead.id}").text
    assert "Reports" in page and f"/leads/{lead.id}.pdf" in page
    answer = client.get(f"/leads/{lead.id}.pdf")
    assert answer.headers["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF")
    assert pages(answer.content) == 1 and title(answer.content) == "Ana Costa"


def test_several_leads_have_a_page_each(client_of, alice):
    ids = [make_lead(alice, name).id for name in ("Costa", "Brandt", "Aster")]
    client = client_of("alice")
    answer = client.get("/leads.pdf?view=mine")
    assert pages(answer.content) == 3 and title(answer.content) == "3 leads"
    assert pages(client.request("POST", "/leads.pdf", data={"ids": ids[:2]}).content) == 2


def test_long_text_goes_on_over_pages(client_of, alice):
    lead = make_lead(alice, description="A long story about cold rooms. " * 400 + "x" * 500)
    assert pages(client_of("alice").get(f"/leads/{lead.id}.pdf").content) > 1


def test_no_letter_is_missing_on_paper(client_of, alice, caplog):
    lead = make_lead(alice, "Łuczak Çelik Müller Ğ", description="“ŻółtyŞİıěšřő” – … € £ ¥ − • ’ Ω Ж")
    client_of("alice").get(f"/leads/{lead.id}.pdf")
    assert "missing" not in caplog.text.lower()


def test_nobody_prints_what_they_may_not_see(client_of, alice):
    lead = make_lead(alice)
    charlie = client_of("charlie")
    assert charlie.get(f"/leads/{lead.id}.pdf").status_code == 404
    assert charlie.request("POST", "/leads.pdf", data={"ids": lead.id}).status_code == 422


def test_a_list_on_paper_holds_all_its_rows_and_says_when_there_are_more(client_of, alice, monkeypatch):
    for number in range(30):
        make_lead(alice, f"Lead {number}", city="Lyon" if number < 28 else "Paris")
    client = client_of("alice")
    text = client.get("/leads/print?city=is:Lyon").text
    assert text.count("<tr id=") == 28 and "28 leads" in text and "<b>is “Lyon”</b>" in text
    monkeypatch.setattr(reports, "MOST_AT_ONCE", 10)
    text = client.get("/leads/print").text
    assert text.count("<tr id=") == 10 and "The first 10 of 30 leads. To print others, filter the list first." in text


def test_ticked_rows_alone_are_put_on_paper(client_of, alice):
    ids = [make_lead(alice, name).id for name in ("Costa", "Brandt", "Aster")]
    text = client_of("alice").request("POST", "/leads/print?city=is:Lyon", data={"ids": ids[:2]}).text
    assert "Costa" in text and "Brandt" in text and "Aster" not in text and "Lyon</b>" not in text
    assert client_of("alice").request("POST", "/leads/print").status_code == 422
