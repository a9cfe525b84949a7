"""The address book of a person: the contacts and customers they see, as cards; what changed in it since."""

import hashlib
import io
import re
import uuid
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, NamedTuple

from crmlite.models.addresses import Address
from crmlite.models.base import database, is_sqlite
from crmlite.models.cards import Card
from crmlite.models.contact_points import ContactPoint
from crmlite.models.contacts import Contact
from crmlite.models.documents import Document
from crmlite.models.journal import Entry
from crmlite.models.partners import Partner
from crmlite.rules import card_facts, directory, documents, images
from crmlite.rules.access import LARGEST_ID, Actor, visible
from crmlite.rules.actors import in_scope
from crmlite.vcf.build import build
from crmlite.vcf.facts import Facts, as_json, from_json
from crmlite.vcf.patch import patch

BOOK: dict[str, Any] = {"contact": Contact, "partner": Partner}
HANGING = {model.concept: model for model in (ContactPoint, Address, Document)}
TOKEN = "urn:crmlite:book:"
OURS = re.compile(r"(contact|partner)-([1-9][0-9]{0,9})\.vcf")
MAKER = uuid.UUID("6f2b5f0e-6a57-4d0c-9a7a-3f8f3f1c5b21")
NAMING = ("full_name", "category", "owner", "team", "deleted_at")  # what of a company reaches the cards of its people
GROUPING = {"team", "category", "partner", "owner", "deleted_at"}  # by what a card is in this group or in that
AT_ONCE = 500
LAG = timedelta(seconds=5)  # between the clocks of the program and of the database


class Row(NamedTuple):
    """One card. `card` is the id of the stored one, None where the card is made of the columns."""

    concept: str
    id: int
    href: str
    uid: str
    etag: str
    updated: datetime
    facts: Facts
    card: int | None


class InvalidToken(ValueError):
    """The sync token is not of this book as this person sees it now."""


class Changes(NamedTuple):
    """`regrouped`: groups may hold others now."""

    written: list[Row]
    left: list[str]
    token: str
    regrouped: bool


def every(by: Actor) -> list[Row]:
    return [row for concept in BOOK for row in _rows(concept, None, by)]


def named(hrefs: Collection[str], by: Actor) -> list[Row]:
    """Those of the names that are there."""
    wanted = sorted(set(hrefs))
    ids: dict[str, set[int]] = {concept: set() for concept in BOOK}
    for start in range(0, len(wanted), AT_ONCE):
        rows = Card.select(Card.about, Card.card_of).where(Card.href.in_(wanted[start : start + AT_ONCE]))
        for about, record_id in rows.where(Card.deleted_at.is_null()).tuples():
            ids[about].add(record_id)
    for href in wanted:
        if (found := OURS.fullmatch(href)) and int(found[2]) <= LARGEST_ID:
            ids[found[1]].add(int(found[2]))
    asked = set(wanted)
    return [row for concept in BOOK for row in _rows(concept, sorted(ids[concept]), by) if row.href in asked]


def of_uid(uid: str, by: Actor) -> Row | None:
    """The card of this UID that the actor sees."""
    ids: dict[str, set[int]] = {concept: set() for concept in BOOK}
    for about, record_id in Card.select(Card.about, Card.card_of).where(Card.uid == uid).tuples():
        ids[about].add(record_id)
    if _is_made_here(uid):
        for concept, model in BOOK.items():
            rows = visible(model, by).select(model.id, model.created_at).tuples()
            ids[concept] |= {one for one, created in rows if made_uid(concept, one, created) == uid}
    rows_found = (row for concept in BOOK for row in _rows(concept, sorted(ids[concept]), by))
    return next((row for row in rows_found if row.uid == uid), None)


def texts(rows: Collection[Row], by: Actor) -> dict[tuple[str, int], str]:
    """(concept, id) -> the card as this actor gets it: as a client sent it, with what changed here since; else made of
    the columns."""
    stored = _stored([row.card for row in rows if row.card])
    known = {number: from_json(card.known) for number, card in stored.items() if card.vcard}
    pictured: dict[str, list[int]] = {concept: [] for concept in BOOK}
    for row in rows:
        if row.facts.picture and (row.card not in known or known[row.card].picture != row.facts.picture):
            pictured[row.concept].append(row.id)
    photos = {(concept, one): data for concept, ids in pictured.items() for one, data in _photos(concept, ids, by)}
    found = {}
    for row in rows:
        photo = photos.get((row.concept, row.id), b"")
        if row.card in known:
            card = stored[row.card]
            uid = "" if card.uid == row.uid else row.uid
            found[row.concept, row.id] = patch(card.vcard, known[row.card], row.facts, photo, uid)
        else:
            found[row.concept, row.id] = build(row.facts, row.uid, photo)
    return found


