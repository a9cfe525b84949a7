"""A file that a person brings, and how far each of its rows came."""

from peewee import AutoField, BigIntegerField, ForeignKeyField, IntegerField, JSONField

from crmlite.models.base import Table, UtcDateTime, link, text
from crmlite.models.users import User

STATES = {
    "mapping": "Waiting for its columns",
    "running": "Running",
    "done": "Done",
    "stopped": "Stopped",
    "undoing": "Being undone",
    "undone": "Undone",
}


class Import(Table):
    """`target` is the concept that the rows become, `mapping` what is to be done with the columns of `header`.
    Everything written has `gesture`; `kept` are sentences about what its undo left alone."""

    concept = "import"

    id = AutoField()
    owner = link(User)
    target = text(20)
    file_name = text(300)
    told = text(500)
    header = JSONField()
    mapping = JSONField()
    state = text(20)
    problem = text(2000)
    counts = JSONField()
    gesture = BigIntegerField()
    created_at = UtcDateTime()
    finished_at = UtcDateTime(null=True)
    undone_by = link(User)
    kept = JSONField()
    deleted_at = UtcDateTime(null=True)

    class Meta:
        table_name = "imports"
        indexes = ((("owner", "id"), False),)


class ImportRow(Table):
    """`number` is the row's place in the file; an empty `outcome` waits. `above` names the company or person above its
    record until all rows are in and it can be linked."""

    id = AutoField()
    batch = ForeignKeyField(Import, backref="+", on_delete="CASCADE", index=False)
    number = IntegerField()
    cells = JSONField()
    outcome = text(20)
    reason = text(2000)
    record_id = IntegerField(null=True)
    above = text(500)

    class Meta:
        table_name = "import_rows"
        indexes = ((("batch", "outcome", "number"), False),)
