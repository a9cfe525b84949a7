"""What the board and the list of opportunities walk. The first index holds everything the sums of the open columns
read, so that neither closed rows nor the rows themselves are touched."""

INDEXES = {
    "opportunities_sums": (
        "outcome, stage_id, currency, owner_id, team_id, archived, expected_close_date, amount, probability, "
        "deleted_at, id",
        " WHERE deleted_at IS NULL",
    ),
    "opportunities_closed": ("stage_id, closed_at, id", ""),
    "opportunities_closing": ("outcome, coalesce(expected_close_date, '9999-12-31'), id", ""),
    "opportunities_chances": ("probability, id", ""),
}


def up(migrator, db):
    for name, (columns, where) in INDEXES.items():
        db.execute_sql(f"CREATE INDEX {name} ON opportunities ({columns}){where}")
