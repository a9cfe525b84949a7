"""Calendars as files: a calendar taken along, and a file from elsewhere looked at and taken in."""

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite import clock
from crmlite.blueprints import respond, settings
from crmlite.blueprints.documents import disposition
from crmlite.blueprints.guard import me
from crmlite.errors import Forbidden, Invalid, Refused
from crmlite.ics.files import LARGEST
from crmlite.lists import almanac
from crmlite.models.calendars import Calendar
from crmlite.rules import access, agenda, calendar_files, calendars, feeds

bp = Blueprint("calendar_files", __name__)
SHOWN = 12
BACK = "/calendars/week"
HERE = "/calendars/files"


@bp.get("/calendars/<int:calendar_id>.ics")
def export(calendar_id: int) -> Response:
    calendar = access.find(Calendar, calendar_id, me())
    response = Response(feeds.whole(calendar, me()), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = disposition(f"{calendar.name}.ics")
    return response


@bp.get("/calendars/files")
def form() -> Response:
    """Both ways on one page."""
    return _page()


@bp.post("/calendars/files")
def bring() -> AnyResponse:
    """First a look; with `sure` the events come in."""
    request.max_content_length = LARGEST + 2**20
    by = me()
    try:
        calendar = _chosen()
        sent = request.files.get("file")
        if sent is None or not sent.filename:
            raise Invalid(fields={"file": "Please choose a calendar file: its name ends in .ics."})
        found = calendar_files.look(sent.read(), calendar, by)
        if request.form.get("sure") and found.new:
            return _take(found, calendar, sent.filename)
    except Refused as error:
        return _page(error)
    if request.htmx:
        return respond.part("calendars/file_look.html", found=found, calendar=calendar, shown=SHOWN)
    return _page(found=found, calendar=calendar)


def _take(found: calendar_files.Look, calendar: Calendar, name: str) -> AnyResponse:
    gesture, job = calendar_files.take(found, calendar, name, BACK, me())
    count = len(found.new)
    if job:
        respond.say(f"{count:,} events come into “{calendar.name}” in the background", watch=f"/bulk/{job}")
    else:
        respond.say(f"{count:,} {'event' if count == 1 else 'events'} added to “{calendar.name}”", gesture)
    return respond.done(_first_week(found))


def _first_week(found: calendar_files.Look) -> str:
    """The calendar where the first of them stands that is still to come, else where the last stands."""
    by, now = me(), clock.now()
    starts = sorted(one.fields.starts_at for one in found.new if one.fields.starts_at)
    shown = next((start for start in starts if start >= now), starts[-1] if starts else now)
    return f"/calendars/week/{almanac.week_name(clock.to_wall(shown, by.zone).date())}"


def _chosen() -> Calendar:
    text = request.form.get("calendar", "")
    calendar = access.look(Calendar, int(text), me()) if text.isdecimal() and len(text) < 10 else None
    if calendar is None or calendar.kind != "events":
        raise Invalid(fields={"calendar": "Please choose a calendar."})
    return calendar


def _page(
    error: Refused | None = None, found: calendar_files.Look | None = None, calendar: Calendar | None = None
) -> Response:
    by = me()
    seen = calendars.seen_by(by)
    writable = [one for one in agenda.writable(by, seen) if one.kind == "events"]
    if request.method == "POST" and not writable:
        raise Forbidden("Your role can read but not change. Please ask an owner for the role rep.")
    problem = next(iter(error.fields.values()), error.message) if error else None
    if request.htmx and error:
        return respond.part("calendars/file_problem.html", error.status, problem=problem)
    return settings.show(
        "calendars/files.html",
        HERE,
        error.status if error else 200,
        title="Calendar files",
        seen=seen,
        writable=[(one.id, one.name) for one in writable],
        problem=problem,
        found=found,
        calendar=calendar,
        shown=SHOWN,
    )
