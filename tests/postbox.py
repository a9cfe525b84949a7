"""A real mail server, and what it was given."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from crmlite import mail
from crmlite import settings as configuration


class Post:
    """Keeps what it accepts; `refusal` is answered instead."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.refusal = ""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - as aiosmtpd calls it
        if self.refusal:
            return self.refusal
        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 OK"


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    keeper = Post()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(keeper, hostname="127.0.0.1", port=port, ready_timeout=60)
    server.start()
    env = {"CRMLITE_DATA": str(tmp_path), "PUBLIC_URL": "https://crm.example", "SMTP_URL": f"smtp://127.0.0.1:{port}"}
    settings = configuration.load(env)
    mail.configure(settings)
    yield keeper
    mail.configure(replace(settings, smtp_url=""))
    server.stop()
