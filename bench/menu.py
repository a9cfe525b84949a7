"""What is asked: for each operation the request to crmlite and the floor's one query for the same rows."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlencode

from bench.client import Request, Visitor
from bench.houses import House

HTMX = {"HX-Request": "true"}
FORM = {**HTMX, "Content-Type": "application/x-www-form-urlencoded"}
COMPRESSION = 3  # as crmlite compresses its pages
OPEN = "('new', 'assigned', 'in_progress')"
# A plus keeps SQLite from walking the index of a condition instead of that of the order.
LEADS = """SELECT l.id, l.version, l.name, l.first_name, l.company, l.phone, l.email, l.contact_date,
 l.status, l.created_at, l.updated_at, l.recycled, l.do_not_call, l.do_not_email, s.name, u.name, t.name
 FROM leads l LEFT JOIN choices s ON s.id = l.source_id LEFT JOIN users u ON u.id = l.owner_id
 LEFT JOIN teams t ON t.id = l.team_id WHERE l.deleted_at IS NULL AND l.archived = 0 """
CARDS = """SELECT o.id, o.version, o.name, o.amount, o.currency, o.probability, o.expected_close_date,
 o.stage_since, p.full_name, u.name, s.name FROM opportunities o LEFT JOIN partners p ON p.id = o.partner_id
 LEFT JOIN users u ON u.id = o.owner_id LEFT JOIN stages s ON s.id = o.stage_id WHERE o.id IN """


class Operation(NamedTuple):
    """`ours` and `stock` make the n-th request; `sql` is the floor's."""

    name: str
    ours: Callable[[int], Request]
    sql: str
    values: list[Any]
    writes: bool = False
    wanted: tuple[int, ...] = (200,)
    level: int = COMPRESSION
    stock: Callable[[int], Request] | None = None


def signed_in(visitor: Visitor, email: str, password: str) -> None:
    visitor.headers |= {"Sec-Fetch-Site": "same-origin", "Accept-Encoding": "gzip"}
    form = urlencode({"email": email, "password": password}).encode()
    answer = visitor.ask(Request("POST", "/sign-in", form, FORM))
    assert answer.status in (200, 303), answer.status
    visitor.headers["Cookie"] = str(answer.headers["Set-Cookie"]).partition(";")[0]


def web(house: House, page: Callable[[str], str]) -> list[Operation]:
    """`page` fetches an address and answers with its text."""
    source = house.ask("SELECT id FROM choices WHERE kind = 'source' ORDER BY position LIMIT 1")[0][0]
    lead = house.ask(f"SELECT max(id) - 5 FROM leads WHERE status IN {OPEN}")[0][0]
    lead = house.ask(f"SELECT min(id) FROM leads WHERE id >= ? AND status IN {OPEN}", lead)[0][0]
    sale = house.ask("SELECT id FROM opportunities WHERE outcome = 'open' ORDER BY id DESC LIMIT 1")[0][0]
    stages = [row[0] for row in house.ask("SELECT id FROM stages WHERE outcome = 'open' ORDER BY position")]
    following = re.search(r'hx-get="(/leads/rows\?[^"]+)"', page("/leads"))
    assert following, "the first page does not lead to a second"
    cards = re.findall(r'id="opportunity-(\d+)"', page("/opportunities/board"))
    word = house.ask("SELECT name FROM leads WHERE id = ?", lead)[0][0].lower()
    day = house.ask(
        f"SELECT contact_date FROM leads WHERE status IN {OPEN} ORDER BY contact_date DESC LIMIT 1 OFFSET 40"
    )[0][0]
    stage_of = f"/opportunities/{sale}/stage?as=board"
    first = "ORDER BY l.contact_date DESC, l.id DESC LIMIT 41"
    return [
        _get("Leads, first page", "/leads", f"{LEADS} AND +l.status IN {OPEN} {first}", []),
        _get("Leads, filtered by source", f"/leads?source=in:{source}",
             f"{LEADS} AND +l.status IN {OPEN} AND +l.source_id = ? {first}", [source]),
        _get("Leads, sorted by company", "/leads?sort=company",
             f"{LEADS} AND +l.status IN {OPEN} ORDER BY lower(l.company), l.id LIMIT 41", []),
        _get("Leads, next page", following.group(1).replace("&amp;", "&"),
             f"{LEADS} AND +l.status IN {OPEN} AND l.contact_date <= ? {first}", [day], HTMX),
        _get("Board", "/opportunities/board", f"{CARDS} ({', '.join(cards)})", []),
        _get("Record of a lead", f"/leads/{lead}", f"{LEADS} AND l.id = ?", [lead]),
        _get("Search", f"/search?q={word}",
             "SELECT rowid, label FROM search WHERE search MATCH ? ORDER BY rowid DESC LIMIT 20",
             [f'"{word}"*']),
        Operation(
            "Edit a cell",
            lambda n: Request("POST", f"/leads/{lead}/cells/company", f"company=House+{n}".encode(), FORM),
            "UPDATE leads SET company = 'House', version = version + 1 WHERE id = ?", [lead], writes=True,
        ),
        Operation(
            "Move to another stage",
            lambda n: Request("POST", stage_of, f"stage={stages[n % 2]}".encode(), FORM),
            "UPDATE opportunities SET stage_id = ?, version = version + 1 WHERE id = ?", [stages[0], sale],
            writes=True,
        ),
    ]  # fmt: skip


def _get(
    name: str, path: str, sql: str, values: list[Any], headers: dict[str, str] | None = None
) -> Operation:
    request = Request("GET", path, b"", headers or {})
    return Operation(name, lambda n: request, sql, values)
