"""Servers as processes of their own, and what they cost: processor time, memory."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
PATIENCE = 60  # seconds a server may take to be ready


class Server:
    """A process that serves, and its address."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process, self.port = process, port

    @property
    def pid(self) -> int:
        return self.process.pid

    def seconds(self) -> float:
        """Processor time spent so far, user and system, all threads that are alive. In nanoseconds where the
        kernel counts them; the threads of waitress live as long as it does."""
        spent = 0
        for task in Path(f"/proc/{self.pid}/task").iterdir():
            try:
                spent += int((task / "schedstat").read_text().split()[0])
            except (FileNotFoundError, ProcessLookupError):
                continue
        return spent / 1e9

    def megabytes(self) -> float:
        """Proportional set size of the process and its children."""
        total = 0
        for pid in [self.pid, *_children(self.pid)]:
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        return total / 1024


@contextmanager
def served(arguments: list[str], env: dict[str, str]) -> Iterator[Server]:
    """Start `python ARGUMENTS`, wait until it says that it is ready on a port, and end it afterwards."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env=kept | {"PYTHONPATH": str(TOP), "PYTHONUNBUFFERED": "1"} | env,
        cwd=TOP,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield Server(process, _port(process))
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def crmlite(*arguments: str, data: Path, text: str = "") -> str:
    """Run one command of crmlite on a data folder; its output. Raises CalledProcessError."""
    env = os.environ | {"CRMLITE_DATA": str(data), "PYTHONPATH": str(TOP)}
    env.pop("DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-m", "crmlite", *arguments],
        env=env, cwd=TOP, input=text, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


def _port(process: subprocess.Popen[str]) -> int:
    deadline = time.monotonic() + PATIENCE
    assert process.stdout is not None
    while time.monotonic() < deadline:
        line = process.stdout.readline()
        if not line and process.poll() is not None:
            break
        if " is ready on http" in line:
            return int(line.strip().rsplit(":", 1)[1])
    raise RuntimeError(f"{' '.join(map(str, process.args))} did not become ready")  # type: ignore[arg-type]


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += [int(child), *_children(int(child))]
    return found
