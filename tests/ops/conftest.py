"""What the tests of operation share: a data folder, a scratch database on PostgreSQL, the command line."""

import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from crmlite import settings as configuration
from crmlite.models import base
from crmlite.rules import directory
from crmlite.settings import Settings

Run = Callable[..., subprocess.CompletedProcess[str]]
Served = tuple[subprocess.Popen[str], str]
TOP = Path(__file__).resolve().parents[2]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return configuration.load({"CRMLITE_DATA": str(tmp_path / "data")})


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of an empty house, once on each kind of database."""
    env = {"CRMLITE_DATA": str(tmp_path / "data")}
    if request.param == "postgresql":
        env["DATABASE_URL"] = request.getfixturevalue("postgres_url")
    return configuration.load(env)


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """A database of its own on the server that TEST_DATABASE_URL names."""
    given = os.environ.get("TEST_DATABASE_URL")
    if not given:
        pytest.skip("TEST_DATABASE_URL is not set: no PostgreSQL to test with")
    name = f"crmlite_ops_{secrets.token_hex(4)}"
    with psycopg.connect(given, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        yield f"{given.rpartition('/')[0]}/{name}"
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(autouse=True)
def _bound_database_put_back() -> Iterator[None]:
    """Tests here bind the models to databases of their own."""
    before = base.database.obj
    directory.forget()
    yield
    directory.forget()
    if base.database.obj is not None and base.database.obj is not before:
        base.database.close()
    base.database.initialize(before)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run `crmlite` as an operator would, in the data folder of this test."""

    def command(*arguments: str, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "crmlite", *arguments],
            input=stdin, env=environment(tmp_path, **env), capture_output=True, text=True, timeout=180,
        )  # fmt: skip

    return command


def environment(tmp_path: Path, **env: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG")}
    return kept | {"PYTHONPATH": str(TOP), "CRMLITE_DATA": str(tmp_path / "data"), "PORT": "0"} | env


@contextmanager
def served(
    tmp_path: Path, *arguments: str, script: str = "", stderr: int | None = None, **env: str
) -> Iterator[Served]:
    """A real server on any free port: the process and its address. It is killed at the end."""
    what = ["-c", script] if script else ["-m", "crmlite", "serve", *arguments]
    process = subprocess.Popen(
        [sys.executable, *what],
        env=environment(tmp_path, **env),
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        cwd=TOP,
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("crmlite is ready on "):
                yield process, line.split()[-1]
                break
        else:
            pytest.fail("the server ended before it was ready")
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe:
                pipe.close()
