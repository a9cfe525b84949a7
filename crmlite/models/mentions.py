"""A note that names somebody, for that person to read."""

from peewee import BooleanField, IntegerField

from crmlite.models.base import Record, link, text
from crmlite.models.notes import Note
from crmlite.models.users import User


class Mention(Record):
    concept = "mention"

    about = text(20)
    about_id = IntegerField()
    note = link(Note)
    person = link(User)
    unread = BooleanField(default=True)

    class Meta:
        table_name = "mentions"
        indexes = ((("person", "unread", "id"), False), (("note",), False), (("about", "about_id", "id"), False))

    @property
    def label(self) -> str:
        return self.note.label if self.note else "mention"
