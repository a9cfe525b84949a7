"""The mistakes that others made: each has its line and its tests, and the tests exist."""

import ast
import re

from crmlite.models.opportunities import Opportunity
from crmlite.rules import opportunities
from tests import make
from tests.house.source import ROOT, trees

MISTAKES, TRAPS = 20, 23
LINE = re.compile(r"^\| (.+?) \| (held|open) \| (.*?) ?\|$", re.M)


def lines() -> list[tuple[str, str, list[str]]]:
    """Mistake, state and the tests named."""
    text = (ROOT / "docs" / "mistakes.md").read_text()
    return [(mistake, state, tests.split()) for mistake, state, tests in LINE.findall(text)]


def there(test: str) -> bool:
    path, _, name = test.partition("::")
    if not (ROOT / path).is_file():
        return False
    tree = ast.parse((ROOT / path).read_text())
    return any(isinstance(node, ast.FunctionDef) and node.name == name for node in tree.body)


def test_every_mistake_has_its_line():
    assert len(lines()) == MISTAKES + TRAPS
    numbers = [int(found.group()) for mistake, _, _ in lines() if (found := re.match(r"\d+", mistake))]
    assert numbers == list(range(1, TRAPS + 1))


def test_what_is_held_is_held_by_tests_that_exist():
    assert not [f"{mistake} {tests}" for mistake, state, tests in lines() if (state == "held") != bool(tests)]
    assert not [test for _, _, tests in lines() for test in tests if not there(test)]


def test_a_test_that_is_not_there_would_be_noticed():
    assert not there("tests/house/test_mistakes.py::test_nobody_wrote") and not there("tests/nowhere.py::test_a")


def test_no_list_counts_its_rows_from_the_start():
    """An OFFSET reads and drops every row before the page; lists go on behind the last row they showed."""
    skipping = [
        module
        for module, tree in trees().items()
        if module.startswith("crmlite.lists")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("offset", "paginate")
    ]
    assert not skipping


def test_a_card_that_moves_writes_its_own_row_alone(alice):
    cards = [make.make_opportunity(alice, f"Card {number}") for number in range(6)]
    before = {row.id: row.version for row in Opportunity.select()}
    opportunities.move(cards[5], cards[0].stage_id, alice, after=cards[1].id)
    after = {row.id: row.version for row in Opportunity.select()}
    assert {number for number in after if after[number] != before[number]} == {cards[5].id}
