"""What a list's address and a sent form ask for."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from flask import request

from crmlite.errors import Invalid
from crmlite.lists import query
from crmlite.lists.spec import ListSpec


def seen() -> int | None:
    """The version that the person looked at; without one (a plain button) the present one counts."""
    text = request.form.get("seen", "")
    return int(text[:9]) if text.isdigit() else None


def sent_texts(spec: ListSpec, names: Iterable[str]) -> dict[str, str]:
    """The texts of a sent form. An unticked box sends nothing: for a flag that is its answer."""
    known = [column for name in names if (column := spec.column(name))]
    flags = {column.name: "" for column in known if column.kind.name == "flag"}
    return flags | {column.name: request.form[column.name] for column in known if column.name in request.form}


def arguments() -> dict[str, str]:
    """The query string; ticked columns come one by one from a plain form."""
    return {
        name: ",".join(request.args.getlist(name)) if name == "columns" else request.args[name] for name in request.args
    }


def wish(spec: ListSpec) -> query.Wish:
    try:
        return query.wish(spec, arguments())
    except Invalid:
        return query.wish(spec, {})


def address(**changes: Any) -> str:
    """The query string of this list with some arguments changed; None takes one away."""
    kept = {k: v for k, v in arguments().items() if k != "after"}
    for name, value in changes.items():
        if value is None:
            kept.pop(name, None)
        else:
            kept[name] = value
    return f"?{encode(kept)}" if kept else "?"


def without(name: str) -> str:
    return address(**{name: None})


def list_url(spec: ListSpec, args: dict[str, str]) -> str:
    return f"/{spec.section}?{encode(args)}"


def encode(args: dict[str, str]) -> str:
    return urlencode(args, safe=":,")
