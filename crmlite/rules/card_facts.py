"""Customers and contacts in the terms of cards, and what of a card this program can hold."""

from collections.abc import Iterable
from typing import Any

from crmlite.models.addresses import Address
from crmlite.models.base import fold
from crmlite.models.contact_points import MAIN_COLUMNS, ContactPoint
from crmlite.models.documents import Document
from crmlite.models.partners import Partner
from crmlite.models.people import EMAIL, TITLES, WEBSITE, phone_problem
from crmlite.rules import directory
from crmlite.rules.access import Actor, visible
from crmlite.vcf.facts import PARTS, Facts, Place, Way

WISHES = {"do_not_call": "No calls", "do_not_email": "No e-mails"}
MAIN_USES = {"phone": "work", "mobile": "", "fax": "work", "email": "work", "website": ""}
MAIN_PLACE = "office"
LONGEST = {"phone": 40, "mobile": 40, "fax": 40, "email": 200, "website": 300}
LONGEST_PARTS = {"street": 300, "city": 120, "region": 120, "postcode": 20, "country": 60}
AT_ONCE = 500
Companies = dict[int, tuple[str, int | None]]  # id -> name and category
NOWHERE = ("", None)


def of(records: list[Any], by: Actor) -> dict[int, Facts]:
    """Id -> what its card says to this actor; the records are of one concept: contacts, partners or leads."""
    if not records:
        return {}
    concept, ids = records[0].concept, [record.id for record in records]
    companies = _companies(records, by)
    ways: dict[int, list[Way]] = {}
    for point in _hanging(ContactPoint, concept, ids):
        ways.setdefault(point.about_id, []).append(Way(point.kind, point.use, point.value))
    places: dict[int, list[Place]] = {}
    for one in _hanging(Address, concept, ids):
        places.setdefault(one.about_id, []).append(Place(one.use, *(getattr(one, part) for part in PARTS)))
    pictures = {one.about_id: one.digest for one in _hanging(Document, concept, ids) if one.kind == "picture"}
    now = directory.current()
    return {
        one.id: _facts(one, now, companies, ways.get(one.id, []), places.get(one.id, []), pictures.get(one.id, ""))
        for one in records
    }


def main_way(kind: str, value: str) -> Way:
    return Way(kind, MAIN_USES[kind], value)


def fitting(facts: Facts) -> Facts:
    """Without what this program has no room for: numbers that are none, titles and categories of their own. It stays in
    the text of the card."""
    known = {fold(name).strip("."): name for name in TITLES.values()}
    return Facts(
        **{
            **facts.__dict__,
            "title": known.get(fold(facts.title).strip("."), ""),
            "ways": tuple(way for way in facts.ways if _fits(way)),
            "places": tuple(place for place in facts.places if _fits_place(place)),
            "wishes": tuple(word for word in WISHES.values() if word in facts.wishes),
        }
    )


def _facts(record: Any, now: Any, companies: Companies, ways: list, places: list, picture: str) -> Facts:
    is_company = getattr(record, "kind", "") == "company"
    main = [main_way(kind, value) for kind, column in MAIN_COLUMNS.items() if (value := getattr(record, column))]
    place = Place(MAIN_PLACE, *(getattr(record, part) for part in PARTS))
    team = now.teams.get(record.team_id)
    category = record.category_id if record.concept == "partner" else companies.get(_company_id(record), NOWHERE)[1]
    groups = (now.choice_name(category), team.name if team else "")
    wishes = [word for name, word in WISHES.items() if getattr(record, name)]
    return Facts(
        is_company=is_company,
        title=TITLES.get(record.title, ""),
        first_name=record.first_name,
        name=record.name,
        company=_company(record, companies),
        department=record.department,
        job_title=now.choice_name(record.job_title_id),
        note=record.description,
        ways=(*main, *ways),
        places=(*([place] if any(place[1:]) else []), *places),
        wishes=(*wishes, *filter(None, groups)),
        picture=picture,
    )


def _company(record: Any, companies: Companies) -> str:
    """Where a contact is; of a lead in its own words."""
    return companies.get(_company_id(record), NOWHERE)[0] or getattr(record, "company", "")


def _company_id(record: Any) -> int:
    return record.partner_id or 0 if record.concept == "contact" else 0


def _companies(records: list[Any], by: Actor) -> Companies:
    ids = sorted({one for record in records if (one := _company_id(record))})
    found: Companies = {}
    for start in range(0, len(ids), AT_ONCE):
        rows = visible(Partner, by).where(Partner.id.in_(ids[start : start + AT_ONCE]))
        columns = (Partner.id, Partner.full_name, Partner.category)
        found |= {one: (name, category) for one, name, category in rows.select(*columns).tuples()}
    return found


def _hanging(model: Any, concept: str, ids: list[int]) -> Iterable[Any]:
    """Whoever sees the records sees these."""
    for start in range(0, len(ids), AT_ONCE):
        theirs = (model.about == concept) & model.about_id.in_(ids[start : start + AT_ONCE])
        order = (model.position, model.id) if model is ContactPoint else (model.id,)
        yield from model.select().where(theirs & model.deleted_at.is_null()).order_by(*order)


def _fits(way: Way) -> bool:
    if len(way.value) > LONGEST[way.kind]:
        return False
    if way.kind == "email":
        return bool(EMAIL.fullmatch(way.value))
    return bool(WEBSITE.fullmatch(way.value)) if way.kind == "website" else not phone_problem(way.value)


def _fits_place(place: Place) -> bool:
    short = all(len(getattr(place, part)) <= most for part, most in LONGEST_PARTS.items())
    return short and bool(place.street or place.city)
