"""Cards -> facts. What has no place in this program stays in the text and is not told here."""

import base64
import binascii
import hashlib
import re

from crmlite.ics.lines import Line
from crmlite.ics.spelling import split_values, unescaped
from crmlite.vcf.facts import Facts, Place, Way
from crmlite.vcf.lines import Card, parts, types

WAYS = ("TEL", "EMAIL", "URL")
APPLE_LABEL = re.compile(r"^_\$!<(.*)>!\$_$")


def read(card: Card, as_person: bool = False) -> Facts:
    """`as_person`: whatever the card says it is of."""
    family, given, title = _names(card)
    org = [words(part) for part in parts(card.first("ORG").value)] if card.first("ORG") else [""]  # type: ignore[union-attr]
    company, department = org[0], " ".join(filter(None, org[1:]))
    is_org = is_company(card) and not as_person
    if is_org:
        family, given, title, company = company or card.text("FN") or family, "", "", ""
    elif not (family or given):
        family = card.text("FN") or company or _stand_in(card)
    if not family:
        family, given = given, ""
    return Facts(
        is_company=is_org,
        title=title,
        first_name=given,
        name=family,
        company=company,
        department=department,
        job_title=card.text("TITLE"),
        note=card.text("NOTE"),
        ways=tuple(way for line in card.all(*WAYS) if (way := way_of(card, line)).value),
        places=tuple(place for line in card.all("ADR") if any((place := place_of(card, line))[1:])),
        wishes=tuple(
            word for line in card.all("CATEGORIES") for value in split_values(line.value) if (word := words(value))
        ),
        picture=hashlib.sha256(content).hexdigest() if (content := picture_of(card)) else "",
    )


def is_company(card: Card) -> bool:
    kinds = {card.text("X-ABSHOWAS").lower(), card.text("KIND").lower()}
    return bool(kinds & {"company", "org", "organization"})


def is_group(card: Card) -> bool:
    return "group" in (card.text("KIND").lower(), card.text("X-ADDRESSBOOKSERVER-KIND").lower())


def way_of(card: Card, line: Line) -> Way:
    name, kinds = line.name.rpartition(".")[2], types(line)
    if name == "EMAIL":
        kind = "email"
    elif name == "URL":
        kind = "website"
    else:
        kind = "fax" if "fax" in kinds else "mobile" if kinds & {"cell", "iphone"} else "phone"
    value = re.sub(r"^(mailto|tel):", "", unescaped(line.value).strip(), flags=re.IGNORECASE)
    return Way(kind, use_of(card, line), " ".join(value.split()))


def place_of(card: Card, line: Line) -> Place:
    said = [words(part) for part in parts(line.value)] + [""] * 7
    use = use_of(card, line)
    return Place("office" if use == "work" else use, *said[2:7])


def use_of(card: Card, line: Line) -> str:
    """The label that somebody gave it, else home or work."""
    if label := " ".join(APPLE_LABEL.sub(r"\1", card.label(line)).split()):
        return label.lower()[:40] if APPLE_LABEL.match(card.label(line)) else label[:40]
    return next((use for use in ("home", "work") if use in types(line)), "")


def picture_of(card: Card) -> bytes:
    """Its bytes; empty for a link to one, which is not followed."""
    line = card.first("PHOTO")
    if line is None:
        return b""
    value = line.value
    if value.lower().startswith("data:"):
        value = value.partition(",")[2]
    elif not any(piece.upper() in ("ENCODING=B", "ENCODING=BASE64", "BASE64") for piece in line.pieces):
        return b""
    try:
        return base64.b64decode("".join(value.split()))
    except (binascii.Error, ValueError):
        return b""


def words(part: str) -> str:
    """A component as people read it: several values stand behind each other."""
    return " ".join(" ".join(unescaped(value) for value in split_values(part)).split())


def _names(card: Card) -> tuple[str, str, str]:
    line = card.first("N")
    said = ([words(part) for part in parts(line.value)] if line else []) + [""] * 5
    family, given, additional, prefix, suffix = said[:5]
    return " ".join(filter(None, (family, suffix))), " ".join(filter(None, (given, additional))), prefix


def _stand_in(card: Card) -> str:
    """By what somebody without a name is called."""
    return card.text("NICKNAME") or next(
        (way.value for line in card.all("EMAIL", "TEL") if (way := way_of(card, line)).value), ""
    )
