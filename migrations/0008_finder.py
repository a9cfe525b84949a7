"""The index of the search anew: a row id is the concept's number times 2^40 plus the id of the record, so that one
concept is one range; exact words on PostgreSQL; and the words that typos are compared with. The rows of a house in use
are written by the worker."""

from datetime import UTC, datetime

from peewee import SqliteDatabase

SEARCHED = ("leads", "partners", "contacts", "opportunities", "events")


def up(migrator, db):
    db.execute_sql("DROP TABLE search")
    if isinstance(db, SqliteDatabase):
        db.execute_sql(
            "CREATE VIRTUAL TABLE search USING fts5(label UNINDEXED, words, prefix='1 2 3', tokenize='unicode61')"
        )
        db.execute_sql("CREATE TABLE search_vocabulary (word TEXT NOT NULL, backward TEXT NOT NULL)")
    else:
        db.execute_sql("CREATE TABLE search (rowid BIGINT PRIMARY KEY, label TEXT, words TSVECTOR)")
        db.execute_sql("CREATE INDEX search_gin ON search USING gin (words)")
        db.execute_sql(
            'CREATE TABLE search_vocabulary (word TEXT COLLATE "C" NOT NULL, backward TEXT COLLATE "C" NOT NULL)'
        )
    # Not unique: two writers who bring the same new word would wait for each other.
    db.execute_sql("CREATE INDEX search_vocabulary_word ON search_vocabulary (word)")
    db.execute_sql("CREATE INDEX search_vocabulary_backward ON search_vocabulary (backward, word)")
    db.execute_sql("CREATE INDEX entries_actor ON entries (actor_id, id)")
    if any(db.execute_sql(f"SELECT 1 FROM {table} LIMIT 1").fetchone() for table in SEARCHED):
        now = datetime.now(UTC)
        due = now.strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(db, SqliteDatabase) else now
        mark = "?" if isinstance(db, SqliteDatabase) else "%s"
        db.execute_sql(
            "INSERT INTO jobs (kind, payload, run_at, lease_by, attempts, error) "
            f"VALUES ('search-rebuild', '{{}}', {mark}, '', 0, '')",
            (due,),
        )
