"""Further ways to reach somebody and further addresses; employees, the language and the hours of people."""

from peewee import SqliteDatabase

STAMPS = (
    "created_at {moment} NOT NULL, created_by_id INTEGER, updated_at {moment} NOT NULL, updated_by_id INTEGER, "
    "version INTEGER NOT NULL, archived {flag} NOT NULL, deleted_at {moment}"
)
TABLES = {
    "contact_points": (
        'about TEXT NOT NULL, about_id INTEGER NOT NULL, kind TEXT NOT NULL, "use" TEXT NOT NULL, '
        "value TEXT NOT NULL, position {real} NOT NULL"
    ),
    "addresses": (
        'about TEXT NOT NULL, about_id INTEGER NOT NULL, "use" TEXT NOT NULL, street TEXT NOT NULL, '
        "postcode TEXT NOT NULL, city TEXT NOT NULL, region TEXT NOT NULL, country TEXT NOT NULL, "
        "is_invoicing {flag} NOT NULL, is_delivery {flag} NOT NULL"
    ),
}
COLUMNS = (
    ("partners", "is_employee {flag} NOT NULL DEFAULT {no}"),
    ("partners", "language TEXT NOT NULL DEFAULT ''"),
    ("partners", "time_slot TEXT NOT NULL DEFAULT ''"),
    ("contacts", "language TEXT NOT NULL DEFAULT ''"),
    ("contacts", "time_slot TEXT NOT NULL DEFAULT ''"),
)
SQLITE = {
    "key": "INTEGER NOT NULL PRIMARY KEY", "moment": "TIMESTAMPTZ", "flag": "INTEGER", "real": "REAL", "no": "0",
}  # fmt: skip
POSTGRESQL = {
    "key": "SERIAL NOT NULL PRIMARY KEY", "moment": "TIMESTAMPTZ", "flag": "BOOLEAN", "real": "DOUBLE PRECISION",
    "no": "FALSE",
}  # fmt: skip


def up(migrator, db):
    words = SQLITE if isinstance(db, SqliteDatabase) else POSTGRESQL
    for table, columns in TABLES.items():
        described = f"id {{key}}, {columns}, {STAMPS}".format(**words)
        db.execute_sql(f"CREATE TABLE {table} ({described})")
        db.execute_sql(f"CREATE INDEX {table}_about ON {table} (about, about_id, id)")
    for table, column in COLUMNS:
        db.execute_sql(f"ALTER TABLE {table} ADD COLUMN {column.format(**words)}")
    for column in ("parent_id", "is_employee"):
        db.execute_sql(f"CREATE INDEX partners_{column} ON partners ({column}, id)")
    db.execute_sql("CREATE INDEX contacts_reports_to_id ON contacts (reports_to_id) WHERE reports_to_id IS NOT NULL")
