"""The address of a customer as it stands on a document."""

from crmlite.models.addresses import Address
from crmlite.models.contacts import Contact
from crmlite.models.partners import Partner
from crmlite.rules import hanging
from crmlite.rules.access import Actor


def address_of(customer: Partner, contact: Contact | None, by: Actor) -> str:
    """Lines as on an envelope: the customer, the contact, street, town, country. One that is kept for invoices goes
    before the main one."""
    place = next((one for one in hanging.of(Address, customer, by) if one.is_invoicing), customer)
    person = contact.label if contact and contact.label != customer.label else ""
    town = " ".join(filter(None, (place.postcode, place.city)))
    return "\n".join(filter(None, (customer.label, person, place.street, town, place.region, place.country)))
