"""Who stands above whom, parent companies and whom people report to: never in a circle."""

from typing import Any

from crmlite.errors import Invalid
from crmlite.models.base import Record

SENTENCES = {
    "parent": "This company stands below this one already: please choose another.",
    "reports_to": "This person reports to this one already: please choose another.",
}


def refuse_circle(record: Any, name: str, values: dict[str, Any]) -> None:
    """Raises Invalid where the record that a change names as above it stands below it."""
    wanted = values.get(name)
    moved = wanted not in (None, record.id, record.__data__.get(name))  # its own is told by the record itself
    if moved and returns(type(record), name, wanted, {record.id}):
        raise Invalid(fields={name: SENTENCES[name]})


def returns(model: type[Record], name: str, start: int, ends: set[int]) -> bool:
    """Whether the way up from `start` comes to one of `ends`."""
    at: int | None = start
    passed: set[int] = set()
    while at is not None and at not in passed:
        if at in ends:
            return True
        passed.add(at)
        at = model.select(model._meta.fields[name]).where(model.id == at).scalar()
    return False
