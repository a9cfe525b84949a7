"""The operator's door: each command does its work and says so."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from crmlite.cli import commands
from crmlite.settings import SETTINGS
from tests.ops.conftest import TOP, Run

pytestmark = pytest.mark.slow


def add_owner(run: Run) -> None:
    done = run(
        "user", "add", "Ana Costa", "--email", "ana@example.org", "--role", "owner", "--password-stdin",
        stdin="correct horse\n",
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "ana@example.org can sign in as owner.\n")


def test_migrate_says_what_it_did_and_then_that_nothing_is_left(run: Run) -> None:
    assert run("migrate").stdout.startswith("Applied 0001_")
    assert run("migrate").stdout == "The database was up to date.\n"


def test_the_first_account_must_be_an_owner(run: Run) -> None:
    done = run(
        "user", "add", "Bob", "--email", "bob@example.org", "--role", "rep", "--password-stdin", stdin="x\n"
    )
    assert done.returncode == 1
    assert "--role owner" in done.stderr
    add_owner(run)


def test_a_password_that_is_too_short_is_a_sentence(run: Run) -> None:
    done = run(
        "user", "add", "Bob", "--email", "b@example.org", "--role", "owner", "--password-stdin", stdin="abc\n"
    )
    assert (done.returncode, done.stderr) == (1, "Please choose a password of at least 8 characters.\n")


def test_an_address_already_used_is_a_sentence(run: Run) -> None:
    add_owner(run)
    done = run(
        "user",
        "add",
        "Bob",
        "--email",
        "ana@example.org",
        "--role",
        "rep",
        "--password-stdin",
        stdin="another pass\n",
    )
    assert done.returncode == 1
    assert "already has an account" in done.stderr


def test_a_device_password_stands_alone_on_the_last_line(run: Run) -> None:
    add_owner(run)
    done = run("device", "add", "ana@example.org", "Ana's phone")
    password = done.stdout.splitlines()[-1]
    assert done.returncode == 0
    assert len(password) >= 20
    assert " " not in password
    done = run("device", "add", "nobody@example.org", "phone")
    assert (done.returncode, done.stderr) == (1, "Nobody here has the e-mail address nobody@example.org.\n")


def test_check_finds_a_new_house_in_order_and_an_old_one_not(run: Run, tmp_path: Path) -> None:
    run("migrate")
    done = run("check")
    assert (done.returncode, "PROBLEM" in done.stdout) == (0, False)
    (tmp_path / "data" / "secret.key").chmod(0o644)
    done = run("check")
    assert done.returncode == 1
    assert "PROBLEM  Others can read the secret key" in done.stdout


def test_backup_and_restore_there_and_back(run: Run, tmp_path: Path) -> None:
    add_owner(run)
    file = str(tmp_path / "house.tar.gz")
    assert "read back and sound" in run("backup", file).stdout
    refused = run("restore", file)
    assert (refused.returncode, "--force" in refused.stderr) == (1, True)
    forced = run("restore", file, "--force")
    assert forced.stdout.splitlines()[-1] == f"Restored {file}."
    assert run("restore", file, CRMLITE_DATA=str(tmp_path / "other")).returncode == 0
    assert run("device", "add", "ana@example.org", "x", CRMLITE_DATA=str(tmp_path / "other")).returncode == 0


def test_the_search_index_is_written_again_and_counted(run: Run) -> None:
    add_owner(run)
    assert run("search", "rebuild").stdout == "The search finds 0 records.\n"


def test_serve_help_lists_every_setting() -> None:
    text = CliRunner().invoke(commands, ["serve", "--help"]).output
    for setting in SETTINGS:
        assert f"{setting.name}  {setting.sentence}" in text


def test_the_install_page_lists_every_setting_with_its_default() -> None:
    page = (TOP / "docs" / "install.md").read_text()
    for setting in SETTINGS:
        line = next((line for line in page.splitlines() if line.startswith(f"| {setting.name} |")), "")
        assert line, f"{setting.name} is not in docs/install.md"
        assert not setting.default or f"| {setting.default} |" in line
