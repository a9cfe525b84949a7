"""Groups of the address book for programs that know them: the cards of each team and of each category of customers, as
cards of their own. They follow from the records, so nobody writes them."""

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from crmlite.models.cards import Card
from crmlite.models.contacts import Contact
from crmlite.models.partners import Partner
from crmlite.rules import directory
from crmlite.rules.access import Actor, visible
from crmlite.rules.cards import BOOK, Row, made_uid
from crmlite.vcf.build import group
from crmlite.vcf.facts import Facts

NAME = re.compile(r"group-(team|choice)-([1-9][0-9]{0,9})\.vcf")
CATEGORY = "partner_category"
FOLLOWS = "This group follows from the teams and categories of the CRM: please change the team or the category there."


class Group(NamedTuple):
    row: Row
    text: str


def of(by: Actor) -> list[Group]:
    """Which there are hangs on the directory and on what the actor sees alone, and is part of the epoch of the book;
    so within an epoch none comes or goes, only its cards do."""
    now = directory.current()
    everybody = "all" in {by.scope(concept) for concept in BOOK}
    teams = [team for team in now.teams.values() if not team.retired and (everybody or team.id in by.team_ids)]
    cards: dict[tuple[str, int], list[str]] = {}
    for team, category, uid in _cards(by):
        for key in (("team", team), ("choice", category)):
            if key[1]:
                cards.setdefault(key, []).append(uid)  # type: ignore[arg-type]
    named = [*(("team", one) for one in teams), *(("choice", one) for one in now.choices_of(CATEGORY))]
    return [_group(kind, one, cards.get((kind, one.id), [])) for kind, one in named]


def _group(kind: str, of: Any, cards: list[str]) -> Group:
    uid = made_uid(f"group of {kind}", of.id, of.created_at)
    text = group(of.name, uid, cards)
    etag = hashlib.sha256(text.encode()).hexdigest()[:40]
    facts = Facts(is_company=True, name=of.name)
    return Group(Row(kind, of.id, f"group-{kind}-{of.id}.vcf", uid, etag, of.updated_at, facts, None), text)


def _cards(by: Actor) -> Iterator[tuple[int | None, int | None, str]]:
    """Team, category and UID of each card that the actor sees; a contact has the category of its company."""
    stored = {
        (about, one): uid
        for about, one, uid in Card.select(Card.about, Card.card_of, Card.uid)
        .where(Card.deleted_at.is_null())
        .order_by(Card.id)
        .tuples()
    }

    def uid(concept: str, one: int, created: datetime) -> str:
        return stored.get((concept, one)) or made_uid(concept, one, created)

    categories: dict[int | None, int | None] = {}
    partners = visible(Partner, by).select(Partner.id, Partner.created_at, Partner.team, Partner.category)
    for one, created, team, category in partners.order_by(Partner.id).tuples():
        categories[one] = category
        yield team, category, uid("partner", one, created)
    contacts = visible(Contact, by).select(Contact.id, Contact.created_at, Contact.team, Contact.partner)
    for one, created, team, partner in contacts.order_by(Contact.id).tuples():
        yield team, categories.get(partner), uid("contact", one, created)
