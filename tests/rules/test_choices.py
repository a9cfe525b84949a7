"""Configured lists and the stages of the pipeline."""

import pytest

from crmlite.errors import Conflict, Forbidden, Invalid, Missing, Stale
from crmlite.models.choices import Choice, Stage
from crmlite.models.opportunities import Opportunity
from crmlite.rules import choices, directory, gate, journal, opportunities, stages
from crmlite.rules.access import Actor
from tests.make import choice, make_lead, make_opportunity, make_partner, stage


def names(kind: str) -> list[str]:
    return [one.name for one in choices.of_kind(kind)]


def test_a_manager_adds_a_value_at_the_end(carol: Actor) -> None:
    added = choices.add("source", {"name": "  Podcast  interview "}, carol)
    assert names("source")[-1] == "Podcast interview"
    assert added.id in directory.current().choices


@pytest.mark.parametrize("kind", ["partner_category", "event_category"])
def test_a_rep_may_not_change_a_list(bob: Actor, kind: str) -> None:
    for attempt in (
        lambda: choices.add(kind, {"name": "Mine"}, bob),
        lambda: choices.edit(choices.of_kind(kind)[0], {"name": "Mine"}, bob),
        lambda: choices.retire(choices.of_kind(kind)[0], bob),
        lambda: choices.drop(choices.of_kind(kind)[0], bob),
        lambda: choices.shift(choices.of_kind(kind)[0], 1, choices.of_kind(kind), bob),
        lambda: choices.arrange([choices.of_kind(kind)[0].id], choices.of_kind(kind), bob),
    ):
        with pytest.raises(Forbidden, match="Only owners and managers"):
            attempt()


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "Tra\x00de", "trade FAIR", "Websité"])
def test_a_name_must_be_there_short_and_new(carol: Actor, name: str) -> None:
    before = names("source")
    with pytest.raises(Invalid) as refusal:
        choices.add("source", {"name": name}, carol)
    assert "name" in refusal.value.fields and names("source") == before


def test_two_lists_may_hold_the_same_name(carol: Actor) -> None:
    assert choices.add("sector", {"name": "Website"}, carol).name == "Website"


def test_a_list_that_does_not_exist_is_missing(carol: Actor) -> None:
    with pytest.raises(Missing):
        choices.add("planet", {"name": "Mars"}, carol)


def test_a_renamed_value_is_renamed_wherever_it_stands(carol: Actor) -> None:
    lead = make_lead(carol, source=choice("source", "Website").id)
    choices.edit(choice("source", "Website"), {"name": "Web form"}, carol)
    assert directory.current().choice_name(lead.source_id) == "Web form"


def test_two_people_renaming_the_same_value_are_told(carol: Actor) -> None:
    seen = choice("source", "Website")
    choices.edit(choice("source", "Website"), {"name": "Web form"}, carol, seen=seen.version)
    with pytest.raises(Stale):
        choices.edit(seen, {"name": "Homepage"}, carol, seen=seen.version)


def test_a_value_in_use_is_retired_and_not_deleted(carol: Actor) -> None:
    website = choice("source", "Website")
    lead = make_lead(carol, source=website.id)
    make_partner(carol, source=website.id)
    assert choices.usage([website.id]) == {website.id: 2}
    with pytest.raises(Conflict, match="2 records use “Website”.*retire"):
        choices.drop(website, carol)
    choices.retire(website, carol)
    assert website.id not in [c.id for c in directory.current().choices_of("source")]
    assert website.id in [c.id for c in directory.current().choices_of("source", keep=lead.source_id)]
    with pytest.raises(Invalid, match="no longer on offer"):
        make_lead(carol, source=website.id)
    choices.bring_back(website, carol)
    assert make_lead(carol, source=website.id).source_id == website.id


def test_a_value_used_only_in_the_bin_is_kept_too(carol: Actor) -> None:
    lead = make_lead(carol, source=choice("source", "Seminar").id)
    gate.remove(lead, carol)
    with pytest.raises(Conflict, match="1 record uses"):
        choices.drop(choice("source", "Seminar"), carol)


def test_an_unused_value_is_deleted_and_can_come_back_by_undo(carol: Actor) -> None:
    with gate.together() as gesture:
        choices.drop(choice("source", "Seminar"), carol)
    assert "Seminar" not in names("source")
    journal.undo(gesture, carol)
    assert "Seminar" in names("source")


def test_every_kind_of_use_is_counted(carol: Actor) -> None:
    used = {
        "sector": make_partner(carol, sector=choice("sector", "Retail").id).sector_id,
        "partner_category": make_partner(
            carol, category=choice("partner_category", "Reseller").id
        ).category_id,
        "job_title": make_lead(carol, job_title=choice("job_title", "Consultant").id).job_title_id,
        "opportunity_type": make_opportunity(carol, type=choice("opportunity_type", "New").id).type_id,
    }
    assert choices.usage(used.values()) == dict.fromkeys(used.values(), 1)


