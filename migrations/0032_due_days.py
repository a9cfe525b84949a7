"""The day of a task that is due some time that day, kept as a date: midnight is another day in another zone."""

import re
from datetime import date

from peewee import SqliteDatabase

FOLD = re.compile(r"\r?\n[ \t]")
DUE = re.compile(r"^DUE(?:;[^:\r\n]*)?:(\d{4})(\d\d)(\d\d)\r?$", re.IGNORECASE | re.MULTILINE)


def up(migrator, db):
    mark = "?" if isinstance(db, SqliteDatabase) else "%s"
    rows = db.execute_sql(
        "SELECT id, ics FROM events WHERE component = 'VTODO' AND all_day AND due_at IS NOT NULL"
    ).fetchall()
    for number, text in rows:
        if found := DUE.search(FOLD.sub("", text)):
            on = date(*map(int, found.groups()))
            db.execute_sql(
                f"UPDATE events SET start_date = {mark} WHERE id = {mark}",
                (on.isoformat() if isinstance(db, SqliteDatabase) else on, number),
            )
