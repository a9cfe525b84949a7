"""Any list for other programs, as CSV or as a workbook: exactly the rows and columns that the view shows."""

import csv as writer
import io
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from peewee import ForeignKeyField

from crmlite import clock
from crmlite.later import openpyxl
from crmlite.lists import keyset, query
from crmlite.lists.kinds import names
from crmlite.lists.reader import SYMBOLS, Reader
from crmlite.lists.rows import UNASKED
from crmlite.lists.spec import Column, ListSpec
from crmlite.models.currencies import places

AT_ONCE = 500
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
LONGEST_CELL = 32_767  # what a workbook can hold
DAY, MOMENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
WIDTHS = {"long_text": 60, "text": 24, "email": 30, "site": 28, "record": 28, "phone": 20, "money": 14}
USUAL_WIDTH = 16
Known = dict[str, dict[int, str]]


def csv(spec: ListSpec, asked: query.Wish, to: Reader) -> Iterator[str]:
    """UTF-8 lines with a header. Values that a spreadsheet would run as a formula get an apostrophe in front."""
    columns = _columns(spec, asked)
    yield "\ufeff" + line([column.label for column in columns])
    for records, known in _batches(spec, asked, columns, to):
        yield "".join(line([_plain(spec, c, one, known, to) for c in columns]) for one in records)


def workbook(spec: ListSpec, asked: query.Wish, to: Reader) -> IO[bytes]:
    """An XLSX file at its beginning: one row a record, days and amounts as such, text never a formula."""
    columns = _columns(spec, asked)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(spec.title)
    sheet.freeze_panes = "A2"
    sheet.column_dimensions["A"].width = 9
    for place, column in enumerate(columns, 2):
        sheet.column_dimensions[openpyxl.utils.get_column_letter(place)].width = WIDTHS.get(
            column.kind.name, USUAL_WIDTH
        )
    sheet.append([_heading(sheet, label) for label in ("Id", *(column.label for column in columns))])
    for records, known in _batches(spec, asked, columns, to):
        for one in records:
            sheet.append([one.id, *(_cell(sheet, spec, column, one, known, to) for column in columns)])
    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    book.save(file)
    file.seek(0)
    return file


def _columns(spec: ListSpec, asked: query.Wish) -> list[Column]:
    """With a number or an address goes whether somebody asked not to be called or mailed."""
    own = [column for name in spec.name_fields if (column := spec.column(name))]
    shown = [*own, *(column for column in query.shown(spec, asked) if column not in own)]
    wishes = [spec.column(UNASKED[column.kind.name]) for column in shown if column.kind.name in UNASKED]
    return [*shown, *(column for column in dict.fromkeys(wishes) if column and column not in shown)]


def _batches(spec: ListSpec, asked: query.Wish, columns: list[Column], to: Reader) -> Iterator[tuple[list[Any], Known]]:
    """All rows, some hundred at once, with the names of the records they point at."""
    asked = replace(asked, columns=tuple(column.name for column in columns), after="")
    while True:
        found = query.records(spec, asked, to, AT_ONCE + 1)
        records = found[:AT_ONCE]
        yield (
            records,
            {
                c.name: names(c.kind.concept, {getattr(r, f"{c.name}_id") for r in records} - {None}, to)
                for c in columns
                if c.kind.concept
            },
        )
        if len(found) <= AT_ONCE:
            return
        asked = replace(asked, after=keyset.cursor(records[-1]))


def _value(spec: ListSpec, column: Column, record: Any) -> Any:
    field = spec.model._meta.fields[column.name]
    return getattr(record, field.object_id_name if isinstance(field, ForeignKeyField) else column.name)


def _plain(spec: ListSpec, column: Column, record: Any, known: Known, to: Reader) -> str:
    value = _value(spec, column, record)
    if value is None:
        return ""
    if column.kind.name == "money":
        return decimal(value, record.currency)
    return _word(column, value, known, to)


def _word(column: Column, value: Any, known: Known, to: Reader) -> str:
    if column.kind.concept:
        return known[column.name].get(value, "")
    if column.kind.options:
        return next((word for key, word in column.kind.options(to, value) if key == value), "")
    return ("Yes" if value else "No") if column.kind.name == "flag" else str(value)


def line(values: list[str]) -> str:
    safe = [f"'{v}" if v.startswith(DANGEROUS) and not v.lstrip("+-").replace(" ", "").isdigit() else v for v in values]
    out = io.StringIO()
    writer.writer(out).writerow(safe)
    return out.getvalue()


def _heading(sheet: Any, label: str) -> Any:
    cell = openpyxl.cell.WriteOnlyCell(sheet, label)
    cell.font = openpyxl.styles.Font(bold=True)
    cell.alignment = openpyxl.styles.Alignment(vertical="top")
    return cell


def _cell(sheet: Any, spec: ListSpec, column: Column, record: Any, known: Known, to: Reader) -> Any:
    value = _value(spec, column, record)
    if value is None or value == "":
        return None
    if column.kind.name == "money":
        digits = places(record.currency)
        return _number(sheet, Decimal(value).scaleb(-digits), _money_format(record.currency, digits))
    if isinstance(value, datetime):
        return _number(sheet, clock.to_wall(value, to.by.zone).replace(tzinfo=None), MOMENT)
    if isinstance(value, date):
        return _number(sheet, value, DAY)
    if column.kind.name == "percent":
        return _number(sheet, value / 100, "0%")
    if column.kind.name == "flag":
        return _text(sheet, "Yes") if value else None
    if column.kind.number and isinstance(value, int):
        return _number(sheet, value, "#,##0")
    return _text(sheet, _word(column, value, known, to))


def _number(sheet: Any, value: Any, format: str) -> Any:
    cell = openpyxl.cell.WriteOnlyCell(sheet, value)
    cell.number_format = format
    return cell


def _money_format(currency: str, digits: int) -> str:
    return f"[${SYMBOLS.get(currency, currency)}] #,##0" + ("." + "0" * digits if digits else "")


def _text(sheet: Any, text: str) -> Any:
    """Text stays text, whatever it begins with."""
    cell = openpyxl.cell.WriteOnlyCell(sheet, openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", text)[:LONGEST_CELL])
    cell.data_type = "s"
    return cell


def decimal(minor: int, currency: str) -> str:
    """An amount for other programs: 31000.50."""
    digits = places(currency)
    whole, rest = divmod(abs(minor), 10**digits)
    return ("-" if minor < 0 else "") + (f"{whole}.{rest:0{digits}d}" if digits else str(whole))
