"""Work that the clock door does: one row a job, claimed by a lease."""

from peewee import IntegerField

from crmlite.models.base import Table, UtcDateTime, text


class Job(Table):
    """`payload` is JSON text. A lease that ran out may be claimed again."""

    kind = text(40)
    payload = text(100_000)
    run_at = UtcDateTime()
    lease_until = UtcDateTime(null=True)
    lease_by = text(60)
    attempts = IntegerField(default=0)
    done_at = UtcDateTime(null=True)
    error = text(2000)

    class Meta:
        table_name = "jobs"
        indexes = ((("done_at", "run_at"), False),)
