"""The demo data: complete, dated in the past, found again when it is to go."""

import io
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from peewee import Database

from crmlite import clock
from crmlite.errors import Conflict, Missing
from crmlite.models.addresses import Address
from crmlite.models.base import database, open_database
from crmlite.models.calendars import Calendar, Tombstone
from crmlite.models.choices import Stage
from crmlite.models.contact_points import ContactPoint
from crmlite.models.contacts import Contact
from crmlite.models.documents import Document, DocumentBody
from crmlite.models.events import EVENT_KINDS, EVENT_STATUSES, TASK_STATUSES, Event, Occurrence
from crmlite.models.journal import Entry
from crmlite.models.leads import STATUSES, Lead
from crmlite.models.mentions import Mention
from crmlite.models.merges import Distinction, Merge
from crmlite.models.notes import Note
from crmlite.models.opportunities import Opportunity
from crmlite.models.partners import Partner
from crmlite.models.quotes import STATUSES as QUOTE_STATUSES
from crmlite.models.quotes import Quote
from crmlite.models.tables import RECORDS, TABLES
from crmlite.models.teams import Team
from crmlite.models.users import ROLES, User
from crmlite.rules import (
    demo,
    directory,
    documents,
    duplicates,
    events,
    gate,
    hanging,
    inks,
    leads,
    links,
    merges,
    notes,
    organisation,
    quotes,
    search,
    sync,
    users,
)  # fmt: skip
from crmlite.rules.access import OWNED, Actor, actor, system
from crmlite.rules.demo import removal
from tests import conftest, people
from tests.files import picture
from tests.make import make_lead, make_opportunity

KEPT_OF_THE_HOUSE = {"choices", "pipelines", "stages", "settings", "entries"}


@pytest.fixture
def empty_house(tmp_path: Path) -> Iterator[Database]:
    """A database with its tables and nothing in them."""
    db = _opened(tmp_path / "empty.db")
    conftest.Runner(db, str(conftest.MIGRATIONS)).up()
    yield db
    db.close()


@pytest.fixture(scope="session")
def seed_house(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[demo.SignIn]]:
    path = tmp_path_factory.mktemp("demo") / "house.db"
    db = _opened(path)
    conftest.Runner(db, str(conftest.MIGRATIONS)).up()
    ways = demo.load(system("cli"))
    db.close()
    return path, ways


@pytest.fixture
def house(seed_house: tuple[Path, list[demo.SignIn]], tmp_path: Path) -> Iterator[list[demo.SignIn]]:
    """The demo loaded into an empty house."""
    shutil.copy(seed_house[0], tmp_path / "house.db")
    db = _opened(tmp_path / "house.db")
    yield seed_house[1]
    db.close()


@pytest.fixture(scope="session")
def seed_beside(
    seed_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, list[demo.SignIn]]:
    path = tmp_path_factory.mktemp("demo") / "beside.db"
    shutil.copy(seed_sqlite, path)
    db = _opened(path)
    ways = demo.load(system("cli"))
    db.close()
    return path, ways


@pytest.fixture
def beside(seed_beside: tuple[Path, list[demo.SignIn]], tmp_path: Path) -> Iterator[list[demo.SignIn]]:
    """The demo loaded beside the accounts of the tests."""
    shutil.copy(seed_beside[0], tmp_path / "beside.db")
    db = _opened(tmp_path / "beside.db")
    yield seed_beside[1]
    db.close()


@pytest.fixture
def by(db: Database) -> Actor:
    return system("cli")


def _opened(path: Path) -> Database:
    db = open_database(f"sqlite:///{path}")
    db.connect()
    directory.forget()
    return db


def test_a_small_house_is_furnished_in_full(house: list[demo.SignIn]) -> None:
    assert Lead.select().count() == 60
    assert Partner.select().count() == 40
    assert Contact.select().count() == 70
    assert Opportunity.select().count() == 45
    assert Event.select().count() >= 120
    assert Team.select().count() == 2
    assert {user.role for user in User.select()} == set(ROLES)
    assert {(p.is_customer, p.is_prospect, p.is_supplier) for p in Partner.select()} >= {
        (True, False, False), (False, True, False), (False, False, True), (True, False, True),
    }  # fmt: skip
    assert {p.kind for p in Partner.select()} == {"company", "individual"}
    assert {lead.status for lead in Lead.select()} == set(STATUSES)
    assert {o.stage_id for o in Opportunity.select()} == {stage.id for stage in Stage.select()}
    assert {quote.status for quote in Quote.select()} == set(QUOTE_STATUSES)
    today = clock.today("Europe/Paris")
    assert {quotes.ink(quote, today) for quote in Quote.select()} == {"red", "orange", "green", "plain"}


