"""Which records may stand there twice: groups that share what was ticked, exactly or nearly; only visible ones."""

from collections.abc import Iterable, Sequence
from itertools import combinations, product
from typing import Any, NamedTuple

from peewee import Expression, ModelSelect, Select, Value, fn

from crmlite.errors import Invalid, Missing
from crmlite.models.base import Record, is_sqlite
from crmlite.models.contact_points import ContactPoint
from crmlite.models.merges import Distinction
from crmlite.models.people import PHONES, TAIL, tail
from crmlite.rules import gate, reach, similar_duplicates
from crmlite.rules.access import Actor, visible
from crmlite.rules.reach import Reach

# What may be compared, as far as the concept has it.
COMPARED = {
    "name": "Name", "company": "Company", "email": "E-mail", "phone": "Phone", "website": "Website", "city": "City",
    "postcode": "Postcode", "street": "Street", "registration_code": "Registration code", "tax_number": "Tax number",
}  # fmt: skip
PER_PAGE = 20
SHOWN = 20  # of one group
LOOKED_AT = 200  # of one group, so that those told apart make room for the next
MOST_PAGES = 25  # groups looked through for one page, where most were told apart
MARK = "\x1f"


class Group(NamedTuple):
    """`shared` is what they have in common, by field; `more` how many beyond those shown there may be."""

    records: list[Any]
    shared: dict[str, str]
    more: int


class Source(NamedTuple):
    """Where a value stands: `text` is compared for the records `when` it counts; `point` is joined for it."""

    text: Any
    when: Expression | None = None
    point: Any = None


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
    found: list[tuple[list[int], int]] = []
    for step in range(MOST_PAGES):
        at = start + step * PER_PAGE
        if similar:
            ids_of = similar_duplicates.groups(model, tuple(names), by)[at : at + PER_PAGE]
            groups = [(ids[:LOOKED_AT], len(ids) - len(ids[:LOOKED_AT])) for ids in ids_of]
        else:
            groups = _exact(model, names, by, at)
        for number, (ids, more) in enumerate(groups):
            left = _not_told_apart(ids, apart)
            if len(left) > 1:
                found.append((left[:SHOWN], more + max(0, len(left) - SHOWN)))
            if len(found) == PER_PAGE:
                return Page(_groups(model, found, names, by), start + step * PER_PAGE + number + 1)
        if len(groups) < PER_PAGE:
            return Page(_groups(model, found, names, by), None)
    return Page(_groups(model, found, names, by), start + MOST_PAGES * PER_PAGE)


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


def _groups(model: type[Record], found: list[tuple[list[int], int]], names: list[str], by: Actor) -> list[Group]:
    """The records of all groups at once, each group in the order of their ids."""
    ids = [record_id for some, _ in found for record_id in some]
    known = {one.id: one for one in visible(model, by).where(model.id.in_(ids))} if ids else {}
    reached = reach.of(list(known.values())) if {"email", "phone"} & set(names) else {}
    groups = []
    for some, more in found:
        records = [known[record_id] for record_id in sorted(some) if record_id in known]
        shared = {name: _shared(name, records, reached) or _main(name, records[0]) for name in names} if records else {}
        groups.append(Group(records, {name: value for name, value in shared.items() if value}, more))
    return groups


def _main(name: str, record: Any) -> str:
    if name == "phone":
        return next((getattr(record, one) for one in PHONES if getattr(record, one)), "")
    return getattr(record, "full_name" if name == "name" else name, "")


def _shared(name: str, records: list[Any], reached: dict[int | None, Reach]) -> str:
    """The e-mail or phone that all of them have, wherever it stands."""
    if name not in ("email", "phone"):
        return ""
    reaches = [reached[record.id] for record in records]
    ways = [one.emails if name == "email" else one.numbers for one in reaches]
    same = next((one for one in ways[0] if all(one in others for others in ways[1:])), "")
    written = (getattr(record, one) for record in records for one in ((name,) if name == "email" else PHONES))
    return next((one for one in written if same and (one.lower() if name == "email" else tail(one)) == same), same)


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
    """id and key of every visible record; where phones or e-mails are compared, once for each that it has."""
    query: ModelSelect | None = None
    for sources in product(*(_sources(model, name) for name in names)):
        parts: list[Any] = [part for source in sources for part in (Value(MARK), source.text)]
        key: Any = parts[1]
        for part in parts[2:]:
            key = key.concat(part)
        rows = visible(model, by).select(model.id.alias("id"), key.alias("key"))
        for source in sources:
            if source.point is not None:
                rows = rows.join_from(model, source.point, on=source.when)
            elif source.when is not None:
                rows = rows.where(source.when)
        query = rows if query is None else query.union_all(rows)
    assert query is not None
    return query.alias("keyed")


def _sources(model: type[Record], name: str) -> list[Source]:
    """What must be equal: names blind to case and accents, phones in any format, other texts blind to case."""
    fields = model._meta.fields
    if name == "name":
        return [Source(fields["sort_name"])]
    if name not in ("email", "phone"):
        return [Source(_lower(fields[name]))]
    compared, kinds = (_lower, ("email",)) if name == "email" else (_tail, reach.PHONE_POINTS)
    first, *others = [fields[one] for one in (PHONES if name == "phone" else ("email",))]
    point = ContactPoint.alias()
    hangs = (point.about == model.concept) & (point.about_id == model.id) & point.kind.in_(kinds)
    hangs &= point.deleted_at.is_null()
    # A record with none at all counts once, with its first column: in other fields it may still be the same.
    none = ~fn.EXISTS(point.select(point.id).where(hangs))
    for column in others:
        none &= column == ""
    joined = Source(compared(point.value), hangs, point)
    return [Source(compared(first), (first != "") | none), *(Source(compared(o), o != "") for o in others), joined]


def _lower(column: Any) -> Any:
    return fn.LOWER(fn.TRIM(column))


def _tail(column: Any) -> Any:
    """The last digits of a number, which are the same with and without country code."""
    if not is_sqlite():
        return fn.RIGHT(fn.REGEXP_REPLACE(column, r"\D", "", "g"), TAIL)
    bare = column
    for sign in " +().-/\u00a0\u202f":
        bare = fn.REPLACE(bare, sign, "")
    return fn.SUBSTR(bare, -TAIL)
