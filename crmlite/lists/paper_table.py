"""The lines of a paper as a table over any number of pages, and its totals, which never stand alone on a page."""

from typing import NamedTuple

from crmlite.lists.paper_data import Paper, PaperLine
from crmlite.lists.sheets import RULE, TINT, Sheets

UNIT, GAP = 4.5, 3.2  # heights: a line of type, between rows
HEAD, CARRY = 7.0, 6.5
WHOLE, TOGETHER = 8, 3  # a row of so many lines is not parted; of a longer one, the first and the last so many
NARROWEST, WIDEST_WORDS = 58.0, 24.0
SIZES = (9.0, 8.0, 7.0, 6.0)
PADDING = 4.0
SUMS = 96.0  # left edge of the totals
SUM, GRAND = 5.4, 9.0


class Column(NamedTuple):
    """`words` may be wrapped, figures never are."""

    title: str
    texts: list[str]
    width: float
    words: bool = False


class Row(NamedTuple):
    """`left` are the lines under each other, each with its look: heading, name or under. `cells` those beside them,
    column by column."""

    left: list[tuple[str, str]]
    cells: list[list[str]]
    total: int | None

    @property
    def units(self) -> int:
        return max(len(self.left), *(len(cell) for cell in self.cells), 1)


class Table:
    """`behind`: the height of what must not be parted from the totals."""

    def __init__(self, sheets: Sheets, paper: Paper, behind: float = 0) -> None:
        self.sheets, self.paper, self.say = sheets, paper, paper.speech
        self.pdf = sheets.pdf
        self.across = self.pdf.w - self.pdf.l_margin - self.pdf.r_margin
        self.size, self.columns = self._fitting()
        self.left = self.across - sum(column.width for column in self.columns)
        self.rows = [self._row(place, line) for place, line in enumerate(paper.lines)]
        self.sums = self._sums()
        self.behind = behind
        self.carried: int | None = None

    def draw(self) -> None:
        if self.sheets.room() < HEAD + self._needed(0):
            self.pdf.add_page()
        self._head()
        if not self.rows:
            self.sheets.ink(9, grey=True)
            self.sheets.row(self.say.word("nothing"), HEAD)
        for place in range(len(self.rows)):
            self._draw_row(place)
        self._draw_sums()

    def _fitting(self) -> tuple[float, list[Column]]:
        """The largest size of type that leaves the descriptions room beside the figures."""
        for size in SIZES:
            columns = self._measured(size)
            if self.across - sum(column.width for column in columns) >= NARROWEST:
                break
        return size, columns

    def _measured(self, size: float) -> list[Column]:
        say, lines = self.say, [line for line in self.paper.lines if line.total is not None]
        currency = self.paper.currency
        wanted = [
            ("quantity", [self._quantity(one) for one in lines], True),
            ("price", ["" if one.price is None else say.amount(one.price, currency) for one in lines], False),
            ("discount", [say.rate(one.discount) if one.discount else "" for one in lines], False),
            ("tax", [one.tax for one in lines], True),
            ("amount", [say.amount(one.total or 0, currency) for one in lines], False),
        ]  # fmt: skip
        found = []
        for name, texts, words in wanted:
            if name in ("quantity", "price", "amount") or any(texts):
                title = say.word(name)
                self.sheets.ink(size)
                wide = max((self.pdf.get_string_width(text) for text in texts), default=0)
                wide = min(wide, WIDEST_WORDS) if words else wide
                self.sheets.ink(size - 1, bold=True)
                found.append(Column(title, texts, max(wide, self.pdf.get_string_width(title)) + PADDING, words))
        return found

    def _quantity(self, line: PaperLine) -> str:
        return f"{self.say.number(line.quantity)} {line.unit}".strip() if line.quantity else ""

    def _row(self, place: int, line: PaperLine) -> Row:
        if line.total is None:
            self.sheets.ink(self.size, bold=True)
            left = [("heading", text) for text in self.sheets.lines(line.name, self.across)]
            return Row(left + self._under(line, self.across), [[""]], None)
        self.sheets.ink(self.size)
        left = [("name", text) for text in self.sheets.lines(line.name, self.left - PADDING)]
        behind = sum(one.total is not None for one in self.paper.lines[:place])
        cells = []
        for column in self.columns:
            self.sheets.ink(self.size)
            text = column.texts[behind]
            cells.append(self.sheets.lines(text, column.width - PADDING + 2) if column.words else [text])
        return Row(left + self._under(line, self.left - PADDING), cells, line.total)

    def _under(self, line: PaperLine, width: float) -> list[tuple[str, str]]:
        self.sheets.ink(self.size - 1)
        return [("under", text) for text in self.sheets.lines(line.description, width)]

    def _sums(self) -> list[tuple[list[str], str]]:
        """What stands above the grand total: labels of one or more lines, and amounts."""
        if not self.paper.taxes:
            return []
        found = [([self.say.word("net")], self.say.money(self.paper.net, self.paper.currency))]
        self.sheets.ink(8.5)
        for one in self.paper.taxes:
            amount = self.say.money(one.amount, self.paper.currency)
            label = self.say.word("on", tax=one.label, base=self.say.money(one.base, self.paper.currency))
            room = self.pdf.w - self.pdf.r_margin - SUMS - self.pdf.get_string_width(amount) - 4
            found.append((self.sheets.lines(label, room), amount))
        return found

    @property
    def _sums_height(self) -> float:
        return 3 + sum(SUM + UNIT * (len(label) - 1) for label, _ in self.sums) + GRAND + self.behind

    def _needed(self, place: int) -> float:
        """The height without which the row at this place would better begin on the next page."""
        if place >= len(self.rows):
            return HEAD + self._sums_height
        row = self.rows[place]
        height = (row.units if row.units <= WHOLE else TOGETHER) * UNIT + GAP
        if row.total is None:
            return height + self._needed(place + 1)
        last = place == len(self.rows) - 1
        return height + (self._sums_height if last and row.units <= WHOLE else CARRY)

    def _draw_row(self, place: int) -> None:
        row, last = self.rows[place], place == len(self.rows) - 1
        if place and self.sheets.room() < self._needed(place):
            self._turn()
        self.carried = (self.carried or 0) + row.total if row.total is not None else self.carried
        behind = self._sums_height + GAP if last else CARRY
        for unit in range(row.units):
            left = row.units - unit
            # The last lines of the last row stay with the totals; of others none but what is carried must fit.
            wanted = left * UNIT + behind if left == TOGETHER else UNIT + CARRY
            if unit and row.units > WHOLE and self.sheets.room() < wanted:
                self._turn()
            self._draw_unit(row, unit)
        self.pdf.ln(GAP / 2)
        self.sheets.rule(grey=RULE + 20)
        self.pdf.ln(GAP / 2)

    def _draw_unit(self, row: Row, unit: int) -> None:
        top = self.pdf.get_y()
        look, text = row.left[unit] if unit < len(row.left) else ("under", "")
        if look == "heading":
            self.pdf.set_fill_color(TINT)
            self.pdf.rect(self.pdf.l_margin, top - GAP / 2, self.across, UNIT + GAP, "F")
        self.sheets.ink(self.size - (look == "under"), bold=look == "heading", grey=look == "under")
        self.sheets.write(text, self.left, UNIT)
        self.sheets.ink(self.size)
        for column, lines in zip(self.columns, row.cells, strict=False):
            self.sheets.write(lines[unit] if unit < len(lines) else "", column.width, UNIT, "R")
        self.pdf.set_xy(self.pdf.l_margin, top + UNIT)

    def _turn(self) -> None:
        """Over to the next page, with what the lines so far come to."""
        if self.carried is not None:
            self._carry("carried")
        self.pdf.add_page()
        self._head()
        if self.carried is not None:
            self._carry("brought")
            self.pdf.ln(GAP / 2)

    def _carry(self, word: str) -> None:
        self.sheets.ink(8, grey=True)
        width = self.across
        amount = self.say.amount(self.carried or 0, self.paper.currency)
        self.sheets.write(self.say.word(word), width - 40, CARRY - 2)
        self.sheets.ink(8.5)
        self.sheets.row(amount, CARRY - 2, "R")

    def _head(self) -> None:
        self.sheets.ink(self.size - 1, bold=True)
        self.sheets.write(self.say.word("description"), self.left, HEAD - 2)
        for column in self.columns:
            self.sheets.write(column.title, column.width, HEAD - 2, "R")
        self.pdf.set_xy(self.pdf.l_margin, self.pdf.get_y() + HEAD - 1.5)
        self.sheets.rule(grey=120)
        self.pdf.ln(1.8)

    def _draw_sums(self) -> None:
        right = self.pdf.w - self.pdf.r_margin
        self.pdf.ln(1)
        for labels, amount in self.sums:
            self.sheets.ink(8.5)
            for place, label in enumerate(labels):
                self.pdf.set_x(SUMS)
                self.sheets.write(label, right - SUMS, SUM)
                if place:
                    self.pdf.ln(UNIT)
                    continue
                self.sheets.row(amount, SUM, "R", SUMS, right - SUMS)
                self.pdf.set_y(self.pdf.get_y() - (SUM - UNIT if len(labels) > 1 else 0))
        self.sheets.rule(SUMS, 120)
        self.pdf.ln(1)
        self.sheets.ink(11, bold=True)
        self.pdf.set_x(SUMS)
        self.sheets.write(self.say.word("total" if self.sums else "sum"), 40, GRAND - 2)
        self.sheets.row(self.say.money(self.paper.total, self.paper.currency), GRAND - 2, "R")