def test_every_colour_rule_has_its_row(house: list[demo.SignIn]) -> None:
    now, today = clock.now(), clock.today("Europe/Paris")
    sales = list(Opportunity.select())
    stages = {stage.id: stage for stage in Stage.select()}
    assert {leads.ink(lead, now) for lead in Lead.select()} == {"blue", "green", "orange", "red", "plain"}
    colours = {inks.ink(sale, today, now) for sale in sales}
    assert colours == {"red", "orange", "blue", "plain", "fill-green", "fill-red"}
    assert {inks.edge(sale.probability) for sale in sales} == {"red", "orange", "black", "green"}
    chances = {sale.probability for sale in sales if sale.outcome == "open"}
    for low, at, high in ((20, 25, 30), (45, 50, 55), (70, 75, 80)):
        assert {low, at, high} <= chances, "a row below, at and above each limit of the edges"
    assert any(
        inks.idle(sale, stages[sale.stage_id], now) for sale in sales if sale.outcome == "open"
    )
    planned = {e.opportunity_id for e in Event.select() if e.is_open and e.starts_at and e.starts_at > now}
    assert any(sale.outcome == "open" and sale.id not in planned for sale in sales)


def test_every_kind_and_status_of_event_is_there(house: list[demo.SignIn]) -> None:
    now, every = clock.now(), list(Event.select())
    assert {event.kind for event in every} == set(EVENT_KINDS)
    assert {event.status for event in every} == set(EVENT_STATUSES) | set(TASK_STATUSES)
    dated = [event for event in every if event.starts_at]
    assert any(e.status == "planned" and e.starts_at < now for e in dated)
    assert any(e.status == "planned" and e.starts_at > now for e in dated)
    assert any(e.private for e in every)
    assert any(e.calendar.team_id for e in every)
    assert any(e.all_day and e.end_date - e.start_date > timedelta(days=1) for e in dated if e.all_day)
    assert any(e.kind == "task" and not e.due_at for e in every)
    assert any(e.starts_at.date() != e.ends_at.date() and not e.all_day for e in dated)
    soon = [e for e in dated if e.alarm_minutes is not None and now < e.starts_at < now + timedelta(hours=2)]
    assert len(soon) >= 3


def test_a_weekly_meeting_has_one_turn_put_off(house: list[demo.SignIn]) -> None:
    weekly = Event.get(Event.subject == "Retail round")
    hours = [clock.to_wall(turn.starts_at, "Europe/Paris").hour for turn in Occurrence.select().where(
        (Occurrence.event == weekly.id) & (Occurrence.starts_at > clock.now() - timedelta(days=60))
        & (Occurrence.starts_at < clock.now() + timedelta(days=60))
    )]  # fmt: skip
    assert hours.count(11) == 1
    assert hours.count(9) == len(hours) - 1 > 10


def test_two_pairs_look_alike(house: list[demo.SignIn]) -> None:
    assert Lead.select().where(Lead.email == "sofia.marchetti@gelateria-marchetti.example").count() == 2
    assert Partner.select().where(Partner.website == "kestrel-bookshops.example").count() == 2


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 3, 1, 22, 50, tzinfo=UTC),  # a Sunday, late
        datetime(2026, 10, 26, 5, 0, tzinfo=UTC),  # a Monday before the office opens, the clocks just changed
    ],
)
def test_history_lies_in_the_past_whenever_it_is_loaded(empty_house: Database, moment: datetime) -> None:
    with clock.frozen(moment):
        demo.load(system("cli"))
    for model in RECORDS.values():
        late = [r for r in model.select() if r.created_at > moment or r.updated_at < r.created_at]
        assert not late, (model, late)
    assert not Entry.select().where(Entry.at > moment).exists()
    for event in Event.select().where(Event.opportunity.is_null(False)):
        assert event.created_at >= event.opportunity.created_at, event.subject


