"""What the open opportunities of each stage, currency, person and team come to, kept by the database itself as rows
that are added up: a change takes its old share back and adds the new one. Nobody waits for anybody, as they would for
one row a sum, and totals need not read twenty thousand rows. The worker gathers the rows when there
are many. Whoever builds the table opportunities anew must make the triggers anew, too."""

from peewee import SqliteDatabase

KEYS = ("stage_id", "currency", "owner_id", "team_id")
WATCHED = (*KEYS, "amount", "probability", "outcome", "archived", "deleted_at")
FACTS = "stage_id, currency, owner_id, team_id, number, amount, chances"
TABLE = (
    "CREATE TABLE opportunity_sums (id {key}, stage_id INTEGER NOT NULL, currency TEXT NOT NULL, owner_id INTEGER, "
    "team_id INTEGER, number INTEGER NOT NULL, amount BIGINT NOT NULL, chances BIGINT NOT NULL)"
)
POSTGRESQL = """
CREATE FUNCTION sum_opportunities() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    INSERT INTO opportunity_sums ({facts}) SELECT {old} WHERE {old_open};
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO opportunity_sums ({facts}) SELECT {new} WHERE {new_open};
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER opportunities_born AFTER INSERT ON opportunities FOR EACH ROW EXECUTE FUNCTION sum_opportunities();
CREATE TRIGGER opportunities_gone AFTER DELETE ON opportunities FOR EACH ROW EXECUTE FUNCTION sum_opportunities();
CREATE TRIGGER opportunities_changed AFTER UPDATE ON opportunities FOR EACH ROW WHEN ({differs})
EXECUTE FUNCTION sum_opportunities()
"""
SQLITE = """
CREATE TRIGGER opportunities_born AFTER INSERT ON opportunities BEGIN
  INSERT INTO opportunity_sums ({facts}) SELECT {new} WHERE {new_open};
END;
CREATE TRIGGER opportunities_gone AFTER DELETE ON opportunities BEGIN
  INSERT INTO opportunity_sums ({facts}) SELECT {old} WHERE {old_open};
END;
CREATE TRIGGER opportunities_changed AFTER UPDATE ON opportunities WHEN {differs} BEGIN
  INSERT INTO opportunity_sums ({facts}) SELECT {old} WHERE {old_open};
  INSERT INTO opportunity_sums ({facts}) SELECT {new} WHERE {new_open};
END
"""


def up(migrator, db):
    sqlite = isinstance(db, SqliteDatabase)
    key = "INTEGER NOT NULL PRIMARY KEY" if sqlite else "SERIAL PRIMARY KEY"
    db.execute_sql(TABLE.format(key=key))
    db.execute_sql(
        f"INSERT INTO opportunity_sums ({FACTS}) SELECT {', '.join(KEYS)}, COUNT(*), SUM(amount), "
        f"SUM(amount * probability) FROM opportunities WHERE {_is_open('opportunities', sqlite)} "
        f"GROUP BY {', '.join(KEYS)}"
    )
    unequal = "IS NOT" if sqlite else "IS DISTINCT FROM"
    texts = {
        "facts": FACTS,
        "old": _share("OLD", "-"),
        "new": _share("NEW", ""),
        "old_open": _is_open("OLD", sqlite),
        "new_open": _is_open("NEW", sqlite),
        "differs": " OR ".join(f"OLD.{name} {unequal} NEW.{name}" for name in WATCHED),
    }
    if not sqlite:
        db.execute_sql(POSTGRESQL.format(**texts))
        return
    for statement in SQLITE.format(**texts).split("END;"):
        db.execute_sql(statement if statement.rstrip().endswith("END") else f"{statement} END")


def _share(row: str, sign: str) -> str:
    keys = ", ".join(f"{row}.{name}" for name in KEYS)
    return f"{keys}, {sign}1, {sign}{row}.amount, {sign}{row}.amount * {row}.probability"


def _is_open(row: str, sqlite: bool) -> str:
    archived = f"{row}.archived = 0" if sqlite else f"NOT {row}.archived"
    return f"{row}.outcome = 'open' AND {archived} AND {row}.deleted_at IS NULL"
