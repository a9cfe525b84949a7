"""Eight people on one board at once: what they leave behind agrees with itself."""

import re
import threading
from random import Random
from typing import Any

from crmlite.models.journal import Entry
from crmlite.models.opportunities import Opportunity
from crmlite.rules import upkeep
from tests.make import make_opportunity, stage
from tests.servers import Visitor

BOARD = "/opportunities/board"
PEOPLE = ("alice", "bob", "carol", "olive", "alice", "bob", "carol", "olive")
MOVES = 40
STAGES = ("New", "Qualification", "Proposition", "Negotiation", "Closed won")


def test_eight_people_moving_at_random_leave_orders_sums_and_history_consistent(server, alice):
    cards = [make_opportunity(alice, f"Card {n:02d}", amount=(n + 1) * 1000_00) for n in range(16)]
    stages = [stage(name).id for name in STAGES]
    answers: list[tuple[int, str]] = []

    def play(number: int, name: str) -> None:
        lot, seen = Random(number), {card.id: 1 for card in cards}
        with Visitor(server, name) as visitor:
            for _ in range(MOVES):
                card, beside = lot.sample(cards, 2)
                values = {
                    "stage": lot.choice(stages),
                    lot.choice(("after", "before")): beside.id,
                    "seen": seen[card.id],
                }
                answer = visitor.part(f"/opportunities/{card.id}/stage?as=board", "POST", data=values)
                answers.append((answer.status_code, answer.headers.get("HX-Trigger", "")))
                for known, version in re.findall(r'id="opportunity-(\d+)" data-v="(\d+)"', answer.text):
                    seen[int(known)] = int(version)

    crowd = [threading.Thread(target=play, args=one) for one in enumerate(PEOPLE)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()

    assert {status for status, _ in answers} == {200, 409}, "each move is done, or refused with the truth"
    assert all("meanwhile" in told or "same time" in told for status, told in answers if status == 409)
    for card in cards:
        assert_history_leads_to(Opportunity.get_by_id(card.id))
    for key in stages:
        places = [row.position for row in Opportunity.select().where(Opportunity.stage == key)]
        assert len(set(places)) == len(places), "no two cards of a column share a place"
    for gathered in (False, True):
        if gathered:
            upkeep.gather_sums()
        with Visitor(server, "alice") as visitor:
            assert_sums_agree(visitor.get(BOARD).text, stages)


def assert_history_leads_to(card: Any) -> None:
    """Every version has its entry, each begins where the one before ended, and the last is the row."""
    story = list(
        Entry.select().where((Entry.concept == "opportunity") & (Entry.record_id == card.id)).order_by(Entry.version)
    )
    assert [entry.version for entry in story] == list(range(1, card.version + 1))
    state = dict(story[0].after)
    for entry in story[1:]:
        assert {name: state.get(name) for name in entry.before} == entry.before
        state |= entry.after
    assert (state["stage"], state["position"], state["outcome"]) == (card.stage_id, card.position, card.outcome)


def assert_sums_agree(text: str, stages: list[int]) -> None:
    for key in stages:
        rows = list(Opportunity.select().where(Opportunity.stage == key).order_by(Opportunity.position))
        column = re.search(rf'id="column-{key}".*?</section>', text, re.DOTALL)[0]
        assert re.search(r'class="count">(\d+)<', column)[1] == str(len(rows))
        total = sum(row.amount for row in rows) // 100
        assert f"<b>€\u00a0{total:,}</b>" in column or f"<b>€\u00a0{round(total / 1000)}\u00a0k</b>" in column
        if rows and rows[0].outcome == "open":
            assert re.findall(r'aria-label="(Card \d\d)"', column) == [row.name for row in rows]
