"""What stands on the pages of a PDF that the program wrote, read back from its bytes."""

import re
import zlib
from typing import NamedTuple

OBJECT = re.compile(rb"\n(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
STREAM = re.compile(rb"stream\n(.*)\nendstream", re.DOTALL)
SHOWN = re.compile(rb"/(F\d+) ([\d.]+) Tf|([\d.]+) ([\d.]+) Td|\(((?:\\.|[^\\)])*)\) Tj", re.DOTALL)
ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


class Text(NamedTuple):
    """`left` and `bottom` in points from the lower left corner; `size` of the type."""

    left: float
    bottom: float
    size: float
    text: str


def texts(pdf: bytes) -> list[list[Text]]:
    """The texts of each page, in the order in which they were written."""
    objects = {int(number): body for number, body in OBJECT.findall(pdf)}
    pages = []
    for body in objects.values():
        if re.search(rb"/Type /Page\b", body) and (content := re.search(rb"/Contents (\d+) 0 R", body)):
            resources = objects[int(re.search(rb"/Resources (\d+) 0 R", body)[1])]
            fonts = {
                name: _letters(objects, int(number)) for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", resources)
            }
            pages.append(_read(_stream(objects[int(content[1])]), fonts))
    return pages


def words(pdf: bytes) -> list[str]:
    """Each page as one text, with a line for each piece."""
    return ["\n".join(one.text for one in page) for page in texts(pdf)]


def _read(content: bytes, fonts: dict[bytes, dict[int, str]]) -> list[Text]:
    found: list[Text] = []
    font, size, left, bottom, moved = b"", 0.0, 0.0, 0.0, True
    for name, points, across, up, shown in SHOWN.findall(content):
        if name:
            font, size = name, float(points)
        elif across:
            left, bottom, moved = float(across), float(up), True
        else:
            raw = re.sub(rb"\\(.)", lambda match: ESCAPED.get(match[1], match[1]), shown, flags=re.DOTALL)
            codes = (int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2))
            text = "".join(fonts[font].get(code, "\ufffd") for code in codes)
            before = "" if moved else found.pop().text
            found.append(Text(left, bottom, size, before + text))
            moved = False
    return found


def _letters(objects: dict[int, bytes], font: int) -> dict[int, str]:
    """Code -> letter, from the font's own table."""
    table = objects[int(re.search(rb"/ToUnicode (\d+) 0 R", objects[font])[1])]
    pairs = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>\n", _stream(table))
    return {int(code, 16): bytes.fromhex(letter.decode()).decode("utf-16-be") for code, letter in pairs}


def _stream(body: bytes) -> bytes:
    raw = STREAM.search(body)[1]
    return zlib.decompress(raw) if b"/FlateDecode" in body else raw
