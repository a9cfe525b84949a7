"""Secret addresses from which other programs read a calendar."""

from peewee import BooleanField, ForeignKeyField

from crmlite.models.base import Record, UtcDateTime, link, text, too_long
from crmlite.models.calendars import Calendar
from crmlite.models.users import User


class Feed(Record):
    """Whoever holds the address reads what `user` may see of the calendar, with `busy_only` no more than when.
    Only the SHA-256 of its secret is kept: 160 random bits, so a slow hash would add nothing."""

    concept = "feed"

    user = link(User)
    calendar = ForeignKeyField(Calendar, backref="feeds", on_delete="CASCADE", index=False)
    name = text(80)
    digest = text(64, unique=True)
    busy_only = BooleanField(default=False)
    last_used_at = UtcDateTime(null=True)
    last_agent = text(200)

    class Meta:
        table_name = "feeds"

    def prepare(self) -> None:
        self.name = " ".join(self.name.split())

    def problems(self) -> dict[str, str]:
        return too_long(self) if self.name else {"name": "Please say what reads it, for example “Family calendar”."}
