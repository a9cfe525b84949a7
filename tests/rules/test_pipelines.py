"""Several pipelines, each with stages of its own; no card is ever left without a board."""

from typing import Any

import pytest

from crmlite.errors import Conflict, Forbidden, Invalid
from crmlite.models.choices import Pipeline, Stage
from crmlite.models.opportunities import Opportunity
from crmlite.rules import directory, journal, opportunities, pipelines, stages
from crmlite.rules.access import Actor
from tests.make import choice, make_opportunity, stage


@pytest.fixture
def first(db: Any) -> Pipeline:
    return pipelines.in_order()[0]


@pytest.fixture
def service(carol: Actor) -> Pipeline:
    return pipelines.add("Service contracts", None, carol)


def of(pipeline: Pipeline, name: str) -> Stage:
    return next(one for one in stages.in_order(pipeline.id) if one.name == name)


def fresh(card: Opportunity) -> Opportunity:
    return Opportunity.get_by_id(card.id)


def test_a_new_pipeline_begins_with_the_stages_of_another(carol, first, service):
    assert [one.name for one in pipelines.in_order()] == ["Sales pipeline", "Service contracts"]
    told = [(one.name, one.probability, one.outcome) for one in stages.in_order(service.id)]
    assert told == [(one.name, one.probability, one.outcome) for one in stages.in_order(first.id)]
    stages.edit(of(service, "New"), {"name": "Asked"}, carol)
    third = pipelines.add("Spare parts", service.id, carol)
    assert stages.in_order(third.id)[0].name == "Asked"


def test_a_new_opportunity_begins_in_the_first_pipeline_as_people_ordered_them(carol, service):
    assert make_opportunity(carol).stage.pipeline_id != service.id
    pipelines.rename(service, "Service", carol)
    for pipeline, place in ((service, 0), (pipelines.in_order()[0], 1)):
        Pipeline.update(position=place).where(Pipeline.id == pipeline.id).execute()
    directory.forget()
    assert make_opportunity(carol).stage.pipeline_id == service.id


def test_a_sale_is_won_lost_and_led_on_inside_its_own_pipeline(carol, service):
    card = make_opportunity(carol, stage=of(service, "New").id)
    following = opportunities.next_stage(card)
    assert following.id == of(service, "Qualification").id
    assert opportunities.win(card, carol).stage_id == of(service, "Closed won").id
    other = make_opportunity(carol, stage=of(service, "New").id)
    reason = choice("lost_reason", "No budget").id
    assert opportunities.lose(other, reason, "", carol).stage_id == of(service, "Closed lost").id


def test_a_card_may_change_to_another_pipeline(carol, service):
    card = make_opportunity(carol)
    opportunities.move(card, of(service, "Proposition").id, carol)
    assert (card.stage.pipeline_id, card.probability) == (service.id, 50)


@pytest.mark.parametrize("name", ["", "sales  pipeline", "x" * 81])
def test_a_name_that_is_missing_taken_or_too_long_is_refused(carol, service, name):
    with pytest.raises(Invalid) as refusal:
        pipelines.add(name, None, carol)
    assert "name" in refusal.value.fields
    with pytest.raises(Invalid):
        pipelines.rename(service, name, carol)


def test_a_stage_takes_its_cards_along_to_another_pipeline(carol, first, service):
    stages.add({"name": "Trial", "outcome": "open", "probability": 40}, carol)
    trial = of(first, "Trial")
    card = make_opportunity(carol, stage=trial.id)
    stages.edit(trial, {"pipeline": service.id}, carol)
    names = [one.name for one in stages.in_order(service.id)]
    assert names == ["New", "Qualification", "Proposition", "Negotiation", "Trial", "Closed won", "Closed lost"]
    assert fresh(card).stage.pipeline_id == service.id
    assert "Trial" not in [one.name for one in stages.in_order(first.id)]


