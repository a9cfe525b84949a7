"""People who sign in, and the devices that sync in their name."""

import re

from peewee import BooleanField, IntegerField, TextField

from crmlite import clock
from crmlite.models.base import Record, Table, UtcDateTime, link, text, too_long

ROLES = {"owner": "Owner", "manager": "Manager", "rep": "Rep", "reader": "Reader"}
LOCALES = {"en": "English", "fr": "Français"}
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
THEMES = {"auto": "Like the device", "light": "Light", "dark": "Dark"}
DIGESTS = {"": "Never", "working": "On working days", "daily": "Every day"}
HOURS = range(24)


class User(Record):
    """`slug` stands in calendar addresses: opaque ASCII, never changed. `session_key` is renewed to end every
    session of the person. They work on `work_days` ("12345" is Monday to Friday) from `work_from` until `work_until`
    ("08:00", wall time; "00:00" ends the day); `second_zone` stands beside the hours of their calendar, or nothing.
    `reminder_mail`: whether reminders are mailed too; `digest_days` and `digest_hour` (in their
    own zone): when the digest is."""

    concept = "user"

    name = text(120)
    email = text(200, unique=True)
    password_hash = text(300)
    role = text(20)
    active = BooleanField(default=True)
    slug = text(40, unique=True)
    zone = text(60)
    locale = text(10)
    theme = text(10)
    colour = IntegerField(default=0)
    session_key = text(60)
    work_days = TextField(default="12345")
    work_from = TextField(default="08:00")
    work_until = TextField(default="18:00")
    second_zone = text(60)
    reminder_mail = BooleanField(default=True)
    digest_days = text(10)
    digest_hour = IntegerField(default=7)

    class Meta:
        table_name = "users"

    @property
    def is_active(self) -> bool:
        return self.active and self.deleted_at is None

    @property
    def initials(self) -> str:
        return initials(self.name)

    def prepare(self) -> None:
        self.name = " ".join(self.name.split())
        self.email = self.email.strip().lower()

    def problems(self) -> dict[str, str]:
        found = too_long(self)
        if not self.name:
            found["name"] = "Please enter a name."
        if "@" not in self.email.strip("@") or " " in self.email:
            found["email"] = "Please enter an e-mail address such as ana@example.com."
        if self.role not in ROLES:
            found["role"] = f"Please choose a role: {', '.join(ROLES)}."
        if self.locale not in LOCALES:
            found["locale"] = "Please choose English or French."
        if self.zone not in clock.zone_names():
            found["zone"] = "Please choose a time zone from the list, such as Europe/Paris."
        if self.theme not in THEMES:
            found["theme"] = "Please choose light, dark or automatic."
        if self.second_zone not in ("", *clock.zone_names()):
            found["second_zone"] = "Please choose a time zone from the list, such as America/New_York, or none."
        if self.digest_days not in DIGESTS:
            found["digest_days"] = "Please choose on which days the digest comes."
        if self.digest_hour not in HOURS:
            found["digest_hour"] = "Please choose an hour between 00:00 and 23:00."
        return found | self._working_problems()

    def _working_problems(self) -> dict[str, str]:
        found = {}
        if "".join(sorted(set(self.work_days) & set("1234567"))) != self.work_days:
            found["work_days"] = "Please choose days of the week."
        for name in ("work_from", "work_until"):
            if not TIME.fullmatch(getattr(self, name)):
                found[name] = "Please enter a time such as 08:30."
        if not found and "00:00" != self.work_until <= self.work_from:
            found["work_until"] = "Please choose a time after the start; 00:00 is the end of the day."
        return found


def initials(name: str) -> str:
    words = name.split()
    return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper() if words else "?"


class Device(Record):
    """A password of its own for one phone or program. Only its SHA-256 is kept: the password is a random
    160-bit token, so a slow hash would add nothing (caldav.md section 6)."""

    concept = "device"

    user = link(User)
    name = text(80)
    digest = text(64, unique=True)
    scope = text(20)
    last_used_at = UtcDateTime(null=True)
    last_address = text(60)
    last_agent = text(200)

    class Meta:
        table_name = "devices"

    def problems(self) -> dict[str, str]:
        return too_long(self) if self.name.strip() else {"name": "Please name the device, for example “Ana’s phone”."}


class Attempt(Table):
    """Failed sign-ins, counted per key (a hash of account or address) within a window."""

    key = text(64, unique=True)
    failures = IntegerField(default=0)
    since = UtcDateTime()

    class Meta:
        table_name = "attempts"
