"""The routes of one record: page, facts, form, create, save. A blueprint receives them for its spec."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond
from crmlite.blueprints.asked import arguments, seen, sent_texts
from crmlite.blueprints.bin import show_binned
from crmlite.blueprints.cells import show_row
from crmlite.blueprints.frame import reader
from crmlite.blueprints.guard import me
from crmlite.errors import Forbidden, Invalid, Refused, Stale
from crmlite.lists import fields, query, timeline
from crmlite.lists.reader import Reader
from crmlite.lists.spec import ListSpec
from crmlite.models.base import Record
from crmlite.models.merges import Merge
from crmlite.rules import access, assigning, documents, gate, merges

Context = Callable[[Any, Reader], dict[str, Any]]
ONLY = tuple(timeline.SOURCES)


def add_records(bp: Blueprint, spec: ListSpec, context: Context = lambda record, to: {}) -> None:
    """Give the blueprint the routes of its records. `context` adds what the concept's own partials need."""
    base = f"/{spec.section}"

    @bp.get(f"{base}/<int:record_id>")
    def show(record_id: int) -> AnyResponse:
        record = access.look(spec.model, record_id, me())
        if record is None and (kept := merges.successor(spec.model, record_id, me())):
            return redirect(f"{base}/{kept}", 303)
        return _show(spec, record, context) if record else show_binned(spec.model, record_id)

    @bp.get(f"{base}/<int:record_id>/facts")
    def facts(record_id: int) -> Response:
        record = access.find(spec.model, record_id, me())
        groups = fields.facts(spec, record, reader())
        return respond.part("shared/facts.html", spec=spec, record=record, groups=groups)

    @bp.get(f"{base}/<int:record_id>/timeline")
    def story(record_id: int) -> Response:
        record = access.find(spec.model, record_id, me())
        template = "shared/earlier.html" if request.args.get("before") else "shared/timeline.html"
        return respond.part(template, spec=spec, record=record, **_story(spec, record, merges.into(record)))

    @bp.get(f"{base}/<int:record_id>/menu")
    def menu(record_id: int) -> Response:
        record = access.find(spec.model, record_id, me())
        extra = context(record, reader())
        templates = [f"{spec.section}/menu.html", "shared/menu.html"]
        return respond.dialog(templates, title=record.label, spec=spec, record=record, **extra)

    @bp.get(f"{base}/form")
    def form() -> Response:
        if reason := access.keeping_refusal(me(), spec.concept):
            raise Forbidden(reason)
        view = spec.view(request.args.get("view", ""))
        return _form(spec, None, sent={**dict(view.begins), **request.args} or None, one=view.one)

    @bp.post(base)
    def create() -> AnyResponse:
        return _create(spec)

    @bp.get(f"{base}/<int:record_id>/form")
    def edit_form(record_id: int) -> Response:
        return _form(spec, access.find(spec.model, record_id, me()))

    @bp.post(f"{base}/<int:record_id>")
    def save(record_id: int) -> AnyResponse:
        return _save(spec, record_id)


def after_verb(spec: ListSpec, record: Record, text: str, gesture: int) -> AnyResponse:
    """The answer to a verb: the row where a row asked, else the record's page; with a toast that offers Undo."""
    respond.say(text, gesture)
    if request.args.get("as") == "row":
        return show_row(spec, record.id)
    back = request.form.get("back", "")
    return respond.done(back if back.startswith("/") and not back.startswith("//") else f"/{spec.section}/{record.id}")


def _show(spec: ListSpec, record: Any, context: Context) -> Response:
    to = reader()
    asked = query.wish(spec, arguments()) if request.args else query.wish(spec, {"view": spec.views[-2].name})
    before, after = query.neighbours(spec, asked, record.id, to)
    files, picture = documents.files_and_picture(record, me())
    merged = merges.into(record)
    return respond.page(
        [f"{spec.section}/record.html", "shared/record.html"],
        title=record.label,
        spec=spec,
        record=record,
        groups=fields.facts(spec, record, to),
        before=before,
        after=after,
        query="?" + request.query_string.decode() if request.query_string else "",
        may_change=access.may(me(), "change", record),
        may_delete=access.may(me(), "delete", record),
        merged=merged,
        files=files,
        picture=picture,
        **_story(spec, record, merged),
        **context(record, to),
    )


