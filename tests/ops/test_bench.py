"""The bench runs from end to end, and no write fails under it. Its figures on so little data say nothing."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ops.conftest import TOP, environment

pytestmark = pytest.mark.slow


def test_the_bench_measures_everything_it_lists(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--leads", "1000", "--seconds", "0.01", "--cache", str(tmp_path)],
        env=environment(tmp_path), cwd=TOP, capture_output=True, text=True, timeout=180,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    for operation in (
        "Leads, first page",
        "Board",
        "Edit a cell",
        "PROPFIND, depth 1",
        "PUT of a changed event",
    ):
        line = next(line for line in done.stdout.splitlines() if line.startswith(f"| {operation} "))
        assert float(line.split("|")[4]) > 0
    assert re.search(r"[1-9]\d* edits, 0 failed", done.stdout)


def test_the_bench_refuses_a_data_set_too_small_to_page(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--leads", "10"],
        env=environment(tmp_path), cwd=TOP, capture_output=True, text=True, timeout=180,
    )  # fmt: skip
    assert done.returncode == 2
    assert "--leads must be 1000 or more" in done.stderr
