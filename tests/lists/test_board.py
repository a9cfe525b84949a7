"""How the board asks the database: totals stay away from what is closed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from crmlite import clock
from crmlite.lists import board as boards
from crmlite.lists.opportunities_board import BOARD
from crmlite.lists.reader import reader
from crmlite.models.base import database, is_sqlite
from crmlite.models.opportunities import Opportunity
from crmlite.rules.access import Actor, actor
from tests import people
from tests.make import stage


@contextmanager
def asked() -> Iterator[list[tuple[str, Any]]]:
    """Collects SQL and values run inside."""
    seen: list[tuple[str, Any]] = []

    def hook(event: Any) -> None:
        seen.append((event.sql, event.params))

    database.obj.query_hooks.append(hook)
    try:
        yield seen
    finally:
        database.obj.query_hooks.remove(hook)


def fill(by: Actor, opened: int, closed: int) -> None:
    """Many rows, so that the database has a reason to choose a way."""
    long_ago = clock.now() - timedelta(days=400)
    stages = {name: stage(name).id for name in ("New", "Qualification", "Closed won")}
    shared = {
        "currency": "EUR", "amount": 1000_00, "stage_since": long_ago, "owner": by.id,
        "created_at": long_ago, "updated_at": long_ago, "probability": 10, "version": 1,
    }  # fmt: skip
    rows = []
    for number in range(opened + closed):
        is_open = number < opened
        name = ("New", "Qualification")[number % 2] if is_open else "Closed won"
        rows.append(
            {
                **shared,
                "reference": f"X{number}",
                "name": f"Card {number}",
                "stage": stages[name],
                "outcome": "open" if is_open else "won",
                "position": float(number),
                "closed_at": None if is_open else long_ago,
            }
        )
    for start in range(0, len(rows), 500):
        Opportunity.insert_many(rows[start : start + 500]).execute()
    database.execute_sql("ANALYZE" if is_sqlite() else "VACUUM ANALYZE opportunities")


def plan(sql: str, values: Any) -> str:
    """How the database would go about it."""
    explain = "EXPLAIN QUERY PLAN" if is_sqlite() else "EXPLAIN"
    return "\n".join(str(row[-1]) for row in database.execute_sql(f"{explain} {sql}", values).fetchall())


@pytest.mark.parametrize(("name", "view"), [("alice", "open"), ("alice", "mine"), ("olive", "open")])
def test_totals_never_read_what_is_closed(db, alice, name, view):
    fill(alice, opened=400, closed=6000)
    to = reader(actor(people.user(name).id, "web"))
    with asked() as seen:
        boards.look(BOARD, boards.Wish(view), to, only=())
    sums = [one for one in seen if "SUM(" in one[0]]
    assert len(sums) == 2, "the open columns together, and what was won this month"
    (closed,) = [one for one in sums if "closed_at" in one[0]]
    (opened,) = [one for one in sums if one is not closed]
    assert '"opportunities"' not in opened[0], "what the database keeps is enough"
    found = plan(*closed)
    told = found if is_sqlite() else found.partition("Index Cond:")[2].splitlines()[0]
    assert ("closed_at>" if is_sqlite() else "closed_at >=") in told, found
    assert "Seq Scan" not in found and "SCAN t1" not in found, found


def test_filtered_sums_are_read_from_the_index_of_open_ones_alone(db, alice):
    fill(alice, opened=400, closed=6000)
    asked_for = boards.wish(BOARD, {"expected_close_date": "empty"}, reader(alice))
    with asked() as seen:
        boards.look(BOARD, asked_for, reader(alice), only=())
    found = next(plan(*one) for one in seen if "SUM(" in one[0] and "closed_at" not in one[0])
    if is_sqlite():
        assert "USING COVERING INDEX opportunities_sums (outcome=?" in found
    else:
        assert "Index Only Scan using opportunities_sums" in found
        assert "outcome = 'open'" in found.partition("Index Cond:")[2].splitlines()[0]
