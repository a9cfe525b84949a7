"""Collections that phones sync: calendars, task lists; who shares them; what was deleted from them."""

from peewee import BigIntegerField, BooleanField, ForeignKeyField, IntegerField

from crmlite import clock
from crmlite.models.base import Record, Table, UtcDateTime, link, text, too_long
from crmlite.models.teams import Team
from crmlite.models.users import User

COMPONENTS = {"events": "VEVENT", "tasks": "VTODO"}
RIGHTS = {"read": "Read only", "write": "Read and write"}


class Calendar(Record):
    """`seq` rises with every change in the collection, in the same transaction; with `epoch` it is the sync token.
    A token below `floor_seq` is no longer answerable. `extra` keeps the properties a client set that we do not
    know, as JSON text. `fixed` calendars cannot be deleted from a phone."""

    concept = "calendar"

    owner = link(User, "calendars")
    team = link(Team, "calendars")
    slug = text(80)
    kind = text(20)
    name = text(200)
    colour = text(20)
    description = text(2000)
    position = IntegerField(default=0)
    epoch = text(40)
    seq = BigIntegerField(default=1)
    floor_seq = BigIntegerField(default=0)
    extra = text(50_000)
    fixed = BooleanField(default=False)

    class Meta:
        table_name = "calendars"
        indexes = ((("team",), False),)

    def problems(self) -> dict[str, str]:
        found = too_long(self)
        if not self.name.strip():
            found["name"] = "Please enter a name."
        if self.kind not in COMPONENTS:
            found["kind"] = "Please choose events or tasks."
        return found


class Share(Record):
    concept = "share"

    calendar = ForeignKeyField(Calendar, backref="shares", on_delete="CASCADE")
    user = ForeignKeyField(User, backref="shares", on_delete="CASCADE")
    right = text(10)

    class Meta:
        table_name = "shares"
        indexes = ((("calendar", "user"), True),)

    def problems(self) -> dict[str, str]:
        return {} if self.right in RIGHTS else {"right": "Please choose read only or read and write."}


class Tombstone(Table):
    """A name that left a calendar, for clients that still hold it. Dropped after some time (rules/sync.py)."""

    calendar = ForeignKeyField(Calendar, on_delete="CASCADE")
    href = text(300)
    seq = BigIntegerField()
    buried_at = UtcDateTime(default=clock.now)

    class Meta:
        table_name = "tombstones"
        indexes = ((("calendar", "href"), True), (("calendar", "seq"), False))
