"""Work that the clock door does: one row a job, claimed by a lease."""

from peewee import IntegerField

from crmlite.models.base import Table, UtcDateTime, link, text
from crmlite.models.users import User


class Job(Table):
    """`payload` is JSON text; `person` is who wanted it and watches. A lease that ran out may be claimed again."""

    kind = text(40)
    person = link(User)
    payload = text(100_000)
    run_at = UtcDateTime()
    lease_until = UtcDateTime(null=True)
    lease_by = text(60)
    attempts = IntegerField(default=0)
    done_at = UtcDateTime(null=True)
    error = text(2000)

    class Meta:
        table_name = "jobs"
        indexes = ((("done_at", "run_at"), False), (("person", "id"), False))
