"""The dialogs that arrange a list: filters, order, columns. Filters lead to an address that holds the result; order,
columns and height of rows are remembered."""

from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond
from crmlite.blueprints.asked import address, encode, filtered, list_url, opened, said, wish
from crmlite.blueprints.frame import reader
from crmlite.blueprints.guard import me
from crmlite.lists import filter_lines, query, views
from crmlite.lists.filter_lines import Line
from crmlite.lists.spec import ListSpec
from crmlite.models.views import DENSITIES
from crmlite.rules import gate
from crmlite.rules import views as rules

ARRANGED = ("columns", "sort", "density")


def add_arrangement(bp: Blueprint, spec: ListSpec) -> None:
    base = f"/{spec.section}"

    @bp.get(f"{base}/filters")
    def filter_form() -> AnyResponse:
        return _filter_form(spec)

    @bp.get(f"{base}/order")
    def order() -> Response:
        asked = wish(spec)
        return respond.dialog("shared/order.html", title="Sort by", spec=spec, asked=asked, address=address)

    @bp.get(f"{base}/columns")
    def columns() -> Response:
        return _columns(spec)

    @bp.post(f"{base}/arrangement")
    def arrangement() -> AnyResponse:
        return _arrange(spec)


def _columns(spec: ListSpec) -> Response:
    """The shown ones first, in their order. Moving one sends the form again, so what is ticked is the address."""
    asked = {name: text for name, text in said().items() if name not in ("step", "density", "after")}
    names = [column.name for column in query.shown(spec, wish(spec))]
    verb, _, moved = request.args.get("step", "").partition("-")
    if verb in ("up", "down") and moved in names:
        place = names.index(moved)
        names.insert(max(place + (-1 if verb == "up" else 1), 0), names.pop(place))
    chosen = [column for name in dict.fromkeys(names) if (column := spec.column(name))]
    others = [column for column in spec.offered if column not in chosen]
    return respond.dialog(
        "shared/columns.html",
        title="Columns",
        spec=spec,
        columns=[(one, one in chosen) for one in [*chosen, *others] if one.name not in spec.name_fields],
        carried=_pairs({name: text for name, text in asked.items() if name != "columns"}),
        here=encode(asked),
        density=request.args.get("density", opened(spec).density),
        densities=DENSITIES.items(),
    )


def _arrange(spec: ListSpec) -> AnyResponse:
    """Remember what was sent. The address loses what is remembered now, else it would go on having the last word;
    on a saved view, whose own columns come first, it keeps it."""
    values = {}
    if "default" in request.form:
        values = dict.fromkeys(ARRANGED, "")
    else:
        if "columns" in request.form:
            names = [name for name in request.form.getlist("columns") if spec.column(name)]
            values["columns"] = ",".join(dict.fromkeys(names))
        column = spec.column(request.form.get("sort", "").lstrip("-"))
        if column and column.sort:
            values["sort"] = request.form["sort"]
        if request.form.get("density") in DENSITIES:
            values["density"] = request.form["density"]
    with gate.together():
        rules.arrange(spec.section, values, me())
    if "quiet" in request.form:
        return Response(status=204)
    kept = {name: text for name, text in said().items() if name not in ("columns", "after")}
    if "default" in request.form:
        kept.pop("sort", None)
    elif opened(spec).view and values.get("columns"):
        kept["columns"] = values["columns"]
    return respond.done(list_url(spec, kept))


def _filter_form(spec: ListSpec) -> AnyResponse:
    """The conditions of the address as lines, and one more. Each step sends the whole form, so nothing typed is
    lost; the last leads to the address that holds the result."""
    to = reader()
    step, _, number = request.args.get("step", "").partition("-")
    sent = {name: request.args.getlist(name) for name in request.args}
    lines = filter_lines.read(spec, sent, to) if step else filter_lines.of(spec, wish(spec).filters, to)
    at = int(number) if number.isdigit() else request.args.get("at", len(lines), int)
    status = 200
    if step == "done":
        found, lines = filter_lines.understood(spec, lines, to)
        if not any(one.error for one in lines):
            place = "/board" if spec.boarded and said().get("show") == "board" else ""
            return respond.done(f"/{spec.section}{place}{_without_lines(filtered(spec, found))}")
        status = 422
    elif step == "remove":
        lines = [one for one in lines if one.number != at]
    if step == "add" or not lines or (not step and "at" not in request.args):
        lines.append(filter_lines.line(spec, len(lines), "and", "", "", (), to))
        at = len(lines) - 1
    at = -1 if step == "again" else at  # whoever chose stands in the right place
    return _show_lines(spec, filter_lines.renumbered(spec, lines, to) if status == 200 else lines, at, status)


def _show_lines(spec: ListSpec, lines: list[Line], at: int, status: int) -> Response:
    return respond.dialog(
        "shared/filter.html",
        status,
        title=f"Filter {spec.title.lower()}",
        spec=spec,
        lines=lines,
        at=at,
        joiners=filter_lines.JOINERS,
        columns=[("", "Choose a column"), *((one.name, one.label) for one in spec.offered)],
        carried=[pair for pair in _pairs(said()) if not _of_form(spec, pair[0])],
    )


def _pairs(args: dict[str, str]) -> list[tuple[str, str]]:
    return list(views.split_pairs(encode(args)))


def _of_form(spec: ListSpec, name: str) -> bool:
    return filter_lines.is_line(name) or views.is_filter(spec, name) or name in ("step", "at", "after")


def _without_lines(text: str) -> str:
    kept: dict[str, Any] = {name: value for name, value in views.split(text).items() if not filter_lines.is_line(name)}
    for name in ("step", "at", "show"):
        kept.pop(name, None)
    return f"?{encode(kept)}"
