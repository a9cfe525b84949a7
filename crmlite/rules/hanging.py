"""What hangs on a record and adds to how it is found: further ways to reach somebody, further addresses."""

from crmlite.models.addresses import Address
from crmlite.models.base import Record
from crmlite.models.contact_points import ContactPoint
from crmlite.models.contacts import Contact
from crmlite.models.leads import Lead
from crmlite.models.partners import Partner

REACHED: dict[str, type[Record]] = {"lead": Lead, "partner": Partner, "contact": Contact}


def search_text(record: Record) -> str:
    """The words that these rows add to those of their record."""
    if record.concept not in REACHED:
        return ""
    points = ContactPoint.select().where(_of(ContactPoint, record))
    cities = Address.select(Address.city).where(_of(Address, record)).tuples()
    return " ".join([point.found_by() for point in points] + [city for (city,) in cities])


def found_by(record: Record) -> Record:
    """The record whose search row a change of `record` touches: itself, or the one that it hangs on."""
    if isinstance(record, ContactPoint | Address):
        owner = REACHED[record.about]
        return owner.get_or_none(owner.id == record.about_id) or record
    return record


def _of(model: type[ContactPoint] | type[Address], record: Record) -> object:
    return (model.about == record.concept) & (model.about_id == record.id) & model.deleted_at.is_null()
