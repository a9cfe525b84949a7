"""What the forecast walks: the sums of open opportunities with their best and worst case, and what was won by its
day; and the order of the column Closed."""

INDEXES = {
    "opportunities_sums": (
        "outcome, stage_id, currency, owner_id, team_id, archived, expected_close_date, amount, probability, "
        "best_case, worst_case, deleted_at, id",
        " WHERE deleted_at IS NULL",
    ),
    "opportunities_won": ("outcome, closed_at, id", ""),
    "opportunities_closed_on": ("coalesce(closed_at, '9999-12-31 00:00:00+00'), id", ""),
}


def up(migrator, db):
    db.execute_sql("DROP INDEX opportunities_sums")
    for name, (columns, where) in INDEXES.items():
        db.execute_sql(f"CREATE INDEX {name} ON opportunities ({columns}){where}")
    # The planner knows a new index only by its figures.
    db.execute_sql("ANALYZE")
