"""What a list asks the database hangs on the page, never on how many rows it shows."""

from datetime import timedelta

import pytest

from crmlite import clock
from crmlite.rules import events, products
from tests.conftest import counted_queries
from tests.make import make_contact, make_lead, make_opportunity, make_partner


def make_event(by, name):
    start = clock.now() + timedelta(days=1)
    times = {"starts_at": start, "ends_at": start + timedelta(hours=1)}
    return events.save(None, {"kind": "meeting", "subject": name, **times}, by)


MAKERS = {
    "leads": make_lead,
    "partners": make_partner,
    "contacts": make_contact,
    "opportunities": make_opportunity,
    "events": make_event,
    "products": lambda by, name: products.create({"name": name, "price": 100}, by),
}


@pytest.mark.parametrize("section", MAKERS)
def test_a_list_asks_as_much_for_many_rows_as_for_few(client_of, carol, section):
    visitor = client_of("carol")
    MAKERS[section](carol, "First")
    visitor.get(f"/{section}")
    with counted_queries() as few:
        assert "First" in visitor.get(f"/{section}").text
    for number in range(12):
        MAKERS[section](carol, f"Further {number}")
    visitor.get(f"/{section}")
    with counted_queries() as many:
        assert "Further 7" in visitor.get(f"/{section}").text
    assert len(many) == len(few)
