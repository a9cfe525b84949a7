"""What happens to the ticked rows of a list, or to all that match."""

from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond
from crmlite.blueprints.asked import address, arguments, way_back
from crmlite.blueprints.frame import reader
from crmlite.errors import Invalid
from crmlite.lists import bulk, fields, query
from crmlite.lists.bulk import Wanted
from crmlite.lists.spec import ListSpec


def add_selection(bp: Blueprint, spec: ListSpec) -> None:
    base = f"/{spec.section}"

    @bp.post(f"{base}/bulk")
    def many() -> AnyResponse:
        return _bulk(spec)

    @bp.get(f"{base}/people")
    def people() -> Response:
        return respond.dialog("shared/people.html", title="Assign to", assignable=_assignable(spec, reader()))

    @bp.get(f"{base}/change")
    def change_form() -> Response:
        return _change_form(spec)


def _bulk(spec: ListSpec) -> AnyResponse:
    """One gesture over the ticked rows or all that match: a field set, archived, deleted. Many are left to the
    worker, and the person watches or goes on."""
    to, chosen, sent = reader(), _chosen(spec, reader()), request.form
    verb = sent.get("verb", "")
    did = sent.get("did", "") or bulk.DONE.get(verb, "changed")
    wanted = Wanted(verb, sent.get("field", ""), sent.get("value", ""), did[:80])
    back = way_back(f"/{spec.section}")
    if len(chosen) > bulk.AT_ONCE and spec.section in bulk.SPECS:
        return respond.done(f"/bulk/{bulk.put_off(spec, chosen, wanted, to, back)}")
    done, refused, gesture = bulk.do(spec, chosen, wanted, to)
    names = f"{done:,} {spec.one if done == 1 else spec.title.lower()}"
    if refused:
        respond.say(f"{names} changed, {len(refused)} refused: {refused[0]}", gesture if done else None, "error")
    else:
        respond.say(f"{names} {wanted.did}", gesture)
    return respond.done(back)


def _chosen(spec: ListSpec, to: Any) -> list[int]:
    if request.form.get("all"):
        chosen = query.ids(spec, query.wish(spec, {**arguments(), "after": ""}), to, bulk.MOST + 1)
        if len(chosen) > bulk.MOST:
            raise Invalid(f"More than {bulk.MOST:,} match: please narrow the list with a filter first.")
        return chosen
    chosen = [int(text) for text in request.form.getlist("ids") if text.isdigit() and len(text) < 10]
    if not chosen:
        raise Invalid("Please tick at least one row first.")
    return list(dict.fromkeys(chosen))[: bulk.MOST]


def _change_form(spec: ListSpec) -> Response:
    """Step by step: the column, then its new value. The value belongs to the form of the ticked rows."""
    column = spec.column(request.args.get("field", ""))
    if column and column.fixed:
        raise Invalid(column.fixed)
    return respond.dialog(
        "shared/change.html",
        title="Set a field",
        spec=spec,
        field=fields.form(spec, (column.name,), None, reader())[0] if column else None,
        columns=[(one.name, one.label) for one in spec.offered if not one.fixed],
        address=address(),
    )


def _assignable(spec: ListSpec, to: Any) -> list[tuple[Any, str]]:
    column = spec.column("owner")
    return list(column.kind.options(to, None)) if column and column.kind.options else []
