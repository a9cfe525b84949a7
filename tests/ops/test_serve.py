"""The process: starts on a free port, says so, and stops without cutting anybody off."""

import http.client
import json
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crmlite.serve import DRAIN_SECONDS
from tests.ops.conftest import Run, served

pytestmark = pytest.mark.slow

SLOW_HOUSE = """
import time
from crmlite import app, serve, settings

def create(settings):
    def slow(environ, start_response):
        time.sleep(1)
        start_response("200 OK", [("Content-Length", "3000000")])
        return [b"x" * 3_000_000]
    return slow

app.create = create
serve.serve(settings.load())
"""
ESTABLISHED, LISTENING = "01", "0A"
PEOPLE = 6  # two more than there are threads


def get(url: str, seconds: float = 60) -> bytes:
    with urllib.request.urlopen(url, timeout=seconds) as answer:
        return answer.read()


def until(wished: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not wished():
        assert time.monotonic() < deadline, "waited a minute in vain"
        time.sleep(0.02)


def connections(url: str, state: str) -> list[str]:
    """What the kernel tells of the server's end of its connections in `state`: bytes waiting as “sent:received”."""
    port = f":{urlsplit(url).port:04X}"
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return [waiting for _, here, _, now, waiting, *_ in lines if here.endswith(port) and now == state]


def in_line(url: str) -> int:
    """How many requests the server has read and not answered."""
    return connections(url, ESTABLISHED).count("00000000:00000000")


def test_it_serves_and_tells_how_it_is(tmp_path: Path) -> None:
    with served(tmp_path) as (_, url):
        health = json.loads(get(f"{url}/health"))
        assert (health["status"], health["database"]) == ("ok", "sqlite")


def test_a_fresh_house_takes_less_than_sixty_megabytes(tmp_path: Path) -> None:
    with served(tmp_path) as (process, url):
        get(f"{url}/")
        lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()
        kilobytes = next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        assert kilobytes < 60_000


@pytest.mark.parametrize("wish", [signal.SIGTERM, signal.SIGINT])
def test_requests_in_flight_and_in_line_are_answered_in_full_before_it_stops(
    tmp_path: Path, wish: signal.Signals
) -> None:
    with served(tmp_path, script=SLOW_HOUSE) as (process, url):
        sizes: list[int] = []
        people = [threading.Thread(target=lambda: sizes.append(len(get(url)))) for _ in range(PEOPLE)]
        for person in people:
            person.start()
        until(lambda: in_line(url) == PEOPLE)
        process.send_signal(wish)
        for person in people:
            person.join(60)
        assert sizes == [3_000_000] * PEOPLE
        assert process.wait(60) == 0


def test_once_asked_to_stop_it_takes_nobody_new(tmp_path: Path) -> None:
    with served(tmp_path, script=SLOW_HOUSE) as (process, url):
        guest = threading.Thread(target=get, args=(url,))
        guest.start()
        until(lambda: in_line(url) == 1)
        process.send_signal(signal.SIGTERM)
        until(lambda: not connections(url, LISTENING))
        with pytest.raises(OSError):
            get(url)
        guest.join(60)
        assert process.wait(60) == 0


def test_an_idle_connection_does_not_hold_it_up(tmp_path: Path) -> None:
    with served(tmp_path) as (process, url):
        idle = http.client.HTTPConnection(urlsplit(url).netloc)
        idle.request("GET", "/health")
        idle.getresponse().read()
        process.send_signal(signal.SIGTERM)
        assert process.wait(DRAIN_SECONDS - 1) == 0
        idle.close()


def test_a_port_that_is_taken_is_a_sentence(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        done = run("serve", "--port", str(other.getsockname()[1]))
    assert done.returncode == 1
    assert "is taken by another program" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_bad_setting_is_a_sentence_and_exit_code_2(run: Run) -> None:
    done = run("serve", THREADS="many")
    assert (done.returncode, done.stderr) == (
        2, "THREADS must be a whole number from 1 to 64 (it is 'many').\n"
    )  # fmt: skip


def test_several_workers_are_refused_on_sqlite(run: Run) -> None:
    done = run("serve", "--workers", "2")
    assert done.returncode == 1
    assert "SQLite serves one process." in done.stderr


def test_several_workers_serve_on_postgresql_and_stop_in_order(tmp_path: Path, postgres_url: str) -> None:
    with served(tmp_path, "--workers", "2", DATABASE_URL=postgres_url) as (process, url):
        health = json.loads(get(f"{url}/health"))
        assert (health["status"], health["database"]) == ("ok", "postgresql")
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        until(lambda: len(children.read_text().split()) == 2)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


def test_a_server_that_runs_keeps_a_restore_out(tmp_path: Path, run: Run) -> None:
    assert run("backup", str(tmp_path / "house.tar.gz")).returncode == 0
    with served(tmp_path):
        done = run("restore", str(tmp_path / "house.tar.gz"))
        assert done.returncode == 1
        assert "Stop it, then try again." in done.stderr
    assert run("restore", str(tmp_path / "house.tar.gz")).returncode == 0


def test_two_servers_may_start_on_one_folder_together(tmp_path: Path) -> None:
    with served(tmp_path) as (_, one), served(tmp_path) as (_, other):
        assert get(f"{one}/health") == get(f"{other}/health")


def test_the_log_is_json_when_asked(tmp_path: Path) -> None:
    with served(tmp_path, LOG_FORMAT="json", stderr=subprocess.PIPE) as (process, url):
        get(f"{url}/health")
        process.send_signal(signal.SIGTERM)
        assert process.stderr is not None
        lines = [json.loads(line) for line in process.stderr]
    asked = next(line for line in lines if line.get("path") == "/health")
    assert (asked["method"], asked["status"], asked["user"]) == ("GET", 200, "-")
