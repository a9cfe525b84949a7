"""What every part of the demo's history needs: who acts, when, and what is there so far."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from crmlite.models.base import Record, fold
from crmlite.rules import directory
from crmlite.rules.access import Actor
from crmlite.rules.demo.cast import Cast
from crmlite.rules.demo.story import Story


class Teller:
    """`made`: the records so far, by concept and name (the first of that name). `since`: when the leads,
    customers and sales came, by name."""

    def __init__(self, cast: Cast, story: Story) -> None:
        self.cast = cast
        self.story = story
        self.made: dict[tuple[str, str], Any] = {}
        self.since: dict[str, datetime] = {}
        self.kept: list[Record] = []

    def keep(self, record: Record, name: str) -> None:
        self.kept.append(record)
        self.made.setdefault((record.concept, name), record)

    def count_of(self, concept: str) -> int:
        return sum(record.concept == concept for record in self.kept)

    def actor(self, key: str) -> Actor:
        """The person of that key; Oskar where nobody follows the record."""
        return self.cast.actors[key if key in self.cast.actors else "oskar"]

    def at(self, days: int, number: int, make: Callable[[], Record], name: str) -> None:
        """Some `days` ago a record was made, to be kept under `name`."""
        self.since.setdefault(name, self.story.ago(days, number))
        self.story.then(self.story.ago(days, number), lambda: self.keep(make(), name))

    def then(self, days: int, number: int, step: Callable[[], object], late: bool = False) -> None:
        """Later the same day than what `number` made; `late` after everything else of that day."""
        self.story.then(self.story.later(self.story.ago(days, number), late), step)


def choice(kind: str, name: str) -> int | None:
    """The value of that name, or None where somebody has renamed it."""
    return next((c.id for c in directory.current().choices_of(kind) if c.name == name), None)


def lost_reason(name: str, text: str) -> tuple[int | None, str]:
    """The reason of that name with its words, or the first on offer with the name as its words."""
    found = choice("lost_reason", name)
    if found:
        return found, text
    return next((c.id for c in directory.current().choices_of("lost_reason")), None), text or name


def rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


def host_of(company: str) -> str:
    """A web address that nobody owns (RFC 2606)."""
    return f"{mailbox(company)}.example"


def mailbox(name: str) -> str:
    plain = fold(name).replace("’", "").replace("&", "and")
    return "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in plain).split())
