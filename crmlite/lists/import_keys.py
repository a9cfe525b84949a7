"""What two rows of a file, or a row and a record, have in common when they are the same."""

from typing import Any

from crmlite.models.base import fold
from crmlite.models.partners import Partner
from crmlite.rules import reach
from crmlite.rules.access import Actor, visible
from crmlite.rules.reach import Reach

Key = tuple[str, ...]
WORDS = {"email": "e-mail", "reference": "reference", "name": "name and phone"}


def of_row(record: Any, points: list[tuple[str, str]], reference: str, mode: str) -> list[Key]:
    """Of the record that a row describes, with its further ones as kind and value. Without an e-mail, or where that
    is not asked for, its name with each of its phones."""
    if mode == "none":
        return []
    if mode == "reference":
        return [("reference", reference.upper())] if reference else []
    reached = reach.with_points(record, points)
    emails: list[Key] = [("email", email) for email in reached.emails] if mode == "email" else []
    return emails or _names(record, reached.numbers or ("",))


def present(model: Any, keys: set[Key], by: Actor) -> dict[Key, list[Any]]:
    """Key -> the records that this person sees, all looked up at once. Others stay hidden: for this person they do
    not exist, here as everywhere."""
    found: dict[Key, list[Any]] = {}
    for sort in WORDS:
        wanted = sorted({key[1] for key in keys if key[0] == sort})
        if not wanted:
            continue
        if sort == "email":
            where = reach.has_email(model, wanted)
        else:
            where = (model.sort_name if sort == "name" else Partner.reference).in_(wanted)
        records = list(visible(model, by).where(where).order_by(model.id))
        reached = reach.of(records)
        for record in records:
            for key in _of_record(record, reached[record.id], sort):
                found.setdefault(key, []).append(record)
    return found


def _of_record(record: Any, reached: Reach, sort: str) -> list[Key]:
    if sort == "email":
        return [("email", email) for email in reached.emails]
    if sort == "reference":
        return [("reference", record.reference)]
    # A name alone is no match for somebody of whom more is known.
    return _names(record, reached.numbers or (() if reached.emails else ("",)))


def _names(record: Any, numbers: tuple[str, ...]) -> list[Key]:
    if not record.sort_name:
        return []
    company = fold(getattr(record, "company", ""))
    return [("name", record.sort_name, number, company) for number in numbers]
