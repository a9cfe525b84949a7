"""Refusals: what a person is told when something may not happen. Raised below the doors, shown by them."""

from datetime import datetime
from typing import Any, NamedTuple


class Refused(ValueError):
    """A change that did not happen. `message` is a sentence; `fields` maps a field to its own sentence."""

    status = 400

    def __init__(self, message: str = "", fields: dict[str, str] | None = None) -> None:
        self.fields = fields or {}
        self.message = message or " ".join(self.fields.values())
        super().__init__(self.message)


class Invalid(Refused):
    status = 422


class Forbidden(Refused):
    status = 403


class Missing(Refused):
    status = 404


class Conflict(Refused):
    """The wish contradicts what stands in the database now (a name taken, an undo overtaken)."""

    status = 409


class Theirs(NamedTuple):
    """What somebody else wrote into a field that this change wanted to write."""

    value: Any
    by: str
    at: datetime


class Stale(Conflict):
    """The same field was changed by another since it was read. `record` is fresh; `theirs` is by field."""

    def __init__(self, message: str, record: Any, theirs: dict[str, Theirs]) -> None:
        super().__init__(message)
        self.record = record
        self.theirs = theirs
