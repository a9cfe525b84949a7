"""The ticked rows of a list, or all that match: changed in one gesture, at once or as a job."""

import re

import pytest

from crmlite.lists import bulk
from crmlite.models.choices import Choice
from crmlite.models.jobs import Job
from crmlite.models.journal import Entry
from crmlite.models.leads import Lead
from crmlite.rules import gate, jobs
from crmlite.serve import HANDLERS
from tests.make import make_lead


@pytest.fixture
def few(monkeypatch):
    """Work in small parts."""
    monkeypatch.setattr(bulk, "AT_ONCE", 3)
    monkeypatch.setattr(bulk, "IN_ONE_GO", 2)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(jobs, "PAUSE", 0)


def do_the_work():
    job = jobs.claim(HANDLERS, "test")
    assert jobs.finish(job, HANDLERS[job.kind](jobs.payload(job)))


def many(alice, number=7):
    return [make_lead(alice, f"Lead{one}").id for one in range(number)]


def test_any_field_is_set_for_the_ticked_rows(client_of, alice):
    ids = many(alice, 3)
    client = client_of("alice")
    fair = Choice.select().where(Choice.kind == "source").first().id
    for field, value, stored in (("source", str(fair), fair), ("city", " Lyon ", "Lyon"), ("budget", "1,200", 120000)):
        data = {"ids": ids[:2], "verb": "set", "field": field, "value": value}
        assert client.part("/leads/bulk", "POST", data=data).status_code == 200
        found = {lead.id: lead.__data__[field] for lead in Lead.select()}
        assert found[ids[0]] == found[ids[1]] == stored and found[ids[2]] != stored


def test_the_dialog_offers_every_column_that_can_be_edited(client_of, alice):
    client = client_of("alice")
    text = client.part("/leads/change").text
    for column in (one for one in bulk.SPECS["leads"].columns if not one.fixed):
        assert f'value="{column.name}"' in text
        assert "data-ticked" in client.part(f"/leads/change?field={column.name}").text
    assert 'value="reference"' not in client.part("/opportunities/change").text
    assert client.part("/opportunities/change?field=reference").status_code == 422


def test_a_value_that_cannot_be_read_changes_nothing(client_of, alice):
    ids = many(alice, 2)
    data = {"ids": ids, "verb": "set", "field": "contact_date", "value": "tomorrow-ish"}
    assert client_of("alice").part("/leads/bulk", "POST", data=data).status_code == 422
    assert client_of("alice").part("/leads/bulk", "POST", data={"ids": ids, "verb": "burn"}).status_code == 422


def test_many_are_changed_by_the_worker_and_one_can_watch(client_of, alice, few):
    ids = many(alice)
    client = client_of("alice")
    data = {"all": "1", "verb": "archive", "did": "archived", "back": "/leads?view=mine"}
    answer = client.part("/leads/bulk?view=mine", "POST", data=data)
    place = answer.headers["HX-Redirect"]
    assert re.fullmatch(r"/bulk/\d+", place)
    before = client.get(place).text
    assert "<b>0</b> of 7 leads" in before and 'hx-trigger="every 1s"' in before and "You can leave" in before
    do_the_work()
    after = client.get(place).text
    assert "7 leads archived." in after and "every 1s" not in after and 'href="/leads?view=mine"' in after
    assert Lead.select().where(Lead.archived == True).count() == len(ids)  # noqa: E712
    client.part(re.search(r"/gestures/\d+/reversal", after).group(0), "POST")
    assert Lead.select().where(Lead.archived == True).count() == 0  # noqa: E712


def test_what_is_refused_is_counted_with_its_reason(client_of, alice, few):
    many(alice)
    client = client_of("alice")
    place = client.part("/leads/bulk?view=all", "POST", data={"all": "1", "verb": "delete"}).headers["HX-Redirect"]
    do_the_work()
    text = client.get(place).text
    assert "Only owners and managers may delete" in text and ">7<" in text and "Undo all" not in text
    assert Lead.select().where(Lead.deleted_at.is_null()).count() == 7


def test_work_that_was_stopped_goes_on_where_it_was(client_of, alice, few, monkeypatch):
    many(alice)
    client = client_of("alice")
    place = client.part("/leads/bulk?view=all", "POST", data={"all": "1", "verb": "archive"}).headers["HX-Redirect"]
    changed, change = [], gate.change

    def dies(record, *rest, **more):
        changed.append(record.id)
        if len(changed) == 6:
            raise SystemExit("killed")
        return change(record, *rest, **more)

    job = jobs.claim(HANDLERS, "test")
    monkeypatch.setattr(gate, "change", dies)
    with pytest.raises(SystemExit):
        HANDLERS[job.kind](jobs.payload(job))
    assert Lead.select().where(Lead.archived == True).count() == 4  # noqa: E712
    assert "<b>4</b> of 7" in client.get(place).text
    bulk.work(jobs.payload(Job.get_by_id(job.id)))
    assert Lead.select().where(Lead.archived == True).count() == 7  # noqa: E712
    assert "7 leads archived." in client.get(place).text
    assert Entry.select().where(Entry.concept == "lead", Entry.verb == "archived").count() == 7


def test_the_work_of_others_is_not_there(client_of, alice, few):
    many(alice)
    place = client_of("alice").part("/leads/bulk?view=all", "POST", data={"all": "1", "verb": "archive"})
    assert client_of("charlie").get(place.headers["HX-Redirect"]).status_code == 404
    assert client_of("carol").get("/bulk/99999").status_code == 404


def test_charlie_changes_nothing_of_what_he_ticked(client_of, alice):
    ids = many(alice, 2)
    client = client_of("charlie")
    client.part("/leads/bulk", "POST", data={"ids": ids, "verb": "archive"})
    client.part("/leads/bulk?view=all", "POST", data={"all": "1", "verb": "archive"})
    assert Lead.select().where(Lead.archived == True).count() == 0  # noqa: E712


def test_the_bar_offers_everything_that_can_be_done(client_of, alice):
    make_lead(alice)
    text = client_of("alice").get("/leads").text
    for kind in ("csv", "xlsx", "vcf", "pdf"):
        assert f'data-take="/leads.{kind}' in text and f'href="/leads.{kind}' in text
    assert 'hx-get="/leads/change"' in text
    assert 'hx-get="/leads/change"' not in client_of("rita").get("/leads").text


@pytest.mark.parametrize(
    ("number", "verb", "place", "anew"),
    [
        (2, "archive", "/leads?view=mine", True),
        (1, "archive", "/leads", True),
        (2, "set", "/leads", True),
        (1, "set", "/leads", False),
        (2, "archive", "/partners", False),
    ],
)
def test_rows_come_back_to_the_open_list_with_undo(client_of, alice, bob, number, verb, place, anew):
    """Where nothing can have come back, the page stays as it is and redraws what changed."""
    ids, client = many(bob, number), client_of("alice")
    wanted = {"verb": verb, "field": "company", "value": "Halden", "back": "/leads"}
    client.part("/leads/bulk", "POST", data={"ids": ids, **wanted})
    gesture = Entry.select().order_by(Entry.id.desc()).get().gesture
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://here{place}"}
    answer = client.request("POST", f"/gestures/{gesture}/reversal", headers=headers)
    assert answer.ok and answer.headers.get("HX-Refresh") == ("true" if anew else None)
    assert ("changed" in answer.headers.get("HX-Trigger", "")) == (not anew)
