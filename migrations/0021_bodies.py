"""Whether a document still names its bytes is looked up by their digest."""


def up(migrator, db):
    for column in ("digest", "preview"):
        db.execute_sql(f"CREATE INDEX documents_{column} ON documents ({column})")
