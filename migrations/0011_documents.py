"""Documents and their bytes, frozen."""

from peewee import AutoField, BlobField, BooleanField, Field, ForeignKeyField, IntegerField, Model, TextField


class UtcDateTime(Field):
    field_type = "TIMESTAMPTZ"


class Frozen(Model):
    class Meta:
        legacy_table_names = False


class User(Frozen):
    class Meta:
        table_name = "users"


class Note(Frozen):
    class Meta:
        table_name = "notes"


class Document(Frozen):
    id = AutoField()
    about = TextField()
    about_id = IntegerField()
    note = ForeignKeyField(Note, null=True, on_delete="SET NULL", backref="+", index=False)
    kind = TextField()
    name = TextField()
    media_type = TextField()
    size = IntegerField()
    digest = TextField()
    preview = TextField()
    owner = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+", index=False)
    created_at = UtcDateTime()
    created_by_id = IntegerField(null=True)
    updated_at = UtcDateTime()
    updated_by_id = IntegerField(null=True)
    version = IntegerField()
    archived = BooleanField()
    deleted_at = UtcDateTime(null=True)

    class Meta:
        table_name = "documents"
        indexes = ((("about", "about_id", "id"), False), (("note",), False))


class DocumentBody(Frozen):
    id = AutoField()
    digest = TextField()
    place = IntegerField()
    piece = BlobField()

    class Meta:
        table_name = "document_bodies"
        indexes = ((("digest", "place"), True),)


def up(migrator, db):
    with db.bind_ctx([User, Note, Document, DocumentBody], bind_refs=False, bind_backrefs=False):
        db.create_tables([Document, DocumentBody])
