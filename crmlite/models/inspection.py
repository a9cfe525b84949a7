"""Is the house in order? Database, migrations, integrity and configuration, a sentence each."""

import shutil
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from peewee import Database, DatabaseError, InterfaceError, OperationalError

from crmlite.errors import Refused
from crmlite.models.schema import pending, refuse_newer, sqlite_file
from crmlite.settings import Settings

LEAST_FREE_MB = 200


class Finding(NamedTuple):
    sound: bool
    sentence: str


def check(database: Database, settings: Settings, further: Iterable[Callable[[], Finding]] = ()) -> list[Finding]:
    """Everything found, sound or not; an unreachable database ends the questions put to it. `further` ones are put to
    it when its tables are as they should be."""
    return [*_database(database, further), *_configuration(settings)]


def _database(database: Database, further: Iterable[Callable[[], Finding]]) -> Iterator[Finding]:
    kind = "SQLite" if sqlite_file(database) else "PostgreSQL"
    try:
        with database.connection_context():
            database.execute_sql("SELECT 1").fetchone()
            yield Finding(True, f"The {kind} database answers.")
            migrations = _migrations(database)
            yield migrations
            if sqlite_file(database):
                yield _integrity(database)
                yield _references(database)
            if migrations.sound:
                yield from (ask() for ask in further)
    except (OperationalError, InterfaceError, DatabaseError) as problem:
        yield Finding(False, f"The {kind} database cannot be used: {str(problem).strip()}.")


def _migrations(database: Database) -> Finding:
    try:
        refuse_newer(database)
    except Refused as problem:
        return Finding(False, problem.message)
    waiting = pending(database)
    if waiting:
        return Finding(False, f"Migrations wait to be applied: {', '.join(waiting)}. Run crmlite migrate.")
    return Finding(True, "All migrations are applied.")


def _integrity(database: Database) -> Finding:
    verdict = database.execute_sql("PRAGMA integrity_check(1)").fetchone()[0]
    if verdict != "ok":
        return Finding(False, f"The database file is damaged ({verdict}). Restore a backup or a snapshot.")
    return Finding(True, "The database file is sound.")


def _references(database: Database) -> Finding:
    broken = database.execute_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        return Finding(False, f"References that lead nowhere: {len(broken)}, one of them in {broken[0][0]}.")
    return Finding(True, "All references lead somewhere.")


def _configuration(settings: Settings) -> Iterator[Finding]:
    yield _address(settings)
    key = settings.data / "secret.key"
    if key.exists() and stat.S_IMODE(key.stat().st_mode) & 0o077:
        yield Finding(False, f"Others can read the secret key: run chmod 600 {key}.")
    elif len(settings.secret_key) < 32:
        yield Finding(False, "SECRET_KEY is shorter than 32 characters. Use a longer random one.")
    else:
        yield Finding(True, "The secret key is kept to its owner.")
    try:
        with tempfile.TemporaryFile(dir=settings.data):
            yield Finding(True, f"The data folder {settings.data} can be written.")
    except OSError as problem:
        yield Finding(False, f"The data folder {settings.data} cannot be written: {problem.strerror}.")
    free = shutil.disk_usage(settings.data).free // 1_000_000
    yield Finding(free >= LEAST_FREE_MB, f"{free:,} MB are free in the data folder.")


def _address(settings: Settings) -> Finding:
    parts = urlsplit(settings.public_url)
    if parts.scheme == "https" and settings.trusted_proxies == 0:
        return Finding(
            False, "PUBLIC_URL is https, but TRUSTED_PROXIES is 0: set it to the number of proxies in front."
        )
    if parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        return Finding(True, f"{settings.public_url} is not encrypted: use it inside a trusted network only.")
    return Finding(True, f"People reach the house at {settings.public_url}.")
