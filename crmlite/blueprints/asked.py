"""What a list's address and a sent form ask for."""

from collections.abc import Iterable
from typing import Any

from flask import g, request

from crmlite.blueprints.frame import reader
from crmlite.errors import Invalid
from crmlite.lists import filters, query, views
from crmlite.lists.filters import LINES, NOTHING, Filter
from crmlite.lists.spec import ListSpec

# The lists by their section, for what only knows the address.
SPECS: dict[str, ListSpec] = {}


def seen() -> int | None:
    """The version that the person looked at; without one (a plain button) the present one counts."""
    text = request.form.get("seen", "")
    return int(text[:9]) if text.isdigit() else None


def way_back(default: str) -> str:
    """Where a sent form wants to go afterwards, within this house."""
    back = request.form.get("back", "")
    return back if back.startswith("/") and not back.startswith(("//", "/\\")) else default


def sent_texts(spec: ListSpec, names: Iterable[str]) -> dict[str, str]:
    """The texts of a sent form. An unticked box sends nothing: for a flag that is its answer."""
    known = [column for name in names if (column := spec.column(name))]
    flags = {column.name: "" for column in known if column.kind.name == "flag"}
    return flags | {column.name: request.form[column.name] for column in known if column.name in request.form}


def said() -> dict[str, str]:
    """The query string itself. Ticked columns come one by one from a plain form; lines of filters stand below each
    other."""
    joined = {"columns": ",", LINES: "\n"}
    return {
        name: joined[name].join(request.args.getlist(name)) if name in joined else request.args[name]
        for name in request.args
    }


def arguments() -> dict[str, str]:
    """What the address asks for, with what a saved view and the person's own arrangement add."""
    spec = SPECS.get(request.path.split("/")[1].partition(".")[0])
    return opened(spec).args if spec else said()


def opened(spec: ListSpec) -> views.Opened:
    if "opened" not in g:
        g.opened = views.open_list(spec, said(), reader())
    return g.opened


def wish(spec: ListSpec) -> query.Wish:
    try:
        return query.wish(spec, arguments())
    except Invalid:
        return query.wish(spec, {"view": arguments().get("view", "")})


def address(**changes: Any) -> str:
    """The query string of this list with some arguments changed; None takes one away."""
    kept = {k: v for k, v in said().items() if k != "after"}
    for name, value in changes.items():
        if value is None:
            kept.pop(name, None)
        else:
            kept[name] = value
    return f"?{encode(kept)}" if kept else "?"


def filtered(spec: ListSpec, asked: Iterable[Filter]) -> str:
    """The address of this list with these filters instead of its own."""
    kept = {k: v for k, v in said().items() if k != "after" and not views.is_filter(spec, k)}
    text = filters.written(asked) or ({LINES: NOTHING} if opened(spec).view else {})
    return f"?{encode({**kept, **text})}"


def list_url(spec: ListSpec, args: dict[str, str]) -> str:
    return f"/{spec.section}?{encode(args)}" if args else f"/{spec.section}"


def encode(args: dict[str, str]) -> str:
    return views.encode(args)
