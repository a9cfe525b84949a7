"""What the rows that hang on a lead, partner or contact share: further ways to reach it, further addresses."""

from typing import ClassVar

from peewee import IntegerField

from crmlite.models.base import Record, text


class Hanging(Record):
    """`about` is the concept and `about_id` the id of the record that the row hangs on. `carried` are the columns that
    a copy of it takes along."""

    carried: ClassVar[tuple[str, ...]] = ()

    about = text(20)
    about_id = IntegerField()
    use = text(40)

    def main_columns(self) -> dict[str, str]:
        """Its own columns -> those of the record that hold the main one of its sort."""
        raise NotImplementedError
