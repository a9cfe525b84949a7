"""Which calendars and colleagues a calendar shows, and what its colours mean: from the address, else as this person
left it in this browser."""

from typing import Any, NamedTuple

from flask import Response, request

from crmlite.blueprints.guard import me
from crmlite.rules import agenda

COLOURED = {"type": "Type", "calendar": "Calendar", "person": "Person"}
A_YEAR = 365 * 24 * 3600


class Shown(NamedTuple):
    """The layers that are switched on; `query` keeps them in a link. `coloured` is a key of COLOURED."""

    calendars: frozenset[int]
    people: frozenset[int]
    coloured: str
    query: dict[str, Any]


def shown(layers: agenda.Layers) -> Shown:
    """Own and shared calendars, unless the address or the browser says which layers are on. What is assigned to me
    belongs to my calendars, whoever's it stands in."""
    known = {one.id for one in (*layers.mine, *layers.shared)}
    colleagues = {person.id for person in layers.colleagues}
    own = me().id or 0
    asked = "layers" in request.args
    kept = _kept()
    if not asked and not kept:
        return Shown(frozenset(known), frozenset({own}), "type", {})
    wanted = (_ids("calendar"), _ids("person"), request.args.get("coloured", "")) if asked else kept
    calendars, people = frozenset(wanted[0] & known), frozenset(wanted[1] & colleagues)
    coloured = wanted[2] if wanted[2] in COLOURED else "type"
    mine = {own} if any(one.id in calendars for one in layers.mine) else set()
    query = {"layers": 1, "calendar": sorted(calendars), "person": sorted(people), "coloured": coloured}
    return Shown(calendars, people | mine, coloured, query if asked else {})


def remember(response: Response, now: Shown) -> Response:
    """Keep what the person has just ticked; a link that names layers changes nothing for later."""
    if request.htmx and "layers" in request.args:  # type: ignore[attr-defined]
        people = sorted(now.people - {me().id})
        text = f"{_joined(sorted(now.calendars))}~{_joined(people)}~{now.coloured}"
        response.set_cookie(_name(), text, max_age=A_YEAR, path="/calendars", samesite="Lax", httponly=True)
    return response


def _kept() -> tuple[set[int], set[int], str] | None:
    parts = request.cookies.get(_name(), "").split("~")
    return (_split(parts[0]), _split(parts[1]), parts[2]) if len(parts) == 3 else None


def _name() -> str:
    return f"layers-{me().id}"


def _joined(ids: list[int]) -> str:
    return ".".join(map(str, ids))


def _split(text: str) -> set[int]:
    return {int(one) for one in text.split(".") if one.isdecimal() and len(one) < 10}


def _ids(name: str) -> set[int]:
    return {int(text) for text in request.args.getlist(name) if text.isdecimal() and len(text) < 10}
