"""Meetings, calls and tasks: list, form, page, and what may happen to them."""

from typing import Any

from flask import Blueprint, Response, jsonify, request
from werkzeug.wrappers import Response as AnyResponse

from crmlite import mail
from crmlite.blueprints import respond
from crmlite.blueprints.asked import seen
from crmlite.blueprints.bin import show_binned
from crmlite.blueprints.cells import show_row
from crmlite.blueprints.frame import reader
from crmlite.blueprints.guard import me
from crmlite.blueprints.lists import add_list
from crmlite.errors import Invalid, Refused, Stale
from crmlite.ics.read import Fields
from crmlite.lists import event_choices, event_followers, event_form, event_input, event_moves, event_page, guests
from crmlite.lists.events import SPEC
from crmlite.models.events import Event
from crmlite.rules import access, calendars, documents, events, gate, invitations
from crmlite.rules import guests as guest_rules

bp = Blueprint("events", __name__)
add_list(bp, SPEC)
WHICH = (("this", "This one only"), ("following", "This and following"), ("all", "All of them"))
SCOPES = ("this", "following", "all")
# Address -> the verb of the rules, and the word of the toast.
STEPS = {
    "completion": ("finish", "is done"),
    "cancellation": ("cancel", "is cancelled"),
    "reopening": ("reopen", "is open again"),
    "start": ("start", "is under way"),
    "pause": ("pause", "is paused"),
    "postponement": ("postpone", "is postponed"),
}


@bp.get("/events/form")
def form() -> Response:
    begun = {**dict(SPEC.view(request.args.get("view", "")).begins), **request.args}
    return _form(None, None, event_form.blank(begun, reader()))


@bp.get("/events/form/followed")
def followed() -> Response:
    """What the form may fill in for the record just chosen: name of the control -> text."""
    return jsonify(event_followers.of(request.args.get("changed", ""), request.args, reader()))


@bp.get("/events/form/guests")
def suggested() -> Response:
    """Whom one may invite, as options of a datalist."""
    found = guests.suggestions(request.args.get("q", "")[:200], reader())
    return respond.part("events/suggestions.html", found=found)


@bp.post("/events")
def create() -> AnyResponse:
    to, by = reader(), me()
    try:
        values = event_input.read(request.form, {}, to)
        with gate.together() as gesture:
            event = events.save(None, values, by)
            mails = invitations.send(event, by) if "invite" in values else 0
    except Refused as error:
        return _form(None, None, request.form.to_dict(), error)
    respond.say(f"“{event.label}” planned for {event_page.when(event, to)}{_told(mails)}", gesture)
    return _changed(event)


@bp.get("/events/<int:event_id>")
def show(event_id: int) -> Response:
    if access.look(Event, event_id, me()) is None:
        return show_binned(Event, event_id)
    event, turn = _found(event_id)
    to = reader()
    return respond.page(
        "events/show.html",
        title=event.label,
        event=event,
        view=event_page.view(event, turn, _occurrence(), to),
        history=event_page.story(event, to),
        files=documents.of(event, me()),
        day=event_page.day_of(turn, to).isoformat(),
    )


@bp.get("/events/<int:event_id>/menu")
def menu(event_id: int) -> Response:
    """The event in a panel: what it is and what can be done with it."""
    event, turn = _found(event_id)
    return respond.dialog(
        "events/summary.html", event=event, view=event_page.view(event, turn, _occurrence(), reader())
    )


@bp.get("/events/<int:event_id>/form")
def edit_form(event_id: int) -> Response:
    event, turn = _found(event_id)
    return _form(event, turn, event_form.filled(event, turn, reader()))


