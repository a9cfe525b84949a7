"""Queries whose text is kept: new values each time, and rows as peewee itself would hand them over."""

from datetime import timedelta

from crmlite import clock
from crmlite.lists import query
from crmlite.lists.events import SPEC as EVENTS
from crmlite.lists.reader import reader
from crmlite.models.events import Event
from crmlite.models.journal import Entry
from crmlite.models.leads import Lead
from crmlite.models.statements import statement
from crmlite.rules import access, events
from tests.make import make_lead

built = []


@statement
def named(model, *, name):
    built.append(model)
    return model.select(model.id).where(model.name == name).tuples()


@statement
def among(model, *, ids):
    return model.select().where(model.id.in_(ids)).order_by(model.id)


def meeting(by, starts_in):
    start = clock.now() + starts_in
    values = {"kind": "meeting", "subject": "Tasting", "starts_at": start, "ends_at": start + timedelta(hours=1)}
    return events.save(None, values | {"tzid": "Europe/Paris"}, by)


def test_the_text_is_made_once_and_the_values_are_new_each_time(alice):
    one, other = make_lead(alice, "Costa"), make_lead(alice, "O'Hara")
    built.clear()
    assert named(Lead, name="Costa") == [(one.id,)]
    assert named(Lead, name="O'Hara") == [(other.id,)]
    assert named(Lead, name="Nobody") == []
    assert built == [Lead]


def test_a_list_of_values_may_have_any_length(alice):
    ids = [make_lead(alice, f"Lead {number}").id for number in range(3)]
    assert [lead.id for lead in among(Lead, ids=ids[:2])] == ids[:2]
    assert [lead.id for lead in among(Lead, ids=ids)] == ids
    assert among(Lead, ids=[]) == []


def test_rows_hold_what_records_hold(alice):
    lead = make_lead(alice, "Costa", do_not_call=True, contact_date=clock.today("UTC"))
    event = meeting(alice, timedelta(days=1))
    for model, record_id in ((Lead, lead.id), (Event, event.id), (Entry, Entry.select().first().id)):
        (row,) = among(model, ids=[record_id])
        plain = model.get_by_id(record_id)
        assert row.__data__ == plain.__data__
        assert {name: type(value) for name, value in row.__data__.items()} == {
            name: type(value) for name, value in plain.__data__.items()
        }


def test_each_person_has_a_text_of_their_own(alice, charlie):
    lead = make_lead(alice)
    assert access.look(Lead, lead.id, alice) == lead
    assert access.look(Lead, lead.id, charlie) is None


def test_a_view_that_looks_at_the_clock_looks_at_it_each_time(alice):
    meeting(alice, timedelta(minutes=10))
    past = query.wish(EVENTS, {"view": "past"})
    assert query.ids(EVENTS, past, reader(alice), 5) == []
    with clock.frozen(clock.now() + timedelta(hours=2)):
        assert len(query.ids(EVENTS, past, reader(alice), 5)) == 1
        assert len(query.page(EVENTS, past, reader(alice)).rows) == 1
