"""Imports: files that people bring, row by row."""

from peewee import AutoField, BigIntegerField, Field, ForeignKeyField, IntegerField, JSONField, Model, TextField


class UtcDateTime(Field):
    field_type = "TIMESTAMPTZ"


class User(Model):
    id = AutoField()

    class Meta:
        table_name = "users"


class Import(Model):
    id = AutoField()
    owner = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+", index=False)
    target = TextField()
    file_name = TextField()
    told = TextField()
    header = JSONField()
    mapping = JSONField()
    state = TextField()
    problem = TextField()
    counts = JSONField()
    gesture = BigIntegerField()
    created_at = UtcDateTime()
    finished_at = UtcDateTime(null=True)
    undo_gesture = BigIntegerField(null=True)
    undo_cursor = BigIntegerField(null=True)
    undone_by = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+", index=False)
    kept = JSONField()
    deleted_at = UtcDateTime(null=True)

    class Meta:
        table_name = "imports"
        indexes = ((("owner", "id"), False),)


class ImportRow(Model):
    id = AutoField()
    batch = ForeignKeyField(Import, on_delete="CASCADE", backref="+", index=False)
    number = IntegerField()
    cells = JSONField()
    outcome = TextField()
    reason = TextField()
    record_id = IntegerField(null=True)

    class Meta:
        table_name = "import_rows"
        indexes = ((("batch", "outcome", "number"), False),)


TABLES = (Import, ImportRow)


def up(migrator, db):
    with db.bind_ctx((User, *TABLES)):
        db.create_tables(TABLES, safe=False)
