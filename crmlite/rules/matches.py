"""Who a lead may be already: customers and contacts with the same e-mail, phone or name."""

from typing import Any, NamedTuple

from crmlite.models.base import fold
from crmlite.models.contacts import Contact
from crmlite.models.leads import Lead
from crmlite.models.partners import Partner
from crmlite.models.people import PHONES, digits
from crmlite.rules import search
from crmlite.rules.access import Actor, look, visible

MOST = 5
BEFORE, EMAIL, PHONE, NAME, SIMILAR = "became this before", "same e-mail", "same phone", "same name", "similar name"
STRONG = (BEFORE, EMAIL, PHONE)


class Match(NamedTuple):
    """`record` is a partner or a contact, `why` a word of this module, `via` the contact that led to the customer."""

    record: Any
    why: str
    via: str = ""

    @property
    def is_strong(self) -> bool:
        return self.why in STRONG


def likely_contacts(lead: Lead, by: Actor) -> list[Match]:
    """Contacts with the lead's e-mail, phone or name, the surest first."""
    found = _same_reach(Contact, lead, by)
    if lead.contact_id and (before := look(Contact, lead.contact_id, by)):
        found.insert(0, Match(before, BEFORE))
    named = visible(Contact, by).where(Contact.sort_name == lead.sort_name).order_by(Contact.id).limit(MOST)
    return _first(found + [Match(contact, NAME) for contact in named])


def likely_partners(lead: Lead, people: list[Match], by: Actor) -> list[Match]:
    """Customers with the lead's e-mail, phone, company or own name, and those of the likely contacts `people` that
    share an e-mail or a phone; the surest first."""
    found = _same_reach(Partner, lead, by)
    if lead.partner_id and (before := look(Partner, lead.partner_id, by)):
        found.insert(0, Match(before, BEFORE))
    for match in people:
        partner_id = match.record.partner_id
        if match.why in (EMAIL, PHONE) and partner_id and (partner := look(Partner, partner_id, by)):
            found.append(Match(partner, match.why, match.record.label))
    return _first(found + _same_name(lead, by))


def _same_reach(model: Any, lead: Lead, by: Actor) -> list[Match]:
    """The index finds both in any format; here they are compared as wholes."""
    found = []
    if lead.email:
        found += [
            Match(record, EMAIL)
            for record in _indexed(model, lead.email, by)
            if record.email.lower() == lead.email.lower()
        ]
    numbers = _numbers(lead)
    for number in sorted(numbers):
        found += [Match(record, PHONE) for record in _indexed(model, number, by) if number in _numbers(record)]
    return found


def _same_name(lead: Lead, by: Actor) -> list[Match]:
    names = [name for name in (fold(lead.company), lead.sort_name) if name]
    same = visible(Partner, by).where(Partner.sort_name.in_(names)).order_by(Partner.id).limit(MOST)
    found = [Match(partner, NAME) for partner in same]
    if lead.company:
        found += [Match(partner, SIMILAR) for partner in _indexed(Partner, lead.company, by)]
    return found


def _indexed(model: Any, text: str, by: Actor) -> list[Any]:
    ids = search.matching_ids(model.concept, text)
    return list(visible(model, by).where(model.id.in_(ids)).order_by(model.id).limit(4 * MOST)) if ids else []


def _numbers(record: Any) -> set[str]:
    return {number for name in PHONES if (number := digits(getattr(record, name)))}


def _first(found: list[Match]) -> list[Match]:
    """Each record once, with its first reason."""
    by_id: dict[int, Match] = {}
    for match in found:
        by_id.setdefault(match.record.id, match)
    return list(by_id.values())[:MOST]
