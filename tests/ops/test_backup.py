"""Backup and restore: one file there and back, nothing lost, nothing replaced by accident."""

import io
import json
import random
import sqlite3
import stat
import tarfile
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from crmlite import clock
from crmlite.errors import Conflict, Invalid
from crmlite.models import backup, base, inspection, schema
from crmlite.models.documents import Document, DocumentBody
from crmlite.models.jobs import Job
from crmlite.models.users import User
from crmlite.rules import access, bodies, documents, jobs, leads, search, search_index, users
from crmlite.settings import Settings, load
from tests.files import picture


def open_house(settings: Settings) -> base.Database:
    database = base.open_database(settings.database_url)
    schema.upgrade(database, settings)
    return database


def move_in(settings: Settings) -> None:
    with base.database.connection_context():
        by = access.system("cli")
        users.found("Alice", "alice@example.org", "correct horse", "UTC", "en", "EUR", by)
    settings.uploads.mkdir(exist_ok=True)
    (settings.uploads / "logo.png").write_bytes(b"pixels")


def people() -> list[str]:
    with base.database.connection_context():
        return [row[0] for row in base.database.execute_sql("SELECT name FROM users ORDER BY id")]


def test_a_backup_comes_back_whole_in_another_house(either: Settings, tmp_path: Path) -> None:
    database = open_house(either)
    move_in(either)
    file = tmp_path / "house.tar.gz"
    rows = backup.backup(database, either, file)
    assert rows["users"] == 1
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    with database.connection_context():
        database.execute_sql("UPDATE users SET name = 'Mallory'")
    (either.uploads / "logo.png").write_bytes(b"scribbles")
    kept = backup.restore(database, either, file, force=True)
    assert people() == ["Alice"]
    assert (either.uploads / "logo.png").read_bytes() == b"pixels"
    assert {k.name.partition(".replaced")[0] for k in kept} >= {"uploads"}
    assert all(k.exists() for k in kept)


def test_documents_come_back_byte_for_byte(either: Settings, tmp_path: Path) -> None:
    """Large ones too, which lie in pieces, and their small pictures."""
    database = open_house(either)
    move_in(either)
    contents = {
        "long.pdf": random.Random(7).randbytes(3 * bodies.PIECE + 17), "zeros.dat": b"\x00" * 1000,
        "quotes.txt": "“ÿ” \\ '".encode(), "face.jpg": picture(),
    }  # fmt: skip
    with database.connection_context():
        by = access.actor(User.get().id, "web")
        lead = leads.create({"name": "Costa", "contact_date": date(2026, 3, 2)}, by)
        documents.attach(lead, [documents.Sent(name, io.BytesIO(data)) for name, data in contents.items()], 10**8, by)
        documents.put_picture(lead, documents.Sent("face.jpg", io.BytesIO(picture((90, 90)))), 10**7, by)
        before = stored()
    file = tmp_path / "house.tar.gz"
    rows = backup.backup(database, either, file)
    assert (rows["documents"], rows["document_bodies"]) == (5, len(before["bodies"]))

    with database.connection_context():
        database.execute_sql("DELETE FROM document_bodies")
        database.execute_sql("UPDATE documents SET name = 'scribbles'")
    backup.restore(database, either, file, force=True)
    with database.connection_context():
        assert stored() == before
        files = Document.select().where(Document.kind == "file")
        assert {one.name: b"".join(bodies.pieces(one.digest)) for one in files} == contents
        assert all(b"".join(bodies.pieces(one.preview)) for one in Document.select().where(Document.preview != ""))


def stored() -> dict[str, list[tuple[object, ...]]]:
    rows = DocumentBody.select().order_by(DocumentBody.digest, DocumentBody.place)
    return {
        "documents": list(Document.select().order_by(Document.id).tuples()),
        "bodies": [(row.digest, row.place, bytes(row.piece)) for row in rows],
    }


def test_the_secret_key_moves_with_the_house(settings: Settings, tmp_path: Path) -> None:
    database = open_house(settings)
    move_in(settings)
    backup.backup(database, settings, tmp_path / "house.tar.gz")
    new = load({"CRMLITE_DATA": str(tmp_path / "new")})
    assert new.secret_key != settings.secret_key
    backup.restore(open_house(new), new, tmp_path / "house.tar.gz")
    assert load({"CRMLITE_DATA": str(tmp_path / "new")}).secret_key == settings.secret_key
    assert stat.S_IMODE((new.data / "secret.key").stat().st_mode) == 0o600
    assert people() == ["Alice"]


def test_a_house_in_use_gives_way_only_when_forced_and_is_kept(settings: Settings, tmp_path: Path) -> None:
    database = open_house(settings)
    move_in(settings)
    backup.backup(database, settings, tmp_path / "old.tar.gz")
    with database.connection_context():
        database.execute_sql("UPDATE users SET name = 'Alice Newer'")
    with pytest.raises(Conflict, match="--force"):
        backup.restore(database, settings, tmp_path / "old.tar.gz")
    assert people() == ["Alice Newer"]
    kept = backup.restore(database, settings, tmp_path / "old.tar.gz", force=True)
    with closing(sqlite3.connect(kept[0])) as old:
        assert old.execute("SELECT name FROM users").fetchall() == [("Alice Newer",)]


def test_a_damaged_database_can_be_replaced(settings: Settings, tmp_path: Path) -> None:
    database = open_house(settings)
    move_in(settings)
    backup.backup(database, settings, tmp_path / "house.tar.gz")
    database.close()
    assert settings.sqlite_file is not None
    settings.sqlite_file.write_bytes(b"not a database at all" * 500)
    with pytest.raises(Conflict):
        backup.restore(database, settings, tmp_path / "house.tar.gz")
    backup.restore(database, settings, tmp_path / "house.tar.gz", force=True)
    assert people() == ["Alice"]


