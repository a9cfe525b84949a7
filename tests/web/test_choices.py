"""Configured lists and stages over HTTP: for managers and owners."""

import re

import pytest

from crmlite.models.choices import KINDS, Choice, Pipeline, Stage
from crmlite.models.opportunities import Opportunity
from crmlite.rules import choices, pipelines, stages
from tests.conftest import counted_queries
from tests.make import choice, make_lead, make_opportunity, stage

TRIAL = {"name": "Trial", "outcome": "open", "probability": "60", "idle_days": "10", "colour": "teal"}


@pytest.fixture
def manager(client_of, carol):
    return client_of("carol")


def names(kind: str) -> list[str]:
    return [one.name for one in choices.of_kind(kind)]


@pytest.mark.parametrize("kind", KINDS)
def test_each_list_has_its_page(manager, kind):
    answer = manager.get(f"/choices/{kind}")
    assert answer.status_code == 200
    for name in names(kind):
        assert f'value="{name}"' in answer.text


@pytest.mark.parametrize("name", ["alice", "rita", "charlie"])
def test_others_are_told_whose_lists_these_are(client_of, db, name):
    someone, website, first = client_of(name), choice("source", "Website"), stage("New")
    for path in ("/choices/source", "/stages", "/stages/form", f"/stages/{first.id}/form"):
        answer = someone.get(path)
        assert answer.status_code == 403 and "Only owners and managers may change this list." in answer.text
    for path in (
        "source",
        "source/order",
        *(f"{website.id}{end}" for end in ("", "/position", "/retirement", "/removal")),
    ):
        assert someone.post(f"/choices/{path}", data={"name": "Mine", "ids": website.id}).status_code == 403
    for path in (
        "",
        "/order",
        *(f"/{first.id}{end}" for end in ("", "/position", "/retirement", "/removal")),
    ):
        assert someone.post(f"/stages{path}", data={**TRIAL, "ids": first.id}).status_code == 403
    assert "Mine" not in names("source") and not Stage.select().where(Stage.name == "Trial").exists()


def test_a_value_is_added_in_place(manager):
    """SEED-27"""
    answer = manager.part("/choices/source", "POST", data={"name": "Podcast"})
    assert answer.status_code == 200 and answer.text.lstrip().startswith('<div id="choices"')
    assert 'value="Podcast"' in answer.text and "/reversal" in answer.headers["HX-Trigger"]
    assert manager.post("/choices/source", data={"name": "Radio"}).headers["Location"] == "/choices/source"
    assert names("source")[-2:] == ["Podcast", "Radio"]


@pytest.mark.parametrize("name", ["", "x" * 81, "WEBSITE"])
def test_a_refused_value_keeps_what_was_typed(manager, name):
    answer = manager.part("/choices/source", "POST", data={"name": name})
    assert answer.status_code == 422
    assert re.search(rf'id="new-name"[^>]*value="{name}"[^>]*aria-invalid="true"', answer.text)
    assert 'id="new-error"' in answer.text and len(names("source")) == 8


def test_a_refused_rename_keeps_the_text_in_its_row(manager):
    website = choice("source", "Website")
    answer = manager.part(f"/choices/{website.id}", "POST", data={"name": "Seminar", "seen": website.version})
    assert answer.status_code == 422 and "in this list already" in answer.text
    assert re.search(rf'id="choice-{website.id}-name" name="name" value="Seminar"', answer.text)
    assert names("source")[0] == "Website"


def test_a_value_is_renamed_in_place_and_a_stale_rename_is_told(manager):
    website = choice("source", "Website")
    data = {"name": "Web form", "seen": website.version}
    assert manager.part(f"/choices/{website.id}", "POST", data=data).status_code == 200
    answer = manager.part(f"/choices/{website.id}", "POST", data={**data, "name": "Homepage"})
    assert answer.status_code == 409 and "Carol Cole changed this to “Web form”" in answer.text
    assert names("source")[0] == "Web form"


def test_a_lost_reason_may_ask_for_an_explanation(manager):
    """SEED-30"""
    reason = choice("lost_reason", "No budget")
    manager.part(f"/choices/{reason.id}", "POST", data={"name": "No budget", "asks_text": "1"})
    assert choice("lost_reason", "No budget").asks_text
    manager.part(f"/choices/{reason.id}", "POST", data={"name": "No budget"})
    assert not choice("lost_reason", "No budget").asks_text


def test_an_event_category_belongs_to_a_kind_of_event(manager):
    """SEED-28"""
    training = choice("event_category", "Training")
    manager.part(f"/choices/{training.id}", "POST", data={"name": "Training", "event_kind": "call"})
    assert choice("event_category", "Training").event_kind == "call"
    answer = manager.part(f"/choices/{training.id}", "POST", data={"name": "Training", "event_kind": "party"})
    assert answer.status_code == 422 and choice("event_category", "Training").event_kind == "call"


