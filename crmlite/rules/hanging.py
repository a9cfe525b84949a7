"""Further ways to reach somebody and further addresses: whoever may change the record may change them."""

from typing import Any, TypeVar

from peewee import ModelSelect

from crmlite.models.base import Record
from crmlite.models.contact_points import ContactPoint
from crmlite.models.hanging import Hanging
from crmlite.models.leads import Lead
from crmlite.models.statements import statement
from crmlite.rules import access, gate, leads, reach
from crmlite.rules.access import Actor, visible

H = TypeVar("H", bound=Hanging)


def of(model: type[H], record: Record, by: Actor) -> list[H]:
    """Those of a record that the actor sees, in their order; addresses in the order in which they were written."""
    return _of(model, record.concept, by, id=record.id)


@statement
def _of(model: type[H], concept: str, by: Actor, id: Any) -> ModelSelect:
    order = (model.position, model.id) if model is ContactPoint else (model.id,)
    return visible(model, by).where((model.about == concept) & (model.about_id == id)).order_by(*order)


def owner(row: Hanging, by: Actor) -> Any:
    """The record that the row hangs on. Raises Missing; Invalid where it can only be read."""
    return changeable(access.find(reach.REACHED[row.about], row.about_id, by))


def changeable(record: Any) -> Any:
    if isinstance(record, Lead):
        leads.refuse_closed(record)
    return record


def add(model: type[H], record: Any, values: dict[str, Any], by: Actor) -> H:
    changeable(record)
    return gate.create(model, {**values, "about": record.concept, "about_id": record.id}, by)


def edit(row: H, values: dict[str, Any], by: Actor, seen: int | None = None) -> H:
    owner(row, by)
    return gate.change(row, values, by, seen)


def remove(row: H, by: Actor) -> H:
    owner(row, by)
    return gate.remove(row, by)


def make_main(row: Hanging, by: Actor) -> Any:
    """Swap with the main one of its sort, which loses nothing; returns the record."""
    with gate.together():
        record = owner(row, by)
        columns = row.main_columns()
        before = {mine: getattr(record, main) for mine, main in columns.items()}
        gate.change(record, {main: getattr(row, mine) for mine, main in columns.items()}, by)
        # Where the main one was none, such as a country without street or city, nothing is left to keep.
        if type(row)(**{**row.__data__, **before}).problems():
            gate.remove(row, by)
        else:
            gate.change(row, {**before, "use": ""}, by)
    return record


def carry(model: type[H], source: Record, target: Record, by: Actor) -> None:
    """Give the target the same further ones."""
    for row in of(model, source, by):
        add(model, target, {name: getattr(row, name) for name in model.carried}, by)
