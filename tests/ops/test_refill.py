"""A house that was filled before the search could find anything: brought up to date, it finds everything."""

from datetime import UTC, date, datetime
from typing import Any

from playhouse.migrations import Runner

from crmlite.models import base, inspection, schema
from crmlite.models.events import Event
from crmlite.models.jobs import Job
from crmlite.rules import access, directory, jobs, search, search_index
from crmlite.serve import HANDLERS
from crmlite.settings import Settings

BEFORE = "0007_views"
MOMENT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SENT = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


def fill(database: base.Database, table: str, **values: Any) -> None:
    """A row of a table as it is now; columns that may not be empty get a value that says nothing."""
    plain = {"TEXT": "", "BOOLEAN": False, "DATE": date(2026, 3, 2)}
    for column in database.get_columns(table):
        kind = column.data_type.upper()
        if column.name not in values and not column.null and not column.primary_key:
            values[column.name] = base.stored_time(MOMENT) if "TIME" in kind else plain.get(kind, 0)
    mark = ", ".join("?" if base.is_sqlite() else "%s" for _ in values)
    names = ", ".join(f'"{name}"' for name in values)
    database.execute_sql(f"INSERT INTO {table} ({names}) VALUES ({mark})", tuple(values.values()))


def test_a_filled_house_is_indexed_anew_after_the_upgrade(either: Settings) -> None:
    database = base.open_database(either.database_url)
    with database.connection_context():
        Runner(database, str(schema.migrations_folder())).up(BEFORE)
        fill(database, "users", id=1, name="Ana", email="ana@example.org", role="owner", slug="ana", zone="UTC")
        fill(database, "calendars", id=1, name="Ana", slug="events", kind="events", owner_id=1)
        for number in range(1, 1204):
            named = {"name": f"Azenha{number}", "full_name": f"Azenha{number}", "sort_name": f"azenha{number}"}
            fill(database, "leads", id=number, status="new", owner_id=1, company="Moinho", **named)
        company = {"name": "Moinho Azenha", "full_name": "Moinho Azenha", "sort_name": "moinho azenha"}
        fill(database, "partners", id=1, kind="company", reference="P0001", owner_id=1, **company)
        person = {"name": "Moreau", "full_name": "Claire Moreau", "sort_name": "moreau claire"}
        fill(database, "contacts", id=1, partner_id=1, owner_id=1, mobile_phone="+33 6 12 34 56 78", **person)
        fill(database, "opportunities", id=1, name="Azenha cold room", reference="O0001", currency="EUR", owner_id=1)
        fill(
            database,
            "events",
            id=1,
            calendar_id=1,
            subject="Azenha visit",
            kind="call",
            ics=SENT,
            href="a.ics",
            uid="a",
        )
        fill(database, "leads", id=2000, name="Azenha Gone", deleted_at=base.stored_time(MOMENT))

    applied = schema.upgrade(database, either)
    assert "0008_finder" in applied and schema.pending(database) == []
    directory.forget()
    with database.connection_context():
        by = access.system("cli")
        assert not search.find("azenha", by)
        assert "is being written" in search_index.finding().sentence
        job = jobs.claim(HANDLERS, "test")
        while job is not None and job.kind != "search-rebuild":
            job = jobs.claim(HANDLERS, "test")
        assert job is not None and jobs.finish(job, HANDLERS[job.kind](jobs.payload(job)))
        found = {hit.concept for hit in search.find("azenha", by, limit=2000)}
        assert found == {"lead", "partner", "opportunity", "event"}
        assert [hit.id for hit in search.find("azenha1203", by)] == [1203]
        assert [hit.label for hit in search.find("0612345678", by)] == ["Claire Moreau"]
        assert search.find("azenhx coldroom", by) == [] and search.find("moreeau", by)[0].label == "Claire Moreau"
        assert search_index.finding() == (True, "The search index holds all 1,207 records.")
        assert Job.select().where(Job.kind == "search-rebuild", Job.done_at.is_null()).count() == 0
    findings = inspection.check(database, either, (search_index.finding,))
    assert [found.sentence for found in findings if not found.sound] == []


def test_tasks_of_a_former_house_know_the_day_they_are_due(either: Settings) -> None:
    database = base.open_database(either.database_url)
    with database.connection_context():
        Runner(database, str(schema.migrations_folder())).up("0027_reminders")
        fill(database, "users", id=1, name="Ana", email="ana@example.org", role="owner", slug="ana", zone="Asia/Tokyo")
        fill(database, "calendars", id=1, name="Tasks", slug="tasks", kind="tasks", owner_id=1)
        task = {"calendar_id": 1, "component": "VTODO", "kind": "task", "due_at": base.stored_time(MOMENT)}
        dues = {
            1: ("DUE;VALUE=DATE:20260303", True, date(2026, 3, 3)),
            2: ("DUE;X-NOTE=a very long parameter\r\n ;VALUE=DATE:20260304", True, date(2026, 3, 4)),
            3: ("DUE:20260303T090000Z", False, None),
        }
        for number, (due, whole, _) in dues.items():
            text = f"BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\nUID:{number}\r\n{due}\r\nEND:VTODO\r\nEND:VCALENDAR\r\n"
            names = {"href": f"{number}.ics", "uid": str(number), "ics": text, "all_day": whole}
            fill(database, "events", id=number, **task, **names)
    assert "0032_due_days" in schema.upgrade(database, either)
    with database.connection_context():
        found = {event.id: event.start_date for event in Event.select(Event.id, Event.start_date)}
    assert found == {number: day for number, (_, _, day) in dues.items()}
