"""Which records may stand there twice: groups that share what was ticked, exactly or nearly; only visible ones."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import combinations
from operator import itemgetter
from typing import Any, NamedTuple

from peewee import ModelSelect, Select, Value, fn
from rapidfuzz import fuzz

from crmlite.errors import Invalid, Missing
from crmlite.models.base import Record, database, is_sqlite
from crmlite.models.merges import Distinction
from crmlite.models.people import PHONES, digits
from crmlite.rules import gate, journal
from crmlite.rules.access import Actor, visible

# What may be compared, as far as the concept has it.
COMPARED = {
    "name": "Name", "company": "Company", "email": "E-mail", "phone": "Phone", "website": "Website", "city": "City",
    "postcode": "Postcode", "street": "Street", "registration_code": "Registration code", "tax_number": "Tax number",
}  # fmt: skip
PER_PAGE = 20
SHOWN = 20  # of one group
LOOKED_AT = 200  # of one group, so that those told apart make room for the next
MOST_PAGES = 25  # groups looked through for one page, where most were told apart
TAIL = 9  # digits of a phone that are the same with and without country code
MOST_KNOWN = 4  # answers kept in memory, of ids only
NEIGHBOURS = 5  # in the order of names: how far similar ones may stand apart
NEAR = {"name": 88, "company": 88, "street": 88, "city": 90, "website": 92, "email": 92}
MARK = "\x1f"
NO_DIGITS = re.compile(r"\D+")


class Group(NamedTuple):
    """`shared` is what they have in common, by field; `more` how many beyond those shown there may be."""

    records: list[Any]
    shared: dict[str, str]
    more: int


class Page(NamedTuple):
    groups: list[Group]
    next: int | None


def offered(model: type[Record]) -> dict[str, str]:
    return {name: label for name, label in COMPARED.items() if name in model._meta.fields}


def page(model: type[Record], names: Sequence[str], by: Actor, similar: bool = False, start: int = 0) -> Page:
    """Groups of visible records that share all the fields `names`, from the group number `start` on. Those whose
    fields are all empty never count; pairs that were told apart are left out. Raises Invalid."""
    names = [name for name in offered(model) if name in names]
    if not names:
        raise Invalid("Please tick at least one field to compare.")
    apart = told_apart(model)
    found: list[Group] = []
    for step in range(MOST_PAGES):
        at = start + step * PER_PAGE
        if similar:
            ids_of = _similar(model, tuple(names), by)[at : at + PER_PAGE]
            groups = [(ids[:LOOKED_AT], len(ids) - len(ids[:LOOKED_AT])) for ids in ids_of]
        else:
            groups = _exact(model, names, by, at)
        for number, (ids, more) in enumerate(groups):
            left = _not_told_apart(ids, apart)
            if len(left) > 1:
                found.append(_group(model, left, more, names, by))
            if len(found) == PER_PAGE:
                return Page(found, start + step * PER_PAGE + number + 1)
        if len(groups) < PER_PAGE:
            return Page(found, None)
    return Page(found, start + MOST_PAGES * PER_PAGE)


def tell_apart(model: type[Record], ids: Iterable[int], by: Actor) -> int:
    """Remember that these are not the same, each pair of them; returns how many pairs are new. Raises Missing."""
    wanted = sorted(set(ids))
    if not 2 <= len(wanted) <= SHOWN:
        raise Invalid(f"Please tick two to {SHOWN} records that are not the same.")
    if visible(model, by).where(model.id.in_(wanted)).count() < len(wanted):
        raise Missing(f"One of these {model.concept}s does not exist, or it has been deleted.")
    known = told_apart(model)
    pairs = [pair for pair in combinations(wanted, 2) if pair not in known]
    with gate.together():
        for low, high in pairs:
            gate.create(Distinction, {"about": model.concept, "low": low, "high": high}, by, verb="told apart")
    return len(pairs)


def told_apart(model: type[Record]) -> set[tuple[int, int]]:
    rows = Distinction.select(Distinction.low, Distinction.high)
    return set(rows.where((Distinction.about == model.concept) & Distinction.deleted_at.is_null()).tuples())


def _not_told_apart(ids: list[int], apart: set[tuple[int, int]]) -> list[int]:
    """Those of a group that have at least one other in it from whom nobody told them apart."""
    if not apart:
        return ids
    left = {one for pair in combinations(sorted(ids), 2) if pair not in apart for one in pair}
    return [one for one in ids if one in left]


def _group(model: type[Record], ids: list[int], more: int, names: list[str], by: Actor) -> Group:
    shown = ids[:SHOWN]
    records = list(visible(model, by).where(model.id.in_(shown)).order_by(model.id))
    first = records[0] if records else None
    shared = {}
    for name in names:
        value = getattr(first, "full_name" if name == "name" else name, "") if first else ""
        if name == "phone" and first:
            value = next((getattr(first, one) for one in PHONES if getattr(first, one)), "")
        shared[name] = value
    return Group(records, {name: value for name, value in shared.items() if value}, more + len(ids) - len(shown))


def _exact(model: type[Record], names: list[str], by: Actor, start: int) -> list[tuple[list[int], int]]:
    """Grouped by the database: the page's keys, then the first records of each."""
    rows = _keyed(model, names, by)
    key, record = rows.c.key, rows.c.id
    empty = MARK * (len(names) - 1)
    many = fn.COUNT(record.distinct())
    wanted = Select([rows], [key, many]).where(key != empty).group_by(key).having(many > 1)
    found = list(wanted.order_by(key).limit(PER_PAGE).offset(start).bind(model._meta.database).tuples())
    if not found:
        return []
    once = _keyed(model, names, by)
    each = Select([once], [once.c.key.alias("key"), once.c.id.alias("id")]).distinct()
    each = each.where(once.c.key.in_([key for key, _ in found])).alias("each")
    place = fn.ROW_NUMBER().over(partition_by=[each.c.key], order_by=[each.c.id]).alias("place")
    numbered = Select([each], [each.c.key.alias("key"), each.c.id.alias("id"), place]).alias("numbered")
    members = Select([numbered], [numbered.c.key, numbered.c.id]).where(numbered.c.place <= LOOKED_AT)
    by_key: dict[str, list[int]] = {}
    for name, record_id in members.order_by(numbered.c.id).bind(model._meta.database).tuples():
        by_key.setdefault(name, []).append(record_id)
    return [(by_key[name], count - len(by_key[name])) for name, count in found]


