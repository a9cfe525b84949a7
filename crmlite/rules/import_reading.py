"""A file that a person brings -> rows of text: CSV in any usual encoding, XLSX, vCard."""

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from itertools import islice
from typing import Any, NamedTuple
from xml.etree.ElementTree import ParseError

from crmlite.errors import Invalid
from crmlite.later import charsets, openpyxl
from crmlite.rules import card_reading

LARGEST = 20 * 1024 * 1024
LARGEST_UNPACKED = 200 * 1024 * 1024
MOST_ROWS = 50_000
MOST_COLUMNS = 200
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
ENCODINGS = {"cp1252": "Windows-1252", "mac_roman": "Mac Roman", "latin_1": "Latin-1"}
# Beyond ASCII, what a list of people and companies is written with.
USUAL = set("àâäáãåæçéèêëíìîïñóòôöõøœßúùûüýÿÀÂÄÁÃÅÆÇÉÈÊËÍÌÎÏÑÓÒÔÖÕØŒÚÙÛÜÝ’‘“”–—€£…«»°²·§\u00a0")
NOT_TABLES = {
    b"\xd0\xcf\x11\xe0": "This is an Excel file of the old kind (.xls): please save it as .xlsx or CSV.",
    b"%PDF": "This is a PDF: please bring a CSV, an XLSX or a vCard file.",
    b"\x89PNG": "This is a picture: please bring a CSV, an XLSX or a vCard file.",
    b"\xff\xd8\xff": "This is a picture: please bring a CSV, an XLSX or a vCard file.",
}


class Sheet(NamedTuple):
    """`rows` are (place in the file, cells); `told` says how the file was read."""

    header: list[str]
    rows: list[tuple[int, list[str]]]
    told: str


def read(content: bytes) -> Sheet:
    """Raises Invalid with a sentence for what cannot be read as a table."""
    if len(content) > LARGEST:
        raise Invalid("This file is larger than 20 MB: please split it into smaller ones.")
    for start, sentence in NOT_TABLES.items():
        if content.startswith(start):
            raise Invalid(sentence)
    if content.startswith(b"PK\x03\x04"):
        return _sheet(*_workbook(content))
    text, encoding = decode(content)
    if "\x00" in text:
        raise Invalid("This is no text: please bring a CSV, an XLSX or a vCard file.")
    if re.match(r"\s*BEGIN:VCARD", text, re.IGNORECASE):
        return _sheet(card_reading.rows(text), f"vCard, {encoding}")
    return _sheet(*_table(text, encoding))


def decode(content: bytes) -> tuple[str, str]:
    """The text and the name of its encoding. Lines of another encoding than the rest are read by themselves."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace"), "UTF-16"
    sample = content[:4000]
    for encoding, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[0::2])):
        if len(zeros) > 3 and zeros.count(0) > len(zeros) * 0.6:
            return content.decode(encoding, errors="replace"), "UTF-16"
    content = content.removeprefix(b"\xef\xbb\xbf")
    try:
        return content.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        return _mended(content)


def _mended(content: bytes) -> tuple[str, str]:
    lines = content.splitlines(keepends=True)
    others = [line for line in lines if not _is_utf8(line)]
    fallback = _likeliest(b"".join(others))
    utf8 = any(_is_utf8(line) and not line.isascii() for line in lines)
    text = "".join(
        line.decode("utf-8") if _is_utf8(line) else line.decode(fallback, errors="replace") for line in lines
    )
    name = ENCODINGS.get(fallback, fallback)
    return text, f"UTF-8 with {len(others):,} lines of {name}" if utf8 else name


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _likeliest(content: bytes) -> str:
    """By how usual the letters are that come out; unless one stands out, by what the library thinks."""
    best, share = "cp1252", 0.0
    for encoding in ENCODINGS:
        high = [char for char in content.decode(encoding, errors="replace") if ord(char) > 127]
        usual = sum(char in USUAL for char in high) / max(len(high), 1)
        if usual > share:
            best, share = encoding, usual
    if share >= 0.6:
        return best
    found = charsets.from_bytes(content).best()
    return found.encoding if found else best


def _table(text: str, encoding: str) -> tuple[Iterator[list[str]], str]:
    stated = re.match(r'"?sep=(.)"?\r?\n', text)
    if stated:
        text = text[stated.end() :]
    delimiter = stated[1] if stated else _delimiter(text)
    spoken = DELIMITERS.get(delimiter, f"“{delimiter}”")
    return _records(text, delimiter), f"{encoding}, columns between {spoken}"


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise Invalid("This file cannot be read as a table: a text in quotes may have no end.") from error


def _delimiter(text: str) -> str:
    """The one by which most of the first rows have as many cells as the heading, and more than one."""
    best, rank = ",", (0.0, 1)
    for delimiter in DELIMITERS:
        widths = [len(cells) for cells in islice(filter(any, _records(text[:200_000], delimiter)), 30)]
        if widths and widths[0] > 1:
            alike = sum(width == widths[0] for width in widths) / len(widths)
            best, rank = max((best, rank), (delimiter, (round(alike, 1), widths[0])), key=lambda one: one[1])
    return best


def _workbook(content: bytes) -> tuple[Iterable[list[str]], str]:
    """The first sheet that holds something."""
    sentence = "This Excel file cannot be read: please save it again as .xlsx, or as CSV."
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > LARGEST_UNPACKED:
                raise Invalid("This Excel file unpacks to more than 200 MB: please split it into smaller ones.")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            rows = [
                [_cell(value) for value in row[:MOST_COLUMNS]]
                for row in islice(sheet.iter_rows(values_only=True), MOST_ROWS + 2)
            ]
            if any(any(row) for row in rows):
                return rows, f"XLSX, sheet “{sheet.title}”"
    except Invalid:
        raise
    except (
        zipfile.BadZipFile, openpyxl.utils.exceptions.InvalidFileException, ParseError, KeyError, ValueError,
        TypeError, AttributeError, EOFError, OSError, NotImplementedError,
    ) as error:  # fmt: skip
        raise Invalid(sentence) from error
    return [], "XLSX"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _sheet(records: Iterable[list[str]], told: str) -> Sheet:
    """Heading and rows, without blank rows and without columns that are blank all the way."""
    header: list[str] = []
    rows: list[tuple[int, list[str]]] = []
    for place, cells in enumerate(records, 1):
        cells = [_clean(cell) for cell in cells]
        if not any(cells):
            continue
        if not header:
            header = cells
            continue
        if len(rows) >= MOST_ROWS:
            raise Invalid(f"This file has more than {MOST_ROWS:,} rows: please split it into smaller ones.")
        rows.append((place, cells))
    if not header:
        raise Invalid("This file is empty: please choose another.")
    if not rows:
        raise Invalid("This file has a heading but no rows: please choose another.")
    while not header[-1] and not any("".join(cells[len(header) - 1 :]) for _, cells in rows):
        header.pop()
    if len(header) > MOST_COLUMNS:
        raise Invalid(f"This file has more than {MOST_COLUMNS} columns: please take some out.")
    return Sheet([name or f"Column {place}" for place, name in enumerate(_told_apart(header), 1)], rows, told)


def _told_apart(header: list[str]) -> list[str]:
    seen: Counter[str] = Counter()
    names = []
    for name in header:
        seen[name] += 1
        names.append(f"{name} ({seen[name]})" if name and seen[name] > 1 else name)
    return names


def _clean(cell: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from calculating, and without characters nobody types."""
    cell = cell.replace("\ufeff", "").replace("\x00", "").strip()
    return cell[1:] if cell[:1] == "'" and cell[1:2] in ("=", "+", "-", "@") else cell
