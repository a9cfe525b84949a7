"""What hangs on a record and adds to how it is found: further ways to reach somebody, further addresses."""

from crmlite.models.addresses import Address
from crmlite.models.base import Record
from crmlite.models.contact_points import ContactPoint
from crmlite.models.contacts import Contact
from crmlite.models.leads import Lead
from crmlite.models.partners import Partner

REACHED: dict[str, type[Record]] = {"lead": Lead, "partner": Partner, "contact": Contact}


def search_texts(records: list[Record]) -> dict[int, str]:
    """Id -> the words that these rows add to those of their record; the records are of one concept."""
    if not records or records[0].concept not in REACHED:
        return {}
    found: dict[int, list[str]] = {}
    for point in ContactPoint.select().where(_of(ContactPoint, records)).order_by(ContactPoint.id):
        found.setdefault(point.about_id, []).append(point.found_by())
    cities = Address.select(Address.about_id, Address.city).where(_of(Address, records)).order_by(Address.id)
    for record_id, city in cities.tuples():
        found.setdefault(record_id, []).append(city)
    return {record_id: " ".join(words) for record_id, words in found.items()}


def found_by(record: Record) -> Record:
    """The record whose search row a change of `record` touches: itself, or the one that it hangs on."""
    if isinstance(record, ContactPoint | Address):
        owner = REACHED[record.about]
        return owner.get_or_none(owner.id == record.about_id) or record
    return record


def _of(model: type[ContactPoint] | type[Address], records: list[Record]) -> object:
    ids = [record.id for record in records]
    return (model.about == records[0].concept) & model.about_id.in_(ids) & model.deleted_at.is_null()
