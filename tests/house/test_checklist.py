"""The checklist of the manual's promises: each has its line, and what it calls done is told by a test."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.house.source import ROOT

PROMISES = range(1, 107)
LINE = re.compile(r"^\| SEED-(\d+) \| (.+?) \| (done|open) \| (.*?) ?\|$", re.M)


def lines() -> dict[int, tuple[str, list[str]]]:
    """Number -> state and the tests named."""
    text = (ROOT / "docs" / "seed-checklist.md").read_text()
    return {int(number): (state, tests.split()) for number, _, state, tests in LINE.findall(text)}


def telling() -> Iterator[tuple[str, str]]:
    """Every test that names a promise: its number and `file::test`."""
    for folder in ("tests", "e2e"):
        for path in sorted((ROOT / folder).rglob("test_*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                    for number in re.findall(r"SEED-(\d+)", ast.get_docstring(node) or ""):
                        yield int(number), f"{path.relative_to(ROOT).as_posix()}::{node.name}"


def test_every_promise_has_its_line():
    assert list(lines()) == list(PROMISES)


def test_what_is_done_is_told_by_the_tests_it_names():
    told = set(telling())
    wrong = [
        f"SEED-{number:02d} {test or 'names no test'}"
        for number, (state, tests) in lines().items()
        if state == "done"
        for test in tests or [""]
        if (number, test) not in told
    ]
    assert not wrong


def test_what_is_open_names_no_test():
    assert not [number for number, (state, tests) in lines().items() if state == "open" and tests]


@pytest.mark.parametrize("line", ["| SEED-01 | A promise. | done |  |", "| SEED-01 | A promise. | done | a::b |"])
def test_a_line_without_tests_is_read_as_such(line):
    assert LINE.findall(line)[0][2] == "done"
