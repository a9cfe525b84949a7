"""vCards (2.1, 3.0 and 4.0) -> rows of text: every phone, e-mail and address with its use, notes and the picture."""

import base64
import binascii
import io
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import vobject
from vobject.base import VObjectError

from crmlite.errors import Invalid
from crmlite.rules import images

# Headings as the fields are called, so that each column finds its own. Several values of a cell stand behind each
# other as “use: value; use: value”, addresses each on a line of its own with bars between their parts.
HEADER = (
    "Title", "First name", "Last name", "Company", "Kind", "Job title", "Department", "E-mail", "Phone", "Mobile",
    "Fax", "Website", "Street", "Postcode", "City", "Region", "Country", "Notes", "Further e-mails", "Further phones",
    "Further mobiles", "Further faxes", "Further websites", "Further addresses", "Call rejection", "E-mail rejection",
    "Picture",
)  # fmt: skip
PARTS = ("street", "code", "city", "region", "country")
EMBEDDED = re.compile(r"(?:[\w-]+\.)?(PHOTO|LOGO|KEY|SOUND)[;:]", re.IGNORECASE)
MARK = "X-CRMLITE-PICTURE"
WISHES = ("no calls", "no e-mails")  # categories, as cards of this program say it
LARGE = 48 * 1024  # bytes of a picture that is drawn small at once, so that rows stay small


class Way(NamedTuple):
    """A value of a card that has several, and what it is for."""

    use: str
    value: str


def rows(text: str) -> Iterator[list[str]]:
    """Heading and rows, without the columns that no card fills. Raises Invalid."""
    bare, pictures = _without_pictures(text)
    try:
        found = [
            _row(card, pictures)
            for card in vobject.readComponents(bare, ignoreUnreadable=True, allowQP=True)
            if card.name == "VCARD"
        ]
    except (VObjectError, ValueError, KeyError, IndexError, AttributeError, TypeError) as error:
        raise Invalid("This vCard file cannot be read: please export it again as vCard 3.0.") from error
    filled = [place for place in range(len(HEADER)) if any(row[place] for row in found)]
    yield [HEADER[place] for place in filled]
    for row in found:
        yield [row[place] for place in filled]


def _without_pictures(text: str) -> tuple[str, list[str]]:
    """The cards with a mark in place of each picture, and the pictures as base64; keys and sounds are of no use."""
    kept: list[str] = []
    pictures: list[list[str]] = []
    open_name = ""
    for line in re.sub(r"\r\n?", "\n", text).split("\n"):
        if open_name and line[:1] in (" ", "\t"):
            if open_name == "PHOTO":
                pictures[-1].append(line.strip())
            continue
        begun = EMBEDDED.match(line)
        open_name = begun[1].upper() if begun else ""
        if open_name == "PHOTO":
            kept.append(f"{MARK}:{len(pictures)}")
            pictures.append([line.strip()])
        elif not open_name:
            kept.append(line)
    return "\n".join(kept) + "\n", [_picture("".join(parts)) for parts in pictures]


def _picture(line: str) -> str:
    """Its bytes in base64; empty for a link to one, which is not followed."""
    _, base64_mark, data = line.partition(";base64,") if ":data:" in line.lower() else line.partition(":")
    if not base64_mark or re.match(r"[a-z]+:", data, re.IGNORECASE):
        return ""
    try:
        content = base64.b64decode(data)
        if len(content) > LARGE:
            content = images.square(io.BytesIO(content))
    except (binascii.Error, ValueError, Invalid):
        return "unreadable"
    return base64.b64encode(content).decode()


