"""The door of imports: a file, its columns, a dry run, the run, and the way back."""

import csv
import io
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond
from crmlite.blueprints.guard import lists, me
from crmlite.errors import Forbidden, Invalid
from crmlite.lists import import_mapping
from crmlite.lists import imports as import_lists
from crmlite.lists.export import DANGEROUS
from crmlite.lists.kinds import CALLED, SECTIONS
from crmlite.models.imports import STATES, Import
from crmlite.rules import access, import_reading, imports

bp = Blueprint("imports", __name__)
TARGETS = {SECTIONS[concept]: concept for concept in imports.TARGETS}
TITLES = {"lead": "leads", "partner": "customers", "contact": "contacts"}
SAMPLES = 3
MOST_SHOWN = 50
TONES = {
    "mapping": "grey",
    "running": "blue",
    "done": "green",
    "stopped": "orange",
    "undoing": "blue",
    "undone": "grey",
}
OUTCOMES = {
    "created": ("New", "green"),
    "updated": ("Updated", "blue"),
    "unchanged": ("Unchanged", "grey"),
    "duplicate": ("Twice in the file", "orange"),
    "refused": ("Rejected", "red"),
}


@bp.get("/imports")
def index() -> Response:
    found = imports.latest(me())
    return respond.page("imports/index.html", title="Imports", batches=found, counts=imports.counts, **_words())


@bp.get("/imports/form")
def new() -> Response:
    return _upload()


@bp.post("/imports")
def bring() -> AnyResponse:
    request.max_content_length = max(import_reading.LARGEST + 2**20, request.max_content_length or 0)
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _upload("Please choose a file.", 422)
    target = TARGETS.get(request.form.get("of", ""), "")
    try:
        batch = imports.bring(sent.read(), sent.filename, target, me())
    except Invalid as error:
        return _upload(error.message, error.status)
    samples = [row.cells for row in imports.rows_of(batch, most=200)]
    imports.set_mapping(batch, import_mapping.proposal(batch.target, batch.header, samples), me())
    return respond.done(f"/imports/{batch.id}/mapping")


@bp.get("/imports/<int:import_id>")
def show(import_id: int) -> AnyResponse:
    batch = _find(import_id)
    if batch.state == "mapping":
        return respond.done(f"/imports/{batch.id}/mapping")
    return respond.page("imports/show.html", title=batch.file_name, **_standing(batch))


@bp.get("/imports/<int:import_id>/progress")
def progress(import_id: int) -> Response:
    batch = _find(import_id)
    return respond.part("imports/progress.html", **_standing(batch))


@bp.get("/imports/<int:import_id>/mapping")
def mapping(import_id: int) -> AnyResponse:
    batch = _find(import_id)
    if batch.state != "mapping":
        return respond.done(f"/imports/{batch.id}")
    return _mapping(batch, batch.mapping)


@bp.post("/imports/<int:import_id>/mapping")
def save_mapping(import_id: int) -> AnyResponse:
    batch = _find(import_id)
    try:
        wanted = import_mapping.read(batch.target, batch.header, request.form, me())
    except Invalid as error:
        return _mapping(batch, batch.mapping, error.message)
    if problem := import_mapping.problem(batch.target, wanted):
        return _mapping(batch, wanted, problem)
    imports.set_mapping(batch, wanted, me())
    return respond.done(f"/imports/{batch.id}/preview")


@bp.get("/imports/<int:import_id>/preview")
def preview(import_id: int) -> AnyResponse:
    """The dry run, with the permissions of whoever brought the file."""
    batch = _find(import_id)
    if batch.state != "mapping":
        return respond.done(f"/imports/{batch.id}")
    if batch.owner_id != me().id or import_mapping.problem(batch.target, batch.mapping):
        return respond.done(f"/imports/{batch.id}/mapping")
    found = import_lists.preview(batch, me())
    return respond.page("imports/preview.html", title="What would happen", batch=batch, found=found, **_words())


