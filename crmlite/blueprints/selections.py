"""What happens to the ticked rows of a list."""

from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond
from crmlite.blueprints.asked import arguments
from crmlite.blueprints.frame import reader
from crmlite.blueprints.guard import me
from crmlite.errors import Invalid, Refused
from crmlite.lists import query
from crmlite.lists.spec import ListSpec
from crmlite.rules import access, gate

MOST_AT_ONCE = 2000


def add_selection(bp: Blueprint, spec: ListSpec) -> None:
    base = f"/{spec.section}"

    @bp.post(f"{base}/bulk")
    def bulk() -> AnyResponse:
        return _bulk(spec)

    @bp.get(f"{base}/people")
    def people() -> Response:
        return respond.dialog("shared/people.html", title="Assign to", assignable=_assignable(spec, reader()))


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
    many = f"{done} {spec.one if done == 1 else spec.title.lower()}"
    if refused:
        respond.say(f"{many} changed, {len(refused)} refused: {refused[0]}", gesture if done else None, "error")
    else:
        respond.say(f"{many} {request.form.get('did', 'changed')}", gesture)
    return respond.done(request.form.get("back") or f"/{spec.section}")


def _chosen(spec: ListSpec, to: Any) -> list[int]:
    if request.form.get("all"):
        chosen = query.ids(spec, query.wish(spec, arguments()), to, MOST_AT_ONCE + 1)
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


def _assignable(spec: ListSpec, to: Any) -> list[tuple[Any, str]]:
    column = spec.column("owner")
    return list(column.kind.options(to, None)) if column and column.kind.options else []
