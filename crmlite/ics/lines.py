"""Content lines and components that remember how they were written, so that untouched text stays as sent."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from crmlite.ics.refusal import Refusal
from crmlite.ics.spelling import caret_decoded, folded, quoted, split_outside_quotes

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 8
NAME = re.compile(r"[A-Za-z0-9._-]+(?=[;:])")
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # what XML cannot carry to a client
FOLD = re.compile(r"\r*\n[ \t]")


@dataclass(frozen=True)
class Line:
    """One content line. `raw` is the text as sent, folds and line end included."""

    raw: str

    @classmethod
    def made(cls, name: str, value: str, params: dict[str, str] | None = None, eol: str = "\r\n") -> "Line":
        head = "".join([name, *(f";{key}={quoted(text)}" for key, text in (params or {}).items())])
        return cls(folded(f"{head}:{_one_line(value)}", eol))

    @cached_property
    def text(self) -> str:
        return (FOLD.sub("", self.raw) if "\n" in self.raw[:-1] else self.raw).rstrip("\r\n")

    @cached_property
    def name(self) -> str:
        found = NAME.match(self.text)
        return found.group().upper() if found else ""

    @property
    def value(self) -> str:
        return self._parts[1]

    @property
    def params(self) -> dict[str, str]:
        """Upper-case name -> value without its quotes (several values stay joined by commas)."""
        return self._parts[0]

    def param(self, name: str) -> str:
        return self.params.get(name, "")

    def rewritten(
        self, value: str, eol: str, params: dict[str, str] | None = None, drop: tuple[str, ...] = ()
    ) -> "Line":
        """This line with another value; parameters keep their place and spelling unless they change."""
        left = dict(params or {})
        name, *pieces = split_outside_quotes(self._head, ";")
        kept = []
        for piece in pieces:
            key = piece.partition("=")[0].upper()
            if key in left:
                text = left.pop(key)
                kept.append(piece if self.param(key) == text else f"{key}={quoted(text)}")
            elif key not in drop:
                kept.append(piece)
        kept += [f"{key}={quoted(text)}" for key, text in left.items()]
        return Line(folded(";".join([name, *kept]) + ":" + _one_line(value), eol))

    @property
    def pieces(self) -> list[str]:
        """The parameters as written, in their order; a name may stand there twice."""
        return split_outside_quotes(self._head, ";")[1:]

    @cached_property
    def _head(self) -> str:
        text = self.text
        colon = text.find(":")
        if '"' in text[:colon]:
            inside = False
            for match in re.finditer('[":]', text):
                if match.group() == '"':
                    inside = not inside
                elif not inside:
                    colon = match.start()
                    break
        return text[:colon]

    @cached_property
    def _parts(self) -> tuple[dict[str, str], str]:
        params = {}
        for piece in split_outside_quotes(self._head, ";")[1:]:
            key, _, text = piece.partition("=")
            params[key.upper()] = caret_decoded(text.replace('"', ""))
        return params, self.text[len(self._head) + 1 :]


@dataclass
class Component:
    name: str
    begin: Line
    end: Line = Line("")
    items: list["Line | Component"] = field(default_factory=list)

    @property
    def lines(self) -> Iterator[Line]:
        return (item for item in self.items if isinstance(item, Line))

    @property
    def children(self) -> Iterator["Component"]:
        return (item for item in self.items if isinstance(item, Component))

    def all(self, name: str) -> list[Line]:
        return [line for line in self.lines if line.name == name]

    def first(self, name: str) -> Line | None:
        return next((line for line in self.lines if line.name == name), None)

    def value(self, name: str) -> str:
        line = self.first(name)
        return line.value if line else ""

    def put(self, line: Line) -> None:
        """Replace the first line of that name, or add it behind the other properties."""
        for position, item in enumerate(self.items):
            if isinstance(item, Line) and item.name == line.name:
                self.items[position] = line
                return
        self.add(line)

    def add(self, line: Line) -> None:
        """Add a line behind the other properties."""
        places = [place for place, item in enumerate(self.items) if isinstance(item, Line) and item.name]
        self.items.insert(places[-1] + 1 if places else 0, line)

    def drop(self, *names: str) -> None:
        self.items = [item for item in self.items if not (isinstance(item, Line) and item.name in names)]

    def write(self) -> str:
        pieces: list[str] = []
        self._collect(pieces)
        return "".join(pieces)

    def copy(self) -> "Component":
        items = [item.copy() if isinstance(item, Component) else item for item in self.items]
        return Component(self.name, self.begin, self.end, items)

    def _collect(self, pieces: list[str]) -> None:
        pieces.append(self.begin.raw)
        for item in self.items:
            if isinstance(item, Line):
                pieces.append(item.raw)
            else:
                item._collect(pieces)
        pieces.append(self.end.raw)


def parse(text: str, most: int = MAX_BYTES) -> Component:
    """The VCALENDAR of the text, which may be `most` bytes long. `write()` gives the text back byte for byte."""
    _check_characters(text, most)
    root: Component | None = None
    open_components: list[Component] = []
    before = "\ufeff" if text.startswith("\ufeff") else ""
    for number, line in enumerate(content_lines(text[len(before) :]), start=1):
        if not open_components and (root or not line.name):
            if line.text.strip():
                raise Refusal(f"Line {number} is outside of the calendar: one text holds one VCALENDAR.")
            before, root = _keep_blank(root, before, line)
            continue
        if line.name == "BEGIN":
            component = Component(line.value.strip().upper(), Line(before + line.raw) if before else line)
            before = ""
            if open_components:
                open_components[-1].items.append(component)
            elif component.name != "VCALENDAR":
                raise Refusal("The text does not begin with BEGIN:VCALENDAR.")
            root = root or component
            open_components.append(component)
            if len(open_components) > MAX_DEPTH:
                raise Refusal("The components of this calendar text are nested too deeply.")
        elif line.name == "END" and open_components:
            component = open_components.pop()
            if line.value.strip().upper() != component.name:
                raise Refusal(f"Line {number} ends {line.value.strip()[:40]}, but {component.name} is open.")
            component.end = line
        elif open_components and (line.name or not line.text.strip()):
            open_components[-1].items.append(line)
        else:
            raise Refusal(f"Line {number} is not a calendar property: “{line.text[:40]}”.")
    if root is None or open_components:
        raise Refusal("The calendar text is incomplete: an END line is missing.")
    return root


def _one_line(value: str) -> str:
    if "\n" in value or "\r" in value:
        raise Refusal("This value must stand on one line.")
    return value


def _check_characters(text: str, most: int) -> None:
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise Refusal("The calendar text is not valid Unicode.") from error
    if size > most:
        raise Refusal(f"The calendar text is larger than {most // 1024**2} MB.", "max-resource-size")
    if found := CONTROLS.search(text):
        raise Refusal(f"The calendar text holds a character that no text may hold (U+{ord(found.group()):04X}).")


def content_lines(text: str) -> Iterator[Line]:
    """Unfolded where they are read, as sent where they are written."""
    held: list[str] = []
    for piece in re.findall(r"[^\n]*\n|[^\n]+", text):
        if held and piece[0] not in " \t":
            yield Line("".join(held))
            held.clear()
        held.append(piece)
    if held:
        yield Line("".join(held))


def _keep_blank(root: Component | None, before: str, line: Line) -> tuple[str, Component | None]:
    if root is None:
        return before + line.raw, None
    root.end = Line(root.end.raw + line.raw)
    return before, root
