"""What each person wants by mail, and which digests went out."""

from peewee import SqliteDatabase

SQLITE = {"key": "INTEGER NOT NULL PRIMARY KEY", "flag": "INTEGER", "yes": "1"}
POSTGRESQL = {"key": "SERIAL NOT NULL PRIMARY KEY", "flag": "BOOLEAN", "yes": "TRUE"}
COLUMNS = (
    "reminder_mail {flag} NOT NULL DEFAULT {yes}",
    "digest_days TEXT NOT NULL DEFAULT ''",
    "digest_hour INTEGER NOT NULL DEFAULT 7",
)


def up(migrator, db):
    words = SQLITE if isinstance(db, SqliteDatabase) else POSTGRESQL
    for column in COLUMNS:
        db.execute_sql(f"ALTER TABLE users ADD COLUMN {column.format(**words)}")
    columns = (
        "id {key}, person_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE, day DATE NOT NULL, "
        "done {flag} NOT NULL, mailed_at TIMESTAMPTZ, tries INTEGER NOT NULL, retry_at TIMESTAMPTZ"
    )
    db.execute_sql(f"CREATE TABLE digests ({columns.format(**words)})")
    db.execute_sql("CREATE UNIQUE INDEX digests_person_day ON digests (person_id, day)")
