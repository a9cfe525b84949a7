"""The wheel holds all that is needed, and serves from a bare environment."""

import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from tests.ops.conftest import TOP, environment

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=TOP, check=True, capture_output=True,
    )  # fmt: skip
    return next(folder.glob("crmlite-*.whl"))


def test_it_holds_migrations_partials_and_static_files(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    for folder, packed in (
        ("migrations", "crmlite/_migrations"),
        ("crmlite/partials", ""),
        ("crmlite/static", ""),
    ):
        for file in (TOP / folder).rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                name = f"{packed or folder}/{file.relative_to(TOP / folder).as_posix()}"
                assert name in held
    assert not [name for name in held if name.startswith(("tests/", "e2e/", "bench/", "data/"))]


def test_it_serves_from_an_environment_of_its_own(wheel: Path, tmp_path: Path) -> None:
    python = install(wheel, tmp_path / "venv")
    env = environment(tmp_path)
    del env["PYTHONPATH"]
    where = subprocess.run(
        [python, "-c", "import crmlite; print(crmlite.__file__)"],
        env=env,
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert where.stdout.startswith(str(tmp_path / "venv"))
    crmlite = python.with_name("crmlite")
    done = subprocess.run([crmlite, "migrate"], env=env, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.startswith("Applied 0001_"), done.stderr
    server = subprocess.Popen([crmlite, "serve"], env=env, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        url = server.stdout.readline().split()[-1]
        answer = subprocess.run(
            [python, "-c", f"import urllib.request as u; print(u.urlopen('{url}/health').status)"],
            capture_output=True, text=True,
        )  # fmt: skip
        assert answer.stdout == "200\n"
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


def install(wheel: Path, venv: Path) -> Path:
    """A new environment with the wheel in it; what it needs is borrowed from ours, off the network."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    python = venv / "bin" / "python"
    if shutil.which("uv"):
        installer = ["uv", "pip", "install", "--quiet", "--python", str(python)]
    else:
        installer = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
    subprocess.run([*installer, "--no-deps", "--no-index", str(wheel)], check=True, capture_output=True)
    site = next((venv / "lib").glob("python*/site-packages"))
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python
