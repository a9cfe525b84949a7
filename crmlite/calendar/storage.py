"""Radicale's storage over homes and calendars; knows no calendar text."""

import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from radicale.item import Item
from radicale.storage import BaseCollection, BaseStorage

from crmlite.calendar import visit
from crmlite.calendar.book import Book, StoredCard
from crmlite.calendar.collection import OUR_PROPERTIES, TRANSPARENCY, Collection, Folder, Stored
from crmlite.calendar.visit import Visit
from crmlite.errors import Invalid, Refused
from crmlite.models.base import is_sqlite
from crmlite.rules import calendars, gate, objects, sync

_writing = threading.Lock()


class NotMade(Exception):
    """A collection was refused. Not a ValueError, from which Radicale would make a bad request."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.message)
        self.refused = refused


class Storage(BaseStorage):
    _is_collision_free = True
    _supports_unicode = True
    _supports_trailing_whitespace = True
    _supports_problematic_chars = True

    def discover(
        self, path: str, depth: str = "0", child_context_manager: Any = None, user_groups: Any = None
    ) -> Iterator[BaseCollection | Item]:
        """The thing itself first, then, unless depth is "0", what it holds."""
        here = visit.current.get()
        parts = path.strip("/").split("/") if path.strip("/") else []
        if not parts:
            yield Folder("")
        elif parts[0] != here.slug or len(parts) > 3:
            return
        elif len(parts) == 1:
            yield Folder(here.slug, here.actor.name)
            if depth != "0":
                yield from (Collection(here, place) for place in here.home.values())
                if here.has_book:
                    yield Book(here)
        elif here.in_book(path):
            yield from _in_book(Book(here), parts[2:], depth)
        elif place := here.home.get(parts[1]):
            yield from _inside(Collection(here, place), parts[2:], depth)

    @contextmanager
    def acquire_lock(self, mode: str, user: str = "", *args: Any, **options: Any) -> Iterator[None]:
        """Writing is one transaction and one gesture. On SQLite one writer at a time waits here rather
        than in the database; on PostgreSQL the rows of the calendars are held."""
        here = visit.current.get()
        if mode == "r":
            yield
            return
        with ExitStack() as held:
            if is_sqlite():
                held.enter_context(_writing)
            held.enter_context(gate.together())
            slugs = [_slug(options.get(name, "")) for name in ("path", "to_path")]
            sync.hold([here.home[slug].calendar.id for slug in slugs if slug in here.home])
            yield
        here.look_again()

    def create_collection(
        self, href: str, items: Iterable[Item] | None = None, props: Mapping[str, str] | None = None
    ) -> tuple[BaseCollection, dict[str, Item], list[str]]:
        """MKCALENDAR and extended MKCOL. Raises NotMade."""
        here = visit.current.get()
        slug = href.strip("/").split("/")[1]
        try:
            _make(here, slug, dict(props or {}))
        except Refused as refused:
            raise NotMade(refused) from refused
        here.look_again()
        return Collection(here, here.place(slug)), {}, []

    def verify(self) -> bool:
        return True


def _make(here: Visit, slug: str, props: dict[str, str]) -> None:
    if props.pop("tag", "") != "VCALENDAR":
        raise Invalid("Only calendars and task lists can be made here.")
    components = props.pop("C:supported-calendar-component-set", "") or "VEVENT"
    kind = "events" if "VEVENT" in components else "tasks"
    props.pop(TRANSPARENCY, None)
    known = known_values({name: props.pop(name) for name in OUR_PROPERTIES if name in props})
    name = known.pop("name", "")
    calendars.add(slug, kind, name, here.actor, **known, extra=json.dumps(props) if props else "")


def _slug(path: str) -> str:
    """The calendar's part of a path."""
    return (path.strip("/").split("/") + [""])[1]


def known_values(said: Mapping[str, str]) -> dict[str, Any]:
    """Properties that are columns of a calendar. Raises Invalid."""
    values: dict[str, Any] = {OUR_PROPERTIES[name]: text.strip() for name, text in said.items()}
    if "colour" in values:
        colour = values["colour"]
        if not (
            len(colour) in (4, 7, 9) and colour[0] == "#" and all(c in "0123456789abcdefABCDEF" for c in colour[1:])
        ):
            raise Invalid("A colour is written as #RRGGBB.")
        values["colour"] = "#" + "".join(c * 2 for c in colour[1:]) if len(colour) == 4 else colour[:7]
    if "position" in values:
        if not values["position"].lstrip("-").isdecimal() or len(values["position"]) > 9:
            raise Invalid("The order is a whole number.")
        values["position"] = int(values["position"])
    return values


def _in_book(book: Book, names: list[str], depth: str) -> Iterator[BaseCollection | Item]:
    if names:
        yield from (StoredCard(book, row) for row in book.named(names))
        return
    yield book
    if depth != "0":
        yield from book.get_all()


def _inside(collection: Collection, names: list[str], depth: str) -> Iterator[BaseCollection | Item]:
    if names:
        rows = objects.named(collection.calendar, names, collection.here.actor, texts=True)
        yield from (Stored(collection, row) for row in rows)
        return
    yield collection
    if depth != "0":
        yield from collection.get_all()
