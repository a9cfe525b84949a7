"""The door of what hangs on a record: further ways to reach somebody, further addresses. Edited in their place."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond
from crmlite.blueprints.asked import seen
from crmlite.blueprints.guard import me
from crmlite.errors import Missing, Refused
from crmlite.lists.kinds import EMAIL, PHONE, SECTIONS, SITE
from crmlite.models.addresses import ADDRESS_USES, Address, one_line
from crmlite.models.base import Record
from crmlite.models.contact_points import POINT_KINDS, USES, ContactPoint
from crmlite.rules import access, gate, hanging
from crmlite.rules.reach import REACHED

bp = Blueprint("hanging", __name__)
MAP = "https://www.openstreetmap.org/search?query="
SHOWN = {"email": EMAIL, "website": SITE}


@dataclass(frozen=True)
class Sort:
    """One sort of hanging row. `slot` is the id of the place where its form opens."""

    section: str
    one: str
    slot: str
    model: Any
    texts: tuple[str, ...]
    flags: tuple[str, ...]


POINTS = Sort("contact-points", "contact detail", "points", ContactPoint, ("kind", "use", "value"), ())
PLACES = Sort(
    "addresses",
    "address",
    "places",
    Address,
    ("use", "street", "postcode", "city", "region", "country"),
    ("is_invoicing", "is_delivery"),
)


@bp.app_context_processor
def _helpers() -> dict[str, Callable[..., Any]]:
    return {
        "further_points": lambda record: hanging.of(ContactPoint, record, me()),
        "further_places": lambda record: hanging.of(Address, record, me()),
        "may_change_record": lambda record: _may_change(record),
        "reached_at": _reached_at,
        "map_url": lambda place: MAP + quote_plus(one_line(place)),
        "one_line": one_line,
        "point_kinds": POINT_KINDS,
        "is_reached": lambda record: record.concept in REACHED,
    }


def _add(sort: Sort) -> None:
    base = f"/{sort.section}"

    @bp.get(base, endpoint=f"{sort.slot}_all")
    def index() -> AnyResponse:
        record = _record(request.args)
        if not request.htmx:
            return respond.done(_home(record))
        return respond.part(f"shared/{sort.slot}.html", record=record)

    @bp.get(f"{base}/slot", endpoint=f"{sort.slot}_slot")
    def slot() -> Response:
        """The place of the form, empty again."""
        return respond.part("shared/slot.html", slot=sort.slot)

    @bp.get(f"{base}/form", endpoint=f"{sort.slot}_form")
    def form() -> Response:
        record = _record(request.args)
        return _form(sort, record, sort.model(kind=request.args.get("kind", "phone")) if sort is POINTS else Address())

    @bp.post(base, endpoint=f"{sort.slot}_create")
    def create() -> AnyResponse:
        record = _record(request.form)
        try:
            with gate.together() as gesture:
                hanging.add(sort.model, record, _sent(sort), me())
        except Refused as error:
            return _form(sort, record, sort.model(**_sent(sort)), error)
        return _done(sort, record, f"{sort.one.capitalize()} added", gesture)

    @bp.get(f"{base}/<int:row_id>/form", endpoint=f"{sort.slot}_edit")
    def edit_form(row_id: int) -> Response:
        row = access.find(sort.model, row_id, me())
        return _form(sort, hanging.owner(row, me()), row)

    @bp.post(f"{base}/<int:row_id>", endpoint=f"{sort.slot}_save")
    def save(row_id: int) -> AnyResponse:
        row = access.find(sort.model, row_id, me())
        record = hanging.owner(row, me())
        try:
            with gate.together() as gesture:
                hanging.edit(row, _sent(sort), me(), seen())
        except Refused as error:
            typed = sort.model(**{**row.__data__, **_sent(sort)})
            return _form(sort, record, typed, error)
        return _done(sort, record, f"{sort.one.capitalize()} saved", gesture)

    @bp.post(f"{base}/<int:row_id>/removal", endpoint=f"{sort.slot}_removal")
    def removal(row_id: int) -> AnyResponse:
        row = access.find(sort.model, row_id, me())
        record = hanging.owner(row, me())
        with gate.together() as gesture:
            hanging.remove(row, me())
        return _done(sort, record, f"“{row.label}” removed", gesture, swap=False)

    @bp.post(f"{base}/<int:row_id>/main", endpoint=f"{sort.slot}_main")
    def main(row_id: int) -> AnyResponse:
        row = access.find(sort.model, row_id, me())
        words = row.label
        with gate.together() as gesture:
            record = hanging.make_main(row, me())
        return _done(sort, record, f"“{words}” is the main one now", gesture, swap=False)


@bp.get("/contact-points/mail")
def mail() -> Response:
    """Asks before somebody is written to who wanted no e-mails."""
    record = _record(request.args)
    further = [point.value for point in hanging.of(ContactPoint, record, me()) if point.kind == "email"]
    found = [address for address in (record.email, *further) if address]
    return respond.dialog("shared/mail.html", title="No e-mails, please", record=record, addresses=found)


_add(POINTS)
_add(PLACES)


def _record(sent: Any) -> Any:
    """The record that a row is to hang on, if this person sees it."""
    concept, record_id = sent.get("about", ""), sent.get("about_id", "")
    if concept not in REACHED or not record_id.isdecimal():
        raise Missing("The record of this does not exist.")
    return access.find(REACHED[concept], int(record_id[:9]), me())


def _sent(sort: Sort) -> dict[str, Any]:
    texts = {name: request.form[name] for name in sort.texts if name in request.form}
    return texts | {name: bool(request.form.get(name)) for name in sort.flags}


def _form(sort: Sort, record: Any, row: Any, error: Refused | None = None) -> Response:
    access.require(me(), "change", record)
    hanging.changeable(record)
    context = {
        "sort": sort,
        "record": record,
        "row": row,
        "errors": error.fields if error else {},
        "message": error.message if error and not error.fields else "",
        "uses": USES if sort is POINTS else ADDRESS_USES,
        "kinds": list(POINT_KINDS.items()),
        "back": _home(record),
    }
    status = error.status if error else 200
    title = f"{'Edit' if row.id else 'New'} {sort.one}"
    return respond.dialog(f"shared/{sort.slot}_form.html", status, title=title, **context)


def _done(sort: Sort, record: Record, text: str, gesture: int, swap: bool = True) -> AnyResponse:
    """The form goes, and the parts of the page that show the record bring themselves up to date."""
    respond.say(text, gesture)
    if not request.htmx:
        return respond.done(_home(record))
    news = {"changed": {"changes": [[record.concept, record.id]]}}
    if swap:
        return respond.part("shared/slot.html", trigger=news, slot=sort.slot)
    return respond.nothing(news)


def _home(record: Record) -> str:
    return f"/{SECTIONS[record.concept]}/{record.id}"


def _may_change(record: Any) -> bool:
    return access.may(me(), "change", record) and getattr(record, "status", "") not in ("converted", "lost")


def _reached_at(point: ContactPoint, record: Any) -> str:
    """The value with the link that dials or writes; plain where the person asked for neither."""
    if point.kind == "email" and record.do_not_email:
        return point.value
    if point.kind in ("phone", "mobile") and record.do_not_call:
        return point.value
    return SHOWN.get(point.kind, PHONE).show(point.value, None)