@bp.post("/events/<int:event_id>")
def save(event_id: int) -> AnyResponse:
    event, turn = _found(event_id)
    to = reader()
    try:
        values = event_input.read(request.form, event_form.filled(event, turn, to), to, event)
        with gate.together() as gesture:
            was = event.ics
            saved = events.save(event, values, me(), seen(), _scope(event), _occurrence())
            mails = _invite(event, saved, was) if "invite" in values else 0
    except Stale as error:
        return _form(error.record, turn, {**request.form.to_dict(), "seen": str(error.record.version)}, error)
    except Refused as error:
        return _form(event, turn, request.form.to_dict(), error)
    respond.say(f"“{saved.label}” saved{_told(mails)}", gesture)
    return _changed(saved)


@bp.post("/events/<int:event_id>/<any(completion, cancellation, reopening, start, pause, postponement):noun>")
def step(event_id: int, noun: str) -> AnyResponse:
    event, _ = _found(event_id)
    verb, told = STEPS[noun]
    with gate.together() as gesture:
        events.step(event, verb, me(), seen())
    respond.say(f"“{event.label}” {told}", gesture)
    if verb == "finish" and event_page.is_linked(event):
        return _offer_next(event)
    return _changed(event)


@bp.get("/events/<int:event_id>/next")
def following(event_id: int) -> Response:
    """After a finished event: plan the next one with the same people."""
    event, _ = _found(event_id)
    return respond.dialog("events/next.html", title="Plan the next step?", event=event)


@bp.post("/events/<int:event_id>/answer")
def answer(event_id: int) -> AnyResponse:
    """What a guest answers: oneself, or the one named, for whom it is put down."""
    event, _ = _found(event_id)
    word = request.form.get("answer", "")
    with gate.together() as gesture:
        event = guest_rules.answer(event, word, me(), request.form.get("guest", "")[:200])
    may_undo = access.may(me(), "change", event)
    respond.say(f"“{event.label}”: {guests.WORDS[word][0].lower()}", gesture if may_undo else None)
    return _changed(event)


@bp.post("/events/<int:event_id>/invitation")
def invitation(event_id: int) -> AnyResponse:
    """The event as it is now, by mail to the guests outside the house."""
    event, _ = _found(event_id)
    with gate.together():
        event = events.save(event, {"invite": True}, me(), seen())
        mails = invitations.send(event, me())
    respond.say(f"“{event.label}”{_told(mails)}")
    return _changed(event)


@bp.post("/events/<int:event_id>/assignment")
def assignment(event_id: int) -> AnyResponse:
    event, _ = _found(event_id)
    with gate.together() as gesture:
        events.take(event, me(), seen())
    respond.say(f"“{event.label}” is yours", gesture)
    return _changed(event)


@bp.post("/events/<int:event_id>/deletion")
def deletion(event_id: int) -> AnyResponse:
    event, _ = _found(event_id)
    label = event.label
    with gate.together() as gesture:
        gone = events.delete(event, me(), seen(), _scope(event), _occurrence())
        mails = invitations.send(gone, me()) if request.form.get("tell") else 0
    respond.say(f"“{label}” deleted{_told(mails)}", gesture)
    if request.htmx and request.args.get("as") != "page":
        return respond.nothing({"dialog-close": True, "changed": {"changes": [["event", event.id]]}})
    return respond.done("/calendars/week")


@bp.get("/events/<int:event_id>/which")
def which(event_id: int) -> Response:
    """Which turns of a repeating event are meant, when one was dragged to another time."""
    event, turn = _found(event_id)
    values = event_moves.moved(turn, request.args, reader())
    access.require(me(), "change", event)
    return respond.dialog(
        "events/which.html",
        title="Which of them?",
        event=event,
        when=event_page.moved_to(values, reader(), "end" in request.args),
        scopes=WHICH,
        sent={name: request.args[name] for name in ("start", "end", "seen", "occurrence") if name in request.args},
    )


