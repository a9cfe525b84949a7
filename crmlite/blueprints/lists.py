"""The routes of a list: index, rows, totals, a cell, a selection, CSV. A blueprint receives them for its spec."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond
from crmlite.blueprints.frame import reader
from crmlite.blueprints.guard import me
from crmlite.errors import Invalid, Missing, Refused, Stale
from crmlite.lists import export, fields, filters, query
from crmlite.lists.spec import ListSpec
from crmlite.rules import access, gate

MOST_AT_ONCE = 2000


def add_list(bp: Blueprint, spec: ListSpec) -> None:
    """Give the blueprint the routes of its list."""
    base = f"/{spec.section}"

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

    @bp.get(f"{base}/<int:record_id>/cells/<name>")
    def cell_form(record_id: int, name: str) -> Response:
        record = access.find(spec.model, record_id, me())
        return _cell_form(spec, record, _cell_names(spec, name))

    @bp.post(f"{base}/<int:record_id>/cells/<name>")
    def cell(record_id: int, name: str) -> Response:
        return _cell(spec, record_id, name)

    @bp.post(f"{base}/bulk")
    def bulk() -> AnyResponse:
        return _bulk(spec)

    @bp.get(f"{base}/filters")
    def filter_form() -> Response:
        return _filter_form(spec)

    @bp.get(f"{base}/order")
    def order() -> Response:
        asked = _wish(spec)
        return respond.dialog("shared/order.html", title="Sort by", spec=spec, asked=asked, address=_address)

    @bp.get(f"{base}/columns")
    def columns() -> Response:
        carried = {k: v for k, v in request.args.items() if k not in ("columns", "after")}
        return respond.dialog("shared/columns.html", title="Columns", spec=spec, asked=_wish(spec), carried=carried)

    @bp.get(f"{base}/people")
    def people() -> Response:
        return respond.dialog("shared/people.html", title="Assign to", assignable=_assignable(spec, reader()))

    @bp.get(f"{base}.csv")
    def csv() -> Response:
        to = reader()
        asked = query.wish(spec, _args())
        body = export.csv(spec, asked, to)
        return Response(
            body,
            mimetype="text/csv",
            headers={"Content-Disposition": f"attachment; filename={spec.section}.csv", "X-Accel-Buffering": "no"},
        )


def show_row(spec: ListSpec, record_id: int, status: int = 200) -> Response:
    """The row as the reader's list shows it: the answer to every change made from a row."""
    to = reader()
    found = query.row(spec, _wish(spec), record_id, to)
    if found is None:
        raise Missing(f"This {spec.one} does not exist, or it has been deleted.")
    return respond.part("shared/row.html", status, spec=spec, row=found)


def seen() -> int | None:
    """The version that the person looked at; without one (a plain button) the present one counts."""
    text = request.form.get("seen", "")
    return int(text[:9]) if text.isdigit() else None


def sent_texts(spec: ListSpec, names: Iterable[str]) -> dict[str, str]:
    """The texts of a sent form. An unticked box sends nothing: for a flag that is its answer."""
    known = [column for name in names if (column := spec.column(name))]
    flags = {column.name: "" for column in known if column.kind.name == "flag"}
    return flags | {column.name: request.form[column.name] for column in known if column.name in request.form}


def _args() -> dict[str, str]:
    """The query string; ticked columns come one by one from a plain form."""
    return {
        name: ",".join(request.args.getlist(name)) if name == "columns" else request.args[name] for name in request.args
    }


def _wish(spec: ListSpec) -> query.Wish:
    try:
        return query.wish(spec, _args())
    except Invalid:
        return query.wish(spec, {})


def _index(spec: ListSpec) -> Response:
    to = reader()
    refused = None
    try:
        asked = query.wish(spec, _args())
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
        chips=[(*filters.label(spec, one, to), _without(one.column)) for one in asked.filters],
        address=_address,
        refused=refused,
        reader=to,
        exact=not page.after and not asked.after,
        totals=query.Totals(len(page.rows), False, {}) if not page.after else None,
    )


def _rows(spec: ListSpec) -> Response:
    asked = query.wish(spec, _args())
    page = query.page(spec, asked, reader())
    return respond.part(
        "shared/rows.html", spec=spec, page=page, columns=query.shown(spec, asked), asked=asked, address=_address
    )


def _totals(spec: ListSpec) -> Response:
    to = reader()
    asked = query.wish(spec, _args())
    return respond.part(
        "shared/totals.html",
        spec=spec,
        asked=asked,
        totals=query.totals(spec, asked, to),
        counts=query.view_counts(spec, asked.view, to),
    )


def _cell_names(spec: ListSpec, name: str) -> tuple[str, ...]:
    if name in spec.name_fields:
        return spec.name_fields
    column = spec.column(name)
    if column is None:
        raise Missing("This column does not exist.")
    if column.fixed:
        raise Invalid(column.fixed)
    return (name,)


