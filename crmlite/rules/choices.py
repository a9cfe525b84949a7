"""What may happen to the configured lists: a value in use is retired, an unused one may go."""

from collections.abc import Iterable
from typing import Any, TypeVar

from peewee import ForeignKeyField, fn

from crmlite.errors import Conflict, Invalid, Missing
from crmlite.models.base import Record, fold
from crmlite.models.choices import KINDS, Choice, Pipeline, Stage
from crmlite.models.tables import RECORDS
from crmlite.models.teams import Team
from crmlite.rules import gate
from crmlite.rules.access import Actor, require

Ordered = TypeVar("Ordered", Choice, Pipeline, Stage, Team)
R = TypeVar("R", bound=Record)


def of_kind(kind: str) -> list[Choice]:
    """Every value of the list, the retired ones too. Raises Missing for a list that does not exist."""
    if kind not in KINDS:
        raise Missing("This list does not exist.")
    found = Choice.select().where((Choice.kind == kind) & Choice.deleted_at.is_null())
    return list(found.order_by(Choice.position, Choice.id))


def add(kind: str, values: dict[str, Any], by: Actor) -> Choice:
    """A new value at the end of the list."""
    with gate.together():
        present = of_kind(kind)
        _refuse_twin(values.get("name", ""), present)
        position = max((choice.position for choice in present), default=-1) + 1
        return gate.create(Choice, {**values, "kind": kind, "position": position}, by)


def edit(choice: Choice, values: dict[str, Any], by: Actor, seen: int | None = None) -> Choice:
    with gate.together():
        _refuse_twin(values.get("name", choice.name), [c for c in of_kind(choice.kind) if c.id != choice.id])
        return gate.change(choice, values, by, seen)


def retire(choice: Choice, by: Actor) -> Choice:
    """No longer on offer; records that have it keep it."""
    return gate.change(choice, {"retired": True}, by, verb="retired")


def bring_back(choice: Choice, by: Actor) -> Choice:
    return gate.change(choice, {"retired": False}, by, verb="brought back")


def drop(choice: Choice, by: Actor) -> None:
    """Delete a value that nothing uses. Raises Conflict while something does, be it in the bin."""
    with gate.together():
        if count := usage([choice.id]).get(choice.id, 0):
            records = "record uses" if count == 1 else "records use"
            raise Conflict(
                f"{count:,} {records} “{choice.name}”, so it cannot be deleted: retire it instead."
            )
        gate.remove(choice, by)


def usage(ids: Iterable[int]) -> dict[int, int]:
    """Choice id -> how many records have it, those in the bin too: they may come back."""
    wanted, found = list(ids), {}
    for field in _choice_columns():
        counted = field.model.select(field, fn.COUNT(field.model.id)).where(field.in_(wanted)).group_by(field)
        for choice_id, count in counted.tuples():
            found[choice_id] = found.get(choice_id, 0) + count
    return found


def shift(record: Ordered, step: int, among: list[Ordered], by: Actor) -> None:
    """Move up (step -1) or down (step 1) by one place; at the end of the list nothing happens."""
    ids = [one.id for one in among]
    place = ids.index(record.id)
    target = min(max(place + step, 0), len(ids) - 1)
    ids.insert(target, ids.pop(place))
    arrange(ids, among, by)


def arrange(ids: list[int], among: list[Ordered], by: Actor) -> None:
    """Put the list into the order that `ordered` tells. Raises Invalid for a foreign id."""
    with gate.together():
        for record in among[:1]:
            require(by, "change", record)
        for position, record in enumerate(ordered(ids, among)):
            if record.position != position:
                gate.change(record, {"position": position}, by, verb="ordered")


def ordered(ids: list[int], among: list[R]) -> list[R]:
    """The records by these ids; those that are not named keep their order, behind. Raises Invalid for a foreign id."""
    known = {record.id: record for record in among}
    if len(set(ids)) != len(ids) or not set(ids) <= set(known):
        raise Invalid("This list has changed in the meantime: please reload the page and order it again.")
    return [known[one] for one in ids] + [record for record in among if record.id not in set(ids)]


def _refuse_twin(name: str, others: list[Choice]) -> None:
    if any(fold(other.name) == fold(" ".join(name.split())) for other in others):
        raise Invalid(
            fields={"name": f"“{name.strip()}” is in this list already: please choose another name."}
        )


def _choice_columns() -> list[ForeignKeyField]:
    return [
        column
        for model in RECORDS.values()
        for column in model._meta.refs
        if column.rel_model is Choice and issubclass(model, Record)
    ]