def test_the_printed_sign_ins_work_in_an_empty_house(house: list[demo.SignIn]) -> None:
    for way in house:
        assert users.sign_in(way.email, way.password, "127.0.0.1").name == way.name
    assert [p.password for p in demo.PEOPLE] == [f"demo-{p.key}" for p in demo.PEOPLE]


def test_beside_real_accounts_nobody_knows_the_passwords(beside: list[demo.SignIn]) -> None:
    assert not {way.password for way in beside} & {person.password for person in demo.PEOPLE}
    assert users.sign_in(beside[0].email, beside[0].password, "127.0.0.1").is_active


def test_an_owner_who_loads_it_plays_the_demo_owner(db: Database) -> None:
    olive = actor(people.user("olive").id, "web")
    ways = demo.load(olive)
    assert "owner" not in {way.role for way in ways}
    assert Event.select().where(Event.owner == olive.id).exists()
    home = Calendar.get((Calendar.owner == olive.id) & (Calendar.slug == "events"))
    there = Event.select().where(Event.calendar == home.id).count()
    demo.remove(olive)
    assert users.by_email("olive@example.com").is_active
    assert Tombstone.select().where(Tombstone.calendar == home.id).count() == there > 0


def test_it_is_not_loaded_twice(house: list[demo.SignIn]) -> None:
    with pytest.raises(Conflict, match="here already"):
        demo.load(system("cli"))


def test_removing_takes_everything_and_it_can_be_loaded_again(house: list[demo.SignIn]) -> None:
    by = system("cli")
    demo.remove(by)
    left = {table._meta.table_name: table.select().count() for table in TABLES}
    assert not {name for name, count in left.items() if count} - KEPT_OF_THE_HOUSE
    assert database.execute_sql("SELECT count(*) FROM search").fetchone()[0] == 0
    assert not organisation.sender()["address"] and not organisation.texts("en").introduction
    assert demo.loaded() is None
    with pytest.raises(Missing):
        demo.remove(by)
    demo.load(by)
    assert Lead.select().count() == 60


def test_removing_leaves_what_people_added(by: Actor, alice: Actor) -> None:
    mine = make_lead(alice)
    rows_before = {
        m._meta.table_name: m.select().count() for m in TABLES if m.__name__ not in ("Entry", "Setting")
    }
    demo.load(by)
    demo.remove(by)
    assert {
        m._meta.table_name: m.select().count() for m in TABLES if m.__name__ not in ("Entry", "Setting")
    } == rows_before
    assert Lead.get_by_id(mine.id).deleted_at is None
    assert search.find("Costa", alice)


def test_removing_leaves_what_people_built_upon_it(beside: list[demo.SignIn]) -> None:
    olive = actor(people.user("olive").id, "web")
    customer = Partner.get(Partner.name == "Maison Delorme")
    noted = Partner.get(Partner.name == "Baltic Fish Hall")
    sale = make_opportunity(olive, partner=customer.id)
    note = gate.create(
        Note, {"about": "partner", "about_id": noted.id, "body": "Rang today", "owner": olive.id}, olive
    )
    demo.remove(system("cli"))
    assert Opportunity.get_by_id(sale.id).partner_id is None
    assert Note.get_by_id(note.id).body == "Rang today"
    assert [p.name for p in Partner.select()] == ["Baltic Fish Hall"]


def test_removing_takes_what_people_hung_on_demo_records(beside: list[demo.SignIn]) -> None:
    """Files, pictures, further phones, mentions: of the records that go, and no others."""
    olive = actor(people.user("olive").id, "web")
    mine = make_lead(olive, "Mine")
    tables = (Document, DocumentBody, Mention, ContactPoint, Address, Merge, Distinction, Note)
    before = {model: {row.id for row in model.select()} for model in tables}
    _furnish(mine, olive)
    stays = {model: {row.id for row in model.select()} for model in tables}
    assert all(stays[model] > before[model] for model in (Document, DocumentBody, Mention, ContactPoint, Address))
    theirs = list(Lead.select().where(Lead.id != mine.id, Lead.status == "assigned").limit(2))
    for lead in theirs:
        _furnish(lead, olive)
    same = list(Partner.select().where(Partner.website == "kestrel-bookshops.example"))
    merges.merge(same, same[0].id, olive)
    duplicates.tell_apart(Lead, [lead.id for lead in theirs], olive)
    for note in Note.select().where(Note.about == "lead", Note.about_id != mine.id, Note.owner == olive.id):
        gate.discard(note, olive)  # else the record would stay for it
    demo.remove(system("cli"))
    own = {model: stays[model] - before[model] for model in tables}
    assert {model: {row.id for row in model.select()} for model in tables} == own
    gone = {entry.concept for entry in Entry.select() if RECORDS[entry.concept].get_or_none(id=entry.record_id) is None}
    assert gone <= {"event"}  # those that phones were told of


