"""Files and pictures that people attach to a record. Their bytes stand apart, once for each content."""

from peewee import BlobField, IntegerField

from crmlite.models.base import Record, Table, link, text, too_long
from crmlite.models.notes import Note
from crmlite.models.users import User

KINDS = ("file", "picture")


class Document(Record):
    """`digest` names its bytes, `preview` those of a small picture of it, drawn anew here; empty where none is."""

    concept = "document"

    about = text(20)
    about_id = IntegerField()
    note = link(Note)
    kind = text(10)
    name = text(200)
    media_type = text(100)
    size = IntegerField(default=0)
    digest = text(64)
    preview = text(64)
    owner = link(User)

    class Meta:
        table_name = "documents"
        indexes = ((("about", "about_id", "id"), False), (("note",), False))

    def problems(self) -> dict[str, str]:
        found = too_long(self)
        if not self.name:
            found["name"] = "Please give the file a name."
        if self.kind not in KINDS:
            found["kind"] = "Please attach a file or a picture."
        return found


class DocumentBody(Table):
    """A piece of the bytes behind a digest, by place."""

    digest = text(64)
    place = IntegerField()
    piece = BlobField()

    class Meta:
        table_name = "document_bodies"
        indexes = ((("digest", "place"), True),)
