"""Quotes and their lines, frozen; the list of reasons to cancel one."""

from datetime import UTC, datetime

from peewee import (
    AutoField,
    BigIntegerField,
    BooleanField,
    DateField,
    DoubleField,
    Field,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)

REASONS = ("Price too high", "Chose a competitor", "Made by mistake", "Other")
INDEXES = (
    "sort_name, id", "reference, id", "total, id", "untaxed, id", "updated_at, id", "created_at, id", "partner_id",
    "contact_id", "opportunity_id", "supersedes_id", "owner_id, id", "team_id, id",
    "coalesce(quote_date, '9999-12-31'), id", "coalesce(valid_until, '9999-12-31'), id",
    "status, valid_until, id",
)  # fmt: skip


class UtcDateTime(Field):
    field_type = "TIMESTAMPTZ"


class Frozen(Model):
    class Meta:
        legacy_table_names = False


def named(table):
    return type(table.capitalize(), (Frozen,), {"Meta": type("Meta", (), {"table_name": table})})


User, Team, Partner, Contact, Opportunity, Choice, Product = (
    named(table) for table in ("users", "teams", "partners", "contacts", "opportunities", "choices", "products")
)


def link(model):
    return ForeignKeyField(model, null=True, on_delete="SET NULL", backref="+", index=False)


class Quote(Frozen):
    id = AutoField()
    reference = TextField()
    revision = IntegerField()
    supersedes = link("self")
    name = TextField()
    sort_name = TextField()
    partner = link(Partner)
    contact = link(Contact)
    opportunity = link(Opportunity)
    address = TextField()
    currency = TextField()
    language = TextField()
    introduction = TextField()
    closing = TextField()
    note = TextField()
    quote_date = DateField(null=True)
    valid_until = DateField(null=True)
    status = TextField()
    finalized_at = UtcDateTime(null=True)
    sent_at = UtcDateTime(null=True)
    confirmed_at = UtcDateTime(null=True)
    confirmed_by = link(User)
    completed_at = UtcDateTime(null=True)
    cancelled_at = UtcDateTime(null=True)
    cancel_reason = link(Choice)
    cancel_text = TextField()
    made_customer = BooleanField()
    untaxed = BigIntegerField()
    tax = BigIntegerField()
    total = BigIntegerField()
    owner = link(User)
    team = link(Team)
    created_at = UtcDateTime()
    created_by_id = IntegerField(null=True)
    updated_at = UtcDateTime()
    updated_by_id = IntegerField(null=True)
    version = IntegerField()
    archived = BooleanField()
    deleted_at = UtcDateTime(null=True)

    class Meta:
        table_name = "quotes"


class QuoteLine(Frozen):
    id = AutoField()
    quote = link(Quote)
    position = DoubleField()
    kind = TextField()
    product = link(Product)
    name = TextField()
    description = TextField()
    quantity = BigIntegerField()
    unit = TextField()
    unit_price = BigIntegerField()
    discount = IntegerField()
    tax_name = TextField()
    tax_rate = IntegerField()
    total = BigIntegerField()
    created_at = UtcDateTime()
    created_by_id = IntegerField(null=True)
    updated_at = UtcDateTime()
    updated_by_id = IntegerField(null=True)
    version = IntegerField()
    archived = BooleanField()
    deleted_at = UtcDateTime(null=True)

    class Meta:
        table_name = "quote_lines"
        indexes = ((("quote", "position", "id"), False), (("product",), False))


class Reason(Model):
    kind = TextField()
    name = TextField()
    code = TextField()
    position = IntegerField()
    retired = BooleanField()
    asks_text = BooleanField()
    event_kind = TextField()
    created_at = UtcDateTime()
    updated_at = UtcDateTime()
    version = IntegerField()
    archived = BooleanField()

    class Meta:
        table_name = "choices"


def up(migrator, db):
    with db.bind_ctx([User, Team, Partner, Contact, Opportunity, Choice, Product, Quote, QuoteLine]):
        db.create_tables([Quote, QuoteLine])
    for number, columns in enumerate(INDEXES, 1):
        db.execute_sql(f"CREATE INDEX quotes_walk_{number} ON quotes ({columns})")
    db.execute_sql(
        "CREATE UNIQUE INDEX quotes_one_reference ON quotes (reference) WHERE reference <> '' AND deleted_at IS NULL"
    )
    furnish(db)


def furnish(db):
    """A house that is lived in gets the reasons a new one begins with."""
    with db.bind_ctx([Reason]):
        if not Reason.select().exists():
            return
        moment = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        moment = moment if type(db).__name__ == "SqliteDatabase" else moment + "+00:00"
        for position, name in enumerate(REASONS):
            Reason.insert(
                kind="cancel_reason", name=name, code="", position=position, retired=False, asks_text=name == "Other",
                event_kind="", created_at=moment, updated_at=moment, version=1, archived=False,
            ).execute()  # fmt: skip
        epoch = "UPDATE counters SET value = value + 1 WHERE name = 'directory'"
        db.execute_sql(epoch)
