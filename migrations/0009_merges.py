"""Where merged records went, and pairs that are no duplicates."""

from peewee import AutoField, BigIntegerField, BooleanField, Field, IntegerField, JSONField, Model, TextField


class UtcDateTime(Field):
    field_type = "TIMESTAMPTZ"


class Merge(Model):
    id = AutoField()
    about = TextField()
    kept = IntegerField()
    loser = IntegerField()
    name = TextField()
    gesture = BigIntegerField()
    carried = JSONField()
    created_at = UtcDateTime()
    created_by_id = IntegerField(null=True)
    updated_at = UtcDateTime()
    updated_by_id = IntegerField(null=True)
    version = IntegerField()
    archived = BooleanField()
    deleted_at = UtcDateTime(null=True)

    class Meta:
        table_name = "merges"


class Distinction(Model):
    id = AutoField()
    about = TextField()
    low = IntegerField()
    high = IntegerField()
    created_at = UtcDateTime()
    created_by_id = IntegerField(null=True)
    updated_at = UtcDateTime()
    updated_by_id = IntegerField(null=True)
    version = IntegerField()
    archived = BooleanField()
    deleted_at = UtcDateTime(null=True)

    class Meta:
        table_name = "distinctions"


def up(migrator, db):
    with db.bind_ctx([Merge, Distinction]):
        db.create_tables([Merge, Distinction])
    for column in ("loser", "kept", "gesture"):
        db.execute_sql(f"CREATE INDEX merges_{column} ON merges ({column})")
    db.execute_sql("CREATE INDEX distinctions_pair ON distinctions (about, low, high)")
