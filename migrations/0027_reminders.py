"""Reminders, frozen. Alarms that texts hold already are read by the worker."""

from datetime import UTC, datetime

from peewee import AutoField, BooleanField, Field, ForeignKeyField, IntegerField, Model, SqliteDatabase, TextField


class UtcDateTime(Field):
    field_type = "TIMESTAMPTZ"


class Frozen(Model):
    class Meta:
        legacy_table_names = False


class User(Frozen):
    id = AutoField()

    class Meta:
        table_name = "users"


class Event(Frozen):
    id = AutoField()

    class Meta:
        table_name = "events"


class Reminder(Frozen):
    id = AutoField()
    event = ForeignKeyField(Event, on_delete="CASCADE", backref="+", index=False)
    person = ForeignKeyField(User, on_delete="CASCADE", backref="+", index=False)
    recurrence_id = TextField()
    starts_at = UtcDateTime(null=True)
    due_at = UtcDateTime()
    done = BooleanField()
    mailed_at = UtcDateTime(null=True)
    tries = IntegerField()
    retry_at = UtcDateTime(null=True)

    class Meta:
        table_name = "reminders"
        indexes = ((("event",), False), (("person", "due_at"), False), (("done", "due_at"), False))


def up(migrator, db):
    with db.bind_ctx([User, Event, Reminder]):
        db.create_tables([Reminder])
    if db.execute_sql("SELECT 1 FROM events LIMIT 1").fetchone():
        now = datetime.now(UTC)
        due = now.strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(db, SqliteDatabase) else now
        mark = "?" if isinstance(db, SqliteDatabase) else "%s"
        db.execute_sql(
            "INSERT INTO jobs (kind, payload, run_at, lease_by, attempts, error) "
            f"VALUES ('reminders-index', '{{}}', {mark}, '', 0, '')",
            (due,),
        )
