"""One file that holds a whole house: the database, the uploads and the secret key."""

import fcntl
import filecmp
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from peewee import Database, DatabaseError

from crmlite import __version__
from crmlite.errors import Conflict, Invalid, Refused
from crmlite.models.schema import copy_sqlite, sqlite_file
from crmlite.settings import Settings

MANIFEST = "crmlite-backup.json"
DATABASE = "database"
SECRET = "secret.key"
UPLOADS = "uploads/"
FORMAT = 1


def backup(database: Database, settings: Settings, path: Path) -> dict[str, int]:
    """Write a backup to `path` while the house runs, read it back, and return the rows in each table."""
    if not path.parent.is_dir():
        raise Invalid(f"The folder {path.parent} does not exist. Make it, or name another.")
    aside = path.with_name(f"{path.name}.{os.getpid()}.part")
    with tempfile.TemporaryDirectory(dir=settings.data, prefix="backup-") as folder:
        copy = Path(folder) / DATABASE
        file = sqlite_file(database)
        if file:
            copy_sqlite(file, copy)
        else:
            _pg_dump(settings.database_url, copy)
        rows = _sound_rows(copy) if file else _pg_rows(database)
        try:
            _pack(aside, copy, settings, _manifest("sqlite" if file else "postgresql", rows))
            _opened(aside, Path(folder) / "again")
            os.replace(aside, path)
        finally:
            aside.unlink(missing_ok=True)
    return rows


def restore(database: Database, settings: Settings, path: Path, force: bool = False) -> list[Path]:
    """Put back what `path` holds. With `force` a database in use gives way; what it held is kept aside in the
    files returned. Raises Refused when a server runs on the data folder or the file is not a sound backup."""
    with alone(settings), tempfile.TemporaryDirectory(dir=settings.data, prefix="restore-") as name:
        folder, file = Path(name), sqlite_file(database)
        manifest = _opened(path, folder)
        if manifest["kind"] != ("sqlite" if file else "postgresql"):
            raise Invalid(f"This backup is of a {manifest['kind']} database; ours is of another kind.")
        if not database.is_closed():
            database.close()
        if not force and _in_use(database):
            raise Conflict("The database is in use. Add --force to replace it; it is kept aside.")
        stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
        kept = _restore_sqlite(folder, file, stamp) if file else _restore_pg(folder, settings, stamp)
        return kept + _restore_files(folder, settings, stamp)


@contextmanager
def running(settings: Settings) -> Iterator[int]:
    """Held by a server as long as it runs, so that no restore pulls the database from under it."""
    with open(settings.data / "serving.lock", "w") as lock:
        _take(lock, fcntl.LOCK_SH, "A restore is under way in this data folder. Wait until it has ended.")
        yield lock.fileno()


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    with open(settings.data / "serving.lock", "w") as lock:
        _take(lock, fcntl.LOCK_EX, f"crmlite is running on {settings.data}. Stop it, then try again.")
        yield


