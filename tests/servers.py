"""The real server in a thread, and people who talk to it over HTTP."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests
import waitress
from flask import Flask
from peewee import Database

from crmlite import settings
from crmlite.app import create
from tests import people


@dataclass
class Server:
    """One waitress for all tests of a process; each test binds its own database beneath it."""

    app: Flask
    url: str
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])


def start(folder: Path) -> Server:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    app = create(settings.load({}, data=folder, port=port))
    web = waitress.create_server(app, sockets=[listening], threads=4, clear_untrusted_proxy_headers=False)
    threading.Thread(target=web.run, daemon=True).start()
    return Server(app, f"http://127.0.0.1:{port}")


class Visitor(requests.Session):
    """A person at the web door, signed in unless nobody is named. Paths are relative to the server."""

    def __init__(self, server: Server, name: str | None = None) -> None:
        super().__init__()
        self.server = server
        self.headers["Sec-Fetch-Site"] = "same-origin"
        if name:
            self.cookies.set("crmlite", signed_in(server.app, name), domain="127.0.0.1", path="/")

    def request(self, method: str, url: str, **options: object) -> requests.Response:  # type: ignore[override]
        options["allow_redirects"] = False
        options.setdefault("timeout", 60)
        return super().request(method, self.server.url + url, **options)  # type: ignore[arg-type]

    def part(self, url: str, method: str = "GET", **options: object) -> requests.Response:
        """As htmx asks."""
        return self.request(method, url, headers={"HX-Request": "true"}, **options)


def signed_in(app: Flask, name: str) -> str:
    """The cookie that a sign-in would have set, without the cost of a password hash."""
    user = people.user(name)
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return str(serializer.dumps({"_user_id": f"{user.id}:{user.session_key}", "_fresh": True}))


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Server:
    return start(tmp_path_factory.mktemp("server"))


@pytest.fixture
def server(running: Server, db: Database) -> Server:
    """The real server over this test's database."""
    return running


@pytest.fixture
def client_of(server: Server) -> Iterator[Callable[..., Visitor]]:
    """`client_of("alice")` is Alice at the web door, signed in; `client_of()` a stranger."""
    with ExitStack() as visitors:
        yield lambda name=None: visitors.enter_context(Visitor(server, name))
