"""Importing at the web door: from the file to the result, page by page."""

import csv
import io
import re

import pytest

from crmlite.lists import imports as import_lists
from crmlite.models.imports import Import
from crmlite.models.jobs import Job
from crmlite.models.leads import Lead
from crmlite.rules import imports, jobs

FIRST = ("Ana", "Jörg", "Zoë", "Éric", "Núria", "Liam", "Chloé", "Søren", "Inès", "Paweł")
LAST = ("Costa", "Müller", "Lefèvre", "Brandt", "Ibáñez", "O’Neill", "Grönberg", "Da Silva", "Weiß", "Moreau")
CITIES = ("Lyon", "Köln", "Besançon", "Málaga", "Galway")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "PAUSE", 0)


def file_of_leads() -> bytes:
    """200 rows as they come: the last half in another encoding, blank columns, some that cannot be read."""
    lines = ['"Nachname";"Vorname";"Firma";"";"E-Mail";"Telefon";"Ort";"Notizen";"Erstkontakt"']
    for n in range(200):
        first, last, city = FIRST[n % 10], LAST[n // 10 % 10], CITIES[n % 5]
        email = f"p{n}@firm{n}.example"
        day = f"{n % 28 + 1:02}.03.2026"
        if n % 40 == 7:
            email = "not an address"
        if n % 50 == 11:
            day = "31.02.2026"
        if n % 100 == 13:
            email = f"p{n - 1}@firm{n - 1}.example"
        notes = '"said ""yes"";\nwill call"' if n % 9 == 0 else ""
        lines.append(f"{last};{first};Firm {n} GmbH;;{email};+49 30 12{n:04};{city};{notes};{day}")
        if n % 33 == 0:
            lines.append(";;;;;;;;")
    content = b""
    for place, line in enumerate(lines):
        encoding = "utf-8" if place < 110 or "ł" in line or "’" in line else "cp1252"
        content += f"{line}\r\n".encode(encoding)
    return content


def bring(visitor, content: bytes = b"", of: str = "leads", name: str = "leads.csv") -> str:
    answer = visitor.post("/imports", data={"of": of}, files={"file": (name, content or file_of_leads())})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"].removesuffix("/mapping")


def form_of(page: str) -> dict[str, str]:
    """What a browser would send back."""
    found = {}
    for name, inside in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', inside)
        found[name] = chosen[1] if chosen else ""
    return found


def let_in(visitor, place: str) -> str:
    page = visitor.get(f"{place}/mapping").text
    answer = visitor.post(f"{place}/mapping", data=form_of(page))
    assert answer.headers["Location"] == f"{place}/preview", answer.text
    preview = visitor.get(f"{place}/preview").text
    visitor.post(f"{place}/run")
    import_lists.work({"import": int(place.rsplit("/", 1)[1])})
    return preview


def figures(page: str) -> list[int]:
    part = page[page.index('class="import-figures"') :]
    return [int(number.replace(",", "")) for number in re.findall(r"<b>([\d,]+)</b>", part)[:5]]


def test_two_hundred_real_looking_leads_from_upload_to_result(client_of):
    alice = client_of("alice")
    place = bring(alice)
    mapping = alice.get(f"{place}/mapping").text
    assert "200 rows" in mapping and "Windows-1252" in mapping and "semicolons" in mapping
    assert form_of(mapping)["column-4"] == "email" and form_of(mapping)["column-3"] == ""
    preview = let_in(alice, place)
    assert figures(preview) == [189, 0, 0, 2, 9]
    assert "Row 16" in preview and "please check the order of day and month" in preview
    page = alice.get(place).text
    assert figures(page) == [189, 0, 0, 2, 9]
    assert Lead.select().count() == 189
    assert {lead.name for lead in Lead.select()} == set(LAST)
    assert {lead.first_name for lead in Lead.select()} == set(FIRST)
    assert Lead.get(Lead.email == "p0@firm0.example").description == 'said "yes";\nwill call'


def test_bringing_the_same_file_again_makes_no_copies_and_says_so(client_of):
    alice = client_of("alice")
    let_in(alice, bring(alice))
    again = bring(alice)
    assert figures(let_in(alice, again)) == [0, 0, 189, 2, 9]
    assert Lead.select().count() == 189


def test_the_rejected_rows_can_be_mended_and_brought_again(client_of):
    alice = client_of("alice")
    place = bring(alice)
    let_in(alice, place)
    answer = alice.get(f"{place}/rejections.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:3] == ["Nachname", "Vorname", "Firma"] and rows[0][-1] == "Reason"
    assert len(rows) == 12 and all(row[-1].endswith(".") for row in rows[1:])
    mended = answer.content.replace(b"not an address", b"").replace(b"31.02.2026", b"28.02.2026")
    assert figures(let_in(alice, bring(alice, mended)))[0] == 9


def test_the_file_of_rejected_rows_is_safe_in_a_spreadsheet(client_of):
    alice = client_of("alice")
    place = bring(alice, b'Name,Email,Phone\n"=cmd()",bad,+33 4 72 10 48 81\n@x,bad,-1+1\n')
    let_in(alice, place)
    _, first, second = csv.reader(io.StringIO(alice.get(f"{place}/rejections.csv").content.decode("utf-8-sig")))
    assert first[:3] == ["'=cmd()", "bad", "+33 4 72 10 48 81"]
    assert second[:3] == ["'@x", "bad", "'-1+1"]


def test_markup_in_a_file_stays_text(client_of):
    alice = client_of("alice")
    place = bring(alice, b"<script>alert(1)</script>,Name\n<b>x</b>,<i>Costa</i>\n", name="<u>.csv")
    for page in (alice.get(f"{place}/mapping").text, let_in(alice, place), alice.get(place).text):
        assert not re.search(r"<(script>|b>x|i>Costa|u>)", page)


def test_progress_is_asked_for_until_it_is_done(client_of):
    alice = client_of("alice")
    place = bring(alice)
    alice.post(f"{place}/mapping", data=form_of(alice.get(f"{place}/mapping").text))
    alice.post(f"{place}/run")
    running = alice.part(f"{place}/progress").text
    assert "0 of 200 rows" in running and 'hx-trigger="every 1s"' in running
    assert "0 of 200 rows" in alice.get(place).text
    assert alice.post(f"{place}/run").status_code == 409
    import_lists.work({"import": int(place.rsplit("/", 1)[1])})
    assert "hx-trigger" not in alice.part(f"{place}/progress").text


def test_a_running_import_can_be_stopped_and_what_came_in_undone(client_of, monkeypatch):
    alice = client_of("alice")
    place = bring(alice)
    alice.post(f"{place}/mapping", data=form_of(alice.get(f"{place}/mapping").text))
    alice.post(f"{place}/run")
    monkeypatch.setattr(jobs, "SLICE", 0.0001)
    import_lists.work({"import": int(place.rsplit("/", 1)[1])})
    alice.post(f"{place}/cancellation")
    assert "Stopped by Alice Arden" in alice.get(place).text


def test_an_import_is_undone_from_its_page(client_of):
    alice = client_of("alice")
    place = bring(alice)
    let_in(alice, place)
    assert "Undo this import" in alice.get(place).text
    assert alice.post(f"{place}/reversal").status_code == 303
    imports.take_back(jobs.payload(Job.select().order_by(Job.id.desc()).get()))
    assert "This import was undone" in alice.get(place).text
    assert Lead.select().where(Lead.deleted_at.is_null()).count() == 0
    assert alice.post(f"{place}/reversal").status_code == 409


def test_columns_are_corrected_by_hand(client_of):
    alice = client_of("alice")
    place = bring(alice, b"A,B\nCosta,Lyon\n")
    page = alice.post(f"{place}/mapping", data={"column-0": "", "column-1": ""})
    assert page.status_code == 422 and "the last name or the full name" in page.text
    page = alice.post(f"{place}/mapping", data={"column-0": "name", "column-1": "name"})
    assert page.status_code == 422 and "Two columns go to" in page.text
    alice.post(f"{place}/mapping", data={"column-0": "name", "column-1": "city"})
    alice.post(f"{place}/run")
    import_lists.work({"import": int(place.rsplit("/", 1)[1])})
    assert Lead.get().city == "Lyon"


def test_what_cannot_be_read_is_told_beside_the_file(client_of):
    alice = client_of("alice")
    answer = alice.post("/imports", data={"of": "leads"}, files={"file": ("x.pdf", b"%PDF-1.7")})
    assert answer.status_code == 422 and "This is a PDF" in answer.text
    assert alice.post("/imports", data={"of": "leads"}).status_code == 422


def test_charlie_finds_nothing_of_alices_import(client_of):
    alice, charlie = client_of("alice"), client_of("charlie")
    place = bring(alice)
    for page in ("", "/mapping", "/preview", "/progress", "/rejections.csv"):
        assert charlie.get(place + page).status_code == 404, page
    for verb in ("/mapping", "/run", "/cancellation", "/reversal"):
        assert charlie.post(place + verb).status_code == 404, verb
    assert "leads.csv" not in charlie.get("/imports").text
    assert "leads.csv" in client_of("carol").get("/imports").text
    assert Import.get().state == "mapping"


def test_the_lists_lead_to_the_import_and_a_reader_is_told_why_not(client_of):
    alice = client_of("alice")
    for section in ("leads", "partners", "contacts"):
        assert alice.get(f"/{section}").text.count(f'href="/imports/form?of={section}"') == 2
    rita = client_of("rita")
    assert "/imports/form" not in rita.get("/leads").text
    assert rita.get("/imports/form").status_code == 403
    assert "No imports yet" in alice.get("/imports").text


def test_a_file_larger_than_other_requests_may_be_is_read(client_of):
    alice = client_of("alice")
    long = b"Name,Notes\nCosta," + b"x" * 12 * 2**20 + b"\n"
    answer = alice.post("/imports", data={"of": "leads"}, files={"file": ("x.csv", long)})
    assert answer.status_code in (303, 422)