def _take(lock: io.TextIOBase, kind: int, sentence: str) -> None:
    try:
        fcntl.flock(lock.fileno(), kind | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Conflict(sentence) from None


def _manifest(kind: str, rows: dict[str, int]) -> dict[str, Any]:
    made = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return {"format": FORMAT, "crmlite": __version__, "kind": kind, "made": made, "rows": rows}


def _pack(target: Path, database: Path, settings: Settings, manifest: dict[str, Any]) -> None:
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz", compresslevel=4) as tar:
            text = json.dumps(manifest, indent=1).encode()
            head = tarfile.TarInfo(MANIFEST)
            head.size = len(text)
            tar.addfile(head, io.BytesIO(text))
            tar.add(database, DATABASE)
            if (settings.data / SECRET).exists():
                tar.add(settings.data / SECRET, SECRET)
            for upload in sorted(p for p in settings.uploads.rglob("*") if p.is_file()):
                tar.add(upload, UPLOADS + upload.relative_to(settings.uploads).as_posix())
        file.flush()
        os.fsync(file.fileno())


def _opened(path: Path, folder: Path) -> dict[str, Any]:
    """Unpack into `folder` and hold the content against its manifest; raises Invalid with a sentence."""
    try:
        with tarfile.open(path, "r:gz") as tar:
            for member in tar:
                _unpack(tar, member, folder)
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if manifest["format"] != FORMAT:
            raise Invalid(f"{path} needs crmlite {manifest['crmlite']} or newer.")
        sound = manifest["kind"] != "sqlite" or _sound_rows(folder / DATABASE) == manifest["rows"]
    except FileNotFoundError as problem:
        gone = problem.filename is not None and Path(problem.filename) == path
        reason = "does not exist" if gone else "is not a crmlite backup"
        raise Invalid(f"{path} {reason}.") from None
    except (tarfile.TarError, EOFError, OSError, ValueError, KeyError, TypeError) as problem:
        if isinstance(problem, Refused):
            raise
        raise Invalid(f"{path} is not a crmlite backup, or it is damaged ({problem}).") from None
    if not sound:
        raise Invalid(f"{path} is damaged: its tables do not hold the rows it lists.")
    return manifest


def _unpack(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    inside = ".." not in Path(member.name).parts and member.name.startswith(UPLOADS)
    content = tar.extractfile(member) if member.isreg() else None
    if content is None or not (inside or member.name in (MANIFEST, DATABASE, SECRET)):
        raise ValueError(f"it holds {member.name}")
    target = folder / member.name
    target.parent.mkdir(parents=True, exist_ok=True)
    with content, open(target, "wb") as out:
        shutil.copyfileobj(content, out)


def _sound_rows(file: Path) -> dict[str, int]:
    """Rows by table of a SQLite file; raises Invalid when the file is damaged."""
    try:
        with closing(sqlite3.connect(file)) as db:
            verdict = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if verdict != "ok":
                raise Invalid(f"The database is damaged: {verdict}.")
            names = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            tables = sorted(name for (name,) in names if not name.startswith("sqlite_"))
            return {name: db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}
    except sqlite3.DatabaseError as problem:
        raise Invalid(f"The database is damaged: {problem}.") from None


def _pg_rows(database: Database) -> dict[str, int]:
    tables = sorted(database.get_tables())
    return {name: database.execute_sql(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}


def _in_use(database: Database) -> bool:
    try:
        with database.connection_context():
            if not database.table_exists("users"):
                return False
            return bool(database.execute_sql("SELECT 1 FROM users LIMIT 1").fetchone())
    except DatabaseError:  # damaged: whatever it holds, only --force may replace it
        return True


def _restore_sqlite(folder: Path, file: Path, stamp: str) -> list[Path]:
    """The old file is moved as it is, damaged or not, with the log that belongs to it."""
    aside = f"{file}.replaced-{stamp}"
    kept = [Path(aside)] if file.exists() else []
    for tail in ("-wal", "-shm", ""):
        if Path(f"{file}{tail}").exists():
            os.replace(f"{file}{tail}", f"{aside}{tail}")
    copy_sqlite(folder / DATABASE, file)
    return kept


def _restore_files(folder: Path, settings: Settings, stamp: str) -> list[Path]:
    kept = []
    for name in (SECRET, UPLOADS.rstrip("/")):
        fresh, present = folder / name, settings.data / name
        if not fresh.exists() or (name == SECRET and present.exists() and filecmp.cmp(fresh, present)):
            continue
        if present.exists():
            kept.append(present.with_name(f"{name}.replaced-{stamp}"))
            present.rename(kept[-1])
        fresh.rename(present)
        if name == SECRET:
            present.chmod(0o600)
    return kept


def _restore_pg(folder: Path, settings: Settings, stamp: str) -> list[Path]:
    kept = settings.data / f"replaced-{stamp}.dump"
    _pg_dump(settings.database_url, kept)
    _pg(settings.database_url, "pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction",
        "--exit-on-error", str(folder / DATABASE))  # fmt: skip
    return [kept]


def _pg_dump(url: str, target: Path) -> None:
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    _pg(url, "pg_dump", "--format=custom", "--no-owner", f"--file={target}")


def _pg(url: str, command: str, *arguments: str) -> None:
    """Run a tool of PostgreSQL on the database at `url`, the password kept out of the list of processes."""
    parts = urlsplit(url)
    env = dict(os.environ)
    if parts.password:
        env["PGPASSWORD"] = unquote(parts.password)
        url = url.replace(f":{parts.password}@", "@", 1)
    if shutil.which(command) is None:
        raise Refused(f"{command} is needed and not installed (Debian: apt-get install postgresql-client).")
    done = subprocess.run([command, f"--dbname={url}", *arguments], env=env, capture_output=True, text=True)
    if done.returncode:
        reason = done.stderr.strip().splitlines() or ["it gave no reason"]
        raise Refused(f"{command} failed: {reason[-1]}")
