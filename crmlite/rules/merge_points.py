"""What a merge makes of further phones, e-mails and websites: both are kept, none stands there twice."""

from typing import Any

from crmlite.models.contact_points import MAIN_COLUMNS, ContactPoint, same
from crmlite.models.people import PHONES
from crmlite.rules import gate
from crmlite.rules.access import Actor


def to_keep(kept: Any, losers: list[Any], values: dict[str, Any], both: tuple[str, ...]) -> list[tuple[str, str]]:
    """Keep both: phones and e-mails of all of them that neither a field of the kept one nor a further one holds, as
    kind and value."""
    known = _mains(values) | {same(point.kind, point.value) for point in _points([kept, *losers])}
    found = []
    for record in (kept, *losers):
        for kind, name in MAIN_COLUMNS.items():
            text = getattr(record, name) or ""
            wanted = "emails" if kind == "email" else "phones" if name in PHONES else ""
            if wanted in both and text and same(kind, text) not in known:
                known.add(same(kind, text))
                found.append((kind, text))
    return found


def drop_repeats(kept: Any, losers: list[Any], by: Actor) -> None:
    """Further phones and e-mails that the kept record would have twice."""
    known = _mains(kept.__data__)
    for point in _points([kept, *losers]):
        if same(point.kind, point.value) in known:
            gate.discard(point, by)
        known.add(same(point.kind, point.value))


def _points(records: list[Any]) -> list[ContactPoint]:
    """The further phones, e-mails and websites of records of one concept, in the order of the records."""
    ids = [record.id for record in records]
    theirs = (ContactPoint.about == records[0].concept) & ContactPoint.about_id.in_(ids)
    found = ContactPoint.select().where(theirs & ContactPoint.deleted_at.is_null()).order_by(ContactPoint.id)
    return sorted(found, key=lambda point: ids.index(point.about_id))


def _mains(values: dict[str, Any]) -> set[tuple[str, str]]:
    return {same(kind, values[name]) for kind, name in MAIN_COLUMNS.items() if values[name]}
