"""The routes of a list: index, rows, totals, with those of cells, selections, arrangement and export. A blueprint
receives them for its spec."""

from typing import Any

from flask import Blueprint, Response, request

from crmlite.blueprints import respond
from crmlite.blueprints.arrangements import add_arrangement
from crmlite.blueprints.asked import SPECS, address, arguments, filtered, opened
from crmlite.blueprints.cells import add_cells, show_row
from crmlite.blueprints.exports import add_exports
from crmlite.blueprints.frame import reader
from crmlite.blueprints.selections import add_selection
from crmlite.errors import Invalid
from crmlite.lists import filter_words, query, totals, views
from crmlite.lists.reader import Reader
from crmlite.lists.spec import ListSpec
from crmlite.rules import access


def add_list(bp: Blueprint, spec: ListSpec) -> None:
    """Give the blueprint the routes of its list."""
    base = f"/{spec.section}"
    SPECS[spec.section] = spec

    add_cells(bp, spec)
    add_selection(bp, spec)
    add_arrangement(bp, spec)
    add_exports(bp, spec)

    @bp.get(base)
    def index() -> Response:
        return _index(spec)

    @bp.get(f"{base}/rows")
    def rows() -> Response:
        return _rows(spec)

    @bp.get(f"{base}/totals")
    def totals() -> Response:
        return _totals(spec)

    @bp.get(f"{base}/<int:record_id>/row")
    def row(record_id: int) -> Response:
        return show_row(spec, record_id)


def _index(spec: ListSpec) -> Response:
    to = reader()
    refused = None
    try:
        asked = query.wish(spec, arguments())
        page = query.page(spec, asked, to)
    except Invalid as error:
        refused, asked = error.message, query.wish(spec, {"view": arguments().get("view", "")})
        page = query.page(spec, asked, to)
    return respond.page(
        "shared/list.html",
        422 if refused else 200,
        title=spec.words(asked.view)[0],
        spec=spec,
        asked=asked,
        page=page,
        columns=query.shown(spec, asked),
        chips=chips(spec, asked, to),
        top=top(spec, to, refused),
        address=address,
        refused=refused,
        reader=to,
        exact=not page.after and not asked.after,
        totals=totals.Totals(len(page.rows), False, {}) if not page.after else None,
    )


def chips(spec: ListSpec, asked: Any, to: Reader) -> list[dict[str, Any]]:
    """Each condition: its words, where it is edited, where it is taken away, whether it is an alternative."""
    found = []
    for place, one in enumerate(asked.filters):
        name, value = filter_words.label(spec, one, to)
        rest = [*asked.filters[:place], *asked.filters[place + 1 :]]
        before = asked.filters[place - 1] if place else None
        alternative = bool(one.group and before and before.group == one.group)
        found.append({"name": name, "value": value, "url": filtered(spec, rest), "at": place, "or": alternative})
    return found


def top(spec: ListSpec, to: Reader, refused: str | None, show: str = "") -> dict[str, Any]:
    """The tabs that people saved, and what can be done with the one that is open. A view that is saved now opens
    where `show` says."""
    now = opened(spec)
    tabs = views.tabs(spec, to)
    view = now.view
    return {
        "tabs": [one for one in tabs if one.pinned or (view and one.id == view.id)],
        "others": [one for one in tabs if not one.pinned],
        "view": view,
        "changed": bool(view) and not refused and views.differs(spec, view, now.said, to),
        "changeable": bool(view) and access.may(to.by, "change", view),
        "arranged": not view and not refused and views.is_arranged(spec, now.said),
        "query": views.encode({**now.said, "show": show} if show else now.said),
        "density": now.density,
        "gone": now.gone,
    }


def _rows(spec: ListSpec) -> Response:
    asked = query.wish(spec, arguments())
    page = query.page(spec, asked, reader())
    return respond.part(
        "shared/rows.html", spec=spec, page=page, columns=query.shown(spec, asked), asked=asked, address=address
    )


def _totals(spec: ListSpec) -> Response:
    to = reader()
    asked = query.wish(spec, arguments())
    return respond.part(
        "shared/totals.html",
        spec=spec,
        asked=asked,
        totals=totals.totals(spec, asked, to),
        counts=query.view_counts(spec, asked.view, to) | saved_counts(spec, to),
    )


def saved_counts(spec: ListSpec, to: Reader) -> dict[str, str]:
    """Of the saved views that stand as tabs on the page which asks: others may have been kept or deleted since."""
    asked = request.args.get("tabs", "").split(",")
    tabs = [view for view in views.tabs(spec, to) if str(view.id) in asked]
    return {f"{views.PREFIX}{view.id}": query.figure(views.count(spec, view, to)) for view in tabs}
