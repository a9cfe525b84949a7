"""When a person works, and a second zone beside the hours of their calendar."""

COLUMNS = {"work_days": "12345", "work_from": "08:00", "work_until": "18:00", "second_zone": ""}


def up(migrator, db):
    for name, usual in COLUMNS.items():
        db.execute_sql(f"ALTER TABLE users ADD COLUMN {name} TEXT NOT NULL DEFAULT '{usual}'")
