"""Cards of customers and contacts, frozen."""

from peewee import AutoField, BooleanField, Field, IntegerField, Model, TextField


class UtcDateTime(Field):
    field_type = "TIMESTAMPTZ"


class Card(Model):
    id = AutoField()
    about = TextField()
    card_of = IntegerField()
    uid = TextField()
    href = TextField()
    vcard = TextField()
    known = TextField()
    revision = IntegerField()
    created_at = UtcDateTime()
    created_by_id = IntegerField(null=True)
    updated_at = UtcDateTime()
    updated_by_id = IntegerField(null=True)
    version = IntegerField()
    archived = BooleanField()
    deleted_at = UtcDateTime(null=True)

    class Meta:
        table_name = "cards"
        legacy_table_names = False
        indexes = ((("about", "card_of", "id"), False), (("href",), False), (("uid",), False))


def up(migrator, db):
    with db.bind_ctx([Card]):
        db.create_tables([Card])
