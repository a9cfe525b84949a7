"""People who sign in, and the devices that sync in their name."""

from peewee import BooleanField, IntegerField

from crmlite import clock
from crmlite.models.base import Record, Table, UtcDateTime, link, text, too_long

ROLES = {"owner": "Owner", "manager": "Manager", "rep": "Rep", "reader": "Reader"}
LOCALES = {"en": "English", "fr": "Français"}
THEMES = {"auto": "Like the device", "light": "Light", "dark": "Dark"}


class User(Record):
    """`slug` stands in calendar addresses: opaque ASCII, never changed. `session_key` is renewed to end every
    session of the person."""

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
