"""What people write down about a record."""

from peewee import IntegerField

from crmlite.models.base import Record, link, text, too_long
from crmlite.models.users import User


class Note(Record):
    concept = "note"

    about = text(20)
    about_id = IntegerField()
    body = text(50_000)
    owner = link(User)

    class Meta:
        table_name = "notes"
        indexes = ((("about", "about_id", "id"), False),)

    def problems(self) -> dict[str, str]:
        return too_long(self) if self.body.strip() else {"body": "Please write something first."}

    @property
    def label(self) -> str:
        return self.body[:60]
