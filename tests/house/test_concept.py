"""The six steps of “Add a concept” in CONTRIBUTING.md, followed with boats in a copy of the house."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.source import ROOT

MODEL = '''"""Boats: how customers on the coast are visited."""

from peewee import IntegerField

from crmlite.models.base import Record, fold, link, text, too_long
from crmlite.models.teams import Team
from crmlite.models.users import User


class Boat(Record):
    concept = "boat"

    name = text(120)
    sort_name = text(120)
    berths = IntegerField(null=True)
    owner = link(User)
    team = link(Team)

    class Meta:
        table_name = "boats"

    def prepare(self) -> None:
        self.name = " ".join(self.name.split())
        self.sort_name = fold(self.name)

    def problems(self) -> dict[str, str]:
        found = too_long(self)
        if not self.name:
            found["name"] = "Please enter a name."
        if self.berths is not None and self.berths < 1:
            found["berths"] = "Please enter at least one berth."
        return found

    def search_text(self) -> str:
        return self.name
'''
MIGRATION = '''"""Boats."""

from peewee import AutoField, BooleanField, Field, ForeignKeyField, IntegerField, Model, TextField


class UtcDateTime(Field):
    field_type = "TIMESTAMPTZ"


class User(Model):
    id = AutoField()

    class Meta:
        table_name = "users"


class Team(Model):
    id = AutoField()

    class Meta:
        table_name = "teams"


class Boat(Model):
    id = AutoField()
    name = TextField()
    sort_name = TextField()
    berths = IntegerField(null=True)
    owner = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+", index=False)
    team = ForeignKeyField(Team, null=True, on_delete="SET NULL", backref="+", index=False)
    created_at = UtcDateTime()
    created_by_id = IntegerField(null=True)
    updated_at = UtcDateTime()
    updated_by_id = IntegerField(null=True)
    version = IntegerField()
    archived = BooleanField()
    deleted_at = UtcDateTime(null=True)

    class Meta:
        table_name = "boats"


def up(migrator, db):
    with db.bind_ctx([User, Team, Boat]):
        db.create_tables([Boat])
    db.execute_sql("CREATE INDEX boats_sort_name ON boats (sort_name, id)")
'''
RULE = '''"""What may happen to a boat."""

from typing import Any

from crmlite.models.boats import Boat
from crmlite.rules import gate
from crmlite.rules.access import Actor
from crmlite.rules.following import followed_by, handed_to


def create(values: dict[str, Any], by: Actor) -> Boat:
    return gate.create(Boat, followed_by(by, values), by)


def edit(boat: Boat, values: dict[str, Any], by: Actor, seen: int | None = None) -> Boat:
    return gate.change(boat, values, by, seen)


def take(boat: Boat, by: Actor, seen: int | None = None) -> Boat:
    return gate.change(boat, handed_to(boat, by.id), by, seen, verb="assigned")
'''
LIST = '''"""Boats as rows."""

from typing import Any

from crmlite.lists import marks, people
from crmlite.lists.kinds import NUMBER, TEXT
from crmlite.lists.spec import Column, ListSpec, View
from crmlite.models.boats import Boat
from crmlite.rules import boats


def name(row: Any) -> str:
    return marks.name_link("boats", row.id, row.name)


SPEC = ListSpec(
    concept="boat",
    section="boats",
    title="Boats",
    one="boat",
    model=Boat,
    order="name",
    columns=(
        Column("name", "Name", TEXT, sort="sort_name"),
        Column("berths", "Berths", NUMBER, shown=True),
        *people.FOLLOW_UP,
    ),
    views=(
        View("all", "All", lambda by, to: None),
        View("mine", "Mine", lambda by, to: Boat.owner == by.id),
        View("archived", "Archived", lambda by, to: None),
    ),
    name=name,
    needs=("name", "owner"),
    edit=boats.edit,
    create=boats.create,
    ink=lambda row, to: "plain",
    groups=(("Boat", ("name", "berths")), ("Follow-up", ("owner", "team"))),
    empty="No boats here yet.",
)
'''
DOOR = '''"""The door of boats."""

from flask import Blueprint
from werkzeug.wrappers import Response as AnyResponse

from crmlite.blueprints.guard import me
from crmlite.blueprints.asked import seen
from crmlite.blueprints.lists import add_list
from crmlite.blueprints.records import add_records, after_verb
from crmlite.lists.boats import SPEC
from crmlite.models.boats import Boat
from crmlite.rules import access, boats, gate

bp = Blueprint("boats", __name__)
add_list(bp, SPEC)
add_records(bp, SPEC)


@bp.post("/boats/<int:boat_id>/assignment")
def assignment(boat_id: int) -> AnyResponse:
    boat = access.find(Boat, boat_id, me())
    with gate.together() as gesture:
        boats.take(boat, me(), seen())
    return after_verb(SPEC, boat, f"“{boat.label}” is assigned to you", gesture)
'''
RULE_TESTS = '''"""What may happen to a boat."""

import pytest

from crmlite.errors import Invalid
from crmlite.models.boats import Boat
from crmlite.rules import boats, search
from crmlite.rules.access import visible


def test_a_boat_is_its_creators_and_is_found(alice, bob, charlie):
    boats.create({"name": "Seagull", "berths": 4}, alice)
    assert [hit.label for hit in search.find("seag", bob)] == ["Seagull"]
    assert visible(Boat, charlie).count() == 0 and not search.find("seag", charlie)


def test_a_boat_needs_a_berth(alice):
    with pytest.raises(Invalid):
        boats.create({"name": "Seagull", "berths": 0}, alice)


def test_a_boat_is_taken(alice, bob):
    boat = boats.create({"name": "Seagull"}, alice)
    assert boats.take(boat, bob).owner_id == bob.id
'''
WEB_TESTS = '''"""Boats over HTTP."""

import re

from crmlite.models.boats import Boat
from crmlite.rules import boats


def test_it_works(client_of, alice):
    visitor = client_of("alice")
    assert visitor.post("/boats", data={"name": "Seagull", "berths": "4"}).status_code == 303
    boat = Boat.get()
    assert "Seagull" in visitor.get("/boats").text and "Seagull" in visitor.get(f"/boats/{boat.id}").text
    assert "Boats" in visitor.get("/").text and "Seagull" in visitor.get("/search?q=seag").text
    assert visitor.get("/boats.csv").text.count("Seagull") == 1


def test_a_cell_is_edited_in_place(client_of, alice):
    boat = boats.create({"name": "Seagull", "berths": 4}, alice)
    cell = f"/boats/{boat.id}/cells/berths"
    assert client_of("alice").part(cell, "POST", data={"berths": "6", "seen": 1}).status_code == 200
    assert Boat.get_by_id(boat.id).berths == 6
    assert client_of("alice").part(cell, "POST", data={"berths": "0"}).status_code == 422


def test_bob_takes_a_boat(client_of, alice, bob):
    boat = boats.create({"name": "Seagull"}, alice)
    answer = client_of("bob").part(f"/boats/{boat.id}/assignment?as=row", "POST")
    assert answer.status_code == 200 and Boat.get_by_id(boat.id).owner_id == bob.id
    undo = re.search(r"/gestures/\\d+/reversal", answer.headers["HX-Trigger"])[0]
    client_of("bob").part(undo, "POST")
    assert Boat.get_by_id(boat.id).owner_id == alice.id


def test_owners_set_who_sees_boats(client_of, db):
    assert 'name="rep.boat"' in client_of("olive").get("/settings/visibility").text
'''
STEPS = ("Model", "Migration", "Rule", "List", "Door", "Tests")


def test_the_steps_are_those_of_the_paper():
    paper = (ROOT / "CONTRIBUTING.md").read_text()
    assert tuple(re.findall(r"^\d\. \*\*(\w+)\*\*", paper, re.MULTILINE)) == STEPS
    for place in ("models/tables.py", "actors.OWNED", "search.NUMBERS", "kinds.SECTIONS", "frame.NAVIGATION"):
        assert place in paper, place


@pytest.mark.slow
def test_a_concept_added_by_the_steps_lives_in_the_house(tmp_path):
    house = copy(tmp_path / "house")
    model(house)
    migration(house)
    rule(house)
    listed(house)
    door(house)
    own_tests(house)
    tests = ["tests/rules/test_boats.py", "tests/web/test_boats.py", "tests/house"]
    environment = {k: v for k, v in os.environ.items() if k not in ("TEST_DATABASE_URL", "PYTHONPATH")}
    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-x",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:xdist",
            "-p",
            "no:playwright",
        ]
        + [f"--basetemp={tmp_path / 'inside'}", "--deselect=tests/house/test_concept.py"]
        + [f"--ignore=tests/house/test_{name}.py" for name in ("docs", "checklist", "mistakes")]
        + tests,
        cwd=house,
        env={**environment, "PYTHONPATH": str(house), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]


def copy(house: Path) -> Path:
    unwanted = shutil.ignore_patterns("__pycache__", "*.pyc")
    for name in ("crmlite", "migrations", "tests"):
        shutil.copytree(ROOT / name, house / name, ignore=unwanted)
    for name in ("pyproject.toml", "CONTRIBUTING.md"):
        shutil.copy(ROOT / name, house / name)
    return house


def model(house: Path) -> None:
    (house / "crmlite/models/boats.py").write_text(MODEL)
    imported = "from crmlite.models.boats import Boat\n"
    weave(house, "models/tables.py", "from crmlite.models.calendars", imported, before=True)
    weave(house, "models/tables.py", "Lead, Opportunity,", " Boat,")
    weave(house, "rules/actors.py", "from crmlite.models.contacts", imported, before=True)
    weave(house, "rules/actors.py", '"event": Event,\n', '    "boat": Boat,\n')
    weave(house, "rules/search.py", '"event": 5', ', "boat": 60')


def migration(house: Path) -> None:
    (house / "migrations/9000_boats.py").write_text(MIGRATION)


def rule(house: Path) -> None:
    (house / "crmlite/rules/boats.py").write_text(RULE)


def listed(house: Path) -> None:
    (house / "crmlite/lists/boats.py").write_text(LIST)
    weave(house, "lists/kinds.py", '"event": "event"', ', "boat": "boat"')
    weave(house, "lists/kinds.py", '"event": "events",\n', '    "boat": "boats",\n')


def door(house: Path) -> None:
    (house / "crmlite/blueprints/boats.py").write_text(DOOR)
    weave(house, "blueprints/__init__.py", "import (\n", "    boats,\n")
    weave(house, "blueprints/__init__.py", "DOORS = (\n", "    boats,\n")
    weave(house, "blueprints/frame.py", "NAVIGATION = (\n", '    ("boats", "Boats", "map-pin", "/boats"),\n')


def own_tests(house: Path) -> None:
    (house / "tests/rules/test_boats.py").write_text(RULE_TESTS)
    (house / "tests/web/test_boats.py").write_text(WEB_TESTS)


def weave(house: Path, name: str, anchor: str, addition: str, before: bool = False) -> None:
    """Write a line or two into a file that is there."""
    path = house / "crmlite" / name
    text = path.read_text()
    assert text.count(anchor) == 1, f"{name} has no single {anchor!r}"
    path.write_text(text.replace(anchor, addition + anchor if before else anchor + addition))
