"""One vCard as its content lines, each as it was sent (RFC 2426, RFC 6350 section 3.2)."""

from dataclasses import dataclass

from crmlite.ics.lines import CONTROLS, Line, content_lines
from crmlite.ics.refusal import Refusal
from crmlite.ics.spelling import line_end, unescaped

MOST_BYTES = 1024 * 1024
VERSIONS = ("3.0",)


@dataclass
class Card:
    """`lines` from BEGIN to END; `write` gives the text back byte for byte."""

    lines: list[Line]
    eol: str
    before: str = ""

    def all(self, *names: str) -> list[Line]:
        return [line for line in self.lines if bare(line) in names]

    def first(self, name: str) -> Line | None:
        return next(iter(self.all(name)), None)

    def text(self, name: str) -> str:
        line = self.first(name)
        return unescaped(line.value).strip() if line else ""

    def label(self, line: Line) -> str:
        """What Apple’s programs let people call it."""
        group = group_of(line)
        labels = self.all("X-ABLABEL") if group else []
        return next((unescaped(one.value) for one in labels if group_of(one) == group), "")

    def replace(self, line: Line, by: Line | None) -> None:
        place = next(at for at, one in enumerate(self.lines) if one is line)
        self.lines[place : place + 1] = [by] if by else []

    def drop(self, line: Line) -> None:
        """The line, and what else stands in its group."""
        group = group_of(line)
        self.lines = [one for one in self.lines if one is not line and not (group and group_of(one) == group)]

    def add(self, line: Line) -> None:
        """In front of END."""
        self.lines.insert(len(self.lines) - 1, line)

    def write(self) -> str:
        return self.before + "".join(line.raw for line in self.lines)


def bare(line: Line) -> str:
    """The upper-case name without its group."""
    return line.name.rpartition(".")[2]


def group_of(line: Line) -> str:
    return line.name.rpartition(".")[0]


def types(line: Line) -> set[str]:
    """Words of its TYPE parameters in lower case, also bare ones as version 2.1 writes them."""
    found: set[str] = set()
    for piece in line.pieces:
        name, equals, words = piece.partition("=")
        if not equals or name.upper() == "TYPE":
            found |= {word.strip(' "').lower() for word in (words if equals else name).split(",")}
    return found


def parts(value: str) -> list[str]:
    """The components of a structured value, not unescaped yet."""
    found, start, at = [], 0, 0
    while at < len(value):
        if value[at] == "\\":
            at += 2
            continue
        if value[at] == ";":
            found.append(value[start:at])
            start = at + 1
        at += 1
    return [*found, value[start:]]


def parse(text: str) -> Card:
    """Raises Refusal with the condition of RFC 6352 section 6.3.2.1."""
    _check_characters(text)
    before = "\ufeff" if text.startswith("\ufeff") else ""
    found = list(content_lines(text[len(before) :]))
    while found and not found[-1].text.strip():
        blank = found.pop()
        if found:
            found[-1] = Line(found[-1].raw + blank.raw)
    if len(found) < 2 or not _is(found[0], "BEGIN") or not _is(found[-1], "END"):
        raise refused("A card begins with BEGIN:VCARD and ends with END:VCARD.")
    for number, line in enumerate(found[1:-1], start=2):
        if line.name in ("BEGIN", "END"):
            raise refused("One address holds one card.")
        if not line.name and line.text.strip():
            raise refused(f"Line {number} is not a property of a card: “{line.text[:40]}”.")
    card = Card(found, line_end(text), before)
    if card.text("VERSION") not in VERSIONS:
        raise refused("Please send cards of version 3.0.", "supported-address-data")
    if not card.text("UID") or len(card.all("UID")) > 1:
        raise refused("A card needs one UID.")
    if len(card.text("UID")) > 300:
        raise refused("The UID of a card has at most 300 characters.")
    return card


def refused(message: str, condition: str = "valid-address-data") -> Refusal:
    return Refusal(message, condition)


def _is(line: Line, name: str) -> bool:
    return line.name == name and line.value.strip().upper() == "VCARD"


def _check_characters(text: str) -> None:
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise refused("The card is not valid Unicode.") from error
    if size > MOST_BYTES:
        raise refused("This card is larger than 1 MB: please choose a smaller picture.", "max-resource-size")
    if found := CONTROLS.search(text):
        raise refused(f"The card holds a character that no text may hold (U+{ord(found.group()):04X}).")
