"""Brings a database to the shape this version needs: migrations in order, one process at a time."""

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from peewee import Database, InterfaceError, OperationalError, PostgresqlDatabase, Proxy, SqliteDatabase
from playhouse.migrations import Runner

from crmlite.errors import Refused
from crmlite.settings import Settings

SNAPSHOTS_KEPT = 5
ADVISORY_KEY = 0x63726D6C  # "crml": any number no other program on the same server is likely to choose


def upgrade(database: Database, settings: Settings) -> list[str]:
    """Apply what is pending and return the names applied; raises Refused on a database from a newer version.

    A SQLite database that holds something is copied to <data>/snapshots first.
    """
    database = _real(database)
    refuse_newer(database)
    if not pending(database):
        return []
    with _alone(database):
        waiting = pending(database)  # another process may have applied them while we waited
        if waiting:
            _snapshot(database, settings.data / "snapshots", waiting[-1])
        return _runner(database).up()


def pending(database: Database) -> list[str]:
    """Names of the migrations not applied yet, in order."""
    with _connected(_real(database)) as database:
        return [m.name for m in _runner(database).status() if not m.applied]


def refuse_newer(database: Database) -> None:
    with _connected(_real(database)) as database:
        unknown = [m.name for m in _runner(database).status() if m.path is None]
    if unknown:
        raise Refused(
            f"This database was made by a newer crmlite (it holds {unknown[-1]}). "
            "Install that version, or restore a backup made with this one."
        )


def migrations_folder() -> Path:
    package = Path(__file__).resolve().parent.parent
    packed = package / "_migrations"
    return packed if packed.is_dir() else package.parent / "migrations"


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a database that may be in use; `target` appears whole or not at all, kept to its owner."""
    aside = target.with_name(f"{target.name}.{os.getpid()}.part")
    os.close(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    try:
        with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(aside)) as copy:
            original.backup(copy)
            # A copy inherits WAL mode, which would scatter it over three files.
            copy.execute("PRAGMA journal_mode=delete")
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


def _real(database: Database) -> Database:
    return database.obj if isinstance(database, Proxy) else database


@contextmanager
def _connected(database: Database) -> Iterator[Database]:
    if not database.is_closed():
        yield database
        return
    try:
        database.connect()
    except (OperationalError, InterfaceError) as problem:
        raise Refused(f"The database cannot be opened: {str(problem).strip()}.") from problem
    try:
        yield database
    finally:
        database.close()


def _runner(database: Database) -> Runner:
    return Runner(database, str(migrations_folder()))


@contextmanager
def _alone(database: Database) -> Iterator[None]:
    """The migration runner takes no lock itself: two at once would both create the same tables."""
    with _connected(database):
        if isinstance(database, PostgresqlDatabase):
            database.execute_sql("SELECT pg_advisory_lock(%s)", (ADVISORY_KEY,))
            try:
                yield
            finally:
                database.execute_sql("SELECT pg_advisory_unlock(%s)", (ADVISORY_KEY,))
        elif file := sqlite_file(database):
            with open(f"{file}.lock", "w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        else:
            yield


def _snapshot(database: Database, folder: Path, towards: str) -> None:
    file = sqlite_file(database)
    if file is None or not database.get_tables():
        return
    folder.mkdir(mode=0o700, exist_ok=True)
    copy_sqlite(file, folder / f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-before-{towards}.db")
    for old in sorted(folder.glob("*-before-*.db"))[:-SNAPSHOTS_KEPT]:
        old.unlink()


def sqlite_file(database: Database) -> Path | None:
    """The file behind the database; None on PostgreSQL and in memory."""
    database = _real(database)
    if not isinstance(database, SqliteDatabase) or database.database == ":memory:":
        return None
    return Path(database.database)
