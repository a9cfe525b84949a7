"""What leads, partners and contacts share: names, ways to reach them, an address, who follows them."""

import re

from peewee import BooleanField

from crmlite.models.base import Record, fold, link, text, too_long
from crmlite.models.choices import Choice
from crmlite.models.teams import Team
from crmlite.models.users import User

TITLES = {"": "", "mr": "Mr", "ms": "Ms", "dr": "Dr", "prof": "Prof."}
LANGUAGES = {
    "": "", "ar": "Arabic", "bg": "Bulgarian", "zh": "Chinese", "hr": "Croatian", "cs": "Czech", "da": "Danish",
    "nl": "Dutch", "en": "English", "et": "Estonian", "fi": "Finnish", "fr": "French", "de": "German", "el": "Greek",
    "he": "Hebrew", "hi": "Hindi", "hu": "Hungarian", "it": "Italian", "ja": "Japanese", "ko": "Korean",
    "lv": "Latvian", "lt": "Lithuanian", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian",
    "ru": "Russian", "sr": "Serbian", "sk": "Slovak", "sl": "Slovenian", "es": "Spanish", "sv": "Swedish",
    "tr": "Turkish", "uk": "Ukrainian",
}  # fmt: skip
PHONE = re.compile(r"\+?[\d\s().\-/]*\d[\d\s().\-/]*")
EMAIL = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+\.[^@\s<>,;\"]+")
WEBSITE = re.compile(r"(https?://)?[^\s/.:@]+(\.[^\s/.:@]+)+(:\d+)?([/?#]\S*)?", re.IGNORECASE)
ONE_LINE = 300
PHONES = ("phone", "mobile_phone", "fax")
TAIL = 9  # digits of a phone that are the same with and without country code


class Reachable(Record):
    """`full_name` and `sort_name` (blind to case and accents) are derived from the parts at every write."""

    title = text(10)
    name = text(120)
    first_name = text(120)
    full_name = text(400)
    sort_name = text(400)
    department = text(120)
    email = text(200)
    phone = text(40)
    mobile_phone = text(40)
    fax = text(40)
    website = text(300)
    street = text(300)
    city = text(120)
    region = text(120)
    postcode = text(20)
    country = text(60)
    description = text(50_000)
    do_not_call = BooleanField(default=False)
    do_not_email = BooleanField(default=False)
    owner = link(User)
    team = link(Team)
    source = link(Choice)
    job_title = link(Choice)

    @property
    def label(self) -> str:
        return self.full_name

    @property
    def list_name(self) -> str:
        """As a directory lists a person: last name first."""
        return list_name(self.name, self.first_name)

    def prepare(self) -> None:
        for name, field in self._meta.fields.items():
            if 0 < getattr(field, "limit", 0) <= ONE_LINE:
                setattr(self, name, " ".join((getattr(self, name) or "").split()))
        self.full_name = self.compose_name()
        self.sort_name = fold(" ".join(filter(None, (self.name, self.first_name))))

    def compose_name(self) -> str:
        return " ".join(filter(None, (self.first_name, self.name)))

    def problems(self) -> dict[str, str]:
        found = too_long(self)
        if not self.name:
            found["name"] = "Please enter a name."
        for field in PHONES:
            if sentence := phone_problem(getattr(self, field)):
                found.setdefault(field, sentence)
        if self.email and not EMAIL.fullmatch(self.email):
            found.setdefault("email", "Please enter an e-mail address such as ana@example.com.")
        if self.website and not WEBSITE.fullmatch(self.website):
            found.setdefault("website", "Please enter a web address such as example.com.")
        if self.title not in TITLES:
            found["title"] = "Please choose a title from the list."
        return found

    def search_text(self) -> str:
        numbers = " ".join(digits(getattr(self, name)) for name in PHONES)
        return " ".join((self.full_name, self.email, self.email.replace("@", " "), numbers, self.city))


def list_name(name: str, first_name: str) -> str:
    return f"{name}, {first_name}" if first_name else name


def phone_problem(value: str) -> str:
    """crm-reference 1.1: optional plus, at least 7 digits with blanks, brackets, dots, hyphens."""
    if value and not (PHONE.fullmatch(value) and 7 <= len(digits(value)) <= 20):
        return "Please enter a phone number with at least 7 digits, such as +33 4 72 10 48 81."
    return ""


def digits(value: str) -> str:
    """A phone number as it is found in any format: its digits without a leading international or trunk zero."""
    return re.sub(r"\D", "", value).lstrip("0")


def tail(value: str) -> str:
    """By what two phone numbers are the same."""
    return digits(value)[-TAIL:]
