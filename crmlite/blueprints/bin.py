"""The bin: what was deleted, restored one by one or ticked."""

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond
from crmlite.blueprints.guard import me
from crmlite.errors import Invalid, Missing
from crmlite.lists.kinds import CALLED, SECTIONS
from crmlite.models.base import Record
from crmlite.rules import bin as rules
from crmlite.rules import erasing, gate
from crmlite.rules.access import LISTED

bp = Blueprint("bin", __name__)

TITLES = {**{concept: SECTIONS[concept].capitalize() for concept in LISTED}, "partner": "Customers"}
GONE = 410


@bp.get("/bin")
def index() -> Response:
    counts = rules.counts(me())
    fullest = max(counts, key=lambda concept: counts[concept])
    concept = request.args.get("concept", "")
    concept = concept if concept in LISTED else fullest
    text = request.args.get("page", "")
    page = max(int(text[:6]), 1) if text.isdecimal() else 1
    rows = rules.contents(concept, me(), page)
    return respond.page(
        "bin/index.html",
        title="Bin",
        tabs=[(TITLES[one], f"/bin?concept={one}", one == concept, counts[one] or None) for one in LISTED],
        concept=concept,
        called=CALLED[concept],
        section=SECTIONS[concept],
        rows=rows,
        pages=(page, -(-counts[concept] // rules.PAGE)),
        restorable=any(row.may_restore for row in rows),
        may_erase=erasing.may(me()),
    )


@bp.post("/bin")
def restore() -> AnyResponse:
    """One record by its own button, else the ticked ones."""
    concept = request.form.get("concept", "")
    if concept not in LISTED:
        raise Invalid("Please choose what to restore from the bin.")
    sent = request.form.getlist("one") or request.form.getlist("ids")
    ids = [int(text) for text in sent if text.isdecimal() and len(text) < 10]
    if not ids:
        raise Invalid("Please tick at least one row first.")
    with gate.together() as gesture:
        done, refused = rules.restore(concept, ids, me())
    if not done and not refused:
        raise Missing("This is no longer in the bin.")
    many = f"{done} {CALLED[concept] if done == 1 else TITLES[concept].lower()} restored"
    if refused:
        respond.say(f"{many}, {len(refused)} refused: {refused[0]}", gesture if done else None, "error")
    else:
        respond.say(many, gesture)
    one = f"/{SECTIONS[concept]}/{ids[0]}" if request.form.get("back") == "record" and done else ""
    return respond.done(one or f"/bin?concept={concept}")


def show_binned(model: type[Record], record_id: int) -> Response:
    """The page at the address of a deleted record. Raises Missing where there is none, or none of theirs."""
    record = rules.look(model, record_id, me())
    if record is None:
        raise Missing(f"This {model.concept} does not exist, or it has been deleted.")
    return respond.page(
        "bin/record.html",
        GONE,
        title=record.label,
        record=record,
        concept=model.concept,
        called=CALLED[model.concept],
        may_erase=erasing.may(me()),
    )
