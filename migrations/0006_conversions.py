"""Customers and contacts show the leads they were."""


def up(migrator, db):
    for column in ("partner_id", "contact_id"):
        db.execute_sql(f"CREATE INDEX leads_{column} ON leads ({column}) WHERE {column} IS NOT NULL")
