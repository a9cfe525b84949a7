"""When a name left a calendar; for those that left before, the count begins now."""

from datetime import UTC, datetime

from peewee import SqliteDatabase


def up(migrator, db):
    spelling = "%Y-%m-%d %H:%M:%S.%f" if isinstance(db, SqliteDatabase) else "%Y-%m-%d %H:%M:%S+00"
    now = datetime.now(UTC).strftime(spelling)
    db.execute_sql(f"ALTER TABLE tombstones ADD COLUMN buried_at TIMESTAMPTZ NOT NULL DEFAULT '{now}'")
    db.execute_sql("CREATE INDEX tombstones_buried ON tombstones (buried_at)")
