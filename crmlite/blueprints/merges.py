"""The routes of merging: the page side by side, the merge itself, and taking it back. A blueprint receives them for
its spec."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond
from crmlite.blueprints.frame import reader
from crmlite.blueprints.guard import me
from crmlite.errors import Invalid, Missing, Refused
from crmlite.lists import merges as shown
from crmlite.lists.spec import ListSpec
from crmlite.rules import merge_plan, merges

BOTH = {"phones": "all phone numbers", "emails": "all e-mail addresses", "description": "all notes"}


def add_merges(bp: Blueprint, spec: ListSpec) -> None:
    base = f"/{spec.section}/merges"

    @bp.get(base)
    def merge_form() -> Response:
        return _form(spec, request.args)

    @bp.post(base)
    def merge() -> AnyResponse:
        return _merge(spec)

    @bp.post(f"{base}/<int:merge_id>/reversal")
    def merge_reversal(merge_id: int) -> AnyResponse:
        return _reversal(spec, merge_id)


def ids(sent: MultiDict[str, str]) -> list[int]:
    return [int(text) for text in sent.getlist("ids") if text.isdigit() and len(text) < 10]


def _merge(spec: ListSpec) -> AnyResponse:
    """Without a kept record these are ticked rows, of which the page asks which is kept."""
    sent = request.form
    records = merges.chosen(spec.model, ids(sent), me())
    if "kept" not in sent:
        back = sent.get("back", "")
        return respond.done(f"/{spec.section}/merges?" + urlencode({"ids": ids(sent), "back": back}, doseq=True))
    try:
        kept, gesture = merges.merge(records, *_asked(sent, records))
    except Missing:
        raise
    except Refused as error:
        return _form(spec, sent, error)
    called = spec.one if len(records) == 2 else spec.title.lower()
    respond.say(f"{len(records) - 1} {called} merged into “{kept.label}”", gesture)
    back = sent.get("back", "")
    inside = back.startswith(f"/{spec.section}/duplicates")
    return respond.done(back if inside else f"/{spec.section}/{kept.id}")


def _reversal(spec: ListSpec, merge_id: int) -> AnyResponse:
    if job_id := merges.undo_later(spec.model, merge_id, me(), f"/{spec.section}"):
        return respond.done(f"/bulk/{job_id}")
    kept, undone, left = merges.undo(spec.model, merge_id, me())
    respond.say(" ".join([f"The merge into “{kept.label}” is undone.", *left[:5]]), None if left else undone)
    return respond.done(f"/{spec.section}/{kept.id}")


def _asked(sent: MultiDict[str, str], records: list[Any]) -> tuple[int, Any, dict[str, int], list[str]]:
    """Which record is kept, and per field whose value. The page begins anew where another is to be kept."""
    kept = sent.get("kept", "")
    kept_id = int(kept) if kept.isdigit() and len(kept) < 10 else 0
    names = merge_plan.fields(type(records[0]))
    fresh = request.method == "POST" or sent.get("drawn") == kept
    sources = {name: int(sent[name][:9]) for name in names if fresh and sent.get(name, "").isdigit()}
    return kept_id, me(), sources, [name for name in BOTH if not fresh or sent.get(f"both_{name}")]


def _form(spec: ListSpec, sent: MultiDict[str, str], error: Refused | None = None) -> Response:
    to = reader()
    records = merges.chosen(spec.model, ids(sent), to.by)
    message = error.message if error else ""
    asked = _asked(sent, records)
    if not asked[0]:
        asked = (merge_plan.likeliest(records, to.by), *asked[1:])
    try:
        plan = merge_plan.plan(records, *asked)
    except Invalid as refused:
        # The page stands with the record that can be kept; the sentence says why.
        message = refused.message
        plan = merge_plan.plan(records, merge_plan.likeliest(records, to.by), to.by)
    return respond.page(
        "shared/merge.html",
        error.status if error else 200,
        title=f"Merge {len(records)} {spec.title.lower()}",
        spec=spec,
        records=records,
        plan=plan,
        rows=shown.rows(spec, records, plan, to),
        moving=shown.moving(records, to),
        both=BOTH,
        kept_both=asked[3],
        message=message,
        back=sent.get("back", ""),
    )
