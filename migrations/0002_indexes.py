"""What lists, boards, calendars and sync walk. Sortable columns end in id, for keyset pages."""

INDEXES = {
    "users": ("slug", "active, name"),
    "leads": (
        "contact_date, id", "sort_name, id", "lower(company), id", "lower(email), id", "updated_at, id",
        "status, contact_date, id", "owner_id, contact_date, id", "team_id, contact_date, id", "partner_id",
    ),
    "partners": ("sort_name, id", "updated_at, id", "owner_id, sort_name, id", "team_id, sort_name, id", "parent_id",
                 "lower(email), id"),
    "contacts": ("sort_name, id", "updated_at, id", "owner_id, sort_name, id", "team_id, sort_name, id", "partner_id",
                 "lower(email), id"),
    "opportunities": (
        "stage_id, position, id", "outcome, stage_id, owner_id, team_id, currency, amount, probability",
        "outcome, expected_close_date, id", "sort_name, id", "amount, id", "owner_id, id", "team_id, id",
        "partner_id", "lead_id", "contact_id", "updated_at, id", "closed_at, id",
    ),
    "events": (
        "calendar_id, seq", "calendar_id, component, range_start, range_end", "starts_at, id",
        "owner_id, starts_at, id", "lead_id, starts_at", "partner_id, starts_at", "contact_id, starts_at",
        "opportunity_id, starts_at", "owner_id, due_at",
        "range_start, id", "range_end, range_start, id", "uid", "coalesce(range_start, created_at), id",
    ),
    "occurrences": ("starts_at, event_id", "ends_at, starts_at, event_id"),
    "attendees": ("user_id",),
    "entries": ("actor_id, id",),
}  # fmt: skip
UNIQUE_WHILE_LIVE = {"events": ("calendar_id, href", "calendar_id, uid"), "calendars": ("owner_id, slug",)}


def up(migrator, db):
    for table, indexes in INDEXES.items():
        for number, columns in enumerate(indexes, 1):
            db.execute_sql(f"CREATE INDEX {table}_walk_{number} ON {table} ({columns})")
    for table, indexes in UNIQUE_WHILE_LIVE.items():
        for number, columns in enumerate(indexes, 1):
            db.execute_sql(
                f"CREATE UNIQUE INDEX {table}_live_{number} ON {table} ({columns}) WHERE deleted_at IS NULL"
            )