@bp.post("/imports/<int:import_id>/run")
def run(import_id: int) -> AnyResponse:
    batch = _find(import_id)
    imports.begin(batch, me())
    return respond.done(f"/imports/{batch.id}")


@bp.post("/imports/<int:import_id>/cancellation")
def cancellation(import_id: int) -> AnyResponse:
    batch = _find(import_id)
    if imports.cancel(batch, me()) == "dropped":
        respond.say(f"“{batch.file_name}” was dropped; nothing was imported.")
        return respond.done("/imports")
    return respond.done(f"/imports/{batch.id}")


@bp.post("/imports/<int:import_id>/reversal")
def reversal(import_id: int) -> AnyResponse:
    batch = _find(import_id)
    imports.undo(batch, me())
    return respond.done(f"/imports/{batch.id}")


@bp.get("/imports/<int:import_id>/rejections.csv")
def rejections(import_id: int) -> Response:
    """In the file's own columns, so that it can be mended and brought again; safe to open in a spreadsheet."""
    batch = _find(import_id)
    out = io.StringIO()
    writer = csv.writer(out)
    for cells in import_lists.rejected(batch):
        writer.writerow([f"'{cell}" if cell.startswith(DANGEROUS) and not _is_number(cell) else cell for cell in cells])
    return Response(
        "\ufeff" + out.getvalue(),
        mimetype="text/csv",
        headers={"Content-Disposition": f"attachment; filename=rejected-{batch.id}.csv"},
    )


def _is_number(cell: str) -> bool:
    return cell[1:].replace(" ", "").replace(".", "").isdigit() and cell[0] in "+-"


def _find(import_id: int) -> Import:
    return access.find(Import, import_id, me())


def _words() -> dict[str, Any]:
    people = lists().people
    return {
        "states": STATES,
        "tones": TONES,
        "outcomes": OUTCOMES,
        "titles": TITLES,
        "sections": SECTIONS,
        "called": CALLED,
        "person": lambda person_id: people.get(person_id or 0),
    }


def _upload(problem: str = "", status: int = 200) -> Response:
    if not me().writes:
        raise Forbidden("Your role can read but not import. Please ask an owner for the role rep.")
    of = request.values.get("of", "")
    return respond.page(
        "imports/form.html",
        status,
        title="Import a file",
        of=of if of in TARGETS else "leads",
        targets=[(section, TITLES[concept].capitalize()) for section, concept in TARGETS.items()],
        problem=problem,
    )


def _mapping(batch: Import, mapping: dict[str, Any], problem: str = "") -> Response:
    rows = imports.rows_of(batch, most=SAMPLES)
    samples = [
        [_sample(row.cells[place]) for row in rows if len(row.cells) > place] for place in range(len(batch.header))
    ]
    return respond.page(
        "imports/mapping.html",
        422 if problem else 200,
        title="Columns of the file",
        batch=batch,
        mapping=mapping,
        problem=problem,
        samples=samples,
        mine=batch.owner_id == me().id,
        fields=[("", "Do not import"), *import_mapping.fields(batch.target).items()],
        keys=import_mapping.keys(batch.target).items(),
        on_match=import_mapping.ON_MATCH.items(),
        unknown=import_mapping.unknown(me()).items(),
        dates=import_mapping.DATES.items(),
        **_words(),
    )


def _sample(cell: str) -> str:
    """Nobody reads the letters of a picture."""
    return "a picture" if len(cell) > 400 and " " not in cell else cell


def _standing(batch: Import) -> dict[str, Any]:
    counts = imports.counts(batch)
    total, moving = sum(counts.values()), batch.state in ("running", "undoing")
    return {
        "batch": batch,
        "counts": counts,
        "total": total,
        "gone": total - counts.get("", 0),
        "moving": moving,
        "rejections": [] if moving else imports.rows_of(batch, imports.REJECTED, MOST_SHOWN),
        "remarks": [] if moving else imports.remarks(batch, MOST_SHOWN),
        "can_undo": imports.can_undo(batch, me()),
        "until": batch.finished_at and batch.finished_at + imports.KEPT,
        **_words(),
    }
