"""What a phone asks, of crmlite and of stock Radicale alike."""

import base64
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bench.client import Request, Visitor
from bench.houses import EMAIL, House, calendar
from bench.menu import Operation

XML = {"Content-Type": "application/xml; charset=utf-8"}
NAMESPACES = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"'
DATA = "<D:prop><D:getetag/><C:calendar-data/></D:prop>"
STOCK = "/bench/events/"
CHANGED = 5
AT_ONCE = 50
LIVING = "WHERE calendar_id = ? AND deleted_at IS NULL"
EVENTS = f"FROM events {LIVING}"


def login(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def phone(house: House, ours: Visitor, stock: Visitor) -> list[Operation]:
    """Both visitors are signed in; the same five events have been changed at both since the sync token."""
    number, home = calendar(house)
    hrefs = [row[0] for row in house.ask(f"SELECT href {EVENTS} ORDER BY id", number)]
    some = hrefs[:: max(1, len(hrefs) // AT_ONCE)][:AT_ONCE]
    text = house.ask("SELECT ics FROM events WHERE calendar_id = ? AND href = ?", number, hrefs[0])[0][0]
    seq = house.ask("SELECT seq FROM calendars WHERE id = ?", number)[0][0]
    tokens = {home: _token(ours, home), STOCK: _token(stock, STOCK)}
    for visitor, place in ((ours, home), (stock, STOCK)):
        for href in hrefs[:CHANGED]:
            body = house.ask("SELECT ics FROM events WHERE calendar_id = ? AND href = ?", number, href)[0][0]
            assert visitor.ask(_put(place, href, body, 0)).status in (201, 204)
    start = datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    end = (start + timedelta(days=32)).replace(day=1)
    marks = ", ".join("?" * len(some))

    def both(
        name: str, make: Callable[[str], Request], sql: str, values: list, wanted: tuple = (207,)
    ) -> Operation:
        at_ours, at_stock = make(home), make(STOCK)
        return Operation(
            name, lambda n: at_ours, sql, values, wanted=wanted, level=0, stock=lambda n: at_stock
        )

    return [
        both("PROPFIND, depth 1", lambda place: Request("PROPFIND", place, _listing(), {**XML, "Depth": "1"}),
             f"SELECT href, etag {EVENTS}", [number]),
        both("Sync, five changes", lambda place: _report(place, _sync(tokens[place])),
             f"SELECT href, etag {EVENTS} AND seq > ?", [number, seq]),
        both("Query of a month", lambda place: _report(place, _month(start, end)),
             f"SELECT href, etag, ics {EVENTS} AND range_start < ? AND range_end > ?",
             [number, f"{end:%Y-%m-%d}", f"{start:%Y-%m-%d}"]),
        both(f"Multiget of {len(some)}", lambda place: _report(place, _multiget(place, some)),
             f"SELECT href, etag, ics {EVENTS} AND href IN ({marks})", [number, *some]),
        Operation("PUT of a changed event", lambda n: _put(home, hrefs[0], text, n),
                  f"UPDATE events SET ics = ?, seq = seq + 1 {LIVING} AND href = ?",
                  [text, number, hrefs[0]], writes=True, wanted=(201, 204), level=0,
                  stock=lambda n: _put(STOCK, hrefs[0], text, n)),
    ]  # fmt: skip


def users(house: House) -> tuple[dict[str, str], dict[str, str]]:
    """How to sign in at crmlite and at Radicale."""
    return login(EMAIL, house.device), login("bench", house.device)


def _token(visitor: Visitor, place: str) -> str:
    answer = visitor.ask(_report(place, _sync("")))
    assert answer.status == 207, (answer.status, answer.body[:200])
    found = re.search(rb"sync-token>([^<]+)</", answer.body)
    assert found, answer.body[-300:]
    return found.group(1).decode()


def _put(place: str, href: str, text: str, number: int) -> Request:
    body = re.sub(r"(?m)^SUMMARY:[^\r\n]*", f"SUMMARY:Moved {number} times", text)
    return Request("PUT", place + href, body.encode(), {"Content-Type": "text/calendar; charset=utf-8"})


def _report(place: str, body: bytes) -> Request:
    return Request("REPORT", place, body, {**XML, "Depth": "1"})


def _listing() -> bytes:
    return f"<D:propfind {NAMESPACES}><D:prop><D:getetag/><D:getcontenttype/></D:prop></D:propfind>".encode()


def _sync(token: str) -> bytes:
    inside = f"<D:sync-token>{token}</D:sync-token><D:sync-level>1</D:sync-level>"
    return (
        f"<D:sync-collection {NAMESPACES}>{inside}<D:prop><D:getetag/></D:prop></D:sync-collection>".encode()
    )


def _month(start: datetime, end: datetime) -> bytes:
    window = f'<C:time-range start="{start:%Y%m%dT%H%M%SZ}" end="{end:%Y%m%dT%H%M%SZ}"/>'
    inner = f'<C:comp-filter name="VEVENT">{window}</C:comp-filter>'
    asked = f'<C:filter><C:comp-filter name="VCALENDAR">{inner}</C:comp-filter></C:filter>'
    return f"<C:calendar-query {NAMESPACES}>{DATA}{asked}</C:calendar-query>".encode()


def _multiget(place: str, hrefs: list[str]) -> bytes:
    wanted = "".join(f"<D:href>{place}{href}</D:href>" for href in hrefs)
    return f"<C:calendar-multiget {NAMESPACES}>{DATA}{wanted}</C:calendar-multiget>".encode()