def token(by: Actor, grouped: bool = False) -> str:
    """`grouped`: the client is told groups too."""
    return f"{TOKEN}{epoch(by, grouped)}:{_settled()}"


def changes(since: str, by: Actor, grouped: bool = False) -> Changes:
    """Everything without a token; else what was written after it and the names of what the actor no longer sees.
    Raises InvalidToken."""
    now = token(by, grouped)
    if not since:
        return Changes(every(by), [], now, True)
    place, _, number = since.rpartition(":")
    known = now.rpartition(":")[0]
    if place != known or not (number.isascii() and number.isdecimal()) or int(number) > _newest():
        raise InvalidToken("This is not a token of this address book.")
    entries = _entries(int(number))
    if not entries:
        return Changes([], [], now, False)
    touched = _touched(entries)
    written = [row for concept in BOOK for row in _rows(concept, sorted(touched[concept]), by)]
    seen = {(row.concept, row.id) for row in written}
    gone = [
        (concept, one)
        for concept in BOOK
        for one in _formerly_seen(concept, sorted(touched[concept]), entries, by)
        if (concept, one) not in seen
    ]
    hrefs = {concept: _hrefs(concept, [one for about, one in gone if about == concept]) for concept in BOOK}
    left = [hrefs[concept][one] for concept, one in gone]
    return Changes(written, left, now, any(_regroups(entry) for entry in entries))


def epoch(by: Actor, grouped: bool = False) -> str:
    """Another one when the person sees by other rules: role, scope, teams and their people; when a configured value or
    a team is called otherwise, retired or new; when a record was deleted for good, of which the journal tells no
    more."""
    erased = database.execute_sql("SELECT value FROM counters WHERE name = 'erasures'").fetchone()
    now = directory.current()
    names = [sorted((one.id, one.name, one.retired) for one in some.values()) for some in (now.choices, now.teams)]
    scopes = [by.scope(concept) for concept in BOOK]
    teams = [sorted(by.team_ids), sorted(by.mates)] if "team" in scopes else []
    told = [by.id, by.writes, scopes, teams, names, erased and erased[0], grouped]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:20]


def made_uid(concept: str, record_id: int, created: datetime) -> str:
    """The same at every export, and another for the twelfth contact of another house."""
    return str(uuid.uuid5(MAKER, f"{concept} {record_id} {created.isoformat()}"))


def made_href(concept: str, record_id: int) -> str:
    return f"{concept}-{record_id}.vcf"


def stored_of(concept: str, ids: list[int]) -> dict[int, Card]:
    """Record id -> its stored card, without the texts."""
    columns = (Card.id, Card.card_of, Card.uid, Card.href, Card.version)
    found: dict[int, Card] = {}
    for start in range(0, len(ids), AT_ONCE):
        theirs = (Card.about == concept) & Card.card_of.in_(ids[start : start + AT_ONCE]) & Card.deleted_at.is_null()
        found |= {card.card_of: card for card in Card.select(*columns).where(theirs).order_by(Card.id)}
    return found


def _rows(concept: str, ids: list[int] | None, by: Actor) -> list[Row]:
    """`ids` None is all."""
    model = BOOK[concept]
    if ids is None:
        records = list(visible(model, by).order_by(model.id))
    else:
        records = [
            one
            for start in range(0, len(ids), AT_ONCE)
            for one in visible(model, by).where(model.id.in_(ids[start : start + AT_ONCE])).order_by(model.id)
        ]
    facts = card_facts.of(records, by)
    cards = stored_of(concept, [record.id for record in records])
    return [_row(record, facts[record.id], cards.get(record.id)) for record in records]


def _row(record: Any, facts: Facts, card: Card | None) -> Row:
    uid = (card.uid if card else "") or made_uid(record.concept, record.id, record.created_at)
    href = (card.href if card else "") or made_href(record.concept, record.id)
    said = f"{as_json(facts)} {uid} {card.id if card else 0} {card.version if card else 0}"
    etag = hashlib.sha256(said.encode()).hexdigest()[:40]
    return Row(record.concept, record.id, href, uid, etag, record.updated_at, facts, card.id if card else None)


