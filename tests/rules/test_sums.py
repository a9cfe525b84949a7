"""What the database keeps of open opportunities agrees with the opportunities, whatever happened to them."""

from peewee import fn

from crmlite import clock
from crmlite.models.opportunities import OpenSum, Opportunity
from crmlite.rules import gate, journal, opportunities, upkeep
from tests.make import choice, make_opportunity, stage


def kept():
    keys = (OpenSum.stage, OpenSum.currency, OpenSum.owner, OpenSum.team)
    figures = (fn.SUM(OpenSum.number), fn.SUM(OpenSum.amount), fn.SUM(OpenSum.chances))
    rows = OpenSum.select(*keys, *figures).group_by(*keys).tuples()
    return {row[:4]: tuple(map(int, row[4:])) for row in rows if any(row[4:])}


def counted():
    keys = (Opportunity.stage, Opportunity.currency, Opportunity.owner, Opportunity.team)
    figures = (
        fn.COUNT(1), fn.SUM(Opportunity.amount), fn.SUM(Opportunity.amount * Opportunity.probability),
    )  # fmt: skip
    is_open = (Opportunity.outcome == "open") & Opportunity.deleted_at.is_null() & ~Opportunity.archived
    rows = Opportunity.select(*keys, *figures).where(is_open).group_by(*keys).tuples()
    return {row[:4]: tuple(map(int, row[4:])) for row in rows}


def test_sums_follow_everything_that_happens_to_an_opportunity(alice, bob, carol):
    card, other = make_opportunity(alice, amount=900_00), make_opportunity(bob, amount=50_00, currency="USD")
    assert sum(figures[1] for figures in kept().values()) == 950_00
    reason = choice("lost_reason", "No budget").id
    steps = (
        lambda: opportunities.edit(card, {"amount": 1200_00, "probability": 35}, alice),
        lambda: opportunities.edit(card, {"name": "Another name"}, alice),
        lambda: opportunities.edit(card, {"owner": bob.id, "team": None}, alice),
        lambda: opportunities.edit(card, {"owner": None, "team": alice.active_team_id, "currency": "GBP"}, carol),
        lambda: opportunities.move(card, stage("Negotiation").id, carol),
        lambda: opportunities.win(card, carol),
        lambda: opportunities.move(card, stage("Proposition").id, carol),
        lambda: opportunities.lose(other, reason, "", bob),
        lambda: opportunities.move(other, stage("New").id, bob),
        lambda: gate.change(card, {"archived": True}, carol),
        lambda: gate.change(card, {"archived": False}, carol),
        lambda: gate.remove(card, carol),
        lambda: gate.restore(card, carol),
        lambda: Opportunity.delete().where(Opportunity.id == other.id).execute(),
    )
    for step in steps:
        step()
        assert kept() == counted()
    with gate.together() as gesture:
        opportunities.edit(card, {"amount": 1_00}, carol)
    journal.undo(gesture, carol)
    assert kept() == counted()
    before = kept()
    upkeep.gather_sums()
    assert kept() == before
    assert OpenSum.select().count() == len(before) == 1


def test_a_new_place_in_the_column_leaves_no_share_behind(alice):
    first, second = make_opportunity(alice, "A"), make_opportunity(alice, "B")
    shares = OpenSum.select().count()
    opportunities.move(second, stage("New").id, alice, before=first.id)
    opportunities.edit(first, {"next_step": "Call"}, alice)
    assert OpenSum.select().count() == shares


def test_the_worker_gathers_shares_when_there_are_many(alice, monkeypatch):
    for number in range(3):
        make_opportunity(alice, f"Card {number}", amount=100_00)
    before = kept()
    upkeep.gather({})
    assert OpenSum.select().count() == 3
    monkeypatch.setattr(upkeep, "MANY_SHARES", 2)
    again = upkeep.gather({})
    assert OpenSum.select().count() == 1
    assert kept() == before
    assert again > clock.now()


def test_nothing_is_left_to_keep_when_everything_is_closed(alice):
    for number in range(5):
        opportunities.win(make_opportunity(alice, f"Card {number}", amount=number * 100_00), alice)
    upkeep.gather_sums()
    assert OpenSum.select().count() == 0
