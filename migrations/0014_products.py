"""Products and taxes, frozen."""

from peewee import AutoField, BigIntegerField, BooleanField, Field, ForeignKeyField, IntegerField, Model, TextField


class UtcDateTime(Field):
    field_type = "TIMESTAMPTZ"


class Frozen(Model):
    class Meta:
        legacy_table_names = False


class Tax(Frozen):
    id = AutoField()
    name = TextField()
    rate = IntegerField()
    usual = BooleanField()
    position = IntegerField()
    retired = BooleanField()
    created_at = UtcDateTime()
    created_by_id = IntegerField(null=True)
    updated_at = UtcDateTime()
    updated_by_id = IntegerField(null=True)
    version = IntegerField()
    archived = BooleanField()
    deleted_at = UtcDateTime(null=True)

    class Meta:
        table_name = "taxes"


class Product(Frozen):
    id = AutoField()
    name = TextField()
    sort_name = TextField()
    reference = TextField()
    description = TextField()
    price = BigIntegerField()
    currency = TextField()
    unit = TextField()
    tax = ForeignKeyField(Tax, null=True, on_delete="SET NULL", backref="+", index=False)
    created_at = UtcDateTime()
    created_by_id = IntegerField(null=True)
    updated_at = UtcDateTime()
    updated_by_id = IntegerField(null=True)
    version = IntegerField()
    archived = BooleanField()
    deleted_at = UtcDateTime(null=True)

    class Meta:
        table_name = "products"


def up(migrator, db):
    with db.bind_ctx([Tax, Product]):
        db.create_tables([Tax, Product])
    for column in ("sort_name", "reference", "price", "created_at", "updated_at"):
        db.execute_sql(f"CREATE INDEX products_{column} ON products ({column}, id)")
    db.execute_sql("CREATE INDEX products_tax ON products (tax_id)")
    db.execute_sql(
        "CREATE UNIQUE INDEX products_one_reference ON products (lower(reference)) "
        "WHERE reference <> '' AND deleted_at IS NULL"
    )
