"""A lead with two hundred things to tell: told through the doors that people use, before anything is measured."""

import re
from urllib.parse import urlencode

from bench.client import Request, Visitor
from bench.menu import FORM, WANTED

NOTES, CHANGES, EVENTS = 60, 100, 40
assert NOTES + CHANGES + EVENTS == WANTED
MEETING = {
    "kind": "meeting", "day": "2026-01-05", "start": "10:00", "end_day": "2026-01-05", "end": "11:00",
    "status": "planned", "reminder": "", "repeat": "",
}  # fmt: skip


def tell(visitor: Visitor, lead: int) -> None:
    """Sixty notes, a hundred changes and forty events that are past."""
    for number in range(NOTES):
        _post(visitor, "/notes", about="lead", about_id=lead, body=f"Visit {number}: they ask for more of it.")
    for number in range(CHANGES):
        column = ("phone", "city")[number % 2]
        _post(visitor, f"/leads/{lead}/cells/{column}", **{column: f"+33 4 72 10 {number:04}"})
    for number in range(EVENTS):
        heard = _post(visitor, "/events", subject=f"Visit {number}", lead=f"#{lead}", **MEETING)
        found = re.search(r'\["event", (\d+)\]', heard)
        assert found, heard
        _post(visitor, f"/events/{found[1]}/completion")


def _post(visitor: Visitor, path: str, **form: object) -> str:
    """What the answer tells the page."""
    answer = visitor.ask(Request("POST", path, urlencode(form).encode(), FORM))
    assert answer.status == 200, (path, answer.status, answer.text[:300])
    return str(answer.headers["HX-Trigger"])