def _cell(spec: ListSpec, record_id: int, name: str) -> Response:
    to = reader()
    names = _cell_names(spec, name)
    record = access.find(spec.model, record_id, me())
    try:
        values = fields.read(spec, names, sent_texts(spec, names), record, to)
        if not values:
            raise Invalid("Nothing was sent: please type a value.")
        with gate.together() as gesture:
            spec.edit(record, values, me(), seen())
    except Stale as error:
        clash = fields.clashes(spec, error, to)
        return _cell_form(spec, error.record, names, sent=request.form, clashes=clash, status=error.status)
    except Refused as error:
        errors = error.fields if set(error.fields) & set(names) else {names[-1]: error.message}
        return _cell_form(spec, record, names, sent=request.form, errors=errors, status=error.status)
    trigger = {"saved": {"id": record.id, "gesture": gesture}}
    if request.args.get("as") == "facts":
        response = respond.part("shared/facts.html", spec=spec, record=record, groups=fields.facts(spec, record, to))
    else:
        response = show_row(spec, record_id)
    respond.add_triggers(response, trigger)
    return response


def _cell_form(
    spec: ListSpec,
    record: Any,
    names: tuple[str, ...],
    *,
    sent: Any = None,
    errors: dict[str, str] | None = None,
    clashes: list[fields.Clash] | None = None,
    status: int = 200,
) -> Response:
    return respond.part(
        "shared/cell_form.html",
        status,
        spec=spec,
        record=record,
        fields=fields.form(spec, names, record, reader(), sent, errors),
        name=names[-1],
        clashes=clashes or [],
    )


def _bulk(spec: ListSpec) -> AnyResponse:
    """One gesture over the ticked rows or all that match: a field set, archived, deleted. What is refused for
    single rows is told and does not stop the others."""
    to, by = reader(), me()
    chosen = _chosen(spec, to)
    change = _bulk_change(spec, to)
    done, refused = 0, []
    with gate.together() as gesture:
        for record_id in chosen:
            try:
                change(access.find(spec.model, record_id, by))
                done += 1
            except Refused as error:
                refused.append(error.message)
    many = f"{done} {spec.one if done == 1 else spec.section.replace('partners', 'customers')}"
    if refused:
        respond.say(f"{many} changed, {len(refused)} refused: {refused[0]}", gesture if done else None, "error")
    else:
        respond.say(f"{many} {request.form.get('did', 'changed')}", gesture)
    return respond.done(request.form.get("back") or f"/{spec.section}")


def _chosen(spec: ListSpec, to: Any) -> list[int]:
    if request.form.get("all"):
        chosen = query.ids(spec, query.wish(spec, _args()), to, MOST_AT_ONCE + 1)
        if len(chosen) > MOST_AT_ONCE:
            raise Invalid(f"More than {MOST_AT_ONCE:,} match: please narrow the list with a filter first.")
        return chosen
    chosen = [int(text) for text in request.form.getlist("ids") if text.isdigit() and len(text) < 10]
    if not chosen:
        raise Invalid("Please tick at least one row first.")
    return chosen[:MOST_AT_ONCE]


def _bulk_change(spec: ListSpec, to: Any) -> Any:
    by, verb = me(), request.form.get("verb", "")
    if verb == "delete":
        return lambda record: gate.remove(record, by)
    if verb in ("archive", "unarchive"):
        return lambda record: gate.change(record, {"archived": verb == "archive"}, by, verb=f"{verb}d")
    column = spec.column(request.form.get("field", ""))
    if verb != "set" or column is None or column.fixed:
        raise Invalid("Please choose what to do with the ticked rows.")
    value = column.kind.read(request.form.get("value", ""), to, to.directory.currency)
    return lambda record: spec.edit(record, {column.name: value}, by)


def _filter_form(spec: ListSpec) -> Response:
    """Step by step: the column, then what is asked of it. A GET form, so the address holds the result."""
    to = reader()
    column = spec.column(request.args.get("filter", ""))
    if column and (operator := request.args.get("operator")):
        values = [value for value in request.args.getlist("value") if value]
        text = "..".join(request.args.getlist("value")[:2]) if operator in ("on", "between") else ",".join(values)
        kept = {k: v for k, v in request.args.items() if k not in ("filter", "operator", "value", "after")}
        return respond.done(_url(spec, {**kept, column.name: f"{operator}:{text}"}))  # type: ignore[return-value]
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


def _assignable(spec: ListSpec, to: Any) -> list[tuple[Any, str]]:
    column = spec.column("owner")
    return list(column.kind.options(to, None)) if column and column.kind.options else []


def _address(**changes: Any) -> str:
    """The query string of this list with some arguments changed; None takes one away."""
    kept = {k: v for k, v in _args().items() if k != "after"}
    for name, value in changes.items():
        if value is None:
            kept.pop(name, None)
        else:
            kept[name] = value
    return f"?{_encode(kept)}" if kept else "?"


def _without(name: str) -> str:
    return _address(**{name: None})


def _url(spec: ListSpec, args: dict[str, str]) -> str:
    return f"/{spec.section}?{_encode(args)}"


def _encode(args: dict[str, str]) -> str:
    return urlencode(args, safe=":,")
