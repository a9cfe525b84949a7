"""A reminder as a mail, in the words and the zone of the person it is for."""

from datetime import datetime, timedelta
from email.message import EmailMessage

from crmlite import clock, mail
from crmlite.models.events import EVENT_KINDS
from crmlite.models.reminders import Reminder

LATE_AFTER = timedelta(minutes=5)


def compose(row: Reminder, now: datetime) -> EmailMessage:
    """Said to be late when it comes more than five minutes after its time."""
    event, zone = row.event, row.person.zone
    late = now - row.due_at > LATE_AFTER
    when = _when(row, zone)
    query = f"?occurrence={row.recurrence_id}" if row.recurrence_id else ""
    lines = [f"{EVENT_KINDS.get(event.kind, 'Event')}: {event.label}", f"When: {when}"]
    if event.location:
        lines.append(f"Where: {event.location}")
    if late:
        lines.append(f"This reminder is late: it was due {clock.to_wall(row.due_at, zone):%a %d %b %H:%M}.")
    lines += ["", mail.address(f"/events/{event.id}{query}")]
    lines += ["", f"Reminders without mail: {mail.address(mail.SWITCH)}"]
    subject = f"{'Late reminder' if late else 'Reminder'}: {event.label}, {when}"
    key = f"reminder-{event.id}-{int(row.due_at.timestamp())}-{row.person_id}"
    return mail.compose(row.person.email, subject, "\n".join(lines) + "\n", key)


def _when(row: Reminder, zone: str) -> str:
    if row.starts_at is None:
        return "no date"
    wall = clock.to_wall(row.starts_at, zone)
    return f"{wall:%a %d %b %Y}" if row.event.all_day else f"{wall:%a %d %b %Y %H:%M} ({zone})"
