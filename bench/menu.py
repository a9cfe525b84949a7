"""What is asked: for each operation the request to crmlite and the floor's one query for the same rows."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlencode

from bench.client import Request, Visitor
from bench.houses import House
from crmlite.blueprints.respond import GZIP
from crmlite.rules.search import SPAN

HTMX = {"HX-Request": "true"}
WANTED = 200  # things that the story of one lead tells
FORM = {**HTMX, "Content-Type": "application/x-www-form-urlencoded"}
COMPRESSION = GZIP  # as crmlite compresses its pages
SHOWN = 26  # the rows of a page, and the one that tells that there are more
OPEN = "('new', 'assigned', 'in_progress')"
# A plus keeps SQLite from walking the index of a condition instead of that of the order.
LEADS = """SELECT l.id, l.version, l.name, l.first_name, l.company, l.phone, l.email, l.contact_date,
 l.status, l.created_at, l.updated_at, l.recycled, l.do_not_call, l.do_not_email, s.name, u.name, t.name
 FROM leads l LEFT JOIN choices s ON s.id = l.source_id LEFT JOIN users u ON u.id = l.owner_id
 LEFT JOIN teams t ON t.id = l.team_id WHERE l.deleted_at IS NULL AND l.archived = 0 """
# The newest hits with what their lines show, in one query over the index and the tables that it points into.
HITS = f"""SELECT s.rowid, s.label, l.company, l.email, l.phone, l.status, l.archived, l.updated_at,
 p.city, p.email, p.phone, p.reference, p.archived, p.updated_at,
 c.email, c.phone, c.archived, c.updated_at, cp.full_name
 FROM search s LEFT JOIN leads l ON l.id = s.rowid - {SPAN} AND l.deleted_at IS NULL
 LEFT JOIN partners p ON p.id = s.rowid - {2 * SPAN} AND p.deleted_at IS NULL
 LEFT JOIN contacts c ON c.id = s.rowid - {3 * SPAN} AND c.deleted_at IS NULL
 LEFT JOIN partners cp ON cp.id = c.partner_id
 WHERE s.search MATCH ? ORDER BY s.rowid DESC LIMIT """
CARDS = """SELECT o.id, o.version, o.name, o.amount, o.currency, o.probability, o.expected_close_date,
 o.stage_since, p.full_name, u.name, s.name FROM opportunities o LEFT JOIN partners p ON p.id = o.partner_id
 LEFT JOIN users u ON u.id = o.owner_id LEFT JOIN stages s ON s.id = o.stage_id WHERE o.id IN """


class Operation(NamedTuple):
    """`ours` and `stock` make the n-th request; `sql` is the floor's. With `gate` the floor is a bare write through
    crmlite's gate instead: the opportunity that changes its stage, and the stages."""

    name: str
    ours: Callable[[int], Request]
    sql: str
    values: list[Any]
    writes: bool = False
    wanted: tuple[int, ...] = (200,)
    level: int = COMPRESSION
    stock: Callable[[int], Request] | None = None
    gate: tuple[int, list[int]] | None = None


def signed_in(visitor: Visitor, email: str, password: str) -> None:
    visitor.headers |= {"Sec-Fetch-Site": "same-origin", "Accept-Encoding": "gzip"}
    form = urlencode({"email": email, "password": password}).encode()
    answer = visitor.ask(Request("POST", "/sign-in", form, FORM))
    assert answer.status in (200, 303), answer.status
    visitor.headers["Cookie"] = str(answer.headers["Set-Cookie"]).partition(";")[0]


