"""Migrations: once, in order, under a lock, after a snapshot."""

import subprocess
import sys
from pathlib import Path

import pytest

from crmlite.errors import Refused
from crmlite.models import base, schema
from crmlite.settings import Settings
from tests.ops.conftest import environment

UPGRADE = """
import sys
from crmlite import settings
from crmlite.models import base, schema
found = settings.load()
database = base.open_database(found.database_url)
sys.stdin.readline()
print(*schema.upgrade(database, found))
"""


def test_an_empty_database_gets_every_table(either: Settings) -> None:
    database = base.open_database(either.database_url)
    waiting = schema.pending(database)
    assert waiting
    assert schema.upgrade(database, either) == waiting
    assert schema.pending(database) == []
    assert schema.upgrade(database, either) == []
    with database.connection_context():
        assert {"users", "leads", "events", "entries", "jobs"} <= set(database.get_tables())


@pytest.mark.slow
def test_of_four_processes_starting_together_one_migrates(either: Settings, tmp_path: Path) -> None:
    env = environment(tmp_path, DATABASE_URL=either.database_url)
    starters = [
        subprocess.Popen([sys.executable, "-c", UPGRADE], env=env, text=True, stdin=subprocess.PIPE,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(4)
    ]  # fmt: skip
    for starter in starters:
        assert starter.stdin is not None
        starter.stdin.write("go\n")
        starter.stdin.flush()
    ends = [(*starter.communicate(timeout=180), starter.returncode) for starter in starters]
    assert [(errors, code) for _, errors, code in ends] == [("", 0)] * 4
    assert sorted(bool(applied.split()) for applied, _, _ in ends) == [False, False, False, True]


def test_a_database_in_use_is_copied_before_it_is_changed(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    monkeypatch.setattr(schema, "migrations_folder", lambda: folder)
    database = base.open_database(settings.database_url)
    for number in range(1, 9):
        sql = "CREATE TABLE t (n)" if number == 1 else f"INSERT INTO t VALUES ({number})"
        (folder / f"000{number}_step.py").write_text(f"def up(migrator, db):\n    db.execute_sql('{sql}')\n")
        assert schema.upgrade(database, settings) == [f"000{number}_step"]
    kept = sorted(p.name.partition("-before-")[2] for p in (settings.data / "snapshots").iterdir())
    assert kept == [f"000{n}_step.db" for n in range(4, 9)]
    last = next((settings.data / "snapshots").glob("*0008*"))
    snapshot = base.SqliteDatabase(str(last))
    with snapshot.connection_context():
        assert snapshot.execute_sql("SELECT max(n) FROM t").fetchone() == (7,)


def test_a_migration_that_fails_leaves_nothing_half_done(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "migrations_folder", lambda: tmp_path)
    (tmp_path / "0001_bad.py").write_text(
        "def up(migrator, db):\n    db.execute_sql('CREATE TABLE t (n)')\n    raise RuntimeError('halfway')\n"
    )
    database = base.open_database(settings.database_url)
    with pytest.raises(RuntimeError, match="halfway"):
        schema.upgrade(database, settings)
    assert schema.pending(database) == ["0001_bad"]
    with database.connection_context():
        assert "t" not in database.get_tables()


def test_a_database_of_a_newer_version_is_refused(settings: Settings) -> None:
    database = base.open_database(settings.database_url)
    schema.upgrade(database, settings)
    with database.connection_context():
        database.execute_sql("INSERT INTO schema_migration (name, applied) VALUES ('9999_future', '2030')")
    with pytest.raises(Refused, match="newer crmlite \\(it holds 9999_future\\)"):
        schema.upgrade(database, settings)


def test_an_unreachable_database_is_a_sentence(settings: Settings) -> None:
    database = base.open_database("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(Refused, match="The database cannot be opened"):
        schema.upgrade(database, settings)