def _keyed(model: type[Record], names: list[str], by: Actor) -> Any:
    """id and key of every visible record; where phones are compared, once for each number it has."""
    columns = [None] if "phone" not in names else [model._meta.fields[name] for name in PHONES]
    query: ModelSelect | None = None
    for phone in columns:
        parts: list[Any] = []
        for name in names:
            parts += [Value(MARK), _same(model, name, phone)]
        key: Any = parts[1]
        for part in parts[2:]:
            key = key.concat(part)
        rows = visible(model, by).select(model.id.alias("id"), key.alias("key"))
        if phone is not None:
            # A record without this number counts once, with its first column: others may still be the same.
            none = [one == "" for one in (model._meta.fields[name] for name in PHONES)]
            rows = rows.where((phone != "") if phone is not columns[0] else (phone != "") | (none[1] & none[2]))
        query = rows if query is None else query.union_all(rows)
    assert query is not None
    return query.alias("keyed")


def _same(model: type[Record], name: str, phone: Any) -> Any:
    """What must be equal: names blind to case and accents, phones in any format, other texts blind to case."""
    if name == "name":
        return model._meta.fields["sort_name"]
    if name == "phone":
        return _tail(phone)
    return fn.LOWER(fn.TRIM(model._meta.fields[name]))


def _tail(column: Any) -> Any:
    """The last digits of a number, which are the same with and without country code."""
    if not is_sqlite():
        return fn.RIGHT(fn.REGEXP_REPLACE(column, r"\D", "", "g"), TAIL)
    bare = column
    for sign in " +().-/\u00a0\u202f":
        bare = fn.REPLACE(bare, sign, "")
    return fn.SUBSTR(bare, -TAIL)


_known: dict[tuple[Any, ...], list[list[int]]] = {}


def _similar(model: type[Record], names: tuple[str, ...], by: Actor) -> list[list[int]]:
    """All groups. It takes seconds where there are very many, so the last answers hold until something changes."""
    key = (str(database.obj.database), model.concept, names, by, journal.last_id())
    if key not in _known:
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        _known[key] = _compare(model, names, by)
    return _known[key]


def _compare(model: type[Record], names: tuple[str, ...], by: Actor) -> list[list[int]]:
    """Neighbours in the order of the ticked fields are compared, so a hundred thousand take seconds, not hours."""
    fields = [model._meta.fields["sort_name" if name == "name" else name] for name in names]
    extra = [model._meta.fields[name] for name in PHONES[1:]] if "phone" in names else []
    rows = [
        (row[0], _values(names, row[1 : len(names) + 1], row[len(names) + 1 :]))
        for row in visible(model, by).select(model.id, *fields, *extra).order_by(model.id).tuples().iterator()
    ]
    parent: dict[int, int] = {}
    for order in _orders(names):
        ranked = sorted((key, number) for number, (_, values) in enumerate(rows) if (key := order(values)))
        for at, (_, one) in enumerate(ranked):
            for _, other in ranked[at + 1 : at + NEIGHBOURS]:
                if _near(names, rows[one][1], rows[other][1]):
                    _join(parent, one, other, lambda first, second: _near(names, rows[first][1], rows[second][1]))
    groups: dict[int, list[int]] = {}
    for number in sorted(parent):
        groups.setdefault(_root(parent, number), []).append(rows[number][0])
    return sorted(ids for ids in groups.values() if len(ids) > 1)


def _values(names: Sequence[str], texts: Sequence[str], numbers: Sequence[str]) -> tuple[str, ...]:
    found = []
    for name, text in zip(names, texts, strict=True):
        if name == "phone":
            text = next((tail for one in (text, *numbers) if (tail := digits(one or "")[-TAIL:])), "")
        # Words in one order, so that “Costa Inês” stands beside “Inês Costa”.
        found.append(" ".join(sorted((text or "").lower().split())))
    return tuple(found)


def _orders(names: tuple[str, ...]) -> list[Callable[[tuple[str, ...]], str]]:
    """Each field forwards and backwards, so that an error at the beginning does not part them."""
    names = ("name",) if names[0] == "name" else names  # everybody has one, and it must be near anyway
    forwards = [itemgetter(at) for at in range(len(names))]
    backwards = [partial(_backwards, at) for at, name in enumerate(names) if name in NEAR]
    return [*forwards, *backwards]


def _backwards(at: int, values: tuple[str, ...]) -> str:
    return values[at][::-1]


def _near(names: tuple[str, ...], one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Every field that both have is the same or nearly so, and at least one is had by both."""
    both = False
    for name, mine, theirs in zip(names, one, other, strict=True):
        if not mine or not theirs:
            continue
        both = True
        if mine == theirs:
            continue
        least = NEAR.get(name)
        if least is None:
            return False
        if fuzz.ratio(mine, theirs, score_cutoff=least) < least or _numbers(mine) != _numbers(theirs):
            return False  # “Berth 12” is not “Berth 13”
    return both


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
