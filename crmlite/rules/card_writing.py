"""Cards that an address book sends: what differs from the card that it had is written into the record, the text is kept
as it came."""

import io
from collections.abc import Callable
from typing import Any

from crmlite.errors import Conflict, Forbidden, Invalid
from crmlite.models.addresses import Address
from crmlite.models.base import database, fold, is_sqlite
from crmlite.models.cards import Card
from crmlite.models.contact_points import MAIN_COLUMNS, ContactPoint
from crmlite.models.contacts import Contact
from crmlite.models.partners import Partner
from crmlite.models.people import TITLES
from crmlite.rules import (
    access,
    card_facts,
    card_groups,
    cards,
    contacts,
    directory,
    documents,
    gate,
    hanging,
    partners,
)
from crmlite.rules.access import Actor, visible
from crmlite.rules.cards import BOOK, Row
from crmlite.rules.documents import Sent
from crmlite.vcf.facts import PARTS, Facts, Place, Way, as_json, moved_places, moved_ways, plain
from crmlite.vcf.lines import Card as Lines
from crmlite.vcf.lines import parse, refused
from crmlite.vcf.read import is_group, picture_of, read

FIELDS = {"first_name": "first_name", "name": "name", "department": "department", "note": "description"}
NO_GROUPS = "Groups are not kept here: each team and each category of customers is one already."
TAKEN = "Please send a new card under a name of its own."
Holds = Callable[[str | None], bool]


class TwinUid(Conflict):
    """The book holds a card of this UID already, under the name `href`."""

    def __init__(self, href: str) -> None:
        self.href = href
        super().__init__("This person is already in the address book.")


class Overtaken(Conflict):
    """The card is not the one that the client has seen."""


def receive(href: str, text: str, by: Actor, holds: Holds = lambda etag: True) -> tuple[Row, bool]:
    """Store what a client sent under `href`; `holds` is asked with the etag of the card that is there (None: none).
    Returns the card, and whether it is new. Raises Refusal with the CardDAV condition, TwinUid, Overtaken, Forbidden,
    Invalid."""
    if card_groups.NAME.fullmatch(href):
        raise Forbidden(card_groups.FOLLOWS)
    with gate.together():
        _hold(by)
        there = _there(href, by)
        if there:
            gate.locked(BOOK[there.concept](id=there.id))
            there = _there(href, by)
        if not holds(there.etag if there else None):
            raise Overtaken("This card was changed in the meantime.")
        sent = parse(text)
        if is_group(sent):
            raise refused(NO_GROUPS, "supported-address-data")
        twin = cards.of_uid(sent.text("UID"), by)
        if twin and (there is None or twin.href != there.href):
            raise TwinUid(twin.href)
        if there and there.uid != sent.text("UID"):
            raise TwinUid(there.href)
        record = _changed(there, sent, by) if there else _created(href, sent, by)
        _keep(record, href, sent.text("UID"), text, by)
        return next(row for row in cards.named([href], by)), there is None


def delete(row: Row, by: Actor) -> None:
    """Into the bin. Raises Forbidden."""
    if row.concept not in BOOK:
        raise Forbidden(card_groups.FOLLOWS)
    gate.remove(access.find(BOOK[row.concept], row.id, by), by)


def _there(href: str, by: Actor) -> Row | None:
    return next(iter(cards.named([href], by)), None)


def _changed(there: Row, sent: Lines, by: Actor) -> Any:
    record = access.find(BOOK[there.concept], there.id, by)
    access.require(by, "change", record)
    old = parse(cards.texts([there], by)[there.concept, there.id])
    was, now = (card_facts.fitting(read(one, isinstance(record, Contact))) for one in (old, sent))
    if not now.name:
        raise refused("Please give the card a name.")
    values = _values(was, now, record, by)
    if was.job_title != now.job_title:
        values["job_title"] = _job_title(now.job_title)
    record, further = _with_ways(values, was, now, record, by)
    if values:
        BOOK_EDIT[there.concept](record, values, by)
    for step in further:
        step(record)
    if was.picture != now.picture:
        _set_picture(record, sent, by)
    return record


def _created(href: str, sent: Lines, by: Actor) -> Any:
    if not by.writes:
        raise Forbidden(access.READS_ONLY)
    if cards.OURS.fullmatch(href):
        raise Forbidden(TAKEN)
    now = card_facts.fitting(read(sent))
    if not now.name:
        raise refused("Please give the card a name.")
    values = _values(Facts(), now, None, by)
    if now.job_title:
        values["job_title"] = _job_title(now.job_title)
    _, further = _with_ways(values, Facts(), now, None, by)
    if now.is_company:
        record: Any = partners.create({"is_prospect": True, **values, "kind": "company"}, by)
    else:
        values.pop("kind", None)
        record = contacts.create(values, by)
    for step in further:
        step(record)
    if now.picture:
        _set_picture(record, sent, by)
    return record


def _values(was: Facts, now: Facts, record: Any, by: Actor) -> dict[str, Any]:
    """Columns that the card wants otherwise."""
    values: dict[str, Any] = {
        column: getattr(now, name) for name, column in FIELDS.items() if getattr(was, name) != getattr(now, name)
    }
    if was.title != now.title:
        values["title"] = next(key for key, title in TITLES.items() if title == now.title)
    for column, word in card_facts.WISHES.items():
        if (word in was.wishes) != (word in now.wishes):
            values[column] = word in now.wishes
    if isinstance(record, Partner):
        if was.is_company != now.is_company:
            values["kind"] = "company" if now.is_company else "individual"
    elif not now.is_company and was.company != now.company:
        values["partner"] = _company(now.company, by) if now.company else None
    return values


