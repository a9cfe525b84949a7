"""Opens the house: database, web and CalDAV on one port, the clock door beside them, and an orderly end."""

import errno
import gc
import os
import signal
import socket
import sys
import time
from collections.abc import Iterable
from dataclasses import replace
from importlib.util import find_spec

import click
from waitress import wasyncore
from waitress.server import TcpWSGIServer, create_server

from crmlite import app, logs, worker
from crmlite import settings as configuration
from crmlite.errors import Refused
from crmlite.lists import bulk, digests
from crmlite.lists import imports as import_lists
from crmlite.models import backup
from crmlite.models.base import database
from crmlite.rules import (
    access,
    addresses,
    calendar_files,
    demo,
    directory,
    erasing,
    imports,
    invitations,
    jobs,
    reminders,
    ringing,
    search_index,
    undoing,
    upkeep,
)
from crmlite.settings import Settings

HANDLERS: dict[str, worker.Handler] = {
    "tidy": upkeep.tidy,
    "gather": upkeep.gather,
    "search-rebuild": search_index.rebuild_job,
    bulk.KIND: bulk.work,
    "import": import_lists.work,
    imports.UNDO: imports.take_back,
    undoing.KIND: undoing.work,
    calendar_files.KIND: calendar_files.work,
    erasing.KIND: erasing.work,
    ringing.KIND: ringing.index_all,
    reminders.KIND: reminders.deliver,
    digests.KIND: digests.deliver,
    invitations.KIND: invitations.deliver,
}
RECURRING = ("tidy", "gather", reminders.KIND, digests.KIND)
DRAIN_SECONDS = 20
COLLECTED_AFTER = 20_000  # new objects
PORT_TROUBLE = {
    errno.EADDRINUSE: "is taken by another program. Stop that one, or choose another with --port",
    errno.EACCES: "needs special rights. Choose a port above 1023 with --port",
    errno.EADDRNOTAVAIL: "is not an address of this machine. Choose another with --host",
}


def serve(settings: Settings, workers: int = 1, with_demo: bool = False) -> None:
    """Serve until SIGTERM or SIGINT; requests in flight are finished first. Raises Refused."""
    if workers > 1:
        _refuse_many_workers(settings)
    with listening(settings) as door, backup.running(settings) as lock:
        settings = _at_port(settings, door.getsockname()[1])
        logs.configure(settings)
        open_house(settings)
        if with_demo:
            _furnish()
        if workers > 1:
            _become_gunicorn(settings, workers, door, lock)
        _serve_alone(settings, door)


def open_house(settings: Settings) -> None:
    """Open the database, bring it up to date, and see that recurring work stands."""
    with app.open_database(settings).connection_context():
        for kind in RECURRING:
            jobs.ensure(kind)


def listening(settings: Settings) -> socket.socket:
    """The port, taken before anything else is done. Raises Refused when it cannot be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=1024)
    except OSError as problem:
        trouble = PORT_TROUBLE.get(problem.errno or 0, f"cannot be listened on: {problem.strerror}")
        raise Refused(f"{settings.host} port {settings.port} {trouble}.") from None


def application(settings: Settings | None = None) -> logs.Wsgi:
    """The whole program. Without settings, as a worker of gunicorn, it opens the database and starts the
    clock door itself."""
    if settings is None:
        settings = configuration.load()
        logs.configure(settings)
        app.open_database(settings)
        worker.start(HANDLERS)
    addresses.serve_at(settings.public_url)
    house = app.create(settings)
    _collect_rarely()
    return house


def _collect_rarely() -> None:
    """A page makes some thousand objects that go with it: looking through them all that often is a tenth of its
    cost."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECTED_AFTER)


def when_ready(arbiter: object) -> None:
    """Called by gunicorn, which is given this module as its configuration."""
    _say_ready(configuration.load())


def _at_port(settings: Settings, port: int) -> Settings:
    """The settings with the port really taken, when any free one was asked for."""
    public_url = settings.public_url
    if public_url.endswith(":0"):
        public_url = f"{public_url.removesuffix(':0')}:{port}"
    return replace(settings, port=port, public_url=public_url)


def sign_in_lines(people: Iterable[demo.SignIn | demo.Person]) -> list[str]:
    """How the demo people sign in, a line each."""
    return [f"  {person.role:8} {person.email:28} {person.password}" for person in people]


def _furnish() -> None:
    """Load the demo data into an empty house, and say how its people sign in."""
    with database.connection_context():
        present = directory.current().people
        if not present:
            people: Iterable[demo.SignIn | demo.Person] = demo.load(access.system("cli"))
        elif present[min(present)].email in {person.email for person in demo.PEOPLE}:
            people = demo.PEOPLE  # they moved in first, so with the passwords that are known
        else:
            click.echo("There are accounts here already, so no demo data was added.")
            return
    click.echo("\n".join(["Sign in as one of these:", *sign_in_lines(people)]))


def _serve_alone(settings: Settings, door: socket.socket) -> None:
    server = create_server(
        application(settings),
        sockets=[door],
        threads=settings.threads,
        max_request_body_size=settings.max_request_bytes,
        clear_untrusted_proxy_headers=False,  # app.create sees to them, for every server alike
        ident="crmlite",
    )
    stopping: list[int] = []

    def stop(number: int, frame: object) -> None:
        stopping.append(number)
        server.pull_trigger()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    clock = worker.start(HANDLERS)
    _say_ready(settings)
    while not stopping:
        _turn(server, seconds=1)
    _drain(server)
    clock.stop()


def _drain(server: TcpWSGIServer) -> None:
    """Take no new connection, and let every request already here have its answer in full."""
    _turn(server, seconds=0)
    wasyncore.dispatcher.close(server)
    deadline = time.monotonic() + DRAIN_SECONDS
    while time.monotonic() < deadline:
        _turn(server, seconds=0.05)
        if not any(c.requests or c.total_outbufs_len for c in list(server.active_channels.values())):
            break
    server.task_dispatcher.shutdown(timeout=1)


def _turn(server: TcpWSGIServer, seconds: float) -> None:
    wasyncore.loop(timeout=seconds, use_poll=True, map=server._map, count=1)


def _refuse_many_workers(settings: Settings) -> None:
    if settings.sqlite_file:
        raise Refused("SQLite serves one process. Leave --workers out, or let DATABASE_URL name a PostgreSQL database.")
    if find_spec("gunicorn") is None:
        raise Refused("Several workers need gunicorn: pip install 'crmlite[postgres]'.")


def _become_gunicorn(settings: Settings, workers: int, door: socket.socket, lock: int) -> None:
    """Hand port and lock over to gunicorn, which takes the place of this process."""
    os.set_inheritable(door.fileno(), True)
    os.set_inheritable(lock, True)
    os.environ.update(
        CRMLITE_DATA=str(settings.data),
        HOST=settings.host,
        PORT=str(settings.port),
        PUBLIC_URL=settings.public_url,
    )
    os.execv(sys.executable, [
        sys.executable, "-m", "gunicorn", "crmlite.serve:application()", "--config", "python:crmlite.serve",
        "--bind", f"fd://{door.fileno()}", "--worker-class", "gthread", "--workers", str(workers),
        "--threads", str(settings.threads), "--graceful-timeout", str(DRAIN_SECONDS), "--keep-alive", "30",
        "--no-control-socket", "--forwarded-allow-ips", "", "--log-level", "warning",
    ])  # fmt: skip


def _say_ready(settings: Settings) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    click.echo(f"crmlite is ready on http://{host}:{settings.port}")
