"""A calendar as Radicale sees it: a snapshot of its row, and what it holds."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from email.utils import format_datetime
from functools import cached_property

from radicale.item import Item
from radicale.storage import BaseCollection

from crmlite import clock
from crmlite.calendar.visit import Visit
from crmlite.ics import shown
from crmlite.models.base import read_time
from crmlite.models.calendars import COMPONENTS
from crmlite.rules import calendars, directory, events, objects, sync
from crmlite.rules.calendars import Place
from crmlite.rules.objects import Object
from crmlite.rules.turns import BUSY

TOKEN = "urn:crmlite:sync:"
TRANSPARENCY = "C:schedule-calendar-transp"  # told by limits.py
OUR_PROPERTIES = {
    "D:displayname": "name",
    "ICAL:calendar-color": "colour",
    "C:calendar-description": "description",
    "ICAL:calendar-order": "position",
}


class Folder(BaseCollection):
    """The root and the homes: no calendars themselves. The root tells nobody who else is here."""

    def __init__(self, path: str, name: str = "") -> None:
        self._path = path
        self._meta = {"D:displayname": name} if name else {}

    @property
    def path(self) -> str:
        return self._path

    @property
    def etag(self) -> str:
        return '"folder"'

    @property
    def last_modified(self) -> str:
        return ""

    def get_meta(self, key: str | None = None) -> Mapping[str, str] | str | None:
        return self._meta if key is None else self._meta.get(key)

    def get_all(self) -> Iterable[Item]:
        return ()


class Collection(BaseCollection):
    """One calendar in the home of the person who asks."""

    def __init__(self, here: Visit, place: Place) -> None:
        self.here = here
        self.place = place
        self.calendar = place.calendar
        self._texts: dict[int, str] = {}

    @property
    def path(self) -> str:
        return f"{self.here.slug}/{self.place.slug}"

    @property
    def owner(self) -> str:
        person = directory.current().people.get(self.calendar.owner_id or 0)
        return person.slug if person else self.here.slug

    @property
    def tag(self) -> str:
        return "VCALENDAR"

    @property
    def epoch(self) -> str:
        """Begins anew with what the reader gets: who may write now is shown what was held back before."""
        return self.calendar.epoch if self.place.writable else f"{self.calendar.epoch}.r"

    @property
    def etag(self) -> str:
        return f'"{self.epoch}-{self.calendar.seq}"'

    @property
    def token(self) -> str:
        return f"{TOKEN}{self.epoch}:{self.calendar.seq}"

    @property
    def last_modified(self) -> str:
        return stamp(self.calendar.updated_at)

    @cached_property
    def zone(self) -> str:
        return sync.zone_of(self.calendar)

    def get_meta(self, key: str | None = None) -> Mapping[str, str] | str | None:
        meta = {
            **{name: text for name, text in calendars.extra_of(self.calendar).items() if name != TRANSPARENCY},
            "tag": self.tag,
            "C:supported-calendar-component-set": COMPONENTS[self.calendar.kind],
            "D:displayname": self.calendar.name,
            "ICAL:calendar-order": str(self.calendar.position),
            "ICAL:calendar-color": with_alpha(self.calendar.colour),
        }
        if self.calendar.description:
            meta["C:calendar-description"] = self.calendar.description
        return meta if key is None else meta.get(key)

    def get_all(self) -> Iterator[Item]:
        return (Stored(self, row) for row in objects.every(self.calendar, self.here.actor))

    def get_multi(self, hrefs: Iterable[str]) -> Iterable[tuple[str, Item | None]]:
        wanted = list(hrefs)
        found = {row.href: row for row in objects.named(self.calendar, wanted, self.here.actor)}
        return [(href, Stored(self, found[href]) if href in found else None) for href in wanted]

    def has_uid(self, uid: str) -> bool:
        return objects.has_uid(self.calendar, uid)

    def sync(self, old_token: str = "") -> tuple[str, Iterable[str]]:
        written, left = self.changes(old_token)
        return self.token, [*(row.href for row in written), *left]

    def changes(self, token: str, texts: bool = False) -> tuple[list[Object], list[str]]:
        """Raises objects.InvalidToken."""
        if not token:
            return objects.every(self.calendar, self.here.actor, texts), []
        epoch, _, seq = token.removeprefix(TOKEN).rpartition(":")
        if not token.startswith(TOKEN) or epoch != self.epoch or not (seq.isascii() and seq.isdigit()):
            raise objects.InvalidToken("This is not a token of this calendar.")
        return objects.changed_since(self.calendar, int(seq), self.here.actor, texts)

    def put(self, href: str, text: str) -> str:
        """Store what was sent; the etag of what a reader gets, if that is what was sent. Raises Refused."""
        by = self.here.actor
        event = events.receive(self.calendar, href, text, by)
        hidden = event.private and by.id not in (event.owner_id, self.calendar.owner_id)
        return "" if hidden else f'"{event.etag}"'

    def etag_of(self, row: Object) -> str:
        if row.hidden:
            return f'"{row.etag[:40]}-when"'
        return f'"{row.etag}"' if self.place.writable else f'"{row.etag[:40]}-quiet"'

    def shown(self, row: Object) -> str:
        """The text as this reader gets it; `row` must have been read with it."""
        if row.hidden:
            return shown.only_when(row.text, BUSY)
        return row.text if self.place.writable else shown.without_alarms(row.text)

    def text_of(self, row: Object) -> str:
        """The text of a row; of one read without it all of the calendar's at once when a second is asked for."""
        if row.text:
            return self.shown(row)
        if row.id not in self._texts:
            if self._texts:
                rows = objects.every(self.calendar, self.here.actor, texts=True)
            else:
                rows = objects.named(self.calendar, [row.href], self.here.actor, texts=True)
            self._texts |= {one.id: self.shown(one) for one in rows}
        return self._texts.get(row.id, "")

    def serialize(self, vcf_to_ics: bool = False, ShareActions: dict | None = None) -> str:  # noqa: N803 - Radicale's
        rows = objects.every(self.calendar, self.here.actor, texts=True)
        return shown.joined([self.shown(row) for row in rows], self.calendar.name)


class Stored(Item):
    """One event; its text is fetched when it is asked for, unless it came along."""

    def __init__(self, collection: Collection, row: Object) -> None:
        super().__init__(
            collection=collection,
            href=row.href,
            last_modified=stamp(row.updated),
            text="",
            etag=collection.etag_of(row),
            uid=row.uid,
            name="VCALENDAR",
            component_name=row.component,
            time_range=(0, 0),
        )
        self.row = row
        self._from = collection

    def serialize(self) -> str:
        return self._from.text_of(self.row)


def stamp(moment: str | datetime) -> str:
    """A moment, also as the database returned it, as HTTP writes it."""
    return format_datetime(read_time(moment) or clock.now(), usegmt=True)


def with_alpha(colour: str) -> str:
    """#RRGGBB -> #RRGGBBAA, as Apple's clients write it."""
    return f"{colour.upper()}FF" if len(colour) == 7 else colour.upper()
