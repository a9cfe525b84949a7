"""Calls, meetings, tasks, e-mails and plain events: an index over the calendar text that is their truth."""

from peewee import BigIntegerField, BooleanField, DateField, ForeignKeyField, IntegerField

from crmlite.models.base import Record, Table, UtcDateTime, link, text, too_long
from crmlite.models.calendars import Calendar
from crmlite.models.choices import Choice
from crmlite.models.contacts import Contact
from crmlite.models.leads import Lead
from crmlite.models.opportunities import Opportunity
from crmlite.models.partners import Partner
from crmlite.models.teams import Team
from crmlite.models.users import User

EVENT_KINDS = {"meeting": "Meeting", "call": "Call", "task": "Task", "event": "Event", "email": "E-mail"}
EVENT_STATUSES = {"planned": "Planned", "realized": "Realized", "cancelled": "Cancelled"}
TASK_STATUSES = {
    "not_started": "Not started",
    "ongoing": "On going",
    "pending": "Pending",
    "finished": "Finished",
    "reported": "Reported",
    "cancelled": "Cancelled",
}
OPEN_STATUSES = ("planned", "not_started", "ongoing", "pending")
CALL_TYPES = {"outgoing": "Outgoing", "incoming": "Incoming"}
PRIORITIES = {1: "Low", 2: "Normal", 3: "High", 4: "Urgent"}


class Event(Record):
    """`ics` is the text as the last writer sent it; the columns from `subject` to `alarm_minutes` are read from it
    and never written by themselves. `etag` hashes `ics`. `starts_at` to `ends_at` (exclusive) is the first
    occurrence; `range_start` to `range_end` encloses all of them. A task without a date has neither.
    `alarm_minutes`: first alarm, minutes before start."""

    concept = "event"

    calendar = ForeignKeyField(Calendar, backref="events", on_delete="CASCADE")
    href = text(300)
    uid = text(300)
    component = text(10)
    ics = text(1_000_000)
    etag = text(70)
    seq = BigIntegerField(default=0)

    subject = text(500)
    location = text(500)
    description = text(50_000)
    starts_at = UtcDateTime(null=True)
    ends_at = UtcDateTime(null=True)
    all_day = BooleanField(default=False)
    start_date = DateField(null=True)
    end_date = DateField(null=True)
    tzid = text(60)
    due_at = UtcDateTime(null=True)
    completed_at = UtcDateTime(null=True)
    percent = IntegerField(null=True)
    private = BooleanField(default=False)
    free = BooleanField(default=False)
    recurring = BooleanField(default=False)
    rrule = text(2000)
    alarm_minutes = IntegerField(null=True)
    range_start = UtcDateTime(null=True)
    range_end = UtcDateTime(null=True)

    kind = text(20)
    status = text(20)
    priority = IntegerField(default=2)
    call_type = text(20)
    category = link(Choice)
    lead = link(Lead, "events")
    partner = link(Partner, "events")
    contact = link(Contact, "events")
    opportunity = link(Opportunity, "events")
    owner = link(User, "events")
    team = link(Team)

    class Meta:
        table_name = "events"

    @property
    def label(self) -> str:
        return self.subject or EVENT_KINDS.get(self.kind, "Event")

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_STATUSES

    def problems(self) -> dict[str, str]:
        found = too_long(self)
        if self.kind not in EVENT_KINDS:
            found["kind"] = "Please choose a kind of event."
        allowed = TASK_STATUSES if self.kind == "task" else EVENT_STATUSES
        if self.status not in allowed:
            found["status"] = f"Please choose a status: {', '.join(allowed.values())}."
        if self.starts_at and self.ends_at and self.ends_at < self.starts_at:
            found["ends_at"] = "The end is before the start: please choose a later end."
        if self.priority not in PRIORITIES:
            found["priority"] = "Please choose a priority."
        return found

    def search_text(self) -> str:
        return f"{self.subject} {self.location}"


class Attendee(Table):
    """Read from the text, with the person of ours that the address belongs to."""

    event = ForeignKeyField(Event, backref="attendees", on_delete="CASCADE")
    email = text(200)
    name = text(200)
    answer = text(10)
    organizer = BooleanField(default=False)
    user = link(User)
    contact = link(Contact)

    class Meta:
        table_name = "attendees"


class Invitation(Table):
    """That a person's calendar of invitations heard of an event: because they became a guest, it changed, or it left.
    `seq` rises with each of it, per person."""

    user = ForeignKeyField(User, backref="+", on_delete="CASCADE", index=False)
    event = ForeignKeyField(Event, backref="+", on_delete="CASCADE")
    seq = BigIntegerField()

    class Meta:
        table_name = "invitations"
        indexes = ((("user", "event"), True), (("user", "seq"), False))


class Occurrence(Table):
    """One turn of a recurring event, read from the text."""

    event = ForeignKeyField(Event, backref="occurrences", on_delete="CASCADE")
    starts_at = UtcDateTime()
    ends_at = UtcDateTime()
    recurrence_id = text(40)

    class Meta:
        table_name = "occurrences"
        indexes = ((("event", "starts_at"), False),)