def test_a_running_server_keeps_a_restore_out_and_the_reverse(settings: Settings, tmp_path: Path) -> None:
    database = open_house(settings)
    backup.backup(database, settings, tmp_path / "house.tar.gz")
    with backup.running(settings), backup.running(settings), pytest.raises(Conflict, match="Stop it"):
        backup.restore(database, settings, tmp_path / "house.tar.gz")
    with backup.alone(settings), pytest.raises(Conflict, match="under way"), backup.running(settings):
        pass


def repack(source: Path, target: Path, change: Callable[[str, bytes], tuple[str, bytes] | None]) -> None:
    with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
        for member in old:
            content = old.extractfile(member)
            assert content is not None
            changed = change(member.name, content.read())
            if changed:
                info = tarfile.TarInfo(changed[0])
                info.size = len(changed[1])
                new.addfile(info, io.BytesIO(changed[1]))


DAMAGES: dict[str, Callable[[str, bytes], tuple[str, bytes] | None]] = {
    "no manifest": lambda name, content: None if name == backup.MANIFEST else (name, content),
    "no database": lambda name, content: None if name == backup.DATABASE else (name, content),
    "torn database": lambda name, content: (name, content[:-8192] if name == backup.DATABASE else content),
    "way out": lambda name, content: ("uploads/../../owned" if name == backup.SECRET else name, content),
    "absolute": lambda name, content: ("/owned" if name == backup.SECRET else name, content),
    "newer": lambda name, content: (
        name,
        json.dumps({"format": 2, "crmlite": "9"}).encode() if name == backup.MANIFEST else content,
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_backup_changes_nothing(settings: Settings, tmp_path: Path, damage: str) -> None:
    database = open_house(settings)
    backup.backup(database, settings, tmp_path / "good.tar.gz")
    move_in(settings)
    repack(tmp_path / "good.tar.gz", tmp_path / "bad.tar.gz", DAMAGES[damage])
    with pytest.raises(Invalid):
        backup.restore(database, settings, tmp_path / "bad.tar.gz", force=True)
    assert people() == ["Alice"]
    assert not list(tmp_path.glob("**/owned"))
    assert not list(settings.data.glob("restore-*"))


@pytest.mark.parametrize("content", [b"", b"hello", b"\x1f\x8b" + b"x" * 100])
def test_what_is_no_backup_is_refused(settings: Settings, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(Invalid, match="not a crmlite backup"):
        backup.restore(open_house(settings), settings, tmp_path / "x")
    with pytest.raises(Invalid, match="does not exist"):
        backup.restore(open_house(settings), settings, tmp_path / "y")


def test_a_backup_into_a_folder_that_is_not_there_is_refused(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="does not exist"):
        backup.backup(open_house(settings), settings, tmp_path / "no" / "x.tar.gz")


def test_a_sound_house_passes_the_check(either: Settings) -> None:
    findings = inspection.check(open_house(either), either)
    assert [f.sentence for f in findings if not f.sound] == []


def test_the_check_names_what_is_wrong(tmp_path: Path) -> None:
    env = {"CRMLITE_DATA": str(tmp_path / "data"), "PUBLIC_URL": "https://crm.example.org"}
    settings = load(env)
    database = base.open_database(settings.database_url)
    (settings.data / "secret.key").chmod(0o644)
    said = " ".join(f.sentence for f in inspection.check(database, settings) if not f.sound)
    assert "Run crmlite migrate" in said
    assert "TRUSTED_PROXIES is 0" in said
    assert "Others can read the secret key" in said

    schema.upgrade(database, settings)
    with database.connection_context():
        database.execute_sql("PRAGMA foreign_keys=0")
        database.execute_sql("INSERT INTO tombstones (calendar_id, href, seq) VALUES (99, 'x', 1)")
    said = " ".join(f.sentence for f in inspection.check(database, settings) if not f.sound)
    assert "References that lead nowhere: 1, one of them in tombstones" in said


def test_the_check_counts_the_search_index(either: Settings) -> None:
    database = open_house(either)
    move_in(either)

    def told() -> inspection.Finding:
        return next(f for f in inspection.check(database, either, (search_index.finding,)) if "search" in f.sentence)

    with database.connection_context():
        by = access.actor(User.get().id, "web")
        for name in ("Costa", "Brandt"):
            leads.create({"name": name, "contact_date": date(2026, 3, 2)}, by)
    assert told() == (True, "The search index holds all 2 records.")
    with database.connection_context():
        newest = f"{search.SPAN * search.NUMBERS['lead']} + (SELECT MAX(id) FROM leads)"
        database.execute_sql(f"UPDATE search SET rowid = rowid + 100 WHERE rowid = {newest}")
    assert told().sentence == (
        "The search index is out of step: 1 of 2 records are missing in it and 1 rows lead nowhere. "
        "Run crmlite search rebuild."
    )
    with database.connection_context():
        assert list(search_index.rebuild())[-1] == 2
    assert told().sound
    jobs.add("search-rebuild")
    database.close()
    assert "is being written" in told().sentence and told().sound


def test_a_backup_of_a_house_at_work_is_consistent(settings: Settings, tmp_path: Path) -> None:
    database = open_house(settings)
    with database.connection_context(), database.atomic():
        Job.insert(kind="in flight", payload="{}", run_at=clock.now()).execute()
        rows = backup.backup(database, settings, tmp_path / "house.tar.gz")
    assert rows["jobs"] == 0
