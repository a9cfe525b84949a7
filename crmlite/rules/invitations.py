"""Invitations by mail (RFC 6047), sent when somebody asks for it and never because of a sync. The worker takes them
along, one job for each guest, and tries again until the mail server takes them."""

import json
import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from crmlite import clock, mail
from crmlite.errors import Invalid
from crmlite.ics import imip
from crmlite.ics.read import Attendee as Guest
from crmlite.ics.read import Fields, read
from crmlite.models.events import Event
from crmlite.models.jobs import Job
from crmlite.rules import access, directory, jobs, sync
from crmlite.rules.access import Actor

KIND = "invitation"
NO_SERVER = "No mail server is set up, so nobody is invited by mail: ask whoever runs crmlite for SMTP_URL."
OTHERS = ("CLIENT", "NONE")  # SCHEDULE-AGENT (RFC 6638 section 7.1): somebody else tells this guest
REACHABLE = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+", re.ASCII)  # nothing that a header reads as more than one
DAY = timedelta(days=1)


class Sent(NamedTuple):
    """How far the last mail to a guest is: waiting, sent or failed; and since when."""

    state: str
    at: datetime
    cancels: bool


def outside(fields: Fields) -> list[Guest]:
    """The guests who hear by mail: not people of the house, who find it in their calendar, nor the organizer, nor those
    whom a calendar program tells itself."""
    ours = {person.email.lower() for person in directory.current().people.values() if person.active}
    organizer = fields.organizer.email.lower() if fields.organizer else ""
    found = {guest.email.lower(): guest for guest in fields.attendees if REACHABLE.fullmatch(guest.email)}
    return [one for key, one in found.items() if key not in ours | {organizer} and one.agent not in OTHERS]


def send(event: Event, by: Actor, was: str = "") -> int:
    """Put mails down for the guests outside: the event as it is now, and a cancellation for those who stood in the text
    `was` and are invited no more. All are cancelled where the event is. Returns how many. Raises Invalid, Forbidden."""
    if not mail.configured():
        raise Invalid(NO_SERVER)
    access.require(by, "change", event)
    zone, now = sync.zone_of(event.calendar), clock.now()
    fields = read(event.ics, zone)
    if fields.component != "VEVENT" or fields.organizer is None:
        return 0
    guests = outside(fields)
    gone = event.deleted_at is not None
    known = told(event)
    request = "" if gone or event.status == "cancelled" else imip.request(event.ics, zone, now)
    for guest in guests:
        text = request or imip.cancellation(event.ics, zone, now, guest.email, newer=gone)
        _put_down(event, fields, guest, text, not request, known, by)
    present = {guest.email.lower() for guest in fields.attendees}
    before = read(was, zone) if was else fields
    removed = [guest for guest in outside(before) if guest.email.lower() not in present]
    for guest in removed:
        text = imip.cancellation(event.ics, zone, now, guest.email, newer=False)
        _put_down(event, fields, guest, text, True, known, by)
    return len(guests) + len(removed)


def told(event: Event) -> dict[str, Sent]:
    """E-mail in lower case -> the last mail to this guest, as long as jobs are kept."""
    mark = f'{{"event": {event.id}, '
    found = {}
    for job in Job.select().where((Job.kind == KIND) & Job.payload.startswith(mark)).order_by(Job.id):
        known = json.loads(job.payload)
        state = "waiting" if job.done_at is None else "failed" if job.error else "sent"
        found[known["email"].lower()] = Sent(state, job.done_at or job.run_at, known["cancels"])
    return found


def deliver(payload: dict[str, Any]) -> None:
    """A job: hand one mail over. Raises mail.Unsent, upon which the worker tries again."""
    parts = [payload[name] for name in ("email", "subject", "body", "key", "reply_to", "text")]
    mail.send(mail.compose_for_guest(*parts, "CANCEL" if payload["cancels"] else "REQUEST"))


def _put_down(
    event: Event, fields: Fields, guest: Guest, text: str, cancels: bool, known: dict[str, Sent], by: Actor
) -> None:
    organizer = fields.organizer or Guest("")
    last = known.get(guest.email.lower())
    word = "Cancelled" if cancels else "Changed" if last and not last.cancels else "Invitation"
    label = " ".join(event.label.split())
    when = _when(fields, event.tzid or sync.zone_of(event.calendar))
    lines = [f"{word}: {label}", f"When: {when}"]
    if fields.location:
        lines.append(f"Where: {' '.join(fields.location.split())}")
    lines.append(f"Organizer: {_named(organizer)}")
    if not cancels:
        lines += _listed(fields.attendees)
        lines += ["", "Please answer with your calendar program, or reply to this mail."]
    payload = {
        "event": event.id,
        "email": guest.email,
        "cancels": cancels,
        "reply_to": organizer.email if REACHABLE.fullmatch(organizer.email) else "",
        "subject": f"{word}: {label}, {when}",
        "body": "\n".join(lines) + "\n",
        "text": text,
        "key": f"invitation-{secrets.token_hex(8)}",
    }
    jobs.add(KIND, payload, person=by.id)


def _listed(guests: Iterable[Guest]) -> list[str]:
    names = [_named(guest) for guest in guests if guest.email]
    return [f"Guests: {', '.join(names)}"] if len(names) > 1 else []


def _named(guest: Guest) -> str:
    return " ".join((f"{guest.name} <{guest.email}>" if guest.name else guest.email).split())


def _when(fields: Fields, zone: str) -> str:
    if fields.start_date:
        last = (fields.end_date or fields.start_date + DAY) - DAY
        until = f" to {last:%a %d %b %Y}" if last > fields.start_date else ""
        return f"{fields.start_date:%a %d %b %Y}{until}"
    if fields.starts_at is None:
        return "no date"
    start, end = (clock.to_wall(moment, zone) for moment in (fields.starts_at, fields.ends_at or fields.starts_at))
    until = f"{end:%H:%M}" if end.date() == start.date() else f"{end:%a %d %b %H:%M}"
    repeats = ", repeated" if fields.recurring else ""
    return f"{start:%a %d %b %Y %H:%M} to {until} ({zone}){repeats}"
