"""The house as it stands on paper: where it is, its logo, and the texts that quotes begin with."""

import io
import re
from functools import lru_cache
from typing import Any, NamedTuple

from crmlite.errors import Invalid
from crmlite.models.choices import Setting
from crmlite.models.people import EMAIL, WEBSITE
from crmlite.rules import bodies, directory, gate, images
from crmlite.rules.access import Actor, require
from crmlite.rules.documents import Sent
from crmlite.rules.settings import put_setting

LANGUAGES = {"en": "English", "fr": "French", "de": "German", "es": "Spanish"}
# Field -> longest text in characters.
SENDER = {"address": 400, "phone": 60, "email": 200, "website": 200, "registration": 120, "bank": 200}
TEXTS = {"introduction": 4000, "closing": 4000, "footer": 1000}
LARGEST_LOGO = 5 * 1024 * 1024
MOST_DAYS = 730
LEFT_OVER = re.compile(r"[ \t]+(?=\n|$)")


class Texts(NamedTuple):
    introduction: str = ""
    closing: str = ""
    footer: str = ""


def sender() -> dict[str, str]:
    """The fields of SENDER; `address` has several lines."""
    return {**dict.fromkeys(SENDER, ""), **directory.current().settings["sender"]}


def set_sender(values: dict[str, str], by: Actor) -> None:
    """Raises Invalid by field."""
    require(by, "change", Setting())
    kept = {name: _tidy(values.get(name, "")) for name in SENDER}
    found = _too_long(kept, SENDER)
    if kept["email"] and not EMAIL.fullmatch(kept["email"]):
        found["email"] = "Please enter an e-mail address such as office@example.com."
    if kept["website"] and not WEBSITE.fullmatch(kept["website"]):
        found["website"] = "Please enter a website such as example.com."
    if kept["address"].count("\n") > 5:
        found["address"] = "Please keep the address within six lines."
    if found:
        raise Invalid(fields=found)
    _put("sender", kept, by)


def set_logo(sent: Sent, by: Actor) -> None:
    """Keep a picture as the logo, drawn anew. Raises Invalid."""
    require(by, "change", Setting())
    if sent.file.seek(0, io.SEEK_END) > LARGEST_LOGO:
        raise Invalid(fields={"logo": f"Please choose a picture of at most {LARGEST_LOGO // 1024**2} MB."})
    try:
        drawn = images.logo(sent.file)
    except Invalid as error:
        raise Invalid(fields={"logo": error.message}) from error
    with gate.together():
        _put("logo", bodies.keep_bytes(drawn), by)


def remove_logo(by: Actor) -> None:
    require(by, "change", Setting())
    _put("logo", "", by)


def logo_digest() -> str:
    """Empty where there is no logo."""
    return str(directory.current().settings["logo"])


def logo() -> bytes:
    """The logo as PNG; empty where there is none."""
    digest = logo_digest()
    return _bytes(digest) if digest else b""


def texts(language: str) -> Texts:
    """What a new quote in this language begins with: the house's own texts, else those in English."""
    settings = directory.current().settings
    own = settings["texts"].get(language if language in LANGUAGES else "en") or settings["texts"].get("en") or {}
    return Texts(**{name: own.get(name, "") for name in TEXTS})


def stored_texts(language: str) -> Texts:
    """Those of this language alone."""
    own = directory.current().settings["texts"].get(language, {})
    return Texts(**{name: own.get(name, "") for name in TEXTS})


def set_texts(language: str, values: dict[str, str], by: Actor) -> None:
    """Without any text the language falls back to English. Raises Invalid by field."""
    require(by, "change", Setting())
    if language not in LANGUAGES:
        raise Invalid("Please choose a language from the list.")
    kept = {name: _tidy(values.get(name, "")) for name in TEXTS}
    if found := _too_long(kept, TEXTS):
        raise Invalid(fields=found)
    others = {one: own for one, own in directory.current().settings["texts"].items() if one != language}
    _put("texts", {**others, language: kept} if any(kept.values()) else others, by)


def quote_days() -> int:
    """How many days a new quote is valid; 0 sets no day."""
    return int(directory.current().settings["quote_days"])


def set_quote_days(text: str, by: Actor) -> None:
    require(by, "change", Setting())
    if not text.strip().isdecimal() or int(text.strip()[:6]) > MOST_DAYS:
        raise Invalid(fields={"quote_days": f"Please enter a number of days up to {MOST_DAYS}, 0 for no last day."})
    _put("quote_days", int(text), by)


def _put(key: str, value: Any, by: Actor) -> None:
    if directory.current().settings[key] != value:
        put_setting(key, value, by)


def _tidy(text: str) -> str:
    return LEFT_OVER.sub("", text.replace("\r\n", "\n")).strip()


def _too_long(values: dict[str, str], limits: dict[str, int]) -> dict[str, str]:
    return {
        name: f"This is {len(text):,} characters long; please keep it within {limits[name]:,}."
        for name, text in values.items()
        if len(text) > limits[name]
    }


@lru_cache(maxsize=2)
def _bytes(digest: str) -> bytes:
    return b"".join(bodies.pieces(digest))
