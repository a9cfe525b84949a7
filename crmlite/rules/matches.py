"""Who a record may be already: others with the same e-mail, phone or name."""

from typing import Any, NamedTuple

from crmlite.models.base import fold
from crmlite.models.contacts import Contact
from crmlite.models.leads import Lead
from crmlite.models.merges import Distinction
from crmlite.models.partners import Partner
from crmlite.rules import reach, search
from crmlite.rules.access import Actor, look, visible

MOST = 5
BEFORE, EMAIL, PHONE, NAME, SIMILAR = "became this before", "same e-mail", "same phone", "same name", "similar name"
STRONG = (BEFORE, EMAIL, PHONE)


class Match(NamedTuple):
    """`record` is the one it may be, `why` a word of this module, `via` the contact that led to the customer."""

    record: Any
    why: str
    via: str = ""

    @property
    def is_strong(self) -> bool:
        return self.why in STRONG


def lookalikes(record: Any, by: Actor) -> list[Match]:
    """Others of its concept with the e-mail, a phone or the name of a record, or a similar name; the surest first.
    It may be one that is only being typed. Those told apart from it are left out."""
    model = type(record)
    found = _same_reach(model, record, by)
    if record.sort_name:
        named = visible(model, by).where(model.sort_name == record.sort_name).order_by(model.id).limit(2 * MOST)
        found += [Match(other, NAME) for other in named]
        # Two letters begin too many names.
        if len(record.full_name) > 2:
            found += [Match(other, SIMILAR) for other in _indexed(model, record.full_name, by)]
    apart = _told_apart(record)
    return _first([match for match in found if match.record.id != record.id and match.record.id not in apart])


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


def _told_apart(record: Any) -> set[int]:
    if record.id is None:
        return set()
    pair = (Distinction.low == record.id) | (Distinction.high == record.id)
    mine = (Distinction.about == record.concept) & pair & Distinction.deleted_at.is_null()
    pairs = Distinction.select(Distinction.low, Distinction.high).where(mine).tuples()
    return {one for pair in pairs for one in pair} - {record.id}


def _same_reach(model: Any, record: Any, by: Actor) -> list[Match]:
    """The main ones and the further ones of both count alike."""
    mine, found = reach.of([record])[record.id], []
    if mine.emails:
        same = visible(model, by).where(reach.has_email(model, mine.emails))
        found += [Match(other, EMAIL) for other in same.order_by(model.id).limit(4 * MOST)]
    if mine.numbers:
        others = _by_ids(model, search.numbered(model.concept, mine.numbers), by)
        theirs = reach.of(others)
        found += [Match(other, PHONE) for other in others if set(theirs[other.id].numbers) & set(mine.numbers)]
    return found


def _same_name(lead: Lead, by: Actor) -> list[Match]:
    names = [name for name in (fold(lead.company), lead.sort_name) if name]
    same = visible(Partner, by).where(Partner.sort_name.in_(names)).order_by(Partner.id).limit(MOST)
    found = [Match(partner, NAME) for partner in same]
    if lead.company:
        found += [Match(partner, SIMILAR) for partner in _indexed(Partner, lead.company, by)]
    return found


def _indexed(model: Any, text: str, by: Actor) -> list[Any]:
    return _by_ids(model, search.matching_ids(model.concept, text), by)


def _by_ids(model: Any, ids: list[int], by: Actor) -> list[Any]:
    return list(visible(model, by).where(model.id.in_(ids)).order_by(model.id).limit(4 * MOST)) if ids else []


def _first(found: list[Match]) -> list[Match]:
    """Each record once, with its first reason."""
    by_id: dict[int, Match] = {}
    for match in found:
        by_id.setdefault(match.record.id, match)
    return list(by_id.values())[:MOST]
