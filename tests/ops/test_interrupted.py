"""Killed while it worked in the background: started again, it goes on at once, without losing or doubling a row."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import requests

from tests.ops.conftest import Run, served

pytestmark = pytest.mark.slow

EMAIL, PASSWORD = "ana@example.org", "correct horse"
ROWS = 1500


def asked(file: Path, question: str) -> int:
    with closing(sqlite3.connect(file)) as db:
        return db.execute(question).fetchone()[0]


def keep_the_lease(file: Path) -> None:
    """The one who was killed held the job for years to come: who goes on has not waited for that."""
    with closing(sqlite3.connect(file)) as db, db:
        kept = db.execute(
            "UPDATE jobs SET lease_until = '2999' || substr(lease_until, 5) WHERE done_at IS NULL AND lease_until > ''"
        )
        assert kept.rowcount == 1


def until(wished: Callable[[], bool], seconds: float) -> None:
    began = time.monotonic()
    while not wished():
        assert time.monotonic() - began < seconds, f"waited {seconds} seconds in vain"
        time.sleep(0.05)


def signed_in(url: str) -> requests.Session:
    ana = requests.Session()
    ana.headers["Sec-Fetch-Site"] = "same-origin"
    assert ana.post(f"{url}/sign-in", data={"email": EMAIL, "password": PASSWORD}, timeout=60).ok
    return ana


def test_an_import_and_its_undo_go_on_soon_after_a_kill(tmp_path: Path, run: Run) -> None:
    run(
        "user", "add", "Ana", "--email", EMAIL, "--role", "owner", "--password-stdin", stdin=f"{PASSWORD}\n"
    )  # fmt: skip
    file = tmp_path / "data" / "crmlite.db"
    content = "Name,Email\n" + "".join(f"Person{n},p{n}@x.example\n" for n in range(ROWS))
    came, left = "SELECT count(*) FROM leads", "SELECT count(*) FROM leads WHERE deleted_at IS NULL"

    with served(tmp_path, LOG_LEVEL="WARNING") as (process, url):
        ana = signed_in(url)
        sent = {"file": ("people.csv", content.encode())}
        place = ana.post(f"{url}/imports", files=sent, data={"of": "leads"}, timeout=60).url.removesuffix("/mapping")
        ana.post(f"{place}/run", timeout=60)
        until(lambda: asked(file, came) >= 400, 90)
        process.kill()
        process.wait()
    before = asked(file, came)
    assert before < ROWS
    keep_the_lease(file)

    with served(tmp_path, LOG_LEVEL="WARNING") as (process, url):
        until(lambda: asked(file, came) > before, 60)
        until(lambda: asked(file, "SELECT count(*) FROM imports WHERE state = 'done'") == 1, 90)
        assert asked(file, came) == asked(file, "SELECT count(DISTINCT email) FROM leads") == ROWS
        signed_in(url).post(f"{url}/imports/1/reversal", timeout=60)
        until(lambda: asked(file, left) < ROWS, 90)
        process.kill()
        process.wait()
    before = asked(file, left)
    assert before > 0
    keep_the_lease(file)

    with served(tmp_path, LOG_LEVEL="WARNING") as (_, _):
        until(lambda: asked(file, left) < before, 60)
        until(lambda: asked(file, "SELECT count(*) FROM imports WHERE state = 'undone'") == 1, 90)
    assert asked(file, left) == 0
    assert asked(file, "SELECT count(*) FROM entries WHERE verb = 'deleted'") == ROWS
