"""What the calendars of invitations on devices heard of, frozen. Whoever is a guest already begins with it."""

from peewee import AutoField, BigIntegerField, ForeignKeyField, Model


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


class Invitation(Frozen):
    id = AutoField()
    user = ForeignKeyField(User, on_delete="CASCADE", backref="+", index=False)
    event = ForeignKeyField(Event, on_delete="CASCADE", backref="+")
    seq = BigIntegerField()

    class Meta:
        table_name = "invitations"
        indexes = ((("user", "event"), True), (("user", "seq"), False))


def up(migrator, db):
    with db.bind_ctx([User, Event, Invitation]):
        db.create_tables([Invitation])
    db.execute_sql(
        "INSERT INTO counters (name, value) SELECT 'invitations-' || user_id, 1 FROM attendees "
        "WHERE user_id IS NOT NULL AND NOT organizer GROUP BY user_id"
    )
