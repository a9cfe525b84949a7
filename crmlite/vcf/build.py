"""Facts -> lines of a card (RFC 2426 and 6350)."""

import base64
import re
from collections.abc import Iterable

from crmlite.ics.spelling import folded
from crmlite.vcf.facts import Facts, Place, Way

CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f]")
WAY_TYPES = {"phone": ("VOICE",), "mobile": ("CELL",), "fax": ("FAX",), "email": ()}
USE_TYPES = {"home": "HOME", "work": "WORK", "office": "WORK"}


def build(facts: Facts, uid: str, photo: bytes = b"", version: str = "3.0", more: tuple[str, ...] = ()) -> str:
    """The text of a card; `photo` is a JPEG, `more` are further lines."""
    lines = ["BEGIN:VCARD", f"VERSION:{version}", "PRODID:-//crmlite//EN", f"UID:{uid}"]
    if facts.is_company:
        lines += [structured("N", facts.name, "", "", "", ""), line("FN", facts.name)]
        lines.append("KIND:org" if version == "4.0" else "X-ABSHOWAS:COMPANY")
    else:
        lines += [structured("N", facts.name, facts.first_name, "", facts.title, ""), line("FN", facts.full_name)]
    lines += org_lines(facts)
    if facts.job_title:
        lines.append(line("TITLE", facts.job_title))
    for number, said in enumerate((*facts.ways, *facts.places), start=1):
        lines += way_lines(said, number, version) if isinstance(said, Way) else place_lines(said, number, version)
    if photo:
        lines.append(photo_line(photo, version))
    if facts.note:
        lines.append(line("NOTE", facts.note))
    if facts.wishes:
        lines.append(f"CATEGORIES:{','.join(escaped(word) for word in facts.wishes)}")
    return "".join(folded(one, "\r\n") for one in [*lines, *more, "END:VCARD"])


def group(name: str, uid: str, cards: Iterable[str]) -> str:
    """A group as Apple's programs and those after them know it; `cards` are the UIDs of what is in it."""
    lines = ["BEGIN:VCARD", "VERSION:3.0", "PRODID:-//crmlite//EN", f"UID:{uid}"]
    lines += [structured("N", name, "", "", "", ""), line("FN", name), "X-ADDRESSBOOKSERVER-KIND:group"]
    lines += [line("X-ADDRESSBOOKSERVER-MEMBER", f"urn:uuid:{one.removeprefix('urn:uuid:')}") for one in cards]
    return "".join(folded(one, "\r\n") for one in [*lines, "END:VCARD"])


def org_lines(facts: Facts) -> list[str]:
    company = facts.name if facts.is_company else facts.company
    if not (company or facts.department):
        return []
    return [structured("ORG", company, *filter(None, [facts.department]))]


def way_lines(way: Way, number: int, version: str = "3.0") -> list[str]:
    """Its line, and where the format has no word for its use a second one that says it, as address books do."""
    if way.kind == "website":
        url = way.value if "://" in way.value else f"https://{way.value}"
        return labelled("URL:" + CONTROLS.sub("", url).replace("\n", ""), way.use, number)
    words = (*((USE_TYPES[way.use],) if way.use in USE_TYPES else ()), *WAY_TYPES[way.kind])
    if way.kind == "email" and version == "3.0":
        words = ("INTERNET", *words)
    head = f"{'EMAIL' if way.kind == 'email' else 'TEL'}{_typed(words, version)}"
    return labelled(line(head, way.value), way.use, number)


def place_lines(place: Place, number: int, version: str = "3.0") -> list[str]:
    words = (USE_TYPES[place.use],) if place.use in USE_TYPES else ()
    return labelled(structured(f"ADR{_typed(words, version)}", "", "", *place[1:]), place.use, number)


def labelled(said: str, use: str, number: int) -> list[str]:
    if not use or use in USE_TYPES:
        return [said]
    return [f"item{number}.{said}", line(f"item{number}.X-ABLabel", use)]


def photo_line(photo: bytes, version: str = "3.0") -> str:
    head = "PHOTO;ENCODING=b;TYPE=JPEG:" if version == "3.0" else "PHOTO:data:image/jpeg;base64,"
    return head + base64.b64encode(photo).decode()


def structured(name: str, *parts: str) -> str:
    return f"{name}:{';'.join(escaped(part) for part in parts)}"


def line(name: str, value: str) -> str:
    return f"{name}:{escaped(value)}"


def escaped(text: str) -> str:
    text = CONTROLS.sub("", text.replace("\r\n", "\n").replace("\t", " "))
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _typed(words: tuple[str, ...], version: str) -> str:
    if not words:
        return ""
    said = ",".join(words)
    if version == "3.0":
        return f";TYPE={said}"
    return f';TYPE="{said.lower()}"' if "," in said else f";TYPE={said.lower()}"
