"""Teams and who belongs to them."""

from peewee import BooleanField, ForeignKeyField, IntegerField

from crmlite.models.base import Record, text, too_long
from crmlite.models.users import User


class Team(Record):
    concept = "team"

    name = text(80)
    position = IntegerField(default=0)
    retired = BooleanField(default=False)

    class Meta:
        table_name = "teams"

    def prepare(self) -> None:
        self.name = " ".join(self.name.split())

    def problems(self) -> dict[str, str]:
        return too_long(self) if self.name else {"name": "Please enter a name."}


class Membership(Record):
    """`active` marks the team that new records of this person go to: at most one per person."""

    concept = "membership"

    user = ForeignKeyField(User, backref="memberships", on_delete="CASCADE")
    team = ForeignKeyField(Team, backref="memberships", on_delete="CASCADE")
    active = BooleanField(default=False)

    class Meta:
        table_name = "memberships"
        indexes = ((("user", "team"), True),)
