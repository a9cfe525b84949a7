"""A database for each test: SQLite always, PostgreSQL too where TEST_DATABASE_URL names a server."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from peewee import Database
from playhouse.migrations import Runner

from crmlite.models.base import database, open_database
from crmlite.models.tables import TABLES
from crmlite.rules import directory
from crmlite.rules.access import Actor, actor
from tests import people
from tests.postbox import post

__all__ = ["post"]
MIGRATIONS = Path(__file__).parent.parent / "migrations"
POSTGRESQL = os.environ.get("TEST_DATABASE_URL", "")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests that touch a database run on every engine at hand, unless they are marked to run on one."""
    if "engine" in metafunc.fixturenames:
        both = POSTGRESQL and not metafunc.definition.get_closest_marker("one_engine")
        metafunc.parametrize("engine", ["sqlite", "postgresql"] if both else ["sqlite"], scope="session")


@pytest.fixture(scope="session")
def worker(request: pytest.FixtureRequest) -> str:
    return getattr(request.config, "workerinput", {}).get("workerid", "main")


@pytest.fixture(scope="session")
def seed_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("seed") / "seed.db"
    _furnish(open_database(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def seed_postgresql(worker: str) -> str:
    """A database whose schema `seed` keeps the rows every test begins with."""
    name = f"crmlite_test_{os.environ.get('CRMLITE_TEST_SUFFIX', '')}{worker}"
    admin = open_database(POSTGRESQL)
    admin.execute_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    admin.execute_sql(f"CREATE DATABASE {name}")
    admin.close()
    url = f"{POSTGRESQL.rsplit('/', 1)[0]}/{name}"
    db = open_database(url)
    _furnish(db, close=False)
    db.execute_sql("CREATE SCHEMA seed")
    for table in _tables():
        db.execute_sql(f"CREATE TABLE seed.{table} AS SELECT * FROM public.{table}")
    db.close()
    return url


@pytest.fixture
def database_url(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where this test's furnished database is."""
    if engine == "sqlite":
        path = tmp_path / "crmlite.db"
        shutil.copy(request.getfixturevalue("seed_sqlite"), path)
        return f"sqlite:///{path}"
    return request.getfixturevalue("seed_postgresql")


@pytest.fixture
def db(engine: str, database_url: str) -> Iterator[Database]:
    """The bound database with Alice, Bob, Carol and Charlie, the default lists, and nothing else."""
    bound = open_database(database_url)
    bound.connect()
    if engine == "postgresql":
        _reset(bound)
    directory.forget()
    yield bound
    bound.close()


@pytest.fixture
def alice(db: Database) -> Actor:
    return _actor("alice")


@pytest.fixture
def bob(db: Database) -> Actor:
    return _actor("bob")


@pytest.fixture
def carol(db: Database) -> Actor:
    return _actor("carol")


@pytest.fixture
def charlie(db: Database) -> Actor:
    return _actor("charlie")


@pytest.fixture
def olive(db: Database) -> Actor:
    """The owner."""
    return _actor("olive")


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    """Collects the SQL run inside, to hold a page to a number of queries."""
    seen: list[str] = []

    def hook(info: object) -> None:
        seen.append(getattr(info, "sql", str(info)))

    database.obj.query_hooks.append(hook)
    try:
        yield seen
    finally:
        database.obj.query_hooks.remove(hook)


def _actor(name: str) -> Actor:
    return actor(people.user(name).id, "web")


def _furnish(db: Database, close: bool = True) -> None:
    db.connect(reuse_if_open=True)
    Runner(db, str(MIGRATIONS)).up()
    directory.forget()
    people.move_in()
    if close:
        db.close()


def _tables() -> list[str]:
    return [*(table._meta.table_name for table in TABLES), "counters", "search", "search_vocabulary"]


def _reset(db: Database) -> None:
    """Back to the rows of the schema `seed`. DELETE beats TRUNCATE on small tables; without triggers the order of
    tables does not matter."""
    steps = ["SET session_replication_role = replica"]
    steps += [
        f"DELETE FROM public.{table}; INSERT INTO public.{table} SELECT * FROM seed.{table}" for table in _tables()
    ]
    steps += [
        f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT COALESCE(MAX(id), 0) + 1 FROM {name}), false)"
        for name in (table._meta.table_name for table in TABLES)
    ]
    steps += ["SET session_replication_role = DEFAULT"]
    db.execute_sql("; ".join(steps))
