"""Running numbers: references of records, and the epoch of people and configuration that caches compare."""


def up(migrator, db):
    db.execute_sql("CREATE TABLE counters (name VARCHAR(40) PRIMARY KEY, value BIGINT NOT NULL)")
    for name in ("directory", "opportunity", "partner"):
        db.execute_sql(f"INSERT INTO counters (name, value) VALUES ('{name}', 0)")
