"""What the door knows about the request it is serving: Radicale tells its plugins little, and never the
actor."""

import re
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property

from crmlite.errors import Missing
from crmlite.rules import access, calendars
from crmlite.rules.access import Actor
from crmlite.rules.calendars import Place

# “iOS/17.5.1 (21F90) dataaccessd/1.0”, “macOS/14.5 (23F79) AddressBookCore/2664.5”, “Mac OS X/10.15.7 (19H2) …”.
APPLE = re.compile(r"(?:iOS|iPadOS|macOS|visionOS|Mac[ _]OS[ _]X)/")
BOOK = "contacts"  # the name of the address book in a home


@dataclass
class Visit:
    """`slug` is the person's name in addresses, `scope` what the device may see: calendar, contacts or all. `body` is
    what was sent, byte for byte, `agent` the name of the program; `at_root` marks a request for the bare host."""

    actor: Actor
    slug: str
    body: bytes = b""
    at_root: bool = False
    scope: str = "all"
    agent: str = ""

    @cached_property
    def home(self) -> dict[str, Place]:
        if self.scope == "contacts":
            return {}
        return {slug: place for slug, place in calendars.home(self.actor).items() if slug != BOOK}

    @property
    def knows_groups(self) -> bool:
        """Whether the program takes a card of kind group for a group; others would show it as one more person."""
        return bool(APPLE.match(self.agent))

    @property
    def has_book(self) -> bool:
        return self.scope in ("contacts", "all")

    def in_book(self, path: str) -> bool:
        """Whether this is the address of the book or of something in it, and the book is open to the device."""
        parts = path.strip("/").split("/")
        return self.has_book and len(parts) in (2, 3) and parts[:2] == [self.slug, BOOK]

    def place(self, slug: str) -> Place:
        if slug not in self.home:
            raise Missing("There is no such calendar.")
        return self.home[slug]

    def calendar_at(self, path: str) -> Place | None:
        """The calendar of this address, if it is the address of one in this home."""
        parts = path.strip("/").split("/")
        return self.home.get(parts[1]) if len(parts) == 2 and parts[0] == self.slug else None

    def look_again(self) -> None:
        """Read the calendars anew: inside the transaction that is about to write, or after one that wrote."""
        self.__dict__.pop("home", None)


def of(user_id: int, slug: str, body: bytes, at_root: bool, scope: str, agent: str) -> Visit:
    """Raises Missing for an account that is no longer active."""
    return Visit(access.actor(user_id, "caldav"), slug, body, at_root, scope, agent)


current: ContextVar[Visit] = ContextVar("visit")
