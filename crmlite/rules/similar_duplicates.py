"""Records that are nearly the same: groups that share the ticked fields by similarity."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from crmlite.later import fuzz
from crmlite.models.base import Record, database
from crmlite.models.contact_points import ContactPoint
from crmlite.models.people import PHONES, tail
from crmlite.rules import journal, reach
from crmlite.rules.access import Actor, visible

MOST_KNOWN = 4  # answers kept in memory, of ids only
MOST_WAYS = 12  # phones or e-mails of one record that it is compared by
NEIGHBOURS = 5  # in the order of names: how far similar ones may stand apart
NEAR = {"name": 88, "company": 88, "street": 88, "city": 90, "website": 92, "email": 92}
Values = tuple[tuple[str, ...], ...]  # for each ticked field: several phones and e-mails, one or none of others
NO_DIGITS = re.compile(r"\D+")
_known: dict[tuple[Any, ...], list[list[int]]] = {}


def groups(model: type[Record], names: tuple[str, ...], by: Actor) -> list[list[int]]:
    """All groups. It takes seconds where there are very many, so the last answers hold until something changes."""
    key = (str(database.obj.database), model.concept, names, by, journal.last_id())
    if key not in _known:
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        _known[key] = _compare(model, names, by)
    return _known[key]


def _compare(model: type[Record], names: tuple[str, ...], by: Actor) -> list[list[int]]:
    """Neighbours in the order of the ticked fields are compared, so a hundred thousand take seconds, not hours."""
    rows = list(_rows(model, names, by))
    parent: dict[int, int] = {}

    def near(first: int, second: int) -> bool:
        return _near(names, rows[first][1], rows[second][1])

    for at, key in _orders(names):
        keyed = ((key(text), number) for number, (_, values) in enumerate(rows) for text in values[at])
        ranked = sorted(keyed)
        for place, (_, one) in enumerate(ranked):
            for _, other in ranked[place + 1 : place + NEIGHBOURS]:
                if one != other and near(one, other):
                    _join(parent, one, other, near)
    groups: dict[int, list[int]] = {}
    for number in sorted(parent):
        groups.setdefault(_root(parent, number), []).append(rows[number][0])
    return sorted(ids for ids in groups.values() if len(ids) > 1)


def _rows(model: type[Record], names: tuple[str, ...], by: Actor) -> Iterator[tuple[int, Values]]:
    """Each visible record with what it is compared by."""
    further = _further(model, names)
    fields = [model._meta.fields["sort_name" if name == "name" else name] for name in names]
    extra = [model._meta.fields[name] for name in PHONES[1:]] if "phone" in names else []
    for row in visible(model, by).select(model.id, *fields, *extra).order_by(model.id).tuples().iterator():
        values = []
        for at, name in enumerate(names, 1):
            texts = [row[at], *(row[len(names) + 1 :] if name == "phone" else ()), *further.get((row[0], name), ())]
            found = dict.fromkeys(_comparable(name, text) for text in texts if text)
            found.pop("", None)
            values.append(tuple(found)[:MOST_WAYS])
        yield row[0], tuple(values)


def _further(model: type[Record], names: tuple[str, ...]) -> dict[tuple[int, str], list[str]]:
    """(Id, field) -> the phones or e-mails beside the main ones."""
    kinds = {"email": "email"} if "email" in names else {}
    kinds |= dict.fromkeys(reach.PHONE_POINTS, "phone") if "phone" in names else {}
    found: dict[tuple[int, str], list[str]] = {}
    if kinds:
        theirs = (ContactPoint.about == model.concept) & ContactPoint.kind.in_(list(kinds))
        points = ContactPoint.select(ContactPoint.about_id, ContactPoint.kind, ContactPoint.value)
        for record_id, kind, value in points.where(theirs & ContactPoint.deleted_at.is_null()).tuples().iterator():
            found.setdefault((record_id, kinds[kind]), []).append(value)
    return found


def _comparable(name: str, text: str) -> str:
    """Words in one order, so that “Costa Inês” stands beside “Inês Costa”."""
    return tail(text) if name == "phone" else " ".join(sorted(text.lower().split()))


def _orders(names: tuple[str, ...]) -> list[tuple[int, Callable[[str], str]]]:
    """The place of a field and how its values are ranked: forwards and backwards, so that an error at the beginning
    does not part them."""
    names = ("name",) if names[0] == "name" else names  # everybody has one, and it must be near anyway
    forwards = [(at, str) for at in range(len(names))]
    return [*forwards, *((at, _backwards) for at, name in enumerate(names) if name in NEAR)]


def _backwards(text: str) -> str:
    return text[::-1]


def _near(names: tuple[str, ...], one: Values, other: Values) -> bool:
    """In every field that both have, a value of the one is the same as one of the other or nearly so, and at least one
    field is had by both."""
    both = False
    for name, mine, theirs in zip(names, one, other, strict=True):
        if not mine or not theirs:
            continue
        both = True
        if not any(_alike(NEAR.get(name), text, like) for text in mine for like in theirs):
            return False
    return both


def _alike(least: int | None, text: str, other: str) -> bool:
    if text == other or least is None:
        return text == other
    # “Berth 12” is not “Berth 13”.
    return fuzz.ratio(text, other, score_cutoff=least) >= least and _numbers(text) == _numbers(other)


def _numbers(text: str) -> str:
    return NO_DIGITS.sub("", text)


def _root(parent: dict[int, int], number: int) -> int:
    while parent.setdefault(number, number) != number:
        parent[number] = parent[parent[number]]
        number = parent[number]
    return number


def _join(parent: dict[int, int], one: int, other: int, near: Callable[[int, int], bool]) -> None:
    """Groups become one only when their first records are near: else a chain of small steps joins everybody."""
    first, second = sorted((_root(parent, one), _root(parent, other)))
    if first != second and near(first, second):
        parent[second] = first