def test_values_are_put_into_order_by_buttons_and_by_dragging(manager):
    kind, last = "opportunity_type", choice("opportunity_type", "Recurring")
    manager.part(f"/choices/{last.id}/position", "POST", data={"step": "up"})
    assert names(kind) == ["New", "Recurring", "Existing"]
    ids = ",".join(str(choice(kind, name).id) for name in ("Existing", "New", "Recurring"))
    assert manager.part(f"/choices/{kind}/order", "POST", data={"ids": ids}).status_code == 200
    assert names(kind) == ["Existing", "New", "Recurring"]


@pytest.mark.parametrize("ids", ["", "1,x", "99999999", "1,1", "-4", "1" * 40])
def test_an_order_that_makes_no_sense_changes_nothing(manager, ids):
    before = names("opportunity_type")
    assert manager.part("/choices/opportunity_type/order", "POST", data={"ids": ids}).status_code == 422
    assert names("opportunity_type") == before


def test_a_value_in_use_says_so_and_can_only_be_retired(manager, carol):
    website = choice("source", "Website")
    make_lead(carol, source=website.id)
    page = manager.get("/choices/source").text
    assert "in use by 1 record" in page and f"/choices/{website.id}/removal" not in page
    answer = manager.post(f"/choices/{website.id}/removal")
    assert answer.status_code == 409 and "retire it instead" in answer.text
    manager.part(f"/choices/{website.id}/retirement", "POST", data={"retired": "1"})
    assert choice("source", "Website").retired and "Retired" in manager.get("/choices/source").text
    manager.part(f"/choices/{website.id}/retirement", "POST", data={"retired": "0"})
    assert not choice("source", "Website").retired


def test_an_unused_value_is_deleted_and_brought_back_by_undo(manager):
    seminar = choice("source", "Seminar")
    answer = manager.part(f"/choices/{seminar.id}/removal", "POST")
    assert answer.status_code == 200 and "Seminar" not in names("source")
    undo = re.search(r"/gestures/\d+/reversal", answer.headers["HX-Trigger"])[0]
    assert manager.part(undo, "POST").status_code == 200
    assert "Seminar" in names("source")


def test_what_does_not_exist_is_missing(manager):
    assert manager.get("/choices/planet").status_code == 404
    assert manager.post("/choices/planet", data={"name": "Mars"}).status_code == 404
    for path in ("", "/position", "/retirement", "/removal"):
        assert manager.post(f"/choices/987654{path}", data={"name": "Mars"}).status_code == 404
        assert manager.post(f"/stages/987654{path}", data=TRIAL).status_code == 404
    assert manager.get("/stages/987654/form").status_code == 404
    assert Choice.select().where(Choice.name == "Mars").count() == 0


def test_a_list_costs_few_queries_however_long_it_is(manager, carol):
    for number in range(30):
        choices.add("source", {"name": f"Source {number}"}, carol)
    manager.get("/choices/source")
    with counted_queries() as seen:
        manager.get("/choices/source")
    assert len(seen) <= 20


def test_a_stage_is_added_and_changed(manager):
    assert manager.post("/stages", data=TRIAL).status_code == 303
    trial = stage("Trial")
    assert (trial.probability, trial.idle_days, trial.colour) == (60, 10, "teal")
    assert f'value="{trial.name}"' in manager.part(f"/stages/{trial.id}/form").text
    data = {**TRIAL, "name": "Pilot", "probability": "65 %", "seen": trial.version}
    assert manager.post(f"/stages/{trial.id}", data=data).status_code == 303
    assert stage("Pilot").probability == 65


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 61),
        ("name", "New"),
        ("outcome", "maybe"),
        ("probability", "much"),
        ("probability", "101"),
        ("idle_days", "-1"),
        ("idle_days", "9" * 20),
        ("colour", "pink"),
    ],
)
def test_a_refused_stage_keeps_what_was_typed(manager, field, value):
    answer = manager.part("/stages", "POST", data={**TRIAL, field: value})
    assert answer.status_code == 422 and 'class="error"' in answer.text and "<dialog" in answer.text
    assert ('value="Trial"' in answer.text) == (field != "name")
    assert Stage.select().count() == 6


def test_stages_are_put_into_order(manager):
    ids = [s.id for s in Stage.select().order_by(Stage.position)]
    manager.part(f"/stages/{ids[1]}/position", "POST", data={"step": "up"})
    assert [s.id for s in Stage.select().order_by(Stage.position)][:2] == [ids[1], ids[0]]
    assert manager.part("/stages/order", "POST", data={"ids": ",".join(map(str, ids))}).status_code == 200
    assert [s.id for s in Stage.select().order_by(Stage.position)] == ids


def test_a_stage_with_cards_offers_to_move_them(manager, carol):
    card, first = make_opportunity(carol), stage("New")
    dialog = manager.part(f"/stages/{first.id}/retirement").text
    assert "1 opportunity stands in “New”" in dialog and "Closed won" not in dialog
    answer = manager.part(f"/stages/{first.id}/retirement", "POST", data={"retired": "1"})
    assert answer.status_code == 422 and "please choose a stage for them" in answer.text
    data = {"retired": "1", "move_to": stage("Qualification").id}
    assert (
        manager.part(f"/stages/{first.id}/retirement", "POST", data=data).headers["HX-Redirect"] == "/stages"
    )
    assert Opportunity.get_by_id(card.id).stage.name == "Qualification" and stage("New").retired


