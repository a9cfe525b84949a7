"""Quotes and orders on paper: from plain values to a PDF in the customer's language. Nothing is computed here but what
is carried from page to page."""

from crmlite.lists.paper_data import Paper, PaperLine, Sender, TaxSum
from crmlite.lists.paper_table import Table
from crmlite.lists.sheets import FONT, SIDE, TOP, Sheets

__all__ = ["Paper", "PaperLine", "Sender", "TaxSum", "pdf"]
HEAD_LINE, BODY, FINE = 4.4, 5.0, 3.4  # heights of lines
WINDOW, FACTS = 50.0, 118.0  # top of the address for a window envelope; left edge of the facts
LOGO = (60.0, 22.0)
MOST_FOOT = 5
TOGETHER = 3  # so many lines of the closing stay with the place to sign
SIGNING = 24.0
PALE = 232


def pdf(paper: Paper) -> bytes:
    sheets = PaperSheets(paper)
    sheets.pdf.add_page()
    sheets.letterhead()
    sheets.beginning()
    Table(sheets, paper, 0 if paper.closing else sheets.signing).draw()
    sheets.ending()
    return sheets.bytes()


class PaperSheets(Sheets):
    """The pages of one paper: letterhead on the first, a line of what it is on the others, the small print below."""

    def __init__(self, paper: Paper) -> None:
        super().__init__(paper.name, paper.speech.language, paper.sender.name)
        self.paper, self.speech = paper, paper.speech
        self.ink(7, grey=True)
        numbers = " · ".join(filter(None, [paper.sender.registration, paper.sender.bank]))
        width = self.pdf.w - 2 * SIDE
        self.small_print = [*self.lines(paper.footer, width), *self.lines(numbers, width)][:MOST_FOOT]
        self.pdf.set_auto_page_break(True, 17 + FINE * len(self.small_print))
        self.dated(paper.date)

    def header(self) -> None:
        if self.paper.status:
            self._watermark(self.speech.word(self.paper.status))
        if self.pdf.page_no() > 1:
            self.pdf.set_y(TOP - 6)
            self.ink(8, grey=True)
            self.write(self.paper.sender.name, 80, 5)
            self.row(self.paper.name, 5, "R")
            self.rule()
            self.pdf.ln(5)

    def footer(self) -> None:
        self.pdf.set_y(-(13 + FINE * len(self.small_print)))
        self.rule()
        self.pdf.ln(1.5)
        self.ink(7, grey=True)
        for line in self.small_print:
            self.row(line, FINE, "C")
        pages = self.speech.word("page", self.pdf.page_no(), "{nb}")
        self.row(f"{self.paper.name} · {pages}", FINE + 1)

    def letterhead(self) -> None:
        """Sender, address, facts; the pen ends below the lowest of them."""
        lowest = max(self._mark(), self._sender(), WINDOW - 6)
        top = lowest + 6
        lowest = max(self._address(top), self._facts(top))
        self.pdf.set_y(max(lowest + 8, 88))

    def beginning(self) -> None:
        self.ink(16, bold=True)
        self.block(self.paper.name, 7.5)
        if self.paper.title:
            self.ink(11)
            self.block(self.paper.title, 5.6)
        if self.paper.introduction:
            self.pdf.ln(3)
            self.ink(9.5)
            self.block(self.paper.introduction, BODY)
        self.pdf.ln(5)

    def ending(self) -> None:
        if self.paper.closing:
            self.pdf.ln(7)
            self.ink(9.5)
            lines = self.lines(self.paper.closing, self.pdf.epw)
            for place, line in enumerate(lines):
                left = len(lines) - place
                if left == min(TOGETHER, len(lines)) and self.room() < left * BODY + self.signing:
                    self.pdf.add_page()
                    self.ink(9.5)
                self.row(line, BODY)
        if self.signing:
            self._acceptance()

    @property
    def signing(self) -> float:
        """The height of the place to sign: quotes that wait for it have one."""
        return SIGNING if self.paper.signed else 0.0

    def _mark(self) -> float:
        """The logo, or the name in its place; answers where it ends."""
        if self.paper.sender.logo:
            return TOP - 4 + self.picture(self.paper.sender.logo, SIDE, TOP - 4, LOGO)
        self.pdf.set_y(TOP - 2)
        self.ink(15, bold=True)
        self.block(self.paper.sender.name, 7, 92)
        return float(self.pdf.get_y())

    def _sender(self) -> float:
        sender = self.paper.sender
        self.pdf.set_y(TOP - 4)
        if sender.logo:
            self.ink(9, bold=True)
            self.block(sender.name, HEAD_LINE, left=FACTS)
        self.ink(8, grey=True)
        for line in sender.reach:
            self.block(line, FINE + 0.6, left=FACTS)
        return float(self.pdf.get_y())

    def _address(self, top: float) -> float:
        self.pdf.set_y(top)
        self.ink(6.5, grey=True)
        self.row((self.lines(self.paper.sender.back, 85) or [""])[0], FINE)
        self.pdf.ln(1.5)
        self.ink(10)
        for line in self.paper.recipient:
            self.block(line, BODY, 85)
        return float(self.pdf.get_y())

    def _facts(self, top: float) -> float:
        self.pdf.set_y(top + FINE + 1.5)
        for name, text in self.paper.facts:
            self.ink(8.5, grey=True)
            self.pdf.set_x(FACTS)
            self.write(self.speech.word(name), 32, HEAD_LINE)
            self.ink(8.5)
            self.block(text, HEAD_LINE, left=FACTS + 32)
        return float(self.pdf.get_y())

    def _acceptance(self) -> None:
        self.pdf.ln(SIGNING - 6)
        self.rule(FACTS - 10, 120)
        self.pdf.ln(1)
        self.ink(7.5, grey=True)
        self.block(self.speech.word("accepted"), FINE, left=FACTS - 10)

    def _watermark(self, word: str) -> None:
        self.pdf.set_font(FONT, "B", 84)
        size = 84 * min(1.0, 190 / self.pdf.get_string_width(word))
        self.pdf.set_font(FONT, "B", size)
        self.pdf.set_text_color(PALE)
        across = self.pdf.get_string_width(word)
        middle = (self.pdf.w / 2, self.pdf.h / 2 + 20)
        with self.pdf.rotation(52, *middle):
            self.pdf.text(middle[0] - across / 2, middle[1] + size * 0.12, word)
