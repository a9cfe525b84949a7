"""The dialogs that arrange a list: filters, order, columns. Each leads to an address that holds the result."""

from flask import Blueprint, Response, request

from crmlite.blueprints import respond
from crmlite.blueprints.asked import address, list_url, wish
from crmlite.blueprints.frame import reader
from crmlite.lists import filters
from crmlite.lists.spec import ListSpec


def add_arrangement(bp: Blueprint, spec: ListSpec) -> None:
    base = f"/{spec.section}"

    @bp.get(f"{base}/filters")
    def filter_form() -> Response:
        return _filter_form(spec)

    @bp.get(f"{base}/order")
    def order() -> Response:
        asked = wish(spec)
        return respond.dialog("shared/order.html", title="Sort by", spec=spec, asked=asked, address=address)

    @bp.get(f"{base}/columns")
    def columns() -> Response:
        carried = {k: v for k, v in request.args.items() if k not in ("columns", "after")}
        return respond.dialog("shared/columns.html", title="Columns", spec=spec, asked=wish(spec), carried=carried)


def _filter_form(spec: ListSpec) -> Response:
    """Step by step: the column, then what is asked of it. A GET form, so the address holds the result."""
    to = reader()
    column = spec.column(request.args.get("filter", ""))
    if column and (operator := request.args.get("operator")):
        values = [value for value in request.args.getlist("value") if value]
        text = "..".join(request.args.getlist("value")[:2]) if operator in ("on", "between") else ",".join(values)
        kept = {k: v for k, v in request.args.items() if k not in ("filter", "operator", "value", "after")}
        return respond.done(list_url(spec, {**kept, column.name: f"{operator}:{text}"}))  # type: ignore[return-value]
    kinds = [(one.name, one.label) for one in spec.columns]
    return respond.dialog(
        "shared/filter.html",
        title=f"Filter {spec.title.lower()}",
        spec=spec,
        columns=kinds,
        column=column,
        operators=filters.OPERATORS[filters.family(column.kind)] if column else {},
        family=filters.family(column.kind) if column else "",
        options=[o for o in column.kind.options(to, None) if o[0] != ""] if column and column.kind.options else [],
        carried={k: v for k, v in request.args.items() if k not in ("filter", "operator", "value", "after")},
    )
