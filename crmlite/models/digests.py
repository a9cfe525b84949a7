"""Which digests went out: one row for each person and day of theirs."""

from peewee import BooleanField, DateField, ForeignKeyField, IntegerField

from crmlite.models.base import Table, UtcDateTime
from crmlite.models.users import User


class Digest(Table):
    """`day` is that of the person's own zone. `done`: nothing is left to do for the worker; `mailed_at`: when the mail
    server took the mail; `tries` failed so far, the next not before `retry_at`."""

    person = ForeignKeyField(User, backref="+", on_delete="CASCADE", index=False)
    day = DateField()
    done = BooleanField(default=False)
    mailed_at = UtcDateTime(null=True)
    tries = IntegerField(default=0)
    retry_at = UtcDateTime(null=True)

    class Meta:
        table_name = "digests"
        indexes = ((("person", "day"), True),)
