"""People and companies as vCards (RFC 2426 and 6350), for address books."""

import io
import uuid
from collections.abc import Iterator
from typing import Any

from crmlite.ics.spelling import folded
from crmlite.lists import query
from crmlite.lists.kinds import names
from crmlite.lists.reader import Reader
from crmlite.lists.spec import ListSpec
from crmlite.models.addresses import Address
from crmlite.models.contact_points import ContactPoint
from crmlite.models.people import TITLES
from crmlite.rules import documents, images
from crmlite.rules.access import visible
from crmlite.vcf.build import CONTROLS, labelled, photo_line, structured
from crmlite.vcf.build import line as line_of

VERSIONS = ("3.0", "4.0")
AT_ONCE = 500
MAKER = uuid.UUID("6f2b5f0e-6a57-4d0c-9a7a-3f8f3f1c5b21")
POINT_TYPES = {"phone": ("VOICE",), "mobile": ("CELL",), "fax": ("FAX",), "email": ()}
WISHES = {"do_not_call": "No calls", "do_not_email": "No e-mails"}
USE_TYPES = {"home": ("HOME",), "work": ("WORK",), "office": ("WORK",)}
PHONES = (("phone", "WORK,VOICE"), ("mobile_phone", "CELL"), ("fax", "WORK,FAX"))


def cards(spec: ListSpec, asked: query.Wish, to: Reader, version: str = "3.0") -> Iterator[str]:
    """The cards of all that the list shows."""
    ids = query.ids(spec, asked, to, 10**6)
    for start in range(0, len(ids), AT_ONCE):
        wanted = ids[start : start + AT_ONCE]
        found = {one.id: one for one in visible(spec.model, to.by).where(spec.model.id.in_(wanted))}
        records = [found[one] for one in wanted if one in found]
        companies, further = _companies(records, to), _further(spec.concept, wanted, to, version)
        yield "".join(_card(one, companies, further.get(one.id, []), to, version) for one in records)


def card(record: Any, to: Reader, version: str = "3.0") -> str:
    """One card."""
    further = _further(record.concept, [record.id], to, version)
    return _card(record, _companies([record], to), further.get(record.id, []), to, version)


def _companies(records: list[Any], to: Reader) -> dict[int, str]:
    """Names of the companies that contacts are at, as far as the reader may see them."""
    ids = {r.partner_id for r in records if r.concept == "contact" and r.partner_id}
    return names("partner", ids, to)


def _further(concept: str, ids: list[int], to: Reader, version: str) -> dict[int, list[str]]:
    """Record id -> the lines of its further numbers and addresses."""
    found: dict[int, list[str]] = {}
    for point in _hanging(ContactPoint, concept, ids, to):
        lines = found.setdefault(point.about_id, [])
        if point.kind == "website":
            line = _url(point.value)
        else:
            kinds = POINT_TYPES[point.kind] + USE_TYPES.get(point.use, ())
            kinds = ("INTERNET", *kinds) if point.kind == "email" and version == "3.0" else kinds
            types = f";TYPE={_types(','.join(kinds), version)}" if kinds else ""
            line = line_of(f"{'EMAIL' if point.kind == 'email' else 'TEL'}{types}", point.value)
        lines += labelled(line, point.use, len(lines) + 1)
    for place in _hanging(Address, concept, ids, to):
        lines = found.setdefault(place.about_id, [])
        types = "".join(f";TYPE={_types(one, version)}" for one in USE_TYPES.get(place.use, ()))
        parts = (place.street, place.city, place.region, place.postcode, place.country)
        lines += labelled(structured(f"ADR{types}", "", "", *parts), place.use, len(lines) + 1)
    for record_id, picture in documents.pictures_of(concept, ids, to.by).items():
        photo = photo_line(images.jpeg(io.BytesIO(picture)), version)
        found.setdefault(record_id, []).append(photo)
    return found


def _hanging(model: Any, concept: str, ids: list[int], to: Reader) -> list[Any]:
    theirs = (model.about == concept) & model.about_id.in_(ids)
    return list(visible(model, to.by).where(theirs).order_by(model.id))


def _card(record: Any, companies: dict[int, str], further: list[str], to: Reader, version: str) -> str:
    is_company = getattr(record, "kind", "") == "company"
    lines = ["BEGIN:VCARD", f"VERSION:{version}", "PRODID:-//crmlite//EN", f"UID:{_uid(record)}"]
    if is_company:
        lines += [structured("N", record.name, "", "", "", ""), line_of("FN", record.name)]
        lines.append("KIND:org" if version == "4.0" else "X-ABSHOWAS:COMPANY")
    else:
        title = TITLES.get(record.title, "")
        lines += [structured("N", record.name, record.first_name, "", title, ""), line_of("FN", record.full_name)]
    lines += _work(record, companies, to, is_company)
    for name, types in PHONES:
        if value := getattr(record, name):
            lines.append(line_of(f"TEL;TYPE={_types(types, version)}", value))
    if record.email:
        lines.append(line_of(f"EMAIL;TYPE={_email_types(version)}", record.email))
    place = (record.street, record.city, record.region, record.postcode, record.country)
    if any(place):
        lines.append(structured(f"ADR;TYPE={_types('WORK', version)}", "", "", *place))
    if record.website:
        lines.append(_url(record.website))
    lines += further
    if record.description:
        lines.append(line_of("NOTE", record.description))
    wishes = [word for name, word in WISHES.items() if getattr(record, name)]
    if wishes:
        lines.append(f"CATEGORIES:{','.join(wishes)}")
    lines += [f"REV:{record.updated_at:%Y%m%dT%H%M%SZ}", "END:VCARD"]
    return "".join(folded(line, "\r\n") for line in lines)


def _work(record: Any, companies: dict[int, str], to: Reader, is_company: bool) -> list[str]:
    if is_company:
        company = record.name
    elif record.concept == "contact":
        company = companies.get(record.partner_id or 0, "")
    else:
        company = getattr(record, "company", "")
    found = []
    if company or record.department:
        found.append(structured("ORG", company, *filter(None, [record.department])))
    if title := to.directory.choice_name(record.job_title_id) if record.job_title_id else "":
        found.append(line_of("TITLE", title))
    return found


def _uid(record: Any) -> str:
    """The same at every export, and another for the twelfth contact of another house."""
    return uuid.uuid5(MAKER, f"{record.concept} {record.id} {record.created_at.isoformat()}").urn


def _email_types(version: str) -> str:
    return "work" if version == "4.0" else "INTERNET,WORK"


def _url(website: str) -> str:
    url = website if "://" in website else f"https://{website}"
    return "URL:" + CONTROLS.sub("", url).replace("\n", "")


def _types(types: str, version: str) -> str:
    return types if version == "3.0" else f'"{types.lower()}"' if "," in types else types.lower()