def _furnish(lead: Lead, by: Actor) -> None:
    """A note with a mention and a file, a picture, a further phone, a further address."""
    note = notes.add(lead, "@Olive Owen and @Carol Cole", by)
    text = f"file of {lead.id}".encode()
    documents.attach(lead, [documents.Sent("map.txt", io.BytesIO(text))], 10_000, by, note)
    face = picture((200 + lead.id, 200 + lead.id))
    documents.put_picture(lead, documents.Sent("face.jpg", io.BytesIO(face)), 10**6, by)
    hanging.add(ContactPoint, lead, {"kind": "phone", "value": f"+33 1 23 45 67 {lead.id % 90 + 10}"}, by)
    hanging.add(Address, lead, {"city": "Lyon", "street": "1 Quay"}, by)


def test_whatever_can_hang_on_a_record_is_taken_out_with_it() -> None:
    """A table that comes later is named in the order of the removal."""
    hung = {place.table.concept for model in OWNED.values() for place in links.places(model) if place.hangs}
    assert hung >= {"note", "document", "quote_line"} and hung <= set(removal.ORDER)
    assert set(OWNED) <= set(removal.ORDER)


def test_a_demo_person_who_did_something_stays_but_cannot_sign_in(beside: list[demo.SignIn]) -> None:
    account = users.by_email("lena.duarte@example.com")
    lena = actor(account.id, "web")
    lead = make_lead(lena, "Hers")
    meeting = events.save(None, {"subject": "Hers too", "starts_at": clock.now()}, lena)
    demo.remove(system("cli"))
    assert Lead.get_by_id(lead.id).owner_id == lena.id
    assert Event.get_by_id(meeting.id).calendar.owner_id == lena.id
    assert not users.by_email(account.email).active
    assert User.get_or_none(User.email == "dario.conti@example.com") is None


def test_the_last_way_in_is_not_taken_away(house: list[demo.SignIn]) -> None:
    renata = actor(users.by_email("renata.falk@example.com").id, "web")
    make_lead(renata)
    with pytest.raises(Conflict, match="add an owner of your own"):
        demo.remove(system("cli"))
    assert Lead.select().count() == 61


def test_the_large_demo_is_what_the_gate_would_have_written(by: Actor) -> None:
    demo.load(by, leads=260)
    assert Lead.select().count() == 260
    assert Partner.select().count() == 40 + 60
    assert Contact.select().count() == 70 + 120
    assert Opportunity.select().count() == 45 + 40 + 10
    for model in (Lead, Partner, Contact, Opportunity, Event):
        newest = model.select().order_by(model.id.desc()).get()
        before = newest.as_values()
        newest.prepare()
        assert newest.as_values() == before
        assert search.find(newest.label, by)
        assert Entry.get((Entry.concept == model.concept) & (Entry.record_id == newest.id)).verb == "created"
    for event in Event.select().order_by(Event.id.desc()).limit(60):
        derived = sync.derive(event.ics, sync.zone_of(event.calendar)).columns
        assert {name: getattr(event, name) for name in derived} == derived
    calendars = Calendar.select().where(Calendar.owner.is_null(False))
    assert all(
        Event.select().where((Event.calendar == c.id) & (Event.seq > c.seq)).count() == 0 for c in calendars
    )
    sale = make_opportunity(actor(people.user("olive").id, "web"))
    assert Opportunity.select().where(Opportunity.reference == sale.reference).count() == 1
    demo.remove(by)
    assert Lead.select().count() == 0
