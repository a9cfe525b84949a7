"""The operator's door: what is typed on the command line."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click

from crmlite import __version__, app
from crmlite import serve as server
from crmlite import settings as configuration
from crmlite.errors import Refused
from crmlite.models import backup as keeping
from crmlite.models import inspection, schema
from crmlite.models.base import database, open_database
from crmlite.models.users import ROLES
from crmlite.rules import access, demo, devices, search_index, users
from crmlite.settings import SETTINGS, BadSetting, Settings


def main() -> None:
    os.umask(0o077)  # what we write holds other people's data
    commands(prog_name="crmlite")


def settings_help() -> str:
    lines = [f"{s.name}  {s.sentence}" + (f" [{s.default}]" if s.default else "") for s in SETTINGS]
    return "\b\nSettings, from the environment or crmlite.toml in the data folder:\n" + "\n".join(lines)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="crmlite")
def commands() -> None:
    """crmlite: a CRM for small teams, for browsers and phones, in one process."""


@commands.command(epilog=settings_help())
@click.option("--host", help="Address to listen on; wins over HOST.")
@click.option("--port", type=int, help="Port to listen on; wins over PORT.")
@click.option("--demo", "with_demo", is_flag=True, help="Fill an empty house; prints the sign-ins.")
@click.option(
    "--workers", type=click.IntRange(1, 64), default=1, help="Processes; several on PostgreSQL only."
)
def serve(host: str | None, port: int | None, with_demo: bool, workers: int) -> None:
    """Serve web and CalDAV."""
    with sentences():
        server.serve(configuration.load(host=host, port=port), workers, with_demo)


@commands.command()
def migrate() -> None:
    """Bring the database up to date; `serve` does so by itself."""
    with sentences():
        settings = configuration.load()
        applied = schema.upgrade(open_database(settings.database_url), settings)
        click.echo("\n".join(f"Applied {name}" for name in applied) or "The database was up to date.")


@commands.group()
def user() -> None:
    """Accounts."""


@user.command("add")
@click.argument("name")
@click.option("--email", required=True)
@click.option("--role", required=True, type=click.Choice(list(ROLES)))
@click.option("--zone", default="UTC", show_default=True, help="Time zone, such as Europe/Paris.")
@click.option("--locale", default="en", show_default=True)
@click.option("--currency", default="EUR", show_default=True, help="Of the house, with the first account.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def user_add(
    name: str, email: str, role: str, zone: str, locale: str, currency: str, password_stdin: bool
) -> None:
    """Make an account. The first one must be an owner."""
    with house():
        if not users.exists_any() and role != "owner":
            raise Refused("The first account must be an owner: use --role owner.")
        password = read_password(password_stdin)
        by = access.system("cli")
        if users.exists_any():
            users.add_user(name, email, role, password, by, zone=zone, locale=locale)
        else:
            users.found(name, email, password, zone, locale, currency, by)
        click.echo(f"{email} can sign in as {role}.")


def read_password(from_input: bool) -> str:
    if from_input:
        return sys.stdin.readline().rstrip("\r\n")
    return click.prompt("Password", hide_input=True, confirmation_prompt=True)


@commands.group()
def device() -> None:
    """Phones and programs that sync."""


@device.command("add")
@click.argument("email", metavar="USER")
@click.argument("label")
def device_add(email: str, label: str) -> None:
    """Make a password for one device of USER (an e-mail address); it is shown this once."""
    with house():
        person = users.by_email(email)
        if person is None:
            raise Refused(f"Nobody here has the e-mail address {email}.")
        _, password = devices.add_device(person, label, access.actor(person.id, "cli"))
        click.echo(f"Sign in on the device as {person.email} with this password; it is not shown again:")
        click.echo(password)


@commands.group("demo")
def demo_group() -> None:
    """Made-up people and records to look around with."""


@demo_group.command("load")
@click.option("--leads", type=click.IntRange(1), help="How many leads; everything else grows with them.")
def demo_load(leads: int | None) -> None:
    """Add the demo data."""
    with house():
        people = demo.load(access.system("cli"), leads, progress=click.echo)
        click.echo("\n".join(["Sign in as one of these:", *server.sign_in_lines(people)]))


@demo_group.command("remove")
def demo_remove() -> None:
    """Take the demo data out again."""
    with house():
        demo.remove(access.system("cli"))
        click.echo("The demo data is gone.")


@commands.group("search")
def search_group() -> None:
    """The index that finds records."""


@search_group.command("rebuild")
def search_rebuild() -> None:
    """Write the index again from the records; people can work meanwhile."""
    with house():
        count = 0
        for count in search_index.rebuild():  # noqa: B007 - the last one is told below
            click.echo(f"\r{count:,} records", nl=False, err=True)
        click.echo(err=True)
        click.echo(f"The search finds {count:,} records.")


@commands.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write database, uploads and secret key into FILE while the server runs."""
    with house():
        rows = keeping.backup(database.obj, configuration.load(), file.absolute())
        click.echo(f"{file} holds {sum(rows.values()):,} rows in {len(rows)} tables, read back and sound.")


@commands.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace a database that is in use; it is kept aside.")
def restore(file: Path, force: bool) -> None:
    """Put back what FILE holds. Stop the server first."""
    with sentences():
        settings = configuration.load()
        for kept in keeping.restore(open_database(settings.database_url), settings, file.absolute(), force):
            click.echo(f"Kept what was there as {kept}")
        schema.upgrade(open_database(settings.database_url), settings)
        click.echo(f"Restored {file}.")


@commands.command()
def check() -> None:
    """Look at database, migrations, integrity and configuration."""
    with sentences():
        settings = configuration.load()
        findings = inspection.check(open_database(settings.database_url), settings, (search_index.finding,))
        for finding in findings:
            click.echo(f"{'ok     ' if finding.sound else 'PROBLEM'}  {finding.sentence}")
        if not all(finding.sound for finding in findings):
            raise SystemExit(1)


@contextmanager
def house() -> Iterator[Settings]:
    """The database open and up to date, for one command."""
    with sentences():
        settings = configuration.load()
        with app.open_database(settings).connection_context():
            yield settings


@contextmanager
def sentences() -> Iterator[None]:
    """Refusals end the command with a sentence: exit code 2 for a setting, 1 for the rest."""
    try:
        yield
    except BadSetting as problem:
        fail(str(problem), 2)
    except Refused as problem:
        fail(problem.message, 1)


def fail(sentence: str, code: int) -> NoReturn:
    click.echo(sentence, err=True)
    raise SystemExit(code)
