"""One visitor with one kept-open connection, who remembers how long answers took and what they weighed."""

import gzip
import http.client
import time
from typing import NamedTuple

import brotli

from bench.processes import Server


class Request(NamedTuple):
    method: str
    path: str
    body: bytes = b""
    headers: dict[str, str] = {}  # noqa: RUF012 - never written to


class Answer(NamedTuple):
    """`weight`: bytes on the wire, status line and headers included. `wall`: seconds."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes
    weight: int
    wall: float

    @property
    def content(self) -> bytes:
        unpack = {"gzip": gzip.decompress, "br": brotli.decompress}.get(self.headers["Content-Encoding"], bytes)
        return unpack(self.body)

    @property
    def text(self) -> str:
        return self.content.decode()


class Visitor:
    def __init__(self, server: Server, headers: dict[str, str] | None = None) -> None:
        self.server = server
        self.headers = headers or {}
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)

    def ask(self, request: Request) -> Answer:
        began = time.perf_counter()
        self.connection.request(
            request.method, request.path, request.body, {**self.headers, **request.headers}
        )
        answer = self.connection.getresponse()
        body = answer.read()
        wall = time.perf_counter() - began
        head = sum(len(name) + len(value) + 4 for name, value in answer.getheaders()) + 19
        return Answer(answer.status, answer.headers, body, head + len(body), wall)
