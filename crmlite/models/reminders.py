"""What goes off when for whom: an index over the alarms in calendar texts."""

from peewee import BooleanField, ForeignKeyField, IntegerField

from crmlite.models.base import Table, UtcDateTime, text
from crmlite.models.events import Event
from crmlite.models.users import User


class Reminder(Table):
    """An alarm that waits for its time or that nobody has heard yet, for one turn of an event. `starts_at`: when the
    turn begins. `done`: nothing is left to do for the worker; `mailed_at`: when the mail server took the mail;
    `tries` failed so far, the next not before `retry_at`."""

    event = ForeignKeyField(Event, backref="reminders", on_delete="CASCADE", index=False)
    person = ForeignKeyField(User, backref="+", on_delete="CASCADE", index=False)
    recurrence_id = text(40)
    starts_at = UtcDateTime(null=True)
    due_at = UtcDateTime()
    done = BooleanField(default=False)
    mailed_at = UtcDateTime(null=True)
    tries = IntegerField(default=0)
    retry_at = UtcDateTime(null=True)

    class Meta:
        table_name = "reminders"
        indexes = ((("event",), False), (("person", "due_at"), False), (("done", "due_at"), False))
