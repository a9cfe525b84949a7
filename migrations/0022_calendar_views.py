"""Calendar views, frozen."""

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


class Team(Frozen):
    id = AutoField()

    class Meta:
        table_name = "teams"


class CalendarView(Frozen):
    id = AutoField()
    name = TextField()
    user = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+", index=False)
    team = ForeignKeyField(Team, null=True, on_delete="SET NULL", backref="+", index=False)
    calendars = TextField()
    parent = TextField()
    in_menu = BooleanField()
    created_at = UtcDateTime()
    created_by_id = IntegerField(null=True)
    updated_at = UtcDateTime()
    updated_by_id = IntegerField(null=True)
    version = IntegerField()
    archived = BooleanField()
    deleted_at = UtcDateTime(null=True)

    class Meta:
        table_name = "calendar_views"


def up(migrator, db):
    with db.bind_ctx([User, Team, CalendarView]):
        db.create_tables([CalendarView])
