"""Saved views and arrangements of lists, frozen; what further sortable columns walk, each ending in id."""

from peewee import AutoField, BooleanField, Field, ForeignKeyField, IntegerField, Model, TextField

PEOPLE = (
    "lower(first_name), id", "lower(city), id", "lower(country), id", "created_at, id",
)  # fmt: skip
INDEXES = {
    "leads": (*PEOPLE, "coalesce(budget, 0), id"),
    "partners": (*PEOPLE, "reference, id", "coalesce(turnover, 0), id", "coalesce(employees_count, 0), id"),
    "contacts": PEOPLE,
    "opportunities": ("created_at, id",),
    "events": ("created_at, id", "updated_at, id"),
}


class UtcDateTime(Field):
    field_type = "TIMESTAMPTZ"


class Frozen(Model):
    class Meta:
        legacy_table_names = False


class User(Frozen):
    class Meta:
        table_name = "users"


class Team(Frozen):
    class Meta:
        table_name = "teams"


class SavedView(Frozen):
    id = AutoField()
    section = TextField()
    name = TextField()
    query = TextField()
    audience = TextField()
    pinned = BooleanField()
    position = IntegerField()
    owner = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+", index=False)
    team = ForeignKeyField(Team, null=True, on_delete="SET NULL", backref="+", index=False)
    created_at = UtcDateTime()
    created_by_id = IntegerField(null=True)
    updated_at = UtcDateTime()
    updated_by_id = IntegerField(null=True)
    version = IntegerField()
    archived = BooleanField()
    deleted_at = UtcDateTime(null=True)

    class Meta:
        table_name = "saved_views"


class Arrangement(Frozen):
    id = AutoField()
    section = TextField()
    columns = TextField()
    sort = TextField()
    density = TextField()
    owner = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+", index=False)
    created_at = UtcDateTime()
    created_by_id = IntegerField(null=True)
    updated_at = UtcDateTime()
    updated_by_id = IntegerField(null=True)
    version = IntegerField()
    archived = BooleanField()
    deleted_at = UtcDateTime(null=True)

    class Meta:
        table_name = "arrangements"


def up(migrator, db):
    with db.bind_ctx([User, Team, SavedView, Arrangement], bind_refs=False, bind_backrefs=False):
        db.create_tables([SavedView, Arrangement])
    db.execute_sql(
        "CREATE UNIQUE INDEX arrangements_live_1 ON arrangements (owner_id, section) WHERE deleted_at IS NULL"
    )
    for table, indexes in INDEXES.items():
        for number, columns in enumerate(indexes, 1):
            db.execute_sql(f"CREATE INDEX {table}_sort_{number} ON {table} ({columns})")
    # The planner knows a new index only by its figures.
    db.execute_sql("ANALYZE")
