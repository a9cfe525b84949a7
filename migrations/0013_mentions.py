"""Mentions, frozen."""

from peewee import AutoField, BooleanField, Field, ForeignKeyField, IntegerField, Model, TextField


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


class Mention(Frozen):
    id = AutoField()
    about = TextField()
    about_id = IntegerField()
    note = ForeignKeyField(Note, null=True, on_delete="SET NULL", backref="+", index=False)
    person = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+", index=False)
    unread = BooleanField()
    created_at = UtcDateTime()
    created_by_id = IntegerField(null=True)
    updated_at = UtcDateTime()
    updated_by_id = IntegerField(null=True)
    version = IntegerField()
    archived = BooleanField()
    deleted_at = UtcDateTime(null=True)

    class Meta:
        table_name = "mentions"
        indexes = ((("person", "unread", "id"), False), (("note",), False), (("about", "about_id", "id"), False))


def up(migrator, db):
    with db.bind_ctx([User, Note, Mention], bind_refs=False, bind_backrefs=False):
        db.create_tables([Mention])
