"""The large demo: as many leads as asked for, and everything else in proportion."""

import secrets
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from crmlite.models.contacts import Contact
from crmlite.models.leads import Lead
from crmlite.models.opportunities import Opportunity
from crmlite.models.partners import Partner
from crmlite.rules import access, directory, users
from crmlite.rules.access import Actor
from crmlite.rules.demo import bulk_events, rows
from crmlite.rules.demo.cast import ZONE, Cast
from crmlite.rules.demo.crowd import FIRST_NAMES, LAST_NAMES, Crowd
from crmlite.rules.demo.story import Story
from crmlite.rules.positions import GAP

PARTNERS, CONTACTS, OPEN, CLOSED, EVENTS = 0.3, 0.6, 0.2, 0.05, 1.0  # for each lead
LEADS_PER_PERSON, MOST_PEOPLE, TEAM_SIZE = 2500, 40, 8
STATUSES = ("new", "assigned", "in_progress", "converted", "lost")
SHARES = (22, 18, 25, 20, 15)
NEXT_STEPS = ("Send the offer", "Visit with the fitter", "Ask for the plans", "Contract", "Call the director")


def load_bulk(cast: Cast, story: Story, gesture: int, count: int, by: Actor, say: Callable[[str], None]) -> None:
    """Add `count` leads and what goes with them."""
    crowd = Crowd(count)
    makers = Makers(_staff(cast, count, by), story, crowd)
    actors = {actor.id: actor for actor in makers.actors if actor.id}

    def insert(records: list[Any] | Iterator[Any], name: str) -> None:
        say(f"Made {rows.insert(records, gesture, actors):,} {name}.")

    insert(partners := list(makers.partners(int(count * PARTNERS))), "customers")
    insert(makers.contacts(int(count * CONTACTS), partners), "contacts")
    insert(makers.leads(count, partners), "leads")
    sales = list(makers.opportunities(int(count * OPEN), int(count * CLOSED), partners))
    insert(sales, "opportunities")
    made = bulk_events.load_events(int(count * EVENTS), makers.actors, sales, story, crowd.lot, gesture)
    say(f"Made {made:,} events.")


def _staff(cast: Cast, count: int, by: Actor) -> list[Actor]:
    """The people that records are spread over: those who write, and more of them the more leads there are."""
    actors = [actor for actor in cast.actors.values() if actor.writes]
    team = None
    for number in range(min(MOST_PEOPLE, count // LEADS_PER_PERSON)):
        if number % TEAM_SIZE == 0:
            team = users.add_team(f"Region {number // TEAM_SIZE + 1}", by)
        name = f"{FIRST_NAMES[number * 2]} {LAST_NAMES[number * 2]}"
        email = f"{name.lower().replace(' ', '.')}@example.com"
        user = users.add_user(name, email, "rep", secrets.token_urlsafe(12), by, zone=ZONE)
        users.join(user, team, by, active=True)
        actors.append(access.actor(user.id, "web"))
    return actors


class Makers:
    """Draws records by lot. The partners given must have been written: their ids are read."""

    def __init__(self, actors: list[Actor], story: Story, crowd: Crowd) -> None:
        self.actors, self.story, self.crowd, self.lot = actors, story, crowd, crowd.lot
        now = directory.current()
        self.currency = now.currency
        self.choices = {kind: [c.id for c in now.choices_of(kind)] for kind in ("source", "sector", "job_title")}
        self.choices |= {k: [c.id for c in now.choices_of(k)] for k in ("partner_category", "opportunity_type")}
        self.reasons = [c.id for c in now.choices_of("lost_reason") if not c.asks_text] or [None]
        self.stages = now.stages_on_offer()

    def partners(self, count: int) -> Iterator[Partner]:
        for number, reference in enumerate(rows.numbers("partner", count)):
            who, customer = self.crowd.somebody(), self.lot.random() < 0.6
            yield Partner(
                reference=f"P{reference:04d}",
                kind="company",
                name=f"{who.company} {who.city}",
                is_customer=customer,
                is_prospect=not customer,
                website=who.host,
                sector=self._one("sector"),
                category=self._one("partner_category"),
                employees_count=self.lot.randrange(2, 400),
                currency=self.currency,
                **self._common(who, number),
            )

    def contacts(self, count: int, partners: list[Partner]) -> Iterator[Contact]:
        for number in range(count):
            who = self.crowd.somebody()
            yield Contact(
                name=who.name,
                first_name=who.first_name,
                partner=partners[number % len(partners)].id,
                job_title=self._one("job_title"),
                **self._common(who, number),
            )

    def leads(self, count: int, partners: list[Partner]) -> Iterator[Lead]:
        for number in range(count):
            who, status = self.crowd.somebody(), self.lot.choices(STATUSES, SHARES)[0]
            common = self._common(who, number)
            yield Lead(
                name=who.name,
                first_name=who.first_name,
                company=who.company,
                status=status,
                contact_date=common["created_at"].date(),
                budget=self.lot.randrange(10, 900) * 10_000 if number % 4 else None,
                currency=self.currency,
                sector=self._one("sector"),
                job_title=self._one("job_title"),
                lost_reason=self.lot.choice(self.reasons) if status == "lost" else None,
                partner=partners[number % len(partners)].id if status == "converted" else None,
                **common,
            )

    def opportunities(self, opened: int, closed: int, partners: list[Partner]) -> Iterator[Opportunity]:
        running = [stage for stage in self.stages if stage.outcome == "open"]
        done = [stage for stage in self.stages if stage.outcome != "open"]
        for number, reference in enumerate(rows.numbers("opportunity", opened + closed)):
            stage = self.lot.choice(running if number < opened else done)
            owner = self._follower()
            created = self._moment(400)
            since = created + (self.story.now - created) * self.lot.random()
            yield Opportunity(
                reference=f"O{reference:04d}",
                name=f"{self.lot.choice(bulk_events.GOODS)} {reference}",
                partner=partners[number % len(partners)].id,
                currency=self.currency,
                amount=self.lot.randrange(8, 900) * 10_000,
                probability=stage.probability,
                stage=stage.id,
                stage_since=since,
                outcome=stage.outcome,
                closed_at=since if stage.outcome != "open" else None,
                position=(number + 1000) * GAP,
                next_step=self.lot.choice(NEXT_STEPS) if number % 3 else "",
                expected_close_date=self.story.day(self.lot.randrange(-20, 160)),
                type=self._one("opportunity_type"),
                source=self._one("source"),
                lost_reason=self.lot.choice(self.reasons) if stage.outcome == "lost" else None,
                created_at=created,
                updated_at=since,
                **owner,
            )

    def _common(self, who: Any, number: int) -> dict[str, Any]:
        created = self._moment(720)
        return {
            **self.crowd.reach(who, number),
            "source": self._one("source"),
            "created_at": created,
            "updated_at": created + (self.story.now - created) * self.lot.random(),
            **self._follower(),
        }

    def _follower(self) -> dict[str, int | None]:
        actor = self.lot.choice(self.actors)
        return {
            "owner": actor.id,
            "team": actor.active_team_id,
            "created_by_id": actor.id,
            "updated_by_id": actor.id,
        }

    def _one(self, kind: str) -> int | None:
        return self.lot.choice(self.choices[kind]) if self.choices[kind] else None

    def _moment(self, days: int) -> datetime:
        return self.story.now - timedelta(minutes=self.lot.randrange(60, days * 24 * 60))
