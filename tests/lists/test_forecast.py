"""What the forecast costs: one index for what is open, one for what was won in its months."""

import pytest

from crmlite.lists import forecast
from crmlite.lists.reader import reader
from crmlite.models.base import is_sqlite
from crmlite.rules.access import actor
from tests import people
from tests.lists.test_board import asked, fill, plan


@pytest.mark.parametrize("name", ["alice", "olive"])
def test_neither_lost_ones_nor_those_won_long_ago_are_read(db, alice, name):
    fill(alice, opened=400, closed=6000)
    to = reader(actor(people.user(name).id, "web"))
    with asked() as seen:
        forecast.parts(forecast.wish({}, to), to)
    still_open, won = (plan(*one) for one in seen if "SUM(" in one[0])
    if is_sqlite():
        assert "COVERING INDEX opportunities_sums (outcome=?" in still_open
        assert "INDEX opportunities_won (outcome=? AND closed_at>? AND closed_at<?)" in won
    else:
        assert "opportunities_sums" in still_open and "Seq Scan" not in still_open
        assert "closed_at >=" in won.partition("Index Cond:")[2].splitlines()[0]