def test_the_only_stage_of_a_kind_stays(manager):
    won = stage("Closed won")
    assert "only stage of its kind" in manager.part(f"/stages/{won.id}/retirement").text
    for path in ("retirement", "removal"):
        answer = manager.part(f"/stages/{won.id}/{path}", "POST", data={"retired": "1"})
        assert answer.status_code == 409 and "only won stage" in answer.headers["HX-Trigger"]
    assert not stage("Closed won").retired


# --- pipelines


@pytest.fixture
def service(manager, carol):
    return pipelines.add("Service contracts", None, carol)


def test_a_pipeline_is_added_renamed_and_put_first(manager):
    assert manager.post("/pipelines", data={"name": "Service"}).status_code == 303
    page = manager.get("/stages").text
    assert [*re.findall(r'<h2 id="pipeline-\d+">([^<]*)', page)] == ["Sales pipeline", "Service"]
    made = pipelines.in_order()[1]
    assert 'value="Service"' in manager.part(f"/pipelines/{made.id}/form").text
    data = {"name": "Care", "seen": made.version}
    assert manager.post(f"/pipelines/{made.id}", data=data).status_code == 303
    manager.post(f"/pipelines/{made.id}/position", data={"step": "up"})
    assert [one.name for one in pipelines.in_order()] == ["Care", "Sales pipeline"]


def test_a_refused_pipeline_keeps_what_was_typed(manager, service):
    for url in ("/pipelines", f"/pipelines/{service.id}"):
        answer = manager.part(url, "POST", data={"name": "Sales pipeline"})
        assert answer.status_code == 422 and "There is a pipeline “Sales pipeline” already" in answer.text
        assert 'value="Sales pipeline"' in answer.text


def test_the_order_of_stages_is_that_of_their_own_pipeline(manager, service):
    own = [one.id for one in stages.in_order(service.id)]
    turned = [own[1], own[0], *own[2:]]
    assert manager.part("/stages/order", "POST", data={"ids": ",".join(map(str, turned))}).status_code == 200
    assert [one.id for one in stages.in_order(service.id)] == turned
    manager.part(f"/stages/{own[0]}/position", "POST", data={"step": "up"})
    assert [one.id for one in stages.in_order(service.id)] == own
    assert stages.in_order()[0].name == "New"


def test_a_stage_is_added_to_the_pipeline_that_was_chosen(manager, service):
    assert re.search(rf'value="{service.id}" selected', manager.part(f"/stages/form?pipeline={service.id}").text)
    assert manager.post("/stages", data={**TRIAL, "pipeline": service.id}).status_code == 303
    assert stage("Trial").pipeline_id == service.id
    refused = manager.part("/stages", "POST", data={**TRIAL, "name": "Other", "pipeline": "987654"})
    assert refused.status_code == 422 and "Please choose one of the pipelines." in refused.text


def test_a_pipeline_with_open_sales_asks_where_they_go(manager, carol, service):
    own = stages.in_order(service.id)[0]
    card = make_opportunity(carol, stage=own.id)
    dialog = manager.part(f"/pipelines/{service.id}/retirement").text
    assert "1 open opportunity stands in “Service contracts”" in dialog
    assert "Sales pipeline: New" in dialog and "Service contracts: New" not in dialog
    answer = manager.part(f"/pipelines/{service.id}/retirement", "POST", data={})
    assert answer.status_code == 422 and "please choose a stage for them" in answer.text
    target = stages.in_order()[0].id
    done = manager.part(f"/pipelines/{service.id}/retirement", "POST", data={"move_to": target})
    assert done.headers["HX-Redirect"] == "/stages"
    assert Opportunity.get_by_id(card.id).stage_id == target
    assert "Bring back" in manager.get("/stages").text
    manager.post(f"/pipelines/{service.id}/retirement", data={"retired": "0"})
    assert not Pipeline.get_by_id(service.id).retired


def test_an_unused_pipeline_is_deleted_and_the_only_one_stays(manager, service):
    assert manager.post(f"/pipelines/{service.id}/removal").status_code == 303
    (only,) = pipelines.in_order()
    assert manager.post(f"/pipelines/{only.id}/removal").status_code == 409
    assert "only pipeline" in manager.part(f"/pipelines/{only.id}/retirement").text


def test_pipelines_are_for_those_who_lead(client_of, service):
    for name in ("alice", "rita"):
        someone = client_of(name)
        for path in ("/pipelines/form", f"/pipelines/{service.id}/form", f"/pipelines/{service.id}/retirement"):
            assert someone.get(path).status_code == 403
        for path in ("", f"/{service.id}", f"/{service.id}/position", f"/{service.id}/retirement"):
            assert someone.post(f"/pipelines{path}", data={"name": "Mine"}).status_code == 403
