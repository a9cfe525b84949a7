"""What a record is found by and what somebody may have meant: words blind to case, accents and spelling, and phone
numbers in any format. The index and the question are read alike."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from unicodedata import normalize

from crmlite.models.base import fold
from crmlite.models.people import digits

MOST = 8
LONGEST = 60
LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
WORD = re.compile(r"[^\W_]+")
APOSTROPHE = re.compile("['’ʼ`]")
APOSTROPHES = str.maketrans(dict.fromkeys("'’ʼ`"))
# Marks no name begins with: the first word of a label, and a number read from its end.
BEGINS, ENDS = "zqb", "zqe"
NUMBER = re.compile(r"(?<!\w)\+?\(?\d(?:[\d\s().\-/]*\d)?(?!\w)")
FEWEST_DIGITS, WHOLE_NUMBER = 3, 7
COUNTRY = re.compile(r"[17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3}")


class Term(NamedTuple):
    """One thing asked for. Each of its `ways` is a set of words that must all begin words of the record."""

    typed: str
    ways: tuple[tuple[str, ...], ...]


def split(text: str) -> list[str]:
    plain = text.lower() if text.isascii() else fold(text.casefold().translate(LETTERS))
    return [word[:LONGEST] for word in WORD.findall(plain)]


def spellings(text: str) -> Iterator[list[str]]:
    """The words of a text as they may be written: plain, with umlauts as two letters, without apostrophes."""
    if text.isascii() and not APOSTROPHE.search(text):
        yield split(text)
        return
    lower = normalize("NFC", text.casefold())
    for spelled in dict.fromkeys((lower, lower.translate(GERMAN), lower.translate(APOSTROPHES))):
        yield split(spelled)


def of_record(label: str, text: str) -> str:
    """What the index keeps of a record."""
    found = [word for words in spellings(text) for word in words]
    for number in {word for word in found if word.isdecimal() and len(word) >= WHOLE_NUMBER}:
        found += [*_national(number), ENDS + number[::-1]]
    found += [BEGINS + words[0] for words in spellings(label) if words]
    return " ".join(dict.fromkeys(found))


def asked(text: str) -> list[Term]:
    found, at = [], 0
    for number in NUMBER.finditer(text):
        if len(re.sub(r"\D", "", number[0])) >= FEWEST_DIGITS:
            found += [*_words(text[at : number.start()]), _number(number[0])]
            at = number.end()
    return [*found, *_words(text[at:])][:MOST]


def _words(text: str) -> list[Term]:
    found = []
    for piece in WORD.findall(normalize("NFC", text.casefold())):
        ways = dict.fromkeys(tuple(words) for words in spellings(piece) if words)
        found += [Term(next(iter(ways))[0], tuple(ways))] if ways else []
    return found


def _number(run: str) -> Term:
    """Its digits without leading zeros begin a number, with or without country code, or end it; or they are words."""
    plain, typed = tuple(split(run)), digits(run)
    ways = [plain, (typed,)] if typed else [plain]
    if run.startswith(("+", "(+", "00")):
        ways += [(number,) for number in _national(typed) if len(number) >= FEWEST_DIGITS]
    if len(typed) > FEWEST_DIGITS:
        ways.append((ENDS + re.sub(r"\D", "", run)[::-1],))
    return Term(" ".join(plain), tuple(dict.fromkeys(ways)))


def _national(number: str) -> list[str]:
    """An international number without the zero of “+33 (0)4”, and without its country code."""
    code = COUNTRY.match(number)
    rest = number[code.end() :].lstrip("0") if code else ""
    return [code[0] + rest, rest] if code and rest else []