def _row(card: Any, pictures: list[str]) -> list[str]:
    prefix, given, last, full = _names(card)
    company = _list(card, "org")
    if not last:
        given, last = "", given or full or (company[0] if company else "")
    phones, email = _phones(card), _ways(card, "email")
    site, places = _ways(card, "url"), _ways(card, "adr")
    address = places[0].value.split(" | ") if places else [""] * len(PARTS)
    kind = "Company" if {"org", "company"} & {_plain(card, "kind").lower(), _plain(card, "x-abshowas").lower()} else ""
    main = [ways[0].value if ways else "" for ways in (email, phones["phone"], phones["cell"], phones["fax"], site)]
    further = [_joined(ways[1:]) for ways in (email, phones["phone"], phones["cell"], phones["fax"], site)]
    wishes = {word.strip().lower() for line in card.contents.get("categories", []) for word in _listed(line.value)}
    marks = [int(line.value) for line in card.contents.get(MARK.lower(), [])]
    return [
        prefix, given, last, company[0] if company else "", kind, _plain(card, "title"), " ".join(company[1:]), *main,
        *address, _plain(card, "note"), *further, _joined(places[1:], "\n"),
        *("yes" if wish in wishes else "" for wish in WISHES),
        next((pictures[mark] for mark in marks if pictures[mark]), ""),
    ]  # fmt: skip


def _names(card: Any) -> tuple[str, str, str, str]:
    name = getattr(_first(card, "n"), "value", None)
    given = " ".join(filter(None, (_words(getattr(name, part, "")) for part in ("given", "additional"))))
    last = " ".join(filter(None, (_words(getattr(name, part, "")) for part in ("family", "suffix"))))
    full = _plain(card, "fn")
    if not last and not given:
        given, _, last = full.rpartition(" ")
    return _words(getattr(name, "prefix", "")), given, last, full


def _phones(card: Any) -> dict[str, list[Way]]:
    found: dict[str, list[Way]] = {"phone": [], "cell": [], "fax": []}
    for line in _preferred_first(card, "tel"):
        kind = next((kind for kind in ("fax", "cell") if kind in _kinds(line)), "phone")
        if value := str(line.value).removeprefix("tel:").strip():
            found[kind].append(Way(_use(card, line), value))
    return found


def _ways(card: Any, name: str) -> list[Way]:
    found = []
    for line in _preferred_first(card, name):
        if name == "adr":
            # A bar would begin the next part.
            parts = [_words(getattr(line.value, part, "")).replace("|", "/") for part in PARTS]
            value = " | ".join(" ".join(part.split()) for part in parts) if any(parts) else ""
        else:
            value = str(line.value).removeprefix("mailto:").strip()
        if value:
            found.append(Way(_use(card, line), value))
    return found


def _joined(ways: list[Way], between: str = "; ") -> str:
    return between.join(f"{way.use}: {way.value}" if way.use else way.value for way in ways)


def _use(card: Any, line: Any) -> str:
    """The label that somebody gave it, else home or work."""
    labels = card.contents.get("x-ablabel", []) if line.group else []
    label = next((one.value for one in labels if one.group == line.group), "")
    label = " ".join(re.sub(r"^_\$!<(.*)>!\$_$", r"\1", label).replace(":", " ").replace(";", " ").split())
    if label:
        return label[:40]
    place = next((place for place in ("home", "work") if place in _kinds(line)), "")
    return "office" if place == "work" and line.name == "ADR" else place


def _preferred_first(card: Any, name: str) -> list[Any]:
    return sorted(card.contents.get(name, []), key=lambda line: "pref" not in _kinds(line))


def _first(card: Any, name: str) -> Any:
    return next(iter(_preferred_first(card, name)), None)


def _plain(card: Any, name: str) -> str:
    return _words(getattr(_first(card, name), "value", ""))


def _words(value: Any) -> str:
    return " ".join(filter(None, value)) if isinstance(value, list) else str(value or "").strip()


def _list(card: Any, name: str) -> list[str]:
    value = getattr(_first(card, name), "value", [])
    return [one.strip() for one in (value if isinstance(value, list) else str(value).split(";")) if one.strip()]


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else str(value).split(",")


def _kinds(line: Any) -> set[str]:
    """Words of its parameters in lower case; PREF=1 of version 4 counts as “pref”."""
    given = [word for words in line.params.values() for word in words] + list(getattr(line, "singletonparams", []))
    preferred = {"pref"} if line.params.get("PREF", [""])[0] == "1" else set()
    return preferred | {part.strip('"').lower() for word in given for part in str(word).split(",")}
