"""Records are found by their further e-mails as fast as by the main one."""


def up(migrator, db):
    db.execute_sql("CREATE INDEX contact_points_value ON contact_points (kind, lower(value))")
