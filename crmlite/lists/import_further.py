"""What a row of a file says beyond one value for each field: further ways to reach somebody, addresses, a picture."""

import base64
import binascii
import io
import re
from typing import Any, NamedTuple

from crmlite.models.addresses import PARTS, Address
from crmlite.models.base import Record
from crmlite.models.contact_points import MAIN_COLUMNS, ContactPoint, same
from crmlite.models.documents import Document
from crmlite.rules import documents, hanging, import_reading
from crmlite.rules.access import Actor, visible
from crmlite.rules.documents import Sent

# Field of the file -> the kind of contact point that each of its values becomes.
POINTS = {
    "further_phones": "phone", "further_mobiles": "mobile", "further_faxes": "fax", "further_emails": "email",
    "further_websites": "website",
}  # fmt: skip
LABELS = {
    "further_phones": "Further phones", "further_mobiles": "Further mobiles", "further_faxes": "Further faxes",
    "further_emails": "Further e-mails", "further_websites": "Further websites",
    "further_addresses": "Further addresses", "picture": "Picture",
}  # fmt: skip
WORDS = {kind: LABELS[name] for name, kind in POINTS.items()}
KINDS = {column: kind for kind, column in MAIN_COLUMNS.items()}
SEVERAL = (*KINDS, *POINTS, "further_addresses")  # fields that more than one column may go to
BETWEEN = re.compile(r"\s*(?:;|:::|\n)\s*")
FOR = re.compile(r"([^\W\d][\w ]{1,38}): +(.+)")
BEGINNINGS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF")
Place = tuple[str, tuple[str, ...]]


class Further(NamedTuple):
    """`points` are kind, use and value; `places` use and the parts of an address; `picture` is base64."""

    points: tuple[tuple[str, str, str], ...] = ()
    places: tuple[Place, ...] = ()
    picture: str = ""

    def __bool__(self) -> bool:
        return bool(self.points or self.places or self.picture)


class Present(NamedTuple):
    """What hangs on some records already, by their ids."""

    points: dict[int, set[tuple[str, str]]]
    places: dict[int, set[tuple[str, ...]]]
    pictured: set[int]


def read(cells: dict[str, list[str]], problems: list[str]) -> Further:
    """Takes what is further out of the `cells` of a row and leaves one value for each field; what is unsound is told
    in `problems`."""
    points: list[tuple[str, str, str]] = []
    for name, kind in KINDS.items():
        values = [one for cell in cells.pop(name, []) for one in BETWEEN.split(cell) if one]
        if values:
            cells[name] = values[:1]
            points += [(kind, "", value) for value in values[1:]]
    for name, kind in POINTS.items():
        values = [one for cell in cells.pop(name, []) for one in BETWEEN.split(cell) if one]
        points += [(kind, *_used(one)) for one in values]
    lines = [one for cell in cells.pop("further_addresses", []) for one in cell.split("\n") if one.strip()]
    places = [_place(one) for one in lines]
    picture = "".join(cells.pop("picture", []))
    for kind, use, value in points:
        found = ContactPoint(kind=kind, use=use, value=value).problems().values()
        problems += [f"{WORDS[kind]} “{value[:80]}”: {sentence}" for sentence in found]
    for use, parts in places:
        if len(parts) > len(PARTS):
            problems.append("Further addresses: please write street | postcode | city | region | country.")
        else:
            problems += Address(use=use, **dict(zip(PARTS, parts, strict=True))).problems().values()
    if picture and not _is_picture(picture):
        problems.append("Picture: this cannot be read as one. Choose “Do not import” for the column to leave it out.")
    return Further(tuple(dict.fromkeys(points)), tuple(dict.fromkeys(places)), picture)


def present(concept: str, ids: list[int], by: Actor) -> Present:
    found = Present({}, {}, set())
    if not ids:
        return found
    for point in _hanging(ContactPoint, concept, ids, by):
        found.points.setdefault(point.about_id, set()).add(same(point.kind, point.value))
    for place in _hanging(Address, concept, ids, by):
        found.places.setdefault(place.about_id, set()).add(_bare(place))
    pictures = _hanging(Document, concept, ids, by).where(Document.kind == "picture")
    found.pictured.update(picture.about_id for picture in pictures)
    return found


def missing(further: Further, record: Record, there: Present) -> Further:
    """What of it the record, as it is going to be, does not have yet. A picture that it has stays."""
    known = {same(kind, value) for kind, name in MAIN_COLUMNS.items() if (value := getattr(record, name))}
    known |= there.points.get(record.id, set())
    points = []
    for kind, use, value in further.points:
        if same(kind, value) not in known:
            known.add(same(kind, value))
            points.append((kind, use, value))
    standing = {_bare(record), *there.places.get(record.id, set())}
    places = [one for one in further.places if tuple(part.lower() for part in one[1]) not in standing]
    return Further(tuple(points), tuple(places), "" if record.id in there.pictured else further.picture)


def add(record: Record, further: Further, by: Actor) -> None:
    """Write it. Raises Refused."""
    for kind, use, value in further.points:
        hanging.add(ContactPoint, record, {"kind": kind, "use": use, "value": value}, by)
    for use, parts in further.places:
        hanging.add(Address, record, {"use": use, **dict(zip(PARTS, parts, strict=True))}, by)
    if further.picture:
        sent = Sent("picture", io.BytesIO(base64.b64decode(further.picture)))
        documents.put_picture(record, sent, import_reading.LARGEST, by)


def told(further: Further) -> list[str]:
    """In words, for the dry run."""
    found = [value for _, _, value in further.points]
    found += [", ".join(filter(None, parts)) for _, parts in further.places]
    return [*found, *(["a picture"] if further.picture else [])]


def _used(text: str) -> tuple[str, str]:
    """“home: +33 4 72 10 48 81” -> use and value."""
    told_for = FOR.fullmatch(text)
    return (told_for[1].lower(), told_for[2].strip()) if told_for else ("", text)


def _place(text: str) -> Place:
    use, rest = _used(text.strip())
    parts = [" ".join(part.split()) for part in rest.split("|")]
    return use, (*parts, *[""] * (len(PARTS) - len(parts)))


def _is_picture(text: str) -> bool:
    try:
        return base64.b64decode(text, validate=True).startswith(BEGINNINGS)
    except (binascii.Error, ValueError):
        return False


def _hanging(model: Any, concept: str, ids: list[int], by: Actor) -> Any:
    return visible(model, by).where((model.about == concept) & model.about_id.in_(ids))


def _bare(place: Any) -> tuple[str, ...]:
    return tuple(getattr(place, name).lower() for name in PARTS)