def test_the_last_stage_of_its_kind_stays_in_its_pipeline(carol, first, service):
    for name in ("Closed won", "Closed lost"):
        with pytest.raises(Conflict, match="only (won|lost) stage, so it cannot be moved"):
            stages.edit(of(first, name), {"pipeline": service.id, "name": "Elsewhere"}, carol)
        with pytest.raises(Conflict, match="cannot be retired"):
            stages.retire(of(service, name), carol)
    with pytest.raises(Invalid, match="There is a stage “New” already"):
        stages.edit(of(first, "New"), {"pipeline": service.id}, carol)


def test_a_retired_stage_can_send_its_cards_to_another_pipeline(carol, first, service):
    card = make_opportunity(carol, stage=of(first, "Negotiation").id)
    refuges = stages.refuges(of(first, "Negotiation"))
    assert [one.pipeline_id for one in refuges] == [first.id] * 3 + [service.id] * 4
    stages.retire(of(first, "Negotiation"), carol, move_to=of(service, "New").id)
    assert fresh(card).stage_id == of(service, "New").id


def test_a_pipeline_with_open_sales_is_retired_only_when_they_have_somewhere_to_go(carol, first, service):
    opened = [make_opportunity(carol, f"Card {n}", stage=of(service, "New").id) for n in range(3)]
    own = make_opportunity(carol, "Own", stage=of(service, "Negotiation").id, probability=66)
    won = opportunities.win(make_opportunity(carol, "Won", stage=of(service, "New").id), carol)
    with pytest.raises(Invalid, match="4 open opportunities stand in “Service contracts”"):
        pipelines.retire(service, carol)
    with pytest.raises(Invalid):
        pipelines.retire(service, carol, move_to=of(service, "New").id)
    with pytest.raises(Invalid):
        pipelines.retire(service, carol, move_to=of(first, "Closed won").id)
    pipelines.retire(service, carol, move_to=stage("Qualification").id)
    target = of(first, "Qualification").id
    assert [fresh(card).stage_id for card in [*opened, own]] == [target] * 4
    assert [fresh(card).probability for card in [*opened, own]] == [30, 30, 30, 66]
    assert fresh(won).stage_id == of(service, "Closed won").id, "what is closed stays as it was"
    assert service.id not in [one.pipeline_id for one in directory.current().stages_on_offer()]
    with pytest.raises(Invalid, match="no longer on offer"):
        opportunities.move(own, of(service, "New").id, carol)


def test_retiring_a_pipeline_is_undone_with_its_cards(carol, first, service):
    card = make_opportunity(carol, stage=of(service, "New").id)
    gesture = journal_of(lambda: pipelines.retire(service, carol, move_to=of(first, "New").id))
    journal.undo(gesture, carol)
    assert fresh(card).stage_id == of(service, "New").id
    assert not Pipeline.get_by_id(service.id).retired
    pipelines.retire(service, carol, move_to=of(first, "New").id)
    pipelines.bring_back(service, carol)
    assert of(service, "New").id in [one.id for one in directory.current().stages_on_offer()]


def journal_of(act: Any) -> int:
    from_here = directory.current()
    assert from_here
    with stages.gate.together() as gesture:
        act()
    return gesture


def test_the_only_pipeline_stays_and_one_with_history_is_not_deleted(carol, first, service):
    opportunities.win(make_opportunity(carol, stage=of(service, "New").id), carol)
    with pytest.raises(Conflict, match="1 opportunity is in “Service contracts”.*retire it instead"):
        pipelines.drop(service, carol)
    empty = pipelines.add("Spare parts", None, carol)
    pipelines.drop(empty, carol)
    assert [one.name for one in pipelines.in_order()] == ["Sales pipeline", "Service contracts"]
    pipelines.retire(service, carol)
    for act in (pipelines.retire, pipelines.drop):
        with pytest.raises(Conflict, match="only pipeline"):
            act(first, carol)


def test_reps_change_no_pipeline(alice, service):
    for act in (
        lambda: pipelines.add("Mine", None, alice),
        lambda: pipelines.rename(service, "Mine", alice),
        lambda: pipelines.retire(service, alice),
        lambda: pipelines.drop(service, alice),
    ):
        with pytest.raises(Forbidden, match="Only owners and managers"):
            act()
