"""What became of records that stood there twice, and pairs that only look alike."""

from peewee import BigIntegerField, IntegerField, JSONField

from crmlite.models.base import Record, text


class Merge(Record):
    """One record went into another of its concept. `carried` names the rows that moved with it and have no history
    of their own: table.column -> ids. In the bin once it was undone."""

    concept = "merge"

    about = text(20)
    kept = IntegerField()
    loser = IntegerField()
    name = text(400)
    gesture = BigIntegerField()
    carried = JSONField()

    class Meta:
        table_name = "merges"


class Distinction(Record):
    """Two records that are not the same, `low` being the smaller id: never shown as duplicates again."""

    concept = "distinction"

    about = text(20)
    low = IntegerField()
    high = IntegerField()

    class Meta:
        table_name = "distinctions"
