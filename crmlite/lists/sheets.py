"""A4 pages: the one class behind everything that is printed as PDF. Lengths in millimetres, sizes of type in points."""

import io
import re
import unicodedata
from bisect import bisect_right
from datetime import UTC, date, datetime, time

from crmlite.assets import FOLDER
from crmlite.later import fpdf
from crmlite.rules import images

FONT = "DejaVu"
GREY, INK, RULE, TINT = 110, 20, 210, 244
SIDE, TOP, FOOT = 20, 18, 22
FIGURE = re.compile(r"(?<=\d) (?=[%€])")  # is not parted from its sign


class Sheets:
    """Whoever derives from this says what stands at the top and at the foot of each page."""

    def __init__(self, title: str, lang: str = "en", author: str = "") -> None:
        self.pdf = fpdf.FPDF(format="A4")
        self.pdf.header, self.pdf.footer = self.header, self.footer
        for style, name in (("", "dejavu-sans"), ("B", "dejavu-sans-bold")):
            self.pdf.add_font(FONT, style, FOLDER / "vendor" / f"{name}.ttf")
        self.pdf.set_margins(SIDE, TOP)
        self.pdf.c_margin = 0
        self.pdf.set_auto_page_break(True, FOOT)
        self.pdf.set_title(title)
        self.pdf.set_lang(lang)
        self.pdf.set_author(author)
        self.pdf.set_creator("crmlite")

    def header(self) -> None:
        """Drawn at the beginning of each page."""

    def footer(self) -> None:
        """Drawn at the end of each page."""

    def dated(self, day: date) -> None:
        """Lets the same paper be the same bytes whenever it is printed."""
        self.pdf.set_creation_date(datetime.combine(day, time(12), UTC))

    def bytes(self) -> bytes:
        return bytes(self.pdf.output())

    def ink(self, size: float, bold: bool = False, grey: bool = False) -> None:
        self.pdf.set_font(FONT, "B" if bold else "", size)
        self.pdf.set_text_color(GREY if grey else INK)

    def lines(self, text: str, width: float) -> list[str]:
        """The text as lines that fit, in the type that is set; a word too long for one is parted."""
        if not text.strip():
            return []
        found: list[str] = []
        for paragraph in plain(text).strip("\n").split("\n"):
            found += self._wrapped(paragraph.rstrip(" "), width)
        return found

    def write(self, text: str, width: float, height: float, align: str = "L") -> None:
        """One line at the left of here; the pen stays in it, behind the text."""
        self.pdf.cell(width, height, text, align=align)

    def row(self, text: str, height: float, align: str = "L", left: float | None = None, width: float = 0) -> None:
        """One line and on to the next."""
        self.pdf.set_x(self.pdf.l_margin if left is None else left)
        self.pdf.cell(width, height, text, align=align, new_x=fpdf.XPos.LMARGIN, new_y=fpdf.YPos.NEXT)

    def block(self, text: str, height: float, width: float = 0, left: float | None = None, align: str = "L") -> None:
        """Wrapped lines that go on over the page."""
        left = self.pdf.l_margin if left is None else left
        for line in self.lines(text, width or self.pdf.w - self.pdf.r_margin - left):
            self.row(line, height, align, left, width)

    def rule(self, left: float | None = None, grey: int = RULE) -> None:
        """A fine line across from `left` to the margin, at this height."""
        self.pdf.set_draw_color(grey)
        self.pdf.set_line_width(0.2)
        start = self.pdf.l_margin if left is None else left
        self.pdf.line(start, self.pdf.get_y(), self.pdf.w - self.pdf.r_margin, self.pdf.get_y())

    def room(self) -> float:
        """How much height is left on this page."""
        return float(self.pdf.page_break_trigger - self.pdf.get_y())

    def picture(self, picture: bytes, left: float, top: float, most: tuple[float, float]) -> float:
        """Draw it as large as `most` (width, height) allows and return its height."""
        across, down = images.size(picture)
        scale = min(most[0] / across, most[1] / down)
        self.pdf.image(io.BytesIO(picture), left, top, across * scale, down * scale)
        return down * scale


    def _wrapped(self, paragraph: str, width: float) -> list[str]:
        measure = self.pdf.get_string_width
        found, line = [], ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if measure(longer) <= width:
                line = longer
                continue
            if line:
                found.append(line)
            line = word
            while measure(line) > width:
                fits = bisect_right(range(1, len(line)), width, key=lambda size: measure(line[:size])) or 1
                found.append(line[:fits])
                line = line[fits:]
        return [*found, line]


def plain(text: str) -> str:
    """Without what no paper shows: control characters, marks that turn the writing, letters in two parts."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    "))
    text = FIGURE.sub("\u00a0", text)
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf"))
