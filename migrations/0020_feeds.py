"""Feeds, frozen."""

from peewee import AutoField, BooleanField, Field, ForeignKeyField, IntegerField, Model, TextField


class UtcDateTime(Field):
    field_type = "TIMESTAMPTZ"


class Frozen(Model):
    class Meta:
        legacy_table_names = False


class User(Frozen):
    id = AutoField()

    class Meta:
        table_name = "users"


class Calendar(Frozen):
    id = AutoField()

    class Meta:
        table_name = "calendars"


class Feed(Frozen):
    id = AutoField()
    user = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+", index=False)
    calendar = ForeignKeyField(Calendar, on_delete="CASCADE", backref="+", index=False)
    name = TextField()
    digest = TextField(unique=True)
    busy_only = BooleanField()
    last_used_at = UtcDateTime(null=True)
    last_agent = TextField()
    created_at = UtcDateTime()
    created_by_id = IntegerField(null=True)
    updated_at = UtcDateTime()
    updated_by_id = IntegerField(null=True)
    version = IntegerField()
    archived = BooleanField()
    deleted_at = UtcDateTime(null=True)

    class Meta:
        table_name = "feeds"


def up(migrator, db):
    with db.bind_ctx([User, Calendar, Feed]):
        db.create_tables([Feed])
    db.execute_sql("CREATE INDEX feeds_user_id ON feeds (user_id)")
