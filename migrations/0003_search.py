"""The full-text table: FTS5 on SQLite, a text-search vector on PostgreSQL. Its row id is record_id * 16 + the
concept's number."""

from peewee import SqliteDatabase


def up(migrator, db):
    if isinstance(db, SqliteDatabase):
        db.execute_sql(
            "CREATE VIRTUAL TABLE search USING fts5(label UNINDEXED, words, prefix='2 3', tokenize='unicode61')"
        )
    else:
        db.execute_sql("CREATE TABLE search (rowid BIGINT PRIMARY KEY, label TEXT, words TSVECTOR)")
        db.execute_sql("CREATE INDEX search_words ON search USING gin (words)")