def test_values_are_moved_up_and_down_and_stop_at_the_ends(carol: Actor) -> None:
    kind = "opportunity_type"
    choices.shift(choice(kind, "Recurring"), -1, choices.of_kind(kind), carol)
    assert names(kind) == ["New", "Recurring", "Existing"]
    choices.shift(choice(kind, "New"), -1, choices.of_kind(kind), carol)
    assert names(kind) == ["New", "Recurring", "Existing"]
    choices.arrange([choice(kind, "Existing").id], choices.of_kind(kind), carol)
    assert names(kind) == ["Existing", "New", "Recurring"]
    assert [c.name for c in directory.current().choices_of(kind)] == names(kind)


def test_an_order_that_names_strangers_is_refused(carol: Actor) -> None:
    kind, foreign = "opportunity_type", choice("source", "Website").id
    for ids in ([foreign], [10**6], [choice(kind, "New").id] * 2):
        with pytest.raises(Invalid, match="reload"):
            choices.arrange(ids, choices.of_kind(kind), carol)
    assert names(kind) == ["New", "Existing", "Recurring"]


def test_a_new_open_stage_stands_before_the_closed_ones(carol: Actor) -> None:
    values = {"name": "Trial", "probability": 60, "idle_days": 10, "outcome": "open", "colour": "teal"}
    stages.add(values, carol)
    assert [s.name for s in stages.in_order()][-3:] == ["Trial", "Closed won", "Closed lost"]


def test_a_closed_stage_decides_the_probability(carol: Actor) -> None:
    values = {"name": "Signed", "probability": 60, "idle_days": 10, "outcome": "won", "colour": "green"}
    added = stages.add(values, carol)
    assert (added.probability, added.idle_days) == (100, 0)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"probability": 101}, "probability"),
        ({"probability": -1}, "probability"),
        ({"idle_days": 5000}, "idle_days"),
        ({"outcome": "maybe"}, "outcome"),
        ({"name": "qualification"}, "name"),
        ({"name": "y" * 61}, "name"),
    ],
)
def test_a_stage_must_be_sound(carol: Actor, values: dict, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        stages.edit(stage("New"), values, carol)
    assert field in refusal.value.fields


def test_a_stage_with_cards_is_retired_only_when_they_have_somewhere_to_go(carol: Actor) -> None:
    first, second = make_opportunity(carol, "Cold room"), make_opportunity(carol, "Shelves", probability=33)
    with pytest.raises(Invalid, match="2 opportunities stand in “New”"):
        stages.retire(stage("New"), carol)
    with pytest.raises(Invalid):
        stages.retire(stage("New"), carol, move_to=stage("Closed won").id)
    with gate.together() as gesture:
        stages.retire(stage("New"), carol, move_to=stage("Qualification").id)
    first, second = Opportunity.get_by_id(first.id), Opportunity.get_by_id(second.id)
    assert {first.stage.name, second.stage.name} == {"Qualification"}
    assert (first.probability, second.probability) == (30, 33)
    assert first.position < second.position
    journal.undo(gesture, carol)
    assert Opportunity.get_by_id(first.id).stage.name == "New" and not stage("New").retired


@pytest.mark.parametrize("name", ["Closed won", "Closed lost"])
def test_the_last_stage_of_a_kind_stays(carol: Actor, name: str) -> None:
    for attempt in (
        lambda: stages.retire(stage(name), carol),
        lambda: stages.drop(stage(name), carol),
        lambda: stages.edit(stage(name), {"outcome": "open"}, carol),
    ):
        with pytest.raises(Conflict, match="is the only"):
            attempt()
    assert not stage(name).retired


def test_there_is_always_an_open_stage(carol: Actor) -> None:
    for one in ("New", "Qualification", "Proposition"):
        stages.retire(stage(one), carol)
    with pytest.raises(Conflict, match="only open stage"):
        stages.retire(stage("Negotiation"), carol)
    assert opportunities.first_stage().name == "Negotiation"
    stages.bring_back(stage("New"), carol)
    stages.retire(stage("Negotiation"), carol)
    assert opportunities.first_stage().name == "New"


def test_the_kind_of_a_stage_with_cards_cannot_change(carol: Actor) -> None:
    make_opportunity(carol)
    with pytest.raises(Invalid, match="1 opportunity stands"):
        stages.edit(stage("New"), {"outcome": "won"}, carol)


def test_a_stage_that_was_never_used_is_deleted(carol: Actor) -> None:
    opportunity = make_opportunity(carol)
    opportunities.move(opportunity, stage("Proposition").id, carol)
    gate.remove(opportunity, carol)
    with pytest.raises(Conflict, match="retire it instead"):
        stages.drop(stage("Proposition"), carol)
    stages.drop(stage("Negotiation"), carol)
    assert Stage.get(Stage.name == "Negotiation").deleted_at is not None


def test_a_rep_may_not_touch_the_stages(bob: Actor) -> None:
    for attempt in (
        lambda: stages.add({"name": "Trial", "outcome": "open"}, bob),
        lambda: stages.edit(stage("New"), {"name": "Trial"}, bob),
        lambda: stages.retire(stage("New"), bob),
        lambda: stages.drop(stage("New"), bob),
    ):
        with pytest.raises(Forbidden):
            attempt()
    assert Choice.select().where(Choice.name == "Trial").count() == 0
