"""Deleting for good: what would go with a record is shown first, then it goes; the bin emptied by age."""

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond
from crmlite.blueprints.guard import me
from crmlite.errors import Forbidden, Invalid, Missing
from crmlite.lists.kinds import CALLED, SECTIONS
from crmlite.lists.merges import told
from crmlite.rules import erasing
from crmlite.rules.access import LISTED

bp = Blueprint("erasing", __name__)
MOST_SHOWN = 8
AGES = ((0, "Everything in the bin"), (7, "Older than a week"), (30, "Older than 30 days"), (90, "Older than 90 days"))


@bp.get("/bin/erasure")
def form() -> Response:
    """What would be deleted for good: one record or the ticked ones."""
    concept, ids = _asked(request.args)
    found = erasing.foretell(concept, ids, me())
    if not found:
        raise Missing("This is no longer in the bin.")
    going = [one for one in found if not one.refusal]
    return respond.dialog(
        "bin/erasure.html",
        title=f"Delete {_many(concept, len(going))} for good?" if len(found) > 1 else "Delete for good?",
        concept=concept,
        called=CALLED[concept],
        going=[(one.id, one.label, told(one.goes), told(one.stays)) for one in going],
        refused=[one for one in found if one.refusal],
        shown=MOST_SHOWN,
    )


@bp.post("/bin/erasure")
def erase() -> AnyResponse:
    concept, ids = _asked(request.form)
    done, refused = erasing.erase(concept, ids, me())
    _say(f"{_many(concept, done)} deleted for good", refused)
    return respond.done(f"/bin?concept={concept}")


@bp.get("/bin/emptying")
def emptying_form() -> Response:
    if not erasing.may(me()):
        raise Forbidden("Only owners and managers may delete for good.")
    ages = [(days, word, len(erasing.older(days, me()))) for days, word in AGES]
    return respond.dialog("bin/emptying.html", title="Empty the bin", ages=ages)


@bp.post("/bin/emptying")
def empty() -> AnyResponse:
    text = request.form.get("days", "")
    if text not in {str(days) for days, _ in AGES}:
        raise Invalid("Please choose how old what you want to delete must be.")
    going = erasing.older(int(text), me())
    if len(going) > erasing.AT_ONCE:
        return respond.done(f"/bulk/{erasing.begin(going, me())}")
    done, refused = erasing.erase_all(going, me())
    _say(f"{done:,} {'record' if done == 1 else 'records'} deleted for good", refused)
    return respond.done("/bin")


def _asked(sent: object) -> tuple[str, list[int]]:
    concept = sent.get("concept", "")  # type: ignore[attr-defined]
    if concept not in LISTED:
        raise Invalid("Please choose what to delete for good.")
    texts = sent.getlist("one") or sent.getlist("ids")  # type: ignore[attr-defined]
    ids = [int(text) for text in texts if text.isdecimal() and len(text) < 10]
    if not ids:
        raise Invalid("Please tick at least one row first.")
    return concept, ids


def _many(concept: str, number: int) -> str:
    return f"{number:,} {CALLED[concept] if number == 1 else _plural(concept)}"


def _plural(concept: str) -> str:
    return "customers" if concept == "partner" else SECTIONS[concept]


def _say(text: str, refused: list[str]) -> None:
    if refused:
        respond.say(f"{text}, {len(refused)} refused: {refused[0]}", kind="error")
    else:
        respond.say(text)
