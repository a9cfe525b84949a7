"""Changing what a component says, line by line; a value that is already there leaves its line as sent."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from crmlite.ics import rule
from crmlite.ics.alarms import write_alarms
from crmlite.ics.lines import Component, Line
from crmlite.ics.objects import REPEATS
from crmlite.ics.read import Attendee, attendee, categories
from crmlite.ics.refusal import Refusal
from crmlite.ics.spelling import escaped, unescaped

STATUSES = {
    "VEVENT": ("TENTATIVE", "CONFIRMED", "CANCELLED"),
    "VTODO": ("NEEDS-ACTION", "IN-PROCESS", "COMPLETED", "CANCELLED"),
}
ANSWERS = {"yes": "ACCEPTED", "no": "DECLINED", "maybe": "TENTATIVE", "": "NEEDS-ACTION"}


def write_fields(component: Component, changes: dict[str, Any], eol: str) -> None:
    """Everything but the times."""
    for name, value in changes.items():
        if name in WRITERS:
            WRITERS[name](component, value, eol)


def stamp(component: Component, now: datetime, eol: str) -> None:
    """Say that the component was changed."""
    text = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    number = component.value("SEQUENCE").strip()
    following = int(number) + 1 if rule.INTEGER.match(number) else 1
    for name, value in (("SEQUENCE", str(following)), ("DTSTAMP", text), ("LAST-MODIFIED", text)):
        _put(component, name, value, eol)


def _put(component: Component, name: str, value: str, eol: str, drop: tuple[str, ...] = ()) -> None:
    line = component.first(name)
    if not value:
        component.drop(name)
    elif line is None:
        component.add(Line.made(name, value, eol=eol))
    elif line.value != value:
        component.put(line.rewritten(value, eol, drop=drop))


def _text(name: str) -> Callable[[Component, str, str], None]:
    def write(component: Component, value: str | None, eol: str) -> None:
        wanted = (value or "").replace("\r\n", "\n").replace("\r", "\n")
        if wanted != unescaped(component.value(name)):
            _put(component, name, escaped(wanted), eol, drop=("ALTREP",))

    return write


def _number(name: str, low: int, high: int) -> Callable[[Component, int | None, str], None]:
    def write(component: Component, value: int | None, eol: str) -> None:
        if value is not None and not low <= value <= high:
            raise Refusal(
                f"Choose a number from {low} to {high}.", field="percent" if high == 100 else "priority"
            )
        if value is not None or rule.INTEGER.match(component.value(name).strip()):
            _put(component, name, "" if value is None else str(value), eol)

    return write


def _url(component: Component, value: str | None, eol: str) -> None:
    _put(component, "URL", (value or "").strip(), eol)


def _status(component: Component, value: str | None, eol: str) -> None:
    wanted = (value or "").upper()
    if wanted == component.value("STATUS").strip().upper():
        return
    if wanted and wanted not in STATUSES[component.name]:
        raise Refusal(f"“{wanted[:30]}” is not a status of this kind of entry.", field="status")
    _put(component, "STATUS", wanted, eol)


def _private(component: Component, value: bool, eol: str) -> None:
    present = component.value("CLASS").strip().upper()
    if value != (present not in ("", "PUBLIC")):
        _put(component, "CLASS", "PRIVATE" if value else "PUBLIC", eol)


def _free(component: Component, value: bool, eol: str) -> None:
    if value != (component.value("TRANSP").strip().upper() == "TRANSPARENT"):
        _put(component, "TRANSP", "TRANSPARENT" if value else "OPAQUE", eol)


def _categories(component: Component, value: Iterable[str] | None, eol: str) -> None:
    wanted = tuple(value or ())
    if wanted == categories(component):
        return
    present = component.all("CATEGORIES")
    for line in present[1:]:
        component.items.remove(line)
    _put(component, "CATEGORIES", ",".join(escaped(name) for name in wanted), eol)


def _completed(component: Component, value: datetime | None, eol: str) -> None:
    _put(component, "COMPLETED", value.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ") if value else "", eol)


def _rule(component: Component, value: str | None, eol: str) -> None:
    wanted = (value or "").strip()
    wanted = wanted[6:] if wanted.upper().startswith("RRULE:") else wanted
    if wanted == component.value("RRULE").strip():
        return
    if component.first("RECURRENCE-ID"):
        raise Refusal(
            "One occurrence has no repeat rule of its own. Change all occurrences instead.", field="rrule"
        )
    if wanted:
        rule.parse(wanted)
        _put(component, "RRULE", wanted, eol)
    else:
        component.drop(*REPEATS)


def _attendees(component: Component, value: Iterable[Attendee] | None, eol: str) -> None:
    wanted = {person.email.lower(): person for person in value or ()}
    kept: list[Line | Component] = []
    present = set()
    for item in component.items:
        email = attendee(item).email.lower() if isinstance(item, Line) and item.name == "ATTENDEE" else None
        if isinstance(item, Component) or not email:  # who has no e-mail address cannot be told from others, and stays
            kept.append(item)
        elif email in wanted:
            kept.append(_person(item, wanted[email], eol))
            present.add(email)
    component.items = kept
    for email, person in wanted.items():
        if email and email not in present:
            component.add(Line.made("ATTENDEE", f"mailto:{person.email}", _params(person), eol))


def _params(person: Attendee) -> dict[str, str]:
    """Of a new guest (RFC 5545 section 3.8.4.1)."""
    name = {"CN": person.name} if person.name else {}
    asked = {} if person.answer else {"RSVP": "TRUE"}
    return {**name, "CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT", "PARTSTAT": ANSWERS[person.answer], **asked}


def _person(line: Line, person: Attendee, eol: str) -> Line:
    present = attendee(line)
    params = {"CN": person.name} if person.name and person.name != present.name else {}
    if person.answer != present.answer:
        params["PARTSTAT"] = ANSWERS[person.answer]
    return line.rewritten(line.value, eol, params) if params else line


def _organizer(component: Component, value: Attendee | None, eol: str) -> None:
    line = component.first("ORGANIZER")
    if value is None:
        component.drop("ORGANIZER")
    elif line is None or attendee(line).email.lower() != value.email.lower():
        made = Line.made(
            "ORGANIZER", f"mailto:{value.email}", {"CN": value.name} if value.name else None, eol
        )
        component.put(made)


def _alarms(component: Component, value: Iterable[Any] | None, eol: str) -> None:
    write_alarms(component, value or (), unescaped(component.value("SUMMARY")), eol)


WRITERS: dict[str, Callable[[Component, Any, str], None]] = {
    "summary": _text("SUMMARY"),
    "location": _text("LOCATION"),
    "description": _text("DESCRIPTION"),
    "url": _url,
    "status": _status,
    "percent": _number("PERCENT-COMPLETE", 0, 100),
    "priority": _number("PRIORITY", 1, 9),
    "private": _private,
    "free": _free,
    "categories": _categories,
    "completed_at": _completed,
    "rrule": _rule,
    "attendees": _attendees,
    "organizer": _organizer,
    "alarms": _alarms,
}
