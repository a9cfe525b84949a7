"""What the door knows about the request it is serving: Radicale tells its plugins little, and never the
actor."""

from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property

from crmlite.errors import Missing
from crmlite.rules import access, calendars
from crmlite.rules.access import Actor
from crmlite.rules.calendars import Place


@dataclass
class Visit:
    """`slug` is the person's name in addresses. `body` is what was sent, byte for byte; `at_root` marks a
    request for the bare host."""

    actor: Actor
    slug: str
    body: bytes = b""
    at_root: bool = False

    @cached_property
    def home(self) -> dict[str, Place]:
        return calendars.home(self.actor)

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


def of(user_id: int, slug: str, body: bytes, at_root: bool) -> Visit:
    """Raises Missing for an account that is no longer active."""
    return Visit(access.actor(user_id, "caldav"), slug, body, at_root)


current: ContextVar[Visit] = ContextVar("visit")