@bp.post("/events/<int:event_id>/time")
def time(event_id: int) -> AnyResponse:
    """Another start, and the end at the same distance: what dragging in the calendar sends."""
    event, turn = _found(event_id)
    to = reader()
    values = event_moves.moved(turn, request.form, to)
    scope = request.form.get("scope", "this")
    with gate.together() as gesture:
        moved = events.save(event, values, me(), seen(), scope if scope in SCOPES else "this", _occurrence())
    alone = ", this one only" if event.recurring and scope == "this" else ""
    respond.say(f"“{moved.label}” moved to {event_page.moved_to(values, to, 'end' in request.form)}{alone}", gesture)
    return _changed(moved)


def _found(event_id: int) -> tuple[Event, Fields]:
    """The event and the turn the address names. Raises Missing."""
    event = access.find(Event, event_id, me())
    return event, event_page.turn_of(event, _occurrence())


def _invite(event: Event, saved: Event, was: str) -> int:
    """Tell the guests of what was saved; where the following turns became an event of their own, of the rest too."""
    if saved.id == event.id:
        return invitations.send(saved, me(), was)
    return invitations.send(saved, me()) + invitations.send(access.find(Event, event.id, me()), me())


def _told(mails: int) -> str:
    return f": {mails} guest{'s' if mails != 1 else ''} will hear by mail" if mails else ""


def _occurrence() -> str:
    return request.values.get("occurrence", "")[:40]


def _scope(event: Event) -> str:
    """Which turns are meant: without an answer the one that was opened, or all where none was."""
    asked = request.form.get("scope", "")
    if asked in SCOPES:
        return asked
    return "this" if event.recurring and _occurrence() else "all"


def _changed(event: Event) -> AnyResponse:
    """The row where a row asked; an open page hears of the change; without script, on to the event."""
    if request.args.get("as") == "row":
        return show_row(SPEC, event.id)
    if request.htmx:
        return respond.nothing({"dialog-close": True, "changed": {"changes": [["event", event.id]]}})
    back = request.form.get("back", "")
    return respond.done(
        back if back.startswith("/") and not back.startswith(("//", "/\\")) else f"/events/{event.id}"
    )


def _offer_next(event: Event) -> AnyResponse:
    """The question what comes next; a row comes back itself and has it asked."""
    if request.args.get("as") == "row":
        row = show_row(SPEC, event.id)
        respond.add_triggers(row, {"dialog-open": {"url": f"/events/{event.id}/next"}})
        return row
    if not request.htmx:
        return respond.done(f"/events/{event.id}/next")
    response = respond.part(
        "events/next.html",
        trigger={"changed": {"changes": [["event", event.id]]}},
        title="Plan the next step?",
        event=event,
    )
    response.headers["HX-Retarget"] = "#dialog"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


def _form(
    event: Event | None, turn: Fields | None, texts: dict[str, str], error: Refused | None = None
) -> Response:
    to = reader()
    errors = (
        event_choices.at_fields(error.fields, texts.get("kind", "")) if isinstance(error, Invalid) else {}
    )
    context: dict[str, Any] = {
        "title": f"Edit {event.label}" if event else "Plan",
        "action": f"/events/{event.id}" if event else "/events",
        "event": event,
        "new": event is None,
        "form": texts,
        "errors": errors,
        "refused": error.message if error and not errors and not isinstance(error, Stale) else "",
        "theirs": list(error.theirs.values()) if isinstance(error, Stale) else [],
        "occurrence": _occurrence() if event and event.recurring else "",
        "scope": _scope(event) if event else "all",
        "on_offer": event_choices.on_offer(event, texts, to, calendars.seen_by(me())),
        "more_open": bool(errors.keys() & event_choices.BELOW),
        "zone_note": event_page.zone_note(event, to) if event else "",
        "icons": event_page.ICONS,
        "wishes": event_form.wishes(texts, to),
        "guests": guests.typed(texts.get("guests", ""), turn),
        "mails": mail.configured(),
        "no_server": invitations.NO_SERVER,
    }
    status = error.status if error else 200
    if request.htmx:
        return respond.part("events/panel.html", status, **context)
    return respond.page("events/form.html", status, **context)
