"""Every column that may hold the id of a record, and what stands behind one."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from peewee import ModelSelect, fn

from crmlite.models.base import Record, Table
from crmlite.models.journal import Entry
from crmlite.models.tables import TABLES
from crmlite.rules.access import Actor, visible


class Place(NamedTuple):
    """A column that points at records of a concept; with `about` it holds ids of several concepts."""

    table: type[Table]
    field: Any
    about: str

    def at(self, record_id: int) -> Any:
        return self.among([record_id])

    def among(self, ids: list[int]) -> Any:
        pointing = self.field == ids[0] if len(ids) == 1 else self.field.in_(ids)
        return pointing & (self.table.about == self.about) if self.about else pointing

    @property
    def hangs(self) -> bool:
        """Whether its rows are nothing without the record: notes, files, further phones, lines."""
        return issubclass(self.table, Record) and bool(self.about or self.table.part_of == self.field.name)

    def rows(self, record_id: int) -> ModelSelect:
        return self.table.select().where(self.at(record_id)).order_by(self.table.id)


def places(model: type[Record]) -> list[Place]:
    """Every column of every table that may hold ids of this concept."""
    found = []
    for table in TABLES:
        names = table._meta.fields
        found += [Place(table, field, "") for field in table._meta.refs if field.rel_model is model]
        if "about" in names and "about_id" in names:
            found.append(Place(table, names["about_id"], model.concept))
    return found


def hanging_on(record: Record) -> list[Record]:
    """The rows that go with the record for good, also those in the bin."""
    return [row for place in places(type(record)) if place.hangs for row in place.rows(record.id)]


def pointing_at(record: Record) -> Iterator[tuple[Record, str]]:
    """The other records that point at one, also those in the bin, each with the column that does."""
    for place in places(type(record)):
        if not place.hangs and issubclass(place.table, Record):
            for row in list(place.rows(record.id)):
                yield row, place.field.name


def count_hanging(record: Record) -> dict[str, int]:
    """What goes with the record for good and is not deleted itself, by table name."""
    return _counted(place.table for place in places(type(record)) if place.hangs for _ in _standing(place, record))


def count_pointing(record: Record, by: Actor) -> dict[str, int]:
    """What points at the record and the actor may see, by table name."""
    found = [one for one in places(type(record)) if not one.hangs and issubclass(one.table, Record)]
    return _counted(
        place.table
        for place in found
        for _ in visible(place.table, by).where(place.at(record.id)).select(place.table.id)
    )


def attached(records: list[Any], by: Actor) -> dict[int, dict[str, int]]:
    """What stands behind each record and the actor may see, by table name; its changes stay in its history."""
    model = type(records[0])
    counts: dict[int, dict[str, int]] = {record.id: {} for record in records}
    for place in places(model):
        if not issubclass(place.table, Record):
            continue
        rows = visible(place.table, by).where(place.field.in_(list(counts)))
        if place.about:
            rows = rows.where(place.table.about == place.about)
        for record_id, count in rows.select(place.field, fn.COUNT(place.table.id)).group_by(place.field).tuples():
            name = place.table._meta.table_name
            counts[record_id][name] = counts[record_id].get(name, 0) + count
    changes = Entry.select(Entry.record_id, fn.COUNT(Entry.id)).where(Entry.concept == model.concept)
    for record_id, count in changes.where(Entry.record_id.in_(list(counts))).group_by(Entry.record_id).tuples():
        counts[record_id]["changes"] = count
    return counts


def _standing(place: Place, record: Record) -> ModelSelect:
    return place.rows(record.id).where(place.table.deleted_at.is_null()).select(place.table.id)


def _counted(tables: Iterable[type[Table]]) -> dict[str, int]:
    return dict(Counter(table._meta.table_name for table in tables))