def _story(spec: ListSpec, record: Any, merged: list[Merge]) -> dict[str, Any]:
    to = reader()
    only = request.args.get("only", "")
    only = only if only in ONLY else ""
    before = request.args.get("before", "")
    page = timeline.history(spec, record, to, only, before, merged)
    return {
        "planned": timeline.planned(record, to) if only in ("", "events") and not before else [],
        "history": page.items,
        "earlier": page.earlier,
        "only": only,
    }


def _names(spec: ListSpec) -> list[str]:
    return [name for _, names in spec.groups for name in names]


def _form(
    spec: ListSpec,
    record: Any,
    *,
    sent: Any = None,
    errors: dict[str, str] | None = None,
    message: str = "",
    clashes: list[fields.Clash] | None = None,
    status: int = 200,
    one: str = "",
) -> Response:
    to = reader()
    blank = record or spec.model(**_defaults(spec))
    return respond.dialog(
        "shared/form.html",
        status,
        title=f"Edit {record.label}" if record else f"New {one or spec.one}",
        spec=spec,
        record=record,
        groups=fields.grouped(spec, blank, to, sent, errors),
        message=message,
        clashes=clashes or [],
    )


def _defaults(spec: ListSpec) -> dict[str, Any]:
    """What a new record's form shows already: the rules fill the same when nothing is sent."""
    known, by = spec.model._meta.fields, me()
    owner = by.id if assigning.may_hold(spec.concept, by.id) else None
    wanted = {"owner": owner, "team": by.active_team_id, "contact_date": reader().today, "kind": "company"}
    return {name: value for name, value in wanted.items() if name in known} | spec.begins(reader())


def _create(spec: ListSpec) -> AnyResponse:
    to = reader()
    names = _names(spec)
    try:
        values = fields.read(spec, names, sent_texts(spec, names), None, to)
        with gate.together() as gesture:
            record = spec.create(values, me())
    except Refused as error:
        return _form(spec, None, sent=request.form, errors=error.fields, message=_left(error), status=error.status)
    respond.say(f"“{record.label}” added", gesture)
    if spec.boarded and urlsplit(request.htmx.current_url or "").path == f"/{spec.section}/board":
        # The board stays and shows the new card as it shows what others add.
        return respond.nothing({"dialog-close": True, "changed": {"changes": [[spec.concept, record.id]]}})
    return respond.done(f"/{spec.section}/{record.id}")


def _save(spec: ListSpec, record_id: int) -> AnyResponse:
    to = reader()
    record = access.find(spec.model, record_id, me())
    names = _names(spec)
    try:
        values = fields.read(spec, names, sent_texts(spec, names), record, to)
        with gate.together() as gesture:
            spec.edit(record, _differing(record, values), me(), seen())
    except Stale as error:
        clash = fields.clashes(spec, error, to)
        return _form(spec, error.record, sent=request.form, clashes=clash, message=error.message, status=error.status)
    except Refused as error:
        return _form(spec, record, sent=request.form, errors=error.fields, message=_left(error), status=error.status)
    respond.say(f"“{record.label}” saved", gesture)
    return respond.done(f"/{spec.section}/{record.id}")


def _differing(record: Any, values: dict[str, Any]) -> dict[str, Any]:
    """Only what the form changed: a field that nobody touched must neither clash nor count as an edit."""
    return {name: value for name, value in values.items() if record.__data__.get(name) != value}


def _left(error: Refused) -> str:
    """The sentence for the top of a form: only when no field carries it."""
    return "" if isinstance(error, Invalid) and error.fields else error.message