def _with_ways(
    values: dict[str, Any], was: Facts, now: Facts, record: Any, by: Actor
) -> tuple[Any, list[Callable[[Any], Any]]]:
    """Puts main numbers and the main address into `values`; what is to do with the further ones comes back."""
    further: list[Callable[[Any], Any]] = []
    points = hanging.of(ContactPoint, record, by) if record else []
    for old, new in moved_ways(was.ways, now.ways):
        _move_way(old, new, values, record, points, further, by)
    places = hanging.of(Address, record, by) if record else []
    for before, after in moved_places(was.places, now.places):
        _move_place(before, after, values, record, places, further, by)
    return record, further


def _move_way(
    old: Way | None,
    new: Way | None,
    values: dict[str, Any],
    record: Any,
    points: list[ContactPoint],
    further: list[Callable[[Any], Any]],
    by: Actor,
) -> None:
    if old:
        column = MAIN_COLUMNS[old.kind]
        is_main = plain(Way(old.kind, "", getattr(record, column))) == plain(old) and column not in values
        point = next((one for one in points if plain(Way(one.kind, "", one.value)) == plain(old)), None)
        if is_main:
            values[column] = new.value if new and new.kind == old.kind else ""
            if values[column]:
                return
        elif point:
            points.remove(point)
            if new:
                changed = {"kind": new.kind, "use": new.use, "value": new.value}
                further.append(lambda record: hanging.edit(point, changed, by))
                return
            further.append(lambda record: hanging.remove(point, by))
    if new:
        column = MAIN_COLUMNS[new.kind]
        if not values.get(column, getattr(record, column, "")):
            values[column] = new.value
        else:
            added = {"kind": new.kind, "use": new.use, "value": new.value}
            further.append(lambda record: hanging.add(ContactPoint, record, added, by))


def _move_place(
    old: Place | None,
    new: Place | None,
    values: dict[str, Any],
    record: Any,
    places: list[Address],
    further: list[Callable[[Any], Any]],
    by: Actor,
) -> None:
    columns = dict(zip(PARTS, new[1:], strict=True)) if new else dict.fromkeys(PARTS, "")
    if old:
        if tuple(getattr(record, part) for part in PARTS) == old[1:] and "street" not in values:
            values.update(columns)
            return
        place = next((one for one in places if tuple(getattr(one, part) for part in PARTS) == old[1:]), None)
        if place:
            places.remove(place)
            if new:
                further.append(lambda record: hanging.edit(place, {**columns, "use": new.use}, by))
            else:
                further.append(lambda record: hanging.remove(place, by))
            return
    if new:
        if not any(values.get(part, getattr(record, part, "")) for part in PARTS):
            values.update(columns)
        else:
            further.append(lambda record: hanging.add(Address, record, {**columns, "use": new.use}, by))


def _company(name: str, by: Actor) -> int:
    """The customer of this name that the actor sees, else a new one."""
    same = visible(Partner, by).where((Partner.sort_name == fold(name)) & (Partner.kind == "company"))
    found = same.order_by(Partner.id).first()
    return found.id if found else partners.create({"name": name, "kind": "company", "is_prospect": True}, by).id


def _job_title(name: str) -> int | None:
    """One that the house has on its list; another one stays in the text of the card."""
    offered = directory.current().choices_of("job_title")
    return next((choice.id for choice in offered if fold(choice.name) == fold(name)), None)


def _set_picture(record: Any, sent: Lines, by: Actor) -> None:
    content = picture_of(sent)
    if not content:
        documents.remove_picture(record, by)
        return
    try:
        documents.put_picture(record, Sent("photo", io.BytesIO(content)), len(content), by)
    except Invalid:
        documents.remove_picture(record, by)  # one that only the client can draw stays in the text


def _keep(record: Any, href: str, uid: str, text: str, by: Actor) -> None:
    fresh = BOOK[record.concept].get_by_id(record.id)
    known = as_json(card_facts.of([fresh], by)[record.id])
    stored = cards.stored_of(record.concept, [record.id]).get(record.id)
    _release(href, uid, record, by)
    if stored is None:
        values = {"about": record.concept, "card_of": record.id, "uid": uid, "href": href, "vcard": text}
        gate.create(Card, {**values, "known": known, "revision": 1}, by)
        return
    card = Card.get_by_id(stored.id)
    values = {"uid": uid, "href": href, "vcard": text, "known": known, "revision": card.revision + 1}
    gate.change(card, values, by)


def _release(href: str, uid: str, record: Any, by: Actor) -> None:
    """Records in the bin do not hold names: what is deleted on a phone and sent anew is a new card, and the old one
    comes back under another name when it is restored. Raises Forbidden for a name that another card has."""
    same = ((Card.href == href) | (Card.uid == uid)) & Card.deleted_at.is_null()
    for card in list(Card.select().where(same)):
        if (card.about, card.card_of) == (record.concept, record.id):
            continue
        model = BOOK[card.about]
        if model.select().where((model.id == card.card_of) & model.deleted_at.is_null()).exists():
            if card.href == href:
                raise Forbidden(TAKEN)
            continue
        gate.change(card, {"href": "", "uid": ""}, access.system(by.door))


BOOK_EDIT: dict[str, Callable[..., Any]] = {"contact": contacts.edit, "partner": partners.edit}


def _hold(by: Actor) -> None:
    """Two clients of a person that send the same new card at once wait for each other; on SQLite all do."""
    if not is_sqlite():
        database.execute_sql("SELECT pg_advisory_xact_lock(%s, %s)", (0x63617264, by.id or 0))