def _stored(ids: list[int]) -> dict[int | None, Card]:
    found: dict[int | None, Card] = {}
    for start in range(0, len(ids), AT_ONCE):
        found |= {card.id: card for card in Card.select().where(Card.id.in_(ids[start : start + AT_ONCE]))}
    return found


def _photos(concept: str, ids: list[int], by: Actor) -> Iterable[tuple[int, bytes]]:
    for start in range(0, len(ids), AT_ONCE):
        for one, picture in documents.pictures_of(concept, ids[start : start + AT_ONCE], by).items():
            yield one, images.jpeg(io.BytesIO(picture))


def _is_made_here(uid: str) -> bool:
    try:
        return uuid.UUID(uid.removeprefix("urn:uuid:")).version == 5
    except ValueError:
        return False


def _newest() -> int:
    return database.execute_sql("SELECT MAX(id) FROM entries").fetchone()[0] or 0


def _settled() -> int:
    """The entry up to which no further one can appear. On PostgreSQL a lower number may be written later than a higher
    one, so while somebody writes, what was written since they began is told again."""
    newest = _newest()
    if is_sqlite():
        return newest
    busy = "datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()"
    began = database.execute_sql(f"select min(xact_start) from pg_stat_activity where {busy}").fetchone()[0]
    if began is None:
        return newest
    before = Entry.select(Entry.id).where(Entry.at < began - LAG).order_by(Entry.id.desc()).limit(1)
    return before.scalar() or 0


def _entries(after: int) -> list[Entry]:
    """The newest first."""
    watched = [*BOOK, *HANGING, Card.concept]
    columns = (Entry.id, Entry.concept, Entry.record_id, Entry.before, Entry.after)
    query = Entry.select(*columns).where((Entry.id > after) & Entry.concept.in_(watched))
    return list(query.order_by(Entry.id.desc()))


def _regroups(entry: Entry) -> bool:
    return entry.concept == Card.concept or (entry.concept in BOOK and not GROUPING.isdisjoint(entry.after))


def _touched(entries: list[Entry]) -> dict[str, set[int]]:
    """Concept -> ids of the records whose cards may be others now."""
    found: dict[str, set[int]] = {concept: set() for concept in BOOK}
    hanging: dict[str, set[int]] = {}
    companies: set[int] = set()
    for entry in entries:
        if entry.concept in BOOK:
            found[entry.concept].add(entry.record_id)
            if entry.concept == "partner" and any(name in entry.after for name in NAMING):
                companies.add(entry.record_id)
        else:
            hanging.setdefault(entry.concept, set()).add(entry.record_id)
    for concept, ids in hanging.items():
        model: Any = HANGING.get(concept, Card)
        of = Card.card_of if model is Card else model.about_id
        for some in _some(ids):
            for about, one in model.select(model.about, of).where(model.id.in_(some)).tuples():
                if about in BOOK:
                    found[about].add(one)
    for some in _some(companies):
        found["contact"] |= {one for (one,) in Contact.select(Contact.id).where(Contact.partner.in_(some)).tuples()}
    return found


def _formerly_seen(concept: str, ids: list[int], entries: list[Entry], by: Actor) -> list[int]:
    """Those that the actor saw at some moment since: of others nothing is told, not even that they were there."""
    model = BOOK[concept]
    changes: dict[int, list[Entry]] = {}
    for entry in entries:
        if entry.concept == concept:
            changes.setdefault(entry.record_id, []).append(entry)
    found = []
    for some in _some(ids):
        rows = model.select(model.id, model.owner, model.team, model.deleted_at).where(model.id.in_(some))
        for one, owner, team, deleted in rows.tuples():
            state = {"owner": owner, "team": team, "deleted_at": deleted}
            for entry in changes.get(one, []):
                if not entry.before:
                    break
                state |= {name: value for name, value in entry.before.items() if name in state}
                seen = SimpleNamespace(concept=concept, owner_id=state["owner"], team_id=state["team"])
                if state["deleted_at"] is None and in_scope(seen, by):
                    found.append(one)
                    break
    return found


def _hrefs(concept: str, ids: list[int]) -> dict[int, str]:
    cards = stored_of(concept, ids)
    return {one: (cards[one].href if one in cards else "") or made_href(concept, one) for one in ids}


def _some(ids: Iterable[int]) -> Iterable[list[int]]:
    ordered = sorted(ids)
    return (ordered[start : start + AT_ONCE] for start in range(0, len(ordered), AT_ONCE))
