"""The routes of duplicates: groups over a list, one record's lookalikes, the hint while a new one is typed. A
blueprint receives them for its spec."""

from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond
from crmlite.blueprints.frame import reader
from crmlite.blueprints.guard import me
from crmlite.blueprints.merges import ids
from crmlite.errors import Invalid
from crmlite.lists.spec import ListSpec
from crmlite.rules import access, duplicates, gate, matches

FIRST_ASKED = ("name",)
FACTS = ("company", "email", "phone", "mobile_phone", "city")
TYPED = ("name", "first_name", "company", "email", "phone", "mobile_phone", "fax", "kind")


def add_duplicates(bp: Blueprint, spec: ListSpec) -> None:
    base = f"/{spec.section}"

    @bp.get(f"{base}/duplicates")
    def duplicate_groups() -> Response:
        return _groups(spec)

    @bp.get(f"{base}/<int:record_id>/duplicates")
    def duplicates_of(record_id: int) -> Response:
        record = access.find(spec.model, record_id, me())
        found = matches.lookalikes(record, me())
        return respond.dialog("shared/duplicates_of.html", title="Duplicates", spec=spec, record=record, found=found)

    @bp.get(f"{base}/lookalikes")
    def lookalikes() -> Response:
        typed: dict[str, Any] = {name: request.args[name][:400] for name in TYPED if name in request.args}
        known = spec.model._meta.fields
        record = spec.model(**{name: text for name, text in typed.items() if name in known})
        record.prepare()
        return respond.part("shared/lookalikes.html", spec=spec, found=matches.lookalikes(record, me()))

    @bp.post(f"{base}/distinctions")
    def distinctions() -> AnyResponse:
        """Not duplicates: remembered, never shown again."""
        access.require(me(), "create", spec.model(owner=me().id))
        with gate.together() as gesture:
            duplicates.tell_apart(spec.model, ids(request.form), me())
        respond.say("Remembered: these are not the same", gesture)
        back = request.form.get("back", "")
        return respond.done(back if back.startswith(f"{base}/") else f"{base}/duplicates")


def _groups(spec: ListSpec) -> Response:
    to, asked = reader(), request.args
    names = asked.getlist("field") or list(FIRST_ASKED)
    similar, after = asked.get("how") == "similar", asked.get("after", "")
    message, page = "", duplicates.Page([], None)
    try:
        start = int(after) if after.isdigit() and len(after) < 9 else 0
        page = duplicates.page(spec.model, names, to.by, similar, start)
    except Invalid as error:
        message = error.message
    return respond.page(
        "shared/duplicates.html",
        422 if message else 200,
        title=f"Duplicates among {spec.title.lower()}",
        spec=spec,
        offered=duplicates.offered(spec.model),
        names=names,
        similar=similar,
        after=after,
        page=page,
        message=message,
        facts=[column for name in FACTS if (column := spec.column(name))],
    )
