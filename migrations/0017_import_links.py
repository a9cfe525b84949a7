"""Rows of imported files that name a parent company or somebody they report to."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE import_rows ADD COLUMN above TEXT NOT NULL DEFAULT ''")
