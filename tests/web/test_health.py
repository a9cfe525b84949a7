"""What a watcher is told."""

from crmlite.models.base import open_database


def test_a_house_in_order_says_so(client_of, engine):
    answer = client_of().get("/health")
    assert answer.status_code == 200
    assert answer.json()["database"] == engine
    assert answer.json()["migrations"] == "complete"


def test_a_database_that_cannot_be_opened_is_told(client_of, database_url):
    visitor = client_of()
    open_database("sqlite:////proc/nowhere.db")
    try:
        answer = visitor.get("/health")
        assert answer.status_code == 503
        assert answer.json()["status"] == "cannot write"
    finally:
        open_database(database_url)
