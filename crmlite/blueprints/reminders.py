"""The bell: what has gone off, snoozed or dismissed for every device."""

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints import respond
from crmlite.blueprints.frame import reader
from crmlite.blueprints.guard import me
from crmlite.lists import reminders as lists
from crmlite.models.events import Event
from crmlite.rules import gate, reminders

bp = Blueprint("reminders", __name__)
HERE = "/reminders"


@bp.get("/reminders")
def index() -> Response:
    return respond.page("reminders/index.html", title="Reminders", bell=lists.bell(reader()), snoozes=lists.SNOOZES)


@bp.get("/reminders/bell")
def bell() -> Response:
    return respond.part("reminders/bell.html", bell=lists.bell(reader()), snoozes=lists.SNOOZES)


@bp.post("/reminders/<int:reminder_id>/dismissal")
def dismissal(reminder_id: int) -> AnyResponse:
    with gate.together() as gesture:
        event = reminders.dismiss(reminder_id, me())
    respond.say(f"Reminder of “{event.label}” dismissed", gesture)
    return _changed([event])


@bp.post("/reminders/<int:reminder_id>/snooze")
def snooze(reminder_id: int) -> AnyResponse:
    with gate.together() as gesture:
        event, until = reminders.snooze(reminder_id, request.form.get("length", ""), me())
    respond.say(f"“{event.label}” rings again {lists.until(until, reader())}", gesture)
    return _changed([event])


@bp.post("/reminders/dismissal")
def dismiss_all() -> AnyResponse:
    with gate.together() as gesture:
        events = reminders.dismiss_all(me())
    respond.say(f"{len(events)} reminders dismissed" if len(events) != 1 else "1 reminder dismissed", gesture)
    return _changed(events)


def _changed(events: list[Event]) -> AnyResponse:
    if not request.htmx:
        return respond.done(HERE)
    changes = [["event", event.id] for event in events]
    return respond.part(
        "reminders/bell.html",
        trigger={"changed": {"changes": changes}},
        bell=lists.bell(reader()),
        snoozes=lists.SNOOZES,
    )
