"""By what somebody is found and known: their e-mails and phones, the main and the further ones, and the cities of
their addresses; a quote by its customer."""

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from peewee import Expression, ModelSelect, fn

from crmlite.models.addresses import Address
from crmlite.models.base import Record
from crmlite.models.contact_points import ContactPoint
from crmlite.models.contacts import Contact
from crmlite.models.leads import Lead
from crmlite.models.partners import Partner
from crmlite.models.people import PHONES, tail
from crmlite.models.quotes import Quote
from crmlite.models.statements import statement

PHONE_POINTS = ("phone", "mobile", "fax")
REACHED: dict[str, type[Record]] = {"lead": Lead, "partner": Partner, "contact": Contact}


class Reach(NamedTuple):
    """E-mails in lower case and the last digits of phones, the main ones first."""

    emails: tuple[str, ...]
    numbers: tuple[str, ...]


def of(records: list[Any]) -> dict[int | None, Reach]:
    """Id -> by what somebody is reached; the records are of one concept. One that is only being typed has no id."""
    points: dict[int, list[tuple[str, str]]] = {}
    if any(record.id for record in records):
        kinds = ContactPoint.kind.in_(["email", *PHONE_POINTS])
        query = ContactPoint.select().where(_of(ContactPoint, records) & kinds)
        for point in query.order_by(ContactPoint.position, ContactPoint.id):
            points.setdefault(point.about_id, []).append((point.kind, point.value))
    return {record.id: with_points(record, points.get(record.id, [])) for record in records}


def with_points(record: Any, points: Collection[tuple[str, str]]) -> Reach:
    """By what somebody with these further ones, as kind and value, is reached."""
    emails = [record.email, *(value for kind, value in points if kind == "email")]
    numbers = [getattr(record, name) for name in PHONES] + [value for kind, value in points if kind in PHONE_POINTS]
    return Reach(_once(email.lower() for email in emails), _once(tail(number) for number in numbers))


def has_email(model: Any, emails: Collection[str]) -> Expression:
    """Whose main or a further e-mail is one of these, which are in lower case."""
    ids = sorted({point.about_id for point in _email_points(model, emails)})
    main = fn.LOWER(model.email).in_(list(emails))
    return main | model.id.in_(ids) if ids else main


def by_email(model: Any, emails: Collection[str]) -> dict[str, int]:
    """E-mail in lower case -> the id of the oldest record with it, of all there are; a main one goes first."""
    main = fn.LOWER(model.email)
    rows = model.select(main, model.id).where(main.in_(list(emails)) & model.deleted_at.is_null())
    further = ((point.value.lower(), point.about_id) for point in _email_points(model, emails))
    found: dict[str, int] = {}
    for email, record_id in [*rows.order_by(model.id).tuples(), *further]:
        found.setdefault(email, record_id)
    return found


def search_texts(records: list[Record]) -> dict[int, str]:
    """Id -> the words that these rows add to those of their record; the records are of one concept."""
    if records and records[0].concept == "quote":
        return _customers([record.id for record in records])
    if not records or records[0].concept not in REACHED:
        return {}
    found: dict[int, list[str]] = {}
    ids = [record.id for record in records]
    for point in _hanging(ContactPoint, records[0].concept, ids=ids):
        found.setdefault(point.about_id, []).append(point.found_by())
    for address in _hanging(Address, records[0].concept, ids=ids):
        found.setdefault(address.about_id, []).append(address.city)
    return {record_id: " ".join(words) for record_id, words in found.items()}


@statement
def _hanging(model: type[ContactPoint] | type[Address], concept: str, ids: Any) -> ModelSelect:
    """Asked with every write, so its text is made once."""
    theirs = (model.about == concept) & model.about_id.in_(ids) & model.deleted_at.is_null()
    return model.select().where(theirs).order_by(model.id)


def touched(record: Record, before: dict[str, Any], after: dict[str, Any]) -> list[Record]:
    """The records whose search rows a change of `record` touches: itself or the one that it hangs on, and the quotes
    of a customer or contact that is called otherwise now."""
    found = [_found_by(record)]
    if before and isinstance(record, Partner | Contact) and before["full_name"] != after["full_name"]:
        named = Quote._meta.fields[record.concept] == record.id
        found += list(Quote.select().where(named & Quote.deleted_at.is_null()))
    return found


def _found_by(record: Record) -> Record:
    if isinstance(record, ContactPoint | Address):
        owner = REACHED[record.about]
        return owner.get_or_none(owner.id == record.about_id) or record
    return record


def _email_points(model: Any, emails: Collection[str]) -> ModelSelect:
    theirs = (ContactPoint.about == model.concept) & (ContactPoint.kind == "email") & ContactPoint.deleted_at.is_null()
    same = fn.LOWER(ContactPoint.value).in_(list(emails))
    return ContactPoint.select().where(theirs & same).order_by(ContactPoint.id)


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, texts)))


def _customers(ids: list[int]) -> dict[int, str]:
    """Quotes are found by their customer and contact too."""
    named = (
        Quote.select(Quote.id, Partner.full_name, Contact.full_name)
        .left_outer_join(Partner, on=Quote.partner == Partner.id)
        .switch(Quote)
        .left_outer_join(Contact, on=Quote.contact == Contact.id)
        .where(Quote.id.in_(ids))
    )
    return {quote_id: " ".join(filter(None, names)) for quote_id, *names in named.tuples()}


def _of(model: type[ContactPoint] | type[Address], records: list[Record]) -> object:
    ids = [record.id for record in records]
    return (model.about == records[0].concept) & model.about_id.in_(ids) & model.deleted_at.is_null()
