"""Whose a job in the background is. Undo of an import is such a job too and keeps its place there. A link that nothing
walked until contacts could be deleted for good."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE jobs ADD COLUMN person_id INTEGER REFERENCES users (id) ON DELETE SET NULL")
    db.execute_sql("CREATE INDEX jobs_person ON jobs (person_id, id)")
    for column in ("undo_gesture", "undo_cursor"):
        db.execute_sql(f"ALTER TABLE imports DROP COLUMN {column}")
    db.execute_sql("CREATE INDEX attendees_contact ON attendees (contact_id) WHERE contact_id IS NOT NULL")
