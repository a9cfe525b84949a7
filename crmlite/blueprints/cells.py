"""One cell of a row, or one fact of a record: its form, and what comes back."""

from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond
from crmlite.blueprints.asked import filtered, seen, sent_texts, wish
from crmlite.blueprints.frame import reader
from crmlite.blueprints.guard import me
from crmlite.errors import Invalid, Missing, Refused, Stale
from crmlite.lists import fields, filter_lines, query
from crmlite.lists.spec import ListSpec
from crmlite.rules import access, gate


def add_cells(bp: Blueprint, spec: ListSpec) -> None:
    base = f"/{spec.section}"

    @bp.get(f"{base}/<int:record_id>/cells/<name>")
    def cell_form(record_id: int, name: str) -> Response:
        record = access.find(spec.model, record_id, me())
        names = _cell_names(spec, name)
        if sentence := spec.locked(record, name):
            raise Invalid(sentence)
        return _cell_form(spec, record, names)

    @bp.get(f"{base}/<int:record_id>/cells/<name>/filter")
    def cell_filter(record_id: int, name: str) -> AnyResponse:
        """To the list in which this column asks for what the record has in it."""
        record, column = access.find(spec.model, record_id, me()), spec.column(name)
        if column is None:
            raise Missing("This column does not exist.")
        kept = [one for one in wish(spec).filters if one.column != name]
        return respond.done(f"/{spec.section}{filtered(spec, [*kept, filter_lines.alike(column, record, reader())])}")

    @bp.post(f"{base}/<int:record_id>/cells/<name>")
    def cell(record_id: int, name: str) -> Response:
        return _cell(spec, record_id, name)


def show_row(spec: ListSpec, record_id: int, status: int = 200) -> Response:
    """The row as the reader's list shows it: the answer to every change made from a row."""
    to = reader()
    found = query.row(spec, wish(spec), record_id, to)
    if found is None:
        raise Missing(f"This {spec.one} does not exist, or it has been deleted.")
    return respond.part("shared/row.html", status, spec=spec, row=found)


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
