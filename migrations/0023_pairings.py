"""Pairings, frozen."""

from peewee import AutoField, Field, ForeignKeyField, Model, TextField


class UtcDateTime(Field):
    field_type = "TIMESTAMPTZ"


class Frozen(Model):
    class Meta:
        legacy_table_names = False


class User(Frozen):
    id = AutoField()

    class Meta:
        table_name = "users"


class Pairing(Frozen):
    id = AutoField()
    poll_digest = TextField(unique=True)
    page_digest = TextField(unique=True)
    agent = TextField()
    user = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+", index=False)
    began_at = UtcDateTime()
    granted_at = UtcDateTime(null=True)

    class Meta:
        table_name = "pairings"


def up(migrator, db):
    with db.bind_ctx([User, Pairing]):
        db.create_tables([Pairing])
