"""The append-only record of every change."""

from peewee import BigAutoField, BigIntegerField, IntegerField, JSONField

from crmlite.models.base import Table, UtcDateTime, link, text
from crmlite.models.users import User


class Entry(Table):
    """`before` and `after` hold the columns that differ (all of them for a creation). Changes made at once share a
    `gesture`; `reverses` is the gesture that this one took back. `version` is the record's after the change."""

    id = BigAutoField()
    at = UtcDateTime()
    actor = link(User)
    door = text(20)
    gesture = BigIntegerField(index=True)
    reverses = BigIntegerField(null=True, index=True)
    concept = text(20)
    record_id = IntegerField()
    version = IntegerField(default=1)
    verb = text(30)
    label = text(500)
    before = JSONField()
    after = JSONField()

    class Meta:
        table_name = "entries"
        indexes = ((("concept", "record_id", "id"), False),)
