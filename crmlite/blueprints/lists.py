"""The routes of a list: index, rows, totals, with those of cells, selections, arrangement and export. A blueprint
receives them for its spec."""

from flask import Blueprint, Response

from crmlite.blueprints import respond
from crmlite.blueprints.arrangements import add_arrangement
from crmlite.blueprints.asked import address, arguments, without
from crmlite.blueprints.cells import add_cells, show_row
from crmlite.blueprints.exports import add_exports
from crmlite.blueprints.frame import reader
from crmlite.blueprints.selections import add_selection
from crmlite.errors import Invalid
from crmlite.lists import filters, query
from crmlite.lists.spec import ListSpec


def add_list(bp: Blueprint, spec: ListSpec) -> None:
    """Give the blueprint the routes of its list."""
    base = f"/{spec.section}"

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
        refused, asked = error.message, query.wish(spec, {})
        page = query.page(spec, asked, to)
    return respond.page(
        "shared/list.html",
        422 if refused else 200,
        title=spec.title,
        spec=spec,
        asked=asked,
        page=page,
        columns=query.shown(spec, asked),
        chips=[(*filters.label(spec, one, to), without(one.column)) for one in asked.filters],
        address=address,
        refused=refused,
        reader=to,
        exact=not page.after and not asked.after,
        totals=query.Totals(len(page.rows), False, {}) if not page.after else None,
    )


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
        totals=query.totals(spec, asked, to),
        counts=query.view_counts(spec, asked.view, to),
    )
