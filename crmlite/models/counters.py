"""Running numbers, by name."""

from crmlite.models.base import database, is_sqlite


def following(name: str) -> int:
    """The next number, which begins with 1; nobody else gets one of this name until the transaction ends."""
    mark = "?" if is_sqlite() else "%s"
    sql = (
        f"INSERT INTO counters (name, value) VALUES ({mark}, 1) "
        "ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value"
    )
    return int(database.execute_sql(sql, (name,)).fetchone()[0])


def reached(name: str) -> int:
    """The last number that was given out; 0 where none was."""
    mark = "?" if is_sqlite() else "%s"
    found = database.execute_sql(f"SELECT value FROM counters WHERE name = {mark}", (name,)).fetchone()
    return int(found[0]) if found else 0
