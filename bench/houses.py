"""The data sets: made once for each size and version of the demo, copied for each run, for a run writes."""

import hashlib
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from bench.processes import TOP, crmlite

SOURCES = ("migrations/*.py", "crmlite/rules/demo/*.py", "crmlite/models/*.py")
EMAIL, PASSWORD = "renata.falk@example.com", "demo-renata"
REP = ("lena.duarte@example.com", "demo-lena")


class House(NamedTuple):
    leads: int
    data: Path
    device: str

    @property
    def file(self) -> Path:
        return self.data / "crmlite.db"

    def ask(self, sql: str, *values: object) -> list[tuple]:
        with closing(sqlite3.connect(self.file)) as db:
            return db.execute(sql, values).fetchall()


def house(leads: int, cache: Path, run: Path) -> House:
    """A house with that many leads, in a folder of this run, with a device password for EMAIL."""
    kept = cache / f"{leads}-{_version()}"
    if not kept.exists():
        print(f"Making {leads:,} leads and what goes with them, in {kept} ...", flush=True)
        making = kept.with_suffix(".making")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(parents=True)
        crmlite("demo", "load", "--leads", str(leads), data=making)
        making.rename(kept)
    data = run / f"house-{leads}"
    shutil.copytree(kept, data)
    device = crmlite("device", "add", EMAIL, "bench", data=data).strip().splitlines()[-1]
    return House(leads, data, device)


def floor_copy(made: House, folder: Path) -> Path:
    """A copy of the database for one floor alone: two writers on one file would wait for each other."""
    folder.mkdir(exist_ok=True)
    target = folder / "crmlite.db"
    with closing(sqlite3.connect(made.file)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    return target


def export(made: House, folder: Path) -> None:
    """The calendar of EMAIL as stock Radicale stores it: a file for each event."""
    collection = folder / "storage" / "collection-root" / "bench" / "events"
    collection.mkdir(parents=True)
    (collection / ".Radicale.props").write_text('{"tag": "VCALENDAR", "D:displayname": "Calendar"}')
    for href, text in made.ask(
        "SELECT href, ics FROM events WHERE calendar_id = ? AND deleted_at IS NULL", calendar(made)[0]
    ):
        (collection / href).write_bytes(text.encode())
    (folder / "users").write_text(f"bench:{made.device}\n")


def calendar(made: House) -> tuple[int, str]:
    """Id of the events calendar of EMAIL, and its address."""
    sql = """SELECT c.id, '/dav/' || u.slug || '/' || c.slug || '/' FROM calendars c
             JOIN users u ON u.id = c.owner_id WHERE u.email = ? AND c.slug = 'events'"""
    return made.ask(sql, EMAIL)[0]


def _version() -> str:
    found = hashlib.sha256()
    for pattern in SOURCES:
        for path in sorted(TOP.glob(pattern)):
            found.update(re.sub(rb"\s+", b" ", path.read_bytes()))
    return found.hexdigest()[:12]