def web(house: House, page: Callable[[str], str], told: int) -> list[Operation]:
    """`page` fetches an address and answers with its text; `told` is the lead whose story has been told."""
    source = house.ask("SELECT id FROM choices WHERE kind = 'source' ORDER BY position LIMIT 1")[0][0]
    lead = house.ask(f"SELECT max(id) - 5 FROM leads WHERE status IN {OPEN}")[0][0]
    lead = house.ask(f"SELECT min(id) FROM leads WHERE id >= ? AND status IN {OPEN}", lead)[0][0]
    sale = house.ask("SELECT id FROM opportunities WHERE outcome = 'open' ORDER BY id DESC LIMIT 1")[0][0]
    stages = [
        row[0]
        for row in house.ask(
            "SELECT s.id FROM stages s JOIN stages now ON now.pipeline_id = s.pipeline_id JOIN opportunities o "
            "ON o.stage_id = now.id WHERE o.id = ? AND s.outcome = 'open' AND s.deleted_at IS NULL ORDER BY s.position",
            sale,
        )
    ]
    following = re.search(r'hx-get="(/leads/rows\?[^"]+)"', page("/leads"))
    assert following, "the first page does not lead to a second"
    cards = re.findall(r'id="opportunity-(\d+)"', page("/opportunities/board"))
    word = house.ask("SELECT name FROM leads WHERE id = ?", lead)[0][0].lower()
    day = house.ask(
        f"SELECT contact_date FROM leads WHERE status IN {OPEN} ORDER BY contact_date DESC LIMIT 1 OFFSET {SHOWN - 1}"
    )[0][0]
    stage_of = f"/opportunities/{sale}/stage?as=board"
    first = f"ORDER BY l.contact_date DESC, l.id DESC LIMIT {SHOWN}"
    glance, whole = f"/search?glance=1&q={word}", f"/search?q={word}"
    return [
        _get("Leads, first page", "/leads", f"{LEADS} AND +l.status IN {OPEN} {first}", []),
        _get("Leads, filtered by source", f"/leads?source=in:{source}",
             f"{LEADS} AND +l.status IN {OPEN} AND +l.source_id = ? {first}", [source]),
        _get("Leads, sorted by company", "/leads?sort=company",
             f"{LEADS} AND +l.status IN {OPEN} ORDER BY lower(l.company), l.id LIMIT {SHOWN}", []),
        _get("Leads, next page", following.group(1).replace("&amp;", "&"),
             f"{LEADS} AND +l.status IN {OPEN} AND l.contact_date <= ? {first}", [day], HTMX),
        _get("Board", "/opportunities/board", f"{CARDS} ({', '.join(cards)})", []),
        _get("Record of a lead", f"/leads/{lead}", f"{LEADS} AND l.id = ?", [lead]),
        _get(f"Record, {WANTED} things to tell", f"/leads/{told}", f"{LEADS} AND l.id = ?", [told]),
        _get("Search, as one types", glance, f"{HITS} {hits(page(glance))}", [f'"{word}"*'], HTMX),
        _get("Search, a whole page", whole, f"{HITS} {hits(page(whole))}", [f'"{word}"*']),
        Operation(
            "Edit a cell",
            lambda n: Request("POST", f"/leads/{lead}/cells/company", f"company=House+{n}".encode(), FORM),
            "UPDATE leads SET company = 'House', version = version + 1 WHERE id = ?", [lead], writes=True,
        ),
        Operation(
            "Move to another stage",
            lambda n: Request("POST", stage_of, f"stage={stages[n % 2]}".encode(), FORM),
            "", [], writes=True, gate=(sale, stages[:2]),
        ),
    ]  # fmt: skip


def untold(house: House) -> int:
    """A lead that nothing else of the menu asks for."""
    return int(house.ask(f"SELECT max(id) FROM leads WHERE status IN {OPEN}")[0][0])


def hits(text: str) -> int:
    """How many records an answer of the search shows."""
    return len(re.findall(r'class="hit" href="/[a-z]+/\d+"', text))


def _get(
    name: str, path: str, sql: str, values: list[Any], headers: dict[str, str] | None = None
) -> Operation:
    request = Request("GET", path, b"", headers or {})
    return Operation(name, lambda n: request, sql, values)
