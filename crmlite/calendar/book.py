"""The address book of a person as Radicale sees it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property

from radicale.item import Item
from radicale.storage import BaseCollection

from crmlite.calendar.collection import stamp
from crmlite.calendar.visit import BOOK, Visit
from crmlite.rules import card_groups, card_writing, cards
from crmlite.rules.card_writing import Holds
from crmlite.rules.cards import Changes, Row
from crmlite.vcf.lines import MOST_BYTES

NAME = "Contacts and customers"


class Book(BaseCollection):
    def __init__(self, here: Visit) -> None:
        self.here = here
        self._texts: dict[tuple[str, int], str] = {}

    @property
    def path(self) -> str:
        return f"{self.here.slug}/{BOOK}"

    @property
    def owner(self) -> str:
        return self.here.slug

    @property
    def tag(self) -> str:
        return "VADDRESSBOOK"

    @property
    def writable(self) -> bool:
        return self.here.actor.writes

    @cached_property
    def token(self) -> str:
        return cards.token(self.here.actor, self.here.knows_groups)

    @cached_property
    def groups(self) -> list[card_groups.Group]:
        """Their texts are small and made with them."""
        found = card_groups.of(self.here.actor) if self.here.knows_groups else []
        self._texts |= {(group.row.concept, group.row.id): group.text for group in found}
        return found

    @property
    def etag(self) -> str:
        return f'"{self.token.removeprefix(cards.TOKEN).replace(":", "-")}"'

    @property
    def last_modified(self) -> str:
        return ""

    def get_meta(self, key: str | None = None) -> Mapping[str, str] | str | None:
        meta = {
            "tag": self.tag,
            "D:displayname": NAME,
            "CR:addressbook-description": "The contacts and customers that you see in the CRM",
            "CR:max-resource-size": str(MOST_BYTES),
        }
        return meta if key is None else meta.get(key)

    def get_all(self) -> Iterator[Item]:
        return (StoredCard(self, row) for row in self.every())

    def get_multi(self, hrefs: Iterable[str]) -> Iterable[tuple[str, Item | None]]:
        wanted = list(hrefs)
        found = {row.href: row for row in self.named(wanted)}
        return [(href, StoredCard(self, found[href]) if href in found else None) for href in wanted]

    def every(self) -> list[Row]:
        return [*cards.every(self.here.actor), *(group.row for group in self.groups)]

    def named(self, hrefs: Collection[str]) -> list[Row]:
        """Those of the names that are there."""
        grouped = any(card_groups.NAME.fullmatch(href) for href in hrefs)
        rows = [group.row for group in self.groups if group.row.href in hrefs] if grouped else []
        return [*cards.named(hrefs, self.here.actor), *rows]

    def changes(self, since: str) -> Changes:
        """Raises InvalidToken."""
        found = cards.changes(since, self.here.actor, self.here.knows_groups)
        return found._replace(written=[*found.written, *(group.row for group in self.groups if found.regrouped)])

    def has_uid(self, uid: str) -> bool:
        return cards.of_uid(uid, self.here.actor) is not None

    def sync(self, old_token: str = "") -> tuple[str, Iterable[str]]:
        """Radicale asks for the token; changes are told by our own report."""
        return self.token, ()

    def put(self, href: str, text: str, holds: Holds) -> tuple[str, bool]:
        """The etag of what was stored, and whether it is new. Raises Refused."""
        row, new = card_writing.receive(href, text, self.here.actor, holds)
        return f'"{row.etag}"', new

    def read(self, rows: list[Row]) -> None:
        """Fetch the texts of these at once."""
        wanted = [row for row in rows if row.concept in cards.BOOK]
        self._texts |= cards.texts(wanted, self.here.actor)

    def text_of(self, row: Row) -> str:
        key = (row.concept, row.id)
        if key not in self._texts:
            self.read([row])
        return self._texts[key]

    def serialize(self, vcf_to_ics: bool = False, ShareActions: dict | None = None) -> str:  # noqa: N803 - Radicale's
        rows = self.every()
        self.read(rows)
        return "".join(self.text_of(row) for row in rows)


class StoredCard(Item):
    """One card; its text is made when it is asked for."""

    def __init__(self, book: Book, row: Row) -> None:
        super().__init__(
            collection=book,
            href=row.href,
            last_modified=stamp(row.updated),
            text="",
            etag=f'"{row.etag}"',
            uid=row.uid,
            name="VCARD",
            component_name="VCARD",
            time_range=(0, 0),
        )
        self.row = row
        self.book = book

    def serialize(self) -> str:
        return self.book.text_of(self.row)
