"""Killed in the middle of the work: whatever was acknowledged is there when it comes back."""

import base64
import http.client
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from tests.ops.conftest import Run, served

pytestmark = pytest.mark.slow

WRITES = 1000
EMAIL, PASSWORD = "ana@example.org", "correct horse"
MEETING = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\nBEGIN:VEVENT\r\nUID:{name}\r\nDTSTAMP:20260101T000000Z\r\n"
    "DTSTART:20260701T100000Z\r\nDTEND:20260701T110000Z\r\nSUMMARY:{name}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


class Acknowledged:
    """What the server said it has written, by everybody together."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.lock = threading.Lock()
        self.half = threading.Event()

    def add(self, name: str) -> None:
        with self.lock:
            self.names.add(name)
            if len(self.names) >= WRITES // 2:
                self.half.set()


class Writer(threading.Thread):
    """Writes one thing after the other until the server is gone or enough is written."""

    def __init__(self, url: str, name: str, written: Acknowledged) -> None:
        super().__init__(name=name)
        self.door = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
        self.written = written

    def run(self) -> None:
        number = 0
        try:
            self.arrive()
            while len(self.written.names) < WRITES:
                number += 1
                name = f"{self.name}-{number}"
                if self.write(name):
                    self.written.add(name)
        except (OSError, http.client.HTTPException):
            return  # the server was killed

    def arrive(self) -> None:
        """Sign in, where that is needed."""

    def write(self, name: str) -> bool:
        raise NotImplementedError

    def ask(self, method: str, path: str, body: str, headers: dict[str, str]) -> http.client.HTTPResponse:
        self.door.request(method, path, body.encode(), headers)
        answer = self.door.getresponse()
        answer.read()
        return answer


class InBrowser(Writer):
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}

    def arrive(self) -> None:
        answer = self.ask("POST", "/sign-in", urlencode({"email": EMAIL, "password": PASSWORD}), self.headers)
        cookie = answer.headers["Set-Cookie"].partition(";")[0]
        self.headers = {**self.headers, "Cookie": cookie}

    def write(self, name: str) -> bool:
        return self.ask("POST", "/leads", urlencode({"name": name}), self.headers).status in (
            200,
            201,
            303,
            302,
        )


class OnPhone(Writer):
    def __init__(self, url: str, name: str, written: Acknowledged, home: str, secret: str) -> None:
        super().__init__(url, name, written)
        self.home = home
        told = base64.b64encode(f"{EMAIL}:{secret}".encode()).decode()
        self.headers = {"Content-Type": "text/calendar", "Authorization": f"Basic {told}"}

    def write(self, name: str) -> bool:
        answer = self.ask("PUT", f"{self.home}{name}.ics", MEETING.format(name=name), self.headers)
        return answer.status == 201


def test_killed_in_the_middle_of_a_thousand_writes_none_is_lost(tmp_path: Path, run: Run) -> None:
    run(
        "user", "add", "Ana", "--email", EMAIL, "--role", "owner", "--password-stdin", stdin=f"{PASSWORD}\n"
    )  # fmt: skip
    secret = run("device", "add", EMAIL, "phone").stdout.splitlines()[-1]
    file = tmp_path / "data" / "crmlite.db"
    home = f"/dav/{asked(file, 'SELECT slug FROM users')[0]}/events/"
    written = Acknowledged()
    for attempt in ("first", "second"):
        with served(tmp_path, LOG_LEVEL="WARNING") as (process, url):
            people: list[Writer] = [InBrowser(url, f"{attempt}-web-{n}", written) for n in range(2)]
            people += [OnPhone(url, f"{attempt}-phone-{n}", written, home, secret) for n in range(2)]
            for person in people:
                person.start()
            if attempt == "first":
                assert written.half.wait(300), (
                    f"only {len(written.names)} writes were acknowledged in five minutes"
                )
                process.kill()
            for person in people:
                person.join(300)
        there = set(asked(file, "SELECT name FROM leads")) | set(asked(file, "SELECT uid FROM events"))
        assert written.names - there == set()
    assert len(written.names) >= WRITES
    assert {name.split("-")[1] for name in written.names} == {"web", "phone"}
    assert run("check").returncode == 0


def asked(file: Path, question: str) -> list[str]:
    with closing(sqlite3.connect(file)) as db:
        return [row[0] for row in db.execute(question)]
