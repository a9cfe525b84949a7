"""A list or a record taken along: CSV, workbook, vCards, PDF, paper; what the view shows, or the ticked rows of a
form."""

from collections.abc import Iterable
from dataclasses import replace
from typing import IO

from flask import Blueprint, Response, request, send_file

from crmlite.blueprints import respond
from crmlite.blueprints.asked import address, arguments, opened
from crmlite.blueprints.frame import reader
from crmlite.blueprints.guard import me
from crmlite.errors import Invalid
from crmlite.lists import export, filter_words, query, reports, vcards
from crmlite.lists.reader import Reader
from crmlite.lists.spec import ListSpec
from crmlite.models.leads import Lead
from crmlite.rules import access

MOST_TICKED = 20_000  # what one statement may name
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def add_exports(bp: Blueprint, spec: ListSpec) -> None:
    """The list as CSV, as a workbook and on paper."""

    @bp.route(f"/{spec.section}.csv", methods=("GET", "POST"))
    def csv() -> Response:
        return stream(export.csv(spec, chosen(spec), reader()), "text/csv", f"{spec.section}.csv")

    @bp.route(f"/{spec.section}.xlsx", methods=("GET", "POST"))
    def workbook() -> Response:
        return _file(export.workbook(spec, chosen(spec), reader()), WORKBOOK, f"{spec.section}.xlsx")

    @bp.route(f"/{spec.section}/print", methods=("GET", "POST"))
    def paper() -> Response:
        return _paper(spec, chosen(spec), reader())


def add_cards(bp: Blueprint, spec: ListSpec) -> None:
    """The list and each record as vCards."""

    @bp.route(f"/{spec.section}.vcf", methods=("GET", "POST"))
    def cards() -> Response:
        body = vcards.cards(spec, chosen(spec), reader(), _version())
        return stream(body, "text/vcard", f"{spec.section}.vcf")

    @bp.get(f"/{spec.section}/<int:record_id>.vcf")
    def card(record_id: int) -> Response:
        record = access.find(spec.model, record_id, me())
        body = vcards.card(record, reader(), _version())
        return stream([body], "text/vcard", f"{spec.one}-{record_id}.vcf")


def add_reports(bp: Blueprint, spec: ListSpec) -> None:
    """The list and each record as a PDF."""

    @bp.route(f"/{spec.section}.pdf", methods=("GET", "POST"))
    def report_of_many() -> Response:
        ids = reports.ids(chosen(spec), reader())
        if not ids:
            raise Invalid("There is nothing to print: please choose another view or other filters.")
        if len(ids) > reports.MOST_AT_ONCE:
            raise Invalid(f"More than {reports.MOST_AT_ONCE} pages: please narrow the list with a filter first.")
        return _pdf(ids, f"{spec.section}.pdf")

    @bp.get(f"/{spec.section}/<int:record_id>.pdf")
    def report(record_id: int) -> Response:
        return _pdf([access.find(Lead, record_id, me()).id], f"{spec.one}-{record_id}.pdf")


def _paper(spec: ListSpec, asked: query.Wish, to: Reader) -> Response:
    """All rows on one page, not only those that have been scrolled to."""
    page = query.page(spec, asked, to, reports.MOST_AT_ONCE)
    if not page.rows:
        raise Invalid("There is nothing to print: please choose another view or other filters.")
    view = opened(spec).view
    return respond.page(
        "shared/print.html",
        title=spec.title,
        spec=spec,
        asked=asked,
        page=page,
        columns=query.shown(spec, asked),
        view="" if asked.only else view.name if view else spec.view(asked.view).label,
        filters=[] if asked.only else [filter_words.label(spec, one, to) for one in asked.filters],
        found=query.figure(query.count(spec, asked, to)) if page.after else f"{len(page.rows):,}",
        address=address,
        today=to.today,
    )


def chosen(spec: ListSpec) -> query.Wish:
    """What the address shows; of a sent form the ticked rows, unless it says all that match."""
    asked = query.wish(spec, arguments())
    if request.method == "GET" or request.form.get("all"):
        return replace(asked, after="")
    ticked = [int(text) for text in request.form.getlist("ids") if text.isdigit() and len(text) < 10]
    if not ticked:
        raise Invalid("Please tick at least one row first.")
    return replace(asked, after="", only=tuple(ticked[:MOST_TICKED]))


def _version() -> str:
    asked = request.args.get("version", "")
    return asked if asked in vcards.VERSIONS else vcards.VERSIONS[0]


def _pdf(ids: list[int], name: str) -> Response:
    return Response(reports.of_leads(ids, reader()), mimetype="application/pdf", headers=_named(name, "inline"))


def stream(body: Iterable[str], mimetype: str, name: str) -> Response:
    return Response(body, mimetype=mimetype, headers={**_named(name), "X-Accel-Buffering": "no"})


def _file(file: IO[bytes], mimetype: str, name: str) -> Response:
    return send_file(file, mimetype=mimetype, as_attachment=True, download_name=name, max_age=0)


def _named(name: str, how: str = "attachment") -> dict[str, str]:
    return {"Content-Disposition": f"{how}; filename={name}"}
